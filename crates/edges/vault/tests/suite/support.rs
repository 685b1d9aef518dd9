//! Records in memory, and disks that stop.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use vault::{Disk, Files, Passphrase, Purpose, Record, Records, Stale};

/// A passphrase of the tests.
pub(crate) fn passphrase(text: &str) -> anyhow::Result<Passphrase> {
    Ok(Passphrase::take(&mut text.as_bytes().to_vec())?)
}

/// Counts what is durable, and stops before the N-th, in the middle of it, or behind it.
#[derive(Debug, Default)]
pub(crate) struct Power {
    done: AtomicUsize,
    /// From which operation on nothing works, and whether that one is half done.
    cut: Mutex<Option<(usize, bool)>>,
}

/// What becomes of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Whole,
    Half,
    Nothing,
}

impl Power {
    /// Cut before operation `at` (from 0), or in the middle of it.
    pub(crate) fn cut(at: usize, half: bool) -> Arc<Self> {
        Arc::new(Self { done: AtomicUsize::new(0), cut: Mutex::new(Some((at, half))) })
    }

    /// Whether operations were refused.
    pub(crate) fn is_out(&self) -> bool {
        let cut = *self.cut.lock().unwrap_or_else(PoisonError::into_inner);
        cut.is_some_and(|(at, _)| self.done.load(Ordering::SeqCst) > at)
    }

    fn fate(&self) -> Fate {
        let number = self.done.fetch_add(1, Ordering::SeqCst);
        match *self.cut.lock().unwrap_or_else(PoisonError::into_inner) {
            Some((at, true)) if number == at => Fate::Half,
            Some((at, _)) if number >= at => Fate::Nothing,
            Some(_) | None => Fate::Whole,
        }
    }
}

fn out() -> io::Error {
    io::Error::other("the power is out")
}

/// A file system whose power may be cut. What was written before is there.
#[derive(Debug)]
pub(crate) struct Powered(pub(crate) Arc<Power>);

impl Disk for Powered {
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        match self.0.fate() {
            Fate::Whole => Files.write(path, bytes),
            Fate::Half => {
                Files.write(path, &bytes[..bytes.len() / 2])?;
                Err(out())
            }
            Fate::Nothing => Err(out()),
        }
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        match self.0.fate() {
            Fate::Whole => Files.rename(from, to),
            // Done, and nobody was told.
            Fate::Half => {
                Files.rename(from, to)?;
                Err(out())
            }
            Fate::Nothing => Err(out()),
        }
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        match self.0.fate() {
            Fate::Whole => Files.remove(path),
            Fate::Half => {
                Files.remove(path)?;
                Err(out())
            }
            Fate::Nothing => Err(out()),
        }
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        match self.0.fate() {
            Fate::Whole => Files.sync_folder(folder),
            Fate::Half | Fate::Nothing => Err(out()),
        }
    }
}

/// Records by identity. They outlive the vault, as on a disk.
#[derive(Debug, Default)]
pub(crate) struct Table {
    pub(crate) rows: Mutex<BTreeMap<Vec<u8>, Vec<u8>>>,
    pub(crate) power: Arc<Power>,
}

impl Table {
    pub(crate) fn get(&self, identity: &[u8]) -> Option<Record> {
        let rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        rows.get(identity).map(|bytes| Record::decode(bytes).expect("a record"))
    }

    pub(crate) fn put(&self, identity: &[u8], record: &Record) {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner).insert(identity.to_vec(), record.encode());
    }

    /// How many records are under each version.
    pub(crate) fn versions(&self) -> BTreeMap<u32, usize> {
        let mut versions = BTreeMap::new();
        for bytes in self.rows.lock().unwrap_or_else(PoisonError::into_inner).values() {
            *versions.entry(Record::decode(bytes).expect("a record").version()).or_default() += 1;
        }
        versions
    }
}

impl Records for Table {
    type Error = io::Error;

    fn older(&self, purpose: Purpose, version: u32, limit: usize) -> io::Result<Vec<Stale>> {
        let rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        let older = rows.iter().filter(|(_, bytes)| {
            Record::decode(bytes)
                .is_ok_and(|record| record.purpose() == purpose && record.version() < version)
        });
        let stale = |(identity, bytes): (&Vec<u8>, &Vec<u8>)| Stale {
            identity: identity.clone(),
            bytes: bytes.clone(),
        };
        Ok(older.take(limit).map(stale).collect())
    }

    fn replace(&self, identity: &[u8], old: &[u8], new: &[u8]) -> io::Result<bool> {
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        let fate = self.power.fate();
        let is_same = rows.get(identity).is_some_and(|bytes| bytes == old);
        if fate != Fate::Nothing && is_same {
            rows.insert(identity.to_vec(), new.to_vec());
        }
        if fate == Fate::Whole { Ok(is_same) } else { Err(out()) }
    }
}
