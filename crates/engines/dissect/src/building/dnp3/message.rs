//! DNP3 frames (IEEE 1815, 9.2), transport and application heads (8, 4.2), device attributes (11.3, group 0).

use wire::Reader;

/// First bytes of every frame.
pub(super) const START: &[u8] = &[0x05, 0x64];
/// Start, length, control, destination, source, check.
pub(super) const HEADER: usize = 10;
/// Bytes between checks.
const BLOCK: usize = 16;
const CHECK: usize = 2;
/// Length counts control and addresses, too.
const SHORTEST: u8 = 5;

const FROM_MASTER: u8 = 0x80;
const FIRST_AND_FINAL: u8 = 0xc0;
const RESPONSE: u8 = 0x81;
const UNSOLICITED: u8 = 0x82;
/// Indications that a request was not understood.
const REFUSED: u8 = 0x07;

/// A frame with its data put together.
pub(super) struct Frame {
    pub(super) is_from_master: bool,
    pub(super) is_intact: bool,
    pub(super) data: Vec<u8>,
}

/// What the application says.
pub(super) enum Application<'a> {
    Request { sequence: u8, function: u8 },
    Response { sequence: u8, is_refused: bool, objects: Reader<'a> },
}

/// Whether a function makes the outstation do something: write, operate, restart, stop.
pub(super) const fn is_control(function: u8) -> bool {
    matches!(function, 2 | 4 | 5 | 13 | 14 | 18)
}

/// A device attribute.
pub(super) struct Attribute<'a> {
    pub(super) variation: u8,
    pub(super) value: &'a [u8],
}

/// Length of the frame that these bytes begin: its header must be intact.
pub(super) fn length(header: &[u8]) -> Option<usize> {
    let header = header.get(..HEADER)?;
    let mut reader = Reader::closed(header);
    let start = reader.take(2).ok()?;
    let length = reader.u8().ok()?;
    if start != START || length < SHORTEST || !is_intact(header) {
        return None;
    }
    let data = usize::from(length - SHORTEST);
    data.div_ceil(BLOCK).checked_mul(CHECK)?.checked_add(data)?.checked_add(HEADER)
}

pub(super) fn read(frame: &[u8]) -> wire::Result<Frame> {
    let mut reader = Reader::closed(frame);
    reader.skip(3)?;
    let is_from_master = reader.u8()? & FROM_MASTER != 0;
    reader.skip(6)?;
    let mut is_whole = true;
    let mut data = Vec::with_capacity(reader.remaining());
    for block in reader.rest().chunks(BLOCK + CHECK) {
        is_whole &= is_intact(block);
        data.extend_from_slice(block.split_last_chunk::<CHECK>().map_or(&[], |(bytes, _)| bytes));
    }
    Ok(Frame { is_from_master, is_intact: is_whole, data })
}

/// Whether the last two bytes are the check of those before (9.2.4.3).
fn is_intact(block: &[u8]) -> bool {
    let Some((bytes, check)) = block.split_last_chunk::<CHECK>() else { return false };
    crc(bytes) == u16::from_le_bytes(*check)
}

/// CRC with the reflected polynomial of IEEE 1815.
pub(super) fn crc(bytes: &[u8]) -> u16 {
    !bytes.iter().fold(0, |crc: u16, byte| {
        (0..8).fold(crc ^ u16::from(*byte), |crc, _| if crc & 1 == 0 { crc >> 1 } else { crc >> 1 ^ 0xa6bc })
    })
}

/// The application message of a frame that holds all of one.
pub(super) fn application(data: &[u8]) -> Option<Application<'_>> {
    let mut reader = Reader::closed(data);
    let transport = reader.u8().ok()?;
    if transport & FIRST_AND_FINAL != FIRST_AND_FINAL {
        return None;
    }
    let sequence = reader.u8().ok()? & 0x0f;
    match reader.u8().ok()? {
        RESPONSE | UNSOLICITED => {
            let [_, indications] = reader.array().ok()?;
            Some(Application::Response { sequence, is_refused: indications & REFUSED != 0, objects: reader })
        }
        function => Some(Application::Request { sequence, function }),
    }
}

/// The next device attribute: group 0, one index, visible text. `None` when something else follows.
pub(super) fn attribute<'a>(objects: &mut Reader<'a>) -> Option<Attribute<'a>> {
    let [group, variation, qualifier] = objects.array().ok()?;
    if group != 0 || qualifier != 0 {
        return None;
    }
    objects.skip(2).ok()?;
    let [_, length] = objects.array().ok()?;
    Some(Attribute { variation, value: objects.take(usize::from(length)).ok()? })
}
