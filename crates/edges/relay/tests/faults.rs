//! A sensor's disk fails, at whichever call, or is full: the sensor goes on, says what it lost, and loses nothing that
//! it kept.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests"
)]

mod said;

use std::collections::BTreeMap;
use std::error::Error as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use model::Timestamp;
use relay::{Limits, Notice, Spool, SpoolError};
use said::say;
use tempfile::TempDir;
use testkit::disk::{self, Fault, Faults, Kind, Ran};

/// Where the process whose disk fails has its spool.
const CHILD: &str = "BEDRAIL_SPOOL_FAULTS";
/// Faults that are tried when nothing else is said.
const RUNS: u64 = 96;
/// Small, so that there are many segments.
const LIMITS: Limits = Limits { bytes: 160_000, age_s: 72 * 3_600 };
const BATCHES: u64 = 40;
const KINDS: &[Kind] = &[
    ("write", "EIO"),
    ("write", "ENOSPC"),
    ("fsync", "EIO"),
    ("fdatasync", "EIO"),
    ("fdatasync", "ENOSPC"),
    ("ftruncate", "EIO"),
    ("rename", "ENOSPC"),
    ("unlink", "EIO"),
    ("openat", "ENOSPC"),
    ("openat", "EIO"),
    ("read", "EIO"),
];
/// Times that something is tried again before it is taken as gone for good.
const TRIES: usize = 3;

/// Bytes that say which number they have and which attempt to keep something made them.
fn payload(sequence: u64, attempt: u64) -> Vec<u8> {
    let size = 16 + usize::try_from(sequence * 7_919 % 9_000).unwrap();
    [sequence.to_le_bytes(), attempt.to_le_bytes()].concat().into_iter().cycle().take(size).collect()
}

/// An error says which file and what to do, and nothing is worse than a file that cannot be used.
fn clean(what: &str, error: &SpoolError, folder: &Path) {
    let text = error.to_string();
    assert!(matches!(error, SpoolError::File { .. }), "{what}: {error:?}");
    let place = folder.parent().unwrap().to_str().unwrap();
    assert!(text.contains(place) && text.contains("; "), "{what}: `{text}`");
    say(&format!("failed {what}: {text}: {}", error.source().unwrap()));
}

/// Tries until it works, a few times.
fn persist<T>(what: &str, folder: &Path, mut work: impl FnMut() -> Result<T, SpoolError>) -> Option<T> {
    (0..TRIES).find_map(|_| work().map_err(|error| clean(what, &error, folder)).ok())
}

/// A sensor and its hub in one process, on a disk that fails.
struct Sensor {
    folder: PathBuf,
    spool: Spool,
    attempt: u64,
    /// Batches that were given up since the spool was opened, as far as it said so.
    lost: u64,
    lost_before: u64,
}

impl Sensor {
    fn new(folder: &Path) -> Option<Self> {
        let is_there = || if Spool::exists(folder)? { Ok(()) } else { Spool::create(folder) };
        persist("create", folder, is_there)?;
        say("made");
        let spool = open(folder)?;
        let lost_before = spool.backlog().given_up_batches;
        Some(Self { folder: folder.to_owned(), spool, attempt: 0, lost: 0, lost_before })
    }

    fn keep(&mut self) {
        self.attempt += 1;
        let (sequence, frame, attempt) = (self.spool.last() + 1, self.spool.frames() + 1, self.attempt);
        say(&format!("try {sequence} {frame} {attempt}"));
        match self.spool.append(sequence, 1, &payload(sequence, attempt), Timestamp::from_nanos(0)) {
            Ok(notices) => {
                say(&format!("kept {sequence} {frame} {attempt}"));
                notices.iter().for_each(|notice| self.note(notice));
            }
            Err(error) => {
                self.lost += 1;
                clean("append", &error, &self.folder);
            }
        }
    }

    fn note(&mut self, notice: &Notice) {
        let Notice::GivenUp { batches, .. } = notice else { panic!("{notice:?}") };
        self.lost += batches;
    }

