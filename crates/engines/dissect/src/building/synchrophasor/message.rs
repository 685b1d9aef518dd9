//! Frames of IEEE C37.118.2 (6.2 and 6.4), as far as they are read.

use wire::{Limit, Reader};

/// First byte of every frame.
pub(super) const SYNC: u8 = 0xaa;
/// Sync, length, id code.
pub(super) const HEADER: usize = 6;
/// The shortest frame: header, time, check word.
const SHORTEST: u16 = 16;

/// Units of one configuration that are read.
pub(super) const UNITS: Limit = Limit::new("synchrophasor_units", 256, "a concentrator gathers some dozens");

/// Frame type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FrameType(pub(super) u8);

impl FrameType {
    pub(super) const DATA: Self = Self(0);
    pub(super) const CONFIGURATION_1: Self = Self(2);
    pub(super) const CONFIGURATION_2: Self = Self(3);
    pub(super) const COMMAND: Self = Self(4);
    pub(super) const CONFIGURATION_3: Self = Self(5);
}

/// A frame.
pub(super) struct Frame<'a> {
    pub(super) kind: FrameType,
    pub(super) id_code: u16,
    pub(super) body: Reader<'a>,
}

/// Length of the frame that these bytes begin.
pub(super) fn length(header: &[u8]) -> Option<usize> {
    let mut reader = Reader::closed(header);
    let [sync, kind] = reader.array().ok()?;
    let length = reader.u16_be().ok()?;
    let is_frame = sync == SYNC && kind >> 4 <= 5 && matches!(kind & 0x0f, 1 | 2) && length >= SHORTEST;
    is_frame.then(|| usize::from(length))
}

/// CRC-CCITT over all but the last two bytes, which hold it (annex B).
pub(super) fn is_intact(frame: &[u8]) -> bool {
    let Some((body, check)) = frame.split_last_chunk::<2>() else { return false };
    crc(body, u16::MAX) == u16::from_be_bytes(*check)
}

/// CRC with the polynomial of ITU-T V.41.
pub(crate) fn crc(bytes: &[u8], seed: u16) -> u16 {
    bytes.iter().fold(seed, |crc, byte| {
        (0..8).fold(
            crc ^ u16::from(*byte) << 8,
            |crc, _| {
                if crc & 0x8000 == 0 { crc << 1 } else { crc << 1 ^ 0x1021 }
            },
        )
    })
}

pub(super) fn read(frame: &[u8]) -> wire::Result<Frame<'_>> {
    let mut reader = Reader::closed(frame.split_last_chunk::<2>().map_or(frame, |(body, _)| body));
    let [_, kind] = reader.array()?;
    reader.skip(2)?;
    let id_code = reader.u16_be()?;
    reader.skip(8)?;
    Ok(Frame { kind: FrameType(kind >> 4), id_code, body: reader })
}

/// Passes over the head of a configuration; the number of units.
pub(super) fn units(kind: FrameType, body: &mut Reader<'_>) -> wire::Result<u16> {
    body.skip(if kind == FrameType::CONFIGURATION_3 { 6 } else { 4 })?;
    body.u16_be()
}

/// Station name of a unit in configurations 1 and 2.
pub(super) fn unit<'a>(body: &mut Reader<'a>) -> wire::Result<&'a [u8]> {
    let name = body.take(16)?;
    body.skip(4)?;
    let [phasors, analogs, digitals] = [body.u16_be()?, body.u16_be()?, body.u16_be()?].map(usize::from);
    let names = phasors.saturating_add(analogs).saturating_add(digitals.saturating_mul(16));
    let units = phasors.saturating_add(analogs).saturating_add(digitals);
    body.skip(names.saturating_mul(16))?;
    body.skip(units.saturating_mul(4))?;
    body.skip(4)?;
    Ok(name)
}

/// Station name of the first unit in configuration 3, whose names have their own lengths.
pub(super) fn first_unit_3<'a>(body: &mut Reader<'a>) -> wire::Result<&'a [u8]> {
    let length = usize::from(body.u8()?);
    body.take(length)
}
