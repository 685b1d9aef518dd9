//! Passphrases from files, and argon2id (RFC 9106) over them.

use std::fmt;
use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use argon2::{Argon2, Block, Params, Version};
use serde::{Deserialize, Serialize};
use zeroize::Zeroize as _;

use crate::bytes::Bytes;
use crate::error::{Error, Result};
use crate::secret::Secret;

/// Bytes of the shortest passphrase; a PIN of a token may be shorter.
pub(crate) const MIN: usize = 12;
/// Bytes of the longest.
pub(crate) const MAX: usize = 1_024;

/// A passphrase or a PIN, in memory of its own.
pub struct Passphrase {
    bytes: Secret<{ MAX + 2 }>,
    length: usize,
}

/// What one try costs. It lies in the seal, so it is checked when it is read: a changed file must not make a guess cheap, and
/// not stop the hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

/// How a passphrase comes to the key of its method.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PassphraseWay {
    pub(crate) cost: Cost,
    pub(crate) salt: Bytes<16>,
}

impl Cost {
    /// 64 MiB, 3 passes, 4 lanes: the second recommendation of RFC 9106 (section 4).
    pub const DEFAULT: Self = Self { memory_kib: 64 << 10, passes: 3, lanes: 4 };
    /// 19 MiB, 2 passes, 1 lane: the least that OWASP's cheat sheet for password storage allows, and so does a seal.
    pub const LEAST: Self = Self { memory_kib: 19 << 10, passes: 2, lanes: 1 };

    /// Memory in KiB, passes over it, lanes.
    ///
    /// # Errors
    /// [`Error::Cost`].
    pub fn new(memory_kib: u32, passes: u32, lanes: u32) -> Result<Self> {
        let cost = Self { memory_kib, passes, lanes };
        cost.check()?;
        Ok(cost)
    }

    /// Whether it is safe and can be paid.
    pub(crate) fn check(self) -> Result<()> {
        let work = u64::from(self.memory_kib).saturating_mul(u64::from(self.passes));
        let least = Self::LEAST;
        let limits = [
            ("the memory in KiB", u64::from(self.memory_kib), u64::from(least.memory_kib), 1 << 20),
            ("the number of passes", u64::from(self.passes), u64::from(least.passes), 16),
            ("the number of lanes", u64::from(self.lanes), u64::from(least.lanes), 16),
            // Some seconds of one core.
            ("memory in KiB times passes", work, 0, 4 << 20),
        ];
        let wrong = limits.into_iter().find(|(_, value, min, max)| value < min || value > max);
        wrong.map_or(Ok(()), |(what, value, min, max)| Err(Error::Cost { what, value, min, max }))
    }
}

impl Passphrase {
    /// Takes a passphrase over; where it came from is wiped.
    ///
    /// # Errors
    /// [`Error::PassphraseLength`].
    pub fn take(text: &mut [u8]) -> Result<Self> {
        let mut passphrase = Self { bytes: Secret::zeroed(), length: text.len() };
        let place = passphrase.bytes.expose_mut().get_mut(..text.len()).ok_or(Error::PassphraseLength)?;
        place.copy_from_slice(text);
        text.zeroize();
        passphrase.checked(MIN)
    }

    /// 256 random bits as 64 hexadecimal digits: for a machine that unseals itself.
    ///
    /// # Errors
    /// [`Error::Random`].
    pub fn generate() -> Result<Self> {
        let random = Secret::<32>::random()?;
        let mut bytes = Secret::zeroed();
        let pairs = bytes.expose_mut().as_chunks_mut::<2>().0;
        for (byte, [high, low]) in random.expose().iter().zip(pairs) {
            (*high, *low) = (digit(byte >> 4), digit(byte & 15));
        }
        Ok(Self { bytes, length: 64 })
    }

    /// Reads the first line of a file that others may not read.
    ///
    /// # Errors
    /// [`Error::File`], [`Error::Exposed`], [`Error::PassphraseLength`].
    pub fn read(path: &Path) -> Result<Self> {
        Self::read_of(path, MIN)
    }

    /// As [`Self::read`], for the PIN of a token.
    ///
    /// # Errors
    /// [`Error::File`], [`Error::Exposed`], [`Error::PassphraseLength`].
    pub fn read_pin(path: &Path) -> Result<Self> {
        Self::read_of(path, 1)
    }

    fn read_of(path: &Path, min: usize) -> Result<Self> {
        let failed = |source| Error::File { act: "read", path: path.to_owned(), source };
        let mut file = File::open(path).map_err(failed)?;
        let mode = file.metadata().map_err(failed)?.permissions().mode() & 0o777;
        if mode & 0o007 != 0 {
            return Err(Error::Exposed { path: path.to_owned(), mode });
        }
        let mut bytes = Secret::zeroed();
        let mut length = 0;
        while let Some(free) = bytes.expose_mut().get_mut(length..).filter(|free| !free.is_empty()) {
            match file.read(free) {
                Ok(0) => break,
                Ok(count) => length += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(failed(error)),
            }
        }
        Self { bytes, length }.first_line().checked(min)
    }

