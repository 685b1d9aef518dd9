//! What people state about a device, beside what is observed.

use std::fmt;
use std::str::FromStr;

use crate::UnknownWord;

/// Where a statement comes from. Statements of different sources stand side by side.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StatementSource {
    /// A person said it.
    Person,
    /// It came with an import of this name.
    Import(String),
}

const IMPORT: &str = "import ";
/// Bytes of the name of an import.
const NAME_MAX: usize = 64;

impl StatementSource {
    /// An import of this name: 1 to 64 letters, digits, `.`, `-` and `_`.
    ///
    /// # Errors
    /// When the name is none.
    pub fn import(name: &str) -> Result<Self, UnknownWord> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
        let is_name = (1..=NAME_MAX).contains(&name.len()) && name.bytes().all(is_plain);
        is_name
            .then(|| Self::Import(name.to_owned()))
            .ok_or_else(|| UnknownWord::new("name of an import", name))
    }
}

impl fmt::Display for StatementSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person => f.write_str("person"),
            Self::Import(name) => write!(f, "{IMPORT}{name}"),
        }
    }
}

impl FromStr for StatementSource {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match (text, text.strip_prefix(IMPORT)) {
            ("person", _) => Ok(Self::Person),
            (_, Some(name)) => Self::import(name),
            (_, None) => Err(UnknownWord::new("source of a statement", text)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_read_back() {
        for source in [StatementSource::Person, StatementSource::Import("cmms-2026".to_owned())] {
            assert_eq!(source.to_string().parse(), Ok(source));
        }
        for text in ["", "import ", "import a b", "rule x"] {
            assert!(text.parse::<StatementSource>().is_err(), "{text}");
        }
    }
}
