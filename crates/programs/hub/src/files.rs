//! Secrets in files that only the hub reads.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::thread;
use std::time::Duration;

use crate::Error;
use crate::world::World;

/// File of the data folder that a program holds locked while it uses the folder.
pub(crate) const LOCK: &str = "lock";
/// How often the lock is asked for, and the pause between.
const LOCK_TRIES: u32 = 10;
const LOCK_PAUSE: Duration = Duration::from_millis(20);

/// Takes the data folder for this program until what is given back is dropped.
pub(crate) fn lock(data: &Path) -> Result<File, Error> {
    let path = data.join(LOCK);
    let mut options = OpenOptions::new();
    let file = options.write(true).create(true).truncate(false).mode(0o600).open(&path);
    let file = file.map_err(|source| Error::file(&path, source))?;
    for _ in 0..LOCK_TRIES {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            // Who only looks whether the folder is in use is gone in a moment.
            Err(TryLockError::WouldBlock) => thread::sleep(LOCK_PAUSE),
            Err(TryLockError::Error(source)) => return Err(Error::file(&path, source)),
        }
    }
    Err(Error::InUse(data.to_owned()))
}

/// Whether a program uses the data folder; nothing is made.
///
/// # Errors
/// When the folder cannot be looked into.
pub fn is_in_use(data: &Path) -> io::Result<bool> {
    let file = match File::open(data.join(LOCK)) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    match file.try_lock_shared() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Makes a folder that only the hub reads, unless it is there.
pub(crate) fn folder(path: &Path) -> Result<(), Error> {
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|source| Error::file(path, source))
}

/// Writes a file that only the hub reads, whole or not at all.
pub(crate) fn write_secret(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let fresh = path.with_extension("new");
    let write = || -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&fresh)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&fresh, path)
    };
    write().map_err(|source| Error::file(path, source))
}

/// The key of the store, made at the first start.
pub(crate) fn store_key(world: &World, path: &Path) -> Result<store::Key, Error> {
    match fs::read(path) {
        Ok(bytes) => {
            let bytes: [u8; 32] = bytes.try_into().map_err(|_| {
                Error::file(path, io::Error::new(io::ErrorKind::InvalidData, "it is not a key of 32 bytes"))
            })?;
            Ok(store::Key::new(bytes))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let bytes: [u8; 32] = world.bytes()?;
            write_secret(path, &bytes)?;
            Ok(store::Key::new(bytes))
        }
        Err(error) => Err(Error::file(path, error)),
    }
}
