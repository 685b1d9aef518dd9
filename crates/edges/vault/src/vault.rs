//! A sealed vault: what is known of it before anybody opens it, and the door to [`Unsealed`].

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::Timestamp;

use crate::aead::Algorithm;
use crate::bytes::Bytes;
use crate::disk::{self, Disk, Files};
use crate::error::{Error, Result};
use crate::keyring::{Keyring, Purpose};
use crate::method::{self, Method, MethodId, MethodSummary, NewMethod, RootName, Unlock};
use crate::seal::{FILE_MAX, SealFile};
use crate::secret::Secret;
use crate::share::Share;
use crate::unsealed::{State, Unsealed};

/// A vault that nobody has opened. It holds no secret.
#[derive(Debug)]
pub struct Sealed {
    pub(crate) path: PathBuf,
    pub(crate) disk: Arc<dyn Disk>,
    pub(crate) file: SealFile,
}

/// An unlock that failed, and the vault, which is as sealed as before.
#[derive(Debug)]
pub struct Refused {
    /// The vault.
    pub sealed: Sealed,
    /// Why.
    pub error: Error,
}

impl Sealed {
    /// Whether there is a seal.
    ///
    /// # Errors
    /// [`Error::File`] when the disk does not say.
    pub fn exists(path: &Path) -> Result<bool> {
        disk::exists(path)
    }

    /// Reads a seal.
    ///
    /// # Errors
    /// [`Error::Missing`], [`Error::Unreadable`], [`Error::File`].
    pub fn open(path: &Path) -> Result<Self> {
        Self::open_on(Arc::new(Files), path)
    }

    /// As [`Self::open`], on another disk.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_on(disk: Arc<dyn Disk>, path: &Path) -> Result<Self> {
        let bytes = disk::read(path, FILE_MAX)?;
        let unreadable =
            |why: crate::Malformed| Error::Unreadable { path: path.to_owned(), why: why.to_string() };
        let file = SealFile::decode(&bytes).map_err(unreadable)?;
        Ok(Self { path: path.to_owned(), disk, file })
    }

    /// What opens it.
    #[must_use]
    pub fn methods(&self) -> Vec<MethodSummary> {
        self.file.summary()
    }

    /// The version of its root key.
    #[must_use]
    pub fn root_version(&self) -> u32 {
        self.file.name().version
    }

    /// Opens it.
    ///
    /// # Errors
    /// [`Refused`], with why: the passphrase, each share, the token; or [`Error::Changed`].
    pub fn unseal(self, unlock: Unlock<'_>) -> std::result::Result<Unsealed, Box<Refused>> {
        match self.opened(unlock) {
            Ok(state) => Ok(Unsealed::new(self, state)),
            Err(error) => Err(Box::new(Refused { sealed: self, error })),
        }
    }

    fn opened(&self, unlock: Unlock<'_>) -> Result<State> {
        let name = self.file.name();
        let (_, root) = method::open(self.file.methods(), unlock, name)?;
        let (ring, keys) = self.file.open(&root).ok_or_else(|| Error::Changed(self.path.clone()))?;
        let methods = self.file.methods().to_vec();
        Ok(State { name, root: Arc::new(root), methods, ring: Arc::new(ring), keys })
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl std::error::Error for Refused {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.error.source()
    }
}

/// Makes a vault with a key for each purpose and one method, unsealed. Keys that are there already are taken over as
/// version 1. Shares are given back once.
///
/// # Errors
/// [`Error::Exists`], what [`NewMethod`] refuses, [`Error::File`].
pub fn create(
    path: &Path,
    method: &NewMethod<'_>,
    taken: Vec<(Purpose, Secret)>,
    now: Timestamp,
) -> Result<(Unsealed, Vec<Share>)> {
    create_on(Arc::new(Files), path, method, taken, now)
}

/// As [`create`], on another disk.
///
/// # Errors
/// As [`create`].
pub fn create_on(
    disk: Arc<dyn Disk>,
    path: &Path,
    method: &NewMethod<'_>,
    taken: Vec<(Purpose, Secret)>,
    now: Timestamp,
) -> Result<(Unsealed, Vec<Share>)> {
    if disk::exists(path)? {
        return Err(Error::Exists(path.to_owned()));
    }
    let mut ring = Keyring::default();
    for (purpose, secret) in taken {
        ring.add(purpose, Algorithm::Aes256GcmSiv, secret, now)?;
    }
    for purpose in Purpose::ALL {
        if ring.current(purpose).is_err() {
            ring.add(purpose, Algorithm::Aes256GcmSiv, Secret::random()?, now)?;
        }
    }
    let Bytes(vault) = Bytes::random()?;
    let name = RootName { vault, version: 1 };
    let root = Secret::random()?;
    let (method, key, shares) = Method::new(MethodId(1), method, &root, name)?;
    let keys = vec![(method.id, Arc::new(key))];
    let state = State { name, root: Arc::new(root), methods: vec![method], ring: Arc::new(ring), keys };
    let file = state.seal()?;
    disk::replace(disk.as_ref(), path, &file.encode()?)?;
    let sealed = Sealed { path: path.to_owned(), disk, file };
    Ok((Unsealed::new(sealed, state), shares))
}
