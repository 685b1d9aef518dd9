//! The pcapng file format (draft-ietf-opsawg-pcapng): sections in either byte order, several interfaces, enhanced,
//! simple and obsolete packet blocks, drop counters of interface statistics; every other block is passed over.

use model::Timestamp;
use wire::Reader;

use super::{Endian, Found, RECORD_MAX, Record, Stop};
use crate::LinkType;
use crate::block::Entry;
use crate::error::Oddity;

const SECTION_HEADER: u32 = 0x0a0d_0d0a;
const INTERFACE_DESCRIPTION: u32 = 1;
const OBSOLETE_PACKET: u32 = 2;
const SIMPLE_PACKET: u32 = 3;
const INTERFACE_STATISTICS: u32 = 5;
const ENHANCED_PACKET: u32 = 6;
const BYTE_ORDER_MAGIC: u32 = 0x1a2b_3c4d;

const OPTION_END: u16 = 0;
const OPTION_TSRESOL: u16 = 9;
const OPTION_TSOFFSET: u16 = 14;
const OPTION_IFDROP: u16 = 5;
const OPTION_OSDROP: u16 = 7;

/// Block type, length, and the length again at the end.
const FRAME: usize = 12;
/// Interfaces kept for one section: a number that no capture reaches.
const INTERFACES_MAX: usize = 65_536;

/// A pcapng file.
#[derive(Default)]
pub(crate) struct Pcapng {
    endian: Option<Endian>,
    interfaces: Vec<Interface>,
    /// Losses of the sections that are over.
    lost_before: u64,
}

#[derive(Debug, Clone, Copy)]
struct Interface {
    link: LinkType,
    /// 0 is no limit.
    snap_length: u32,
    resolution: Resolution,
    /// Seconds to add to every time stamp.
    offset: i64,
    lost: u64,
}

/// How long a tick of a time stamp is.
#[derive(Debug, Clone, Copy)]
enum Resolution {
    /// 10 to the minus this, in seconds.
    Decimal(u8),
    /// 2 to the minus this, in seconds.
    Binary(u8),
}

/// Whether a file begins like one.
pub(crate) fn is_pcapng(head: &[u8]) -> bool {
    head.starts_with(&SECTION_HEADER.to_be_bytes()) && section_endian(head).is_some()
}

/// Byte order of the section whose header starts `bytes`.
fn section_endian(bytes: &[u8]) -> Option<Endian> {
    let magic: [u8; 4] = bytes.get(8..12)?.try_into().ok()?;
    if u32::from_be_bytes(magic) == BYTE_ORDER_MAGIC {
        Some(Endian::Big)
    } else if u32::from_le_bytes(magic) == BYTE_ORDER_MAGIC {
        Some(Endian::Little)
    } else {
        None
    }
}

impl Pcapng {
    pub(crate) fn record(&mut self, bytes: &[u8], at: usize, number: u64) -> Result<Record, Stop> {
        if bytes.len() < FRAME {
            return Err(Stop::Need(FRAME));
        }
        let is_section = bytes.starts_with(&SECTION_HEADER.to_be_bytes());
        let endian = if is_section { section_endian(bytes) } else { self.endian };
        let Some(endian) = endian else { return Err(Stop::Broken(Oddity::Length(0))) };
        let mut reader = Reader::open(bytes);
        let mut word = || endian.u32(&mut reader).map_err(|_| Stop::Need(FRAME));
        let (kind, total) = (word()?, word()?);
        let length = usize::try_from(total).unwrap_or(usize::MAX);
        if length < FRAME || total % 4 != 0 {
            return Err(Stop::Broken(Oddity::Length(total)));
        }
        let is_read = matches!(
            kind,
            SECTION_HEADER
                | INTERFACE_DESCRIPTION
                | OBSOLETE_PACKET
                | SIMPLE_PACKET
                | INTERFACE_STATISTICS
                | ENHANCED_PACKET
        );
        if !is_read {
            return Ok(Record { found: Found::Nothing, length: u64::from(total), odd: None });
        }
        if total > RECORD_MAX {
            return Err(Stop::Broken(Oddity::Length(total)));
        }
        let Some(body) = bytes.get(8..length - 4).filter(|_| bytes.len() >= length) else {
            return Err(Stop::Need(length));
        };
        let (found, odd) = self.block(kind, endian, body, at + 8, number);
        Ok(Record { found, length: u64::from(total), odd })
    }

    /// Packets that interfaces and system report as lost.
    pub(crate) fn lost(&self) -> u64 {
        // Saturating, because the numbers are the file's own.
        self.interfaces.iter().fold(self.lost_before, |sum, interface| sum.saturating_add(interface.lost))
    }

    fn block(
        &mut self,
        kind: u32,
        endian: Endian,
        body: &[u8],
        at: usize,
        number: u64,
    ) -> (Found, Option<Oddity>) {
        match kind {
            SECTION_HEADER => {
                self.lost_before = self.lost();
                self.endian = Some(endian);
                self.interfaces.clear();
                (Found::Nothing, None)
            }
            INTERFACE_DESCRIPTION => {
                if let Ok(interface) = read_interface(endian, body)
                    && self.interfaces.len() < INTERFACES_MAX
                {
                    self.interfaces.push(interface);
                }
                (Found::Nothing, None)
            }
            INTERFACE_STATISTICS => {
                self.statistics(endian, body);
                (Found::Nothing, None)
            }
            _ => match self.packet(kind, endian, body, at, number) {
                Ok(entry) => (Found::Frame(entry), None),
                Err(Fault::Interface(number)) => (Found::Nothing, Some(Oddity::Interface(number))),
                Err(Fault::Short) => {
                    (Found::Nothing, Some(Oddity::Length(u32::try_from(body.len()).unwrap_or(u32::MAX))))
                }
            },
        }
    }

