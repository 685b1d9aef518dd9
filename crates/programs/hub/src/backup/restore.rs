//! Restoring a backup: everything is checked before anything gets its place.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Read as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, chown};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest, Sha256};
use store::Store;

use super::make::{Digesting, copy, hex};
use super::{DATABASE, Entry, Error, FORMAT, KEY, MANIFEST, Manifest, Opener};
use crate::files;

/// Bytes of the list of what is in a backup.
const MANIFEST_MAX: u64 = 1024 * 1024;
/// Where the files lie until all of them are checked.
const STAGE: &str = "restore.part";

/// What was restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// Version of the hub that made the backup.
    pub version: String,
    /// When it was made, as RFC 3339.
    pub created: String,
    /// How many files.
    pub files: usize,
}

/// Restores a backup into a folder that is empty or not there. Every byte is checked: the file by age, each file in
/// it by its hash, each page of the database by its checksum with the key that came along.
///
/// # Errors
/// [`Error::NotEmpty`], [`Error::Closed`], [`Error::Damaged`], [`Error::Newer`]; then the folder is as it was.
pub fn restore(from: &Path, data: &Path, opener: &Opener) -> Result<Restored, Error> {
    let file = File::open(from).map_err(|error| Error::file(from, error))?;
    let existed = is_empty_folder(data)?;
    let opened = opener.open(from, BufReader::new(file))?;
    files::folder(data).map_err(|error| Error::Hub(Arc::new(error)))?;
    let stage = data.join(STAGE);
    let unpacked = unpack(from, opened, &stage).and_then(|manifest| {
        check_store(&stage)?;
        Ok(manifest)
    });
    let manifest = match unpacked {
        Ok(manifest) => manifest,
        Err(error) => {
            // What is told is why it failed; a folder that cannot be removed is found by the next attempt.
            let _ = fs::remove_dir_all(if existed { &stage } else { data });
            return Err(error);
        }
    };
    settle(&manifest, &stage, data)?;
    let Manifest { version, created, files, .. } = manifest;
    Ok(Restored { version, created, files: files.len() })
}

