//! What can go wrong.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::{DeviceId, SensorId};
use rusqlite::ErrorCode;

/// The result of what the store is asked.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a store cannot do what it is asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// The file cannot be opened or made.
    #[error("cannot open the store `{}`; look whether its folder is there and may be written", path.display())]
    Open {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: Cause,
    },
    /// The database cannot be reached.
    #[error("cannot connect to the store: check its address, its name and the password")]
    Connect(#[source] Cause),
    /// The address of the database is none.
    #[error("cannot read the address of the store: it looks like `postgres://user@host/name`")]
    Address(#[source] Cause),
    /// Another machine is only spoken to over an encrypted line.
    #[error("the store at `{host}` is on another machine, and connections to it are not encrypted yet")]
    Unencrypted {
        /// Which machine.
        host: String,
    },
    /// The key is not the one that the file was made with.
    #[error("the key does not open the store `{}`, or the file is none", path.display())]
    WrongKey {
        /// Which file.
        path: PathBuf,
    },
    /// A key was given, and the file is readable without.
    #[error("the store `{}` is not encrypted, but a key was given", path.display())]
    NotEncrypted {
        /// Which file.
        path: PathBuf,
    },
    /// There is something already where something new is to be.
    #[error("`{}` exists already", path.display())]
    Exists {
        /// Where.
        path: PathBuf,
    },
    /// A file is damaged.
    #[error("`{}` is damaged: {what}", path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What the check says.
        what: String,
    },
    /// The store was written by a newer version.
    #[error(
        "the store has migration {number}, which this version does not know; use the version that wrote it"
    )]
    Newer {
        /// The first unknown migration.
        number: u64,
    },
    /// A migration that was applied is not the one that this version has.
    #[error("migration {number} of the store is not the one of this version")]
    ChangedMigration {
        /// Which one.
        number: u64,
    },
    /// A batch came before the one that should come before it.
    #[error("sensor `{sensor}` sent batch {found}, but batch {expected} is missing before it")]
    Gap {
        /// Which sensor.
        sensor: SensorId,
        /// The batch that should come next.
        expected: u64,
        /// The batch that came.
        found: u64,
    },
    /// A field or protocol that this version does not know.
    #[error("there is no {kind} `{name}` here; the sensor is newer than the hub, so update the hub")]
    UnknownName {
        /// `field` or `protocol`.
        kind: &'static str,
        /// Its name.
        name: String,
    },
    /// A count that cannot be.
    #[error("{what} is {value}, which cannot be")]
    Implausible {
        /// What is counted.
        what: &'static str,
        /// The count.
        value: u64,
    },
    /// There is no such device.
    #[error("there is no device `{0}`")]
    NoDevice(DeviceId),
    /// Somebody else changed the device meanwhile.
    #[error("device `{device}` changed meanwhile: it has version {found}, not {expected}")]
    Stale {
        /// Which device.
        device: DeviceId,
        /// The version that the change was meant for.
        expected: u64,
        /// The version that it has.
        found: u64,
    },
    /// There is a user of that name.
    #[error("there is a user `{0}` already")]
    UserExists(String),
    /// There is no user of that name.
    #[error("there is no user `{0}`")]
    NoUser(String),
    /// It cannot be done to what is there.
    #[error("{why}")]
    Refused {
        /// Why, and what to do instead.
        why: String,
    },
    /// There is nothing of this id.
    #[error("there is no {what} `{id}`")]
    Missing {
        /// What kind of thing.
        what: &'static str,
        /// Which id.
        id: String,
    },
    /// There are defaults of this model.
    #[error("there is a model `{model}` of `{manufacturer}` already")]
    ModelExists {
        /// Maker or brand.
        manufacturer: String,
        /// Model.
        model: String,
    },
    /// Somebody else changed it meanwhile.
    #[error("it changed meanwhile: it has version {found}, not {expected}")]
    Outdated {
        /// The version that the change was meant for.
        expected: u64,
        /// The version that it has.
        found: u64,
    },
    /// Without this account nobody could manage accounts any more.
    #[error("`{0}` is the last administrator; make another one first")]
    LastOfRole(String),
    /// A cursor that this query did not give.
    #[error("the cursor is not one of this list; begin without")]
    BadCursor,
    /// A row does not read back as what it should be.
    #[error("the store holds {what} that cannot be read")]
    Unreadable {
        /// What kind of thing.
        what: &'static str,
    },
    /// The disk is full.
    #[error(
        "the disk of {} is full, and nothing of this was written; make room on it, nothing has to be started again",
        place(path.as_deref())
    )]
    Full {
        /// The file that does not fit; `None` when it is a database's own.
        path: Option<PathBuf>,
        /// Why.
        #[source]
        source: Cause,
    },
    /// The disk does not read or write.
    #[error(
        "the disk of {} fails, and nothing of this counts; look at the system's log, and restore a backup should the \
         file be damaged",
        place(path.as_deref())
    )]
    Disk {
        /// The file that cannot be used; `None` when it is a database's own.
        path: Option<PathBuf>,
        /// Why.
        #[source]
        source: Cause,
    },
    /// Somebody else holds the store.
    #[error("the store is held by another program")]
    Busy(#[source] Cause),
    /// Something that this kind of store does not do.
    #[error("{what}")]
    Unsupported {
        /// What, and what to do instead.
        what: &'static str,
    },
    /// The database failed.
    #[error("the database of the store failed")]
    Database(#[source] Cause),
    /// A file beside the store cannot be read or written.
    #[error("cannot write `{}`", path.display())]
    File {
        /// Which one.
        path: PathBuf,
        /// Why.
        #[source]
        source: Cause,
    },
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
}

impl Error {
    /// Whether the connection that met it may fail for ever: SQLCipher reads nothing more after a page that it could not
    /// read.
    pub(crate) const fn spends_connection(&self) -> bool {
        matches!(self, Self::Disk { .. })
    }

    /// The same error, which says that it is about this file.
    pub(crate) fn at(mut self, file: &Path) -> Self {
        if let Self::Full { path, .. } | Self::Disk { path, .. } = &mut self {
            path.get_or_insert_with(|| file.to_owned());
        }
        self
    }
}

fn place(path: Option<&Path>) -> String {
    path.map_or_else(|| "the database".to_owned(), |path| format!("`{}`", path.display()))
}

/// The error beneath, shared by all who wait for the same transaction.
#[derive(Debug, Clone)]
pub struct Cause(Arc<dyn std::error::Error + Send + Sync>);

impl Cause {
    pub(crate) fn new(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self(Arc::new(error))
    }
}

impl std::fmt::Display for Cause {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Cause {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source()
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        let code = error.sqlite_error_code();
        let source = Cause::new(error);
        match code {
            Some(ErrorCode::DiskFull) => Self::Full { path: None, source },
            // A page that the disk does not give is malformed to SQLite.
            Some(
                ErrorCode::SystemIoFailure
                | ErrorCode::CannotOpen
                | ErrorCode::ReadOnly
                | ErrorCode::DatabaseCorrupt,
            ) => Self::Disk { path: None, source },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy(source),
            Some(_) | None => Self::Database(source),
        }
    }
}
