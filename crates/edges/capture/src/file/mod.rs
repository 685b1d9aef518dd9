//! A capture file: pcap or pcapng, plain or compressed.
//!
//! The bytes are read in large pieces into the block that is handed out, and the frames are found in place; only what
//! is left of an unfinished record is carried into the next block.

mod pcap;
mod pcapng;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::read::MultiGzDecoder;

use crate::block::Entry;
use crate::error::Oddity;
use crate::{Block, Counters, Error, Notice, Progress, Source};

/// Bytes asked for at once: what is read stays in the cache of the core until its frames are processed.
const PIECE: usize = 256 << 10;
/// A record longer than this is no record: snapshot lengths end at 256 KiB, reassembled USB and the like below this.
pub(crate) const RECORD_MAX: u32 = 16 << 20;

/// One capture file, or standard input.
pub struct FileSource {
    path: PathBuf,
    input: Box<dyn Read + Send>,
    format: Format,
    carried: Vec<u8>,
    /// Bytes of the uncompressed file before the next record.
    offset: u64,
    /// Bytes of a block without interest that are still to be passed over.
    skip: u64,
    ended: bool,
    frames: u64,
    raw_bytes: Arc<AtomicU64>,
    notices: Vec<Notice>,
}

enum Format {
    Pcap(pcap::Pcap),
    Pcapng(pcapng::Pcapng),
}

/// What a format found in the bytes at hand.
pub(crate) enum Found {
    /// A frame within the record.
    Frame(Entry),
    /// A record without a frame.
    Nothing,
}

/// Why a format stopped.
pub(crate) enum Stop {
    /// The record goes on: this many bytes from its start are needed.
    Need(usize),
    /// The rest of this file makes no sense.
    Broken(Oddity),
}

/// A record: what it holds and how long it is; what is beyond the bytes at hand is skipped.
pub(crate) struct Record {
    pub(crate) found: Found,
    pub(crate) length: u64,
    pub(crate) odd: Option<Oddity>,
}

/// Counts what is read from below the decompression.
struct Counted<R> {
    inner: R,
    bytes: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.bytes.fetch_add(u64::try_from(count).unwrap_or(u64::MAX), Ordering::Relaxed);
        Ok(count)
    }
}

impl FileSource {
    /// Opens a file; frames are numbered from `first`.
    ///
    /// # Errors
    /// When it cannot be opened or is no capture.
    pub fn open(path: &Path, first: u64) -> Result<Self, Error> {
        let failed = |source| Error::Read { path: path.to_path_buf(), source };
        let file = File::open(path).map_err(failed)?;
        Self::from_reader(path, file, first)
    }

    /// Reads a capture from any reader; `name` is for messages.
    ///
    /// # Errors
    /// When it cannot be read or is no capture.
    pub fn from_reader(name: &Path, reader: impl Read + Send + 'static, first: u64) -> Result<Self, Error> {
        let raw_bytes = Arc::new(AtomicU64::new(0));
        let counted = Counted { inner: reader, bytes: Arc::clone(&raw_bytes) };
        let failed = |source| Error::Read { path: name.to_path_buf(), source };
        let (head, input) = decompressed(counted).map_err(failed)?;
        if head.is_empty() {
            return Err(Error::Empty { path: name.to_path_buf() });
        }
        let Some(format) = Format::by_magic(&head) else {
            let first: String = head.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
            return Err(Error::NotACapture { path: name.to_path_buf(), first: format!("0x{first}") });
        };
        let (path, frames) = (name.to_path_buf(), first.saturating_sub(1));
        let (carried, notices) = (head, Vec::new());
        Ok(Self {
            path,
            input,
            format,
            carried,
            offset: 0,
            skip: 0,
            ended: false,
            frames,
            raw_bytes,
            notices,
        })
    }

    /// Whether a file begins like a capture, compressed or not.
    pub(crate) fn is_capture(file: File) -> bool {
        decompressed(file).is_ok_and(|(head, _)| Format::by_magic(&head).is_some())
    }

    /// What was odd so far.
    #[must_use]
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// Number of the last frame that was read.
    pub(crate) const fn last_frame(&self) -> u64 {
        self.frames
    }

    /// Reads up to `wanted` more bytes into the block. Broken compression ends the file.
    fn fill(&mut self, block: &mut Block, wanted: usize) -> Result<(), Error> {
        let before = block.data.len();
        let limit = u64::try_from(wanted).unwrap_or(u64::MAX);
        block.data.reserve(wanted);
        match self.input.by_ref().take(limit).read_to_end(&mut block.data) {
            Ok(_) => self.ended |= block.data.len() == before,
            Err(error) if is_broken_data(&error) => {
                let offset = self.offset + u64::try_from(block.data.len()).unwrap_or(u64::MAX);
                self.note(offset, Oddity::Compression(error.to_string()));
                self.ended = true;
            }
            Err(source) => return Err(Error::Read { path: self.path.clone(), source }),
        }
        Ok(())
    }

    /// Finds the records in the block. Returns how many bytes they take, and how many the next one needs.
    fn parse(&mut self, block: &mut Block) -> (usize, Option<usize>) {
        let mut at = 0;
        loop {
            let rest = block.data.get(at..).unwrap_or_default();
            if self.skip > 0 {
                let skipped = usize::try_from(self.skip).unwrap_or(usize::MAX).min(rest.len());
                self.skip -= u64::try_from(skipped).unwrap_or(0);
                at += skipped;
                self.offset += u64::try_from(skipped).unwrap_or(0);
                if self.skip > 0 {
                    return (at, None);
                }
                continue;
            }
            match self.format.record(rest, at, self.frames + 1) {
                Ok(record) => at += self.take(record, block, at),
                Err(Stop::Need(bytes)) => return (at, Some(bytes)),
                Err(Stop::Broken(what)) => {
                    self.note(self.offset, what);
                    self.ended = true;
                    return (block.data.len(), None);
                }
            }
        }
    }

