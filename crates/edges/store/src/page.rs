//! Long lists in pages: the next one begins where the last one ended, whatever was added meanwhile.

use std::fmt;
use std::str::FromStr;

use crate::{Error, Result};

/// A part of a long list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The entries.
    pub items: Vec<T>,
    /// Where the next page begins; `None` is the end.
    pub next: Option<Cursor>,
}

/// Where a page begins: the keys of the last entry before it. Only the list that gave it understands it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor(String);

/// Entries that a page has at most.
const PAGE_MAX: u32 = 1000;
/// Between the parts of a cursor.
const BETWEEN: char = '\u{1f}';

/// The limit of a page: 0 is as many as it holds.
pub(crate) fn limit(asked: u32) -> u32 {
    if asked == 0 { PAGE_MAX } else { asked.min(PAGE_MAX) }
}

impl<T> Page<T> {
    /// Of what was found with a limit of one more than `limit`.
    pub(crate) fn of(mut found: Vec<T>, limit: u32, cursor: impl Fn(&T) -> Cursor) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = found.len() > limit;
        found.truncate(limit);
        let next = found.last().filter(|_| more).map(cursor);
        Self { items: found, next }
    }

    pub(crate) fn map<U>(self, map: impl Fn(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(map).collect(), next: self.next }
    }
}

impl Cursor {
    /// Of the list `list`, after the entry with these keys.
    pub(crate) fn new(list: &str, keys: &[&str]) -> Self {
        let between = BETWEEN.to_string();
        Self(std::iter::once(list).chain(keys.iter().copied()).collect::<Vec<_>>().join(&between))
    }

    /// The keys, if it is of this list.
    pub(crate) fn parts<const N: usize>(&self, list: &str) -> Result<[String; N]> {
        let mut parts = self.0.split(BETWEEN);
        if parts.next() != Some(list) {
            return Err(Error::BadCursor);
        }
        parts.map(str::to_owned).collect::<Vec<_>>().try_into().map_err(|_| Error::BadCursor)
    }
}

impl fmt::Display for Cursor {
    /// Hexadecimal: it goes into addresses of pages, and nobody should read it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(self.0.as_bytes()))
    }
}

impl FromStr for Cursor {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let parts = unhex(text).and_then(|bytes| String::from_utf8(bytes).ok());
        parts.filter(|parts| !parts.is_empty()).map(Self).ok_or(Error::BadCursor)
    }
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Bytes from hexadecimal.
pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |digit: char| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let digits: Vec<u8> = text.chars().map(digit).collect::<Option<_>>()?;
    let (pairs, odd) = digits.as_chunks::<2>();
    odd.is_empty().then(|| pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_and_is_of_one_list() {
        let cursor = Cursor::new("device", &["Émile", "dev_1"]);
        let read: Cursor = cursor.to_string().parse().expect("a cursor");
        assert_eq!(read.parts::<2>("device").expect("its list"), ["Émile", "dev_1"]);
        assert!(read.parts::<2>("change").is_err());
        assert!(read.parts::<1>("device").is_err());
        for text in ["", "zz", "1", "ff"] {
            assert!(text.parse::<Cursor>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_last_page_has_no_next() {
        let cursor = |number: &u32| Cursor::new("n", &[&number.to_string()]);
        assert_eq!(Page::of(vec![1, 2, 3], 3, cursor).next, None);
        let page = Page::of(vec![1, 2, 3], 2, cursor);
        assert_eq!((page.items, page.next), (vec![1, 2], Some(Cursor::new("n", &["2"]))));
    }
}
