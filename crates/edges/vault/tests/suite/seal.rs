//! What opens a seal and what does not, whatever became of its file.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;

use crate::support::{Power, Powered, passphrase};
use anyhow::{Context as _, Result, bail, ensure};
use model::Timestamp;
use proptest::prelude::*;
use serde_json::Value;
use vault::{
    Algorithm, Cost, Error, MethodId, MethodKind, NewMethod, Purpose, Record, Refused, SealFile, Sealed,
    Secret, Share, ShareFault, Unlock, Unsealed, create, create_on,
};

const NOW: Timestamp = Timestamp::from_nanos(1_767_225_600_000_000_000);
const SHARES: NewMethod<'static> = NewMethod::Shares { threshold: 3, count: 5 };
const WORDS: &str = "correct horse battery staple";

fn with_passphrase(path: &Path) -> Result<Unsealed> {
    let new = passphrase(WORDS)?;
    Ok(create(path, &NewMethod::Passphrase(&new, Cost::LEAST), Vec::new(), NOW)?.0)
}

fn refusal(outcome: Result<Unsealed, Box<Refused>>) -> Result<Refused> {
    match outcome {
        Err(refused) => Ok(*refused),
        Ok(_) => bail!("it opened"),
    }
}

#[test]
fn each_of_several_methods_opens_the_same_keys() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("seal.json");
    let vault = with_passphrase(&path)?;
    let other = passphrase("another passphrase")?;
    vault.add_method(&NewMethod::Passphrase(&other, Cost::LEAST))?;
    let (id, shares) = vault.add_method(&SHARES)?;
    assert_eq!((id, shares.len()), (MethodId(3), 5));
    let key = vault.current_key(Purpose::Store)?.1;
    drop(vault);
    let words = passphrase(WORDS)?;
    for unlock in [Unlock::Passphrase(&words), Unlock::Passphrase(&other), Unlock::Shares(&shares[2..])] {
        let vault = Sealed::open(&path)?.unseal(unlock)?;
        assert_eq!(vault.current_key(Purpose::Store)?.1.expose(), key.expose());
        assert_eq!(vault.methods().len(), 3);
    }
    Ok(())
}

#[test]
fn keys_that_were_there_are_taken_over() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("seal.json");
    let taken = vec![(Purpose::Store, Secret::take(&mut [9; 32]))];
    let (vault, shares) = create(&path, &SHARES, taken, NOW)?;
    assert_eq!(vault.current_key(Purpose::Store)?.1.expose(), &[9; 32]);
    let vault = vault.seal().unseal(Unlock::Shares(&shares))?;
    assert_eq!(vault.current_key(Purpose::Store)?.0, 1);
    assert_eq!(vault.key(Purpose::Store, 1)?.expose(), &[9; 32]);
    assert_eq!(vault.keys().len(), Purpose::ALL.len());
    Ok(())
}

#[test]
fn stays_sealed_after_a_wrong_passphrase_and_opens_after_the_right_one() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("seal.json");
    drop(with_passphrase(&path)?);
    let wrong = passphrase("correct horse battery stapler")?;
    let refused = refusal(Sealed::open(&path)?.unseal(Unlock::Passphrase(&wrong)))?;
    assert!(matches!(refused.error, Error::WrongPassphrase));
    let refused = refusal(refused.sealed.unseal(Unlock::Shares(&[])))?;
    assert!(matches!(refused.error, Error::NoSuchMethod("shares")));
    let words = passphrase(WORDS)?;
    assert!(refused.sealed.unseal(Unlock::Passphrase(&words)).is_ok());
    Ok(())
}

#[test]
fn any_three_of_five_shares_unseal_and_any_two_are_refused() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("seal.json");
    let (vault, shares) = create(&path, &SHARES, Vec::new(), NOW)?;
    drop(vault);
    let texts = shares.iter().map(Share::text).collect::<vault::Result<Vec<_>>>()?;
    let (mut opened, mut refused) = (0, 0);
    for mask in 0u32..1 << 5 {
        let chosen =
            (0..5).filter(|place| mask & (1 << place) != 0).map(|place| texts[place].parse::<Share>());
        let chosen = chosen.collect::<Result<Vec<_>, _>>()?;
        match (chosen.len(), Sealed::open(&path)?.unseal(Unlock::Shares(&chosen))) {
            (3, Ok(_)) => opened += 1,
            (2, Err(refusal)) => {
                assert!(refusal.to_string().contains("2 are good"), "{refusal}");
                refused += 1;
            }
            (count, outcome) => assert_eq!(outcome.is_ok(), count > 3),
        }
    }
    assert_eq!((opened, refused), (10, 10));
    Ok(())
}

