//! What a sensor has to send, on disk until the hub has it.
//!
//! Files of records that are only appended to, each at most some MiB. A record counts when it is on the disk, and goes
//! with its file when everything in it was acknowledged. Of what a crash leaves, at most the record that was being
//! written is cut off. What does not fit is lost oldest first; it is counted, and whoever calls is told.
//!
//! A batch that the disk does not take is given up. The file that it was to be in is written to no more: what the disk
//! has of its end is not known after that. Nothing that frees room waits for something that needs room.
//!
//! One process holds a spool at a time.

mod error;
mod file;
mod segment;
mod state;

use std::collections::VecDeque;
use std::fs::File;
use std::path::{Path, PathBuf};

use model::Timestamp;

pub use error::SpoolError;
use segment::{Record, Segment};
use state::State;

/// How much a spool may hold.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes on the disk.
    pub bytes: u64,
    /// Seconds of running time that a batch waits at most.
    pub age_s: u64,
}

/// Something that whoever runs the sensor should know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// A crash left a record half written; it was never sent. So many bytes were cut off.
    Torn {
        /// How many.
        bytes: u64,
    },
    /// The disk does not give back what was written: at most so many batches are lost.
    Damaged {
        /// How many at most.
        batches: u64,
    },
    /// The oldest had to go.
    GivenUp {
        /// How many batches.
        batches: u64,
        /// How many frames they told of.
        frames: u64,
        /// Because of what.
        because: Full,
    },
}

/// Why something had to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Full {
    /// [`Limits::bytes`].
    Bytes,
    /// [`Limits::age_s`].
    Age,
}

/// A batch that is to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Its number.
    pub sequence: u64,
    /// The batches from this number up to it are here no more: it equals `sequence` when the one before is here.
    pub gone_from: u64,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What waits, and what was lost for ever.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Batches that wait.
    pub batches: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Batches that were given up, ever.
    pub given_up_batches: u64,
    /// The frames that they told of, as far as it is known.
    pub given_up_frames: u64,
}

/// The spool of one sensor.
#[derive(Debug)]
pub struct Spool {
    folder: PathBuf,
    limits: Limits,
    /// Oldest first. The last one is written to and is never removed: it says which number comes next.
    segments: VecDeque<Segment>,
    file: File,
    /// What follows must be in a new segment: the end of the last one is not to be trusted, or its head would not say
    /// how many frames came before.
    must_roll: bool,
    /// Files that are needed no more and could not be removed.
    leftovers: Vec<PathBuf>,
    /// What was given up and nobody was told yet.
    untold: Vec<Notice>,
    state: State,
    /// Number of the next batch.
    next: u64,
    /// Frames of all batches before it.
    frames: u64,
    clock: Clock,
    _lock: File,
}

/// Seconds that the spool was written to. A clock that is set does not age what waits: between two records at most
/// [`STEP_MAX_S`] pass.
#[derive(Debug, Clone, Copy, Default)]
struct Clock {
    seconds: u64,
    last: Option<Timestamp>,
}

/// A segment is closed at this size, or at an eighth of what the spool may hold.
const SEGMENT_MAX: u64 = 4 << 20;
/// One whose records were all acknowledged is closed and removed at this size.
const SEGMENT_DONE: u64 = 1 << 20;
/// A segment is closed after so many parts of the longest time.
const AGE_PARTS: u64 = 72;
/// Longest step of the clock between two records.
const STEP_MAX_S: u64 = 10 * 60;

impl Limits {
    /// 1 GiB or three days, whichever is reached first.
    pub const DEFAULT: Self = Self { bytes: 1 << 30, age_s: 72 * 60 * 60 };

    fn segment(self) -> u64 {
        (self.bytes / 8).min(SEGMENT_MAX)
    }
}

impl Spool {
    /// Makes the spool of a sensor that has told nothing yet.
    ///
    /// # Errors
    /// When the folder holds a spool already, or nothing can be written there.
    pub fn create(folder: &Path) -> Result<(), SpoolError> {
        Self::create_after(folder, 0, 0)
    }

