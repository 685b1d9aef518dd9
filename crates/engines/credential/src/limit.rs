//! How often somebody may try a secret, so that guessing is slow and nobody is locked out by others.
//!
//! Failures are counted in three places: for a device that shows a cookie of this account ([`crate::CookieKey`]), for
//! an account over all sources that show none, and for a source over all accounts. A device with a cookie waits for its
//! own failures only (OWASP, "Device cookies"). Each place lets some failures go free, then waits 1, 2, 4 ... seconds,
//! and a quarter of an hour at most.
//!
//! Times are those of a clock that nobody sets. If it goes back all the same, nobody waits longer than that.

use std::collections::BTreeMap;
use std::net::IpAddr;

use model::{AccountId, Timestamp};
use sha2::{Digest, Sha256};

use crate::cookie::CookieId;

/// Failures of an account, or of a device with a cookie, that cost nothing: people mistype.
pub const FREE: u32 = 10;
/// Failures of a source over all accounts that cost nothing: a ward shares one address.
pub const FREE_SOURCE: u32 = 30;
/// Longest wait.
pub const WAIT_MAX_S: u64 = 15 * 60;
/// Most guesses at one account in any 24 hours from everywhere but devices with its cookie: [`FREE`], ten while the wait
/// grows, one in [`WAIT_MAX_S`] for the rest.
pub const GUESSES_PER_DAY_MAX: u32 = 115;
/// Sources, and names that are no account, that are remembered; those that are quiet longest give way.
pub const HELD_MAX: usize = 10_000;
/// Devices with cookies of one account that are remembered.
const DEVICES_MAX: usize = 16;
/// Failures of an account or a device are forgotten when there was none for so long. It is a day, so that waiting for it
/// gains no guesses.
const FORGET_NS: u64 = 24 * 60 * 60 * SECOND_NS;
/// Failures of a source are forgotten when there was none for so long.
const FORGET_SOURCE_NS: u64 = 60 * 60 * SECOND_NS;
const SECOND_NS: u64 = 1_000_000_000;

/// Failures.
#[derive(Debug, Default)]
pub struct Limiter {
    accounts: BTreeMap<AccountId, Failures>,
    devices: BTreeMap<AccountId, BTreeMap<CookieId, Failures>>,
    nobodies: BTreeMap<[u8; 32], Failures>,
    sources: BTreeMap<Source, Failures>,
}

/// Whose secret is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Account<'a> {
    /// An account that exists. It is never forgotten to make room, or an attacker could have it forgotten.
    Known(&'a AccountId),
    /// A name that is no account: answered alike, so that nobody learns which names are.
    Nobody(&'a str),
}

/// An address as far as one site has it: an IPv4 address, or the /64 of an IPv6 address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Source(IpAddr);

/// Somebody wants to try a secret.
#[derive(Debug, Clone, Copy)]
pub struct Attempt<'a> {
    /// Whose.
    pub account: Account<'a>,
    /// From where.
    pub source: Source,
    /// A cookie of this account, when a valid one is shown.
    pub device: Option<CookieId>,
}

/// Whether the secret is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It is; say afterwards if it was right.
    Try,
    /// It is not, and nothing was counted.
    Wait {
        /// Seconds until it would be, if nobody else fails until then.
        seconds: u64,
        /// What was slowed down.
        because: Slowed,
    },
}

/// What was slowed down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slowed {
    /// This device: its own failures.
    Device,
    /// The account, for all who show no cookie of it.
    Account,
    /// The source, whatever the account.
    Source,
}

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    last: Timestamp,
}

impl Source {
    /// The source that an address is of.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            v4 @ IpAddr::V4(_) => Self(v4),
            IpAddr::V6(v6) => Self(IpAddr::V6((v6.to_bits() >> 64 << 64).into())),
        }
    }
}

