//! NTP packets.

use wire::Reader;

/// Mode (RFC 5905, 7.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mode(pub(super) u8);

impl Mode {
    pub(super) const SERVER: Self = Self(4);
    pub(super) const BROADCAST: Self = Self(5);
    pub(super) const CONTROL: Self = Self(6);
    pub(super) const PRIVATE: Self = Self(7);
}

/// First byte: leap indicator, version, mode.
#[derive(Debug, Clone, Copy)]
pub(super) struct Start {
    pub(super) version: u8,
    pub(super) mode: Mode,
}

/// What a time packet says of its sender.
pub(super) struct Time {
    pub(super) stratum: u8,
    pub(super) reference: [u8; 4],
}

/// A control message: whether it answers, and its data.
pub(super) struct Control<'a> {
    pub(super) is_answer: bool,
    pub(super) data: &'a [u8],
}

/// Bytes of a time packet without extensions.
const TIME: usize = 48;

pub(super) fn read_start(reader: &mut Reader<'_>) -> wire::Result<Start> {
    let first = reader.u8()?;
    Ok(Start { version: first >> 3 & 7, mode: Mode(first & 7) })
}

/// Stratum, poll, precision, root delay and dispersion, reference; the time stamps must be there.
pub(super) fn read_time(reader: &mut Reader<'_>) -> wire::Result<Time> {
    let mut whole = *reader;
    whole.skip(TIME - 1)?;
    let stratum = reader.u8()?;
    reader.skip(10)?;
    Ok(Time { stratum, reference: reader.array()? })
}

/// Response bit and operation, sequence, status, association, offset, count, data (RFC 9327, 2).
pub(super) fn read_control<'a>(reader: &mut Reader<'a>) -> wire::Result<Control<'a>> {
    let operation = reader.u8()?;
    reader.skip(8)?;
    let count = reader.u16_be()?;
    Ok(Control { is_answer: operation & 0x80 != 0, data: reader.take(usize::from(count))? })
}

/// Request code of a private message: the fourth byte.
pub(super) fn read_private(reader: &mut Reader<'_>) -> wire::Result<u8> {
    reader.skip(2)?;
    reader.u8()
}

/// `MON_GETLIST` and its successor in ntpd's private mode.
pub(super) const MONLIST: [u8; 2] = [20, 42];
