//! FINS messages, as far as they are read: header (W227, 3-2), CONTROLLER DATA READ (5-3-17), FINS over TCP (W421).

use wire::Reader;

/// Header of FINS over TCP up to its length.
pub(super) const TCP_HEADER: usize = 8;
/// Head of FINS over TCP: magic, length, command, error.
const TCP_MAGIC: &[u8] = b"FINS";
/// Command and error, then a FINS message.
const TCP_SHORTEST: u32 = 8;
const TCP_LONGEST: u32 = 8_192;
const TCP_FRAME: u32 = 2;

/// Bit of the information control field that marks an answer.
const ANSWER: u8 = 0x40;

/// Command as its two codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Command(pub(super) u16);

impl Command {
    pub(super) const CONTROLLER_DATA_READ: Self = Self(0x0501);

    /// Whether it is one of the manual's.
    const fn is_known(self) -> bool {
        matches!(
            self.0,
            0x0101..=0x0105
                | 0x0201..=0x0203
                | 0x0220..=0x0221
                | 0x0304..=0x0307
                | 0x0401..=0x0403
                | 0x0501..=0x0502
                | 0x0601
                | 0x0620
                | 0x0701..=0x0702
                | 0x0801
                | 0x0920
                | 0x0c01..=0x0c03
                | 0x2101..=0x2103
                | 0x2140..=0x2141
                | 0x2201..=0x2215
                | 0x2220
                | 0x2301..=0x2302
                | 0x230a
        )
    }

    /// Whether it changes memory, program, mode or outputs.
    pub(super) const fn is_control(self) -> bool {
        matches!(
            self.0,
            0x0102 | 0x0103 | 0x0202 | 0x0203 | 0x0306 | 0x0307 | 0x0401 | 0x0402 | 0x0702 | 0x2301 | 0x2302
        )
    }
}

/// A message.
pub(super) struct Message<'a> {
    pub(super) command: Command,
    /// End code of an answer; `None` in a request.
    pub(super) end_code: Option<u16>,
    pub(super) body: Reader<'a>,
}

/// What a controller says of itself.
pub(super) struct Controller<'a> {
    pub(super) model: &'a [u8],
    pub(super) version: &'a [u8],
}

/// Reads a message; an error when it is none.
pub(super) fn read(payload: &[u8]) -> wire::Result<Message<'_>> {
    let foreign = wire::Error::Trailing { left: payload.len() };
    let mut reader = Reader::closed(payload);
    let [control, reserved, gateways] = reader.array()?;
    // Gateways that may be crossed: at most seven, two by default.
    if control & 0x3e != 0 || control & 0x80 == 0 || reserved != 0 || gateways == 0 || gateways > 7 {
        return Err(foreign);
    }
    reader.skip(7)?;
    let command = Command(reader.u16_be()?);
    if !command.is_known() {
        return Err(foreign);
    }
    let end_code = if control & ANSWER == 0 { None } else { Some(reader.u16_be()?) };
    Ok(Message { command, end_code, body: reader })
}

pub(super) fn controller<'a>(body: &mut Reader<'a>) -> wire::Result<Controller<'a>> {
    Ok(Controller { model: body.take(20)?, version: body.take(20)? })
}

/// Length of the frame over TCP that these bytes begin.
pub(super) fn tcp_length(header: &[u8]) -> Option<usize> {
    let mut reader = Reader::closed(header);
    let magic = reader.take(4).ok()?;
    let length = reader.u32_be().ok()?;
    let fits = magic == TCP_MAGIC && (TCP_SHORTEST..=TCP_LONGEST).contains(&length);
    usize::try_from(length).ok().filter(|_| fits)?.checked_add(TCP_HEADER)
}

/// The message in a frame over TCP; `None` when it is one of the connection's own.
pub(super) fn tcp_message(frame: &[u8]) -> wire::Result<Option<&[u8]>> {
    let mut reader = Reader::closed(frame);
    reader.skip(TCP_HEADER)?;
    let command = reader.u32_be()?;
    reader.skip(4)?;
    Ok((command == TCP_FRAME).then(|| reader.rest()))
}
