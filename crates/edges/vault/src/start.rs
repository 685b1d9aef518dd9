//! A machine that opens its own seal at every start, and the first start, which may take over the key file of an earlier
//! version. Whatever stops it, the next start goes on.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::Arc;

use model::Timestamp;
use zeroize::{Zeroize as _, Zeroizing};

use crate::disk::{self, Disk, folder_of};
use crate::error::{Error, Result};
use crate::keyring::Purpose;
use crate::method::{NewMethod, Unlock};
use crate::passphrase::{Cost, Passphrase};
use crate::secret::Secret;
use crate::unsealed::Unsealed;
use crate::vault::{Sealed, create_on};

/// Where a machine that starts by itself has what opens its seal.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The seal.
    pub seal: &'a Path,
    /// The passphrase, which is made at the first start. It is worth as much as the keys: whoever has both files has
    /// everything, so it is best kept on another disk.
    pub passphrase: &'a Path,
    /// The key of the store as an earlier version kept it (32 bytes), if there may be one.
    pub old_key: &'a Path,
    /// What a try of the passphrase costs.
    pub cost: Cost,
}

/// Opens the seal with the passphrase of a file. Where there is none yet and `may_make` says that there need not be one,
/// it is made, with the old key of the store as its first; the file of that key is removed when the seal is on the disk.
///
/// # Errors
/// [`Error::Missing`] when there should be a seal, [`Error::OtherKey`] when an old key is there that the seal does not
/// know, and what opening and making a vault refuse.
pub fn start(disk: &Arc<dyn Disk>, place: &Place<'_>, may_make: bool, now: Timestamp) -> Result<Unsealed> {
    let old = old_key(place.old_key)?;
    let vault = if Sealed::exists(place.seal)? {
        let words = Passphrase::read(place.passphrase)?;
        let sealed = Sealed::open_on(Arc::clone(disk), place.seal)?;
        sealed.unseal(Unlock::Passphrase(&words)).map_err(|refused| refused.error)?
    } else if may_make || old.is_some() {
        make(disk, place, old.as_ref(), now)?
    } else {
        return Err(Error::Missing(place.seal.to_owned()));
    };
    if let Some(old) = old {
        forget(disk.as_ref(), place.old_key, &old, &vault)?;
    }
    Ok(vault)
}

fn make(disk: &Arc<dyn Disk>, place: &Place<'_>, old: Option<&Secret>, now: Timestamp) -> Result<Unsealed> {
    if !disk::exists(place.passphrase)? {
        let words = Passphrase::generate()?;
        let mut line = Zeroizing::new(Vec::with_capacity(words.expose().len().saturating_add(1)));
        line.extend(words.expose());
        line.push(b'\n');
        disk::replace(disk.as_ref(), place.passphrase, &line)?;
    }
    // As it is on the disk: that is what the next start has.
    let words = Passphrase::read(place.passphrase)?;
    let copied = old.map(|old| {
        let mut bytes = *old.expose();
        let copy = Secret::take(&mut bytes);
        bytes.zeroize();
        (Purpose::Store, copy)
    });
    let new = NewMethod::Passphrase(&words, place.cost);
    let made = create_on(Arc::clone(disk), place.seal, &new, copied.into_iter().collect(), now)?;
    Ok(made.0)
}

/// Removes the old key when the seal has it.
fn forget(disk: &dyn Disk, path: &Path, old: &Secret, vault: &Unsealed) -> Result<()> {
    let versions = vault.keys().into_iter().filter(|key| key.purpose == Purpose::Store);
    let mut keys = versions.filter_map(|key| vault.key(Purpose::Store, key.version).ok());
    if !keys.any(|key| key.expose() == old.expose()) {
        return Err(Error::OtherKey(path.to_owned()));
    }
    let failed = |source| Error::File { act: "remove", path: path.to_owned(), source };
    disk.remove(path).map_err(failed)?;
    disk.sync_folder(folder_of(path)).map_err(failed)
}

fn old_key(path: &Path) -> Result<Option<Secret>> {
    let failed = |source| Error::File { act: "read", path: path.to_owned(), source };
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let mut secret = Secret::zeroed();
    let whole = file.read_exact(secret.expose_mut()).and_then(|()| file.read(&mut [0]));
    match whole {
        Ok(0) => Ok(Some(secret)),
        Ok(_) => Err(failed(io::Error::new(io::ErrorKind::InvalidData, "it is not a key of 32 bytes"))),
        Err(error) => Err(failed(error)),
    }
}
