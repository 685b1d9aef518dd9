//! Stores in a file: what every store promises, and what a file has to.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests"
)]

mod conformance;
mod suite;

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use conformance::conformance;
use store::{Error, Key, Location, Options, Store};
use suite::{Backend, FIELDS, PROTOCOLS, batch, decision, device_id, key, observation, update};
use tempfile::TempDir;

struct File {
    folder: TempDir,
    count: usize,
}

impl File {
    fn new() -> Option<Self> {
        Some(Self { folder: TempDir::new().unwrap(), count: 0 })
    }
}

impl Backend for File {
    fn place(&mut self) -> Location {
        self.count += 1;
        Location::Sqlite(self.folder.path().join(format!("{}.db", self.count)))
    }
}

conformance!(File);

async fn open(path: &Path, key: Option<Key>) -> store::Result<Store> {
    let location = Location::Sqlite(path.to_owned());
    Store::open(Options { location, key, fields: FIELDS, protocols: PROTOCOLS }).await
}

/// Texts that are nowhere else: each in another table.
const PLANTED: &[&str] =
    &["plantedvalue", "plantedname", "planted identity", "plantedanchor", "planted reason", "planteduser"];

async fn plant(store: &Store) {
    let mut first = batch("a", 1);
    first.observations.push(observation(3, "plantedvalue", 1));
    store.ingest(&first).await.unwrap();
    let mut device = update(1);
    device.listing.name = Some("plantedname".to_owned());
    device.identity = "planted identity".to_owned();
    device.anchors.push("plantedanchor".to_owned());
    store.put_devices(&[device], Vec::new()).await.unwrap();
    let approved = model::Lifecycle::Approved;
    store.set_lifecycle(vec![device_id("001")], approved, decision("planted reason")).await.unwrap();
    let user = store::User {
        name: "planteduser".to_owned(),
        role: String::new(),
        password: store::PasswordHash(String::new()),
        created: suite::at(0),
        last_visit: None,
        version: 1,
    };
    store.create_user(user, suite::decision("first")).await.unwrap();
}

/// The planted texts that the files of a folder show.
fn shown(folder: &Path) -> Vec<&'static str> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| std::fs::read(entry.unwrap().path()).unwrap());
    let all: Vec<u8> = files.flatten().collect();
    let is_shown = |text: &str| all.windows(text.len()).any(|window| window == text.as_bytes());
    PLANTED.iter().copied().filter(|text| is_shown(text)).collect()
}

#[tokio::test]
async fn no_file_shows_what_is_in_the_store() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder.path().join("hub.db"), Some(key())).await.unwrap();
    plant(&store).await;
    assert!(folder.path().join("hub.db-wal").exists(), "the log is looked into too");
    assert_eq!(shown(folder.path()), [""; 0], "while it is open");
    store.backup(folder.path().join("copy.db")).await.unwrap();
    store.close().await.unwrap();
    assert_eq!(shown(folder.path()), [""; 0], "when it is closed, and the copy");
}

#[tokio::test]
async fn without_a_key_the_same_search_finds_everything() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder.path().join("hub.db"), None).await.unwrap();
    plant(&store).await;
    store.close().await.unwrap();
    assert_eq!(shown(folder.path()), PLANTED);
}

#[tokio::test]
async fn a_wrong_key_is_said_clearly() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("hub.db");
    open(&path, Some(key())).await.unwrap().close().await.unwrap();
    let before = std::fs::read(&path).unwrap();
    for wrong in [Some(Key::new([1; 32])), None] {
        let error = open(&path, wrong).await.unwrap_err();
        assert!(matches!(error, Error::WrongKey { .. }), "{error:?}");
        assert!(error.to_string().starts_with("the key does not open the store `"), "{error}");
    }
    assert_eq!(std::fs::read(&path).unwrap(), before, "nothing was written");
    open(&path, Some(key())).await.unwrap();
}

#[tokio::test]
async fn a_key_for_a_readable_file_is_refused() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("hub.db");
    open(&path, None).await.unwrap().close().await.unwrap();
    assert!(matches!(open(&path, Some(key())).await, Err(Error::NotEncrypted { .. })));
    let missing = open(&folder.path().join("no/such/folder.db"), None).await;
    assert!(matches!(missing, Err(Error::Open { .. })), "{missing:?}");
}

