//! A record as it is kept: sealed, with what is needed to open it again.

use zeroize::Zeroizing;

use crate::aead::{self, Algorithm, NONCE, TAG};
use crate::error::Result;
use crate::keyring::Purpose;

/// Bytes of an identity: a table, a column and an id fit many times.
pub const IDENTITY_MAX: usize = 1_024;
/// Bytes of what one record holds: more is a file, and has a format of its own.
pub const PLAIN_MAX: usize = 16 << 20;

const FORMAT: u8 = 1;
/// Format, purpose, algorithm, version of the key.
const HEAD: usize = 7;
const LABEL: &[u8] = b"bedrail record 1";

/// A sealed record. It has one encoding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    purpose: Purpose,
    algorithm: Algorithm,
    version: u32,
    nonce: [u8; NONCE],
    /// Ciphertext and tag.
    sealed: Vec<u8>,
}

/// Why bytes are no record, or a record does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// Shorter than an empty record.
    #[error("it is cut short")]
    Short,
    /// Longer than records are.
    #[error("it holds more than {PLAIN_MAX} bytes")]
    Long,
    /// An identity that is too long.
    #[error("its identity has more than {IDENTITY_MAX} bytes")]
    Identity,
    /// Another format.
    #[error("its format is {0}; this version reads {FORMAT}")]
    Format(u8),
    /// An unknown purpose.
    #[error("its purpose is number {0}, which this version does not know")]
    Purpose(u8),
    /// An unknown algorithm.
    #[error("its algorithm is number {0}, which this version does not know")]
    Algorithm(u8),
    /// Versions begin with 1.
    #[error("its key has no version")]
    Version,
    /// The key is for another algorithm than the record says.
    #[error("it names another algorithm than its key is for")]
    OtherAlgorithm,
    /// It was changed, or belongs elsewhere.
    #[error("it was changed, or it is not the record of this identity")]
    Changed,
}

