//! The hub's disk fails, at whichever call, or is full: the store says so, goes on, and what it acknowledged is there, whole.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests"
)]

mod suite;

use std::error::Error as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, anyhow, ensure};
use store::{Error, Location, Store};
use suite::promises::{self, NAMES, Promised, pair, say, telling_batch};
use suite::{key, open, try_open};
use tempfile::TempDir;
use testkit::disk::{self, Fault, Faults, Kind, Ran};
use tokio::runtime::{Builder, Runtime};

/// Where the process whose disk fails has its store.
const CHILD: &str = "BEDRAIL_STORE_FAULTS";
/// Faults that are tried when nothing else is said.
const RUNS: u64 = 32;
const KINDS: &[Kind] = &[
    ("pwrite64", "EIO"),
    ("pwrite64", "ENOSPC"),
    ("fsync", "EIO"),
    ("ftruncate", "EIO"),
    ("unlink", "EIO"),
    ("openat", "EIO"),
    ("openat", "ENOSPC"),
    ("pread64", "EIO"),
];
/// Rounds of work; the store is opened anew after each.
const ROUNDS: u64 = 3;
/// Times that something is tried again: each of the store's threads meets a fault of its own.
const TRIES: usize = 8;

fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// An error says which file and what to do, and nothing is worse than a disk that fails.
fn clean(what: &str, error: &Error, path: &Path) {
    let text = error.to_string();
    let is_of_disk = matches!(error, Error::Full { .. } | Error::Disk { .. } | Error::Open { .. });
    assert!(is_of_disk, "{what}: {error:?}");
    assert!(text.contains(path.to_str().unwrap()) && text.contains("; "), "{what}: `{text}`");
    say(&format!("failed {what}: {text}: {}", error.source().unwrap()));
}

/// Tries until it works, a few times.
async fn persist<T>(what: &str, path: &Path, work: impl AsyncFn() -> store::Result<T>) -> Option<T> {
    for _ in 0..TRIES {
        match work().await {
            Ok(done) => return Some(done),
            Err(error) => clean(what, &error, path),
        }
    }
    None
}

/// The process whose disk fails. `None` when it gave up.
async fn live(path: &Path) -> Option<()> {
    let location = Location::Sqlite(path.to_owned());
    for round in 1..=ROUNDS {
        let Some(store) = persist("open", path, || try_open(&location)).await else {
            say("not opened");
            return None;
        };
        let lived = live_through(&store, path, round).await;
        if let Err(error) = store.close().await {
            clean("close", &error, path);
        }
        lived?;
    }
    say("ended");
    Some(())
}

async fn live_through(store: &Store, path: &Path, round: u64) -> Option<()> {
    for name in NAMES {
        let batch = telling_batch(name, round);
        persist("ingest", path, || store.ingest(&batch)).await?;
        say(&format!("ack {name} {round}"));
    }
    let devices = pair(round);
    persist("put", path, || store.put_devices(&devices, Vec::new())).await?;
    say(&format!("ack pair {round}"));
    persist("approve", path, || promises::approve(store, round)).await?;
    say(&format!("ack approved {round}"));
    persist("read", path, || store.evidence()).await.map(drop)
}

/// What is wrong with the store that is left, now that the disk works.
async fn check(path: &Path, promised: &Promised) -> Result<()> {
    let store = try_open(&Location::Sqlite(path.to_owned())).await?;
    let found = promises::check(&store, promised).await.map_err(|what| anyhow!(what))?;
    for (name, last) in NAMES.iter().zip(found.batches) {
        store.ingest(&telling_batch(name, last + 1)).await?;
    }
    store.close().await?;
    Ok(Store::check(path.to_owned(), Some(key()))?)
}

/// What a store may have here, and its folder.
fn files(path: &Path) -> Vec<PathBuf> {
    let beside =
        ["", "-wal", "-shm", "-journal"].map(|end| PathBuf::from(format!("{}{end}", path.display())));
    beside.into_iter().chain([path.parent().unwrap().to_owned()]).collect()
}

