//! How often somebody may try a password.
//!
//! Times are those of `World::steady`: a clock that is set makes nobody wait longer, and lets nobody try more often.
//!
//! Failures are counted for an account from an address, and for an address whatever the account. Nobody is locked out
//! by what another address does.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;

use model::Timestamp;

/// Failures of one account from one address that cost nothing: people mistype.
const FREE: u32 = 5;
/// Failures of one address over all accounts that cost nothing: a ward shares one address.
const FREE_ADDRESS: u32 = 30;
/// Longest wait.
const WAIT_MAX_S: u64 = 15 * 60;
/// A failure is forgotten after this.
const FORGET_NS: u64 = 60 * 60 * 1_000_000_000;
/// Accounts and addresses remembered; the oldest give way.
const HELD_MAX: usize = 10_000;

/// Failed logins.
#[derive(Debug, Default)]
pub(crate) struct Limiter {
    accounts: Counter<(String, Net)>,
    addresses: Counter<Net>,
}

#[derive(Debug)]
struct Counter<K>(HashMap<K, Failures>);

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    last: Timestamp,
}

/// An address as far as one site has it: an IPv4 address, or the /64 of an IPv6 address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Net(IpAddr);

impl Net {
    fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            v4 @ IpAddr::V4(_) => Self(v4),
            IpAddr::V6(v6) => Self(IpAddr::V6((v6.to_bits() >> 64 << 64).into())),
        }
    }
}

impl Limiter {
    /// Seconds until `account` may be tried from `address`; 0 is now.
    pub(crate) fn wait_s(&self, account: &str, address: IpAddr, now: Timestamp) -> u64 {
        let net = Net::of(address);
        let own = self.accounts.wait_s(&(account.to_owned(), net), FREE, now);
        own.max(self.addresses.wait_s(&net, FREE_ADDRESS, now))
    }

    /// Counts a try before its outcome is known, so that tries at the same time count too.
    pub(crate) fn tried(&mut self, account: &str, address: IpAddr, now: Timestamp) {
        let net = Net::of(address);
        self.accounts.count((account.to_owned(), net), now);
        self.addresses.count(net, now);
    }

    /// The password was right.
    pub(crate) fn succeeded(&mut self, account: &str, address: IpAddr) {
        let net = Net::of(address);
        self.accounts.0.remove(&(account.to_owned(), net));
        if let Some(failures) = self.addresses.0.get_mut(&net) {
            failures.count = failures.count.saturating_sub(1);
        }
    }
}

impl<K> Default for Counter<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Hash + Eq + Clone> Counter<K> {
    fn wait_s(&self, key: &K, free: u32, now: Timestamp) -> u64 {
        let Some(failures) = self.0.get(key).filter(|failures| !failures.is_forgotten(now)) else { return 0 };
        let Some(beyond) = failures.count.checked_sub(free) else { return 0 };
        let wait_s = 1_u64.checked_shl(beyond.min(32)).unwrap_or(u64::MAX).min(WAIT_MAX_S);
        wait_s.saturating_sub(now.since(failures.last) / 1_000_000_000)
    }

    fn count(&mut self, key: K, now: Timestamp) {
        if self.0.len() >= HELD_MAX && !self.0.contains_key(&key) {
            self.make_room(now);
        }
        let failures = self.0.entry(key).or_insert(Failures { count: 0, last: now });
        if failures.is_forgotten(now) {
            failures.count = 0;
        }
        failures.count = failures.count.saturating_add(1);
        failures.last = now;
    }

    fn make_room(&mut self, now: Timestamp) {
        self.0.retain(|_, failures| !failures.is_forgotten(now));
        let oldest = self.0.iter().min_by_key(|(_, failures)| failures.last).map(|(key, _)| key.clone());
        if let Some(key) = oldest.filter(|_| self.0.len() >= HELD_MAX) {
            self.0.remove(&key);
        }
    }
}

impl Failures {
    fn is_forgotten(self, now: Timestamp) -> bool {
        now.since(self.last) > FORGET_NS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 1));
    const THERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 2));

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_nanos(seconds * 1_000_000_000)
    }

    #[test]
    fn the_sixth_try_waits_and_each_further_one_longer() {
        let mut limiter = Limiter::default();
        for _ in 0..4 {
            limiter.tried("admin", HERE, at(0));
        }
        assert_eq!(limiter.wait_s("admin", HERE, at(0)), 0);
        limiter.tried("admin", HERE, at(0));
        assert_eq!(limiter.wait_s("admin", HERE, at(0)), 1);
        limiter.tried("admin", HERE, at(1));
        assert_eq!(limiter.wait_s("admin", HERE, at(1)), 2);
        assert_eq!(limiter.wait_s("admin", HERE, at(3)), 0);
    }

    #[test]
    fn nobody_is_locked_out_by_another_address() {
        let mut limiter = Limiter::default();
        for _ in 0..1_000 {
            limiter.tried("admin", HERE, at(0));
        }
        assert_eq!(limiter.wait_s("admin", HERE, at(0)), WAIT_MAX_S);
        assert_eq!(limiter.wait_s("admin", THERE, at(0)), 0);
    }

    #[test]
    fn many_accounts_from_one_address_wait_too() {
        let mut limiter = Limiter::default();
        for number in 0..FREE_ADDRESS {
            limiter.tried(&format!("user{number}"), HERE, at(0));
        }
        assert!(limiter.wait_s("fresh", HERE, at(0)) > 0);
    }

    #[test]
    fn success_forgets_and_so_does_time() {
        let mut limiter = Limiter::default();
        for _ in 0..9 {
            limiter.tried("admin", HERE, at(0));
        }
        assert_eq!(limiter.wait_s("admin", HERE, at(3_601)), 0);
        limiter.succeeded("admin", HERE);
        assert_eq!(limiter.wait_s("admin", HERE, at(0)), 0);
    }

    #[test]
    fn memory_is_bounded() {
        let mut limiter = Limiter::default();
        for number in 0..20_000 {
            limiter.tried(&format!("user{number}"), HERE, at(number));
        }
        assert!(limiter.accounts.0.len() <= HELD_MAX);
    }
}
