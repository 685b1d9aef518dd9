//! What can go wrong, and what is merely odd.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why a source cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder cannot be opened or read.
    #[error("cannot read `{}`", path.display())]
    Read {
        /// Which one.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file is no capture.
    #[error("`{}` is no capture file: it begins with {first}, not with the marks of pcap, pcapng, gzip or zstd", path.display())]
    NotACapture {
        /// Which one.
        path: PathBuf,
        /// Its first bytes in hexadecimal.
        first: String,
    },
    /// A file has no byte.
    #[error("`{}` is empty; was the capture written to its end?", path.display())]
    Empty {
        /// Which one.
        path: PathBuf,
    },
    /// A folder holds no capture.
    #[error("there is no capture file in `{}`", path.display())]
    Nothing {
        /// Which one.
        path: PathBuf,
    },
    /// An interface cannot be listened on.
    #[error("cannot listen on `{interface}`: {step}")]
    Interface {
        /// Which one.
        interface: String,
        /// What failed, and what to do.
        step: &'static str,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// Something odd about an input; everything before it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// File.
    pub path: PathBuf,
    /// Byte of the uncompressed file at which it is.
    pub offset: u64,
    /// What is odd.
    pub what: Oddity,
}

/// What is odd about an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Oddity {
    /// It ends in the middle of a record.
    EndsEarly,
    /// A record says that it is impossibly long.
    Length(u32),
    /// A packet names an interface that was not described.
    Interface(u32),
    /// The compressed data is broken.
    Compression(String),
    /// A file in a folder could not be read.
    Unreadable(String),
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, offset, what } = self;
        let path = path.display();
        match what {
            Oddity::EndsEarly => {
                write!(
                    f,
                    "`{path}` ends in the middle of a record at byte {offset}; what is before it was read"
                )
            }
            Oddity::Length(length) => write!(
                f,
                "`{path}` has a record of {length} bytes at byte {offset}, which cannot be; what is before it was read"
            ),
            Oddity::Interface(number) => write!(
                f,
                "`{path}` has packets of interface {number} at byte {offset}, which it does not describe; they were passed over"
            ),
            Oddity::Compression(why) => {
                write!(
                    f,
                    "`{path}` is broken as compressed data after {offset} bytes ({why}); what is before it was read"
                )
            }
            Oddity::Unreadable(why) => write!(f, "`{path}` was passed over: {why}"),
        }
    }
}
