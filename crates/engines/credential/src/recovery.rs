//! Recovery codes: what is left when every authenticator is gone ("look-up secrets", NIST SP 800-63B-4, 3.1.2).
//!
//! A code has 120 random bits. Above 112 a plain hash suffices to keep it (3.1.2.2), so that looking one up costs
//! nothing that an attacker could make a hub pay.

use std::fmt;

use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroizing;

/// Codes of one account.
pub const CODES: usize = 10;
/// Random bytes of a code: 120 bits.
pub const CODE_BYTES: usize = 15;
/// Letters of a code.
const LETTERS: usize = CODE_BYTES * 8 / 5;
/// Letters between two hyphens.
const GROUP: usize = 4;
/// Longest text that is looked at.
const TEXT_MAX: usize = 64;

/// Base 32 by D. Crockford: no I, L, O (they are read as 1, 1, 0) and no U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A code, to be shown once. Wiped when it is dropped; never printed.
pub struct RecoveryCode(Zeroizing<String>);

/// The codes of an account as they are kept: hashes only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecoveryCodes(Vec<[u8; 32]>);

/// A code was taken, and is worth nothing from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spent {
    /// Codes that are left; at 2 or less new ones should be made.
    pub left: usize,
}

/// A code is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecoveryError {
    /// Not like a code.
    #[error("a recovery code is {LETTERS} letters and digits, such as `7K3M-...`")]
    Shape,
    /// None of the account, or used already.
    #[error("the recovery code is not one of this account, or was used")]
    Wrong,
    /// More than there can be.
    #[error("an account has at most {CODES} recovery codes, not {0}")]
    Count(usize),
}

impl RecoveryCodes {
    /// New codes from random bytes, to be shown, and what is kept of them. Codes from before are worth nothing any more.
    #[must_use]
    pub fn generate(random: &Zeroizing<[[u8; CODE_BYTES]; CODES]>) -> (Vec<RecoveryCode>, Self) {
        let codes: Vec<RecoveryCode> = random.iter().map(RecoveryCode::new).collect();
        let hashes = codes.iter().filter_map(|code| hash(code.expose())).collect();
        (codes, Self(hashes))
    }

    /// What was kept of those that are left.
    ///
    /// # Errors
    /// When they are more than there can be.
    pub fn kept(hashes: Vec<[u8; 32]>) -> Result<Self, RecoveryError> {
        if hashes.len() <= CODES { Ok(Self(hashes)) } else { Err(RecoveryError::Count(hashes.len())) }
    }

    /// What to keep.
    #[must_use]
    pub fn hashes(&self) -> &[[u8; 32]] {
        &self.0
    }

    /// Somebody shows a code. Small letters, spaces, hyphens and look-alikes are read as they are meant. What is left is
    /// to be kept before the login is answered.
    ///
    /// # Errors
    /// When it is none of them.
    pub fn handle_code(&mut self, text: &str) -> Result<Spent, RecoveryError> {
        let shown = hash(text).ok_or(RecoveryError::Shape)?;
        let before = self.0.len();
        let mut found = Choice::from(0);
        self.0.retain(|kept| {
            let is_same = kept.ct_eq(&shown);
            found |= is_same;
            !bool::from(is_same)
        });
        let left = self.0.len();
        if bool::from(found) && left < before { Ok(Spent { left }) } else { Err(RecoveryError::Wrong) }
    }
}

impl RecoveryCode {
    fn new(random: &[u8; CODE_BYTES]) -> Self {
        let mut text = Zeroizing::new(String::with_capacity(LETTERS + LETTERS / GROUP));
        for (place, letter) in letters(random).enumerate() {
            if place > 0 && place % GROUP == 0 {
                text.push('-');
            }
            text.push(char::from(letter));
        }
        Self(text)
    }

    /// The text, to be shown once.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(..)")
    }
}

/// Five bits a letter, the first bits first.
fn letters(random: &[u8; CODE_BYTES]) -> impl Iterator<Item = u8> {
    let bit = |place: usize| random.get(place / 8).is_some_and(|byte| byte >> (7 - place % 8) & 1 == 1);
    (0..LETTERS).filter_map(move |letter| {
        let value = (0..5).fold(0_usize, |value, place| value << 1 | usize::from(bit(letter * 5 + place)));
        ALPHABET.get(value).copied()
    })
}

