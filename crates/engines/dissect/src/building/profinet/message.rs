//! PROFINET real-time frames and DCP blocks (IEC 61158-6-10, 4.3.1), as far as they are read.

use wire::Reader;

/// What a real-time frame is, by its identifier.
pub(super) enum Frame<'a> {
    /// Cyclic data.
    Cyclic,
    /// A station identifies itself.
    Identification(Reader<'a>),
    Other,
}

/// Service and its direction.
const GET: u8 = 3;
const IDENTIFY: u8 = 5;
const HELLO: u8 = 6;
const SUCCESS: u8 = 1;

/// A block: option, suboption, value.
pub(super) struct Block<'a> {
    pub(super) option: [u8; 2],
    pub(super) value: Reader<'a>,
}

/// Reads a frame; an error when it is of no known kind.
pub(super) fn read(payload: &[u8]) -> wire::Result<Frame<'_>> {
    let mut reader = Reader::closed(payload);
    match reader.u16_be()? {
        0x8000..=0xbfff => Ok(Frame::Cyclic),
        0xfefc..=0xfeff => dcp(reader),
        0xfc01 | 0xfe01 | 0xfe02 | 0x0020 | 0x0080 | 0xff00..=0xff43 => Ok(Frame::Other),
        _ => Err(wire::Error::Trailing { left: payload.len() }),
    }
}

fn dcp(mut reader: Reader<'_>) -> wire::Result<Frame<'_>> {
    let (service, kind) = (reader.u8()?, reader.u8()?);
    reader.skip(6)?;
    let length = usize::from(reader.u16_be()?);
    let blocks = reader.sub(length)?;
    let answers = kind & 0x05 == SUCCESS && matches!(service, GET | IDENTIFY);
    let is_hello = kind == 0 && service == HELLO;
    Ok(if answers || is_hello { Frame::Identification(blocks) } else { Frame::Other })
}

/// The next block. Every answer has two bytes of information before its value; blocks are padded to even length.
pub(super) fn block<'a>(reader: &mut Reader<'a>) -> wire::Result<Block<'a>> {
    let option = reader.array()?;
    let length = usize::from(reader.u16_be()?);
    let mut value = reader.sub(length)?;
    if length % 2 == 1 && !reader.is_empty() {
        reader.skip(1)?;
    }
    value.skip(2.min(length))?;
    Ok(Block { option, value })
}
