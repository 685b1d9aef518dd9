//! The bounds-checked reader.

use std::fmt;

/// A cursor over bytes. Cheap to copy; a failed read leaves it where it was.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    consumed: usize,
    closed: bool,
}

/// What a read gives.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a read failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error {
    /// The stream ends here for now; `missing` more bytes are needed to go on.
    Incomplete {
        /// How many bytes are missing at least.
        missing: usize,
    },
    /// A field reaches past the end of the message or of the length prefix that holds it.
    Overrun {
        /// Offset of the field in its reader.
        at: usize,
        /// How many bytes are missing.
        missing: usize,
    },
    /// Bytes were left where none should be.
    Trailing {
        /// How many were left.
        left: usize,
    },
}

impl<'a> Reader<'a> {
    /// Reads a stream that may go on: running out is [`Error::Incomplete`].
    #[must_use]
    pub const fn open(bytes: &'a [u8]) -> Self {
        Self { bytes, consumed: 0, closed: false }
    }

    /// Reads a message that ends where `bytes` end: running out is [`Error::Overrun`].
    #[must_use]
    pub const fn closed(bytes: &'a [u8]) -> Self {
        Self { bytes, consumed: 0, closed: true }
    }

    /// Bytes read so far.
    #[must_use]
    pub const fn consumed(&self) -> usize {
        self.consumed
    }

    /// Bytes left.
    #[must_use]
    pub const fn remaining(&self) -> usize {
        self.bytes.len()
    }

    /// Whether nothing is left.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The bytes left, without consuming them.
    #[must_use]
    pub const fn as_slice(&self) -> &'a [u8] {
        self.bytes
    }

    /// The next `count` bytes.
    ///
    /// # Errors
    /// When fewer are left.
    #[inline]
    pub fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        match self.bytes.split_at_checked(count) {
            Some((head, tail)) => {
                self.bytes = tail;
                self.consumed = self.consumed.saturating_add(count);
                Ok(head)
            }
            None => Err(self.short(count)),
        }
    }

    /// The next `N` bytes as an array.
    ///
    /// # Errors
    /// When fewer are left.
    #[inline]
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        match self.bytes.split_first_chunk::<N>() {
            Some((head, tail)) => {
                self.bytes = tail;
                self.consumed = self.consumed.saturating_add(N);
                Ok(*head)
            }
            None => Err(self.short(N)),
        }
    }

    /// A closed reader over the next `count` bytes: what a length prefix becomes.
    ///
    /// # Errors
    /// When fewer are left.
    #[inline]
    pub fn sub(&mut self, count: usize) -> Result<Reader<'a>> {
        self.take(count).map(Reader::closed)
    }

    /// This reader, ending after the next `count` bytes; unchanged when fewer are left.
    #[must_use]
    pub fn cut(mut self, count: usize) -> Self {
        if let Some(head) = self.bytes.get(..count) {
            self.bytes = head;
        }
        self
    }

    /// Passes over `count` bytes.
    ///
    /// # Errors
    /// When fewer are left.
    #[inline]
    pub fn skip(&mut self, count: usize) -> Result<()> {
        self.take(count).map(drop)
    }

    /// All that is left.
    #[inline]
    pub fn rest(&mut self) -> &'a [u8] {
        let all = self.bytes;
        self.consumed = self.consumed.saturating_add(all.len());
        self.bytes = &[];
        all
    }

    /// Checks that nothing is left.
    ///
    /// # Errors
    /// [`Error::Trailing`] with the number of bytes left.
    pub const fn expect_end(&self) -> Result<()> {
        if self.bytes.is_empty() { Ok(()) } else { Err(Error::Trailing { left: self.bytes.len() }) }
    }

    /// The bytes up to `delimiter`, which is consumed and not returned. When it is absent nothing is consumed.
    ///
    /// # Errors
    /// When `delimiter` is not in what is left.
    pub fn take_until(&mut self, delimiter: u8) -> Result<&'a [u8]> {
        let Some(length) = self.bytes.iter().position(|&byte| byte == delimiter) else {
            return Err(self.short(self.bytes.len().saturating_add(1)));
        };
        let found = self.take(length)?;
        self.skip(1)?;
        Ok(found)
    }

    /// A text line without its LF or CR LF, both of which end it.
    ///
    /// # Errors
    /// When no LF is in what is left.
    pub fn line(&mut self) -> Result<&'a [u8]> {
        let line = self.take_until(b'\n')?;
        Ok(line.strip_suffix(b"\r").unwrap_or(line))
    }

    /// The next byte, without consuming it.
    #[must_use]
    pub fn peek(&self) -> Option<u8> {
        self.bytes.first().copied()
    }

    /// One byte.
    ///
    /// # Errors
    /// When nothing is left.
    #[inline]
    pub fn u8(&mut self) -> Result<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    /// Two bytes, most significant first.
    ///
    /// # Errors
    /// When fewer are left.
    #[inline]
    pub fn u16_be(&mut self) -> Result<u16> {
        self.array().map(u16::from_be_bytes)
    }

    /// Two bytes, least significant first.
    ///
    /// # Errors
    /// When fewer are left.
    #[inline]
    pub fn u16_le(&mut self) -> Result<u16> {
        self.array().map(u16::from_le_bytes)
    }

    /// Three bytes, most significant first.
    ///
    /// # Errors
    /// When fewer are left.
    #[inline]
    pub fn u24_be(&mut self) -> Result<u32> {
        self.array::<3>().map(|[high, middle, low]| u32::from_be_bytes([0, high, middle, low]))
    }

    /// Four bytes, most significant first.
    ///
    /// # Errors
    /// When fewer are left.
    #[inline]
    pub fn u32_be(&mut self) -> Result<u32> {
        self.array().map(u32::from_be_bytes)
    }

    /// Four bytes, least significant first.
    ///
    /// # Errors
    /// When fewer are left.
    #[inline]
    pub fn u32_le(&mut self) -> Result<u32> {
        self.array().map(u32::from_le_bytes)
    }

    /// Eight bytes, most significant first.
    ///
    /// # Errors
    /// When fewer are left.
    #[inline]
    pub fn u64_be(&mut self) -> Result<u64> {
        self.array().map(u64::from_be_bytes)
    }

    /// Eight bytes, least significant first.
    ///
    /// # Errors
    /// When fewer are left.
    #[inline]
    pub fn u64_le(&mut self) -> Result<u64> {
        self.array().map(u64::from_le_bytes)
    }

    const fn short(&self, wanted: usize) -> Error {
        let missing = wanted.saturating_sub(self.bytes.len());
        if self.closed {
            Error::Overrun { at: self.consumed, missing }
        } else {
            Error::Incomplete { missing }
        }
    }
}