    /// Makes the spool of a sensor whose last batch had the number `last`, after so many frames.
    ///
    /// # Errors
    /// When the folder holds a spool already, or nothing can be written there.
    pub fn create_after(folder: &Path, last: u64, frames: u64) -> Result<(), SpoolError> {
        file::folder(folder)?;
        if !file::segments(folder)?.is_empty() {
            return Err(SpoolError::Exists { folder: folder.to_owned() });
        }
        let first = last.saturating_add(1);
        Segment::create(&file::segment(folder, first), first, frames, 0).map(drop)?;
        State { acknowledged: last, ..State::default() }.write(folder)
    }

    /// Whether there is a spool in this folder.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn exists(folder: &Path) -> Result<bool, SpoolError> {
        Ok(folder.exists() && !file::segments(folder)?.is_empty())
    }

    /// Opens a spool and says what a crash or the disk did to it.
    ///
    /// # Errors
    /// [`SpoolError::Held`] by another process, [`SpoolError::Missing`], [`SpoolError::Unreadable`].
    pub fn open(folder: &Path, limits: Limits) -> Result<(Self, Vec<Notice>), SpoolError> {
        let lock = file::lock(folder)?;
        let mut state = State::read(folder)?;
        let mut notices = Vec::new();
        let mut segments = VecDeque::new();
        let paths = file::segments(folder)?;
        let (last, earlier) =
            paths.split_last().ok_or_else(|| SpoolError::Missing { folder: folder.to_owned() })?;
        for path in earlier {
            let (segment, _) = Segment::read(path, false)?;
            segments.push_back(segment);
        }
        let (segment, tail) = Segment::read(last, true)?;
        let file = file::append_to(last, segment.bytes)?;
        notices.extend(segment.notice());
        notices.extend(tail.notice());
        let next = segment.next().saturating_add(tail.numbers_lost());
        let frames = segment.frames();
        let seconds = segment.clock_s();
        state.give_up(tail.numbers_lost(), 0);
        segments.push_back(segment);
        let clock = Clock { seconds, last: None };
        let folder = folder.to_owned();
        let mut spool = Self {
            folder,
            limits,
            segments,
            file,
            must_roll: false,
            leftovers: Vec::new(),
            untold: Vec::new(),
            state,
            next,
            frames,
            clock,
            _lock: lock,
        };
        // What the hub acknowledged is nothing that waits, even when it is here no more.
        spool.next = spool.next.max(spool.state.acknowledged.saturating_add(1));
        Ok((spool, notices))
    }

    /// Number of the last batch, or 0.
    #[must_use]
    pub fn last(&self) -> u64 {
        self.next.saturating_sub(1)
    }

    /// Frames that all batches up to now told of.
    #[must_use]
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// Number of the last batch that the hub has.
    #[must_use]
    pub fn acknowledged(&self) -> u64 {
        self.state.acknowledged
    }

    /// What waits.
    #[must_use]
    pub fn backlog(&self) -> Backlog {
        let waiting = self.records().filter(|record| record.sequence > self.state.acknowledged);
        let (batches, bytes) =
            waiting.fold((0, 0), |(batches, bytes), record| (batches + 1, bytes + u64::from(record.length)));
        let State { given_up_batches, given_up_frames, .. } = self.state;
        Backlog { batches, bytes, given_up_batches, given_up_frames }
    }

    /// Keeps a batch of `frames` frames; it is on the disk when this returns. What has to make room is told.
    ///
    /// # Errors
    /// When it cannot be written: then it is counted as given up, and the next one goes on after it.
    pub fn append(
        &mut self,
        sequence: u64,
        frames: u64,
        bytes: &[u8],
        now: Timestamp,
    ) -> Result<Vec<Notice>, SpoolError> {
        if sequence < self.next {
            return Err(SpoolError::Order { expected: self.next, found: sequence });
        }
        self.state.give_up(sequence - self.next, 0);
        self.clock.advance(now);
        let written = self.write(sequence, frames, bytes);
        self.next = sequence.saturating_add(1);
        self.frames = self.frames.saturating_add(frames);
        if let Err(error) = written {
            self.state.give_up(1, frames);
            self.must_roll = true;
            return Err(error);
        }
        Ok(std::mem::take(&mut self.untold))
    }

    /// A batch of `frames` frames cannot be kept at all: it is counted as given up, and its number is used.
    pub fn skip(&mut self, sequence: u64, frames: u64) {
        if sequence >= self.next {
            self.state.give_up(sequence - self.next + 1, frames);
            self.next = sequence.saturating_add(1);
            self.frames = self.frames.saturating_add(frames);
            self.must_roll = true;
        }
    }

    fn write(&mut self, sequence: u64, frames: u64, bytes: &[u8]) -> Result<(), SpoolError> {
        let record = Record::new(sequence, frames, self.clock.seconds, bytes)?;
        let size = record.size();
        if size > self.limits.bytes / 2 {
            return Err(SpoolError::TooLarge { bytes: size, limit: self.limits.bytes / 2 });
        }
        self.make_room(size);
        if self.must_roll || self.segments.back().is_some_and(|segment| self.is_full(segment)) {
            self.roll(sequence)?;
            self.make_room(size);
        }
        let Some(segment) = self.segments.back_mut() else {
            return Err(SpoolError::Missing { folder: self.folder.clone() });
        };
        segment.append(&mut self.file, record, bytes)
    }

    fn is_full(&self, segment: &Segment) -> bool {
        let part = self.limits.age_s / AGE_PARTS;
        segment.bytes > self.limits.segment()
            || self.clock.seconds.saturating_sub(segment.begun_s) > part && !segment.records.is_empty()
    }

    /// Closes the segment that is written to and begins one with batch `first`.
    fn roll(&mut self, first: u64) -> Result<(), SpoolError> {
        let path = file::segment(&self.folder, first);
        let begun = Segment::create(&path, first, self.frames, self.clock.seconds)
            .and_then(|segment| Ok((file::append_to(&path, segment.bytes)?, segment)));
        let (file, segment) = match begun {
            Ok(begun) => begun,
            Err(error) => {
                // When it is there after all, a start takes it for the last one: nothing may follow in the one before.
                self.must_roll |= path.try_exists().unwrap_or(true);
                return Err(error);
            }
        };
        self.file = file;
        self.must_roll = false;
        // One that holds nothing says nothing that this one does not say.
        if let Some(empty) = self.segments.pop_back_if(|last| last.records.is_empty())
            && empty.path != path
        {
            self.remove(empty.path);
        }
        self.segments.push_back(segment);
        Ok(())
    }

    /// Removes a file, at once or when something is removed next. When the sensor starts before, what is in it is sent
    /// again, and the hub counts it once.
    fn remove(&mut self, path: PathBuf) {
        self.leftovers.push(path);
        self.leftovers.retain(|path| file::remove(path).is_err());
    }

    /// Gives up what is too old, and the oldest while there is no room.
    fn make_room(&mut self, size: u64) {
        loop {
            let bytes: u64 = self.segments.iter().map(|segment| segment.bytes).sum();
            let oldest = self.segments.front().map_or(self.clock.seconds, Segment::clock_s);
            let is_too_old = self.clock.seconds.saturating_sub(oldest) > self.limits.age_s;
            let because = match (is_too_old, bytes.saturating_add(size) > self.limits.bytes) {
                (true, _) => Full::Age,
                (false, true) => Full::Bytes,
                (false, false) => return,
            };
            if self.segments.len() < 2 {
                return;
            }
            let notice = self.drop_oldest(because);
            self.untold.extend(notice);
        }
    }

    fn drop_oldest(&mut self, because: Full) -> Option<Notice> {
        let segment = self.segments.pop_front()?;
        let lost = segment.records.iter().filter(|record| record.sequence > self.state.acknowledged);
        let (batches, frames) =
            lost.fold((0, 0), |(batches, frames), record| (batches + 1, frames + record.frames));
        self.state.give_up(batches, frames);
        // A full disk does not take the state, and is to be emptied all the same; it is written with what comes next.
        drop(self.state.write(&self.folder));
        self.remove(segment.path);
        (batches > 0).then_some(Notice::GivenUp { batches, frames, because })
    }

    /// The oldest batch that the hub does not have.
    ///
    /// # Errors
    /// When it cannot be read. A record that the disk changed is given up, which the notices say.
    pub fn oldest(&mut self) -> Result<(Option<Waiting>, Vec<Notice>), SpoolError> {
        loop {
            let Some((path, record)) = self.find_oldest() else {
                return Ok((None, std::mem::take(&mut self.untold)));
            };
            if let Some(bytes) = record.read(&path)? {
                let waiting = Waiting {
                    sequence: record.sequence,
                    gone_from: self.gone_before(record.sequence),
                    bytes,
                };
                return Ok((Some(waiting), std::mem::take(&mut self.untold)));
            }
            self.forget(record.sequence);
            self.state.give_up(1, record.frames);
            self.untold.push(Notice::Damaged { batches: 1 });
        }
    }

    fn find_oldest(&self) -> Option<(PathBuf, Record)> {
        self.segments.iter().find_map(|segment| {
            let record = segment.records.iter().find(|record| record.sequence > self.state.acknowledged)?;
            Some((segment.path.clone(), record.clone()))
        })
    }

    /// From which number on the batches directly before this one are here no more.
    fn gone_before(&self, sequence: u64) -> u64 {
        let before = self.records().map(|record| record.sequence).filter(|before| *before < sequence).max();
        before.map_or(1, |before| before.saturating_add(1))
    }

    fn forget(&mut self, sequence: u64) {
        for segment in &mut self.segments {
            segment.records.retain(|record| record.sequence != sequence);
        }
    }

    /// Batch `sequence` can never be taken by the hub: it is given up.
    pub fn give_up(&mut self, sequence: u64) {
        let frames = self.records().find(|record| record.sequence == sequence).map(|record| record.frames);
        if let Some(frames) = frames {
            self.forget(sequence);
            self.state.give_up(1, frames);
        }
    }

    /// The hub has every batch up to `sequence`; what is not needed any more is removed. A full disk is emptied by it.
    ///
    /// # Errors
    /// [`SpoolError::Ahead`] when the hub has batches that were never written here: another spool was in this place.
    /// Another error says that the disk does not remember it: the spool goes on, and after a start batches are sent again.
    pub fn acknowledge(&mut self, sequence: u64) -> Result<(), SpoolError> {
        if sequence >= self.next {
            return Err(SpoolError::Ahead { acknowledged: sequence, last: self.last() });
        }
        if sequence <= self.state.acknowledged {
            return Ok(());
        }
        self.state.acknowledged = sequence;
        self.remove_done();
        let is_large = |last: &Segment| last.bytes > SEGMENT_DONE.min(self.limits.segment());
        let rolled = match self.segments.back() {
            Some(last) if self.is_done(last) && is_large(last) => self.roll(self.next),
            Some(_) | None => Ok(()),
        };
        self.remove_done();
        let written = self.state.write(&self.folder);
        rolled.and(written)
    }

    fn is_done(&self, segment: &Segment) -> bool {
        segment.next() <= self.state.acknowledged.saturating_add(1)
    }

    /// Removes the segments of which the hub has everything, except the last.
    fn remove_done(&mut self) {
        while self.segments.len() > 1 && self.segments.front().is_some_and(|first| self.is_done(first)) {
            if let Some(segment) = self.segments.pop_front() {
                self.remove(segment.path);
            }
        }
    }

    /// The hub lacks batch `expected`, which it may have had before: what is still here from it on is sent again.
    pub fn rewind(&mut self, expected: u64) {
        self.state.acknowledged = self.state.acknowledged.min(expected.saturating_sub(1));
    }

    fn records(&self) -> impl Iterator<Item = &Record> {
        self.segments.iter().flat_map(|segment| &segment.records)
    }
}

impl Clock {
    fn advance(&mut self, now: Timestamp) {
        let step_s = self.last.map_or(0, |last| now.since(last) / 1_000_000_000);
        // What is less than a second is not lost: it counts from the time before.
        if step_s > 0 || self.last.is_none_or(|last| now < last) {
            self.last = Some(now);
        }
        self.seconds = self.seconds.saturating_add(step_s.min(STEP_MAX_S));
    }
}

#[cfg(test)]
mod tests;
