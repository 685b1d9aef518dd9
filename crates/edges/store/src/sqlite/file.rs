//! Opening the file.

use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::time::Duration;

use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, ErrorCode, MAIN_DB, OpenFlags};

use super::Place;
use crate::error::Cause;
use crate::key::Key;
use crate::{Error, Result};

/// How long to wait for another program that holds the file, such as a backup of the file system.
const BUSY: Duration = Duration::from_secs(5);
/// Statements that stay compiled on a connection.
const STATEMENTS: usize = 128;
/// What a file that is not encrypted begins with.
const PLAIN: &[u8; 16] = b"SQLite format 3\0";

/// What the writer's connection is set to: a commit is on the disk before it returns.
const WRITER: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536; \
    PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = ON;";
const READER: &str = "PRAGMA query_only = ON; PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY;";

/// The connection that writes; makes the file if there is none.
pub(super) fn open_writer(place: &Place) -> Result<Connection> {
    if place.key.is_some() && is_plain(&place.path) {
        return Err(Error::NotEncrypted { path: place.path.clone() });
    }
    let connection = connect(place, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
    // What SQLite cannot open for writing it opens for reading, and so it would stay.
    if connection.is_readonly(MAIN_DB)? {
        let source = Cause::new(io::Error::from(io::ErrorKind::ReadOnlyFilesystem));
        return Err(Error::Open { path: place.path.clone(), source });
    }
    connection.execute_batch(WRITER)?;
    Ok(connection)
}

/// A connection that only reads.
pub(super) fn open_reader(place: &Place) -> Result<Connection> {
    let connection = connect(place, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.execute_batch(READER)?;
    Ok(connection)
}

/// Opens the file with its key and reads from it, because only then it shows whether the key is right.
pub(super) fn connect(place: &Place, flags: OpenFlags) -> Result<Connection> {
    match try_connect(place, flags) {
        // SQLite says the same of a page that the disk did not give.
        Err(Error::WrongKey { path }) => {
            first_page(&path).map_err(|error| Error::Disk { path: Some(path), source: Cause::new(error) })?;
            try_connect(place, flags)
        }
        connected => connected,
    }
}

fn first_page(path: &Path) -> io::Result<usize> {
    File::open(path)?.read_at(&mut [0; 4096], 0)
}

fn try_connect(place: &Place, flags: OpenFlags) -> Result<Connection> {
    let refuse = |error: rusqlite::Error| match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull | ErrorCode::SystemIoFailure | ErrorCode::DatabaseCorrupt) => {
            Error::from(error).at(&place.path)
        }
        Some(_) | None => Error::Open { path: place.path.clone(), source: Cause::new(error) },
    };
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(&place.path, flags).map_err(refuse)?;
    if let Some(key) = &place.key {
        unlock(&connection, key).map_err(refuse)?;
    }
    connection.busy_timeout(BUSY).map_err(refuse)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    functions(&connection).map_err(refuse)?;
    match connection.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get::<_, i64>(0)) {
        Ok(_) => Ok(connection),
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::NotADatabase) => {
            Err(Error::WrongKey { path: place.path.clone() })
        }
        Err(error) => Err(refuse(error)),
    }
}

/// What PostgreSQL has and SQLite has not: `strpos(text, part)`, here in bytes. It is many times faster than `LIKE`.
fn functions(connection: &Connection) -> rusqlite::Result<()> {
    let flags =
        FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    connection.create_scalar_function("strpos", 2, flags, |arguments| {
        let (text, part) = (arguments.get_raw(0).as_bytes()?, arguments.get_raw(1).as_bytes()?);
        let found = memchr::memmem::find(text, part).map_or(0, |place| place.saturating_add(1));
        Ok(i64::try_from(found).unwrap_or(i64::MAX))
    })
}

fn unlock(connection: &Connection, key: &Key) -> rusqlite::Result<()> {
    connection.pragma_update(None, "key", key.literal().as_str())
}

fn is_plain(path: &Path) -> bool {
    let mut first = [0; PLAIN.len()];
    File::open(path).and_then(|mut file| file.read_exact(&mut first)).is_ok() && first == *PLAIN
}