#[test]
fn shares_given_out_anew_work_and_the_old_ones_stop() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("seal.json");
    let (vault, old) = create(&path, &SHARES, Vec::new(), NOW)?;
    let (id, new) = vault.add_method(&NewMethod::Shares { threshold: 2, count: 4 })?;
    // Until the old ones are removed both sets open it, and the new one can be tried.
    assert_eq!(vault.check(Unlock::Shares(&new))?, id);
    assert_eq!(vault.check(Unlock::Shares(&old[1..4]))?, MethodId(1));
    vault.remove_method(MethodId(1))?;
    assert!(matches!(vault.remove_method(MethodId(1)), Err(Error::NoMethod(MethodId(1)))));
    assert!(matches!(vault.remove_method(id), Err(Error::LastMethod(_))));
    let sealed = vault.seal();
    let MethodKind::Shares { set, .. } = sealed.methods()[0].kind else { bail!("no shares") };
    let refused = refusal(sealed.unseal(Unlock::Shares(&old[..3])))?;
    let Error::Shares(faults) = &refused.error else { bail!("{}", refused.error) };
    let other = |index| ShareFault::OtherSet { index, set: old[0].set(), wanted: set };
    assert_eq!(faults[..3], [other(1), other(2), other(3)]);
    assert!(refused.sealed.unseal(Unlock::Shares(&new[2..])).is_ok());
    Ok(())
}

#[test]
fn shares_of_two_sets_do_not_mix() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (vault, first) = create(&folder.path().join("one.json"), &SHARES, Vec::new(), NOW)?;
    let (_, second) = create(&folder.path().join("two.json"), &SHARES, Vec::new(), NOW)?;
    let mixed = [first[0].text()?, first[1].text()?, second[2].text()?];
    let mixed = mixed.iter().map(|text| text.parse()).collect::<Result<Vec<Share>, _>>()?;
    let refused = refusal(vault.seal().unseal(Unlock::Shares(&mixed)))?;
    let text = refused.error.to_string();
    assert!(text.contains("share 3 is of set") && text.contains("2 are good"), "{text}");
    Ok(())
}

#[test]
fn a_new_root_key_leaves_every_method_and_every_record() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("seal.json");
    let vault = with_passphrase(&path)?;
    let (_, shares) = vault.add_method(&SHARES)?;
    let record = vault.lease().seal(Purpose::Totp, b"account/1", b"seed")?;
    let before = fs::read(&path)?;
    assert_eq!((vault.rotate_root()?, vault.root_version()), (2, 2));
    let words = passphrase(WORDS)?;
    for unlock in [Unlock::Passphrase(&words), Unlock::Shares(&shares[..3])] {
        vault.check(unlock)?;
        let vault = Sealed::open(&path)?.unseal(unlock)?;
        assert_eq!(vault.root_version(), 2);
        assert_eq!(vault.lease().open(&record, b"account/1")?.as_slice(), b"seed");
    }
    // No part of the old one is of use in the new one.
    let (old, new): (Value, Value) =
        (serde_json::from_slice(&before)?, serde_json::from_slice(&fs::read(&path)?)?);
    for part in ["body", "root", "methods"] {
        let mut mixed = new.clone();
        mixed[part] = old[part].clone();
        fs::write(&path, serde_json::to_vec(&mixed)?)?;
        assert!(Sealed::open(&path)?.unseal(Unlock::Shares(&shares[..3])).is_err(), "{part}");
    }
    Ok(())
}

#[test]
fn only_the_owner_reads_the_file_and_nothing_else_is_left() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("seal.json");
    // What a crash left, with a mode that somebody gave it.
    let left = folder.path().join("seal.new");
    fs::write(&left, "left")?;
    fs::set_permissions(&left, fs::Permissions::from_mode(0o666))?;
    let vault = with_passphrase(&path)?;
    for _ in 0..2 {
        assert_eq!(fs::metadata(&path)?.permissions().mode() & 0o7777, 0o600);
        assert_eq!(fs::read_dir(folder.path())?.count(), 1);
        vault.rotate(Purpose::Store, Algorithm::Aes256GcmSiv, NOW)?;
    }
    Ok(())
}

