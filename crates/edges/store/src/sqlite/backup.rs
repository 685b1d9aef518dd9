//! Copies of the file while it is in use, and back.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::backup::Backup;
use rusqlite::{Connection, OpenFlags};

use super::{Place, file};
use crate::error::Cause;
use crate::{Error, Result};

/// Pages copied at once; between them the writer goes on.
const PAGES: i32 = 4096;

/// Copies everything to a new file, encrypted with the same key. The copy appears under its name when it is whole.
pub(super) fn backup(from: &Connection, to: &Place) -> Result<()> {
    if to.path.exists() {
        return Err(Error::Exists { path: to.path.clone() });
    }
    let part = Place { path: with_suffix(&to.path, ".part"), key: to.key.clone() };
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let copied = file::connect(&part, flags).and_then(|mut copy| {
        Backup::new(from, &mut copy)?.run_to_completion(PAGES, Duration::ZERO, None)?;
        copy.close().map_err(|(_, error)| error.into())
    });
    if copied.is_err() {
        // A half copy is no backup.
        let _ = fs::remove_file(&part.path);
    }
    copied.map_err(|error| error.at(&part.path)).and_then(|()| settle(&part.path, &to.path))
}

/// Puts a backup where there is no store yet, after checking every page of it.
pub(crate) fn restore(backup: &Place, to: &Path) -> Result<()> {
    if to.exists() {
        return Err(Error::Exists { path: to.to_owned() });
    }
    check(backup)?;
    let part = with_suffix(to, ".part");
    fs::copy(&backup.path, &part).map_err(|error| refuse(&part, error))?;
    settle(&part, to)
}

/// Whether every page is what was written, by its checksum, and the tables are sound.
pub(crate) fn check(place: &Place) -> Result<()> {
    look_through(place).map_err(|error| error.at(&place.path))
}

fn look_through(place: &Place) -> Result<()> {
    let connection = file::connect(place, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    for (pragma, sound) in [("cipher_integrity_check", None), ("integrity_check", Some("ok"))] {
        let mut statement = connection.prepare(&format!("PRAGMA {pragma}"))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let what: String = row.get(0)?;
            if Some(what.as_str()) != sound {
                return Err(Error::Damaged { path: place.path.clone(), what });
            }
        }
    }
    Ok(())
}

/// Gives a file that is whole its name, and makes both durable.
fn settle(part: &Path, path: &Path) -> Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(part).and_then(|file| file.sync_all()).map_err(|error| refuse(part, error))?;
    fs::rename(part, path).map_err(|error| refuse(path, error))?;
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| refuse(folder, error))
}

fn refuse(path: &Path, error: std::io::Error) -> Error {
    Error::File { path: path.to_owned(), source: Cause::new(error) }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