/// Whether the folder is there; it has to be empty.
fn is_empty_folder(data: &Path) -> Result<bool, Error> {
    match fs::read_dir(data).map(|mut entries| entries.next().is_none()) {
        Ok(true) => Ok(true),
        Ok(false) => Err(Error::NotEmpty(data.to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(Error::file(data, error)),
    }
}

/// Writes every file below `stage`, and makes sure that they are those of the manifest.
fn unpack(from: &Path, opened: impl io::Read, stage: &Path) -> Result<Manifest, Error> {
    let damaged = |error: io::Error| Error::damaged(from, error.to_string());
    files::folder(stage).map_err(|error| Error::Hub(Arc::new(error)))?;
    let mut archive = tar::Archive::new(opened);
    let mut entries = archive.entries().map_err(damaged)?;
    let first = entries.next().ok_or_else(|| Error::damaged(from, "it is empty"))?.map_err(damaged)?;
    let manifest = manifest(from, first)?;
    let mut missing: BTreeMap<&str, &Entry> =
        manifest.files.iter().map(|entry| (entry.name.as_str(), entry)).collect();
    for entry in entries {
        let mut entry = entry.map_err(damaged)?;
        let name = entry.path().map_err(damaged)?.to_string_lossy().into_owned();
        let Some(expected) = missing.remove(name.as_str()).filter(|_| entry.header().entry_type().is_file())
        else {
            return Err(Error::damaged(from, format!("it holds `{name}`, which is not in its list")));
        };
        let path = stage.join(harmless(&name).ok_or_else(|| Error::damaged(from, "a path leads out of it"))?);
        let (bytes, sha256) = write(&mut entry, &path)?;
        if (bytes, sha256.as_str()) != (expected.bytes, expected.sha256.as_str()) {
            return Err(Error::damaged(from, format!("`{name}` is not what was written")));
        }
    }
    let missing = missing.keys().next().map(|name| (*name).to_owned());
    match missing {
        Some(name) => Err(Error::damaged(from, format!("`{name}` is missing"))),
        None => Ok(manifest),
    }
}

fn manifest(from: &Path, mut entry: tar::Entry<'_, impl io::Read>) -> Result<Manifest, Error> {
    let damaged = |what: String| Error::damaged(from, what);
    if entry.path().map_err(|error| damaged(error.to_string()))?.as_os_str() != MANIFEST {
        return Err(damaged(format!("it does not begin with `{MANIFEST}`")));
    }
    let mut text = Vec::new();
    entry.by_ref().take(MANIFEST_MAX).read_to_end(&mut text).map_err(|error| damaged(error.to_string()))?;
    let manifest: Manifest = serde_json::from_slice(&text).map_err(|error| damaged(error.to_string()))?;
    if manifest.format != FORMAT {
        return Err(Error::Newer(manifest.format));
    }
    Ok(manifest)
}

/// A path that stays below where it is put.
fn harmless(name: &str) -> Option<PathBuf> {
    let path = Path::new(name);
    let is_plain = path.components().all(|part| matches!(part, Component::Normal(_)));
    (is_plain && !name.is_empty()).then(|| path.to_owned())
}

fn write(entry: &mut impl io::Read, path: &Path) -> Result<(u64, String), Error> {
    if let Some(folder) = path.parent() {
        files::folder(folder).map_err(|error| Error::Hub(Arc::new(error)))?;
    }
    let mut write = || -> io::Result<(u64, String)> {
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        let mut digesting = Digesting { inner: file, sha256: Sha256::new(), bytes: 0 };
        copy(entry, &mut digesting)?;
        digesting.inner.sync_all()?;
        Ok((digesting.bytes, hex(digesting.sha256)))
    };
    write().map_err(|error| Error::file(path, error))
}

/// Whether every page of the database is sound, with its key.
fn check_store(stage: &Path) -> Result<(), Error> {
    let path = stage.join(KEY);
    let bytes = fs::read(&path).map_err(|error| Error::file(&path, error))?;
    let bytes: [u8; 32] =
        bytes.try_into().map_err(|_| Error::damaged(&path, "it is not a key of 32 bytes"))?;
    Ok(Store::check(stage.join(DATABASE), Some(store::Key::new(bytes)))?)
}

/// Gives every file its place. The key comes last: until then a hub refuses to start here.
fn settle(manifest: &Manifest, stage: &Path, data: &Path) -> Result<(), Error> {
    let owner = fs::metadata(data).map_err(|error| Error::file(data, error))?;
    let (keys, others): (Vec<&Entry>, Vec<&Entry>) =
        manifest.files.iter().partition(|entry| entry.name == KEY);
    for entry in others.into_iter().chain(keys) {
        let (from, to) = (stage.join(&entry.name), data.join(&entry.name));
        let place = || -> io::Result<()> {
            if let Some(folder) = to.parent().filter(|folder| !folder.exists()) {
                fs::create_dir_all(folder)?;
                fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
                own(folder, &owner)?;
            }
            own(&from, &owner)?;
            fs::rename(&from, &to)
        };
        place().map_err(|error| Error::file(&to, error))?;
    }
    fs::remove_dir_all(stage).map_err(|error| Error::file(stage, error))?;
    File::open(data).and_then(|folder| folder.sync_all()).map_err(|error| Error::file(data, error))
}

/// Gives a file to whom the data folder belongs, so that root can restore for the user of the hub.
fn own(path: &Path, owner: &fs::Metadata) -> io::Result<()> {
    let own = fs::metadata(path)?;
    if (own.uid(), own.gid()) == (owner.uid(), owner.gid()) {
        return Ok(());
    }
    chown(path, Some(owner.uid()), Some(owner.gid()))
}
