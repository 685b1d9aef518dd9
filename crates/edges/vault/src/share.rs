//! Shares: Shamir's secret sharing over GF(2^8), and the text that people keep.
//!
//! The text is bech32m (BIP 350), made for being typed by hand: no letter looks like another, up to four typing errors
//! are always found. Of each share the seal keeps a SHA-256, so a wrong one is named instead of only failing together
//! with good ones.

use std::fmt;
use std::str::FromStr;

use bech32::{FromBase32 as _, ToBase32 as _, Variant};
use getrandom::SysRng;
use rand_core::UnwrapErr;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use vsss_rs::{Gf256, IdentifierGf256};
use zeroize::{Zeroize as _, Zeroizing};

use crate::bytes::Bytes;
use crate::error::{Error, Result, ShareFault};
use crate::secret::Secret;

/// Shares of one set: more people than that do not come together.
const COUNT_MAX: u8 = 16;
/// What every text begins with.
const PREFIX: &str = "bdshare";
const FORMAT: u8 = 1;
const LABEL: &[u8] = b"bedrail share 1";
/// Letters of a group.
const GROUP: usize = 4;
/// Letters of the longest text that is looked at, with everything that people put between.
const TEXT_MAX: usize = 256;

/// One share of a secret. It is not printed by accident.
#[derive(Debug)]
pub struct Share {
    set: [u8; 4],
    threshold: u8,
    index: u8,
    value: Secret,
}

/// Why a text is no share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ShareTextError {
    /// Not even the beginning fits.
    #[error("this is no share; one looks like `{PREFIX}1` with 69 letters and digits behind it")]
    NoShare,
    /// The checksum does not fit.
    #[error("there is a typing error in this share; compare it letter by letter")]
    Mistyped,
    /// Another format.
    #[error("this share is of format {0}, which this version does not read")]
    Format(u8),
}

/// How shares come to the key of their method.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SharesWay {
    pub(crate) threshold: u8,
    pub(crate) set: Bytes<4>,
    /// Of each share the hash, by index from 1.
    pub(crate) checks: Vec<Bytes<32>>,
}

impl Share {
    /// Which set it is of.
    #[must_use]
    pub fn set(&self) -> [u8; 4] {
        self.set
    }

    /// Its number in the set, from 1.
    #[must_use]
    pub fn index(&self) -> u8 {
        self.index
    }

    /// How many of its set are needed.
    #[must_use]
    pub fn threshold(&self) -> u8 {
        self.threshold
    }

    /// The text that a person keeps, in groups of four. It is a secret.
    ///
    /// # Errors
    /// [`Error::Crypto`] when the text cannot be made.
    pub fn text(&self) -> Result<Zeroizing<String>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(39));
        bytes.push(FORMAT);
        bytes.extend(self.set);
        bytes.extend([self.threshold, self.index]);
        bytes.extend(self.value.expose());
        let text = bech32::encode(PREFIX, bytes.to_base32(), Variant::Bech32m);
        let text = Zeroizing::new(text.map_err(|_| Error::Crypto("writing a share"))?);
        let mut grouped = Zeroizing::new(String::with_capacity(text.len().saturating_mul(2)));
        for (place, letter) in text.chars().enumerate() {
            if place > 0 && place % GROUP == 0 {
                grouped.push('-');
            }
            grouped.push(letter);
        }
        Ok(grouped)
    }

    fn check(&self, vault: &[u8; 16]) -> [u8; 32] {
        let hash = Sha256::new().chain_update(LABEL).chain_update(vault).chain_update(self.set);
        hash.chain_update([self.threshold, self.index]).chain_update(self.value.expose()).finalize().into()
    }

    /// As the library reads it: index, value.
    fn raw(&self) -> Vec<u8> {
        let mut raw = Vec::with_capacity(33);
        raw.push(self.index);
        raw.extend(self.value.expose());
        raw
    }
}

impl FromStr for Share {
    type Err = ShareTextError;

