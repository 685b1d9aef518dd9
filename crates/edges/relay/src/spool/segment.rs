//! One file of records.

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use super::{Notice, SpoolError, file};

/// A file of records as it was found or made.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) path: PathBuf,
    /// The first batch that could be in it.
    first: u64,
    /// Frames of all batches before it.
    frames_before: u64,
    /// The spool's clock when it was begun.
    pub(super) begun_s: u64,
    pub(super) records: Vec<Record>,
    /// Bytes that count.
    pub(super) bytes: u64,
    /// The last number and the frames of all records, those that were forgotten included.
    last: u64,
    frames: u64,
    clock_s: u64,
    /// Records whose bytes the disk changed.
    damaged: u64,
}

/// Where a batch lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) sequence: u64,
    pub(super) frames: u64,
    clock_s: u64,
    pub(super) length: u32,
    checksum: u32,
    /// Where its bytes begin.
    at: u64,
}

/// What follows the last whole record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tail {
    /// Nothing.
    Clean,
    /// A record that was being written: it did not count yet.
    Torn { bytes: u64 },
    /// What was there is not any more: at most so many records.
    Damaged { records: u64 },
}

/// How much of a head lies in sectors that hold only zeros of it.
enum Unwritten {
    Nothing,
    Part,
    All,
}

/// What a disk writes whole or not at all is a multiple of this.
const SECTOR: u64 = 512;
/// First bytes of every segment: its form.
const MAGIC: [u8; 8] = *b"bedrail1";
/// Form, first batch, frames before, clock, checksum.
const HEAD: usize = 36;
/// Sequence, frames, clock, length, checksum of the bytes, checksum of this.
const RECORD: usize = 36;

impl Segment {
    /// Makes the segment that begins with batch `first`; it is on the disk when this returns.
    pub(super) fn create(path: &Path, first: u64, frames: u64, clock_s: u64) -> Result<Self, SpoolError> {
        let mut head = MAGIC.to_vec();
        for number in [first, frames, clock_s] {
            head.extend(number.to_le_bytes());
        }
        head.extend(crc32fast::hash(&head).to_le_bytes());
        file::write_whole(path, &head, true)?;
        Ok(Self::empty(path.to_owned(), [first, frames, clock_s]))
    }

    fn empty(path: PathBuf, [first, frames_before, begun_s]: [u64; 3]) -> Self {
        Self {
            path,
            first,
            frames_before,
            begun_s,
            records: Vec::new(),
            bytes: length(HEAD),
            last: first.saturating_sub(1),
            frames: 0,
            clock_s: begun_s,
            damaged: 0,
        }
    }

    /// Reads which records a file has. Of the last file of a spool the bytes are checked too: its end may not be whole.
    pub(super) fn read(path: &Path, is_last: bool) -> Result<(Self, Tail), SpoolError> {
        let bytes = fs::read(path).map_err(SpoolError::file(path))?;
        let unreadable = || SpoolError::Unreadable { path: path.to_owned() };
        let (head, mut rest) = bytes.split_at_checked(HEAD).ok_or_else(unreadable)?;
        let mut segment = Self::empty(path.to_owned(), parse_head(head).ok_or_else(unreadable)?);
        while let Some((record, after)) = segment.next_record(rest) {
            let payload = rest.get(RECORD..rest.len() - after.len()).unwrap_or_default();
            let is_whole = !is_last || crc32fast::hash(payload) == record.checksum;
            if !is_whole && after.is_empty() {
                break;
            }
            segment.count(&record);
            if is_whole {
                segment.records.push(record);
            } else {
                segment.damaged += 1;
            }
            rest = after;
        }
        let tail = segment.tail(rest);
        Ok((segment, tail))
    }

