//! A machine that opens its own seal: the first start, the ones after, and the key file of an earlier version.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use model::Timestamp;
use vault::{Algorithm, Cost, Disk, Error, Files, Place, Purpose, Unsealed};

use crate::support::{Power, Powered};

const NOW: Timestamp = Timestamp::from_nanos(1_767_225_600_000_000_000);
const OLD: [u8; 32] = [0xa7; 32];

/// The files of a data folder.
struct Data([PathBuf; 3]);

impl Data {
    fn of(folder: &Path) -> Self {
        Self(["seal.json", "seal.passphrase", "store.key"].map(|name| folder.join(name)))
    }

    fn place(&self) -> Place<'_> {
        let [seal, passphrase, old_key] = &self.0;
        Place { seal, passphrase, old_key, cost: Cost::LEAST }
    }

    fn start(&self, may_make: bool) -> vault::Result<Unsealed> {
        self.start_on(Arc::new(Files), may_make)
    }

    fn start_on(&self, disk: Arc<dyn Disk>, may_make: bool) -> vault::Result<Unsealed> {
        vault::start(&disk, &self.place(), may_make, NOW)
    }
}

fn names(folder: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

#[test]
fn the_first_start_makes_what_the_next_one_opens() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = Data::of(folder.path());
    assert!(matches!(data.start(false), Err(Error::Missing(_))));
    assert_eq!(names(folder.path())?, [""; 0]);
    let key = data.start(true)?.current_key(Purpose::Store)?.1;
    assert_eq!(names(folder.path())?, ["seal.json", "seal.passphrase"]);
    for name in names(folder.path())? {
        let mode = fs::metadata(folder.path().join(&name))?.permissions().mode();
        assert_eq!(mode & 0o7777, 0o600, "{name}");
    }
    assert_eq!(data.start(false)?.current_key(Purpose::Store)?.1.expose(), key.expose());
    Ok(())
}

#[test]
fn the_key_file_of_an_earlier_version_is_taken_over_and_removed() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = Data::of(folder.path());
    fs::write(&data.0[2], OLD)?;
    assert_eq!(data.start(false)?.current_key(Purpose::Store)?.1.expose(), &OLD);
    assert_eq!(names(folder.path())?, ["seal.json", "seal.passphrase"]);
    // One that comes back, from a backup for example, goes as long as the seal knows it.
    data.start(false)?.rotate(Purpose::Store, Algorithm::Aes256GcmSiv, NOW)?;
    fs::write(&data.0[2], OLD)?;
    assert_eq!(data.start(false)?.current_key(Purpose::Store)?.0, 2);
    assert_eq!(names(folder.path())?, ["seal.json", "seal.passphrase"]);
    Ok(())
}

#[test]
fn a_key_file_of_another_hub_is_neither_taken_nor_removed() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = Data::of(folder.path());
    drop(data.start(true)?);
    fs::write(&data.0[2], OLD)?;
    let error = data.start(true).err().context("it opened")?;
    assert!(matches!(&error, Error::OtherKey(path) if path == &data.0[2]), "{error}");
    assert_eq!(fs::read(&data.0[2])?, OLD);
    Ok(())
}

#[test]
fn a_key_file_that_is_none_stops_the_start() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = Data::of(folder.path());
    for length in [0, 31, 33] {
        fs::write(&data.0[2], vec![7; length])?;
        assert!(matches!(data.start(true), Err(Error::File { .. })), "{length} bytes");
        assert_eq!(names(folder.path())?, ["store.key"]);
    }
    Ok(())
}

#[test]
fn a_lost_passphrase_is_named() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = Data::of(folder.path());
    drop(data.start(true)?);
    fs::rename(&data.0[1], folder.path().join("elsewhere"))?;
    let error = data.start(true).err().context("it opened")?;
    assert!(error.to_string().contains("seal.passphrase"), "{error}");
    // It is not made anew over a seal that it would not open.
    assert!(!data.0[1].exists());
    Ok(())
}

#[test]
fn a_crash_at_any_step_of_the_first_start_loses_no_key() -> Result<()> {
    for half in [false, true] {
        for at in 0.. {
            let folder = tempfile::tempdir()?;
            let data = Data::of(folder.path());
            fs::write(&data.0[2], OLD)?;
            let power = Power::cut(at, half);
            let outcome = data.start_on(Arc::new(Powered(Arc::clone(&power))), false);
            ensure!(outcome.is_err() == power.is_out(), "cut {at}");
            drop(outcome);
            let vault = data.start(false).with_context(|| format!("cut {at}"))?;
            ensure!(vault.current_key(Purpose::Store)?.1.expose() == &OLD, "cut {at}");
            ensure!(names(folder.path())? == ["seal.json", "seal.passphrase"], "cut {at}");
            if !power.is_out() {
                // Three for the passphrase, three for the seal, two for the old key.
                assert_eq!(at, 8);
                break;
            }
        }
    }
    Ok(())
}

#[test]
fn a_seal_that_cannot_be_looked_for_is_not_made_anew() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = Data::of(folder.path());
    // Two links that name each other: the system cannot say what is there.
    std::os::unix::fs::symlink(folder.path().join("other"), &data.0[0])?;
    std::os::unix::fs::symlink(&data.0[0], folder.path().join("other"))?;
    let error = data.start(true).err().context("it was made")?;
    assert!(matches!(&error, Error::File { act: "look for", .. }), "{error}");
    assert_eq!(names(folder.path())?, ["other", "seal.json"]);
    Ok(())
}
