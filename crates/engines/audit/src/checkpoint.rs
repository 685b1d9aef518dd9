//! Signed statements of how far the log goes and what is in it.

use model::Timestamp;

use crate::encoding::Encoder;
use crate::key::{KeyError, KeyId, Keys, Signature, Signer, Unverified};
use crate::record::{Entry, Hash};

/// Records that a checkpoint covers at most, and after which one is due.
pub const RECORDS_MAX: usize = 1_000;
/// Time after which a record is to be signed: 60 s.
pub const WAIT_NS: u64 = 60_000_000_000;

/// The beginning of the hash of a record: enough to find the first record that is another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tag(pub [u8; 8]);

/// What a checkpoint needs of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// Its hash.
    pub hash: Hash,
    /// Its time.
    pub at: Timestamp,
}

/// A signature over the log up to a record. Every record up to it is covered by one checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// From 1, without gaps.
    pub number: u64,
    /// Number of the last record that it covers.
    pub last: u64,
    /// Hash of that record.
    pub hash: Hash,
    /// Of each record that it covers, in order; between 1 and [`RECORDS_MAX`].
    pub tags: Vec<Tag>,
    /// When it was made; never before its last record, whatever the clock said.
    pub at: Timestamp,
    /// Key that signed it.
    pub key: KeyId,
    /// Over everything above.
    pub signature: Signature,
}

const DOMAIN: &str = "bedrail audit checkpoint 1";

/// Whether records are to be signed now: `unsigned` of them, the first from `first`. After a clock was set back they
/// are, because nobody knows how long they have waited.
#[must_use]
pub fn is_due(unsigned: u64, first: Timestamp, now: Timestamp) -> bool {
    let many = u64::try_from(RECORDS_MAX).is_ok_and(|most| unsigned >= most);
    many || unsigned > 0 && (now < first || now.since(first) >= WAIT_NS)
}

impl Checkpoint {
    /// Signs the records after checkpoint `before` (number and last record; zeros when there is none): at most
    /// [`RECORDS_MAX`] of `links`. `None` when there are none.
    ///
    /// # Errors
    /// When the key cannot be used.
    pub fn sign(
        before: (u64, u64),
        links: &[Link],
        now: Timestamp,
        signer: &dyn Signer,
    ) -> Result<Option<Self>, KeyError> {
        let covered = links.get(..RECORDS_MAX).unwrap_or(links);
        let Some(end) = covered.last() else { return Ok(None) };
        let count = u64::try_from(covered.len()).unwrap_or(u64::MAX);
        let mut made = Self {
            number: before.0.saturating_add(1),
            last: before.1.saturating_add(count),
            hash: end.hash,
            tags: covered.iter().map(|link| link.hash.tag()).collect(),
            at: Entry::rounded(now).max(end.at),
            key: signer.id(),
            signature: Signature([0; 64]),
        };
        made.signature = signer.sign(&made.message())?;
        Ok(Some(made))
    }

    /// Number of the first record that it covers.
    #[must_use]
    pub fn first(&self) -> u64 {
        let count = u64::try_from(self.tags.len()).unwrap_or(u64::MAX);
        self.last.saturating_sub(count).saturating_add(1)
    }

    /// Whether a trusted key signed it.
    ///
    /// # Errors
    /// When none did.
    pub fn verify(&self, keys: &dyn Keys) -> Result<(), Unverified> {
        keys.verify(self.key, &self.message(), &self.signature)
    }

    /// What is signed.
    fn message(&self) -> Vec<u8> {
        let mut out = Encoder::new(DOMAIN);
        out.number(self.number);
        out.number(self.last);
        out.bytes(&self.hash.0);
        out.bytes(&self.tags.iter().flat_map(|tag| tag.0).collect::<Vec<u8>>());
        out.number(self.at.nanos());
        out.bytes(&self.key.0);
        out.finish()
    }
}

impl Hash {
    /// Its beginning.
    #[must_use]
    pub fn tag(self) -> Tag {
        let [tag @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = self.0;
        Tag(tag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn s(seconds: u64) -> Timestamp {
        Timestamp::from_nanos(seconds * 1_000_000_000)
    }

    #[test]
    fn a_thousand_records_or_a_minute() {
        assert!(!is_due(0, s(0), s(1_000)), "nothing is to be signed");
        assert!(!is_due(1, s(100), s(159)));
        assert!(is_due(1, s(100), s(160)));
        assert!(!is_due(999, s(100), s(100)));
        assert!(is_due(1_000, s(100), s(100)));
        assert!(is_due(1, s(100), s(99)), "the clock was set back");
    }

    #[test]
    fn a_checkpoint_covers_a_thousand_at_most_and_is_never_before_its_record() {
        let key = crate::SigningKey::from_seed(&[1; 32]).expect("a key");
        let links = vec![Link { hash: Hash([3; 32]), at: s(50) }; RECORDS_MAX + 1];
        let made = Checkpoint::sign((4, 70), &links, s(10), &key).expect("a key").expect("records");
        assert_eq!((made.number, made.first(), made.last, made.at), (5, 71, 1_070, s(50)));
        assert_eq!(made.verify(&vec![key.public()]), Ok(()));
        assert_eq!(Checkpoint::sign((4, 70), &[], s(10), &key), Ok(None));
    }
}
