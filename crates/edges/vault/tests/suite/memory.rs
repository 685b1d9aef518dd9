//! What the memory of a process shows: everything while it is open, nothing once it is sealed.
//!
//! The process is this test again, as a child whose memory is read from outside. Keys and texts are planted by the
//! parent, so the child has them only from the seal.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use model::Timestamp;
use rustix::process::{Resource, Rlimit, setrlimit};
use vault::{Cost, NewMethod, Passphrase, Purpose, Record, Sealed, Secret, Unlock, create, protect_process};

const NOW: Timestamp = Timestamp::from_nanos(1_767_225_600_000_000_000);
const FOLDER: &str = "VAULT_TEST_MEMORY_FOLDER";
const MODE: &str = "VAULT_TEST_MEMORY_MODE";

/// What is searched for, with its name.
type Planted = Vec<(String, Vec<u8>)>;

/// A vault in a folder, with a record; what is planted.
fn plant(folder: &Path) -> Result<Planted> {
    let words = Passphrase::generate()?;
    let file = folder.join("passphrase");
    fs::write(&file, words.expose())?;
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600))?;
    let store = Secret::random()?;
    let mut planted: Planted = vec![("passphrase".to_owned(), words.expose().to_vec())];
    let mut copy = *store.expose();
    let taken = vec![(Purpose::Store, Secret::take(&mut copy))];
    let method = NewMethod::Passphrase(&words, Cost::LEAST);
    let (vault, _) = create(&folder.join("seal.json"), &method, taken, NOW)?;
    for key in vault.keys() {
        planted.push((key.purpose.to_string(), vault.key(key.purpose, 1)?.expose().to_vec()));
    }
    assert_eq!(planted[1].1, store.expose());
    let text = Secret::<40>::random()?;
    planted.push(("text".to_owned(), text.expose().to_vec()));
    let record = vault.lease().seal(Purpose::Totp, b"account/1", text.expose())?;
    fs::write(folder.join("record"), record.encode())?;
    Ok(planted)
}

/// The child: opens, reads a record, seals; says so each time and waits.
#[expect(clippy::print_stdout, reason = "what the parent waits for")]
fn child(folder: &Path) -> Result<()> {
    let mode = std::env::var(MODE)?;
    let say = |word: &str| -> Result<()> {
        println!("\nchild {word}");
        std::io::stdout().flush()?;
        std::io::stdin().read_line(&mut String::new())?;
        Ok(())
    };
    if mode == "abort" || mode == "abort unprotected" {
        let all = Rlimit { current: None, maximum: None };
        setrlimit(Resource::Core, all).or_else(|_| {
            let maximum = rustix::process::getrlimit(Resource::Core).maximum;
            setrlimit(Resource::Core, Rlimit { current: maximum, maximum })
        })?;
        std::env::set_current_dir(folder)?;
        if mode == "abort" {
            let protection = protect_process();
            ensure!(protection.no_core_file && protection.not_dumpable, "{protection:?}");
        }
        std::process::abort();
    }
    let sealed = Sealed::open(&folder.join("seal.json"))?;
    let vault = {
        let words = Passphrase::read(&folder.join("passphrase"))?;
        sealed.unseal(Unlock::Passphrase(&words))?
    };
    let record = Record::decode(&fs::read(folder.join("record"))?)?;
    let text = vault.lease().open(&record, b"account/1")?;
    ensure!(vault.is_locked(), "this system lets no memory be locked; `ulimit -l` says how much");
    say("open")?;
    drop(text);
    if mode == "forget" {
        std::mem::forget(vault);
    } else {
        drop(vault.seal());
    }
    say("sealed")
}

struct Running {
    child: Child,
    input: ChildStdin,
    lines: BufReader<std::process::ChildStdout>,
}