    /// Space, hyphens and case do not matter.
    fn from_str(text: &str) -> std::result::Result<Self, ShareTextError> {
        if text.len() > TEXT_MAX {
            return Err(ShareTextError::NoShare);
        }
        let letters = text.chars().filter(|letter| !letter.is_whitespace() && *letter != '-');
        let mut text = Zeroizing::new(String::with_capacity(TEXT_MAX));
        text.extend(letters.map(|letter| letter.to_ascii_lowercase()));
        if !text.starts_with(PREFIX) {
            return Err(ShareTextError::NoShare);
        }
        let (prefix, digits, variant) = bech32::decode(&text).map_err(|_| ShareTextError::Mistyped)?;
        if prefix != PREFIX || variant != Variant::Bech32m {
            return Err(ShareTextError::Mistyped);
        }
        let bytes = Vec::<u8>::from_base32(&digits).map_err(|_| ShareTextError::NoShare)?;
        let bytes = Zeroizing::new(bytes);
        let (&[format, s0, s1, s2, s3, threshold, index], value) =
            bytes.split_first_chunk::<7>().ok_or(ShareTextError::NoShare)?;
        if format != FORMAT {
            return Err(ShareTextError::Format(format));
        }
        let value: &[u8; 32] = value.try_into().map_err(|_| ShareTextError::NoShare)?;
        let mut secret = Secret::zeroed();
        secret.expose_mut().copy_from_slice(value);
        Ok(Self { set: [s0, s1, s2, s3], threshold, index, value: secret })
    }
}

impl fmt::Display for SharesWay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} shares", self.threshold, self.checks.len())
    }
}

impl SharesWay {
    /// Splits a key.
    pub(crate) fn new(
        threshold: u8,
        count: u8,
        key: &Secret,
        vault: &[u8; 16],
    ) -> Result<(Self, Vec<Share>)> {
        if !is_possible(threshold, usize::from(count)) {
            return Err(Error::Sharing { threshold, count });
        }
        let set = Bytes::<4>::random()?;
        let ids = (1..=count).map(|id| IdentifierGf256(Gf256(id)));
        let split = Gf256::split_bytes_with_participant_ids_iter(
            usize::from(threshold),
            usize::from(count),
            key.expose(),
            UnwrapErr(SysRng),
            ids,
        );
        let mut shares = Vec::new();
        for mut raw in split.map_err(|_| Error::Crypto("sharing"))? {
            let share = match raw.split_first() {
                Some((&index, value)) if value.len() == 32 => {
                    let mut secret = Secret::zeroed();
                    secret.expose_mut().copy_from_slice(value);
                    Some(Share { set: set.0, threshold, index, value: secret })
                }
                Some(_) | None => None,
            };
            raw.zeroize();
            shares.push(share.ok_or(Error::Crypto("sharing"))?);
        }
        let checks = shares.iter().map(|share| Bytes(share.check(vault))).collect();
        Ok((Self { threshold, set, checks }, shares))
    }

    /// Whether what a file says is possible.
    pub(crate) fn is_sound(&self) -> bool {
        is_possible(self.threshold, self.checks.len())
    }

    /// How many of these shares say that they are of this set.
    pub(crate) fn known(&self, shares: &[Share]) -> usize {
        shares.iter().filter(|share| share.set == self.set.0).count()
    }

    /// The key of the method, or everything that is wrong with the shares.
    pub(crate) fn key(&self, shares: &[Share], vault: &[u8; 16]) -> Result<Secret> {
        let (good, mut faults) = self.sort(shares, vault);
        if good.len() < usize::from(self.threshold) {
            let good = u8::try_from(good.len()).unwrap_or(u8::MAX);
            faults.push(ShareFault::TooFew { good, needed: self.threshold });
        }
        if !faults.is_empty() {
            return Err(Error::Shares(faults));
        }
        let needed = good.into_iter().take(usize::from(self.threshold));
        let raw = Zeroizing::new(needed.map(Share::raw).collect::<Vec<_>>());
        let combined = Gf256::combine_bytes(&*raw).map_err(|_| Error::Crypto("combining shares"))?;
        let combined = Zeroizing::new(combined);
        let bytes: &[u8; 32] =
            combined.as_slice().try_into().map_err(|_| Error::Crypto("combining shares"))?;
        let mut key = Secret::zeroed();
        key.expose_mut().copy_from_slice(bytes);
        Ok(key)
    }