#[tokio::test]
async fn who_lets_go_of_a_store_waits_until_its_files_are_closed() {
    for _ in 0..20 {
        let folder = TempDir::new().unwrap();
        let store = open(&folder.path().join("hub.db"), Some(key())).await.unwrap();
        store.ingest(&batch("a", 1)).await.unwrap();
        assert!(folder.path().join("hub.db-wal").exists(), "the log is in use");
        drop(store);
        assert!(
            !folder.path().join("hub.db-wal").exists(),
            "the last connection to close takes the log away"
        );
    }
}

#[tokio::test]
async fn a_closed_store_answers_no_more() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder.path().join("hub.db"), Some(key())).await.unwrap();
    store.ingest(&batch("a", 1)).await.unwrap();
    store.close().await.unwrap();
    assert!(matches!(store.ingest(&batch("a", 2)).await, Err(Error::Closed)));
    assert!(matches!(store.evidence().await, Err(Error::Closed)));
    store.close().await.unwrap();
    let left: Vec<PathBuf> =
        std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(left, [folder.path().join("hub.db")], "the log is emptied");
}

#[tokio::test]
async fn a_backup_is_a_whole_store_and_restores() {
    let folder = TempDir::new().unwrap();
    let [path, copy, restored] = ["hub.db", "copy.db", "restored.db"].map(|name| folder.path().join(name));
    let store = open(&path, Some(key())).await.unwrap();
    plant(&store).await;
    store.backup(copy.clone()).await.unwrap();
    let before = store.evidence().await.unwrap();
    store.ingest(&batch("a", 2)).await.unwrap();
    assert!(matches!(store.backup(copy.clone()).await, Err(Error::Exists { .. })));
    assert!(matches!(Store::restore(copy.clone(), Some(key()), &path), Err(Error::Exists { .. })));
    let wrong = Store::restore(copy.clone(), Some(Key::new([1; 32])), &restored);
    assert!(matches!(wrong, Err(Error::WrongKey { .. })), "{wrong:?}");
    Store::restore(copy, Some(key()), &restored).unwrap();
    let again = open(&restored, Some(key())).await.unwrap();
    assert_eq!(again.evidence().await.unwrap(), before);
    assert!(again.device(&device_id("001")).await.unwrap().is_some());
}

#[tokio::test]
async fn a_damaged_backup_is_not_restored() {
    let folder = TempDir::new().unwrap();
    let [path, copy, restored] = ["hub.db", "copy.db", "restored.db"].map(|name| folder.path().join(name));
    let store = open(&path, Some(key())).await.unwrap();
    plant(&store).await;
    store.backup(copy.clone()).await.unwrap();
    let whole = std::fs::read(&copy).unwrap();
    for place in (5_000..whole.len()).step_by(whole.len() / 7) {
        let mut bytes = whole.clone();
        bytes[place] ^= 1;
        std::fs::write(&copy, bytes).unwrap();
        let outcome = Store::restore(copy.clone(), Some(key()), &restored);
        assert!(outcome.is_err(), "byte {place} is wrong");
        assert!(!restored.exists());
    }
}

#[tokio::test]
async fn a_store_that_a_newer_version_migrated_is_left_alone() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("hub.db");
    open(&path, None).await.unwrap().close().await.unwrap();
    let change = |statement: &str| rusqlite::Connection::open(&path).unwrap().execute(statement, []).unwrap();
    change("INSERT INTO migration VALUES (1000, 'x')");
    assert!(matches!(open(&path, None).await, Err(Error::Newer { number: 1000 })));
    change("DELETE FROM migration WHERE number = 1000");
    open(&path, None).await.unwrap().close().await.unwrap();
    change("UPDATE migration SET checksum = 'x' WHERE number = 1");
    assert!(matches!(open(&path, None).await, Err(Error::ChangedMigration { number: 1 })));
}

/// Where the process that [`what_was_acknowledged_survives_kill_9`] kills has its store.
const CHILD: &str = "BEDRAIL_STORE_CHILD";
const CHILD_SENSORS: [&str; 3] = ["a", "b", "c"];

