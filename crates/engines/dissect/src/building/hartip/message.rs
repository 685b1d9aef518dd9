//! HART-IP header (HCF_SPEC-085, 10.2), token-passing messages (HCF_SPEC-081) and the commands that identify a device
//! (HCF_SPEC-127).

use wire::Reader;

/// Version, type, id, status, sequence, length.
pub(super) const HEADER: usize = 8;
/// Header and the longest token-passing message.
const LONGEST: u16 = 1_024;
const SESSION_INITIATE: u8 = 0;
const TOKEN_PASSING: u8 = 3;
/// Header, type of master, timer.
const SESSION_LENGTH: u16 = 13;
/// Frame type in the low bits of the delimiter: from the device, to the master.
const ACKNOWLEDGE: u8 = 6;
/// The long address is used.
const LONG_ADDRESS: u8 = 0x80;

/// A command's answer of a device.
pub(super) struct Answer<'a> {
    pub(super) command: Command,
    pub(super) is_error: bool,
    pub(super) body: Reader<'a>,
}

/// HART command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Command(pub(super) u8);

impl Command {
    pub(super) const IDENTITY: Self = Self(0);
    pub(super) const TAG: Self = Self(13);
    pub(super) const LONG_TAG: Self = Self(20);

    /// Whether it writes: address, message, tag, ranges, trims, reset.
    pub(super) const fn is_write(self) -> bool {
        matches!(self.0, 6 | 17..=19 | 22 | 34..=37 | 40..=47)
    }
}

/// What command 0 answers.
pub(super) struct Identity {
    pub(super) device_type: u16,
    pub(super) universal_revision: u8,
    pub(super) device_revision: u8,
    pub(super) software_revision: u8,
    pub(super) device_id: u32,
    /// From revision 7: manufacturer and profile.
    pub(super) extended: Option<(u16, u8)>,
}

/// Length of the frame that these bytes begin.
pub(super) fn length(header: &[u8]) -> Option<usize> {
    let mut reader = Reader::closed(header);
    let [version, kind, id, _] = reader.array().ok()?;
    reader.skip(2).ok()?;
    let length = reader.u16_be().ok()?;
    let fits = (1..=2).contains(&version)
        && matches!(kind, 0..=2 | 15)
        && id <= 5
        && (8..=LONGEST).contains(&length)
        && match id {
            SESSION_INITIATE if kind == 0 => length == SESSION_LENGTH,
            SESSION_INITIATE => (9..=SESSION_LENGTH).contains(&length),
            1 | 2 => length == 8,
            TOKEN_PASSING => length > 12,
            _ => true,
        };
    fits.then(|| usize::from(length))
}

/// Whether a whole frame is hardly something else: it opens a session as a master does, or its check is right.
pub(super) fn is_telling(frame: &[u8]) -> bool {
    let Some(body) = frame.get(HEADER..) else { return false };
    match (frame.get(2), body) {
        (Some(&SESSION_INITIATE), [master, ..]) => frame.get(1..4) == Some(&[0, 0, 0]) && *master <= 1,
        (Some(&TOKEN_PASSING), [delimiter, ..]) => {
            matches!(delimiter & 0x07, 1 | 2 | ACKNOWLEDGE)
                && body.iter().fold(0, |check, byte| check ^ byte) == 0
        }
        _ => false,
    }
}

/// Whether a station answers, or publishes on its own.
pub(super) fn is_response(frame: &[u8]) -> bool {
    matches!(frame.get(1), Some(1 | 2))
}

/// The answer that a message carries, if it carries one.
pub(super) fn answer(frame: &[u8]) -> wire::Result<Option<Answer<'_>>> {
    let mut reader = Reader::closed(frame);
    let [_, kind, id, _] = reader.array()?;
    reader.skip(4)?;
    if kind == 0 || id != TOKEN_PASSING {
        return Ok(None);
    }
    let delimiter = reader.u8()?;
    if delimiter & 0x07 != ACKNOWLEDGE {
        return Ok(None);
    }
    let address = if delimiter & LONG_ADDRESS == 0 { 1 } else { 5 };
    let expansion = usize::from(delimiter >> 5 & 3);
    reader.skip(expansion.saturating_add(address))?;
    let command = Command(reader.u8()?);
    let length = usize::from(reader.u8()?);
    let mut body = reader.sub(length)?;
    let is_error = body.u8()? & 0x7f != 0;
    body.skip(1)?;
    Ok(Some(Answer { command, is_error, body }))
}

pub(super) fn identity(body: &mut Reader<'_>) -> wire::Result<Identity> {
    body.skip(1)?;
    let device_type = body.u16_be()?;
    body.skip(1)?;
    let [universal_revision, device_revision, software_revision, _, _] = body.array()?;
    let device_id = body.u24_be()?;
    Ok(Identity {
        device_type,
        universal_revision,
        device_revision,
        software_revision,
        device_id,
        extended: extended(body).ok(),
    })
}

fn extended(body: &mut Reader<'_>) -> wire::Result<(u16, u8)> {
    body.skip(5)?;
    let manufacturer = body.u16_be()?;
    body.skip(2)?;
    Ok((manufacturer, body.u8()?))
}

/// Tag in packed ASCII (HCF_SPEC-099): four characters of six bits in three bytes.
pub(super) fn packed_tag(body: &mut Reader<'_>) -> wire::Result<[u8; 8]> {
    let mut text = [b' '; 8];
    for group in text.chunks_mut(4) {
        let packed = body.u24_be()?;
        for (place, symbol) in group.iter_mut().rev().enumerate() {
            let shift = u32::try_from(place).unwrap_or(0).saturating_mul(6);
            let [.., six] = (packed >> shift & 0x3f).to_be_bytes();
            // Bit 6 is the complement of bit 5.
            *symbol = if six & 0x20 == 0 { six | 0x40 } else { six };
        }
    }
    Ok(text)
}
