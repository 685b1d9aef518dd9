//! Text as Microsoft's protocols carry it: UTF-16 or a code page that nobody names.

use std::fmt::{self, Display, Write as _};

use model::{Field, Subject};

use crate::Notes;

/// UTF-16, least significant octet first, up to the first NUL. Halves of pairs become U+FFFD.
#[derive(Debug, Clone, Copy)]
pub(super) struct Utf16<'a>(pub(super) &'a [u8]);

/// Text in one of both forms.
#[derive(Clone, Copy)]
pub(super) enum Text<'a> {
    /// UTF-16, least significant octet first.
    Unicode(&'a [u8]),
    /// The sender's code page.
    Oem(&'a [u8]),
}

impl<'a> Text<'a> {
    pub(super) const fn new(bytes: &'a [u8], is_unicode: bool) -> Self {
        if is_unicode { Self::Unicode(bytes) } else { Self::Oem(bytes) }
    }

    /// Notes that `subject`'s `field` is this text.
    pub(super) fn note(self, subject: Subject, field: Field, notes: &mut Notes) {
        match self {
            Self::Unicode(bytes) => notes.fact_display(subject, field, Utf16(bytes)),
            Self::Oem(bytes) => notes.fact_bytes(subject, field, bytes),
        }
    }

    /// Whether there is none.
    pub(super) const fn is_empty(self) -> bool {
        match self {
            Self::Unicode(bytes) | Self::Oem(bytes) => bytes.is_empty(),
        }
    }
}

impl Display for Utf16<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (units, _) = self.0.as_chunks::<2>();
        let units = units.iter().copied().map(u16::from_le_bytes).take_while(|unit| *unit != 0);
        char::decode_utf16(units)
            .try_for_each(|symbol| f.write_char(symbol.unwrap_or(char::REPLACEMENT_CHARACTER)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf16_ends_at_nul_and_survives_broken_pairs() {
        assert_eq!(Utf16(b"M\0\xfc\0n\0\0\0x\0").to_string(), "Mün");
        assert_eq!(Utf16(b"A\0\x00\xd8B\0C").to_string(), "A\u{fffd}B");
    }
}