    /// The hub takes what waits longest.
    fn hand_over(&mut self) {
        let Some((waiting, notices)) = persist("oldest", &self.folder, || self.spool.oldest()) else {
            return;
        };
        notices.iter().for_each(|notice| self.note(notice));
        let Some(waiting) = waiting else { return };
        say(&format!("hub {}", waiting.sequence));
        if let Err(error) = self.spool.acknowledge(waiting.sequence) {
            clean("acknowledge", &error, &self.folder);
        }
        assert_eq!(self.spool.acknowledged(), waiting.sequence, "the hub has it, whatever the disk says");
    }

    fn count(&self) {
        let counted = self.spool.backlog().given_up_batches - self.lost_before;
        assert_eq!(counted, self.lost, "what was given up is counted");
    }

    fn start_again(self) -> Option<Self> {
        self.count();
        let Self { folder, spool, attempt, .. } = self;
        drop(spool);
        let spool = open(&folder)?;
        let lost_before = spool.backlog().given_up_batches;
        Some(Self { folder, spool, attempt, lost: 0, lost_before })
    }
}

fn open(folder: &Path) -> Option<Spool> {
    let (spool, notices) = persist("open", folder, || Spool::open(folder, LIMITS))?;
    let is_harmless = |notice: &Notice| matches!(notice, Notice::Torn { .. });
    assert!(notices.iter().all(is_harmless), "{notices:?}");
    Some(spool)
}

/// The process whose disk fails.
fn live(folder: &Path) {
    let Some(mut sensor) = Sensor::new(folder) else { return };
    for step in 1..=BATCHES {
        sensor.keep();
        if step % 3 == 0 {
            sensor.hand_over();
        }
        if step % 15 == 0 {
            let Some(again) = sensor.start_again() else { return };
            sensor = again;
        }
    }
    sensor.count();
    say("ended");
}

/// What a process said of its batches.
#[derive(Debug, Default)]
struct Said {
    made: bool,
    ended: bool,
    failed: usize,
    /// Numbers, frames and attempts.
    tried: Vec<[u64; 3]>,
    kept: Vec<[u64; 3]>,
    hub: u64,
}

impl Said {
    fn of(text: &str) -> Self {
        let mut said = Self::default();
        for line in text.lines() {
            // The test harness writes into the same output.
            let numbers = |word: &str| {
                let (_, rest) = line.split_once(word)?;
                let numbers: Option<Vec<u64>> = rest.split(' ').map(|number| number.parse().ok()).collect();
                numbers
            };
            said.made |= line.ends_with("made");
            said.ended |= line.ends_with("ended");
            said.failed += usize::from(line.contains("failed "));
            let three = |word: &str| <[u64; 3]>::try_from(numbers(word)?).ok();
            said.tried.extend(three("try "));
            said.kept.extend(three("kept "));
            said.hub = numbers("hub ").and_then(|it| it.first().copied()).unwrap_or(said.hub);
        }
        said
    }

    /// What is wrong with the spool that is left, now that the disk works.
    fn check(&self, folder: &Path) -> Result<()> {
        if !self.made && !Spool::exists(folder)? {
            Spool::create(folder)?;
        }
        let rises = |place: usize| self.kept.windows(2).all(|pair| pair[0][place] < pair[1][place]);
        ensure!(rises(0) && rises(1), "a number or a frame comes twice: {:?}", self.kept);
        let (mut spool, notices) = Spool::open(folder, LIMITS)?;
        let is_harmless = |notice: &Notice| matches!(notice, Notice::Torn { .. });
        ensure!(notices.iter().all(is_harmless), "{notices:?}");
        let [last, frame, _] = self.kept.last().copied().unwrap_or_default();
        ensure!(spool.last() >= last && spool.frames() >= frame, "kept {last}, and {} is last", spool.last());
        let next = spool.last() + 1;
        spool.append(next, 1, &payload(next, u64::MAX), Timestamp::from_nanos(0))?;
        drop(spool);
        let (mut spool, notices) = Spool::open(folder, LIMITS)?;
        ensure!(notices.is_empty(), "the second time: {notices:?}");
        if self.hub > spool.acknowledged() {
            spool.acknowledge(self.hub)?;
        }
        let mut found = drain(&mut spool)?;
        ensure!(
            found.pop_last() == Some((next, payload(next, u64::MAX))),
            "the new batch {next} is not there"
        );
        for [sequence, _, attempt] in self.kept.iter().filter(|[sequence, ..]| *sequence > self.hub) {
            let bytes = found.remove(sequence).with_context(|| format!("batch {sequence} was kept"))?;
            ensure!(bytes == payload(*sequence, *attempt), "batch {sequence} is not what was kept");
        }
        // What was given up may be there after all.
        for (sequence, bytes) in found {
            let mut tries = self.tried.iter().filter(|[number, ..]| *number == sequence);
            ensure!(
                tries.any(|[_, _, attempt]| bytes == payload(sequence, *attempt)),
                "{sequence} is nobody's"
            );
        }
        Ok(())
    }
}

