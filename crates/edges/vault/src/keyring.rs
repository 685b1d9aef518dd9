//! Keys by purpose and version. The newest of a purpose is the current one; older ones are read with until nothing
//! needs them.

use std::fmt;
use std::sync::Arc;

use model::Timestamp;

use crate::aead::Algorithm;
use crate::error::{Error, Result};
use crate::secret::Secret;

/// What a key is for. A key has one purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// Encrypts the file of the store.
    Store,
    /// Signs checkpoints of the audit log.
    Audit,
    /// Seals the private key of the authority.
    Authority,
    /// Seals the TOTP secrets of accounts.
    Totp,
    /// Seals tokens that are shown again or used against others.
    Token,
    /// Seals backups.
    Backup,
}

/// Whether a key is used for what is new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    /// What is new is sealed with it.
    Current,
    /// Only read with.
    Readable,
}

/// A key without its secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeySummary {
    /// What for.
    pub purpose: Purpose,
    /// Its version, from 1.
    pub version: u32,
    /// With which algorithm.
    pub algorithm: Algorithm,
    /// Whether it is the current one.
    pub state: KeyState,
    /// When it was made.
    pub created: Timestamp,
}

/// A key.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub(crate) purpose: Purpose,
    pub(crate) version: u32,
    pub(crate) algorithm: Algorithm,
    pub(crate) created: Timestamp,
    pub(crate) secret: Arc<Secret>,
}

/// All keys, ascending by purpose and version.
#[derive(Debug, Clone, Default)]
pub(crate) struct Keyring {
    keys: Vec<Key>,
}

/// Keys of a vault: each purpose rotated monthly for years, with nothing ever destroyed.
pub(crate) const KEYS_MAX: usize = 512;

impl Purpose {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Store, Self::Audit, Self::Authority, Self::Totp, Self::Token, Self::Backup];

    /// Its number in records and seals.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Store => 1,
            Self::Audit => 2,
            Self::Authority => 3,
            Self::Totp => 4,
            Self::Token => 5,
            Self::Backup => 6,
        }
    }

    /// The purpose of a number.
    #[must_use]
    pub fn of(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.code() == code)
    }

    /// Its word, as people write and read it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Store => "store",
            Self::Audit => "audit",
            Self::Authority => "authority",
            Self::Totp => "totp",
            Self::Token => "token",
            Self::Backup => "backup",
        }
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Keyring {
    /// Keys that ascend strictly, or nothing.
    pub(crate) fn of(keys: Vec<Key>) -> Option<Self> {
        let place = |key: &Key| (key.purpose.code(), key.version);
        let ascend = keys.windows(2).all(|pair| matches!(pair, [a, b] if place(a) < place(b)));
        (ascend && keys.len() <= KEYS_MAX).then_some(Self { keys })
    }

    pub(crate) fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// The key for what is new.
    pub(crate) fn current(&self, purpose: Purpose) -> Result<&Key> {
        let newest = self.keys.iter().rfind(|key| key.purpose == purpose);
        newest.ok_or(Error::NoCurrent(purpose))
    }

    pub(crate) fn find(&self, purpose: Purpose, version: u32) -> Result<&Key> {
        let found = self.keys.iter().find(|key| key.purpose == purpose && key.version == version);
        found.ok_or(Error::NoKey { purpose, version })
    }

    /// Adds a key, which is the current one from then on. Its version.
    pub(crate) fn add(
        &mut self,
        purpose: Purpose,
        algorithm: Algorithm,
        secret: Secret,
        now: Timestamp,
    ) -> Result<u32> {
        if self.keys.len() >= KEYS_MAX {
            return Err(Error::Many { what: "keys", max: KEYS_MAX });
        }
        let newest = self.current(purpose).map_or(0, |key| key.version);
        let version = newest.checked_add(1).ok_or(Error::Many { what: "versions", max: KEYS_MAX })?;
        let key = Key { purpose, version, algorithm, created: now, secret: Arc::new(secret) };
        let place = self.keys.partition_point(|other| other.purpose.code() <= purpose.code());
        self.keys.insert(place, key);
        Ok(version)
    }

    /// Takes a key out that is not the current one.
    pub(crate) fn remove(&mut self, purpose: Purpose, version: u32) -> Result<()> {
        self.find(purpose, version)?;
        if self.current(purpose)?.version == version {
            return Err(Error::InUse { purpose, version });
        }
        self.keys.retain(|key| key.purpose != purpose || key.version != version);
        Ok(())
    }

    pub(crate) fn summary(&self) -> Vec<KeySummary> {
        let is_current =
            |key: &Key| self.current(key.purpose).is_ok_and(|current| current.version == key.version);
        let summary = |key: &Key| KeySummary {
            purpose: key.purpose,
            version: key.version,
            algorithm: key.algorithm,
            state: if is_current(key) { KeyState::Current } else { KeyState::Readable },
            created: key.created,
        };
        self.keys.iter().map(summary).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn add(ring: &mut Keyring, purpose: Purpose) -> Result<u32> {
        ring.add(purpose, Algorithm::Aes256GcmSiv, Secret::random()?, Timestamp::default())
    }

    #[test]
    fn numbers_of_purposes_round_trip() {
        for code in 0..=u8::MAX {
            assert_eq!(Purpose::of(code).map_or(code, Purpose::code), code);
        }
        assert_eq!(Purpose::ALL.map(Purpose::code), [1, 2, 3, 4, 5, 6]);
    }

    #[test]
    fn gives_versions_once_and_keeps_the_current_key() -> Result<()> {
        let mut ring = Keyring::default();
        assert!(matches!(ring.current(Purpose::Totp), Err(Error::NoCurrent(Purpose::Totp))));
        for purpose in [Purpose::Totp, Purpose::Store, Purpose::Totp, Purpose::Totp] {
            add(&mut ring, purpose)?;
        }
        assert!(matches!(ring.remove(Purpose::Totp, 3), Err(Error::InUse { .. })));
        ring.remove(Purpose::Totp, 1)?;
        ring.remove(Purpose::Totp, 2)?;
        assert!(matches!(ring.remove(Purpose::Totp, 2), Err(Error::NoKey { version: 2, .. })));
        assert_eq!(add(&mut ring, Purpose::Totp)?, 4);
        let versions: Vec<_> =
            ring.summary().iter().map(|key| (key.purpose, key.version, key.state)).collect();
        let wanted = [
            (Purpose::Store, 1, KeyState::Current),
            (Purpose::Totp, 3, KeyState::Readable),
            (Purpose::Totp, 4, KeyState::Current),
        ];
        assert_eq!(versions, wanted);
        assert!(Keyring::of(ring.keys().to_vec()).is_some());
        Ok(())
    }

    #[test]
    fn holds_no_more_than_fits_into_a_seal() -> Result<()> {
        let mut ring = Keyring::default();
        for _ in 0..KEYS_MAX {
            add(&mut ring, Purpose::Token)?;
        }
        assert!(matches!(add(&mut ring, Purpose::Token), Err(Error::Many { .. })));
        Ok(())
    }

    #[test]
    fn is_not_made_of_keys_that_do_not_ascend() -> Result<()> {
        let mut ring = Keyring::default();
        add(&mut ring, Purpose::Token)?;
        add(&mut ring, Purpose::Token)?;
        let mut keys = ring.keys().to_vec();
        keys.reverse();
        assert!(Keyring::of(keys).is_none());
        Ok(())
    }
}
