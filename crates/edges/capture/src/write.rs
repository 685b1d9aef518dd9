//! Capture files for tests, examples and the demo: pcap with nanoseconds, and pcapng with one interface.

use std::io::{self, Write};

use model::Timestamp;

use crate::LinkType;

/// Writes a pcap file with nanoseconds, little endian.
#[derive(Debug)]
pub struct PcapWriter<W> {
    out: W,
}

/// Writes a pcapng file with one interface and nanoseconds, little endian.
#[derive(Debug)]
pub struct PcapngWriter<W> {
    out: W,
}

const SNAP_LENGTH: u32 = 262_144;

impl<W: Write> PcapWriter<W> {
    /// Starts a file.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn new(mut out: W, link: LinkType) -> io::Result<Self> {
        let mut header = Vec::with_capacity(24);
        header.extend_from_slice(&0xa1b2_3c4d_u32.to_le_bytes());
        header.extend_from_slice(&2_u16.to_le_bytes());
        header.extend_from_slice(&4_u16.to_le_bytes());
        header.extend_from_slice(&[0; 8]);
        header.extend_from_slice(&SNAP_LENGTH.to_le_bytes());
        header.extend_from_slice(&u32::from(link.number()).to_le_bytes());
        out.write_all(&header)?;
        Ok(Self { out })
    }

    /// Adds a frame; `original_len` is its length on the wire.
    ///
    /// # Errors
    /// When `out` cannot be written, or the time or a length does not fit the format.
    pub fn write(&mut self, at: Timestamp, original_len: u32, bytes: &[u8]) -> io::Result<()> {
        let seconds = fits(at.nanos() / 1_000_000_000)?;
        let nanos = fits(at.nanos() % 1_000_000_000)?;
        let captured = u32::try_from(bytes.len()).map_err(io::Error::other)?;
        for word in [seconds, nanos, captured, original_len] {
            self.out.write_all(&word.to_le_bytes())?;
        }
        self.out.write_all(bytes)
    }

    /// Ends the file and gives the writer back.
    ///
    /// # Errors
    /// When `out` cannot be flushed.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }
}

impl<W: Write> PcapngWriter<W> {
    /// Starts a file.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn new(mut out: W, link: LinkType) -> io::Result<Self> {
        let mut section = Vec::new();
        section.extend_from_slice(&0x1a2b_3c4d_u32.to_le_bytes());
        section.extend_from_slice(&1_u16.to_le_bytes());
        section.extend_from_slice(&0_u16.to_le_bytes());
        section.extend_from_slice(&u64::MAX.to_le_bytes());
        block(&mut out, 0x0a0d_0d0a, &section)?;
        let mut interface = Vec::new();
        interface.extend_from_slice(&link.number().to_le_bytes());
        interface.extend_from_slice(&[0; 2]);
        interface.extend_from_slice(&SNAP_LENGTH.to_le_bytes());
        interface.extend_from_slice(&[9, 0, 1, 0, 9, 0, 0, 0, 0, 0, 0, 0]);
        block(&mut out, 1, &interface)?;
        Ok(Self { out })
    }

    /// Adds a frame; `original_len` is its length on the wire.
    ///
    /// # Errors
    /// When `out` cannot be written, or a length does not fit the format.
    pub fn write(&mut self, at: Timestamp, original_len: u32, bytes: &[u8]) -> io::Result<()> {
        let captured = u32::try_from(bytes.len()).map_err(io::Error::other)?;
        let mut body = Vec::with_capacity(bytes.len() + 24);
        body.extend_from_slice(&[0; 4]);
        body.extend_from_slice(&fits(at.nanos() >> 32)?.to_le_bytes());
        body.extend_from_slice(&fits(at.nanos() & 0xffff_ffff)?.to_le_bytes());
        body.extend_from_slice(&captured.to_le_bytes());
        body.extend_from_slice(&original_len.to_le_bytes());
        body.extend_from_slice(bytes);
        body.resize(body.len().next_multiple_of(4), 0);
        block(&mut self.out, 6, &body)
    }

    /// Ends the file and gives the writer back.
    ///
    /// # Errors
    /// When `out` cannot be flushed.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }
}

fn block(out: &mut impl Write, kind: u32, body: &[u8]) -> io::Result<()> {
    let length = u32::try_from(body.len() + 12).map_err(io::Error::other)?;
    out.write_all(&kind.to_le_bytes())?;
    out.write_all(&length.to_le_bytes())?;
    out.write_all(body)?;
    out.write_all(&length.to_le_bytes())
}

fn fits(number: u64) -> io::Result<u32> {
    u32::try_from(number).map_err(io::Error::other)
}
