//! Backups: everything that a hub keeps, as one file that only its recipients can open.
//!
//! The file is an age file (<https://age-encryption.org/v1>) around a tar archive: first `manifest.json` with the length
//! and the SHA-256 of every file, then a copy of the database as it is encrypted on the disk, its key, and the
//! certificates. age authenticates every byte, so a file that was changed or cut short does not open.

mod make;
mod restore;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use age::secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};

pub use make::{check, make_from};
pub(crate) use make::{make, sweep};
pub use restore::{Restored, restore};

/// Name of the database in the data folder and in a backup.
pub(crate) const DATABASE: &str = "bedrail.db";
/// Name of its key.
pub(crate) const KEY: &str = "store.key";
/// Folder of backups in the data folder.
pub(crate) const FOLDER: &str = "backups";
/// How a whole backup there ends.
pub(crate) const EXTENSION: &str = "age";
/// First entry of the archive.
const MANIFEST: &str = "manifest.json";
/// What the archive looks like; a change of its form gives a new number.
const FORMAT: u32 = 1;
/// Characters of a passphrase at least: it has to last as long as the backup.
const PASSPHRASE_MIN: usize = 12;
/// Who may open a backup, at most.
const RECIPIENTS_MAX: usize = 20;

/// Who can open a backup.
#[derive(Clone)]
pub struct Protection(Who);

#[derive(Clone)]
enum Who {
    Recipients(Vec<age::x25519::Recipient>),
    Passphrase(SecretString),
}

/// What opens a backup.
pub struct Opener(With);

enum With {
    Identities(Vec<age::x25519::Identity>),
    Passphrase(SecretString),
}

/// What was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// Length of the file in bytes.
    pub bytes: u64,
    /// SHA-256 of the file in hexadecimal digits.
    pub sha256: String,
}

/// What is in a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Manifest {
    format: u32,
    /// Version of the hub that made it.
    version: String,
    /// When, as RFC 3339.
    created: String,
    files: Vec<Entry>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    /// Path below the data folder, with `/` between its parts.
    name: String,
    bytes: u64,
    sha256: String,
}

/// Why a backup cannot be made or restored.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Nobody could open it.
    #[error("a backup needs somebody who can open it: name a recipient (`age1..`) or give a passphrase")]
    Nobody,
    /// A recipient that is none.
    #[error("`{0}` is no recipient: it looks like `age1..`, and `age-keygen` makes one")]
    Recipient(String),
    /// Too many recipients.
    #[error("name at most {RECIPIENTS_MAX} recipients")]
    TooMany,
    /// A passphrase that is guessed too soon.
    #[error(
        "a passphrase needs at least {PASSPHRASE_MIN} characters, because the backup can be tried for ever"
    )]
    ShortPassphrase,
    /// A text without an identity.
    #[error("there is no identity in it: a line that begins with `AGE-SECRET-KEY-1`")]
    Identity,
    /// Wrong passphrase or identity.
    #[error("this does not open the backup: {0}")]
    Closed(&'static str),
    /// It is no backup, or it was changed or cut short.
    #[error("`{}` is no whole backup: {what}", path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// A newer version wrote it.
    #[error("the backup has format {0}, which this version does not know; use the version that wrote it")]
    Newer(u32),
    /// There is something where it is to be written.
    #[error("`{}` exists already and is not overwritten", .0.display())]
    Exists(PathBuf),
    /// The data folder holds something.
    #[error("`{}` is not empty; name a new folder, nothing is overwritten", .0.display())]
    NotEmpty(PathBuf),
    /// A hub runs on this folder.
    #[error(
        "a hub runs on `{}`; log in with `bedrail login` and make the backup without `--data`",
        .0.display()
    )]
    InUse(PathBuf),
    /// There is nothing to back up.
    #[error("there is no store in `{}`", .0.display())]
    NoStore(PathBuf),
    /// A file cannot be read or written.
    #[error("cannot use `{}`", path.display())]
    File {
        /// Which one.
        path: PathBuf,
        /// Why.
        #[source]
        source: Arc<io::Error>,
    },
    /// The store.
    #[error("the store fails")]
    Store(#[from] store::Error),
    /// The hub.
    #[error(transparent)]
    Hub(Arc<crate::Error>),
}

