//! Typed ids: a prefix that says of what, and the rest that whoever made it chose (a UUIDv7 as a rule).

use std::fmt;

/// A text that is no id of its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdError {
    prefix: &'static str,
    text: String,
}

/// Characters after the prefix: a UUID takes 36.
const LENGTH_MAX: usize = 60;

/// Whether `text` is `prefix` and then 1 to 60 small letters, digits and hyphens.
pub(crate) fn check(prefix: &'static str, text: &str) -> Result<(), IdError> {
    let rest = text.strip_prefix(prefix).filter(|rest| (1..=LENGTH_MAX).contains(&rest.len()));
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    match rest {
        Some(rest) if rest.bytes().all(is_plain) => Ok(()),
        Some(_) | None => Err(IdError { prefix, text: text.to_owned() }),
    }
}

/// Makes a type for ids with a prefix.
macro_rules! typed_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// What every id of this kind begins with.
            pub const PREFIX: &'static str = $prefix;

            /// An id from its text.
            ///
            /// # Errors
            /// When it is not the prefix followed by 1 to 60 small letters, digits and hyphens.
            pub fn new(text: impl Into<String>) -> Result<Self, $crate::IdError> {
                let text = text.into();
                $crate::id::check(Self::PREFIX, &text)?;
                Ok(Self(text))
            }

            /// The text with its prefix.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::IdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::new(text)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

pub(crate) use typed_id;

impl fmt::Display for IdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { prefix, text } = self;
        write!(
            f,
            "`{text}` is not an id of this kind; it begins with `{prefix}` and goes on in small letters, digits and hyphens"
        )
    }
}

impl std::error::Error for IdError {}