    fn sort<'a>(&self, shares: &'a [Share], vault: &[u8; 16]) -> (Vec<&'a Share>, Vec<ShareFault>) {
        let mut good: Vec<&Share> = Vec::new();
        let mut faults = Vec::new();
        for share in shares {
            let index = share.index;
            let check = usize::from(index).checked_sub(1).and_then(|place| self.checks.get(place));
            if share.set != self.set.0 {
                faults.push(ShareFault::OtherSet { index, set: share.set, wanted: self.set.0 });
            } else if check != Some(&Bytes(share.check(vault))) {
                faults.push(ShareFault::Wrong { index });
            } else if good.iter().any(|other| other.index == index) {
                faults.push(ShareFault::Twice { index });
            } else {
                good.push(share);
            }
        }
        (good, faults)
    }
}

fn is_possible(threshold: u8, count: usize) -> bool {
    (2..=COUNT_MAX).contains(&threshold) && usize::from(threshold) <= count && count <= usize::from(COUNT_MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const VAULT: [u8; 16] = [3; 16];

    fn split(threshold: u8, count: u8) -> (Secret, SharesWay, Vec<String>) {
        let key = Secret::random().expect("random");
        let (way, shares) = SharesWay::new(threshold, count, &key, &VAULT).expect("split");
        let texts = shares.iter().map(|share| share.text().expect("text").to_string()).collect();
        (key, way, texts)
    }

    fn read(texts: &[String], which: &[usize]) -> Vec<Share> {
        which.iter().map(|place| texts[*place].parse().expect("a share")).collect()
    }

    fn faults(result: Result<Secret>) -> Vec<ShareFault> {
        match result {
            Err(Error::Shares(faults)) => faults,
            other => panic!("{other:?}"),
        }
    }

    /// All choices of `k` of `n` places.
    fn choices(k: usize, n: usize) -> Vec<Vec<usize>> {
        let masks = (0u32..1 << n).filter(|mask| mask.count_ones() as usize == k);
        masks.map(|mask| (0..n).filter(|place| mask & (1 << place) != 0).collect()).collect()
    }

    #[test]
    fn any_three_of_five_open_and_any_two_do_not() {
        let (key, way, texts) = split(3, 5);
        let (threes, twos) = (choices(3, 5), choices(2, 5));
        assert_eq!((threes.len(), twos.len()), (10, 10));
        for which in threes {
            let combined = way.key(&read(&texts, &which), &VAULT).expect("combined");
            assert_eq!(combined.expose(), key.expose(), "{which:?}");
        }
        for which in twos {
            let found = faults(way.key(&read(&texts, &which), &VAULT));
            assert_eq!(found, [ShareFault::TooFew { good: 2, needed: 3 }], "{which:?}");
        }
    }

    #[test]
    fn two_shares_say_nothing_even_to_who_skips_the_checks() {
        let (key, _, texts) = split(3, 5);
        for which in choices(2, 5) {
            let raw: Vec<_> = read(&texts, &which).iter().map(Share::raw).collect();
            assert_ne!(Gf256::combine_bytes(raw).expect("combined"), key.expose());
        }
    }

    #[test]
    fn every_sharing_that_is_possible_works_and_no_other_is_made() {
        for threshold in 0..=COUNT_MAX + 1 {
            for count in 0..=COUNT_MAX + 1 {
                let key = Secret::random().expect("random");
                let made = SharesWay::new(threshold, count, &key, &VAULT);
                if (2..=COUNT_MAX).contains(&threshold) && (threshold..=COUNT_MAX).contains(&count) {
                    let (way, shares) = made.expect("split");
                    let opened =
                        way.key(&shares[usize::from(count - threshold)..], &VAULT).expect("combined");
                    assert_eq!(opened.expose(), key.expose());
                } else {
                    assert!(matches!(made, Err(Error::Sharing { .. })), "{threshold} of {count}");
                }
            }
        }
    }

    #[test]
    fn names_every_share_that_is_wrong() {
        let (_, way, texts) = split(3, 5);
        let (_, other, others) = split(3, 5);
        let mut shares = read(&texts, &[0, 1, 1]);
        shares.extend(read(&others, &[3]));
        let mut forged: Share = texts[4].parse().expect("a share");
        forged.value.expose_mut()[31] ^= 1;
        // With a new checksum, so that only the seal can know.
        shares.push(forged.text().expect("text").parse().expect("a share"));
        let found = faults(way.key(&shares, &VAULT));
        let wanted = [
            ShareFault::Twice { index: 2 },
            ShareFault::OtherSet { index: 4, set: other.set.0, wanted: way.set.0 },
            ShareFault::Wrong { index: 5 },
            ShareFault::TooFew { good: 2, needed: 3 },
        ];
        assert_eq!(found, wanted);
        let text = Error::Shares(found).to_string();
        assert!(
            text.contains("share 2 was given twice") && text.contains("share 5 is not the one"),
            "{text}"
        );
    }

    #[test]
    fn a_share_that_claims_another_threshold_or_vault_is_wrong() {
        let (_, way, texts) = split(3, 5);
        let mut share: Share = texts[0].parse().expect("a share");
        share.threshold = 2;
        assert!(faults(way.key(&[share], &VAULT)).contains(&ShareFault::Wrong { index: 1 }));
        let found = faults(way.key(&read(&texts, &[0, 1, 2]), &[4; 16]));
        assert_eq!(found.iter().filter(|fault| matches!(fault, ShareFault::Wrong { .. })).count(), 3);
    }

    #[test]
    fn up_to_four_typing_errors_are_found() {
        let (_, _, texts) = split(3, 5);
        let text = texts[0].replace('-', "");
        let letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
        for place in PREFIX.len() + 1..text.len() {
            for letter in letters.chars() {
                let mut typed: Vec<char> = text.chars().collect();
                if typed[place] == letter {
                    continue;
                }
                typed[place] = letter;
                let typed: String = typed.into_iter().collect();
                assert_eq!(typed.parse::<Share>().err(), Some(ShareTextError::Mistyped), "{place} {letter}");
            }
        }
    }

    #[test]
    fn is_read_however_it_is_typed_and_not_printed() {
        let (_, _, texts) = split(2, 3);
        let text = &texts[1];
        assert_eq!(text.replace('-', "").len(), 77);
        for typed in
            [text.replace('-', " "), text.to_uppercase(), format!("\n{text} "), text.replace('-', "")]
        {
            let share: Share = typed.parse().expect("a share");
            assert_eq!((share.index(), share.threshold()), (2, 2));
            assert_eq!(share.text().expect("text").as_str(), text);
            assert!(!format!("{share:?}").contains("value: ["));
        }
        for wrong in ["", "bdshare", "bdshare1", "lnbc1qqqq", &"b".repeat(1_000)] {
            assert!(wrong.parse::<Share>().is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_refused_or_comes_out_again(text in "(bdshare1)?[a-z0-9 -]{0,90}") {
            if let Ok(share) = text.parse::<Share>() {
                let again = share.text().expect("text").replace('-', "");
                prop_assert_eq!(again, text.replace(['-', ' '], ""));
            }
        }

        #[test]
        fn four_changed_letters_are_never_taken_for_a_share(
            places in prop::collection::btree_set(8usize..77, 1..=4), by in 1usize..31,
        ) {
            let (_, _, texts) = split(2, 2);
            let letters: Vec<char> = "qpzry9x8gf2tvdw0s3jn54khce6mua7l".chars().collect();
            let mut typed: Vec<char> = texts[0].replace('-', "").chars().collect();
            for place in places {
                let at = letters.iter().position(|letter| *letter == typed[place]).expect("a letter");
                typed[place] = letters[(at + by) % 32];
            }
            let typed: String = typed.into_iter().collect();
            prop_assert_eq!(typed.parse::<Share>().err(), Some(ShareTextError::Mistyped));
        }
    }
}
