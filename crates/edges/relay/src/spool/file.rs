//! Files and folders of a spool.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use super::SpoolError;

/// End of the name of every segment.
const ENDING: &str = "segment";

/// Makes a folder that only this user reads, unless it is there; its name is on the disk when this returns.
pub(super) fn folder(path: &Path) -> Result<(), SpoolError> {
    let is_missing = |folder: &&Path| !folder.as_os_str().is_empty() && !folder.exists();
    let missing: Vec<&Path> = path.ancestors().take_while(is_missing).collect();
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(SpoolError::file(path))?;
    missing.into_iter().filter_map(Path::parent).try_for_each(sync_folder)
}

/// What has which name in a folder is on the disk when this returns.
fn sync_folder(folder: &Path) -> Result<(), SpoolError> {
    let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    File::open(here).and_then(|folder| folder.sync_all()).map_err(SpoolError::file(here))
}

/// Path of the segment that begins with batch `first`. Names sort as numbers do.
pub(super) fn segment(folder: &Path, first: u64) -> PathBuf {
    folder.join(format!("{first:020}.{ENDING}"))
}

/// Every segment, oldest first.
pub(super) fn segments(folder: &Path) -> Result<Vec<PathBuf>, SpoolError> {
    let entries = fs::read_dir(folder).map_err(SpoolError::file(folder))?;
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.map_err(SpoolError::file(folder))?.path();
        if path.extension().is_some_and(|ending| ending == ENDING) {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// Holds the spool until the file is closed.
pub(super) fn lock(folder: &Path) -> Result<File, SpoolError> {
    let path = folder.join("lock");
    let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&path);
    let file = file.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => SpoolError::Missing { folder: folder.to_owned() },
        _ => SpoolError::File { path: path.clone(), source: error },
    })?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(SpoolError::Held { folder: folder.to_owned() }),
        Err(TryLockError::Error(source)) => Err(SpoolError::File { path, source }),
    }
}

/// A file to append to after its first `length` bytes; what follows them is cut off.
pub(super) fn append_to(path: &Path, length: u64) -> Result<File, SpoolError> {
    let open = || {
        let mut file = OpenOptions::new().write(true).open(path)?;
        file.set_len(length)?;
        file.sync_all()?;
        file.seek(SeekFrom::Start(length))?;
        Ok(file)
    };
    open().map_err(SpoolError::file(path))
}

/// Makes a file, whole or not at all, and on the disk if `durable`.
pub(super) fn write_whole(path: &Path, bytes: &[u8], durable: bool) -> Result<(), SpoolError> {
    let fresh = path.with_extension("new");
    let write = || {
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&fresh)?;
        file.write_all(bytes)?;
        if durable {
            file.sync_all()?;
        }
        fs::rename(&fresh, path)
    };
    write().map_err(|error| {
        // It holds room, and the next try makes it anew.
        drop(fs::remove_file(&fresh));
        SpoolError::file(path)(error)
    })?;
    match path.parent() {
        Some(folder) if durable => sync_folder(folder),
        Some(_) | None => Ok(()),
    }
}

/// Removes a file, unless it is gone already.
pub(super) fn remove(path: &Path) -> Result<(), SpoolError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(SpoolError::file(path)(error)),
        Ok(()) | Err(_) => Ok(()),
    }
}
