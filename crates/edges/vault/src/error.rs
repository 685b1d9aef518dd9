//! What goes wrong with a vault, with the file and the next step.

use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::keyring::Purpose;
use crate::method::MethodId;
use crate::record::RecordError;

/// Result of a vault.
pub type Result<T> = std::result::Result<T, Error>;

/// What went wrong. No secret is in it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file cannot be read or written.
    #[error("cannot {act} `{path}`", path = path.display())]
    File {
        /// What was tried: `read`, `write`...
        act: &'static str,
        /// Which file or folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// There is a seal already.
    #[error("there is a seal at `{}` already; unseal it, or take another folder", .0.display())]
    Exists(PathBuf),
    /// There is no seal.
    #[error("there is no seal at `{}`; make one, or restore it from a backup", .0.display())]
    Missing(PathBuf),
    /// The file is no seal.
    #[error("`{path}` is not a seal that this version reads: {why}; restore it from a backup", path = path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The root key is right, and what it opens is not what was sealed.
    #[error("`{}` was changed after it was sealed; restore it from a backup and find out who did that", .0.display())]
    Changed(PathBuf),
    /// Others may read a file that holds a secret.
    #[error("others may read `{path}` (mode {mode:o}); `chmod 600` it, and change what was in it", path = path.display())]
    Exposed {
        /// Which file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// A passphrase is too short, too long or empty.
    #[error("a passphrase has {min} to {max} bytes", min = crate::passphrase::MIN, max = crate::passphrase::MAX)]
    PassphraseLength,
    /// The seal has no such method.
    #[error("this seal is not opened by {0}; `seal status` shows what opens it")]
    NoSuchMethod(&'static str),
    /// The seal has no method of this number.
    #[error("this seal has no method {0}; `seal status` shows what opens it")]
    NoMethod(MethodId),
    /// The passphrase is another one.
    #[error("the passphrase does not open this seal")]
    WrongPassphrase,
    /// Shares do not open the seal, and why each.
    #[error("the shares do not open this seal: {}", list(.0))]
    Shares(Vec<ShareFault>),
    /// Nobody can share like that.
    #[error(
        "{threshold} of {count} shares are not possible: at least 2, at most 16, and not more than there are"
    )]
    Sharing {
        /// Shares that are needed.
        threshold: u8,
        /// Shares that are made.
        count: u8,
    },
    /// A parameter of argon2id is too small to be safe, or too large to be used.
    #[error("{what} of argon2id is {value}; it must be from {min} to {max}")]
    Cost {
        /// Which one.
        what: &'static str,
        /// Its value.
        value: u64,
        /// Least.
        min: u64,
        /// Most.
        max: u64,
    },
    /// The token does not do what it should.
    #[error("the token `{label}` cannot {act}: {why}")]
    Token {
        /// Its label.
        label: String,
        /// What was tried.
        act: &'static str,
        /// What PKCS#11 says.
        why: String,
    },
    /// The only method that is left cannot be removed.
    #[error("method {0} is the only one that opens this seal; add another one first")]
    LastMethod(MethodId),
    /// An old key of the store that the seal does not have.
    #[error(
        "`{}` is not a key of the seal beside it; they are of two hubs: move away what does not belong to this store",
        .0.display()
    )]
    OtherKey(PathBuf),
    /// Too many of something.
    #[error("a vault holds at most {max} {what}")]
    Many {
        /// Of what.
        what: &'static str,
        /// How many.
        max: usize,
    },
    /// A key is needed and is not here.
    #[error(
        "there is no version {version} of the {purpose} key; it was destroyed, or the record is from another vault"
    )]
    NoKey {
        /// Of what.
        purpose: Purpose,
        /// Which version.
        version: u32,
    },
    /// A purpose that had no key when the seal was made.
    #[error("there is no {0} key yet; rotate it to make one")]
    NoCurrent(Purpose),
    /// The current key cannot be destroyed.
    #[error("version {version} of the {purpose} key is in use; rotate it first")]
    InUse {
        /// Of what.
        purpose: Purpose,
        /// Which version.
        version: u32,
    },
    /// Somebody may be using an older key.
    #[error("records are being read or written under version {version} of the {purpose} key; try again")]
    Leased {
        /// Of what.
        purpose: Purpose,
        /// Which version.
        version: u32,
    },
    /// A record does not open.
    #[error("a record does not open")]
    Record(#[from] RecordError),
    /// The system has no random bytes.
    #[error("the system gives no random bytes")]
    Random(#[source] getrandom::Error),
    /// An algorithm refused what it must not refuse.
    #[error("{0} failed")]
    Crypto(&'static str),
}

/// What is wrong with one share, or with all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ShareFault {
    /// The share belongs to another set.
    #[error("share {index} is of set {}, not of {}", hex4(.set), hex4(.wanted))]
    OtherSet {
        /// Its index.
        index: u8,
        /// Its set.
        set: [u8; 4],
        /// The set of the seal.
        wanted: [u8; 4],
    },
    /// The share is typed without a mistake and still not the one that was given out.
    #[error("share {index} is not the one that was given out")]
    Wrong {
        /// Its index.
        index: u8,
    },
    /// A share was given twice.
    #[error("share {index} was given twice")]
    Twice {
        /// Its index.
        index: u8,
    },
    /// Not enough good ones.
    #[error("{needed} different ones of one set are needed, {good} are good")]
    TooFew {
        /// How many are good.
        good: u8,
        /// How many are needed.
        needed: u8,
    },
}

fn list(faults: &[ShareFault]) -> String {
    let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
    faults.join("; ")
}

fn hex4(bytes: &[u8; 4]) -> String {
    crate::bytes::hex(bytes)
}

impl fmt::Display for MethodId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}