    fn packet(&self, kind: u32, endian: Endian, body: &[u8], at: usize, number: u64) -> Result<Entry, Fault> {
        let mut reader = Reader::open(body);
        let word = |reader: &mut Reader<'_>| endian.u32(reader);
        let (interface, ticks, captured, original) = match kind {
            SIMPLE_PACKET => {
                let original = word(&mut reader)?;
                let interface = self.interface(0)?;
                let room = u32::try_from(reader.remaining()).unwrap_or(u32::MAX);
                let snap = if interface.snap_length == 0 { original } else { interface.snap_length };
                (interface, 0, original.min(snap).min(room), original)
            }
            _ => {
                let id = if kind == ENHANCED_PACKET {
                    word(&mut reader)?
                } else {
                    let id = endian.u16(&mut reader)?;
                    reader.skip(2)?;
                    u32::from(id)
                };
                let (high, low) = (word(&mut reader)?, word(&mut reader)?);
                let (captured, original) = (word(&mut reader)?, word(&mut reader)?);
                (self.interface(id)?, u64::from(high) << 32 | u64::from(low), captured, original)
            }
        };
        let len = usize::try_from(captured).unwrap_or(usize::MAX);
        let start = at + reader.consumed();
        reader.take(len)?;
        let time = interface.time(ticks);
        Ok(Entry { number, at: time, link: interface.link, original_len: original.max(captured), start, len })
    }

    fn interface(&self, number: u32) -> Result<&Interface, Fault> {
        let index = usize::try_from(number).unwrap_or(usize::MAX);
        self.interfaces.get(index).ok_or(Fault::Interface(number))
    }

    fn statistics(&mut self, endian: Endian, body: &[u8]) {
        let mut reader = Reader::open(body);
        let Ok(number) = endian.u32(&mut reader) else { return };
        let index = usize::try_from(number).unwrap_or(usize::MAX);
        let Some(interface) = self.interfaces.get_mut(index) else { return };
        if reader.skip(8).is_err() {
            return;
        }
        let mut lost = 0_u64;
        read_options(endian, &mut reader, |code, value| {
            if code == OPTION_IFDROP || code == OPTION_OSDROP {
                lost = lost.saturating_add(endian.u64(&mut Reader::open(value)).unwrap_or(0));
            }
        });
        interface.lost = interface.lost.max(lost);
    }
}

/// Why a packet block holds no packet.
enum Fault {
    Interface(u32),
    Short,
}

impl From<wire::Error> for Fault {
    fn from(_: wire::Error) -> Self {
        Self::Short
    }
}

fn read_interface(endian: Endian, body: &[u8]) -> wire::Result<Interface> {
    let mut reader = Reader::open(body);
    let link = endian.u16(&mut reader)?;
    reader.skip(2)?;
    let snap_length = endian.u32(&mut reader)?;
    let link = LinkType::new(link);
    let mut interface =
        Interface { link, snap_length, resolution: Resolution::Decimal(6), offset: 0, lost: 0 };
    read_options(endian, &mut reader, |code, value| match (code, value) {
        (OPTION_TSRESOL, [resolution, ..]) if resolution & 0x80 == 0 => {
            interface.resolution = Resolution::Decimal(*resolution);
        }
        (OPTION_TSRESOL, [resolution, ..]) => interface.resolution = Resolution::Binary(resolution & 0x7f),
        (OPTION_TSOFFSET, value) => {
            let seconds = endian.u64(&mut Reader::open(value)).unwrap_or(0);
            interface.offset = i64::from_ne_bytes(seconds.to_ne_bytes());
        }
        _ => {}
    });
    Ok(interface)
}

/// Code, length, value padded to four bytes; ends at the end or at the end option.
fn read_options(endian: Endian, reader: &mut Reader<'_>, mut each: impl FnMut(u16, &[u8])) {
    while let (Ok(code), Ok(length)) = (endian.u16(reader), endian.u16(reader)) {
        let Ok(value) = reader.take(usize::from(length)) else { return };
        if code == OPTION_END {
            return;
        }
        each(code, value);
        if reader.skip(usize::from(length.next_multiple_of(4) - length)).is_err() {
            return;
        }
    }
}

impl Interface {
    fn time(&self, ticks: u64) -> Timestamp {
        let ticks = u128::from(ticks);
        let nanos = match self.resolution {
            Resolution::Decimal(digits @ 0..=9) => ticks.saturating_mul(10_u128.pow(u32::from(9 - digits))),
            Resolution::Decimal(digits) => {
                ticks / 10_u128.checked_pow(u32::from(digits - 9)).unwrap_or(u128::MAX)
            }
            Resolution::Binary(bits) => ticks.saturating_mul(1_000_000_000) >> bits.min(127),
        };
        let offset = i128::from(self.offset) * 1_000_000_000;
        let nanos = i128::try_from(nanos).unwrap_or(i128::MAX).saturating_add(offset);
        Timestamp::from_nanos(u64::try_from(nanos.max(0)).unwrap_or(u64::MAX))
    }
}