/// Everything that waits.
fn drain(spool: &mut Spool) -> Result<BTreeMap<u64, Vec<u8>>> {
    let mut found = BTreeMap::new();
    while let (Some(waiting), notices) = spool.oldest()? {
        ensure!(notices.is_empty(), "{notices:?}");
        ensure!(found.keys().all(|before| *before < waiting.sequence), "{} comes late", waiting.sequence);
        spool.acknowledge(waiting.sequence)?;
        found.insert(waiting.sequence, waiting.bytes);
    }
    Ok(found)
}

/// Every file that a spool may have here, and the folders of it.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = vec![folder.to_owned(), folder.parent().unwrap().to_owned()];
    files.extend(["lock", "state", "state.new"].map(|name| folder.join(name)));
    let numbers = 1..=BATCHES + 10;
    files.extend(
        numbers.flat_map(|first| ["segment", "new"].map(|end| folder.join(format!("{first:020}.{end}")))),
    );
    files
}

fn attempt(fault: &Fault, test: &str) -> Result<Option<Ran>> {
    let place = disk::scratch()?;
    let folder = place.path().join("spool");
    let mut program = Command::new(std::env::current_exe()?);
    program.args(["--exact", test, "--nocapture"]).env(CHILD, &folder);
    let Some(ran) = fault.run(&files(&folder), &program)? else { return Ok(None) };
    let said = Said::of(&ran.said);
    let is_well = ran.failed == 0 || !fault.sticky;
    ensure!(said.ended || !is_well, "it did not go on");
    // One call that fails is at most a batch that is lost and something that is done again.
    ensure!(fault.sticky || said.failed <= 2, "{} failures of one fault:\n{}", said.failed, ran.said);
    said.check(&folder)?;
    Ok(Some(ran))
}

/// Starts itself as the process whose disk fails. `BEDRAIL_FAULTS=all` tries every call.
#[test]
fn a_disk_that_fails_loses_nothing_that_was_kept() {
    const TEST: &str = "a_disk_that_fails_loses_nothing_that_was_kept";
    if let Some(folder) = std::env::var_os(CHILD) {
        return live(Path::new(&folder));
    }
    let faults = Faults::from_environment(RUNS).unwrap();
    let Some(tally) = faults.sweep(KINDS, |fault| attempt(fault, TEST)).unwrap() else { return };
    println!("io-errors-spool: {tally}");
    println!("executions: {}", tally.runs);
    assert_eq!(tally.complaint(), None);
}

/// Bytes of the small disk, and limits that are reached after it is full.
const DISK: u64 = 1 << 20;
const ROOMY: Limits = Limits { bytes: 1_600_000, age_s: 72 * 3_600 };

/// Fills what is left of the disk.
fn fill(path: &Path) {
    let mut size = 1 << 16;
    let mut bytes = Vec::new();
    while size > 0 {
        bytes.resize(bytes.len() + size, 7);
        if fs::write(path, &bytes).is_err() {
            bytes.truncate(bytes.len() - size);
            size /= 2;
        }
    }
    fs::write(path, &bytes).unwrap();
}

