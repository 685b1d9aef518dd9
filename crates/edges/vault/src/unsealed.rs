//! An open vault. It is used by many threads at once; what changes it is on the disk before it counts.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, Weak};

use model::Timestamp;
use zeroize::Zeroizing;

use crate::aead::Algorithm;
use crate::body::MethodKey;
use crate::disk;
use crate::error::{Error, Result};
use crate::keyring::{Key, KeySummary, Keyring, Purpose};
use crate::method::{self, METHODS_MAX, Method, MethodId, MethodSummary, NewMethod, RootName, Unlock};
use crate::record::{Record, RecordError};
use crate::seal::SealFile;
use crate::secret::Secret;
use crate::share::Share;
use crate::vault::Sealed;

/// A vault whose keys are in memory. They are wiped when it is sealed or dropped.
#[derive(Debug)]
pub struct Unsealed {
    /// What readers and writers take; replaced whole.
    ring: RwLock<Arc<Keyring>>,
    held: Mutex<Held>,
}

/// The right to read records and to write them. While it is held no key is destroyed that a record could need which is
/// fetched or kept under it: so it is taken before the record is fetched, and held until it is kept.
#[derive(Debug)]
pub struct Lease<'a> {
    vault: &'a Unsealed,
    ring: Arc<Keyring>,
}

/// Everything that the seal holds, open.
#[derive(Debug, Clone)]
pub(crate) struct State {
    pub(crate) name: RootName,
    pub(crate) root: Arc<Secret>,
    pub(crate) methods: Vec<Method>,
    pub(crate) ring: Arc<Keyring>,
    /// The keys of the methods, in their order.
    pub(crate) keys: Vec<MethodKey>,
}

#[derive(Debug)]
struct Held {
    sealed: Sealed,
    state: State,
    /// Earlier keyrings, which leases may still hold.
    past: Vec<Weak<Keyring>>,
}

impl State {
    pub(crate) fn seal(&self) -> Result<SealFile> {
        SealFile::seal(self.name, &self.root, self.methods.clone(), &self.ring, &self.keys)
    }
}

impl Lease<'_> {
    /// Seals bytes with the current key of a purpose, for the record of this identity.
    ///
    /// # Errors
    /// [`Error::NoCurrent`], [`Error::Record`] for what is too long, [`Error::Random`].
    pub fn seal(&self, purpose: Purpose, identity: &[u8], plain: &[u8]) -> Result<Record> {
        let key = self.ring.current(purpose)?;
        Record::seal((purpose, key.version, key.algorithm), key.secret.expose(), identity, plain)
    }

    /// Opens the record of this identity, whatever the version of its key.
    ///
    /// # Errors
    /// [`Error::NoKey`], [`Error::Record`] when it was changed or belongs elsewhere.
    pub fn open(&self, record: &Record, identity: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let (purpose, version) = (record.purpose(), record.version());
        // What was written after this lease began may be under a newer key.
        let key = self.ring.find(purpose, version).cloned();
        let key = key.or_else(|_| self.vault.ring().find(purpose, version).cloned())?;
        if key.algorithm != record.algorithm() {
            return Err(RecordError::OtherAlgorithm.into());
        }
        Ok(record.open(key.secret.expose(), identity)?)
    }
}

impl Unsealed {
    pub(crate) fn new(sealed: Sealed, state: State) -> Self {
        let ring = RwLock::new(Arc::clone(&state.ring));
        Self { ring, held: Mutex::new(Held { sealed, state, past: Vec::new() }) }
    }

    /// Wipes the keys. Whoever still holds a key keeps it.
    #[must_use]
    pub fn seal(self) -> Sealed {
        self.held.into_inner().unwrap_or_else(PoisonError::into_inner).sealed
    }

