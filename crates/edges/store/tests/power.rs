//! The hub's machine loses power: whatever the disk holds then, the store opens, and what it acknowledged is there, whole.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests"
)]

mod suite;

use std::path::{Path, PathBuf};
use std::process::Command;

use store::{Location, Store};
use suite::promises::{self, NAMES, Promised, say, work};
use suite::{key, open};
use tempfile::TempDir;
use testkit::disk::{Image, Outcome, Recording, Sweep};
use tokio::runtime::{Builder, Runtime};

/// Where the process that is recorded has its store.
const CHILD: &str = "BEDRAIL_STORE_RECORDED";
/// States that are looked at when nothing else is said.
const STATES: u64 = 200;
/// The last round of work before and after a start: so many that the log is put into the file and begun anew.
const ROUNDS: [u64; 2] = [40, 52];

fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// The process that is recorded.
fn work_and_say(path: PathBuf) {
    let location = Location::Sqlite(path);
    runtime().block_on(async {
        let store = open(&location).await;
        say("made");
        work(&store, 1, ROUNDS[0]).await;
        store.close().await.unwrap();
        let store = open(&location).await;
        work(&store, ROUNDS[0] + 1, ROUNDS[1]).await;
    });
}

/// What is wrong with the store that a disk holds.
fn check(runtime: &Runtime, image: &Image, folder: &Path) -> Result<(), String> {
    let path = folder.join("hub.db");
    let promised = Promised::of(image.said().iter().map(String::as_str));
    runtime.block_on(async {
        let text = |error: store::Error| format!("{error:?}");
        let store = suite::try_open(&Location::Sqlite(path.clone())).await.map_err(text)?;
        let found = promises::check(&store, &promised).await?;
        let next =
            found.batches.iter().zip(NAMES).map(|(last, name)| promises::telling_batch(name, last + 1));
        for batch in next {
            store.ingest(&batch).await.map_err(text)?;
        }
        store.close().await.map_err(text)
    })?;
    Store::check(path, Some(key())).map_err(|error| format!("{error:?}"))
}

fn recorded(sweep: &Sweep, test: &str) -> Option<Recording> {
    let folder = TempDir::new().unwrap();
    let mut program = Command::new(std::env::current_exe().unwrap());
    program.args(["--exact", test, "--nocapture"]).env(CHILD, folder.path().join("hub.db"));
    sweep.recording(folder.path(), &program).unwrap()
}

/// The index of the log is in memory that is mapped, which is not recorded: it is not there, or it is nonsense.
fn run(sweep: &Sweep, recording: &Recording) -> Outcome {
    let runtime = runtime();
    let look = |image: &Image, folder: &Path| {
        let index = folder.join("hub.db-shm");
        if image.is_stale() && index.exists() {
            std::fs::write(&index, [0x5a; 32_768]).unwrap();
        } else if index.exists() {
            std::fs::remove_file(&index).unwrap();
        }
        check(&runtime, image, folder)
    };
    sweep.run(recording, look).unwrap()
}

/// Starts itself as the process that is recorded. `BEDRAIL_POWER_STATES` says how many states.
#[test]
fn what_was_acknowledged_survives_a_loss_of_power() {
    if let Some(path) = std::env::var_os(CHILD) {
        return work_and_say(path.into());
    }
    let sweep = Sweep::from_environment(STATES).unwrap();
    let Some(recording) = recorded(&sweep, "what_was_acknowledged_survives_a_loss_of_power") else { return };
    let outcome = run(&sweep, &recording);
    println!("power-loss-store: {outcome}; {:?} steps and syncs", recording.size());
    assert_eq!(outcome.complaint(&recording, "power-loss-store").unwrap(), None);
}

#[test]
fn a_disk_that_does_not_write_what_it_says_is_found_out() {
    if let Some(path) = std::env::var_os(CHILD) {
        return work_and_say(path.into());
    }
    let sweep = Sweep { states: 40, seed: 1, record: None };
    let Some(recording) = recorded(&sweep, "a_disk_that_does_not_write_what_it_says_is_found_out") else {
        return;
    };
    let lies = [recording.without_file_syncs(), recording.without_folder_syncs()];
    let found = lies.map(|lying| run(&sweep, &lying).violations.len());
    println!("{found:?} of 40 states are wrong when files, when folders are not synced");
    assert!(found.iter().all(|count| *count > 0), "{found:?}");
}
