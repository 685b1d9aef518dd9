//! Capture files replayed as if they happened now: at their own pace or faster, once or for ever.

use std::path::PathBuf;
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use model::Timestamp;

use crate::block::Entry;
use crate::{Block, Counters, Error, Files, Progress, Source};

/// How a replay runs.
#[derive(Debug, Clone, Copy)]
pub struct ReplayOptions {
    /// How many times faster than it was captured.
    pub speed: f64,
    /// Whether it begins again when it is over.
    pub repeat: bool,
}

/// Capture files whose frames are handed over when their time has come, stamped with the time of now.
pub struct Replay {
    paths: Vec<PathBuf>,
    options: ReplayOptions,
    files: Files,
    /// Frames that were read and are not due yet, and which of them is next.
    read: Block,
    next: usize,
    /// When this round began, and the time of its first frame.
    began: Instant,
    first: Option<Timestamp>,
    epoch: SystemTime,
    start: Instant,
    /// What was read in the rounds before.
    earlier: Counters,
    /// Number of the last frame, and of the last one of the round before.
    number: u64,
    round_began_at: u64,
}

impl Replay {
    /// Opens the files, to be replayed from now on.
    ///
    /// # Errors
    /// When one does not exist or is no capture.
    pub fn open(paths: Vec<PathBuf>, options: ReplayOptions) -> Result<Self, Error> {
        let files = Files::open(&paths)?;
        let now = Instant::now();
        Ok(Self {
            paths,
            options,
            files,
            read: Block::new(),
            next: 0,
            began: now,
            first: None,
            epoch: SystemTime::now(),
            start: now,
            earlier: Counters::default(),
            number: 0,
            round_began_at: 0,
        })
    }

    /// How long after the beginning of the round a frame is due. Time that goes back is due at once.
    fn due(&mut self, at: Timestamp) -> Duration {
        let first = *self.first.get_or_insert(at);
        let offset = Duration::from_nanos(at.since(first));
        let scaled = offset.as_secs_f64() / self.options.speed.max(SPEED_MIN);
        Duration::try_from_secs_f64(scaled).unwrap_or(Duration::MAX)
    }

    /// The wall clock at a moment of this process.
    fn stamp(&self, moment: Instant) -> Timestamp {
        let since_epoch = self.epoch.duration_since(UNIX_EPOCH).unwrap_or_default();
        let nanos = (since_epoch + moment.duration_since(self.start)).as_nanos();
        Timestamp::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }

    /// Moves the frames that are due into `block`, and says how long the next one waits. `None` when none is left.
    fn take_due(&mut self, block: &mut Block) -> Option<Duration> {
        while let Some(entry) = self.read.entries.get(self.next).copied() {
            // What is due after the end of time waits for ever.
            let after = self.due(entry.at);
            let Some(due) = self.began.checked_add(after) else { return Some(Duration::MAX) };
            let now = Instant::now();
            if due > now {
                return Some(due - now);
            }
            self.number += 1;
            let stamped = Entry { at: self.stamp(due), number: self.number, ..entry };
            self.read.copy_to(stamped, block);
            self.next += 1;
        }
        None
    }

    /// Begins again. `false` when it is not to be repeated, or nothing came of the last round.
    fn begin_again(&mut self) -> Result<bool, Error> {
        if !self.options.repeat || self.number == self.round_began_at {
            return Ok(false);
        }
        self.round_began_at = self.number;
        let round = self.files.counters();
        self.earlier.bytes_read += round.bytes_read;
        self.earlier.lost += round.lost;
        self.files = Files::open(&self.paths)?;
        self.began = Instant::now();
        self.first = None;
        Ok(true)
    }
}

impl Source for Replay {
    fn read(&mut self, block: &mut Block) -> Result<Progress, Error> {
        block.clear();
        loop {
            if let Some(wait) = self.take_due(block) {
                if !block.is_empty() {
                    return Ok(Progress::Packets);
                }
                sleep(wait.min(WAIT_MAX));
                if wait > WAIT_MAX {
                    return Ok(Progress::Idle);
                }
                continue;
            }
            if !block.is_empty() {
                return Ok(Progress::Packets);
            }
            self.next = 0;
            let mut read = std::mem::take(&mut self.read);
            let progress = self.files.read(&mut read)?;
            self.read = read;
            if progress == Progress::End && !self.begin_again()? {
                return Ok(Progress::End);
            }
        }
    }

