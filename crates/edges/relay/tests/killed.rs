//! A sensor that is killed with SIGKILL while it spools: what was kept is there, once, in order.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, reason = "tests")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use model::Timestamp;
use relay::{Limits, Notice, Spool};
use tempfile::TempDir;

/// Where the process that is killed has its spool.
const CHILD: &str = "BEDRAIL_SPOOL_CHILD";

fn payload(sequence: u64) -> Vec<u8> {
    let size = usize::try_from(sequence * 7_919 % 30_000).unwrap();
    sequence.to_le_bytes().into_iter().cycle().take(size).collect()
}

/// The process that is killed: keeps batches and says so, and acknowledges some as a hub would.
fn spool_until_killed(folder: &Path) {
    let (mut spool, _) = Spool::open(folder, Limits::DEFAULT).unwrap();
    loop {
        let sequence = spool.last() + 1;
        spool.append(sequence, 1, &payload(sequence), Timestamp::from_nanos(0)).unwrap();
        let mut out = std::io::stdout();
        out.write_all(format!("kept {sequence}\n").as_bytes()).unwrap();
        out.flush().unwrap();
        if sequence.is_multiple_of(5) {
            spool.acknowledge(sequence - 3).unwrap();
        }
    }
}

/// Starts itself as the process that is killed. `BEDRAIL_SPOOL_KILLS` says how often.
#[test]
fn what_was_kept_survives_kill_9_and_comes_once() {
    if let Some(folder) = std::env::var_os(CHILD) {
        return spool_until_killed(Path::new(&folder));
    }
    let cycles: u64 = std::env::var("BEDRAIL_SPOOL_KILLS").map_or(10, |cycles| cycles.parse().unwrap());
    let folder = TempDir::new().unwrap();
    Spool::create(folder.path()).unwrap();
    let mut sent = 0;
    for cycle in 0..cycles {
        let kept = kill_a_spooler(folder.path(), Duration::from_micros(200 + cycle * 7_919 % 40_000));
        let (mut spool, notices) = Spool::open(folder.path(), Limits::DEFAULT).unwrap();
        let is_harmless = |notice: &Notice| matches!(notice, Notice::Torn { .. });
        assert!(notices.iter().all(is_harmless), "cycle {cycle}: {notices:?}");
        assert!(spool.last() >= kept, "cycle {cycle}: {kept} was kept, and {} is the last", spool.last());
        assert!(spool.acknowledged() >= sent, "cycle {cycle}: what was sent is sent again");
        assert_eq!(spool.frames(), spool.last(), "cycle {cycle}: a frame for each");
        for sequence in spool.acknowledged() + 1..=spool.last() {
            let (waiting, _) = spool.oldest().unwrap();
            let waiting = waiting.expect("it waits");
            assert_eq!((waiting.sequence, waiting.bytes), (sequence, payload(sequence)), "cycle {cycle}");
            spool.acknowledge(sequence).unwrap();
        }
        assert_eq!(spool.oldest().unwrap().0, None, "cycle {cycle}");
        sent = spool.last();
    }
    assert!(sent > cycles, "it kept {sent}");
    println!("{cycles} kills, {sent} batches, none lost and none twice");
}

/// Lets a process spool for a while, kills it, and gives the last number that it said to have kept.
fn kill_a_spooler(folder: &Path, after: Duration) -> u64 {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "what_was_kept_survives_kill_9_and_comes_once", "--nocapture"])
        .env(CHILD, folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    // The test harness writes into the same output.
    let number = |line: &str| line.split_once("kept ")?.1.trim().parse::<u64>().ok();
    let mut last = 0;
    while last == 0 {
        last = number(&lines.next().expect("it spools until it is killed").unwrap()).unwrap_or(0);
    }
    std::thread::sleep(after);
    child.kill().unwrap();
    for line in lines.map_while(Result::ok) {
        last = number(&line).unwrap_or(last).max(last);
    }
    child.wait().unwrap();
    last
}
