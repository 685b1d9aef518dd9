//! Making a backup.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Read, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest, Sha256};
use store::Store;

use super::{DATABASE, EXTENSION, Entry, Error, FOLDER, FORMAT, KEY, MANIFEST, Made, Manifest, Protection};
use crate::files::{self, LOCK};
use crate::world::World;

/// Bytes that are copied at once.
const CHUNK: usize = 64 * 1024;
/// Files of the data folder besides the database: keys and certificates. More is something else.
const FILES_MAX: usize = 1000;

/// Makes a backup of a hub that does not run.
///
/// # Errors
/// [`Error::InUse`] when it runs, [`Error::NoStore`], [`Error::Exists`], or when a file cannot be read or written.
pub async fn make_from(
    data: &Path,
    to: &Path,
    protection: &Protection,
    world: &World,
) -> Result<Made, Error> {
    if !data.join(DATABASE).is_file() {
        return Err(Error::NoStore(data.to_owned()));
    }
    let in_use = |error| match error {
        crate::Error::InUse(path) => Error::InUse(path),
        other => Error::Hub(Arc::new(other)),
    };
    let _held = files::lock(data).map_err(in_use)?;
    let key = files::store_key(world, &data.join(KEY)).map_err(|error| Error::Hub(Arc::new(error)))?;
    let (fields, protocols) = crate::run::names();
    let location = store::Location::Sqlite(data.join(DATABASE));
    let options = store::Options { location, key: Some(key), fields: &fields, protocols: &protocols };
    let store = Store::open(options).await?;
    let made = make(&store, data, to, protection, world).await;
    store.close().await?;
    made
}

/// Checks every page of the store of a hub that does not run.
///
/// # Errors
/// [`Error::InUse`] when it runs, [`Error::NoStore`], or what is wrong with the store.
pub fn check(data: &Path) -> Result<(), Error> {
    let path = data.join(DATABASE);
    if !path.is_file() {
        return Err(Error::NoStore(data.to_owned()));
    }
    if files::is_in_use(data).map_err(|error| Error::file(data, error))? {
        return Err(Error::InUse(data.to_owned()));
    }
    let key = data.join(KEY);
    let bytes = fs::read(&key).map_err(|error| Error::file(&key, error))?;
    let bytes: [u8; 32] =
        bytes.try_into().map_err(|_| Error::damaged(&key, "it is not a key of 32 bytes"))?;
    Ok(Store::check(path, Some(store::Key::new(bytes)))?)
}

/// Makes a backup of a store that is open, while others go on.
pub(crate) async fn make(
    store: &Store,
    data: &Path,
    to: &Path,
    protection: &Protection,
    world: &World,
) -> Result<Made, Error> {
    if to.exists() {
        return Err(Error::Exists(to.to_owned()));
    }
    files::folder(&data.join(FOLDER)).map_err(|error| Error::Hub(Arc::new(error)))?;
    let id = world.uuid().map_err(|error| Error::Hub(Arc::new(error.into())))?;
    let copy = data.join(FOLDER).join(format!("{id}.db"));
    let copied = store.backup(copy.clone()).await;
    let created = world.now().to_string();
    let (data, to, protection, source) = (data.to_owned(), to.to_owned(), protection.clone(), copy.clone());
    let packed = match copied {
        Ok(()) => {
            let work = move || pack(&source, &data, &to, &protection, created);
            let joined = tokio::task::spawn_blocking(work).await;
            joined.unwrap_or_else(|error| Err(Error::Hub(Arc::new(crate::Error::Broken(Arc::new(error))))))
        }
        Err(error) => Err(error.into()),
    };
    if copy.exists() {
        fs::remove_file(&copy).map_err(|error| Error::file(&copy, error))?;
    }
    packed
}

/// Removes what is left of backups that a hub was making when it ended.
pub(crate) fn sweep(data: &Path) -> Result<(), crate::Error> {
    let folder = data.join(FOLDER);
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(crate::Error::file(&folder, error)),
    };
    for entry in entries {
        let path = entry.map_err(|error| crate::Error::file(&folder, error))?.path();
        if path.extension().is_none_or(|end| end != EXTENSION) && path.is_file() {
            fs::remove_file(&path).map_err(|error| crate::Error::file(&path, error))?;
        }
    }
    Ok(())
}

/// Writes the file; it appears under its name when it is whole.
fn pack(
    copy: &Path,
    data: &Path,
    to: &Path,
    protection: &Protection,
    created: String,
) -> Result<Made, Error> {
    let mut sources = vec![(DATABASE.to_owned(), copy.to_owned())];
    beside(data, String::new(), &mut sources)?;
    let files = sources.iter().map(|(name, path)| entry(name, path)).collect::<Result<Vec<_>, _>>()?;
    let version = env!("CARGO_PKG_VERSION").to_owned();
    let manifest = Manifest { format: FORMAT, version, created, files };
    let part = with_suffix(to, ".part");
    let written = write(&part, &manifest, &sources, protection).and_then(|made| {
        fs::rename(&part, to).map_err(|error| Error::file(to, error))?;
        Ok(made)
    });
    if written.is_err() && part.exists() {
        // A half backup is none; the error that is told is the one that came first.
        let _ = fs::remove_file(&part);
    }
    written
}

