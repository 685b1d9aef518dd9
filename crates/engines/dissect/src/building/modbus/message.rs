//! Modbus messages, as far as they are read.

use std::fmt;

use wire::Reader;

use crate::Match;
use crate::building::frames::in_step;

/// Transaction, protocol, length, unit, function.
pub(super) const HEADER: usize = 8;
/// The standard allows 254 bytes after the length; function 90 fills some more.
const LONGEST: u16 = 260;

/// Function code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Function(pub(super) u8);

impl Function {
    pub(super) const REPORT_SERVER_ID: Self = Self(17);
    pub(super) const ENCAPSULATED: Self = Self(43);
    pub(super) const UMAS: Self = Self(90);

    /// Whether it changes coils, registers or files.
    pub(super) const fn is_write(self) -> bool {
        matches!(self.0, 5 | 6 | 15 | 16 | 21..=23)
    }
}

/// A message without its lengths.
pub(super) struct Message<'a> {
    pub(super) transaction: u16,
    pub(super) function: Function,
    pub(super) body: Reader<'a>,
}

/// An object of the device identification (6.21).
pub(super) struct Object<'a> {
    pub(super) id: u8,
    pub(super) value: &'a [u8],
}

/// What a Schneider Electric controller says to code 2.
pub(super) struct UmasIdentity<'a> {
    pub(super) firmware: UmasVersion,
    pub(super) name: &'a [u8],
}

/// Version in binary-coded decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct UmasVersion {
    major: u8,
    minor: u8,
}

impl fmt::Display for UmasVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}.{:02x}", self.major, self.minor)
    }
}

/// Length of the frame that these bytes begin.
pub(super) fn length(header: &[u8]) -> Option<usize> {
    let mut reader = Reader::closed(header);
    reader.skip(2).ok()?;
    let (protocol, length) = (reader.u16_be().ok()?, reader.u16_be().ok()?);
    (protocol == 0 && (2..=LONGEST).contains(&length)).then(|| usize::from(length).saturating_add(6))
}

/// Whether the first bytes can be a header: no protocol but 0, and a short length.
pub(super) fn may_begin(bytes: &[u8]) -> bool {
    bytes.iter().skip(2).take(2).all(|byte| *byte == 0) && bytes.get(4).is_none_or(|high| *high <= 1)
}

/// Whether the bytes are whole messages, the first as long as its function makes it, or may become so.
pub(super) fn is_exact(bytes: &[u8]) -> Match {
    let Some(length) = length(bytes) else { return Match::No };
    let Some(frame) = bytes.get(..length) else { return Match::NeedMore };
    if fits_function(frame) { in_step::<super::session::Modbus>(bytes) } else { Match::No }
}

fn fits_function(frame: &[u8]) -> bool {
    let Ok(message) = read(frame) else { return false };
    let body = message.body.remaining();
    match message.function.0 {
        // A request names address and count; an answer counts the bytes that follow.
        1..=4 => body == 4 || message.body.peek().is_some_and(|count| body == usize::from(count) + 1),
        5 | 6 => body == 4,
        15 | 16 => body >= 4,
        17 => body == 0 || body > 2,
        43 => message.body.peek() == Some(14),
        0x80.. => body == 1,
        _ => false,
    }
}

pub(super) fn read(frame: &[u8]) -> wire::Result<Message<'_>> {
    let mut reader = Reader::closed(frame);
    let transaction = reader.u16_be()?;
    reader.skip(2)?;
    let length = usize::from(reader.u16_be()?);
    let mut body = reader.sub(length)?;
    body.skip(1)?;
    let function = Function(body.u8()?);
    Ok(Message { transaction, function, body })
}

/// Passes over the head of a device identification; the number of objects that follow.
pub(super) fn identification(body: &mut Reader<'_>) -> wire::Result<Option<u8>> {
    if body.u8()? != 14 {
        return Ok(None);
    }
    body.skip(4)?;
    body.u8().map(Some)
}

pub(super) fn object<'a>(body: &mut Reader<'a>) -> wire::Result<Object<'a>> {
    let id = body.u8()?;
    let length = usize::from(body.u8()?);
    Ok(Object { id, value: body.take(length)? })
}

/// Server id with what follows it, without the run indicator being told apart: makers differ in the length.
pub(super) fn server_id<'a>(body: &mut Reader<'a>) -> wire::Result<&'a [u8]> {
    let length = usize::from(body.u8()?);
    body.take(length)
}

/// Session and code of a request under function 90.
pub(super) fn umas_code(body: &mut Reader<'_>) -> wire::Result<u8> {
    body.skip(1)?;
    body.u8()
}

/// The answer to code 2: numbers with the firmware version among them, then the counted name of the controller.
pub(super) fn umas_identity<'a>(body: &mut Reader<'a>) -> wire::Result<Option<UmasIdentity<'a>>> {
    body.skip(1)?;
    if body.u8()? != 0xfe {
        return Ok(None);
    }
    body.skip(8)?;
    let [minor, major] = body.array()?;
    body.skip(11)?;
    let length = usize::from(body.u8()?);
    Ok(Some(UmasIdentity { firmware: UmasVersion { major, minor }, name: body.take(length)? }))
}