impl Limiter {
    /// Somebody wants to try. It is counted as a failure at once, so that tries at the same time count too.
    pub fn handle_attempt(&mut self, attempt: &Attempt<'_>, now: Timestamp) -> Answer {
        if let (Account::Known(account), Some(device)) = (attempt.account, attempt.device) {
            let devices = self.devices.entry(account.clone()).or_default();
            let seconds = wait_s(devices.get_mut(&device), FREE, now);
            if seconds > 0 {
                return Answer::Wait { seconds, because: Slowed::Device };
            }
            count(devices, device, FORGET_NS, DEVICES_MAX, now);
            return Answer::Try;
        }
        let of_account = match attempt.account {
            Account::Known(account) => wait_s(self.accounts.get_mut(account), FREE, now),
            Account::Nobody(name) => wait_s(self.nobodies.get_mut(&key(name)), FREE, now),
        };
        let of_source = wait_s(self.sources.get_mut(&attempt.source), FREE_SOURCE, now);
        if of_account > 0 && of_account >= of_source {
            return Answer::Wait { seconds: of_account, because: Slowed::Account };
        }
        if of_source > 0 {
            return Answer::Wait { seconds: of_source, because: Slowed::Source };
        }
        match attempt.account {
            Account::Known(account) => count(&mut self.accounts, account.clone(), FORGET_NS, usize::MAX, now),
            Account::Nobody(name) => count(&mut self.nobodies, key(name), FORGET_NS, HELD_MAX, now),
        }
        count(&mut self.sources, attempt.source, FORGET_SOURCE_NS, HELD_MAX, now);
        Answer::Try
    }

    /// The secret was right. The failures of this device are forgotten; those of others at this account stay, less the
    /// one that was counted for this try.
    pub fn handle_success(&mut self, attempt: &Attempt<'_>) {
        let Account::Known(account) = attempt.account else { return };
        if let Some(device) = attempt.device {
            if let Some(devices) = self.devices.get_mut(account) {
                devices.remove(&device);
            }
            return;
        }
        for failures in
            self.accounts.get_mut(account).into_iter().chain(self.sources.get_mut(&attempt.source))
        {
            failures.count = failures.count.saturating_sub(1);
        }
    }

    /// The account is gone.
    pub fn forget(&mut self, account: &AccountId) {
        self.accounts.remove(account);
        self.devices.remove(account);
    }

    /// Time goes by: what is forgotten takes no room any more.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        self.accounts.retain(|_, failures| !failures.is_forgotten(FORGET_NS, now));
        self.nobodies.retain(|_, failures| !failures.is_forgotten(FORGET_NS, now));
        self.sources.retain(|_, failures| !failures.is_forgotten(FORGET_SOURCE_NS, now));
        self.devices.retain(|_, devices| {
            devices.retain(|_, failures| !failures.is_forgotten(FORGET_NS, now));
            !devices.is_empty()
        });
    }
}

impl Failures {
    const fn is_forgotten(self, after_ns: u64, now: Timestamp) -> bool {
        now.since(self.last) > after_ns
    }
}

/// Seconds to wait, rounded up; 0 is none.
fn wait_s(failures: Option<&mut Failures>, free: u32, now: Timestamp) -> u64 {
    let Some(failures) = failures else { return 0 };
    // A clock that went back: the wait begins anew, and ends.
    failures.last = failures.last.min(now);
    let Some(beyond) = failures.count.checked_sub(free) else { return 0 };
    let wait_s = 1_u64.checked_shl(beyond.min(32)).unwrap_or(WAIT_MAX_S).min(WAIT_MAX_S);
    (wait_s * SECOND_NS).saturating_sub(now.since(failures.last)).div_ceil(SECOND_NS)
}

/// Counts a failure; keys that were quiet longest give way when there are too many.
fn count<K: Ord + Clone>(
    all: &mut BTreeMap<K, Failures>,
    key: K,
    forget_ns: u64,
    held_max: usize,
    now: Timestamp,
) {
    if all.len() >= held_max && !all.contains_key(&key) {
        make_room(all, forget_ns, now);
    }
    let failures = all.entry(key).or_insert(Failures { count: 0, last: now });
    if failures.is_forgotten(forget_ns, now) {
        failures.count = 0;
    }
    failures.count = failures.count.saturating_add(1);
    failures.last = now;
}

/// Takes out what is forgotten, and at least a quarter: so that a flood does not make each try look at all of them.
fn make_room<K: Ord + Clone>(all: &mut BTreeMap<K, Failures>, forget_ns: u64, now: Timestamp) {
    let least = all.len() / 4;
    let before = all.len();
    all.retain(|_, failures| !failures.is_forgotten(forget_ns, now));
    let mut quiet: Vec<(Timestamp, K)> =
        all.iter().map(|(key, failures)| (failures.last, key.clone())).collect();
    quiet.sort_unstable();
    for (_, key) in quiet.iter().take(least.max(1).saturating_sub(before - all.len())) {
        all.remove(key);
    }
}