/// The process that is killed: writes and acknowledges for ever.
async fn write_until_killed(path: &Path) {
    let store = open(path, Some(key())).await.unwrap();
    let sensors = store.sensors().await.unwrap();
    let run = CHILD_SENSORS.map(|name| {
        let id = suite::sensor(name);
        let mut sequence = sensors.iter().find(|row| row.id == id).map_or(0, |row| row.sequence);
        let store = &store;
        async move {
            loop {
                sequence += 1;
                assert!(store.ingest(&batch(name, sequence)).await.unwrap().fresh);
                let mut out = std::io::stdout();
                out.write_all(format!("ack {name} {sequence}\n").as_bytes()).unwrap();
                out.flush().unwrap();
            }
        }
    });
    futures_util::future::join_all(run).await;
}

/// Starts itself as the process that is killed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_kill_9() {
    if let Some(path) = std::env::var_os(CHILD) {
        return write_until_killed(Path::new(&path)).await;
    }
    let cycles: u64 = std::env::var("BEDRAIL_STORE_KILLS").map_or(50, |cycles| cycles.parse().unwrap());
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("hub.db");
    let mut acknowledged = [0_u64; CHILD_SENSORS.len()];
    for cycle in 0..cycles {
        kill_a_writer(&path, Duration::from_micros(500 + cycle * 7_919 % 60_000), &mut acknowledged);
        let store = open(&path, Some(key())).await.unwrap();
        let rows = store.sensors().await.unwrap();
        let mut batches = 0;
        for (name, acknowledged) in CHILD_SENSORS.iter().zip(&mut acknowledged) {
            let row = rows.iter().find(|row| row.id == suite::sensor(name));
            let written = row.map_or(0, |row| row.sequence);
            assert!(
                written >= *acknowledged,
                "cycle {cycle}: {name} {acknowledged} was acknowledged, not {written}"
            );
            *acknowledged = written;
            batches += written;
        }
        let evidence = store.evidence().await.unwrap();
        let count = evidence.observations.first().map_or(0, |seen| seen.count);
        let flows = store.conversation_totals().await.unwrap().first().map_or(0, |total| total.flows);
        assert_eq!((count, flows), (batches, batches), "cycle {cycle}: every batch is there whole");
        store.close().await.unwrap();
    }
    assert!(acknowledged.iter().sum::<u64>() > cycles, "it wrote");
    println!("{cycles} kills, {} batches, none lost", acknowledged.iter().sum::<u64>());
}

/// Lets a process write for a while after its first acknowledgement, kills it, and notes what it acknowledged.
fn kill_a_writer(path: &Path, after: Duration, acknowledged: &mut [u64; CHILD_SENSORS.len()]) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "what_was_acknowledged_survives_kill_9", "--nocapture"])
        .env(CHILD, path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut note = |line: &str| {
        // The test harness writes into the same output.
        let Some((_, acknowledgement)) = line.split_once("ack ") else { return false };
        let mut words = acknowledgement.split_whitespace();
        if let (Some(name), Some(Ok(sequence))) = (words.next(), words.next().map(str::parse::<u64>)) {
            let place = CHILD_SENSORS.iter().position(|sensor| *sensor == name).unwrap();
            acknowledged[place] = acknowledged[place].max(sequence);
            return true;
        }
        false
    };
    while !note(&lines.next().expect("it writes until it is killed").unwrap()) {}
    std::thread::sleep(after);
    child.kill().unwrap();
    for line in lines.map_while(Result::ok) {
        note(&line);
    }
    child.wait().unwrap();
}

/// What only who has the file and its key can do.
fn by_hand(path: &Path, statement: &str) -> rusqlite::Result<()> {
    rusqlite::Connection::open(path).unwrap().execute_batch(statement)
}

#[tokio::test]
async fn the_audit_log_only_grows() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("hub.db");
    let store = open(&path, None).await.unwrap();
    store.append_audit(vec![suite::accounts::login("ines"), suite::accounts::login("otto")]).await.unwrap();
    store.sign_audit(suite::at(9_000), suite::audit_log::audit_key()).await.unwrap().unwrap();
    store.close().await.unwrap();
    for statement in [
        "DELETE FROM audit_record",
        "DELETE FROM audit_record WHERE number = 2",
        "UPDATE audit_record SET why = 'nothing' WHERE number = 1",
        "UPDATE audit_record SET number = 3 WHERE number = 2",
        "INSERT OR REPLACE INTO audit_record SELECT * FROM audit_record WHERE number = 1",
        "INSERT INTO audit_record SELECT 4, at, who_kind, who_name, act, subject_kind, subject, outcome, address, \
         session, request, before_value, after_value, why, previous, hash FROM audit_record WHERE number = 1",
        "DELETE FROM audit_checkpoint",
        "UPDATE audit_checkpoint SET last = 1",
        "INSERT OR REPLACE INTO audit_checkpoint SELECT * FROM audit_checkpoint",
    ] {
        let refused = by_hand(&path, statement).unwrap_err().to_string();
        assert!(refused.contains("the audit log only grows"), "{statement}: {refused}");
    }
    let store = open(&path, None).await.unwrap();
    assert_eq!(suite::audit_log::verify(&store, &[]).await.unwrap().signed, 2);
}

