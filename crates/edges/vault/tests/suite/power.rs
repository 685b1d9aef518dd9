//! The power goes: whatever the disk holds then, the seal opens with the keys that were promised.
//!
//! `BEDRAIL_POWER_STATES` says how many states of the disk are looked at.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use anyhow::{Result, ensure};
use model::Timestamp;
use testkit::disk::{Image, Recording, Sweep};
use vault::{Algorithm, Cost, Disk, Files, MethodId, NewMethod, Place, Purpose, Unsealed};

const NOW: Timestamp = Timestamp::from_nanos(1_767_225_600_000_000_000);
const OLD: [u8; 32] = [0xa7; 32];
/// Where the process that is recorded has its vault.
const CHILD: &str = "VAULT_TEST_RECORDED";
/// States that are looked at when nothing else is said: each costs two argon2id.
const STATES: u64 = 60;
const ROTATIONS: u32 = 6;

fn start(folder: &Path) -> Result<Unsealed> {
    let [seal, passphrase, old_key] =
        ["seal.json", "seal.passphrase", "store.key"].map(|name| folder.join(name));
    let place = Place { seal: &seal, passphrase: &passphrase, old_key: &old_key, cost: Cost::LEAST };
    let disk: Arc<dyn Disk> = Arc::new(Files);
    Ok(vault::start(&disk, &place, false, NOW)?)
}

/// Each line is one call: that is how it is found in the record.
#[expect(clippy::print_stdout, reason = "what the process promises")]
fn say(text: &str) {
    println!("\n{text}");
}

/// The process that is recorded: the start after an earlier version, then changes of every kind.
fn change_and_say(folder: &Path) -> Result<()> {
    Files.write(&folder.join("store.key"), &OLD)?;
    Files.sync_folder(folder)?;
    say("said old");
    let vault = start(folder)?;
    say("said started");
    for version in 2..=ROTATIONS {
        vault.rotate(Purpose::Totp, Algorithm::Aes256GcmSiv, NOW)?;
        say(&format!("said current {version}"));
        vault.destroy(Purpose::Totp, version - 1)?;
        vault.add_method(&NewMethod::Shares { threshold: 2, count: 3 })?;
        let root = vault.rotate_root()?;
        say(&format!("said root {root}"));
        vault.remove_method(MethodId(vault.methods().last().map_or(0, |method| method.id.0)))?;
    }
    Ok(())
}

fn said(image: &Image, word: &str) -> u32 {
    let mut numbers = image.said().iter().filter_map(|line| line.split_once(word)?.1.trim().parse().ok());
    numbers.next_back().unwrap_or(1)
}

/// What is wrong with the vault that a disk holds.
fn check(image: &Image, folder: &Path) -> std::result::Result<(), String> {
    if !image.said().iter().any(|line| line.contains("said old")) {
        return Ok(());
    }
    let look = || -> Result<()> {
        // A record has no modes of files.
        let words = folder.join("seal.passphrase");
        if words.exists() {
            fs::set_permissions(&words, fs::Permissions::from_mode(0o600))?;
        }
        let vault = start(folder)?;
        ensure!(vault.key(Purpose::Store, 1)?.expose() == &OLD, "another store key");
        let (current, root) = (vault.current_key(Purpose::Totp)?.0, vault.root_version());
        let promised = (said(image, "said current "), said(image, "said root "));
        ensure!((promised.0..=promised.0 + 1).contains(&current), "current {current}, promised {promised:?}");
        ensure!((promised.1..=promised.1 + 1).contains(&root), "root {root}, promised {promised:?}");
        // And it goes on.
        vault.rotate(Purpose::Totp, Algorithm::Aes256GcmSiv, NOW)?;
        ensure!(start(folder)?.current_key(Purpose::Totp)?.0 == current + 1);
        Ok(())
    };
    look().map_err(|error| format!("{error:#}"))
}

fn recorded(sweep: &Sweep, test: &str) -> Result<Option<Recording>> {
    let folder = tempfile::tempdir()?;
    let mut program = Command::new(std::env::current_exe()?);
    program.args(["--exact", &format!("power::{test}"), "--nocapture"]).env(CHILD, folder.path());
    sweep.recording(folder.path(), &program)
}

#[test]
#[expect(clippy::print_stdout, reason = "the figures of this machine")]
fn what_was_promised_survives_a_loss_of_power() -> Result<()> {
    if let Some(folder) = std::env::var_os(CHILD) {
        return change_and_say(Path::new(&folder));
    }
    let sweep = Sweep::from_environment(STATES)?;
    let Some(recording) = recorded(&sweep, "what_was_promised_survives_a_loss_of_power")? else {
        return Ok(());
    };
    let outcome = sweep.run(&recording, check)?;
    println!("power-loss-vault: {outcome}; {:?} steps and syncs", recording.size());
    assert_eq!(outcome.complaint(&recording, "power-loss-vault")?, None);
    Ok(())
}

#[test]
#[expect(clippy::print_stdout, reason = "the figures of this machine")]
fn a_disk_that_does_not_write_what_it_says_is_found_out() -> Result<()> {
    if let Some(folder) = std::env::var_os(CHILD) {
        return change_and_say(Path::new(&folder));
    }
    let sweep = Sweep { states: 40, seed: 1, record: None };
    let Some(recording) = recorded(&sweep, "a_disk_that_does_not_write_what_it_says_is_found_out")? else {
        return Ok(());
    };
    for (lie, lying) in
        [("files", recording.without_file_syncs()), ("folders", recording.without_folder_syncs())]
    {
        let found = sweep.run(&lying, check)?.violations.len();
        println!("{found} of 40 states are wrong when {lie} are not synced");
        assert!(found > 0, "{lie}");
    }
    Ok(())
}