    /// The record at the beginning of `rest`, and what follows it.
    fn next_record<'a>(&self, rest: &'a [u8]) -> Option<(Record, &'a [u8])> {
        let (head, body) = rest.split_at_checked(RECORD)?;
        let record = Record::parse(head, self.bytes)?;
        if record.sequence <= self.last {
            return None;
        }
        let (_, after) = body.split_at_checked(usize::try_from(record.length).ok()?)?;
        Some((record, after))
    }

    /// A record counts before the next one is begun, so what a crash leaves is one record, some sectors of which are
    /// not written; or bytes that the disk made up in its place.
    fn tail(&self, rest: &[u8]) -> Tail {
        let bytes = length(rest.len());
        if rest.is_empty() {
            return Tail::Clean;
        }
        let Some((head, _)) = rest.split_at_checked(RECORD) else { return Tail::Torn { bytes } };
        if rest.iter().all(|byte| *byte == 0) || Record::parse(head, 0).is_some_and(|it| it.size() >= bytes) {
            return Tail::Torn { bytes };
        }
        let most = bytes / length(RECORD) + 1;
        let is_record = |at: usize| {
            let record = rest.get(at..at + RECORD).and_then(|head| Record::parse(head, 0));
            record.is_some_and(|record| record.sequence > self.last)
        };
        if (1..rest.len()).any(is_record) {
            return Tail::Damaged { records: most };
        }
        match unwritten(head, self.bytes) {
            Unwritten::All => Tail::Torn { bytes },
            // Zeros that may also be its own, and then it was here once.
            Unwritten::Part => Tail::Damaged { records: 1 },
            Unwritten::Nothing => Tail::Damaged { records: most },
        }
    }

    fn count(&mut self, record: &Record) {
        self.bytes += record.size();
        self.last = record.sequence;
        self.frames = self.frames.saturating_add(record.frames);
        self.clock_s = self.clock_s.max(record.clock_s);
    }

    /// Writes a record; it is on the disk when this returns.
    ///
    /// After an error nothing more may be written to the file: its end may be half a record, and what a failed sync
    /// left in memory may be taken for written by the next one.
    pub(super) fn append(
        &mut self,
        to: &mut File,
        mut record: Record,
        bytes: &[u8],
    ) -> Result<(), SpoolError> {
        record.at = self.bytes + length(RECORD);
        let mut whole = record.head();
        whole.extend(bytes);
        let written = to.write_all(&whole).and_then(|()| to.sync_data());
        if let Err(source) = written {
            // Should this fail too, the next start passes over what is left.
            drop(to.set_len(self.bytes));
            return Err(SpoolError::File { path: self.path.clone(), source });
        }
        self.count(&record);
        self.records.push(record);
        Ok(())
    }

    /// What the disk did to it.
    pub(super) fn notice(&self) -> Option<Notice> {
        (self.damaged > 0).then_some(Notice::Damaged { batches: self.damaged })
    }

    /// Number of the batch after it.
    pub(super) fn next(&self) -> u64 {
        self.last.saturating_add(1).max(self.first)
    }

    /// Frames of all batches up to its end.
    pub(super) fn frames(&self) -> u64 {
        self.frames_before.saturating_add(self.frames)
    }

    /// The spool's clock at its last record.
    pub(super) fn clock_s(&self) -> u64 {
        self.clock_s
    }
}

impl Record {
    pub(super) fn new(sequence: u64, frames: u64, clock_s: u64, bytes: &[u8]) -> Result<Self, SpoolError> {
        let size = length(bytes.len());
        let limit = u64::from(u32::MAX);
        let length = u32::try_from(bytes.len()).map_err(|_| SpoolError::TooLarge { bytes: size, limit })?;
        Ok(Self { sequence, frames, clock_s, length, checksum: crc32fast::hash(bytes), at: 0 })
    }

    /// Bytes that it takes on the disk.
    pub(super) fn size(&self) -> u64 {
        length(RECORD).saturating_add(u64::from(self.length))
    }