impl Record {
    /// What it is for.
    #[must_use]
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// The version of the key that opens it.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.version
    }

    /// What it is sealed with.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Its bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEAD + NONCE + self.sealed.len());
        bytes.extend(self.head());
        bytes.extend(self.nonce);
        bytes.extend(&self.sealed);
        bytes
    }

    /// Reads a record.
    ///
    /// # Errors
    /// Every deviation: there is one encoding, and nobody else writes it.
    pub fn decode(bytes: &[u8]) -> std::result::Result<Self, RecordError> {
        let (&[format, purpose, algorithm, v0, v1, v2, v3], rest) =
            bytes.split_first_chunk::<HEAD>().ok_or(RecordError::Short)?;
        if format != FORMAT {
            return Err(RecordError::Format(format));
        }
        let purpose = Purpose::of(purpose).ok_or(RecordError::Purpose(purpose))?;
        let algorithm = Algorithm::of(algorithm).ok_or(RecordError::Algorithm(algorithm))?;
        let version = u32::from_be_bytes([v0, v1, v2, v3]);
        let (&nonce, sealed) = rest.split_first_chunk::<NONCE>().ok_or(RecordError::Short)?;
        match sealed.len().checked_sub(TAG) {
            None => Err(RecordError::Short),
            Some(plain) if plain > PLAIN_MAX => Err(RecordError::Long),
            Some(_) if version == 0 => Err(RecordError::Version),
            Some(_) => Ok(Self { purpose, algorithm, version, nonce, sealed: sealed.to_vec() }),
        }
    }

    /// Seals bytes under a key for the record of this identity.
    pub(crate) fn seal(
        (purpose, version, algorithm): (Purpose, u32, Algorithm),
        key: &[u8; 32],
        identity: &[u8],
        plain: &[u8],
    ) -> Result<Self> {
        if plain.len() > PLAIN_MAX {
            return Err(RecordError::Long.into());
        }
        let crate::bytes::Bytes(nonce) = crate::bytes::Bytes::random()?;
        let mut record = Self { purpose, algorithm, version, nonce, sealed: Vec::new() };
        let associated = record.associated(identity)?;
        // All at once: a list that grows leaves its old place behind, unwiped.
        let mut sealed = Vec::with_capacity(plain.len().saturating_add(TAG));
        sealed.extend(plain);
        let tag = aead::seal(algorithm, key, nonce, &associated, &mut sealed)?;
        sealed.extend(tag);
        record.sealed = sealed;
        Ok(record)
    }

    /// Opens the record of this identity.
    pub(crate) fn open(
        &self,
        key: &[u8; 32],
        identity: &[u8],
    ) -> std::result::Result<Zeroizing<Vec<u8>>, RecordError> {
        let associated = self.associated(identity)?;
        let mut text = Zeroizing::new(self.sealed.clone());
        let opened = aead::open(self.algorithm, key, self.nonce, &associated, &mut text);
        let length = opened.map(|opened| opened.len()).ok_or(RecordError::Changed)?;
        text.truncate(length);
        Ok(text)
    }

    fn head(&self) -> [u8; HEAD] {
        let [v0, v1, v2, v3] = self.version.to_be_bytes();
        [FORMAT, self.purpose.code(), self.algorithm.code(), v0, v1, v2, v3]
    }

    fn associated(&self, identity: &[u8]) -> std::result::Result<Vec<u8>, RecordError> {
        if identity.len() > IDENTITY_MAX {
            return Err(RecordError::Identity);
        }
        Ok([LABEL, &self.head(), identity].concat())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KEY: [u8; 32] = [5; 32];
    const NAME: (Purpose, u32, Algorithm) = (Purpose::Totp, 3, Algorithm::Aes256GcmSiv);

    #[test]
    fn opens_for_its_own_identity_only() {
        let record = Record::seal(NAME, &KEY, b"user/1/totp", b"seed").expect("sealed");
        assert_eq!(record.open(&KEY, b"user/1/totp").expect("opened").as_slice(), b"seed");
        assert_eq!(record.open(&KEY, b"user/2/totp"), Err(RecordError::Changed));
        assert_eq!(record.open(&[6; 32], b"user/1/totp"), Err(RecordError::Changed));
    }

    #[test]
    fn opens_under_its_own_purpose_version_and_algorithm_only() {
        let record = Record::seal(NAME, &KEY, b"user/1", b"seed").expect("sealed");
        for other in [
            Record { purpose: Purpose::Token, ..record.clone() },
            Record { version: 4, ..record.clone() },
            Record { algorithm: Algorithm::Aes256Gcm, ..record.clone() },
        ] {
            assert_eq!(other.open(&KEY, b"user/1"), Err(RecordError::Changed));
        }
    }

    #[test]
    fn refuses_every_changed_bit_and_every_missing_byte() {
        let record = Record::seal(NAME, &KEY, b"user/1", b"seed").expect("sealed");
        let bytes = record.encode();
        for bit in 0..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            let opened = Record::decode(&changed).and_then(|record| record.open(&KEY, b"user/1").map(drop));
            assert!(opened.is_err(), "bit {bit}");
        }
        for length in 0..bytes.len() {
            let opened =
                Record::decode(&bytes[..length]).and_then(|record| record.open(&KEY, b"user/1").map(drop));
            assert!(opened.is_err(), "{length} bytes");
        }
    }

    #[test]
    fn names_what_is_wrong_with_bytes() {
        let good = Record::seal(NAME, &KEY, b"", b"").expect("sealed").encode();
        let with = |at: usize, value: u8| {
            let mut bytes = good.clone();
            bytes[at] = value;
            Record::decode(&bytes)
        };
        assert_eq!(with(0, 2), Err(RecordError::Format(2)));
        assert_eq!(with(1, 0), Err(RecordError::Purpose(0)));
        assert_eq!(with(2, 9), Err(RecordError::Algorithm(9)));
        assert_eq!(with(6, 0), Err(RecordError::Version));
        assert_eq!(Record::decode(&[1; HEAD + NONCE + TAG - 1]), Err(RecordError::Short));
        let mut long = good;
        long.resize(HEAD + NONCE + TAG + PLAIN_MAX + 1, 0);
        assert_eq!(Record::decode(&long), Err(RecordError::Long));
    }

    #[test]
    fn refuses_an_identity_that_is_too_long() {
        let sealed = Record::seal(NAME, &KEY, &[0; IDENTITY_MAX + 1], b"");
        assert!(matches!(sealed, Err(crate::Error::Record(RecordError::Identity))));
    }

    proptest! {
        #[test]
        fn any_bytes_decode_to_what_encodes_to_them_or_not_at_all(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            if let Ok(record) = Record::decode(&bytes) {
                prop_assert_eq!(record.encode(), bytes);
            }
        }

        #[test]
        fn any_text_round_trips(text in prop::collection::vec(any::<u8>(), 0..300), identity: [u8; 9]) {
            let record = Record::seal(NAME, &KEY, &identity, &text).expect("sealed");
            let read = Record::decode(&record.encode()).expect("decoded");
            prop_assert_eq!(&read, &record);
            prop_assert_eq!(read.open(&KEY, &identity).expect("opened").to_vec(), text);
        }
    }
}
