//! Opening the file.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::time::Duration;

use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, ErrorCode, OpenFlags};

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
    let refuse = |error| Error::Open { path: place.path.clone(), source: Cause::new(error) };
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