/// A name of any length as a key.
fn key(name: &str) -> [u8; 32] {
    Sha256::digest(name.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use model::AccountId;
    use proptest::prelude::*;
    use zeroize::Zeroizing;

    use super::*;
    use crate::cookie::CookieKey;

    const DAY_S: u64 = 24 * 60 * 60;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_nanos((50 * 365 * DAY_S + seconds) * SECOND_NS)
    }

    fn ines() -> AccountId {
        "acc_ines".parse().unwrap()
    }

    fn source(number: u32) -> Source {
        Source::of(IpAddr::V4(number.into()))
    }

    fn cookie(number: u8) -> CookieId {
        let key = CookieKey::new(Zeroizing::new([1; 32]));
        key.verify(&ines(), &key.issue(&ines(), [number; 16])).unwrap()
    }

    fn attempt(account: &AccountId, source: Source, device: Option<CookieId>) -> Attempt<'_> {
        Attempt { account: Account::Known(account), source, device }
    }

    /// Guesses of an attacker who has a new source for each and wastes no second.
    fn guesses(limiter: &mut Limiter, from_s: u64, to_s: u64) -> u32 {
        let (ines, mut guesses, mut now) = (ines(), 0, from_s);
        while now < to_s {
            match limiter.handle_attempt(&attempt(&ines, source(guesses), None), at(now)) {
                Answer::Try => guesses += 1,
                Answer::Wait { seconds, .. } => now += seconds,
            }
        }
        guesses
    }

    #[test]
    fn asvs_v6_3_1_guesses_a_day_are_bounded_whatever_the_sources() {
        let mut limiter = Limiter::default();
        let first = guesses(&mut limiter, 0, DAY_S);
        assert!((GUESSES_PER_DAY_MAX - 1..=GUESSES_PER_DAY_MAX).contains(&first), "{first}");
        assert!(guesses(&mut limiter, DAY_S, 2 * DAY_S) <= 97, "the second day begins slowed down");
        assert!(guesses(&mut limiter, 3 * DAY_S + 901, 4 * DAY_S) <= GUESSES_PER_DAY_MAX);
    }

    #[test]
    fn an_attacker_who_waits_to_be_forgotten_gains_no_guesses() {
        let ines = ines();
        for (patience_s, pause_s) in
            [(0, 3_601), (8, 3_601), (600, 3_601), (600, 6 * 3_601), (600, DAY_S + 1)]
        {
            let (mut limiter, mut guessed, mut now) = (Limiter::default(), Vec::new(), 0);
            while now < 5 * DAY_S {
                let from = source(u32::try_from(guessed.len()).unwrap());
                match limiter.handle_attempt(&attempt(&ines, from, None), at(now)) {
                    Answer::Try => guessed.push(now),
                    Answer::Wait { seconds, .. } if seconds <= patience_s => now += seconds,
                    Answer::Wait { .. } => now += pause_s,
                }
            }
            let of_day =
                |begin: &u64| guessed.iter().filter(|at| (*begin..begin + DAY_S).contains(*at)).count();
            let most = guessed.iter().map(of_day).max().unwrap();
            assert!(
                most <= usize::try_from(GUESSES_PER_DAY_MAX).unwrap(),
                "{most} with pauses of {pause_s} s"
            );
        }
    }

    #[test]
    fn asvs_v6_1_1_a_known_device_waits_for_nobody_else() {
        let (mut limiter, ines) = (Limiter::default(), ines());
        guesses(&mut limiter, 0, DAY_S);
        let here = source(7);
        for other in 0..200_u32 {
            let paul: AccountId = format!("acc_{other}").parse().unwrap();
            limiter.handle_attempt(&attempt(&paul, here, None), at(DAY_S));
        }
        let unknown = limiter.handle_attempt(&attempt(&ines, here, None), at(DAY_S));
        assert!(matches!(unknown, Answer::Wait { .. }), "{unknown:?}");
        for _ in 0..FREE {
            let known = attempt(&ines, here, Some(cookie(1)));
            assert_eq!(limiter.handle_attempt(&known, at(DAY_S)), Answer::Try);
        }
        let known = attempt(&ines, here, Some(cookie(1)));
        let answer = limiter.handle_attempt(&known, at(DAY_S));
        assert_eq!(answer, Answer::Wait { seconds: 1, because: Slowed::Device }, "its own failures");
        assert_eq!(limiter.handle_attempt(&known, at(DAY_S + 1)), Answer::Try);
        limiter.handle_success(&known);
        assert_eq!(limiter.handle_attempt(&known, at(DAY_S + 1)), Answer::Try);
    }

    #[test]
    fn one_source_that_tries_many_accounts_is_slowed_down() {
        let mut limiter = Limiter::default();
        for number in 0..FREE_SOURCE {
            let account: AccountId = format!("acc_{number}").parse().unwrap();
            assert_eq!(limiter.handle_attempt(&attempt(&account, source(1), None), at(0)), Answer::Try);
        }
        let slowed = limiter.handle_attempt(&attempt(&ines(), source(1), None), at(0));
        assert_eq!(slowed, Answer::Wait { seconds: 1, because: Slowed::Source });
        assert_eq!(limiter.handle_attempt(&attempt(&ines(), source(2), None), at(0)), Answer::Try);
        let v6 = |text: &str| Source::of(text.parse().unwrap());
        assert_eq!(v6("2001:db8::1"), v6("2001:db8::ffff:1"), "a site has a /64");
        assert_eq!(v6("::ffff:10.0.0.1"), v6("10.0.0.1"));
    }

    #[test]
    fn asvs_v6_3_8_names_that_are_no_account_are_answered_alike() {
        let (mut limiter, ines) = (Limiter::default(), ines());
        for second in (0..5_000).step_by(7) {
            let real = limiter.handle_attempt(&attempt(&ines, source(second), None), at(second.into()));
            let nobody =
                Attempt { account: Account::Nobody("ghost"), source: source(second + 100_000), device: None };
            assert_eq!(limiter.handle_attempt(&nobody, at(second.into())), real);
        }
    }

    #[test]
    fn memory_is_bounded_and_no_flood_makes_an_account_forgotten() {
        let (mut limiter, ines) = (Limiter::default(), ines());
        while limiter.handle_attempt(&attempt(&ines, source(0), None), at(0)) == Answer::Try {}
        for number in 0..25_000_u32 {
            let name = format!("nobody{number}");
            let flood = Attempt { account: Account::Nobody(&name), source: source(number), device: None };
            limiter.handle_attempt(&flood, at(0));
        }
        assert!(limiter.sources.len() <= HELD_MAX && limiter.nobodies.len() <= HELD_MAX);
        let still = limiter.handle_attempt(&attempt(&ines, source(99_999), None), at(0));
        assert!(matches!(still, Answer::Wait { because: Slowed::Account, .. }), "{still:?}");
        for number in 0..100 {
            limiter.handle_attempt(&attempt(&ines, source(0), Some(cookie(number))), at(0));
        }
        assert!(limiter.devices.values().all(|devices| devices.len() <= DEVICES_MAX));
        limiter.handle_timeout(at(DAY_S + 1));
        assert!(limiter.accounts.is_empty() && limiter.devices.is_empty() && limiter.sources.is_empty());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        /// Whatever an attacker does from wherever, with right and wrong clocks: the known device tries at once, nobody
        /// waits longer than the longest wait, and in no 24 hours there are more guesses than said.
        #[test]
        fn an_attacker_locks_nobody_out_and_gains_no_guesses(
            acts in proptest::collection::vec((0..40_u32, 0..4_u8, 0..2_000_u64), 1..1_500),
            back_s in 0..10 * DAY_S,
        ) {
            let (mut limiter, ines, mut now) = (Limiter::default(), ines(), 20 * DAY_S);
            let mut guessed: Vec<u64> = Vec::new();
            for (from, kind, pause_s) in acts {
                now += if kind == 0 { pause_s } else { pause_s / 100 };
                let guess = attempt(&ines, source(from), None);
                match limiter.handle_attempt(&guess, at(now)) {
                    Answer::Try => guessed.push(now),
                    Answer::Wait { seconds, .. } => {
                        prop_assert!(seconds <= WAIT_MAX_S);
                        if kind == 1 {
                            now += seconds;
                        }
                    }
                }
                let known = attempt(&ines, source(from), Some(cookie(1)));
                prop_assert_eq!(limiter.handle_attempt(&known, at(now)), Answer::Try);
                limiter.handle_success(&known);
            }
            for (place, begin) in guessed.iter().enumerate() {
                let day = guessed[place..].iter().take_while(|guess| **guess < begin + DAY_S).count();
                prop_assert!(day <= usize::try_from(GUESSES_PER_DAY_MAX).unwrap(), "{day} guesses in a day");
            }
            // A clock that goes back: the wait ends all the same.
            let now = now - back_s;
            let seconds = match limiter.handle_attempt(&attempt(&ines, source(1), None), at(now)) {
                Answer::Try => 0,
                Answer::Wait { seconds, .. } => seconds,
            };
            prop_assert!(seconds <= WAIT_MAX_S);
            prop_assert!(
                seconds == 0
                    || limiter.handle_attempt(&attempt(&ines, source(2), None), at(now + seconds)) == Answer::Try
                    || limiter.handle_attempt(&attempt(&ines, source(3), None), at(now + 2 * WAIT_MAX_S)) == Answer::Try
            );
        }
    }
}
