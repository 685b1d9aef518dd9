//! A password as somebody typed it.

use std::fmt;

use sha1::{Digest, Sha1};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// A password in one form whatever keyboard wrote it (NFKC, as NIST SP 800-63B-4, 3.1.1.2 asks for). Wiped when it is
/// dropped; never printed, never compared.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// From what was typed. Nothing is cut off.
    #[must_use]
    pub fn new(typed: &str) -> Self {
        // Room for the longest form, so that no part stays behind in a buffer that was too small: a character becomes
        // at most 18 (U+FDFA).
        let mut text = Zeroizing::new(String::with_capacity(typed.nfkc().map(char::len_utf8).sum()));
        text.extend(typed.nfkc());
        Self(text)
    }

    /// The bytes for the function that makes a verifier of it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Characters: code points, each counts as one (3.1.1.2).
    #[must_use]
    pub fn length(&self) -> usize {
        self.0.chars().count()
    }

    /// SHA-1 in capital hexadecimal digits, as lists of breached passwords have it.
    pub(crate) fn sha1_hex(&self) -> Zeroizing<String> {
        Zeroizing::new(data_encoding::HEXUPPER.encode(&Sha1::digest(self.0.as_bytes())))
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_password_from_any_keyboard_and_nothing_prints_it() {
        let (composed, apart) = (Password::new("Gru\u{fc}n Ⅳ"), Password::new("Gru\u{75}\u{308}n IV"));
        assert_eq!(composed.expose(), apart.expose());
        assert_eq!(composed.length(), 8);
        assert_eq!(format!("{composed:?}"), "Password(..)");
        assert_eq!(Password::new("password").sha1_hex().as_str(), "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8");
    }
}
