//! Memory for secrets: in pages of its own that are not swapped, and wiped when it is not needed any more.
//!
//! What the system does not allow is not done, and [`Secret::is_locked`] and [`Protection`] say so: a hub that may lock
//! no memory still starts.

use std::fmt;

use region::LockGuard;
use rustix::process::{
    DumpableBehavior, Resource, Rlimit, dumpable_behavior, getrlimit, set_dumpable_behavior, setrlimit,
};
use zeroize::Zeroize as _;

use crate::error::{Error, Result};

/// `N` secret bytes. They are not printed, copied or compared.
pub struct Secret<const N: usize = 32> {
    // Before the pages: a page must not be given to another secret while this one still unlocks it.
    lock: Option<LockGuard>,
    pages: Box<Pages<N>>,
}

/// Pages that hold nothing else. Unlocking memory is by pages and would unlock a neighbour.
#[repr(align(4096))]
struct Pages<const N: usize>([u8; N]);

/// What holds for the whole process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Protection {
    /// The kernel writes no core file.
    pub no_core_file: bool,
    /// The process is not dumpable: no core at all, and no debugger of the same user.
    pub not_dumpable: bool,
}

impl<const N: usize> Secret<N> {
    /// Only zeros, to be written to.
    #[must_use]
    pub fn zeroed() -> Self {
        let pages = Box::new(Pages([0; N]));
        let lock = region::lock(pages.0.as_ptr(), N.max(1)).ok();
        Self { lock, pages }
    }

    /// Fresh random bytes.
    ///
    /// # Errors
    /// [`Error::Random`].
    pub fn random() -> Result<Self> {
        let mut secret = Self::zeroed();
        getrandom::fill(secret.expose_mut()).map_err(Error::Random)?;
        Ok(secret)
    }

    /// Takes bytes over: where they came from is wiped.
    #[must_use]
    pub fn take(bytes: &mut [u8; N]) -> Self {
        let mut secret = Self::zeroed();
        secret.pages.0.copy_from_slice(bytes);
        bytes.zeroize();
        secret
    }

    /// The bytes. Who copies them has to wipe the copy.
    #[must_use]
    pub fn expose(&self) -> &[u8; N] {
        &self.pages.0
    }

    /// The bytes, to be written to.
    #[must_use]
    pub fn expose_mut(&mut self) -> &mut [u8; N] {
        &mut self.pages.0
    }

    /// Whether the system keeps it out of the swap.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        self.lock.is_some()
    }
}

impl<const N: usize> Drop for Secret<N> {
    fn drop(&mut self) {
        self.pages.0.zeroize();
    }
}

impl<const N: usize> fmt::Debug for Secret<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret<{N}>")
    }
}

/// Keeps what the process holds out of core files, as far as the system allows. To be called before anything is unsealed.
pub fn protect_process() -> Protection {
    // Both are asked for afterwards: what counts is what holds.
    let limit = Rlimit { current: Some(0), maximum: Some(0) };
    let no_core_file = setrlimit(Resource::Core, limit).is_ok()
        && getrlimit(Resource::Core) == Rlimit { current: Some(0), maximum: Some(0) };
    let not_dumpable = set_dumpable_behavior(DumpableBehavior::NotDumpable).is_ok()
        && dumpable_behavior() == Ok(DumpableBehavior::NotDumpable);
    Protection { no_core_file, not_dumpable }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_bytes_over_and_wipes_their_source() {
        let mut bytes = [7; 32];
        let secret = Secret::take(&mut bytes);
        assert_eq!(bytes, [0; 32]);
        assert_eq!(secret.expose(), &[7; 32]);
        assert_eq!(format!("{secret:?}"), "Secret<32>");
    }

    #[test]
    fn has_pages_of_its_own() {
        let secrets: Vec<Secret<32>> = (0..16).map(|_| Secret::zeroed()).collect();
        for secret in &secrets {
            assert_eq!(secret.expose().as_ptr().addr() % 4096, 0);
        }
        assert_eq!(size_of::<Pages<32>>(), 4096);
        assert_eq!(size_of::<Pages<5000>>(), 8192);
    }
}
