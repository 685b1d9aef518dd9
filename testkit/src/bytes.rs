//! Bytes put together in wire order, with lengths and checksums worked out.

/// Bytes under construction; every method appends and gives the rest back for the next.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Bytes(Vec<u8>);

impl Bytes {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    pub(crate) fn u8(mut self, number: u8) -> Self {
        self.0.push(number);
        self
    }

    pub(crate) fn u16(self, number: u16) -> Self {
        self.put(number.to_be_bytes())
    }

    pub(crate) fn u24(self, number: usize) -> Self {
        let [_, a, b, c] = u32::try_from(number).unwrap_or(u32::MAX).to_be_bytes();
        self.put([a, b, c])
    }

    pub(crate) fn u32(self, number: u32) -> Self {
        self.put(number.to_be_bytes())
    }

    pub(crate) fn u16_le(self, number: u16) -> Self {
        self.put(number.to_le_bytes())
    }

    pub(crate) fn u32_le(self, number: u32) -> Self {
        self.put(number.to_le_bytes())
    }

    pub(crate) fn u64_le(self, number: u64) -> Self {
        self.put(number.to_le_bytes())
    }

    pub(crate) fn put(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.0.extend_from_slice(bytes.as_ref());
        self
    }

    /// `count` zeros.
    pub(crate) fn zeros(mut self, count: usize) -> Self {
        self.0.resize(self.0.len().saturating_add(count), 0);
        self
    }

    /// Text in UTF-16, little endian.
    pub(crate) fn utf16(self, text: &str) -> Self {
        text.encode_utf16().fold(self, Self::u16_le)
    }

    /// `bytes` behind their length in one byte.
    pub(crate) fn len8(self, bytes: impl AsRef<[u8]>) -> Self {
        self.u8(u8::try_from(bytes.as_ref().len()).unwrap_or(u8::MAX)).put(bytes)
    }

    /// `bytes` behind their length in two bytes.
    pub(crate) fn len16(self, bytes: impl AsRef<[u8]>) -> Self {
        self.u16(short(bytes.as_ref().len())).put(bytes)
    }

    /// `bytes` behind their length in three bytes.
    pub(crate) fn len24(self, bytes: impl AsRef<[u8]>) -> Self {
        self.u24(bytes.as_ref().len()).put(bytes)
    }

    /// `bytes` behind their length in four bytes.
    pub(crate) fn len32(self, bytes: impl AsRef<[u8]>) -> Self {
        self.u32(long(bytes.as_ref().len())).put(bytes)
    }

    /// Zeros up to a length of at least `length`.
    pub(crate) fn pad_to(mut self, length: usize) -> Self {
        self.0.resize(self.0.len().max(length), 0);
        self
    }

    /// Zeros up to a multiple of `step`.
    pub(crate) fn align(self, step: usize) -> Self {
        let length = self.0.len().next_multiple_of(step);
        self.pad_to(length)
    }

    pub(crate) const fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn done(self) -> Vec<u8> {
        self.0
    }
}

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// A length in two bytes; nothing here is longer.
pub(crate) fn short(length: usize) -> u16 {
    u16::try_from(length).unwrap_or(u16::MAX)
}

/// A length in four bytes.
pub(crate) fn long(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// The Internet checksum (RFC 1071) over several parts, each of even length but the last.
pub(crate) fn checksum(parts: &[&[u8]]) -> u16 {
    let mut sum = 0_u32;
    for part in parts {
        for pair in part.chunks(2) {
            let (high, low) = (pair.first().copied().unwrap_or(0), pair.get(1).copied().unwrap_or(0));
            sum = sum.wrapping_add(u32::from(u16::from_be_bytes([high, low])));
        }
    }
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !u16::try_from(sum).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksum_of_the_example_in_rfc_1071() {
        assert_eq!(checksum(&[&[0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]]), !0xddf2);
    }

    #[test]
    fn lengths_stand_before_what_they_count() {
        let bytes = Bytes::new().len8(b"ab").len16(b"c").len24(b"").len32(b"d").done();
        assert_eq!(bytes, [2, b'a', b'b', 0, 1, b'c', 0, 0, 0, 0, 0, 0, 1, b'd']);
    }
}