    fn counters(&self) -> Counters {
        let round = self.files.counters();
        Counters {
            frames: self.number,
            bytes_read: self.earlier.bytes_read + round.bytes_read,
            lost: self.earlier.lost + round.lost,
            filtered: 0,
        }
    }
}

/// The longest wait before somebody may stop it.
const WAIT_MAX: Duration = Duration::from_millis(100);
/// A slower replay is standing still.
const SPEED_MIN: f64 = 1e-6;

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;
    use crate::{LinkType, PcapWriter};

    fn capture(name: &str, millis: &[u64]) -> PathBuf {
        let path = std::env::temp_dir().join(format!("bedrail-replay-{}-{name}.pcap", std::process::id()));
        let mut writer = PcapWriter::new(File::create(&path).unwrap(), LinkType::ETHERNET).unwrap();
        for millis in millis {
            let at = Timestamp::from_nanos(1_000_000_000_000 + millis * 1_000_000);
            writer.write(at, 3, &[1, 2, 3]).unwrap();
        }
        writer.finish().unwrap();
        path
    }

    fn all(replay: &mut Replay, most: usize) -> Vec<(u64, Timestamp)> {
        let (mut block, mut seen) = (Block::new(), Vec::new());
        while seen.len() < most && replay.read(&mut block).unwrap() != Progress::End {
            seen.extend(block.frames().map(|frame| (frame.number, frame.at)));
        }
        seen
    }

    #[test]
    fn frames_come_in_their_time_and_bear_the_time_of_now() {
        let path = capture("paced", &[0, 0, 400]);
        let began = Instant::now();
        let before = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos();
        let mut replay =
            Replay::open(vec![path.clone()], ReplayOptions { speed: 2.0, repeat: false }).unwrap();
        let seen = all(&mut replay, 9);
        std::fs::remove_file(path).unwrap();
        assert_eq!(seen.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [1, 2, 3]);
        assert!(began.elapsed() >= Duration::from_millis(200), "twice as fast as captured, not faster");
        let [(_, first), .., (_, last)] = seen.as_slice() else { panic!("three frames") };
        assert_eq!(last.since(*first), 200_000_000);
        assert!(u128::from(first.nanos()) >= before);
    }

    #[test]
    fn captures_without_frames_end_and_are_not_repeated_for_ever() {
        let path = capture("empty", &[]);
        let mut replay =
            Replay::open(vec![path.clone()], ReplayOptions { speed: 1.0, repeat: true }).unwrap();
        let progress = replay.read(&mut Block::new());
        std::fs::remove_file(path).unwrap();
        assert!(matches!(progress, Ok(Progress::End)), "{progress:?}");
    }

    #[test]
    fn a_frame_that_is_never_due_waits_and_can_be_stopped() {
        let path = capture("slow", &[0, u64::from(u32::MAX)]);
        let mut replay =
            Replay::open(vec![path.clone()], ReplayOptions { speed: f64::NAN, repeat: false }).unwrap();
        let mut block = Block::new();
        assert!(matches!(replay.read(&mut block), Ok(Progress::Packets)));
        assert!(matches!(replay.read(&mut block), Ok(Progress::Idle)));
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn it_begins_again_with_new_numbers_and_later_times() {
        let path = capture("again", &[0, 1]);
        let mut replay =
            Replay::open(vec![path.clone()], ReplayOptions { speed: 1.0, repeat: true }).unwrap();
        let seen = all(&mut replay, 6);
        let rounds = replay.counters().bytes_read / path.metadata().unwrap().len();
        std::fs::remove_file(path).unwrap();
        assert_eq!(seen.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6]);
        assert_eq!(rounds, 3, "two frames a round, none of them twice");
        assert!(seen.is_sorted_by_key(|(_, at)| *at));
    }
}
