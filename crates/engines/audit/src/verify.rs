//! Verifies a log from a stream, and names the first bad record.

use std::collections::VecDeque;
use std::fmt;

use model::Timestamp;

use crate::checkpoint::{Checkpoint, Link, RECORDS_MAX};
use crate::key::{Keys, Unverified};
use crate::record::{Hash, Head, Record};

/// Reads records and checkpoints in order. A checkpoint comes after its last record, not necessarily at once.
pub struct Verifier<'k> {
    keys: &'k dyn Keys,
    /// Checkpoints from elsewhere that were not reached yet, by their last record.
    copies: VecDeque<Checkpoint>,
    head: Head,
    latest: Timestamp,
    checkpoints: u64,
    /// Last record that a checkpoint of the log covers.
    covered: u64,
    /// The latest records, without gaps up to the head.
    open: VecDeque<Link>,
    /// What the chain alone shows to be wrong. A checkpoint may say more exactly where it begins.
    held: Option<Fault>,
    went_back: u64,
}

/// A log in which nothing is wrong as far as can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// How many records there are.
    pub records: u64,
    /// How many checkpoints there are.
    pub checkpoints: u64,
    /// Last record that is signed; those after it are chained only.
    pub signed: u64,
    /// The end of the log.
    pub head: Head,
    /// Records with a time before that of the one before them: a clock was set back. It is no fault.
    pub went_back: u64,
}

/// What is wrong, and from which record on. What is before it is as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// Number of the first bad record: of the one that should be where the log is wrong. Of a bad checkpoint, the first
    /// record that it should have covered.
    pub record: u64,
    /// What is wrong with it.
    pub kind: FaultKind,
}

/// What is wrong with a record or a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// Its hash is not that of what it says.
    Altered,
    /// Its hash is not the one that was signed: it was altered, and the chain after it made anew.
    Rewritten {
        /// Checkpoint that signed another one.
        checkpoint: u64,
    },
    /// A later one is in its place.
    Missing {
        /// Number of that one.
        found: u64,
    },
    /// An earlier one is in its place: it was inserted, repeated or moved.
    Repeated {
        /// Number of that one.
        found: u64,
    },
    /// It does not follow the one before it: it was put in, or one of the two was altered.
    Unchained,
    /// It is not there, though a checkpoint signed it.
    CutOff {
        /// The checkpoint.
        checkpoint: u64,
    },
    /// Its checkpoint was not signed by the key that it names.
    CheckpointForged {
        /// The checkpoint.
        checkpoint: u64,
    },
    /// Its checkpoint names a key that is not trusted.
    UnknownKey {
        /// The checkpoint.
        checkpoint: u64,
    },
    /// Its checkpoint is not there, and a later one is.
    CheckpointMissing {
        /// The one that is.
        found: u64,
    },
    /// A checkpoint comes where another one should.
    CheckpointRepeated {
        /// The one that comes.
        found: u64,
    },
    /// Its checkpoint is older than the last record that it covers.
    CheckpointClock {
        /// The checkpoint.
        checkpoint: u64,
    },
    /// Its checkpoint comes after too many other records to be compared.
    CheckpointLate {
        /// The checkpoint.
        checkpoint: u64,
    },
}

/// Records that are kept at most: those of a checkpoint, and of three more that came before it was there.
const OPEN_MAX: usize = 4 * RECORDS_MAX;

impl<'k> Verifier<'k> {
    /// Of a log from its first record on, with the keys that are trusted.
    #[must_use]
    pub fn new(keys: &'k dyn Keys) -> Self {
        Self {
            keys,
            copies: VecDeque::new(),
            head: Head::default(),
            latest: Timestamp::default(),
            checkpoints: 0,
            covered: 0,
            open: VecDeque::new(),
            held: None,
            went_back: 0,
        }
    }

    /// The log has to hold what this checkpoint signed, wherever the checkpoint itself is now.
    ///
    /// # Errors
    /// When the checkpoint is not signed by a key that is trusted, or records were read already.
    pub fn expect(&mut self, copy: Checkpoint) -> Result<(), Fault> {
        authentic(&copy, self.keys).map_err(|kind| Fault { record: copy.first(), kind })?;
        if copy.last <= self.head.number {
            let kind = FaultKind::CheckpointLate { checkpoint: copy.number };
            return Err(Fault { record: copy.first(), kind });
        }
        let place = self.copies.partition_point(|other| other.last <= copy.last);
        self.copies.insert(place, copy);
        Ok(())
    }