impl fmt::Debug for Reader<'_> {
    /// Never prints the bytes: they may be a patient's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader")
            .field("consumed", &self.consumed)
            .field("remaining", &self.bytes.len())
            .finish()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Incomplete { missing } => write!(f, "{missing} more bytes needed"),
            Self::Overrun { at, missing } => {
                write!(f, "field at offset {at} reaches {missing} bytes past the end")
            }
            Self::Trailing { left } => write!(f, "{left} bytes left after the end"),
        }
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_incomplete_from_overrun() {
        assert_eq!(Reader::open(&[1]).u16_be(), Err(Error::Incomplete { missing: 1 }));
        assert_eq!(Reader::closed(&[1]).u32_be(), Err(Error::Overrun { at: 0, missing: 3 }));
    }

    #[test]
    fn sub_reader_is_closed_even_in_a_stream() {
        let mut reader = Reader::open(&[2, 0xAA, 0xBB, 7]);
        let length = usize::from(reader.u8().unwrap());
        let mut inner = reader.sub(length).unwrap();
        assert_eq!(inner.u16_be(), Ok(0xAABB));
        assert_eq!(inner.u8(), Err(Error::Overrun { at: 2, missing: 1 }));
        assert_eq!(reader.rest(), &[7]);
        assert_eq!(reader.consumed(), 4);
    }

    #[test]
    fn failed_read_consumes_nothing() {
        let mut reader = Reader::open(b"no end of line");
        assert_eq!(reader.line(), Err(Error::Incomplete { missing: 1 }));
        assert_eq!(reader.remaining(), 14);
    }

    #[test]
    fn line_ends_with_lf_or_cr_lf() {
        let mut reader = Reader::open(b"220 ready\r\nUSER x\n");
        assert_eq!(reader.line(), Ok(&b"220 ready"[..]));
        assert_eq!(reader.line(), Ok(&b"USER x"[..]));
        assert_eq!(reader.expect_end(), Ok(()));
    }

    #[test]
    fn integers_in_both_byte_orders() {
        let bytes = [1, 2, 3, 4, 5, 6, 7, 8];
        assert_eq!(Reader::closed(&bytes).u24_be(), Ok(0x0001_0203));
        assert_eq!(Reader::closed(&bytes).u32_le(), Ok(0x0403_0201));
        assert_eq!(Reader::closed(&bytes).u64_be(), Ok(0x0102_0304_0506_0708));
        assert_eq!(Reader::closed(&bytes).u64_le(), Ok(0x0807_0605_0403_0201));
        assert_eq!(Reader::closed(&bytes).u16_le(), Ok(0x0201));
    }

    #[test]
    fn debug_never_prints_bytes() {
        assert!(!format!("{:?}", Reader::open(b"DOE^JOHN")).contains("DOE"));
    }
}