struct Full {
    folder: PathBuf,
    spool: Spool,
    kept: Vec<u64>,
}

impl Full {
    fn append(&mut self) -> Result<(), SpoolError> {
        let sequence = self.spool.last() + 1;
        self.spool.append(sequence, 1, &[9; 20_000], Timestamp::from_nanos(0)).map(|notices| {
            assert_eq!(notices, []);
            self.kept.push(sequence);
        })
    }

    /// What does not fit is refused and counted, as often as it is tried.
    fn is_refused(&mut self) {
        let before = self.spool.backlog();
        for _ in 0..5 {
            let error = self.append().expect_err("the disk is full");
            clean("append", &error, &self.folder);
            assert!(error.to_string().contains("make room"), "{error}");
        }
        let after = self.spool.backlog();
        assert_eq!(after.given_up_batches - before.given_up_batches, 5);
        assert_eq!((after.batches, after.bytes), (before.batches, before.bytes), "the others wait on");
    }

    /// Everything that was kept is taken by the hub, in order.
    fn drain(&mut self) {
        let acknowledged = self.spool.acknowledged();
        let kept = std::mem::take(&mut self.kept);
        let waits: Vec<u64> = kept.into_iter().filter(|sequence| *sequence > acknowledged).collect();
        let found: Vec<u64> = drain(&mut self.spool).unwrap().into_keys().collect();
        assert_eq!(found, waits);
    }
}

/// The process whose disk is full.
fn live_on_a_small_disk(folder: &Path) {
    let (ballast, folder) = (folder.join("ballast"), folder.join("spool"));
    Spool::create(&folder).unwrap();
    let mut full = Full { spool: Spool::open(&folder, ROOMY).unwrap().0, folder, kept: Vec::new() };
    // By itself; then the hub takes half.
    while full.append().is_ok() {}
    full.is_refused();
    let half = full.kept[full.kept.len() / 2];
    full.spool.acknowledge(half).expect("acknowledged");
    full.append().expect("there is room again");
    full.drain();
    // By others, when the last segment is as large as it gets, and the hub has everything.
    let segments = |full: &Full| fs::read_dir(&full.folder).unwrap().count();
    let begun = segments(&full);
    while segments(&full) < begun + 2 {
        full.append().unwrap();
    }
    (0..9).for_each(|_| full.append().unwrap());
    fill(&ballast);
    full.is_refused();
    let last = *full.kept.last().unwrap();
    full.spool.acknowledge(last).expect("acknowledging needs no room");
    full.append().expect("there is room again");
    full.drain();
    // By others, and they go.
    fill(&ballast);
    while full.append().is_ok() {}
    full.is_refused();
    fs::remove_file(&ballast).unwrap();
    full.append().expect("there is room again");
    let (given_up, last, frames) =
        (full.spool.backlog().given_up_batches, full.spool.last(), full.spool.frames());
    full.drain();
    drop(full.spool);
    let (spool, notices) = Spool::open(&full.folder, ROOMY).unwrap();
    assert_eq!((notices, spool.last(), spool.frames()), (Vec::new(), last, frames), "numbers go on");
    assert_eq!(spool.backlog().given_up_batches, given_up, "it is remembered");
    say("ended");
}

/// Starts itself as the process whose disk is full.
#[test]
fn a_full_disk_refuses_what_does_not_fit_and_is_emptied_by_the_hub() {
    if let Some(folder) = std::env::var_os(CHILD) {
        return live_on_a_small_disk(Path::new(&folder));
    }
    let folder = TempDir::new().unwrap();
    let mut program = Command::new(std::env::current_exe().unwrap());
    program
        .args(["--exact", "a_full_disk_refuses_what_does_not_fit_and_is_emptied_by_the_hub", "--nocapture"])
        .env(CHILD, folder.path());
    let Some(said) = disk::run_on_small_disk(folder.path(), DISK, &program).unwrap() else { return };
    assert!(said.contains("ended"), "{said}");
}