    /// The next record.
    ///
    /// # Errors
    /// The first fault, when it is certain where the log begins to be wrong. Then the rest says nothing.
    pub fn record(&mut self, record: &Record) -> Result<(), Fault> {
        let found = record.digest();
        let held = self.held.or_else(|| self.chain(record, found));
        self.held = held;
        self.went_back += u64::from(record.entry.at < self.latest);
        self.latest = record.entry.at;
        self.head = Head { number: self.head.number.saturating_add(1), hash: found };
        if self.open.len() >= OPEN_MAX {
            self.open.pop_front();
        }
        self.open.push_back(Link { hash: found, at: record.entry.at });
        while self.copies.front().is_some_and(|copy| copy.last <= self.head.number) {
            let Some(copy) = self.copies.pop_front() else { break };
            // A checkpoint of the log that is still to come may say that it began earlier.
            self.held = self.compare(&copy).or(self.held);
        }
        match self.held {
            // No checkpoint is going to say more about it.
            Some(fault) if fault.record <= self.kept_from() => Err(self.blamed(fault)),
            Some(_) | None => Ok(()),
        }
    }

    /// The next checkpoint.
    ///
    /// # Errors
    /// As [`Self::record`].
    pub fn checkpoint(&mut self, checkpoint: &Checkpoint) -> Result<(), Fault> {
        let record = self.covered.saturating_add(1);
        let is_next = checkpoint.number == self.checkpoints.saturating_add(1) && checkpoint.first() == record;
        let found = checkpoint.number;
        let kind = match authentic(checkpoint, self.keys) {
            Err(kind) => Some(kind),
            Ok(()) if is_next => None,
            Ok(()) if found <= self.checkpoints => Some(FaultKind::CheckpointRepeated { found }),
            Ok(()) => Some(FaultKind::CheckpointMissing { found }),
        };
        if let Some(kind) = kind {
            let fault = self.held.unwrap_or(Fault { record, kind });
            self.held = Some(fault);
            // A copy of a checkpoint may say more.
            return if self.copies.is_empty() { Err(self.blamed(fault)) } else { Ok(()) };
        }
        if let Some(fault) = self.compare(checkpoint) {
            return Err(fault);
        }
        (self.checkpoints, self.covered) = (checkpoint.number, checkpoint.last);
        Ok(())
    }

    /// The log ends here.
    ///
    /// # Errors
    /// As [`Self::record`].
    pub fn finish(mut self) -> Result<Verified, Fault> {
        while let Some(copy) = self.copies.pop_front() {
            if let Some(fault) = self.compare(&copy) {
                return Err(fault);
            }
        }
        match self.held {
            Some(fault) => Err(self.blamed(fault)),
            None => Ok(Verified {
                records: self.head.number,
                checkpoints: self.checkpoints,
                signed: self.covered,
                head: self.head,
                went_back: self.went_back,
            }),
        }
    }

    /// What the record shows to be wrong together with the one before it.
    fn chain(&self, record: &Record, digest: Hash) -> Option<Fault> {
        let number = self.head.number.saturating_add(1);
        let kind = if record.hash != digest {
            FaultKind::Altered
        } else if record.number > number {
            FaultKind::Missing { found: record.number }
        } else if record.number < number {
            FaultKind::Repeated { found: record.number }
        } else if record.previous != self.head.hash {
            FaultKind::Unchained
        } else {
            return None;
        };
        Some(Fault { record: number, kind })
    }

    /// The first record that is not the one that a checkpoint signed, or that the chain showed to be wrong.
    fn compare(&self, checkpoint: &Checkpoint) -> Option<Fault> {
        let signed = self.first_other(checkpoint);
        let held = self.held.filter(|fault| fault.record <= checkpoint.last);
        match (held, signed) {
            (Some(held), Some(signed)) if signed.record < held.record => Some(signed),
            // Of two records that do not fit together the signature knows which is the bad one.
            (Some(Fault { record, kind: FaultKind::Unchained }), Some(signed)) if signed.record == record => {
                Some(signed)
            }
            (Some(held), _) => Some(held),
            (None, signed) => signed.or_else(|| self.clock(checkpoint)),
        }
    }

    fn first_other(&self, checkpoint: &Checkpoint) -> Option<Fault> {
        let number = checkpoint.number;
        let (covered, kept_from) = (self.covered, self.kept_from());
        if checkpoint.last > covered && checkpoint.last < kept_from {
            let kind = FaultKind::CheckpointLate { checkpoint: number };
            return Some(Fault { record: covered.saturating_add(1), kind });
        }
        let rewritten = FaultKind::Rewritten { checkpoint: number };
        for (record, tag) in (checkpoint.first()..).zip(&checkpoint.tags) {
            match self.kept(record) {
                Some(link) if link.hash.tag() != *tag => return Some(Fault { record, kind: rewritten }),
                None if record > self.head.number => {
                    let record = self.head.number.saturating_add(1);
                    return Some(Fault { record, kind: FaultKind::CutOff { checkpoint: number } });
                }
                Some(_) | None => {}
            }
        }
        let is_other = self.kept(checkpoint.last).is_some_and(|link| link.hash != checkpoint.hash);
        is_other.then_some(Fault { record: checkpoint.last, kind: rewritten })
    }

