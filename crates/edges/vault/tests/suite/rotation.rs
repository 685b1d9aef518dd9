//! Keys change while records are read and written, and whenever the power goes.

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crate::support::{Power, Powered, Table};
use anyhow::{Result, bail, ensure};
use model::Timestamp;
use vault::{
    Algorithm, Error, KeyState, Lease, NewMethod, Purpose, Record, RecordError, Records, RotationError,
    Sealed, Share, Stale, Step, Unlock, Unsealed, create, step,
};

const NOW: Timestamp = Timestamp::from_nanos(1_767_225_600_000_000_000);
const TOTP: Purpose = Purpose::Totp;
const SIV: Algorithm = Algorithm::Aes256GcmSiv;

fn identity(number: u64) -> Vec<u8> {
    format!("account/{number}/totp").into_bytes()
}

fn text(number: u64, edition: u64) -> Vec<u8> {
    format!("secret of {number}, edition {edition}").into_bytes()
}

fn fill(vault: &Unsealed, table: &Table, count: u64) -> Result<()> {
    let lease = vault.lease();
    for number in 0..count {
        table.put(&identity(number), &lease.seal(TOTP, &identity(number), &text(number, 0))?);
    }
    Ok(())
}

fn read(vault: &Unsealed, table: &Table, number: u64) -> Result<Vec<u8>> {
    let lease = vault.lease();
    let Some(record) = table.get(&identity(number)) else { bail!("record {number} is gone") };
    Ok(lease.open(&record, &identity(number))?.to_vec())
}

fn read_all(vault: &Unsealed, table: &Table, count: u64) -> Result<()> {
    for number in 0..count {
        ensure!(read(vault, table, number)? == text(number, 0), "record {number} reads otherwise");
    }
    Ok(())
}

/// Steps until nothing is left to do; versions that were destroyed.
fn finish(vault: &Unsealed, table: &Table) -> Result<Vec<u32>> {
    let mut destroyed = Vec::new();
    loop {
        match step(vault, table, TOTP, 7)? {
            Step::Done => return Ok(destroyed),
            Step::Destroyed(version) => destroyed.push(version),
            Step::Rewritten(_) | Step::Waiting => {}
        }
    }
}

fn made(path: &Path) -> Result<(Unsealed, Vec<Share>)> {
    Ok(create(path, &NewMethod::Shares { threshold: 2, count: 3 }, Vec::new(), NOW)?)
}

fn unsealed(path: &Path, shares: &[Share]) -> Result<Unsealed> {
    Ok(Sealed::open(path)?.unseal(Unlock::Shares(&shares[1..]))?)
}

#[test]
fn old_records_read_before_during_and_after() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("seal.json");
    let (vault, shares) = made(&path)?;
    let table = Table::default();
    fill(&vault, &table, 50)?;
    assert_eq!(vault.rotate(TOTP, Algorithm::Aes256Gcm, NOW)?, 2);
    read_all(&vault, &table, 50)?;
    assert_eq!(step(&vault, &table, TOTP, 20)?, Step::Rewritten(20));
    read_all(&vault, &table, 50)?;
    drop(vault);
    let vault = unsealed(&path, &shares)?;
    read_all(&vault, &table, 50)?;
    assert_eq!(finish(&vault, &table)?, [1]);
    read_all(&vault, &table, 50)?;
    assert_eq!(table.versions().into_keys().collect::<Vec<_>>(), [2]);
    let states: Vec<_> =
        vault.keys().iter().filter(|key| key.purpose == TOTP).map(|key| (key.version, key.state)).collect();
    assert_eq!(states, [(2, KeyState::Current)]);
    Ok(())
}