    fn take(&mut self, record: Record, block: &mut Block, at: usize) -> usize {
        if let Some(what) = record.odd {
            self.note(self.offset, what);
        }
        if let Found::Frame(entry) = record.found {
            self.frames += 1;
            block.entries.push(entry);
        }
        let available = block.data.len().saturating_sub(at);
        let length = usize::try_from(record.length).unwrap_or(usize::MAX).min(available);
        self.offset += u64::try_from(length).unwrap_or(0);
        self.skip = record.length - u64::try_from(length).unwrap_or(record.length);
        length
    }

    fn note(&mut self, offset: u64, what: Oddity) {
        let is_known = self.notices.iter().any(|notice| notice.what == what);
        if !is_known && self.notices.len() < NOTICES_MAX {
            self.notices.push(Notice { path: self.path.clone(), offset, what });
        }
    }
}

impl Source for FileSource {
    fn read(&mut self, block: &mut Block) -> Result<Progress, Error> {
        block.clear();
        block.data.append(&mut self.carried);
        let mut wanted = PIECE;
        while !self.ended {
            self.fill(block, wanted)?;
            let (taken, need) = self.parse(block);
            if block.entries.is_empty() && taken == 0 && !self.ended {
                wanted = need.unwrap_or(PIECE).saturating_sub(block.data.len()).max(PIECE);
                continue;
            }
            self.carried.extend_from_slice(block.data.get(taken..).unwrap_or_default());
            if self.ended && !self.carried.is_empty() {
                self.note(self.offset, Oddity::EndsEarly);
                self.carried.clear();
            }
            if block.entries.is_empty() && !self.ended {
                block.data.clear();
                block.data.append(&mut self.carried);
                continue;
            }
            return Ok(Progress::Packets);
        }
        Ok(Progress::End)
    }

    fn counters(&self) -> Counters {
        Counters {
            frames: self.frames,
            bytes_read: self.raw_bytes.load(Ordering::Relaxed),
            lost: self.format.lost(),
            filtered: 0,
        }
    }
}

impl Format {
    fn by_magic(head: &[u8]) -> Option<Self> {
        if pcapng::is_pcapng(head) {
            return Some(Self::Pcapng(pcapng::Pcapng::default()));
        }
        pcap::Pcap::by_magic(head).map(Self::Pcap)
    }

    /// The record at the start of `bytes`, which lie at `at` in the block.
    fn record(&mut self, bytes: &[u8], at: usize, number: u64) -> Result<Record, Stop> {
        match self {
            Self::Pcap(format) => format.record(bytes, at, number),
            Self::Pcapng(format) => format.record(bytes, at, number),
        }
    }

    fn lost(&self) -> u64 {
        match self {
            Self::Pcap(_) => 0,
            Self::Pcapng(format) => format.lost(),
        }
    }
}

/// The first bytes of what is inside, and a reader of the rest.
fn decompressed(mut reader: impl Read + Send + 'static) -> io::Result<(Vec<u8>, Box<dyn Read + Send>)> {
    let head = first_bytes(&mut reader)?;
    let whole = io::Cursor::new(head.clone()).chain(reader);
    let mut inner: Box<dyn Read + Send> = if is_gzip(&head) {
        Box::new(MultiGzDecoder::new(whole))
    } else if is_zstd(&head) {
        Box::new(zstd::stream::read::Decoder::new(whole)?)
    } else {
        let (_, reader) = whole.into_inner();
        return Ok((head, Box::new(reader)));
    };
    let head = first_bytes(&mut inner)?;
    Ok((head, inner))
}

fn first_bytes(reader: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(HEAD);
    reader.take(u64::try_from(HEAD).unwrap_or(u64::MAX)).read_to_end(&mut head)?;
    Ok(head)
}

fn is_gzip(head: &[u8]) -> bool {
    head.starts_with(&[0x1f, 0x8b, 0x08])
}

fn is_zstd(head: &[u8]) -> bool {
    head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd])
}

/// Whether a read failed because of what was read, not of the disk.
fn is_broken_data(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::InvalidData
            | io::ErrorKind::InvalidInput
            | io::ErrorKind::UnexpectedEof
            | io::ErrorKind::Other
    )
}

/// Bytes that tell what a file is: the file header of pcap.
const HEAD: usize = 24;
/// Oddities kept for one file.
const NOTICES_MAX: usize = 16;

/// Byte order of a file or of a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Endian {
    Big,
    Little,
}

impl Endian {
    pub(crate) fn u16(self, reader: &mut wire::Reader<'_>) -> wire::Result<u16> {
        reader.array().map(match self {
            Self::Big => u16::from_be_bytes,
            Self::Little => u16::from_le_bytes,
        })
    }

    pub(crate) fn u32(self, reader: &mut wire::Reader<'_>) -> wire::Result<u32> {
        reader.array().map(match self {
            Self::Big => u32::from_be_bytes,
            Self::Little => u32::from_le_bytes,
        })
    }

    pub(crate) fn u64(self, reader: &mut wire::Reader<'_>) -> wire::Result<u64> {
        reader.array().map(match self {
            Self::Big => u64::from_be_bytes,
            Self::Little => u64::from_le_bytes,
        })
    }
}
