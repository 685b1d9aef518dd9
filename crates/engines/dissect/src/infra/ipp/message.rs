//! The IPP message (RFC 8010, 3.1).

use wire::{Reader, Result};

/// Version, operation or status, request identifier.
#[derive(Debug, Clone, Copy)]
pub(super) struct Header {
    pub(super) major: u8,
}

impl Header {
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self> {
        let major = reader.u8()?;
        reader.skip(7)?;
        Ok(Self { major })
    }

    /// IPP/1.x and IPP/2.x.
    pub(super) const fn is_plausible(self) -> bool {
        matches!(self.major, 1 | 2)
    }
}

/// Delimiter or value tag (RFC 8010, 3.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tag(pub(super) u8);

impl Tag {
    pub(super) const END: Self = Self(0x03);
    pub(super) const PRINTER: Self = Self(0x04);
    const TEXT_WITH_LANGUAGE: Self = Self(0x35);
    const NAME_WITH_LANGUAGE: Self = Self(0x36);

    /// Whether it opens a group of attributes.
    pub(super) const fn is_delimiter(self) -> bool {
        self.0 <= 0x0f
    }
}

/// One attribute or a further value of the one before, whose name is empty then.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attribute<'a> {
    pub(super) name: &'a [u8],
    pub(super) value: &'a [u8],
}

/// What comes next.
#[derive(Debug, Clone, Copy)]
pub(super) enum Item<'a> {
    /// A group starts, or the attributes end.
    Delimiter(Tag),
    Attribute(Attribute<'a>),
}

impl<'a> Item<'a> {
    pub(super) fn read(reader: &mut Reader<'a>) -> Result<Self> {
        let mut ahead = *reader;
        let tag = Tag(ahead.u8()?);
        let item = if tag.is_delimiter() {
            Self::Delimiter(tag)
        } else {
            let name = take_u16_prefixed(&mut ahead)?;
            let value = take_u16_prefixed(&mut ahead)?;
            Self::Attribute(Attribute { name, value: without_language(tag, value) })
        };
        *reader = ahead;
        Ok(item)
    }
}

/// The text of a value that says its language first (RFC 8010, 3.9); other values as they are.
fn without_language(tag: Tag, value: &[u8]) -> &[u8] {
    if !matches!(tag, Tag::TEXT_WITH_LANGUAGE | Tag::NAME_WITH_LANGUAGE) {
        return value;
    }
    let mut reader = Reader::closed(value);
    let text = take_u16_prefixed(&mut reader).and_then(|_language| take_u16_prefixed(&mut reader));
    text.unwrap_or(value)
}

fn take_u16_prefixed<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8]> {
    let length = usize::from(reader.u16_be()?);
    reader.take(length)
}
