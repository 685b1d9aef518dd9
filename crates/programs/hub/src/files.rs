//! Secrets in files that only the hub reads.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

use crate::Error;
use crate::world::World;

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