    /// The bytes.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        self.bytes.expose().get(..self.length).unwrap_or_default()
    }

    fn first_line(mut self) -> Self {
        let end = self.expose().iter().position(|byte| matches!(byte, b'\r' | b'\n'));
        self.length = end.unwrap_or(self.length);
        self
    }

    fn checked(self, min: usize) -> Result<Self> {
        if (min..=MAX).contains(&self.length) { Ok(self) } else { Err(Error::PassphraseLength) }
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase")
    }
}

impl PassphraseWay {
    pub(crate) fn new(cost: Cost) -> Result<Self> {
        cost.check()?;
        Ok(Self { cost, salt: Bytes::random()? })
    }

    /// The key of the method.
    pub(crate) fn key(&self, passphrase: &Passphrase) -> Result<Secret> {
        self.cost.check()?;
        let failed = |_| Error::Crypto("argon2id");
        let Cost { memory_kib, passes, lanes } = self.cost;
        let params = Params::new(memory_kib, passes, lanes, Some(32)).map_err(failed)?;
        let mut blocks = vec![Block::default(); params.block_count()];
        let argon2 = Argon2::new(argon2::Algorithm::Argon2id, Version::V0x13, params);
        let mut key = Secret::zeroed();
        let salt = &self.salt.0;
        let hashed =
            argon2.hash_password_into_with_memory(passphrase.expose(), salt, key.expose_mut(), &mut blocks);
        blocks.iter_mut().for_each(argon2::Block::zeroize);
        hashed.map_err(failed)?;
        Ok(key)
    }
}

fn digit(nibble: u8) -> u8 {
    if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn bounds_what_a_file_may_ask_for() {
        let least = Cost::LEAST;
        for (memory, passes, lanes) in [
            (least.memory_kib - 1, 2, 1),
            (least.memory_kib, 1, 1),
            (least.memory_kib, 2, 0),
            (least.memory_kib, 17, 1),
            (least.memory_kib, 2, 17),
            ((1 << 20) + 1, 2, 1),
            (1 << 20, 5, 1),
            (u32::MAX, u32::MAX, u32::MAX),
        ] {
            assert!(
                matches!(Cost::new(memory, passes, lanes), Err(Error::Cost { .. })),
                "{memory} {passes} {lanes}"
            );
        }
        for good in [least, Cost::DEFAULT] {
            assert!(good.check().is_ok());
        }
    }

    #[test]
    fn reads_the_first_line_of_a_file_that_is_private() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("passphrase");
        let write = |text: &str, mode: u32| {
            fs::write(&path, text).expect("written");
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("mode");
            Passphrase::read(&path).map(|passphrase| passphrase.expose().to_vec())
        };
        assert_eq!(
            write("correct horse battery\r\nstaple\n", 0o600).expect("read"),
            b"correct horse battery"
        );
        assert_eq!(write("correct horse battery", 0o440).expect("read"), b"correct horse battery");
        assert!(matches!(write("correct horse battery", 0o604), Err(Error::Exposed { mode: 0o604, .. })));
        assert!(matches!(write("short\n", 0o600), Err(Error::PassphraseLength)));
        assert!(matches!(write(&"x".repeat(MAX + 1), 0o600), Err(Error::PassphraseLength)));
        assert_eq!(write(&"x".repeat(MAX), 0o600).expect("read").len(), MAX);
        assert_eq!(Passphrase::read_pin(&path).expect("read").length, MAX);
    }

    #[test]
    fn generated_ones_differ_and_are_not_printed() {
        let (one, other) = (Passphrase::generate().expect("random"), Passphrase::generate().expect("random"));
        assert_ne!(one.expose(), other.expose());
        assert!(one.expose().iter().all(u8::is_ascii_hexdigit) && one.expose().len() == 64);
        assert_eq!(format!("{one:?}"), "Passphrase");
    }

    #[test]
    fn equals_a_vector_of_the_reference_implementation() {
        // `echo -n password1234 | argon2 somesalt12345678 -id -t 2 -k 19456 -p 1 -l 32 -r`
        let mut text = *b"password1234";
        let passphrase = Passphrase::take(&mut text).expect("long enough");
        let way = PassphraseWay { cost: Cost::LEAST, salt: Bytes(*b"somesalt12345678") };
        let key = way.key(&passphrase).expect("hashed");
        assert_eq!(
            crate::bytes::hex(key.expose()),
            "4f07af73477b7fa7b68505ef65026334fa04221ef7ec86a81ff01c49af9b5285"
        );
    }
}
