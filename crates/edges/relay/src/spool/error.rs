//! Why a spool cannot do what it is asked.

use std::io;
use std::path::{Path, PathBuf};

/// Why a spool cannot do what it is asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SpoolError {
    /// A file or folder of it cannot be used.
    #[error("cannot use `{}`; {}", path.display(), next_step(source))]
    File {
        /// Which one.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Another process uses it.
    #[error("another sensor uses `{}`; end it first", folder.display())]
    Held {
        /// Its folder.
        folder: PathBuf,
    },
    /// There is a spool already.
    #[error("`{}` holds a spool already", folder.display())]
    Exists {
        /// Its folder.
        folder: PathBuf,
    },
    /// There is none.
    #[error("there is no spool in `{}`", folder.display())]
    Missing {
        /// Where it should be.
        folder: PathBuf,
    },
    /// A file in it is none of a spool.
    #[error("`{}` is damaged; move it away to go on without what is in it", path.display())]
    Unreadable {
        /// Which one.
        path: PathBuf,
    },
    /// A batch is larger than what a spool takes at once.
    #[error("a batch of {bytes} bytes does not fit into the spool, which takes {limit} at once")]
    TooLarge {
        /// Its bytes.
        bytes: u64,
        /// How many there may be.
        limit: u64,
    },
    /// A batch has the number of one before.
    #[error("batch {found} was given after batch {expected} was due")]
    Order {
        /// The next number.
        expected: u64,
        /// The number that came.
        found: u64,
    },
    /// The hub has what was never here.
    #[error(
        "the hub has batch {acknowledged} of this sensor, but the last one here is {last}: another spool was in this \
         place; remove the folder `spool`, and the sensor asks the hub where to go on"
    )]
    Ahead {
        /// The last one that the hub has.
        acknowledged: u64,
        /// The last one here.
        last: u64,
    },
}

impl SpoolError {
    /// Whether the disk may do it the next time, and nothing that counts is lost.
    #[must_use]
    pub const fn is_of_disk(&self) -> bool {
        matches!(self, Self::File { .. })
    }

    pub(super) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }
}

/// What to do about a file that cannot be used.
fn next_step(error: &io::Error) -> &'static str {
    use io::ErrorKind::{PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
    match error.kind() {
        StorageFull | QuotaExceeded => "make room on its disk; nothing has to be started again",
        PermissionDenied => "let the user of this program read and write it",
        ReadOnlyFilesystem => "its disk cannot be written; look at the system's log, it may be failing",
        _ => "look at the system's log, its disk may be failing",
    }
}