#[test]
#[expect(clippy::print_stdout, reason = "the figures of this machine")]
fn two_thousand_reads_a_second_never_fail_while_keys_rotate() -> Result<()> {
    const RECORDS: u64 = 2_000;
    const RATE: u64 = 2_000;
    let folder = tempfile::tempdir()?;
    let (vault, _) = made(&folder.path().join("seal.json"))?;
    let (vault, table) = (Arc::new(vault), Arc::new(Table::default()));
    fill(&vault, &table, RECORDS)?;
    let (stop, failed, reads) = (AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0));
    let begin = Instant::now();
    let mut rotations = 0;
    thread::scope(|scope| -> Result<()> {
        scope.spawn(|| {
            for turn in 0.. {
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                let number = turn * 7_919 % RECORDS;
                let is_good =
                    read(&vault, &table, number).is_ok_and(|found| found.starts_with(b"secret of "));
                failed.fetch_add(u64::from(!is_good), Ordering::Relaxed);
                reads.fetch_add(1, Ordering::Relaxed);
                let due = Duration::from_nanos((turn + 1) * 1_000_000_000 / RATE);
                thread::sleep(due.saturating_sub(begin.elapsed()));
            }
        });
        // Somebody writes, too.
        scope.spawn(|| {
            for edition in 1.. {
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                let number = edition * 31 % RECORDS;
                let lease = vault.lease();
                if let Ok(record) = lease.seal(TOTP, &identity(number), &text(number, edition)) {
                    table.put(&identity(number), &record);
                }
                thread::sleep(Duration::from_millis(2));
            }
        });
        let rotated = (|| -> Result<()> {
            while begin.elapsed() < Duration::from_secs(5) {
                vault.rotate(TOTP, SIV, NOW)?;
                while step(&vault, table.as_ref(), TOTP, 16)? != Step::Done {}
                rotations += 1;
            }
            Ok(())
        })();
        stop.store(true, Ordering::Relaxed);
        rotated
    })?;
    let (reads, seconds) = (reads.into_inner(), begin.elapsed().as_secs_f64());
    println!("{reads} reads in {seconds:.1} s, {rotations} rotations of {RECORDS} records");
    assert_eq!(failed.into_inner(), 0);
    assert!(rotations >= 2, "{rotations} rotations");
    assert!(reads as f64 / seconds > 0.9 * RATE as f64, "{reads} reads in {seconds} s");
    // Every record is under the last key, and none was lost.
    assert_eq!(table.versions().into_iter().collect::<Vec<_>>(), [(rotations + 1, 2_000)]);
    Ok(())
}

#[test]
fn a_lease_keeps_its_key_until_the_record_is_kept() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (vault, _) = made(&folder.path().join("seal.json"))?;
    let table = Table::default();
    let lease = vault.lease();
    let record = lease.seal(TOTP, &identity(1), &text(1, 0))?;
    vault.rotate(TOTP, SIV, NOW)?;
    assert_eq!(step(&vault, &table, TOTP, 10)?, Step::Waiting);
    assert!(matches!(vault.destroy(TOTP, 1), Err(Error::Leased { version: 1, .. })));
    // Another purpose is not held up.
    vault.rotate(Purpose::Token, SIV, NOW)?;
    table.put(&identity(1), &record);
    drop(lease);
    assert_eq!(step(&vault, &table, TOTP, 10)?, Step::Rewritten(1));
    assert_eq!(finish(&vault, &table)?, [1]);
    assert_eq!(read(&vault, &table, 1)?, text(1, 0));
    Ok(())
}

#[test]
fn a_lease_reads_what_was_written_after_it_began() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (vault, _) = made(&folder.path().join("seal.json"))?;
    let early = vault.lease();
    vault.rotate(TOTP, SIV, NOW)?;
    let record = vault.lease().seal(TOTP, &identity(1), &text(1, 1))?;
    assert_eq!(record.version(), 2);
    assert_eq!(early.open(&record, &identity(1))?.to_vec(), text(1, 1));
    // And that key is not destroyed either while the early lease is held.
    vault.rotate(TOTP, SIV, NOW)?;
    assert!(matches!(vault.destroy(TOTP, 2), Err(Error::Leased { .. })));
    Ok(())
}

#[test]
fn a_record_that_names_another_algorithm_than_its_key_is_for_does_not_open() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (vault, _) = made(&folder.path().join("seal.json"))?;
    let mut bytes = vault.lease().seal(TOTP, b"account/1", b"seed")?.encode();
    bytes[2] = Algorithm::Aes256Gcm.code();
    let opened = vault.lease().open(&Record::decode(&bytes)?, b"account/1");
    assert!(matches!(opened, Err(Error::Record(RecordError::OtherAlgorithm))));
    Ok(())
}

/// A table where somebody, right after it was looked through, keeps a record that was sealed before the rotation.
struct Racing<'a> {
    table: Table,
    late: Mutex<Option<Lease<'a>>>,
}

impl Records for Racing<'_> {
    type Error = io::Error;

    fn older(&self, purpose: Purpose, version: u32, limit: usize) -> io::Result<Vec<Stale>> {
        let found = self.table.older(purpose, version, limit);
        if let Some(lease) = self.late.lock().expect("no panic").take() {
            let record = lease.seal(TOTP, &identity(1), &text(1, 0)).expect("sealed");
            self.table.put(&identity(1), &record);
        }
        found
    }

    fn replace(&self, identity: &[u8], old: &[u8], new: &[u8]) -> io::Result<bool> {
        self.table.replace(identity, old, new)
    }
}

