//! HiSLIP messages (IVI-6.1, 2.3) and the identification of IEEE 488.2.

use wire::Reader;

/// Magic, type, control, parameter, length.
pub(super) const HEADER: usize = 16;
const MAGIC: &[u8] = b"HS";
const LAST_TYPE: u8 = 37;
const FIRST_VENDOR_TYPE: u8 = 128;

/// Message type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Type(pub(super) u8);

impl Type {
    pub(super) const INITIALIZE_RESPONSE: Self = Self(1);
    pub(super) const FATAL_ERROR: Self = Self(2);
    pub(super) const DATA_END: Self = Self(7);
}

/// What an instrument says to `*IDN?`.
pub(super) struct Identification<'a> {
    pub(super) maker: &'a [u8],
    pub(super) model: &'a [u8],
    pub(super) serial: &'a [u8],
    pub(super) firmware: &'a [u8],
}

/// Length of the frame that these bytes begin.
pub(super) fn length(header: &[u8]) -> Option<usize> {
    let mut reader = Reader::closed(header.get(..HEADER)?);
    let magic = reader.take(2).ok()?;
    let kind = reader.u8().ok()?;
    reader.skip(5).ok()?;
    let length = usize::try_from(reader.u64_be().ok()?).ok()?;
    let fits = magic == MAGIC && (kind <= LAST_TYPE || kind >= FIRST_VENDOR_TYPE);
    length.checked_add(HEADER).filter(|_| fits)
}

/// Type and payload of a frame.
pub(super) fn read(frame: &[u8]) -> wire::Result<(Type, &[u8])> {
    let mut reader = Reader::closed(frame);
    reader.skip(2)?;
    let kind = Type(reader.u8()?);
    reader.skip(HEADER - 3)?;
    Ok((kind, reader.rest()))
}

pub(super) fn asks_identification(payload: &[u8]) -> bool {
    payload.trim_ascii().eq_ignore_ascii_case(b"*idn?")
}

/// Four fields with commas between.
pub(super) fn identification(payload: &[u8]) -> Option<Identification<'_>> {
    let mut fields = payload.trim_ascii().splitn(4, |byte| *byte == b',');
    let (maker, model) = (fields.next()?, fields.next()?);
    Some(Identification { maker, model, serial: fields.next()?, firmware: fields.next()? })
}