    fn clock(&self, checkpoint: &Checkpoint) -> Option<Fault> {
        let is_later = self.kept(checkpoint.last).is_some_and(|link| link.at > checkpoint.at);
        let kind = FaultKind::CheckpointClock { checkpoint: checkpoint.number };
        is_later.then(|| Fault { record: checkpoint.first(), kind })
    }

    /// Number of the first record that is kept.
    fn kept_from(&self) -> u64 {
        let kept = u64::try_from(self.open.len()).unwrap_or(u64::MAX);
        self.head.number.saturating_sub(kept).saturating_add(1)
    }

    fn kept(&self, record: u64) -> Option<&Link> {
        let place = record.checked_sub(self.kept_from())?;
        self.open.get(usize::try_from(place).ok()?)
    }

    /// A fault of which no checkpoint says more. Where two records do not fit together and nothing is signed, the
    /// earlier one may be the bad one.
    fn blamed(&self, fault: Fault) -> Fault {
        let before = fault.record.saturating_sub(1);
        let is_open = fault.kind == FaultKind::Unchained && before > self.covered;
        Fault { record: if is_open { before } else { fault.record }, ..fault }
    }
}

fn authentic(checkpoint: &Checkpoint, keys: &dyn Keys) -> Result<(), FaultKind> {
    let number = checkpoint.number;
    checkpoint.verify(keys).map_err(|unverified| match unverified {
        Unverified::UnknownKey => FaultKind::UnknownKey { checkpoint: number },
        Unverified::Wrong => FaultKind::CheckpointForged { checkpoint: number },
    })
}

impl Verified {
    /// Records after the last checkpoint: chained, not signed.
    #[must_use]
    pub const fn unsigned(&self) -> u64 {
        self.records.saturating_sub(self.signed)
    }
}

impl FaultKind {
    /// Stable snake_case name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Altered => "altered",
            Self::Rewritten { .. } => "rewritten",
            Self::Missing { .. } => "missing",
            Self::Repeated { .. } => "repeated",
            Self::Unchained => "unchained",
            Self::CutOff { .. } => "cut_off",
            Self::CheckpointForged { .. } => "checkpoint_forged",
            Self::UnknownKey { .. } => "unknown_key",
            Self::CheckpointMissing { .. } => "checkpoint_missing",
            Self::CheckpointRepeated { .. } => "checkpoint_repeated",
            Self::CheckpointClock { .. } => "checkpoint_clock",
            Self::CheckpointLate { .. } => "checkpoint_late",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { record, kind } = self;
        match kind {
            FaultKind::Altered => {
                write!(f, "record {record} was altered: its hash is not that of what it says")
            }
            FaultKind::Rewritten { checkpoint } => write!(
                f,
                "record {record} is not the one that checkpoint {checkpoint} signed: it was altered, and its hash made anew"
            ),
            FaultKind::Missing { found } => {
                write!(f, "record {record} is missing: record {found} is in its place")
            }
            FaultKind::Repeated { found } => write!(
                f,
                "where record {record} should be is record {found}: it was inserted, repeated or moved"
            ),
            FaultKind::Unchained => write!(
                f,
                "record {record} and the one beside it do not fit: one was put in, or altered with its hash"
            ),
            FaultKind::CutOff { checkpoint } => {
                write!(f, "record {record} is not there, though checkpoint {checkpoint} signed it")
            }
            FaultKind::CheckpointForged { checkpoint } => write!(
                f,
                "from record {record} on nothing is proven: checkpoint {checkpoint} is not signed by its key"
            ),
            FaultKind::UnknownKey { checkpoint } => write!(
                f,
                "from record {record} on nothing is proven: the key of checkpoint {checkpoint} is not one of those given"
            ),
            FaultKind::CheckpointMissing { found } => write!(
                f,
                "from record {record} on nothing is proven: its checkpoint is missing, checkpoint {found} comes instead"
            ),
            FaultKind::CheckpointRepeated { found } => write!(
                f,
                "from record {record} on nothing is proven: checkpoint {found} comes again where another should"
            ),
            FaultKind::CheckpointClock { checkpoint } => write!(
                f,
                "from record {record} on nothing is proven: checkpoint {checkpoint} says that it is older than its last record"
            ),
            FaultKind::CheckpointLate { checkpoint } => write!(
                f,
                "from record {record} on nothing is proven: checkpoint {checkpoint} comes too long after its records"
            ),
        }
    }
}

impl std::error::Error for Fault {}

impl fmt::Debug for Verifier<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { head, covered, held, .. } = self;
        f.debug_struct("Verifier").field("head", head).field("covered", covered).field("held", held).finish()
    }
}