#[tokio::test]
async fn who_drops_the_triggers_is_found_out() {
    let alter = "UPDATE audit_record SET";
    for (what, statement, record) in [
        ("a reason", format!("{alter} why = 'nothing' WHERE number = 7"), 7),
        ("a word that is none", format!("{alter} act = 'NO WORD' WHERE number = 3"), 3),
        ("a hash that is none", format!("{alter} hash = x'00' WHERE number = 4"), 4),
        ("a record", "DELETE FROM audit_record WHERE number = 5".to_owned(), 5),
        ("the end", "DELETE FROM audit_record WHERE number > 8".to_owned(), 9),
        ("a checkpoint", "UPDATE audit_checkpoint SET tags = x'0000'".to_owned(), 1),
    ] {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("hub.db");
        let store = open(&path, None).await.unwrap();
        store.append_audit(vec![suite::accounts::login("ines"); 10]).await.unwrap();
        store.sign_audit(suite::at(9_000), suite::audit_log::audit_key()).await.unwrap().unwrap();
        store.close().await.unwrap();
        let triggers = ["record_update", "record_delete", "checkpoint_update"];
        for trigger in triggers {
            by_hand(&path, &format!("DROP TRIGGER audit_{trigger}")).unwrap();
        }
        by_hand(&path, &statement).unwrap();
        let store = open(&path, None).await.unwrap();
        let fault = suite::audit_log::verify(&store, &[]).await.unwrap_err();
        assert_eq!(fault.record, record, "{what}: {fault}");
    }
}

#[tokio::test]
async fn a_log_from_a_backup_verifies_and_goes_on() {
    let folder = TempDir::new().unwrap();
    let [path, copy, restored] = ["hub.db", "copy.db", "restored.db"].map(|name| folder.path().join(name));
    let store = open(&path, Some(key())).await.unwrap();
    let append =
        async |store: &Store| store.append_audit(vec![suite::accounts::login("ines"); 5]).await.unwrap();
    append(&store).await;
    let sign = async |store: &Store| {
        store.sign_audit(suite::at(9_000), suite::audit_log::audit_key()).await.unwrap().unwrap()
    };
    let before = sign(&store).await;
    append(&store).await;
    store.backup(copy.clone()).await.unwrap();
    append(&store).await;
    let after = sign(&store).await;
    Store::restore(copy, Some(key()), &restored).unwrap();
    let again = open(&restored, Some(key())).await.unwrap();
    let verified = suite::audit_log::verify(&again, &[before]).await.unwrap();
    assert_eq!((verified.records, verified.signed), (10, 5));
    append(&again).await;
    sign(&again).await;
    assert_eq!(suite::audit_log::verify(&again, &[]).await.unwrap().unsigned(), 0);
    let fault = suite::audit_log::verify(&store, std::slice::from_ref(&after)).await;
    assert!(fault.is_ok(), "{fault:?}");
    assert_eq!(
        again.audit_state().await.unwrap().head.number,
        after.last,
        "as many, of which some are the same"
    );
}

#[tokio::test]
async fn a_store_of_the_last_version_gets_an_audit_log() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("hub.db");
    let store = open(&path, None).await.unwrap();
    plant(&store).await;
    store.close().await.unwrap();
    let before =
        "DROP TABLE audit_record; DROP TABLE audit_checkpoint; DELETE FROM migration WHERE number = 5";
    by_hand(&path, before).unwrap();
    let store = open(&path, None).await.unwrap();
    assert!(store.device(&device_id("001")).await.unwrap().is_some(), "nothing is lost");
    store.append_audit(vec![suite::accounts::login("ines")]).await.unwrap();
    assert_eq!(suite::audit_log::verify(&store, &[]).await.unwrap().records, 1);
}