impl Error {
    fn file(path: &Path, source: io::Error) -> Self {
        Self::File { path: path.to_owned(), source: Arc::new(source) }
    }

    fn damaged(path: &Path, what: impl Into<String>) -> Self {
        Self::Damaged { path: path.to_owned(), what: what.into() }
    }
}

impl Protection {
    /// For whoever has the identity of one of these recipients (`age1..`).
    ///
    /// # Errors
    /// When one is none, or there is none or too many.
    pub fn recipients<S: AsRef<str>>(texts: &[S]) -> Result<Self, Error> {
        if texts.is_empty() {
            return Err(Error::Nobody);
        }
        if texts.len() > RECIPIENTS_MAX {
            return Err(Error::TooMany);
        }
        let parse =
            |text: &S| text.as_ref().trim().parse().map_err(|_| Error::Recipient(text.as_ref().to_owned()));
        Ok(Self(Who::Recipients(texts.iter().map(parse).collect::<Result<_, _>>()?)))
    }

    /// For whoever knows this passphrase.
    ///
    /// # Errors
    /// When it is short.
    pub fn passphrase(text: String) -> Result<Self, Error> {
        if text.chars().count() < PASSPHRASE_MIN {
            return Err(Error::ShortPassphrase);
        }
        Ok(Self(Who::Passphrase(SecretString::from(text))))
    }

    fn encryptor(&self) -> Result<age::Encryptor, Error> {
        match &self.0 {
            Who::Recipients(all) => {
                let all = all.iter().map(|recipient| recipient as &dyn age::Recipient);
                age::Encryptor::with_recipients(all).map_err(|_| Error::Nobody)
            }
            Who::Passphrase(text) => Ok(age::Encryptor::with_user_passphrase(text.clone())),
        }
    }
}

impl Opener {
    /// With the identities in a text as `age-keygen` writes it: one on a line, comments begin with `#`.
    ///
    /// # Errors
    /// When there is none.
    pub fn identities(text: &str) -> Result<Self, Error> {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let all: Vec<age::x25519::Identity> =
            lines.map(|line| line.parse().map_err(|_| Error::Identity)).collect::<Result<_, _>>()?;
        if all.is_empty() { Err(Error::Identity) } else { Ok(Self(With::Identities(all))) }
    }

    /// With a passphrase.
    #[must_use]
    pub fn passphrase(text: String) -> Self {
        Self(With::Passphrase(SecretString::from(text)))
    }

    /// The contents of an age file.
    fn open<R: io::Read>(&self, path: &Path, file: R) -> Result<age::stream::StreamReader<R>, Error> {
        let decryptor = age::Decryptor::new(file).map_err(|error| refuse(path, &error))?;
        let opened = match &self.0 {
            With::Identities(all) => {
                decryptor.decrypt(all.iter().map(|identity| identity as &dyn age::Identity))
            }
            With::Passphrase(text) => {
                let identity =
                    age::scrypt::Identity::new(SecretString::from(text.expose_secret().to_owned()));
                decryptor.decrypt(std::iter::once(&identity as &dyn age::Identity))
            }
        };
        opened.map_err(|error| refuse(path, &error))
    }
}

fn refuse(path: &Path, error: &age::DecryptError) -> Error {
    match error {
        age::DecryptError::NoMatchingKeys => {
            Error::Closed("it was made for another identity, or with a passphrase; see `--identity`")
        }
        age::DecryptError::DecryptionFailed | age::DecryptError::KeyDecryptionFailed => {
            Error::Closed("the passphrase is wrong")
        }
        age::DecryptError::ExcessiveWork { .. } => {
            Error::Closed("its passphrase was hashed on a machine that is too much faster than this one")
        }
        other => Error::damaged(path, other.to_string()),
    }
}

impl fmt::Debug for Protection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Protection(..)")
    }
}

impl fmt::Debug for Opener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Opener(..)")
    }
}