fn attempt(runtime: &Runtime, made: &Path, fault: &Fault, test: &str) -> Result<Option<Ran>> {
    let folder = disk::scratch()?;
    let path = folder.path().join("hub.db");
    std::fs::copy(made, &path)?;
    let mut program = Command::new(std::env::current_exe()?);
    program.args(["--exact", test, "--nocapture"]).env(CHILD, &path);
    let Some(ran) = fault.run(&files(&path), &program)? else { return Ok(None) };
    let is_said = |what: &str| ran.said.lines().any(|line| line.ends_with(what));
    // Each start has threads of its own, which count their calls anew: a fault that ends one ends all.
    let may_end = ran.failed > 0 && (fault.sticky || is_said("not opened"));
    ensure!(is_said("ended") || may_end, "it did not go on:\n{}", ran.said);
    let promised = Promised::of(ran.said.lines());
    runtime.block_on(check(&path, &promised)).with_context(|| format!("after:\n{}", ran.said))?;
    Ok(Some(ran))
}

/// Starts itself as the process whose disk fails. `BEDRAIL_FAULTS=all` tries every call.
#[test]
fn a_disk_that_fails_loses_nothing_that_was_acknowledged() {
    const TEST: &str = "a_disk_that_fails_loses_nothing_that_was_acknowledged";
    let runtime = runtime();
    if let Some(path) = std::env::var_os(CHILD) {
        runtime.block_on(live(Path::new(&path)));
        return;
    }
    let folder = TempDir::new().unwrap();
    let made = folder.path().join("made.db");
    runtime.block_on(async { open(&Location::Sqlite(made.clone())).await.close().await.unwrap() });
    let faults = Faults::from_environment(RUNS).unwrap();
    let Some(tally) = faults.sweep(KINDS, |fault| attempt(&runtime, &made, fault, TEST)).unwrap() else {
        return;
    };
    println!("io-errors-store: {tally}");
    println!("executions: {}", tally.runs);
    assert_eq!(tally.complaint(), None);
}

/// Bytes of the small disk, and what lies there beside the store.
const DISK: u64 = 3 << 20;
const BALLAST: usize = 1 << 20;

/// Batches of the first sensor from this one on, until one is not taken; the number of the last that was.
async fn fill(store: &Store, path: &Path, from: u64) -> u64 {
    let mut sequence = from;
    loop {
        match store.ingest(&telling_batch(NAMES[0], sequence)).await {
            Ok(_) => sequence += 1,
            Err(error) => {
                assert!(matches!(error, Error::Full { .. }), "{error:?}");
                clean("ingest", &error, path);
                return sequence - 1;
            }
        }
    }
}

/// The process whose disk is full.
async fn live_on_a_small_disk(folder: &Path) {
    let (path, ballast) = (folder.join("hub.db"), folder.join("ballast"));
    let location = Location::Sqlite(path.clone());
    std::fs::write(&ballast, vec![7; BALLAST]).unwrap();
    let store = open(&location).await;
    let full = fill(&store, &path, 1).await;
    assert!(full > 10, "{full}");
    assert_eq!(fill(&store, &path, full + 1).await, full, "it stays full");
    let promised = |last| Promised { batches: [last, 0, 0], ..Promised::default() };
    let found = promises::check(&store, &promised(full)).await.expect("what is there is read");
    assert_eq!(found.batches[0], full, "nothing is there in part");
    std::fs::remove_file(&ballast).unwrap();
    let more = fill(&store, &path, full + 1).await;
    assert!(more > full, "there is room again: {more}");
    assert_eq!(promises::check(&store, &promised(more)).await.unwrap().batches[0], more);
    // A start needs room too, and says so; or it does not.
    store.close().await.unwrap();
    if let Err(error) = try_open(&location).await {
        clean("open", &error, &path);
    }
    Store::check(path, Some(key())).unwrap();
    say("ended");
}

/// Starts itself as the process whose disk is full.
#[test]
fn a_full_disk_refuses_what_does_not_fit_and_keeps_the_rest() {
    if let Some(folder) = std::env::var_os(CHILD) {
        return runtime().block_on(live_on_a_small_disk(Path::new(&folder)));
    }
    let folder = TempDir::new().unwrap();
    let mut program = Command::new(std::env::current_exe().unwrap());
    program
        .args(["--exact", "a_full_disk_refuses_what_does_not_fit_and_keeps_the_rest", "--nocapture"])
        .env(CHILD, folder.path());
    let Some(said) = disk::run_on_small_disk(folder.path(), DISK, &program).unwrap() else { return };
    assert!(said.contains("ended"), "{said}");
}