    /// To read and write records.
    #[must_use]
    pub fn lease(&self) -> Lease<'_> {
        Lease { vault: self, ring: self.ring() }
    }

    /// The current key itself with its version, for what is not made of records: the file of the store, signatures.
    ///
    /// # Errors
    /// [`Error::NoCurrent`].
    pub fn current_key(&self, purpose: Purpose) -> Result<(u32, Arc<Secret>)> {
        self.ring().current(purpose).map(|key| (key.version, Arc::clone(&key.secret)))
    }

    /// A key itself, as [`Self::current_key`], of an earlier version.
    ///
    /// # Errors
    /// [`Error::NoKey`].
    pub fn key(&self, purpose: Purpose, version: u32) -> Result<Arc<Secret>> {
        self.ring().find(purpose, version).map(|key| Arc::clone(&key.secret))
    }

    /// All keys, without their secrets.
    #[must_use]
    pub fn keys(&self) -> Vec<KeySummary> {
        self.ring().summary()
    }

    /// What opens it.
    #[must_use]
    pub fn methods(&self) -> Vec<MethodSummary> {
        self.held().sealed.methods()
    }

    /// The version of the root key.
    #[must_use]
    pub fn root_version(&self) -> u32 {
        self.held().state.name.version
    }

    /// Where it is sealed.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.held().sealed.path.clone()
    }

    /// Whether the system keeps every key out of the swap.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        let held = self.held();
        let keys = held.state.ring.keys().iter().map(|key| &key.secret);
        let methods = held.state.keys.iter().map(|(_, key)| key);
        keys.chain(methods).chain([&held.state.root]).all(|secret| secret.is_locked())
    }

    /// Makes a new current key for a purpose; its version. Older ones stay readable.
    ///
    /// # Errors
    /// [`Error::Many`], [`Error::File`], [`Error::Random`].
    pub fn rotate(&self, purpose: Purpose, algorithm: Algorithm, now: Timestamp) -> Result<u32> {
        self.take(purpose, algorithm, Secret::random()?, now)
    }

    /// Takes a key over as the new current one of a purpose; its version.
    ///
    /// # Errors
    /// As [`Self::rotate`].
    pub fn take(&self, purpose: Purpose, algorithm: Algorithm, key: Secret, now: Timestamp) -> Result<u32> {
        self.change(|state| Arc::make_mut(&mut state.ring).add(purpose, algorithm, key, now))
    }

    /// Destroys a key for ever. Only for who knows that nothing needs it: [`crate::step`] does for records.
    ///
    /// # Errors
    /// [`Error::InUse`] for the current one, [`Error::Leased`] while somebody may be using it,
    /// [`Error::NoKey`], [`Error::File`].
    pub fn destroy(&self, purpose: Purpose, version: u32) -> Result<()> {
        if let Some(version) = self.leased_under(purpose) {
            return Err(Error::Leased { purpose, version });
        }
        self.change(|state| Arc::make_mut(&mut state.ring).remove(purpose, version))
    }

    /// Adds a method. Its shares, if it has any, are given back once.
    ///
    /// # Errors
    /// [`Error::Many`], what [`NewMethod`] refuses, [`Error::File`].
    pub fn add_method(&self, new: &NewMethod<'_>) -> Result<(MethodId, Vec<Share>)> {
        self.change(|state| {
            if state.methods.len() >= METHODS_MAX {
                return Err(Error::Many { what: "methods", max: METHODS_MAX });
            }
            let last = state.methods.last().map_or(0, |method| method.id.0);
            let id = last.checked_add(1).ok_or(Error::Many { what: "methods", max: METHODS_MAX })?;
            let (method, key, shares) = Method::new(MethodId(id), new, &state.root, state.name)?;
            state.methods.push(method);
            state.keys.push((MethodId(id), Arc::new(key)));
            Ok((MethodId(id), shares))
        })
    }

    /// Removes a method: what opened the seal through it does not any more. To give out shares anew, add a method, let
    /// [`Self::check`] say that the new shares are right, and remove the old one.
    ///
    /// # Errors
    /// [`Error::NoMethod`], [`Error::LastMethod`], [`Error::File`].
    pub fn remove_method(&self, id: MethodId) -> Result<()> {
        self.change(|state| {
            let before = state.methods.len();
            state.methods.retain(|method| method.id != id);
            state.keys.retain(|(key, _)| *key != id);
            match state.methods.len() {
                after if after == before => Err(Error::NoMethod(id)),
                0 => Err(Error::LastMethod(id)),
                _ => Ok(()),
            }
        })
    }

    /// Which method this opens.
    ///
    /// # Errors
    /// Why it opens none.
    pub fn check(&self, unlock: Unlock<'_>) -> Result<MethodId> {
        // Not under the lock: argon2id and tokens take their time.
        let (methods, name) = {
            let held = self.held();
            (held.state.methods.clone(), held.state.name)
        };
        method::open(&methods, unlock, name).map(|(id, _)| id)
    }

    /// Makes a new root key and wraps it for every method; its version. What opened the seal still does. After a leak
    /// that is not enough: who has had the old root key has had the keys of the methods.
    ///
    /// # Errors
    /// [`Error::File`], [`Error::Random`].
    pub fn rotate_root(&self) -> Result<u32> {
        self.change(|state| {
            let version = state.name.version.checked_add(1);
            state.name.version = version.ok_or(Error::Crypto("counting root keys"))?;
            state.root = Arc::new(Secret::random()?);
            let pairs = state.methods.iter().zip(&state.keys);
            let wrapped = pairs.map(|(method, (_, key))| method.rewrapped(key, &state.root, state.name));
            state.methods = wrapped.collect::<Result<_>>()?;
            Ok(state.name.version)
        })
    }

    /// The version of an older key that somebody may be using.
    pub(crate) fn leased_under(&self, purpose: Purpose) -> Option<u32> {
        let held = self.held();
        let current = version_of(&held.state.ring, purpose);
        let past = held.past.iter().filter_map(Weak::upgrade);
        past.map(|ring| version_of(&ring, purpose)).find(|version| *version < current)
    }

    /// Changes a copy, puts it on the disk, and only then lets it count.
    fn change<T>(&self, edit: impl FnOnce(&mut State) -> Result<T>) -> Result<T> {
        let mut held = self.held();
        let mut state = held.state.clone();
        let outcome = edit(&mut state)?;
        let file = state.seal()?;
        disk::replace(held.sealed.disk.as_ref(), &held.sealed.path, &file.encode()?)?;
        held.sealed.file = file;
        if !Arc::ptr_eq(&state.ring, &held.state.ring) {
            held.past.retain(|ring| ring.strong_count() > 0);
            let old = Arc::downgrade(&held.state.ring);
            held.past.push(old);
            *self.ring.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&state.ring);
        }
        held.state = state;
        Ok(outcome)
    }

    fn ring(&self) -> Arc<Keyring> {
        Arc::clone(&self.ring.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// What a thread that panicked left is whole: it is replaced at once.
    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn version_of(ring: &Keyring, purpose: Purpose) -> u32 {
    ring.current(purpose).map_or(0, |Key { version, .. }| *version)
}