#[test]
fn names_the_file_and_the_next_step() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("seal.json");
    let missing = Sealed::open(&path).err().context("it opened")?;
    assert!(missing.to_string().contains("seal.json"), "{missing}");
    let vault = with_passphrase(&path)?;
    let words = passphrase(WORDS)?;
    let again = create(&path, &NewMethod::Passphrase(&words, Cost::LEAST), Vec::new(), NOW);
    assert!(matches!(again, Err(Error::Exists(_))));
    drop(vault);
    fs::write(&path, "{\"format\": 2, \"new\": true}")?;
    let newer = Sealed::open(&path).err().context("it opened")?;
    assert!(
        newer.to_string().contains("its format is 2") && newer.to_string().contains("seal.json"),
        "{newer}"
    );
    let nowhere = folder.path().join("missing/seal.json");
    let nowhere = create(&nowhere, &SHARES, Vec::new(), NOW).err().context("made")?;
    assert!(matches!(&nowhere, Error::File { act: "write", .. }), "{nowhere}");
    Ok(())
}

#[test]
fn no_changed_byte_of_the_file_opens() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("seal.json");
    let (vault, shares) = create(&path, &NewMethod::Shares { threshold: 2, count: 2 }, Vec::new(), NOW)?;
    drop(vault);
    let bytes = fs::read(&path)?;
    let original = SealFile::decode(&bytes)?;
    let mut refused = 0;
    for place in 0..bytes.len() {
        for bit in [0, 4] {
            let mut changed = bytes.clone();
            changed[place] ^= 1 << bit;
            fs::write(&path, &changed)?;
            let opened = Sealed::open(&path).map(|sealed| sealed.unseal(Unlock::Shares(&shares)));
            match opened {
                Ok(Ok(_)) => assert_eq!(SealFile::decode(&changed)?, original, "byte {place}"),
                Ok(Err(_)) | Err(_) => refused += 1,
            }
        }
    }
    assert!(refused > bytes.len(), "{refused} of {}", 2 * bytes.len());
    for length in 0..bytes.len() - 1 {
        assert!(SealFile::decode(&bytes[..length]).is_err(), "{length} bytes");
    }
    Ok(())
}

#[test]
fn a_method_that_was_taken_away_added_or_changed_is_found_out() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (path, other) = (folder.path().join("seal.json"), folder.path().join("other.json"));
    let vault = with_passphrase(&path)?;
    let (_, shares) = vault.add_method(&SHARES)?;
    drop(with_passphrase(&other)?);
    let file: Value = serde_json::from_slice(&fs::read(&path)?)?;
    let foreign: Value = serde_json::from_slice(&fs::read(&other)?)?;
    let mut without = file.clone();
    without["methods"].as_array_mut().context("a list")?.remove(0);
    let mut more = file.clone();
    let mut added = foreign["methods"][0].clone();
    added["id"] = 3.into();
    more["methods"].as_array_mut().context("a list")?.push(added);
    let mut cheaper = file.clone();
    cheaper["methods"][0]["way"]["cost"]["passes"] = 3.into();
    let mut fewer = file.clone();
    fewer["methods"][1]["way"]["threshold"] = 2.into();
    for (changed, count) in [(without, 3), (more, 3), (cheaper, 3)] {
        fs::write(&path, serde_json::to_vec(&changed)?)?;
        let refused = refusal(Sealed::open(&path)?.unseal(Unlock::Shares(&shares[..count])))?;
        assert!(matches!(refused.error, Error::Changed(_)), "{}", refused.error);
    }
    fs::write(&path, serde_json::to_vec(&fewer)?)?;
    let refused = refusal(Sealed::open(&path)?.unseal(Unlock::Shares(&shares[..2])))?;
    assert!(!matches!(refused.error, Error::NoSuchMethod(_)), "{}", refused.error);
    Ok(())
}

#[test]
fn refuses_what_would_cost_too_much_before_it_is_paid() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("seal.json");
    drop(with_passphrase(&path)?);
    let file: Value = serde_json::from_slice(&fs::read(&path)?)?;
    for (what, value) in
        [("memory_kib", u64::from(u32::MAX)), ("passes", 1_000_000), ("lanes", 255), ("passes", 0)]
    {
        let mut hostile = file.clone();
        hostile["methods"][0]["way"]["cost"][what] = value.into();
        let refused = SealFile::decode(&serde_json::to_vec(&hostile)?).err().context("it was read")?;
        assert!(refused.to_string().contains("argon2id"), "{refused}");
    }
    let mut many = file.clone();
    many["methods"] = Value::Array(vec![file["methods"][0].clone(); 9]);
    assert!(SealFile::decode(&serde_json::to_vec(&many)?).is_err());
    let mut extra = file;
    extra["methods"][0]["way"]["hint"] = "the dog".into();
    assert!(SealFile::decode(&serde_json::to_vec(&extra)?).is_err());
    assert!(SealFile::decode(&vec![b' '; 256 * 1_024 + 1]).is_err());
    Ok(())
}

