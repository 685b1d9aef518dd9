//! Encapsulation (Volume 2, 2-3), common packet format (2-6), the identity (2-4.3 and Volume 1, 5-2) and CIP messages.

use std::fmt;

use wire::Reader;

/// Bytes of the encapsulation header.
pub(super) const HEADER: usize = 24;
/// Longest data after the header (2-3.2).
const LONGEST: u16 = 65_511;

/// Encapsulation command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Command(pub(super) u16);

impl Command {
    pub(super) const LIST_IDENTITY: Self = Self(0x63);
    pub(super) const REGISTER_SESSION: Self = Self(0x65);
    pub(super) const SEND_RR_DATA: Self = Self(0x6f);
    pub(super) const SEND_UNIT_DATA: Self = Self(0x70);

    /// Whether the command is one of the standard's and can have so much data.
    const fn allows(self, length: u16) -> bool {
        match self.0 {
            0x04 | 0x63 | 0x64 => length == 0 || length >= 2,
            0x65 => length == 4,
            0x66 => length == 0 || length == 4,
            0x6f | 0x70 => length >= 8,
            _ => false,
        }
    }
}

/// A message after its header.
pub(super) struct Message<'a> {
    pub(super) command: Command,
    pub(super) status: u32,
    pub(super) context: [u8; 8],
    pub(super) body: Reader<'a>,
}

/// What a station says it is.
pub(super) struct Identity<'a> {
    pub(super) vendor: u16,
    pub(super) device_type: u16,
    pub(super) product_code: u16,
    pub(super) revision: Revision,
    pub(super) serial: u32,
    pub(super) name: &'a [u8],
}

/// Revision as `major.minor`, the minor part with three digits as ODVA prints it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Revision {
    major: u8,
    minor: u8,
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03}", self.major, self.minor)
    }
}

/// CIP message: service, and what follows its path (request) or its status (answer).
pub(super) struct Cip<'a> {
    pub(super) service: Service,
    pub(super) is_error: bool,
    pub(super) rest: Reader<'a>,
}

/// CIP service code (Volume 1, appendix A).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Service(pub(super) u8);

impl Service {
    pub(super) const GET_ATTRIBUTES_ALL: Self = Self(0x01);
    pub(super) const ANSWER: u8 = 0x80;

    /// Whether it changes what the station does: set attributes, reset, start, stop, write tag.
    pub(super) const fn is_control(self) -> bool {
        matches!(self.0, 0x02 | 0x04..=0x07 | 0x10 | 0x4d | 0x53)
    }
}

/// Items of the common packet format.
const IDENTITY: u16 = 0x0c;
const CONNECTED_DATA: u16 = 0xb1;
const UNCONNECTED_DATA: u16 = 0xb2;

/// Path of the identity object: class 1, instance 1.
const IDENTITY_PATH: &[u8] = &[0x20, 1, 0x24, 1];

/// Length of the frame that these bytes begin.
pub(super) fn length(header: &[u8]) -> Option<usize> {
    let mut reader = Reader::closed(header.get(..HEADER)?);
    let (command, length) = (Command(reader.u16_le().ok()?), reader.u16_le().ok()?);
    reader.skip(4).ok()?;
    let status = reader.u32_le().ok()?;
    reader.skip(8).ok()?;
    let options = reader.u32_le().ok()?;
    let is_header = options == 0 && status <= 0x69 && command.allows(length) && length <= LONGEST;
    is_header.then(|| usize::from(length).saturating_add(HEADER))
}

/// Whether a whole frame is hardly something else: it registers a session, lists identities or carries CIP packets.
pub(super) fn is_telling(frame: &[u8]) -> bool {
    let Ok(mut message) = read(frame) else { return false };
    match message.command {
        Command::REGISTER_SESSION => message.body.as_slice() == [1, 0, 0, 0],
        // A request is all zeros but for its command, which says too little.
        Command::LIST_IDENTITY => message.body.as_slice().get(1..4) == Some(&[0, 0x0c, 0]),
        // Interface 0 is CIP; then a time and a count of items.
        Command::SEND_RR_DATA | Command::SEND_UNIT_DATA => {
            message.body.u32_le() == Ok(0)
                && message.body.skip(2).is_ok()
                && matches!(message.body.u16_le(), Ok(1..=4))
        }
        _ => false,
    }
}

pub(super) fn read(frame: &[u8]) -> wire::Result<Message<'_>> {
    let mut reader = Reader::closed(frame);
    let (command, length) = (Command(reader.u16_le()?), usize::from(reader.u16_le()?));
    reader.skip(4)?;
    let status = reader.u32_le()?;
    let context = reader.array()?;
    reader.skip(4)?;
    Ok(Message { command, status, context, body: reader.sub(length)? })
}

/// The identities in a ListIdentity answer.
pub(super) fn list_identity<'a>(body: &mut Reader<'a>) -> wire::Result<Option<Identity<'a>>> {
    for _ in 0..body.u16_le()? {
        let (kind, length) = (body.u16_le()?, usize::from(body.u16_le()?));
        let mut item = body.sub(length)?;
        if kind == IDENTITY {
            item.skip(2 + 16)?;
            return identity(&mut item).map(Some);
        }
    }
    Ok(None)
}

/// The attributes of the identity object, in order.
pub(super) fn identity<'a>(reader: &mut Reader<'a>) -> wire::Result<Identity<'a>> {
    let (vendor, device_type, product_code) = (reader.u16_le()?, reader.u16_le()?, reader.u16_le()?);
    let [major, minor] = reader.array()?;
    reader.skip(2)?;
    let serial = reader.u32_le()?;
    let length = usize::from(reader.u8()?);
    let revision = Revision { major, minor };
    Ok(Identity { vendor, device_type, product_code, revision, serial, name: reader.take(length)? })
}

/// The CIP message that an encapsulated packet carries.
pub(super) fn cip<'a>(body: &mut Reader<'a>) -> wire::Result<Option<Cip<'a>>> {
    body.skip(6)?;
    for _ in 0..body.u16_le()? {
        let (kind, length) = (body.u16_le()?, usize::from(body.u16_le()?));
        let mut item = body.sub(length)?;
        match kind {
            CONNECTED_DATA => item.skip(2)?,
            UNCONNECTED_DATA => {}
            _ => continue,
        }
        let service = Service(item.u8()?);
        let is_answer = service.0 & Service::ANSWER != 0;
        let is_error = if is_answer {
            item.skip(1)?;
            let status = item.u8()?;
            let words = usize::from(item.u8()?);
            item.skip(words.saturating_mul(2))?;
            status != 0
        } else {
            false
        };
        return Ok(Some(Cip { service, is_error, rest: item }));
    }
    Ok(None)
}

/// Whether a request's path is that of the station's own identity.
pub(super) fn is_for_identity(rest: &mut Reader<'_>) -> bool {
    rest.u8() == Ok(2) && rest.as_slice() == IDENTITY_PATH
}
