//! Records under the current key, step by step, while they are read and written.
//!
//! How far it is stands nowhere but in the records themselves: whatever stops it, the next [`step`] goes on. An old key
//! is destroyed when no record is under it and nobody holds a [`crate::Lease`] from its time.

use crate::error::Error;
use crate::keyring::{KeyState, Purpose};
use crate::record::Record;
use crate::unsealed::Unsealed;

/// Where records are kept. A replacement that was answered is durable.
pub trait Records {
    /// What goes wrong with it.
    type Error: std::error::Error + 'static;

    /// Some records of a purpose whose key is older than this version, at most so many; none only when there are none.
    ///
    /// # Errors
    /// When it cannot be read.
    fn older(&self, purpose: Purpose, version: u32, limit: usize) -> Result<Vec<Stale>, Self::Error>;

    /// Puts other bytes in the place of a record, if it still is what it was. Whether it was.
    ///
    /// # Errors
    /// When it cannot be written.
    fn replace(&self, identity: &[u8], old: &[u8], new: &[u8]) -> Result<bool, Self::Error>;
}

/// A record under an older key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stale {
    /// Whose it is.
    pub identity: Vec<u8>,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What one step did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// So many records are under the current key now; there may be more.
    Rewritten(usize),
    /// Nothing is under an older key, but somebody may be using one: try again.
    Waiting,
    /// Nothing needed this version any more, and it is destroyed.
    Destroyed(u32),
    /// Only the current key is there.
    Done,
}

/// Why a step was not made. Nothing is lost.
#[derive(Debug, thiserror::Error)]
pub enum RotationError<E: std::error::Error + 'static> {
    /// The vault.
    #[error("the keys of a rotation fail")]
    Vault(#[from] Error),
    /// The records' place.
    #[error("the records of a rotation cannot be read or written")]
    Records(#[source] E),
    /// One record does not open; it stays as it is, and its key too.
    #[error("the record `{identity}` does not open; restore it from a backup, or remove it")]
    Unreadable {
        /// Whose it is.
        identity: String,
        /// Why it does not open.
        #[source]
        source: Error,
    },
}

/// Does a part of what is left after [`Unsealed::rotate`]: rewrites at most `limit` records, or destroys one old key.
///
/// # Errors
/// [`RotationError`]; the next step tries again.
pub fn step<R: Records>(
    vault: &Unsealed,
    records: &R,
    purpose: Purpose,
    limit: usize,
) -> Result<Step, RotationError<R::Error>> {
    // In this order: who wrote before the count is seen by it, and nobody begins to write with an old key.
    let is_leased = vault.leased_under(purpose).is_some();
    let (current, _) = vault.current_key(purpose)?;
    let stale = records.older(purpose, current, limit.max(1)).map_err(RotationError::Records)?;
    if !stale.is_empty() {
        return rewrite(vault, records, purpose, &stale).map(Step::Rewritten);
    }
    if is_leased {
        return Ok(Step::Waiting);
    }
    let keys = vault.keys();
    let old = keys
        .iter()
        .find(|key| key.purpose == purpose && key.state == KeyState::Readable && key.version < current);
    match old {
        None => Ok(Step::Done),
        Some(key) => match vault.destroy(purpose, key.version) {
            Ok(()) => Ok(Step::Destroyed(key.version)),
            Err(Error::Leased { .. }) => Ok(Step::Waiting),
            Err(error) => Err(error.into()),
        },
    }
}

fn rewrite<R: Records>(
    vault: &Unsealed,
    records: &R,
    purpose: Purpose,
    stale: &[Stale],
) -> Result<usize, RotationError<R::Error>> {
    let lease = vault.lease();
    let mut rewritten = 0;
    for Stale { identity, bytes } in stale {
        let unreadable = |source| RotationError::Unreadable {
            identity: String::from_utf8_lossy(identity).into_owned(),
            source,
        };
        let record = Record::decode(bytes).map_err(|error| unreadable(error.into()))?;
        let plain = lease.open(&record, identity).map_err(unreadable)?;
        let fresh = lease.seal(purpose, identity, &plain)?;
        // Somebody may have written something newer meanwhile, which is under the current key then.
        if records.replace(identity, bytes, &fresh.encode()).map_err(RotationError::Records)? {
            rewritten += 1;
        }
    }
    Ok(rewritten)
}
