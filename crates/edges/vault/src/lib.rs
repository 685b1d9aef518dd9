//! The keys of a hub: sealed at the start, open while it runs, rotated while it is in use.
//!
//! - [`Sealed`] -> [`Unsealed`]: the seal is one file, which is replaced whole. A passphrase, some of several shares, or a
//!   token opens it ([`Unlock`]); dropping or sealing wipes what was open.
//! - [`Lease`]: envelope encryption. A [`Record`] names its purpose, the version of
//!   the key and the algorithm, and belongs to one identity: moved to another place it does not open.
//! - [`Unsealed::rotate`] and [`step`]: a new key for a purpose, and old [`Records`] under it, step by step, while they
//!   are read.
//! - [`start`]: the same at every start of a machine that opens its own seal, and the first one.
//! - [`Secret`]: memory that is not swapped and is wiped; [`protect_process`]: no core dumps.
//!
//! # The keys
//!
//! Each unseal method comes to a *method key* (256 bits): argon2id of a passphrase, a secret that is shared, a secret
//! that a token decrypts. A method key wraps the *root key*, the root key seals the keyring, and the keyring has for each
//! [`Purpose`] one current key and older ones that are only read with. Method keys lie in the sealed keyring too, so the
//! root key can be changed without asking everybody. Who has had the root key has therefore had these as well: after
//! a leak methods are to be made anew.
//!
//! # The file
//!
//! JSON, at most 256 KiB, mode 0600; unknown keys are refused. Bytes are small hexadecimal digits.
//!
//! | key | holds |
//! |---|---|
//! | `format` | 1 |
//! | `vault` | 16 bytes that name this vault |
//! | `root` | version of the root key, from 1 |
//! | `methods` | each with its `id`, its `kind` and the `wrapped` root key (nonce, ciphertext and tag) |
//! | `body` | nonce and the sealed keyring |
//!
//! The body is sealed with AES-256-GCM-SIV (RFC 8452); everything before it, as JSON without spaces, is its associated
//! data. So methods cannot be changed, added or taken away by who cannot open the seal. An old copy of the whole file
//! is not noticed.
//!
//! What the body holds, in big-endian numbers: 1 (format), number of keys (16 bit), each key as purpose (8), version
//! (32), algorithm (8), made at (64, nanoseconds since 1970), key (256); number of methods (8), each as id (32) and method
//! key (256). Keys and methods ascend. The newest key of a purpose is the current one.
//!
//! # A record
//!
//! 1 (format, 8 bit), purpose (8), algorithm (8), version (32), nonce (96), ciphertext, tag (128). Associated data are the words
//! `bedrail record 1`, the first seven bytes, and the identity.

mod aead;
mod body;
mod bytes;
mod disk;
mod error;
mod keyring;
mod method;
mod passphrase;
mod record;
mod rotation;
mod seal;
mod secret;
mod share;
mod start;
mod token;
mod unsealed;
mod vault;

pub use aead::Algorithm;
pub use disk::{Disk, Files};
pub use error::{Error, Result, ShareFault};
pub use keyring::{KeyState, KeySummary, Purpose};
pub use method::{MethodId, MethodKind, MethodSummary, NewMethod, Unlock};
pub use passphrase::{Cost, Passphrase};
pub use record::{IDENTITY_MAX, PLAIN_MAX, Record, RecordError};
pub use rotation::{Records, RotationError, Stale, Step, step};
pub use seal::{Malformed, SealFile};
pub use secret::{Protection, Secret, protect_process};
pub use share::{Share, ShareTextError};
pub use start::{Place, start};
pub use token::TokenAccess;
pub use unsealed::{Lease, Unsealed};
pub use vault::{Refused, Sealed, create, create_on};
