//! Announcements: version, command, length, then fields of type, length, value.

use wire::Reader;

/// Type of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kind(pub(super) u8);

impl Kind {
    pub(super) const FIRMWARE_FULL: Self = Self(0x03);
    pub(super) const HOST_NAME: Self = Self(0x0b);
    pub(super) const PRODUCT: Self = Self(0x0c);
    pub(super) const MODEL: Self = Self(0x14);
    pub(super) const MODEL_SHORT: Self = Self(0x15);
    pub(super) const FIRMWARE: Self = Self(0x16);
}

/// The fields of a message; an error when it is none. A question has no fields.
pub(super) fn read(payload: &[u8], truncated: bool) -> wire::Result<Reader<'_>> {
    let foreign = wire::Error::Trailing { left: payload.len() };
    let mut reader = Reader::closed(payload);
    let [version, command] = reader.array()?;
    let length = usize::from(reader.u16_be()?);
    let is_whole = length == reader.remaining() || truncated && length > reader.remaining();
    if !(1..=2).contains(&version) || command > 32 || !is_whole {
        return Err(foreign);
    }
    Ok(reader)
}

pub(super) fn field<'a>(reader: &mut Reader<'a>) -> wire::Result<(Kind, &'a [u8])> {
    let kind = Kind(reader.u8()?);
    let length = usize::from(reader.u16_be()?);
    Ok((kind, reader.take(length)?))
}
