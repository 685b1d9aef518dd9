//! Backup, doctor, support bundle, first login, log: what keeps a hub in order.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod support;

use std::fs::Permissions;
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;

use age::secrecy::ExposeSecret as _;
use support::hub::{Hub, Place};

/// What the ward's devices are called and where they are.
const NAMES: &[&str] = &["CT-ROOM-1", "CT_ROOM_1", "192.0.2.11", "00:00:5e:00:53:01", "ANALYZER"];
const PASSPHRASE: &str = "a long enough passphrase\n";

fn shown(bytes: &[u8]) -> Vec<&'static str> {
    let is_shown =
        |text: &str| bytes.windows(text.len()).any(|window| window.eq_ignore_ascii_case(text.as_bytes()));
    NAMES.iter().copied().filter(|text| is_shown(text)).collect()
}

fn devices(hub: &Hub) -> serde_json::Value {
    hub.run(&["device", "list", "--json", "--sort", "first_seen"]).json()
}

#[test]
fn a_backup_of_a_running_hub_starts_as_the_same_hub() {
    let hub = Hub::ready();
    let (before, password) = (devices(&hub), hub.password.clone());
    assert!(!shown(before.to_string().as_bytes()).is_empty(), "the names are in the inventory");
    let identity = age::x25519::Identity::generate();
    let (backup, key) = (hub.place.file("hub.age"), hub.place.file("key.txt"));
    std::fs::write(&key, format!("# made by a test\n{}\n", identity.to_string().expose_secret())).unwrap();
    let recipient = identity.to_public().to_string();
    let made = hub.run(&["backup", &backup, "--recipient", &recipient]);
    assert_eq!((made.code, made.out.as_str()), (0, ""), "{}", made.err);
    assert_eq!(std::fs::metadata(&backup).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(shown(&std::fs::read(&backup).unwrap()), [""; 0], "in the backup");
    assert_eq!(
        shown(&std::fs::read(hub.place.data().join("bedrail.db")).unwrap()),
        [""; 0],
        "in the database"
    );
    assert_eq!(
        std::fs::read_dir(hub.place.data().join("backups")).unwrap().count(),
        0,
        "the hub keeps no copy"
    );
    let again = hub.run(&["backup", &backup, "--recipient", &recipient]);
    assert!(again.code == 1 && again.err.contains("exists already"), "{}", again.err);

    let place = hub.stop();
    let data = place.data().to_string_lossy().into_owned();
    let refused = place.run(&["restore", &backup, "--data", &data, "--identity", &key]);
    assert!(refused.code == 1 && refused.err.contains("is not empty"), "{}", refused.err);
    std::fs::rename(&data, place.file("lost")).unwrap();
    let restored = place.run(&["restore", &backup, "--data", &data, "--identity", &key]);
    assert_eq!(restored.code, 0, "{}", restored.err);
    let hub = place.start("127.0.0.1:0", &[], None);
    assert_eq!(hub.password, "", "the accounts are those of the backup");
    hub.log_in(&password);
    let known = |list: &serde_json::Value| {
        let all = list["items"].as_array().unwrap().iter().map(|device| device["id"].to_string());
        all.collect::<std::collections::BTreeSet<_>>()
    };
    assert!(known(&devices(&hub)).is_superset(&known(&before)), "every device is there under its id");
}

#[test]
fn a_hub_that_does_not_run_is_backed_up_from_its_folder_with_a_passphrase() {
    let hub = Hub::ready();
    let (data, backup) = (hub.place.data().to_string_lossy().into_owned(), hub.place.file("hub.age"));
    let running = hub.place.run_with_input(&["backup", &backup, "--data", &data], PASSPHRASE);
    assert!(running.code == 1 && running.err.contains("bedrail login"), "{}", running.err);
    let second = hub.place.run(&["hub", "--data", &data, "--listen", "127.0.0.1:0"]);
    assert!(second.code == 1 && second.err.contains("another program uses"), "{}", second.err);
    let place = hub.stop();
    let short = place.run_with_input(&["backup", &backup, "--data", &data], "short\n");
    assert!(short.code == 2 && short.err.contains("at least 12 characters"), "{}", short.err);
    let made = place.run_with_input(&["backup", &backup, "--data", &data], PASSPHRASE);
    assert_eq!(made.code, 0, "{}", made.err);
    assert_eq!(shown(&std::fs::read(&backup).unwrap()), [""; 0]);

    let to = place.file("restored");
    let wrong = place.run_with_input(&["restore", &backup, "--data", &to], "another long passphrase\n");
    assert!(wrong.code == 1 && wrong.err.contains("passphrase is wrong"), "{}", wrong.err);
    assert!(!std::path::Path::new(&to).exists(), "nothing is left behind");
    let restored = place.run_with_input(&["restore", &backup, "--data", &to], PASSPHRASE);
    assert_eq!(restored.code, 0, "{}", restored.err);
    for name in ["store.key", "tls/hub.key", "tls/hub.crt"] {
        let file = |folder: &str| std::fs::read(std::path::Path::new(folder).join(name)).unwrap();
        assert_eq!(file(&to), file(&data), "{name}");
    }
    let none =
        place.run_with_input(&["backup", &place.file("x.age"), "--data", &place.file("nowhere")], PASSPHRASE);
    assert!(none.code == 1 && none.err.contains("there is no store"), "{}", none.err);
}

#[test]
fn the_doctor_finds_what_is_wrong_and_says_what_to_do() {
    let hub = Hub::ready();
    let data = hub.place.data().to_string_lossy().into_owned();
    let listen = hub.url.trim_start_matches("https://").to_owned();
    let doctor = |place: &Place, more: &[&str]| {
        place.run(&[&["doctor", "--data", &data, "--listen", &listen], more].concat())
    };
    let state = |run: &support::Run, check: &str| {
        let report: serde_json::Value = serde_json::from_str(&run.out).unwrap();
        let found = report["findings"].as_array().unwrap().iter().find(|finding| finding["check"] == check);
        found.map_or("none".to_owned(), |finding| finding["state"].as_str().unwrap().to_owned())
    };
    let well = doctor(&hub.place, &["--json"]);
    for check in ["data", "key", "store", "certificate", "hub", "login"] {
        assert_eq!(state(&well, check), "ok", "{check}: {}", well.out);
    }
    let lost = doctor(&hub.place, &["--interface", "nosuch0"]);
    assert_eq!(lost.code, 6);
    assert!(lost.out.contains("cannot listen on `nosuch0`") && lost.out.contains("next: "), "{}", lost.out);

    let place = hub.stop();
    let stopped = doctor(&place, &["--json"]);
    assert_eq!((state(&stopped, "hub"), state(&stopped, "port")), ("warning".to_owned(), "ok".to_owned()));
    assert_eq!(state(&stopped, "store"), "ok", "its pages were looked at: {}", stopped.out);
    let path = std::path::Path::new(&data);
    std::fs::set_permissions(path.join("store.key"), Permissions::from_mode(0o644)).unwrap();
    let mut bytes = std::fs::read(path.join("bedrail.db")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(path.join("bedrail.db"), bytes).unwrap();
    let ill = doctor(&place, &["--json"]);
    assert_eq!(ill.code, 6);
    assert_eq!((state(&ill, "key"), state(&ill, "store")), ("problem".to_owned(), "problem".to_owned()));
}

/// Every file of a bundle by name.
fn unpacked(path: &str) -> std::collections::BTreeMap<String, String> {
    let file = std::fs::File::open(path).unwrap();
    let mut archive = tar::Archive::new(zstd::Decoder::new(file).unwrap());
    let files = archive.entries().unwrap().map(|entry| {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().to_string_lossy().into_owned();
        let mut text = String::new();
        entry.read_to_string(&mut text).unwrap();
        (name.trim_start_matches("bedrail-support/").to_owned(), text)
    });
    files.collect()
}

#[test]
fn a_support_bundle_names_nobody() {
    let place = Place::new();
    let log = place.0.path().join("hub.log");
    let hub = place.start("127.0.0.1:0", &[], Some(&log));
    hub.log_in(&hub.password);
    hub.wait_for_devices(4);
    let planted = "\
        {\"timestamp\":\"2026-01-31T10:20:30.1Z\",\"level\":\"WARN\",\"target\":\"hub::serve\",\"message\":\"cannot take a \
        connection from nurse-miller\",\"peer\":\"192.0.2.11:5\",\"device\":\"CT-ROOM-1\",\"error\":\"ANALYZER at \
        00:00:5e:00:53:01 is down\",\"status\":503}\n\
        2026-01-31T10:20:30.1Z ERROR hub::ingest: ward-nine CT_ROOM_1 failed sensor=sen_ward-nine\n\
        Log in as admin with the password topsecret\n";
    let mut lines = std::fs::read_to_string(&log).unwrap();
    assert!(lines.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()), "{lines}");
    lines.push_str(planted);
    std::fs::write(place_file(&hub, "all.log"), &lines).unwrap();
    let (data, bundle) = (hub.place.data().to_string_lossy().into_owned(), hub.place.file("support.tar.zst"));
    let listen = hub.url.trim_start_matches("https://").to_owned();
    let log = place_file(&hub, "all.log");
    let args = ["support", "bundle", &bundle, "--data", &data, "--listen", &listen, "--log", &log];
    let run = hub.run(&args);
    assert_eq!((run.code, run.out.as_str()), (0, ""), "{}", run.err);

    let files = unpacked(&bundle);
    let whole: String = files.iter().map(|(name, text)| format!("{name}\n{text}\n")).collect();
    assert_eq!(shown(whole.as_bytes()), [""; 0], "{whole}");
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
    let secrets = [
        "miller",
        "ward-nine",
        "topsecret",
        "req_",
        "127.0.0.1",
        &data,
        &hub.password,
        &hub.fingerprint,
        host.trim(),
    ];
    for secret in secrets {
        assert!(!whole.contains(secret), "{secret} is in\n{whole}");
    }
    assert!(files["metrics.txt"].contains("\nbedrail_devices "), "{}", files["metrics.txt"]);
    assert!(files["versions.json"].contains(env!("CARGO_PKG_VERSION")));
    let logged = files["log.jsonl"].lines().count();
    assert!(logged > 2 && files["log.jsonl"].contains("\"status\":503"), "{}", files["log.jsonl"]);
    assert!(files["doctor.json"].contains("free_mib") && files["configuration.json"].contains("store.key"));
    assert_eq!(hub.run(&args).code, 1, "nothing is overwritten");
}

fn place_file(hub: &Hub, name: &str) -> String {
    hub.place.file(name)
}

#[test]
fn the_first_login_can_go_into_a_file_that_only_its_owner_reads() {
    let place = Place::new();
    let file = place.file("first-login");
    let token = place.file("token");
    std::fs::write(&token, "too short\n").unwrap();
    let data = place.data().to_string_lossy().into_owned();
    let short = place.run(&["hub", "--data", &data, "--listen", "127.0.0.1:0", "--metrics-token", &token]);
    assert!(short.code == 1 && short.err.contains("fewer than 32 characters"), "{}", short.err);
    let hub = place.start("127.0.0.1:0", &["--first-login", &file], None);
    assert_eq!(hub.password, "", "it is not printed");
    let text = std::fs::read_to_string(&file).unwrap();
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let (name, password) = text.trim().split_once('\n').unwrap();
    assert_eq!(name, "admin");
    hub.log_in(password);
    assert_eq!(hub.run(&["sensor", "list"]).code, 0);
}
