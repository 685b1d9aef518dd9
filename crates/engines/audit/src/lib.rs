//! The audit log: who did what, in records that are chained by their hashes, with signed checkpoints.
//!
//! Pure: no file, clock or chance. Each [`Record`] holds the hash of the one before it; a [`Checkpoint`] signs the
//! hash of the last record and a tag of each record since the checkpoint before it. So [`Verifier`], which reads a
//! log once and keeps a bounded part of it, names the first bad record even where the chain after it was hashed anew.
//!
//! What can be told, and what cannot: every record up to the last checkpoint that exists anywhere, in the log or in a
//! copy elsewhere ([`Verifier::expect`]), has to be there unchanged. Records after it are chained, not signed: whoever
//! can write the log can write them anew, so [`Verified`] says how many these are. A log without its newest
//! checkpoints and records is a whole shorter log, unless a copy knows better.

mod checkpoint;
mod encoding;
mod export;
mod hex;
mod key;
mod reader;
mod record;
mod text;
mod verify;

pub use checkpoint::{Checkpoint, Link, RECORDS_MAX, Tag, WAIT_NS, is_due};
pub use export::{HEADER, checkpoint_line, record_line};
pub use hex::{hex, unhex};
pub use key::{KeyError, KeyId, Keys, PublicKey, Signature, Signer, SigningKey, Unverified};
pub use reader::{Item, LINE_MAX, ReadError, Reader};
pub use record::{Detail, Entry, Hash, Head, Origin, Outcome, Record, Subject, UnknownOutcome, Who};
pub use text::{TEXT_MAX, Text, TextError, WORD_MAX, Word};
pub use verify::{Fault, FaultKind, Verified, Verifier};
