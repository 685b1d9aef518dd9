//! A cookie that shows that somebody logged in to this account from this device before (OWASP, "Device cookies").
//!
//! It lets nobody in. It only says that failures of others are no reason to let this device wait.

use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, Mac};
use model::AccountId;
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// Random bytes of a cookie.
const NONCE: usize = 16;
/// Bytes of the tag.
const TAG: usize = 32;
/// Set before what is signed, so that the key's tags are of no use elsewhere.
const PURPOSE: &[u8] = b"bedrail device cookie 1\0";

/// The key of a hub for these cookies. Wiped when it is dropped; never printed.
pub struct CookieKey(Zeroizing<[u8; 32]>);

/// Which cookie: its random bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CookieId([u8; NONCE]);

impl CookieKey {
    /// From random bytes.
    #[must_use]
    pub const fn new(random: Zeroizing<[u8; 32]>) -> Self {
        Self(random)
    }

    /// A cookie for a device from which `account` has just logged in, from random bytes.
    #[must_use]
    pub fn issue(&self, account: &AccountId, random: [u8; NONCE]) -> String {
        let mut bytes = random.to_vec();
        bytes.extend(self.tag(account, &random));
        BASE64URL_NOPAD.encode(&bytes)
    }

    /// Which cookie it is, when this hub issued it for `account`.
    #[must_use]
    pub fn verify(&self, account: &AccountId, cookie: &str) -> Option<CookieId> {
        if cookie.len() != BASE64URL_NOPAD.encode_len(NONCE + TAG) {
            return None;
        }
        let bytes = BASE64URL_NOPAD.decode(cookie.as_bytes()).ok()?;
        let (nonce, tag) = bytes.split_first_chunk::<NONCE>()?;
        bool::from(self.tag(account, nonce).ct_eq(tag)).then_some(CookieId(*nonce))
    }

    /// HMAC-SHA-256 (RFC 2104).
    fn tag(&self, account: &AccountId, nonce: &[u8; NONCE]) -> Vec<u8> {
        // An HMAC takes a key of any length.
        let Ok(mut mac) = <Hmac<Sha256> as Mac>::new_from_slice(self.0.as_slice()) else { return Vec::new() };
        mac.update(PURPOSE);
        mac.update(nonce);
        mac.update(account.as_str().as_bytes());
        mac.finalize().into_bytes().to_vec()
    }
}

impl fmt::Debug for CookieKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CookieKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_of_one_account_and_one_hub_and_no_byte_of_it_can_be_changed() {
        let (key, other) = (CookieKey::new(Zeroizing::new([1; 32])), CookieKey::new(Zeroizing::new([2; 32])));
        let (ines, paul): (AccountId, AccountId) = ("acc_ines".parse().unwrap(), "acc_paul".parse().unwrap());
        let cookie = key.issue(&ines, [7; NONCE]);
        assert_eq!(key.verify(&ines, &cookie), Some(CookieId([7; NONCE])));
        assert_eq!(key.verify(&paul, &cookie), None);
        assert_eq!(other.verify(&ines, &cookie), None);
        assert_eq!(key.verify(&ines, ""), None);
        for place in 0..cookie.len() {
            let mut changed = cookie.clone().into_bytes();
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            assert_eq!(key.verify(&ines, std::str::from_utf8(&changed).unwrap()), None, "{place}");
        }
        assert_eq!(format!("{key:?}"), "CookieKey(..)");
    }
}