    /// Its head as it stands in a file.
    #[cfg(test)]
    pub(super) fn head_bytes(&self) -> Vec<u8> {
        self.head()
    }

    fn head(&self) -> Vec<u8> {
        let mut head = Vec::with_capacity(RECORD);
        for number in [self.sequence, self.frames, self.clock_s] {
            head.extend(number.to_le_bytes());
        }
        head.extend(self.length.to_le_bytes());
        head.extend(self.checksum.to_le_bytes());
        head.extend(crc32fast::hash(&head).to_le_bytes());
        head
    }

    /// `begin` is where the record begins in its file.
    fn parse(head: &[u8], begin: u64) -> Option<Self> {
        let (numbers, rest) = head.split_at_checked(24)?;
        let (words, []) = rest.as_chunks::<4>() else { return None };
        let (numbers, []) = numbers.as_chunks::<8>() else { return None };
        let ([sequence, frames, clock_s], [length_word, checksum, own]) = (numbers, words) else {
            return None;
        };
        let (checked, _) = head.split_at_checked(RECORD - 4)?;
        if crc32fast::hash(checked) != u32::from_le_bytes(*own) {
            return None;
        }
        Some(Self {
            sequence: u64::from_le_bytes(*sequence),
            frames: u64::from_le_bytes(*frames),
            clock_s: u64::from_le_bytes(*clock_s),
            length: u32::from_le_bytes(*length_word),
            checksum: u32::from_le_bytes(*checksum),
            at: begin + length(RECORD),
        })
    }

    /// Its bytes, unless the disk changed them.
    pub(super) fn read(&self, path: &Path) -> Result<Option<Vec<u8>>, SpoolError> {
        let read = || {
            let mut file = File::open(path)?;
            file.seek(SeekFrom::Start(self.at))?;
            let mut bytes = vec![0; usize::try_from(self.length).map_err(io::Error::other)?];
            file.read_exact(&mut bytes)?;
            Ok(bytes)
        };
        let bytes = read().map_err(SpoolError::file(path))?;
        Ok((crc32fast::hash(&bytes) == self.checksum).then_some(bytes))
    }
}

impl Tail {
    pub(super) fn notice(self) -> Option<Notice> {
        match self {
            Self::Clean => None,
            Self::Torn { bytes } => Some(Notice::Torn { bytes }),
            Self::Damaged { .. } => Some(Notice::Damaged { batches: self.numbers_lost() }),
        }
    }

    /// Numbers that batches in it may have had and that must not be given again: the hub may have them.
    pub(super) fn numbers_lost(self) -> u64 {
        match self {
            Self::Clean | Self::Torn { .. } => 0,
            Self::Damaged { records } => records,
        }
    }
}

fn parse_head(head: &[u8]) -> Option<[u64; 3]> {
    let (checked, checksum) = head.split_at_checked(HEAD - 4)?;
    let numbers = checked.strip_prefix(&MAGIC)?;
    if crc32fast::hash(checked).to_le_bytes() != checksum {
        return None;
    }
    let (numbers, []) = numbers.as_chunks::<8>() else { return None };
    let [first, frames, clock_s] = numbers else { return None };
    Some([first, frames, clock_s].map(|number| u64::from_le_bytes(*number)))
}

/// How much of a head that begins at `at` is not written.
fn unwritten(head: &[u8], at: u64) -> Unwritten {
    let first = usize::try_from(SECTOR - at % SECTOR).unwrap_or(usize::MAX);
    let (before, after) = head.split_at_checked(first).unwrap_or((head, &[]));
    let is_zero = |part: &[u8]| part.iter().all(|byte| *byte == 0);
    match (is_zero(before), is_zero(after)) {
        (true, true) => Unwritten::All,
        (false, false) => Unwritten::Nothing,
        (false, true) if after.is_empty() => Unwritten::Nothing,
        (true, false) | (false, true) => Unwritten::Part,
    }
}

fn length(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}
