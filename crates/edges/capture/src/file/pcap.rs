//! The pcap file format (draft-ietf-opsawg-pcap), in both byte orders, with micro- and nanoseconds, and the variant
//! with longer record headers that a patched libpcap wrote.

use model::Timestamp;
use wire::Reader;

use super::{Endian, Found, RECORD_MAX, Record, Stop};
use crate::LinkType;
use crate::block::Entry;
use crate::error::Oddity;

const FILE_HEADER: usize = 24;

/// A pcap file.
pub(crate) struct Pcap {
    endian: Endian,
    nanos_per_tick: u64,
    /// Bytes of a record header.
    header: usize,
    link: Option<LinkType>,
}

impl Pcap {
    /// By the first four bytes.
    pub(crate) fn by_magic(head: &[u8]) -> Option<Self> {
        let magic: [u8; 4] = *head.first_chunk()?;
        let variants =
            [(Endian::Big, u32::from_be_bytes(magic)), (Endian::Little, u32::from_le_bytes(magic))];
        variants.into_iter().find_map(|(endian, magic)| {
            let (nanos_per_tick, header) = match magic {
                0xa1b2_c3d4 => (1_000, 16),
                0xa1b2_3c4d => (1, 16),
                0xa1b2_cd34 => (1_000, 24),
                _ => return None,
            };
            Some(Self { endian, nanos_per_tick, header, link: None })
        })
    }

    pub(crate) fn record(&mut self, bytes: &[u8], at: usize, number: u64) -> Result<Record, Stop> {
        let Some(link) = self.link else { return self.file_header(bytes) };
        let mut reader = Reader::open(bytes);
        let mut word = || self.endian.u32(&mut reader).map_err(|_| Stop::Need(self.header));
        let (seconds, ticks, captured, original) = (word()?, word()?, word()?, word()?);
        if captured > RECORD_MAX {
            return Err(Stop::Broken(Oddity::Length(captured)));
        }
        let len = usize::try_from(captured).unwrap_or(usize::MAX);
        if bytes.len() < self.header + len {
            return Err(Stop::Need(self.header + len));
        }
        let nanos = u64::from(seconds) * 1_000_000_000 + u64::from(ticks) * self.nanos_per_tick;
        let entry = Entry {
            number,
            at: Timestamp::from_nanos(nanos),
            link,
            original_len: original.max(captured),
            start: at + self.header,
            len,
        };
        let length = u64::try_from(self.header + len).unwrap_or(u64::MAX);
        Ok(Record { found: Found::Frame(entry), length, odd: None })
    }

    /// Version, time zone and accuracy are read by nobody; snapshot length; link type in the low 16 bits.
    fn file_header(&mut self, bytes: &[u8]) -> Result<Record, Stop> {
        let mut reader = Reader::open(bytes);
        let number = reader
            .skip(20)
            .and_then(|()| self.endian.u32(&mut reader))
            .map_err(|_| Stop::Need(FILE_HEADER))?;
        self.link = Some(LinkType::new(u16::try_from(number & 0xffff).unwrap_or_default()));
        Ok(Record { found: Found::Nothing, length: 24, odd: None })
    }
}
