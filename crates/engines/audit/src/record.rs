//! What somebody did, and its place in the chain.

use std::fmt;
use std::str::FromStr;

use model::{Actor, Timestamp};
use sha2::{Digest as _, Sha256};

use crate::encoding::Encoder;
use crate::hex::{hex, unhex_array};
use crate::text::{Text, TextError, Word};

/// SHA-256 (FIPS 180-4).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Hash(pub [u8; 32]);

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Who {
    /// A person who is logged in, by account.
    Person(Text),
    /// A rule of the site, by name.
    Rule(Text),
    /// A sensor with a certificate or a token of enrolment, by its id.
    Sensor(Text),
    /// Bedrail itself.
    System,
    /// Somebody of whom nothing is proven.
    Nobody,
}

/// What something was done to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subject {
    /// Kind of thing: `device`, `account`...
    pub kind: Word,
    /// Its id or name; empty when there is only one of its kind.
    pub id: Text,
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// It was done.
    Done,
    /// It was not allowed, or not possible as things were.
    Refused,
    /// It was tried and failed.
    Failed,
}

/// A word that is no outcome.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is no outcome; there are done, refused and failed")]
pub struct UnknownOutcome {
    /// The word.
    pub word: String,
}

/// Where it came from, as far as that is known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origin {
    /// Address of the client.
    pub address: Option<Text>,
    /// Names the session or token, and is none: its hash, or the beginning of that.
    pub session: Option<Text>,
}

/// What changed and why. Never patient data, never a credential.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Detail {
    /// What it was.
    pub before: Option<Text>,
    /// What it is now.
    pub after: Option<Text>,
    /// Why, in the words of who did it.
    pub why: Option<Text>,
}

/// What is written into the log: a record before it has a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When, by the hub's clock, in whole microseconds ([`Entry::rounded`]).
    pub at: Timestamp,
    /// Who.
    pub who: Who,
    /// What: a stable word such as `role_set`.
    pub act: Word,
    /// To what.
    pub subject: Subject,
    /// How it ended.
    pub outcome: Outcome,
    /// From where.
    pub origin: Origin,
    /// Request that it came with.
    pub request: Option<Text>,
    /// Before, after, why.
    pub detail: Detail,
}

/// An entry in its place. Records are never changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// From 1, without gaps.
    pub number: u64,
    /// What it says.
    pub entry: Entry,
    /// Hash of the record before it; zeros in the first.
    pub previous: Hash,
    /// Hash of everything above ([`Record::digest`]).
    pub hash: Hash,
}

/// The end of a log: what the next record follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Head {
    /// Number of the last record, 0 when there is none.
    pub number: u64,
    /// Its hash, zeros when there is none.
    pub hash: Hash,
}

/// Version of the encoding, a part of what is hashed. Another one is another word here.
const DOMAIN: &str = "bedrail audit record 1";
/// Times are whole microseconds, because that is what RFC 3339 shows of them here.
const GRAIN_NS: u64 = 1_000;
/// The last time of a record, in 2262: databases count in 63 bits.
const LAST_NS: u64 = (1 << 63) - 1;

impl Entry {
    /// The time of a record: whole microseconds, until 2262.
    #[must_use]
    pub const fn rounded(at: Timestamp) -> Timestamp {
        let nanos = if at.nanos() > LAST_NS { LAST_NS } else { at.nanos() };
        Timestamp::from_nanos(nanos - nanos % GRAIN_NS)
    }
}

impl Record {
    /// The record that follows `head`.
    #[must_use]
    pub fn next(head: &Head, mut entry: Entry) -> Self {
        entry.at = Entry::rounded(entry.at);
        let (number, previous) = (head.number.saturating_add(1), head.hash);
        let mut record = Self { number, entry, previous, hash: Hash::default() };
        record.hash = record.digest();
        record
    }

    /// The head of a log that ends with this record.
    #[must_use]
    pub const fn head(&self) -> Head {
        Head { number: self.number, hash: self.hash }
    }

    /// What its hash should be: SHA-256 over its fields in order, each whole number as eight bytes with the highest
    /// first, each text behind its length, each that may be missing behind a byte that says whether it is there.
    #[must_use]
    pub fn digest(&self) -> Hash {
        let Entry { at, who, act, subject, outcome, origin, request, detail } = &self.entry;
        let mut out = Encoder::new(DOMAIN);
        out.number(self.number);
        out.number(at.nanos());
        out.text(who.kind());
        out.optional(who.name());
        out.text(act.as_str());
        out.text(subject.kind.as_str());
        out.text(subject.id.as_str());
        out.text(outcome.name());
        out.optional(origin.address.as_ref());
        out.optional(origin.session.as_ref());
        out.optional(request.as_ref());
        out.optional(detail.before.as_ref());
        out.optional(detail.after.as_ref());
        out.optional(detail.why.as_ref());
        out.bytes(&self.previous.0);
        Hash::of(&out.finish())
    }
}

impl Hash {
    /// Of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

impl Who {
    /// Stable snake_case name of the kind.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Person(_) => "person",
            Self::Rule(_) => "rule",
            Self::Sensor(_) => "sensor",
            Self::System => "system",
            Self::Nobody => "nobody",
        }
    }

    /// Name of the person, the rule or the sensor.
    #[must_use]
    pub const fn name(&self) -> Option<&Text> {
        match self {
            Self::Person(name) | Self::Rule(name) | Self::Sensor(name) => Some(name),
            Self::System | Self::Nobody => None,
        }
    }

    /// From the two that [`Self::kind`] and [`Self::name`] give; `None` when they do not go together.
    #[must_use]
    pub fn new(kind: &str, name: Option<Text>) -> Option<Self> {
        match (kind, name) {
            ("person", Some(name)) => Some(Self::Person(name)),
            ("rule", Some(name)) => Some(Self::Rule(name)),
            ("sensor", Some(name)) => Some(Self::Sensor(name)),
            ("system", None) => Some(Self::System),
            ("nobody", None) => Some(Self::Nobody),
            _ => None,
        }
    }
}

impl From<&Actor> for Who {
    fn from(actor: &Actor) -> Self {
        match actor {
            Actor::Person(name) => Self::Person(Text::of(name)),
            Actor::Rule(name) => Self::Rule(Text::of(name)),
            Actor::System => Self::System,
        }
    }
}

impl Subject {
    /// The thing of this kind with this id.
    #[must_use]
    pub fn of(kind: &str, id: &str) -> Self {
        Self { kind: Word::of(kind), id: Text::of(id) }
    }
}

impl Outcome {
    /// Every outcome there is.
    pub const ALL: &'static [Self] = &[Self::Done, Self::Refused, Self::Failed];

    /// Stable snake_case name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

impl FromStr for Outcome {
    type Err = UnknownOutcome;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.iter().copied().find(|outcome| outcome.name() == text);
        found.ok_or_else(|| UnknownOutcome { word: text.to_owned() })
    }
}

impl FromStr for Hash {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        unhex_array(text).map(Self).ok_or(TextError::NoWord)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(name) => write!(f, "{name}"),
            Self::Rule(name) => write!(f, "rule {name}"),
            Self::Sensor(name) => write!(f, "sensor {name}"),
            Self::System => f.write_str("system"),
            Self::Nobody => f.write_str("nobody"),
        }
    }
}
