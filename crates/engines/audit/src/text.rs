//! Texts and words of a record: bounded, so that nobody who is written about makes the log grow.

use std::borrow::Cow;
use std::fmt;

/// Bytes of a text at most: a reason with its circumstances, not a document.
pub const TEXT_MAX: usize = 1024;
/// Letters of a word at most.
pub const WORD_MAX: usize = 64;

/// Stands where a text was cut.
const CUT: char = '…';

/// A text of at most [`TEXT_MAX`] bytes of UTF-8 without NUL. It never holds patient data or credentials: whoever
/// writes a record sees to that.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Text(String);

/// A stable word: a letter, then letters, digits and `_`, all small, [`WORD_MAX`] at most.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Word(Cow<'static, str>);

/// Why something is no text or word of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// It is longer than [`TEXT_MAX`].
    #[error("it is longer than {TEXT_MAX} bytes")]
    Long,
    /// It holds a NUL.
    #[error("it holds a NUL")]
    Nul,
    /// It is no word.
    #[error("it is no word of small letters, digits and `_`")]
    NoWord,
}

impl Text {
    /// Any text: what is too long is cut and ends in `…`, a NUL becomes U+FFFD.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let clean = text.replace('\0', "\u{fffd}");
        if clean.len() <= TEXT_MAX {
            return Self(clean);
        }
        let room = TEXT_MAX - CUT.len_utf8();
        let end = clean.floor_char_boundary(room);
        let kept = clean.get(..end).unwrap_or_default();
        Self(format!("{kept}{CUT}"))
    }

    /// A text as it was written once.
    ///
    /// # Errors
    /// When it is none that [`Self::of`] gives.
    pub fn read(text: &str) -> Result<Self, TextError> {
        match text {
            long if long.len() > TEXT_MAX => Err(TextError::Long),
            nul if nul.contains('\0') => Err(TextError::Nul),
            fine => Ok(Self(fine.to_owned())),
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Word {
    /// A word that stands in the code. What is no letter of a word becomes `_`, and what is too long is cut.
    #[must_use]
    pub fn of(word: &str) -> Self {
        let letters = word.chars().take(WORD_MAX).map(|letter| match letter.to_ascii_lowercase() {
            small @ ('a'..='z' | '0'..='9') => small,
            _ => '_',
        });
        let fixed: String = letters.collect();
        Self::read(&fixed).unwrap_or(Self(Cow::Borrowed("unnamed")))
    }

    /// A word as it was written once.
    ///
    /// # Errors
    /// When it is none.
    pub fn read(word: &str) -> Result<Self, TextError> {
        let mut letters = word.chars();
        let begins = letters.next().is_some_and(|first| first.is_ascii_lowercase());
        let goes_on = letters.all(|letter| matches!(letter, 'a'..='z' | '0'..='9' | '_'));
        let is_word = begins && goes_on && word.len() <= WORD_MAX;
        is_word.then(|| Self(Cow::Owned(word.to_owned()))).ok_or(TextError::NoWord)
    }

    /// The word.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_between_letters() {
        let long = Text::of(&"é".repeat(TEXT_MAX));
        assert!(long.as_str().ends_with("é…"), "{long}");
        assert!((TEXT_MAX - 1..=TEXT_MAX).contains(&long.as_str().len()));
        assert_eq!(Text::of("a\0b").as_str(), "a\u{fffd}b");
        let whole = "x".repeat(TEXT_MAX);
        assert_eq!(Text::of(&whole).as_str(), whole);
        assert_eq!(Text::read(&format!("{whole}x")), Err(TextError::Long));
        assert_eq!(Text::read("a\0"), Err(TextError::Nul));
    }

    #[test]
    fn words_are_small_and_stable() {
        assert_eq!(Word::of("login_failed").as_str(), "login_failed");
        assert_eq!(Word::of("Role set!").as_str(), "role_set_");
        assert_eq!(Word::of("7").as_str(), "unnamed");
        assert_eq!(Word::of(&"a".repeat(100)).as_str().len(), WORD_MAX);
        for word in ["", "_a", "1a", "a b", "A", "é"] {
            assert_eq!(Word::read(word), Err(TextError::NoWord), "{word}");
        }
    }
}