/// SHA-256 of a code as it is meant; `None` when it is none.
fn hash(text: &str) -> Option<[u8; 32]> {
    if text.len() > TEXT_MAX {
        return None;
    }
    let mut meant = Zeroizing::new(String::with_capacity(TEXT_MAX));
    for letter in text.chars().filter(|letter| !matches!(letter, '-' | ' ')) {
        let letter = match letter.to_ascii_uppercase() {
            'I' | 'L' => '1',
            'O' => '0',
            other => other,
        };
        u8::try_from(letter).ok().filter(|byte| ALPHABET.contains(byte))?;
        meant.push(letter);
    }
    (meant.len() == LETTERS).then(|| Sha256::digest(meant.as_bytes()).into())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn random(seed: u8) -> Zeroizing<[[u8; CODE_BYTES]; CODES]> {
        let mut random = Zeroizing::new([[0; CODE_BYTES]; CODES]);
        for (n, code) in (0_u8..).zip(random.iter_mut()) {
            for (m, byte) in (0_u8..).zip(code.iter_mut()) {
                *byte = seed.wrapping_mul(31).wrapping_add(n.wrapping_mul(7)) ^ m.wrapping_mul(53);
            }
        }
        random
    }

    #[test]
    fn asvs_v6_5_2_codes_have_120_bits_and_only_hashes_are_kept() {
        let (codes, kept) = RecoveryCodes::generate(&random(1));
        assert_eq!((codes.len(), kept.hashes().len()), (CODES, CODES));
        for code in &codes {
            assert_eq!(code.expose().len(), LETTERS + 5);
            assert!(code.expose().bytes().all(|letter| letter == b'-' || ALPHABET.contains(&letter)));
            assert_eq!(format!("{code:?}"), "RecoveryCode(..)");
        }
        let ones = RecoveryCode::new(&[0xff; CODE_BYTES]);
        assert_eq!(ones.expose(), "ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ");
    }

    #[test]
    fn asvs_v6_5_1_each_code_is_taken_once() {
        let (codes, mut kept) = RecoveryCodes::generate(&random(2));
        for (place, code) in codes.iter().enumerate() {
            assert_eq!(kept.handle_code(code.expose()), Ok(Spent { left: CODES - place - 1 }));
            assert_eq!(kept.handle_code(code.expose()), Err(RecoveryError::Wrong));
            kept = RecoveryCodes::kept(kept.hashes().to_vec()).unwrap();
        }
    }

    #[test]
    fn refuses_what_is_no_code() {
        let (_, mut kept) = RecoveryCodes::generate(&random(3));
        for text in
            ["", "7K3M", "UUUU-UUUU-UUUU-UUUU-UUUU-UUUU", "ÄÄÄÄ-0000-0000-0000-0000-0000", &"0".repeat(65)]
        {
            assert_eq!(kept.handle_code(text), Err(RecoveryError::Shape), "{text}");
        }
        assert_eq!(kept.handle_code(&"0".repeat(LETTERS)), Err(RecoveryError::Wrong));
        assert_eq!(RecoveryCodes::kept(vec![[0; 32]; 11]).err(), Some(RecoveryError::Count(11)));
    }

    proptest! {
        #[test]
        fn codes_are_read_as_they_are_meant(bytes in any::<[u8; CODE_BYTES]>()) {
            let code = RecoveryCode::new(&bytes);
            let mut kept = RecoveryCodes(vec![hash(code.expose()).unwrap()]);
            let written = code.expose().to_lowercase().replace('-', " ").replace('1', "l").replace('0', "O");
            prop_assert_eq!(kept.handle_code(&written), Ok(Spent { left: 0 }));
        }

        #[test]
        fn other_bits_are_another_code(one in any::<[u8; CODE_BYTES]>(), other in any::<[u8; CODE_BYTES]>()) {
            let (one_code, other_code) = (RecoveryCode::new(&one), RecoveryCode::new(&other));
            prop_assert_eq!(one == other, one_code.expose() == other_code.expose());
        }
    }
}
