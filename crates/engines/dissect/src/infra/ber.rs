//! Values in BER and DER (ITU-T X.690): tag, definite length, contents. Shared by what is written in ASN.1.

use wire::{Error, Reader, Result};

/// Tag octet of a value. Tags of more than one octet are not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tag(pub(super) u8);

impl Tag {
    pub(super) const BOOLEAN: Self = Self(0x01);
    pub(super) const INTEGER: Self = Self(0x02);
    pub(super) const OCTETS: Self = Self(0x04);
    pub(super) const OID: Self = Self(0x06);
    pub(super) const ENUMERATED: Self = Self(0x0a);
    pub(super) const GENERAL_STRING: Self = Self(0x1b);
    pub(super) const SEQUENCE: Self = Self(0x30);
    pub(super) const SET: Self = Self(0x31);

    /// Bits of the number in a tag.
    pub(super) const NUMBER_MASK: u8 = 0x1f;

    /// `[APPLICATION number]` around a value or a structure.
    pub(super) const fn application(number: u8) -> Self {
        Self(0x60 | number)
    }

    /// `[number]` around a value or a structure.
    pub(super) const fn context(number: u8) -> Self {
        Self(0xa0 | number)
    }

    /// The number of a `[number]` around a value or a structure.
    pub(super) const fn context_number(self) -> Option<u8> {
        if self.0 & !Self::NUMBER_MASK == 0xa0 { Some(self.0 & Self::NUMBER_MASK) } else { None }
    }
}

/// Tag and length.
pub(super) fn header(reader: &mut Reader<'_>) -> Result<(Tag, usize)> {
    let mut inner = *reader;
    let tag = Tag(inner.u8()?);
    let length = length(&mut inner)?;
    *reader = inner;
    Ok((tag, length))
}

/// The length after a tag; what is indefinite or wider than four octets reaches past any end.
pub(super) fn length(reader: &mut Reader<'_>) -> Result<usize> {
    let mut inner = *reader;
    let length = match inner.u8()? {
        short @ 0..=0x7f => u32::from(short),
        0x81 => u32::from(inner.u8()?),
        0x82 => u32::from(inner.u16_be()?),
        0x83 => inner.u24_be()?,
        0x84 => inner.u32_be()?,
        _ => u32::MAX,
    };
    *reader = inner;
    Ok(usize::try_from(length).unwrap_or(usize::MAX))
}

/// The next value.
pub(super) fn value<'a>(reader: &mut Reader<'a>) -> Result<(Tag, Reader<'a>)> {
    let mut inner = *reader;
    let (tag, length) = header(&mut inner)?;
    let content = inner.sub(length)?;
    *reader = inner;
    Ok((tag, content))
}

/// The next value, which has to be a `tag`.
pub(super) fn expect<'a>(reader: &mut Reader<'a>, tag: Tag) -> Result<Reader<'a>> {
    optional(reader, tag)?.ok_or(Error::Trailing { left: reader.remaining() })
}

/// The next value if it is a `tag`; else nothing is read.
pub(super) fn optional<'a>(reader: &mut Reader<'a>, tag: Tag) -> Result<Option<Reader<'a>>> {
    if reader.peek() == Some(tag.0) { value(reader).map(|(_, content)| Some(content)) } else { Ok(None) }
}

/// The next value, which has to be an INTEGER of at most four octets.
pub(super) fn integer(reader: &mut Reader<'_>) -> Result<i32> {
    let content = expect(reader, Tag::INTEGER)?;
    match *content.as_slice() {
        [a] => Ok(i32::from(i8::from_be_bytes([a]))),
        [a, b] => Ok(i32::from(i16::from_be_bytes([a, b]))),
        [a, b, c] => Ok(i32::from_be_bytes([a, b, c, 0]) >> 8),
        [a, b, c, d] => Ok(i32::from_be_bytes([a, b, c, d])),
        _ => Err(Error::Trailing { left: content.remaining() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_short_and_long_lengths() {
        for bytes in [&b"\x04\x02ab"[..], b"\x04\x81\x02ab", b"\x04\x84\0\0\0\x02ab"] {
            let (tag, content) = value(&mut Reader::closed(bytes)).unwrap();
            assert_eq!((tag, content.as_slice()), (Tag::OCTETS, &b"ab"[..]));
        }
    }

    #[test]
    fn reads_integers_with_their_sign() {
        for (bytes, expected) in [
            (&b"\x02\x01\x17"[..], 23),
            (b"\x02\x01\x80", -128),
            (b"\x02\x02\xff\x79", -135),
            (b"\x02\x03\xff\xff\x79", -135),
            (b"\x02\x04\x7f\xff\xff\xff", i32::MAX),
        ] {
            assert_eq!(integer(&mut Reader::closed(bytes)), Ok(expected));
        }
        for wrong in [&b"\x02\x00"[..], b"\x02\x05\0\0\0\0\0", b"\x04\x01\0", b"\x02\x02\0"] {
            assert!(integer(&mut Reader::closed(wrong)).is_err());
        }
    }

    #[test]
    fn value_that_reaches_too_far_is_not_read() {
        let mut reader = Reader::closed(b"\x30\x05abc");
        assert!(value(&mut reader).is_err());
        assert!(value(&mut Reader::closed(b"\x30\x80abc")).is_err());
        assert_eq!(reader.remaining(), 5);
    }
}