/// Every file of the data folder that belongs into a backup but the database.
fn beside(folder: &Path, prefix: String, found: &mut Vec<(String, PathBuf)>) -> Result<(), Error> {
    let refuse = |error| Error::file(folder, error);
    let mut entries =
        fs::read_dir(folder).map_err(refuse)?.collect::<io::Result<Vec<_>>>().map_err(refuse)?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let Ok(name) = entry.file_name().into_string() else { continue };
        let kind = entry.file_type().map_err(refuse)?;
        let is_left_out =
            prefix.is_empty() && (name.starts_with(DATABASE) || [FOLDER, LOCK].contains(&name.as_str()));
        if is_left_out || name.ends_with(".new") || name.ends_with(".part") {
            continue;
        }
        if found.len() > FILES_MAX {
            return Err(Error::file(folder, io::Error::other("there are too many files in it")));
        }
        if kind.is_dir() {
            beside(&entry.path(), format!("{prefix}{name}/"), found)?;
        } else if kind.is_file() {
            found.push((format!("{prefix}{name}"), entry.path()));
        }
    }
    Ok(())
}

fn entry(name: &str, path: &Path) -> Result<Entry, Error> {
    let mut file = File::open(path).map_err(|error| Error::file(path, error))?;
    let mut digest = Digesting { inner: io::sink(), sha256: Sha256::new(), bytes: 0 };
    copy(&mut file, &mut digest).map_err(|error| Error::file(path, error))?;
    Ok(Entry { name: name.to_owned(), bytes: digest.bytes, sha256: hex(digest.sha256) })
}

fn write(
    part: &Path,
    manifest: &Manifest,
    sources: &[(String, PathBuf)],
    protection: &Protection,
) -> Result<Made, Error> {
    let refuse = |error: io::Error| Error::file(part, error);
    let mut options = OpenOptions::new();
    let file = options.write(true).create(true).truncate(true).mode(0o600).open(part).map_err(refuse)?;
    let digesting = Digesting { inner: BufWriter::new(file), sha256: Sha256::new(), bytes: 0 };
    let sealed = protection.encryptor()?.wrap_output(digesting).map_err(refuse)?;
    let mut archive = tar::Builder::new(sealed);
    let text = serde_json::to_vec_pretty(manifest).map_err(|error| refuse(error.into()))?;
    append(&mut archive, MANIFEST, u64::try_from(text.len()).unwrap_or(u64::MAX), text.as_slice())
        .map_err(refuse)?;
    for (entry, (name, path)) in manifest.files.iter().zip(sources) {
        let file = File::open(path).map_err(|error| Error::file(path, error))?;
        append(&mut archive, name, entry.bytes, file).map_err(|error| Error::file(path, error))?;
    }
    let digesting = archive.into_inner().and_then(age::stream::StreamWriter::finish).map_err(refuse)?;
    let file = digesting.inner.into_inner().map_err(|error| refuse(error.into_error()))?;
    file.sync_all().map_err(refuse)?;
    Ok(Made { bytes: digesting.bytes, sha256: hex(digesting.sha256) })
}

fn append<W: Write>(
    archive: &mut tar::Builder<W>,
    name: &str,
    bytes: u64,
    content: impl Read,
) -> io::Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes);
    header.set_mode(0o600);
    archive.append_data(&mut header, name, content.take(bytes))
}

/// Counts and hashes what is written.
pub(super) struct Digesting<W> {
    pub(super) inner: W,
    pub(super) sha256: Sha256,
    pub(super) bytes: u64,
}

impl<W: Write> Write for Digesting<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.inner.write(bytes)?;
        self.sha256.update(bytes.get(..count).unwrap_or(bytes));
        self.bytes = self.bytes.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Copies to the end.
pub(super) fn copy(from: &mut impl Read, to: &mut impl Write) -> io::Result<()> {
    let mut chunk = vec![0; CHUNK];
    loop {
        let count = from.read(&mut chunk)?;
        if count == 0 {
            return Ok(());
        }
        to.write_all(chunk.get(..count).unwrap_or_default())?;
    }
}

/// A hash as hexadecimal digits.
pub(super) fn hex(sha256: Sha256) -> String {
    sha256.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_of_a_broken_off_backup_goes_and_whole_ones_stay() {
        let data = tempfile::tempdir().expect("a folder");
        sweep(data.path()).expect("nothing to do");
        let folder = data.path().join(FOLDER);
        fs::create_dir(&folder).expect("made");
        for name in ["1.db", "2.db.part", "bak_3.age.part", "bak_4.age"] {
            fs::write(folder.join(name), "x").expect("written");
        }
        sweep(data.path()).expect("swept");
        let left: Vec<_> = fs::read_dir(&folder)
            .expect("a folder")
            .map(|entry| entry.expect("an entry").file_name())
            .collect();
        assert_eq!(left, ["bak_4.age"]);
    }
}
