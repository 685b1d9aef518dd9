//! A sensor's machine loses power: whatever the disk holds then, the spool opens, and what it kept is there.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, reason = "tests")]

mod said;

use std::path::Path;
use std::process::Command;

use model::Timestamp;
use relay::{Limits, Notice, Spool};
use said::say;
use tempfile::TempDir;
use testkit::disk::{Image, Outcome, Recording, Sweep};

/// Where the process that is recorded has its spool.
const CHILD: &str = "BEDRAIL_SPOOL_RECORDED";
/// States that are looked at when nothing else is said.
const STATES: u64 = 400;
/// Small, so that there are many segments.
const LIMITS: Limits = Limits { bytes: 600_000, age_s: 72 * 3_600 };
const BATCHES: u64 = 150;

fn payload(sequence: u64) -> Vec<u8> {
    let size = usize::try_from(sequence * 7_919 % 20_000).unwrap();
    sequence.to_le_bytes().into_iter().cycle().take(size).collect()
}

/// The process that is recorded: keeps batches and says so, is told what the hub has, and starts again now and then.
fn keep_and_say(folder: &Path) {
    Spool::create(folder).unwrap();
    say("made");
    let mut spool = Spool::open(folder, LIMITS).unwrap().0;
    for sequence in 1..=BATCHES {
        spool.append(sequence, 1, &payload(sequence), Timestamp::from_nanos(0)).unwrap();
        say(&format!("kept {sequence}"));
        if sequence.is_multiple_of(4) {
            say(&format!("hub {}", sequence - 3));
            spool.acknowledge(sequence - 3).unwrap();
        }
        if sequence.is_multiple_of(25) {
            drop(spool);
            spool = Spool::open(folder, LIMITS).unwrap().0;
        }
    }
}

/// The last number that was said with this word.
fn said(image: &Image, word: &str) -> u64 {
    // The test harness writes into the same output.
    let mut numbers = image.said().iter().filter_map(|line| line.split_once(word)?.1.trim().parse().ok());
    numbers.next_back().unwrap_or(0)
}

/// What is wrong with the spool that a disk holds.
fn check(image: &Image, folder: &Path) -> Result<(), String> {
    let folder = folder.join("spool");
    let text = |error: relay::SpoolError| format!("{error:?}");
    if !image.said().iter().any(|line| line.contains("made")) {
        if !Spool::exists(&folder).map_err(text)? {
            Spool::create(&folder).map_err(text)?;
        }
        return Spool::open(&folder, LIMITS).map(drop).map_err(text);
    }
    let (kept, hub) = (said(image, "kept "), said(image, "hub "));
    let (mut spool, notices) = Spool::open(&folder, LIMITS).map_err(text)?;
    let over = skipped(&notices);
    // Where zeros stand for what was not written, at most the number of the torn batch is passed over.
    if over > 1 && !image.is_stale() {
        return Err(format!("{notices:?}"));
    }
    if spool.last() < kept || spool.last() > kept + 1 + over || spool.frames() + over != spool.last() {
        return Err(format!("kept {kept}, last {}, frames {}", spool.last(), spool.frames()));
    }
    let mut numbers: Vec<u64> = (hub + 1..=spool.last() - over).collect();
    let next = spool.last() + 1;
    spool.append(next, 1, &payload(next), Timestamp::from_nanos(0)).map_err(text)?;
    drop(spool);
    let (mut spool, notices) = Spool::open(&folder, LIMITS).map_err(text)?;
    if !notices.is_empty() {
        return Err(format!("the second time: {notices:?}"));
    }
    if hub > spool.acknowledged() {
        spool.acknowledge(hub).map_err(text)?;
    }
    numbers.push(next);
    let mut found = Vec::new();
    while let (Some(waiting), notices) = spool.oldest().map_err(text)? {
        if waiting.bytes != payload(waiting.sequence) || !notices.is_empty() {
            return Err(format!("batch {} is not what was kept, {notices:?}", waiting.sequence));
        }
        found.push(waiting.sequence);
        spool.acknowledge(waiting.sequence).map_err(text)?;
    }
    if found != numbers {
        return Err(format!("hub {hub}, kept {kept}: {found:?} are there, not {numbers:?}"));
    }
    Ok(())
}

/// How many numbers may have been of batches that the disk does not give back: they are passed over.
fn skipped(notices: &[Notice]) -> u64 {
    let skipped = notices.iter().map(|notice| match notice {
        Notice::Damaged { batches } => *batches,
        Notice::Torn { .. } => 0,
        Notice::GivenUp { .. } => u64::MAX,
    });
    skipped.fold(0, u64::saturating_add)
}

fn recorded(sweep: &Sweep, test: &str) -> Option<Recording> {
    let folder = TempDir::new().unwrap();
    let mut program = Command::new(std::env::current_exe().unwrap());
    program.args(["--exact", test, "--nocapture"]).env(CHILD, folder.path().join("spool"));
    sweep.recording(folder.path(), &program).unwrap()
}

fn run(sweep: &Sweep, recording: &Recording) -> Outcome {
    sweep.run(recording, check).unwrap()
}

/// Starts itself as the process that is recorded. `BEDRAIL_POWER_STATES` says how many states.
#[test]
fn what_was_kept_survives_a_loss_of_power() {
    if let Some(folder) = std::env::var_os(CHILD) {
        return keep_and_say(Path::new(&folder));
    }
    let sweep = Sweep::from_environment(STATES).unwrap();
    let Some(recording) = recorded(&sweep, "what_was_kept_survives_a_loss_of_power") else { return };
    let outcome = run(&sweep, &recording);
    println!("power-loss-spool: {outcome}; {:?} steps and syncs", recording.size());
    assert_eq!(outcome.complaint(&recording, "power-loss-spool").unwrap(), None);
}

#[test]
fn a_disk_that_does_not_write_what_it_says_is_found_out() {
    if let Some(folder) = std::env::var_os(CHILD) {
        return keep_and_say(Path::new(&folder));
    }
    let sweep = Sweep { states: 100, seed: 1, record: None };
    let Some(recording) = recorded(&sweep, "a_disk_that_does_not_write_what_it_says_is_found_out") else {
        return;
    };
    let lies = [recording.without_file_syncs(), recording.without_folder_syncs()];
    let found = lies.map(|lying| run(&sweep, &lying).violations.len());
    println!("{found:?} of 100 states are wrong when files, when folders are not synced");
    assert!(found.iter().all(|count| *count > 0), "{found:?}");
}