#[test]
fn a_record_that_is_kept_while_nothing_seems_to_be_left_is_not_lost() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (vault, _) = made(&folder.path().join("seal.json"))?;
    let racing = Racing { table: Table::default(), late: Mutex::new(Some(vault.lease())) };
    vault.rotate(TOTP, SIV, NOW)?;
    let steps = [(); 4].map(|()| step(&vault, &racing, TOTP, 10).ok());
    assert_eq!(steps, [Step::Waiting, Step::Rewritten(1), Step::Destroyed(1), Step::Done].map(Some));
    assert_eq!(read(&vault, &racing.table, 1)?, text(1, 0));
    Ok(())
}

#[test]
fn a_record_that_does_not_open_stops_the_rotation_and_keeps_its_key() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (vault, _) = made(&folder.path().join("seal.json"))?;
    let table = Table::default();
    fill(&vault, &table, 1)?;
    let record = table.get(&identity(0)).expect("it is there");
    table.put(b"elsewhere", &record);
    vault.rotate(TOTP, SIV, NOW)?;
    let stopped = loop {
        match step(&vault, &table, TOTP, 10) {
            Ok(Step::Rewritten(_)) => {}
            other => break other,
        }
    };
    assert!(matches!(stopped, Err(RotationError::Unreadable { identity, .. }) if identity == "elsewhere"));
    assert!(vault.key(TOTP, 1).is_ok());
    Ok(())
}

#[test]
fn the_current_key_is_never_destroyed() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (vault, _) = made(&folder.path().join("seal.json"))?;
    assert!(matches!(vault.destroy(TOTP, 1), Err(Error::InUse { version: 1, .. })));
    assert!(matches!(vault.destroy(TOTP, 2), Err(Error::NoKey { version: 2, .. })));
    Ok(())
}

/// Rotation with the power cut at each operation: how many there are.
fn rotate_with_cuts(half: bool) -> Result<usize> {
    const RECORDS: u64 = 20;
    for at in 0.. {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("seal.json");
        let (vault, shares) = made(&path)?;
        let power = Power::cut(at, half);
        let table = Table { power: Arc::clone(&power), ..Table::default() };
        fill(&vault, &table, RECORDS)?;
        drop(vault);
        let sealed = Sealed::open_on(Arc::new(Powered(Arc::clone(&power))), &path)?;
        let vault = sealed.unseal(Unlock::Shares(&shares))?;
        let outcome = vault.rotate(TOTP, SIV, NOW).map_err(anyhow::Error::from);
        let outcome = outcome.and_then(|_| finish(&vault, &table).map(drop));
        // While it still runs without power, everything that was there is read.
        read_all(&vault, &table, RECORDS)?;
        drop(vault);
        let is_out = power.is_out();
        ensure!(outcome.is_err() == is_out, "cut {at}: {outcome:?}");
        // The next start: everything is readable, and the rotation can be ended.
        let vault = unsealed(&path, &shares)?;
        read_all(&vault, &table, RECORDS)?;
        let table = Table { rows: table.rows, ..Table::default() };
        let current = vault.current_key(TOTP)?.0;
        ensure!((1..=2).contains(&current), "version {current}");
        finish(&vault, &table)?;
        read_all(&vault, &table, RECORDS)?;
        ensure!(table.versions().into_keys().eq([current]), "cut {at}");
        ensure!(vault.keys().len() == Purpose::ALL.len(), "cut {at}: an old key is left");
        if !is_out {
            return Ok(at);
        }
    }
    bail!("the power was always cut")
}

#[test]
fn a_crash_at_any_step_of_a_rotation_loses_nothing() -> Result<()> {
    // Three for each change of the seal, of which there are two, and one for each record.
    assert_eq!(rotate_with_cuts(false)?, 26);
    assert_eq!(rotate_with_cuts(true)?, 26);
    Ok(())
}

#[test]
fn a_rotation_that_is_tried_again_after_a_failing_disk_goes_on() -> Result<()> {
    // The same vault, in memory, whose disk fails once the name was changed, then works again.
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("seal.json");
    let (vault, shares) = made(&path)?;
    drop(vault);
    let power = Power::cut(1, true);
    let sealed = Sealed::open_on(Arc::new(Powered(Arc::clone(&power))), &path)?;
    let vault = sealed.unseal(Unlock::Shares(&shares))?;
    let table = Table::default();
    fill(&vault, &table, 5)?;
    assert!(vault.rotate(TOTP, SIV, NOW).is_err());
    assert_eq!(vault.current_key(TOTP)?.0, 1, "what may not be on the disk is not used");
    read_all(&vault, &table, 5)?;
    // The disk has the newer one, and it is as good.
    assert_eq!(unsealed(&path, &shares)?.current_key(TOTP)?.0, 2);
    Ok(())
}
