//! Why the hub cannot start or go on.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::auth::PasswordError;
use crate::world::NoChance;

/// Why the hub cannot start or go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file of the hub cannot be read or written.
    #[error("cannot use `{}`", path.display())]
    File {
        /// Which one.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The address is taken or not ours.
    #[error("cannot listen on {address}")]
    Listen {
        /// Which one.
        address: SocketAddr,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Another program uses the data folder.
    #[error("another program uses `{}`; one hub at a time, so end the other one first", .0.display())]
    InUse(PathBuf),
    /// The token for the figures is too weak.
    #[error("the token in `{}` has fewer than {min} characters; `openssl rand -hex 32` makes one", path.display())]
    Token {
        /// Which file.
        path: PathBuf,
        /// Characters that it needs.
        min: usize,
    },
    /// Plain HTTP is for this machine only.
    #[error("HTTP without encryption is for this machine only: listen on 127.0.0.1 or ::1, not on {0}")]
    InsecureBeyondLoopback(SocketAddr),
    /// The store.
    #[error("the store of the hub fails")]
    Store(#[from] store::Error),
    /// The certificate cannot be made.
    #[error("cannot make a certificate")]
    Certificate(#[from] rcgen::Error),
    /// The certificate or its key cannot be used.
    #[error("cannot use the certificate of the hub")]
    Tls(#[from] rustls::Error),
    /// No random numbers.
    #[error(transparent)]
    Chance(#[from] NoChance),
    /// A password cannot be hashed.
    #[error("{0}")]
    Password(String),
    /// What ships with the hub is broken.
    #[error("the built-in rules are broken: {0}")]
    Knowledge(String),
    /// A job ended that never should.
    #[error("a job of the hub broke off")]
    Broken(#[source] Arc<tokio::task::JoinError>),
}

impl Error {
    pub(crate) fn file(path: &Path, source: io::Error) -> Self {
        Self::File { path: path.to_owned(), source }
    }
}

impl From<PasswordError> for Error {
    fn from(error: PasswordError) -> Self {
        Self::Password(error.to_string())
    }
}
