//! The token by which a program that collects figures reads them without an account.

use std::fmt;
use std::fs;
use std::path::Path;

use axum::http::{HeaderMap, header};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq as _;

use crate::Error;

/// Characters of a token at least: it is not asked for again and nobody counts wrong ones.
const LENGTH_MIN: usize = 32;

/// Opens `/metrics` and nothing else. Only its hash is held.
#[derive(Clone)]
pub struct MetricsToken([u8; 32]);

impl MetricsToken {
    /// The token in a file, without white space around it.
    ///
    /// # Errors
    /// When it cannot be read, or is short.
    pub fn from_file(path: &Path) -> Result<Self, Error> {
        let text = fs::read_to_string(path).map_err(|source| Error::file(path, source))?;
        let text = text.trim();
        if text.len() < LENGTH_MIN {
            return Err(Error::Token { path: path.to_owned(), min: LENGTH_MIN });
        }
        Ok(Self(Sha256::digest(text).into()))
    }

    /// Whether a request brings it as bearer token (RFC 6750).
    pub(crate) fn is_in(&self, headers: &HeaderMap) -> bool {
        let line = headers.get(header::AUTHORIZATION).and_then(|line| line.to_str().ok()).unwrap_or_default();
        let Some((scheme, token)) = line.split_once(' ') else { return false };
        let given: [u8; 32] = Sha256::digest(token.trim()).into();
        scheme.eq_ignore_ascii_case("bearer") && bool::from(given.ct_eq(&self.0))
    }
}

impl fmt::Debug for MetricsToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MetricsToken(..)")
    }
}
