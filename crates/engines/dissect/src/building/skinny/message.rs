//! Skinny messages, as far as they are read. Numbers are least significant byte first.

use wire::Reader;

/// Length, version, message id.
pub(super) const HEADER: usize = 12;
const LONGEST: u32 = 4_096;
const LAST_VERSION: u32 = 22;

/// Message id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct MessageId(pub(super) u32);

impl MessageId {
    pub(super) const REGISTER: Self = Self(0x01);

    /// Whether it is one that a client or call control sends.
    const fn is_known(self) -> bool {
        matches!(self.0, 0x00..=0x4a | 0x81..=0x9f | 0x0100..=0x0163 | 0x8000)
    }

    /// Whether call control sends it.
    pub(super) const fn is_from_call_control(self) -> bool {
        matches!(self.0, 0x81..=0x9f | 0x0101 | 0x0103..=0x0106 | 0x0110..=0x0123 | 0x0130 | 0x0131)
    }
}

/// Registration of a client.
pub(super) struct Register<'a> {
    pub(super) name: &'a [u8],
    pub(super) device_type: u32,
    /// Firmware load of newer clients.
    pub(super) firmware: Option<&'a [u8]>,
}

/// Whether less than a header can begin a message.
pub(super) fn may_begin(bytes: &[u8]) -> bool {
    bytes.iter().skip(1).take(3).enumerate().all(|(place, byte)| *byte == 0 || place == 0 && *byte <= 16)
        && bytes.get(4).is_none_or(|version| u32::from(*version) <= LAST_VERSION)
        && bytes.iter().skip(5).take(3).all(|byte| *byte == 0)
}

/// Length of the frame that these bytes begin.
pub(super) fn length(header: &[u8]) -> Option<usize> {
    let mut reader = Reader::closed(header);
    let (length, version) = (reader.u32_le().ok()?, reader.u32_le().ok()?);
    let id = MessageId(reader.u32_le().ok()?);
    let fits = (4..=LONGEST).contains(&length) && version <= LAST_VERSION && version != 1 && id.is_known();
    usize::try_from(length).ok().filter(|_| fits)?.checked_add(8)
}

/// Message id and body of a frame.
pub(super) fn read(frame: &[u8]) -> wire::Result<(MessageId, Reader<'_>)> {
    let mut reader = Reader::closed(frame);
    reader.skip(8)?;
    Ok((MessageId(reader.u32_le()?), reader))
}

pub(super) fn register<'a>(body: &mut Reader<'a>) -> wire::Result<Register<'a>> {
    let name = text(body.take(16)?);
    body.skip(12)?;
    let device_type = body.u32_le()?;
    Ok(Register { name, device_type, firmware: firmware(body).ok().filter(|load| !load.is_empty()) })
}

/// Streams, protocol features, conferences, MAC address, scopes, lines and IPv6 address come before it.
fn firmware<'a>(body: &mut Reader<'a>) -> wire::Result<&'a [u8]> {
    body.skip(60)?;
    body.take(32).map(text)
}

fn text(field: &[u8]) -> &[u8] {
    let end = field.iter().position(|byte| *byte == 0).unwrap_or(field.len());
    field.get(..end).unwrap_or_default()
}
