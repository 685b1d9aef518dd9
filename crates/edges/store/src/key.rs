//! The key that a store is encrypted with.

use std::fmt::{self, Write as _};

use zeroize::{Zeroize as _, Zeroizing};

/// 256 bits for SQLCipher, as they are: no passphrase, nothing derived. It cannot be printed and leaves memory when
/// it is dropped.
#[derive(Clone)]
pub struct Key([u8; 32]);

impl Key {
    /// A key of its bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The literal that SQLCipher takes as a raw key: `x'..'`.
    pub(crate) fn literal(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(67));
        text.push_str("x'");
        for byte in self.0 {
            // Writing into a string cannot fail.
            let _ = write!(text, "{byte:02x}");
        }
        text.push('\'');
        text
    }
}

impl Drop for Key {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_not_printed() {
        assert_eq!(format!("{:?}", Key::new([7; 32])), "Key(..)");
        assert_eq!(Key::new([7; 32]).literal().len(), 67);
    }
}