/// A change to the methods or the root with the power cut at each operation: old or new opens it, and never neither.
fn cut(half: bool, change: impl Fn(&Unsealed) -> Result<Vec<Share>>, keeps_old: bool) -> Result<()> {
    for at in 0.. {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("seal.json");
        let (vault, old) = create(&path, &NewMethod::Shares { threshold: 2, count: 2 }, Vec::new(), NOW)?;
        let (_, other) = vault.add_method(&NewMethod::Shares { threshold: 2, count: 2 })?;
        let key = vault.current_key(Purpose::Audit)?.1;
        drop(vault);
        let power = Power::cut(at, half);
        let sealed = Sealed::open_on(Arc::new(Powered(Arc::clone(&power))), &path)?;
        let vault = sealed.unseal(Unlock::Shares(&old))?;
        let outcome = change(&vault);
        drop(vault);
        ensure!(outcome.is_err() == power.is_out(), "cut {at}");
        // The one that is never removed opens it always; it has the same keys.
        let vault = Sealed::open(&path)?.unseal(Unlock::Shares(&other))?;
        ensure!(vault.current_key(Purpose::Audit)?.1.expose() == key.expose());
        vault.rotate(Purpose::Audit, Algorithm::Aes256GcmSiv, NOW)?;
        if let Ok(new) = outcome {
            ensure!(new.is_empty() || vault.check(Unlock::Shares(&new)).is_ok());
            ensure!(vault.check(Unlock::Shares(&old)).is_ok() == keeps_old);
            ensure!(at == 3, "{at} operations");
            return Ok(());
        }
    }
    bail!("the power was always cut")
}

#[test]
fn a_crash_while_methods_or_the_root_change_locks_nobody_out() -> Result<()> {
    for half in [false, true] {
        cut(half, |vault| vault.add_method(&SHARES)?.1[..3].iter().map(again).collect(), true)?;
        cut(half, |vault| Ok(vault.remove_method(MethodId(1)).map(|()| Vec::new())?), false)?;
        cut(half, |vault| Ok(vault.rotate_root().map(|_| Vec::new())?), true)?;
    }
    Ok(())
}

fn again(share: &Share) -> Result<Share> {
    Ok(share.text()?.parse()?)
}

#[test]
fn a_crash_while_a_vault_is_made_leaves_it_or_nothing() -> Result<()> {
    for (at, half) in (0..3).flat_map(|at| [(at, false), (at, true)]) {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("seal.json");
        let disk = Arc::new(Powered(Power::cut(at, half)));
        let words = passphrase(WORDS)?;
        let new = NewMethod::Passphrase(&words, Cost::LEAST);
        assert!(create_on(disk, &path, &new, Vec::new(), NOW).is_err());
        // The passphrase was on the disk before; so either is good for the next start.
        match Sealed::open(&path) {
            Ok(sealed) => assert!(sealed.unseal(Unlock::Passphrase(&words)).is_ok()),
            Err(Error::Missing(_)) => assert!(create(&path, &new, Vec::new(), NOW).is_ok()),
            Err(error) => bail!("cut {at}: {error}"),
        }
    }
    Ok(())
}

fn sample() -> &'static str {
    static SAMPLE: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    SAMPLE.get_or_init(|| {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("seal.json");
        let vault = with_passphrase(&path).expect("made");
        vault.add_method(&SHARES).expect("added");
        fs::read_to_string(&path).expect("read")
    })
}

#[test]
fn the_seeds_of_the_fuzzer_are_read() -> Result<()> {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../fuzz/seeds");
    let file = SealFile::decode(&fs::read(seeds.join("seal/three"))?)?;
    assert_eq!(file.summary().len(), 3);
    let record = Record::decode(&fs::read(seeds.join("sealed-record/empty"))?)?;
    assert_eq!((record.purpose(), record.version()), (Purpose::Totp, 1));
    let share: Share = fs::read_to_string(seeds.join("share/one"))?.parse()?;
    assert_eq!((share.threshold(), share.index()), (3, 2));
    Ok(())
}

proptest! {
    #[test]
    fn any_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(SealFile::decode(&bytes).is_err());
    }

    #[test]
    fn a_seal_with_other_pieces_is_refused_or_comes_out_again(
        at in 0usize..4_000, length in 0usize..40, piece in "[0-9a-f\"{}:, ]{0,40}",
    ) {
        let mut text = sample().to_owned();
        let at = at % text.len();
        let end = (at + length).min(text.len());
        text.replace_range(at..end, &piece);
        if let Ok(file) = SealFile::decode(text.as_bytes()) {
            let bytes = file.encode().expect("encoded");
            prop_assert_eq!(SealFile::decode(&bytes), Ok(file));
        }
    }
}