impl Running {
    fn start(test: &str, folder: &Path, mode: &str) -> Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["--exact", &format!("memory::{test}"), "--nocapture"])
            .env(FOLDER, folder)
            .env(MODE, mode)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let input = child.stdin.take().context("no input")?;
        let lines = BufReader::new(child.stdout.take().context("no output")?);
        Ok(Self { child, input, lines })
    }

    fn wait_for(&mut self, wanted: &str) -> Result<()> {
        let mut line = String::new();
        while self.lines.read_line(&mut line)? > 0 {
            if line.trim() == wanted {
                return Ok(());
            }
            line.clear();
        }
        Err(anyhow::anyhow!("the child ended before it said `{wanted}`"))
    }

    fn go_on(&mut self) -> Result<()> {
        Ok(self.input.write_all(b"\n")?)
    }

    /// The names of what is found in its memory.
    fn search(&self, planted: &Planted) -> Result<Vec<String>> {
        let id = self.child.id();
        let mut memory = File::open(format!("/proc/{id}/mem"))?;
        let mut found = vec![false; planted.len()];
        let mut bytes_read = 0;
        for line in fs::read_to_string(format!("/proc/{id}/maps"))?.lines() {
            let mut words = line.split_whitespace();
            let (range, rights) = (words.next().context("no range")?, words.next().context("no rights")?);
            if !rights.starts_with("rw") {
                continue;
            }
            let (from, to) = range.split_once('-').context("no range")?;
            let (from, to) = (u64::from_str_radix(from, 16)?, u64::from_str_radix(to, 16)?);
            let mut bytes = vec![0; usize::try_from(to - from)?];
            memory.seek(SeekFrom::Start(from))?;
            if memory.read_exact(&mut bytes).is_err() {
                continue;
            }
            bytes_read += bytes.len();
            for (place, (_, pattern)) in planted.iter().enumerate() {
                found[place] |= bytes.windows(pattern.len()).any(|window| window == pattern);
            }
        }
        ensure!(bytes_read > 1 << 16, "only {bytes_read} bytes of memory were read");
        Ok(planted.iter().zip(found).filter(|(_, found)| *found).map(|((name, _), _)| name.clone()).collect())
    }

    fn locked_kib(&self) -> Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find(|line| line.starts_with("VmLck:")).context("no VmLck")?;
        Ok(line.split_whitespace().nth(1).context("no number")?.parse()?)
    }

    fn end(mut self) -> Result<()> {
        self.go_on()?;
        self.child.wait()?;
        Ok(())
    }
}

fn inside() -> Option<PathBuf> {
    std::env::var_os(FOLDER).map(PathBuf::from)
}

/// What is found while the child is open and after it sealed, with how much of its memory is locked then.
fn search(test: &str, mode: &str) -> Result<[(Vec<String>, u64); 2]> {
    let folder = tempfile::tempdir()?;
    let planted = plant(folder.path())?;
    let mut running = Running::start(test, folder.path(), mode)?;
    running.wait_for("child open")?;
    let open = (running.search(&planted)?, running.locked_kib()?);
    running.go_on()?;
    running.wait_for("child sealed")?;
    let sealed = (running.search(&planted)?, running.locked_kib()?);
    running.end()?;
    Ok([open, sealed])
}

#[test]
fn a_sealed_process_holds_no_planted_key() -> Result<()> {
    const TEST: &str = "a_sealed_process_holds_no_planted_key";
    if let Some(folder) = inside() {
        return child(&folder);
    }
    let [(open, open_kib), (sealed, sealed_kib)] = search(TEST, "seal")?;
    // The search finds what is there: all keys and the text, and no more the passphrase, which was only needed once.
    assert_eq!(open, ["store", "audit", "authority", "totp", "token", "backup", "text"]);
    assert_eq!(sealed, [""; 0]);
    // Six keys, the key of the method and the root key, a page each.
    assert!(open_kib >= 8 * 4, "{open_kib} KiB are locked");
    assert_eq!(sealed_kib, 0);
    Ok(())
}

#[test]
fn keys_that_are_not_wiped_are_found() -> Result<()> {
    const TEST: &str = "keys_that_are_not_wiped_are_found";
    if let Some(folder) = inside() {
        return child(&folder);
    }
    let [_, (forgotten, _)] = search(TEST, "forget")?;
    assert_eq!(forgotten, ["store", "audit", "authority", "totp", "token", "backup"]);
    Ok(())
}

#[test]
fn a_protected_process_leaves_no_core() -> Result<()> {
    const TEST: &str = "a_protected_process_leaves_no_core";
    if let Some(folder) = inside() {
        return child(&folder);
    }
    let dumps = |mode: &str| -> Result<bool> {
        let folder = tempfile::tempdir()?;
        let mut running = Running::start(TEST, folder.path(), mode)?;
        let status = running.child.wait()?;
        ensure!(status.signal() == Some(6), "{status}");
        Ok(status.core_dumped())
    };
    assert!(!dumps("abort")?);
    if !dumps("abort unprotected")? {
        testkit::tools::skip(
            "this system lets no process leave a core, so there is nothing to compare with",
        )?;
    }
    Ok(())
}
