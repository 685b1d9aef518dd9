//! Merge, split, import and export from the command line, which sensors a hub listens to, and who did what.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod support;

use support::hub::{Hub, Place};

const CT: &str = "192.0.2.11";

/// The ids of the devices that are not outside.
fn ids(hub: &Hub) -> Vec<String> {
    let list =
        hub.run(&["device", "list", "--json", "--sort", "first_seen", "--filter", "external=false"]).json();
    let all = list["items"].as_array().unwrap().iter();
    all.map(|device| device["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn two_devices_are_one_until_it_is_taken_back() {
    let hub = Hub::ready();
    let before = ids(&hub);
    let [ref whole, ref part, ..] = before[..] else { panic!("two devices: {before:?}") };
    let merge =
        |more: &[&str]| hub.run(&[&["device", "merge", whole, part, "--why", "two cards"], more].concat());
    let dry = merge(&["--dry-run"]);
    assert!(dry.code == 0 && dry.out.is_empty() && dry.err.contains("nothing was changed"), "{}", dry.err);
    assert_eq!(ids(&hub), before);
    let made = merge(&[]);
    let adjustment = made.out.trim().to_owned();
    assert!(made.code == 0 && adjustment.starts_with("adj_"), "{} {}", made.out, made.err);
    assert!(!ids(&hub).contains(part), "the part is hidden");
    let listed = hub.run(&["device", "adjustments", whole, "--json"]).json();
    assert_eq!(
        (&listed["items"][0]["id"], &listed["items"][0]["part"]),
        (&adjustment.into(), &part.clone().into())
    );
    let table = hub.run(&["device", "adjustments"]).out;
    assert!(table.contains("merge") && table.contains("two cards"), "{table}");

    let same = hub.run(&["device", "merge", whole, whole, "--why", "x"]);
    assert!(same.code == 2 && same.err.contains("the same device already"), "{}", same.err);
    let adjustment = listed["items"][0]["id"].as_str().unwrap();
    let undone = hub.run(&["device", "undo", adjustment, "--why", "they are two", "--json"]);
    assert_eq!(undone.json()["undone"]["why"], "they are two");
    assert_eq!(ids(&hub), before);
    assert_eq!(hub.run(&["device", "adjustments", "--csv"]).out.lines().count(), 1, "only the header");
    assert!(hub.run(&["device", "adjustments", "--all"]).out.contains("they are two"));
    let missing = hub.run(&["device", "undo", "adj_none", "--why", "x"]);
    assert_eq!(missing.code, 3, "{}", missing.err);
    let strange = hub.run(&["device", "undo", "../session", "--why", "x"]);
    assert_eq!(strange.code, 2, "{}", strange.err);
}

#[test]
fn an_address_is_another_device() {
    let hub = Hub::ready();
    let before = ids(&hub).len();
    let split = |more: &[&str]| {
        hub.run(&[&["device", "split", CT, "--address", CT, "--why", "behind a gateway"], more].concat())
    };
    assert!(split(&["--dry-run"]).err.contains("nothing was changed"));
    let made = split(&["--json"]);
    assert_eq!(made.code, 0, "{}", made.err);
    assert_eq!(made.json()["anchor"], format!("ip:{CT}"));
    hub.wait_for_devices(before + 1);
    let again = split(&[]);
    assert!(again.code == 1 && !again.err.is_empty(), "{}", again.err);
}

#[test]
fn what_is_exported_is_imported_and_a_wrong_row_is_named() {
    let hub = Hub::ready();
    let exported = hub.run(&["device", "export", "--filter", "external=false"]);
    assert_eq!(exported.code, 0, "{}", exported.err);
    assert_eq!(exported.out.lines().count(), ids(&hub).len() + 1);
    let csv = format!(
        "ip,location,clinical_class\n{CT},\"Room 4, bed 2\",diagnostic\n10.99.0.1,nowhere,\n192.0.2.12,,deadly\n"
    );
    let file = hub.place.file("cmms.csv");
    std::fs::write(&file, &csv).unwrap();
    let import = |file: &str, more: &[&str]| {
        hub.run(&[&["device", "import", file, "--source", "cmms", "--why", "November"], more].concat())
    };
    let dry = import(&file, &["--dry-run"]);
    assert!(dry.code == 7 && dry.err.contains("location: nothing -> `Room 4, bed 2`"), "{}", dry.err);
    assert!(dry.err.contains("line 3") && dry.err.contains("line 4, column `clinical_class`"), "{}", dry.err);
    assert!(dry.err.contains("3 rows, 1 taken, 2 with a mistake; 1 device would change"), "{}", dry.err);
    assert!(!hub.run(&["device", "show", CT]).out.contains("Room 4"), "nothing was changed");

    let done = import(&file, &["--json"]);
    let result: serde_json::Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!((done.code, &result["devices_changed"]), (7, &1.into()), "{}", done.err);
    assert!(hub.run(&["device", "show", CT]).out.contains("stated location: Room 4, bed 2"));
    let piped =
        hub.place.run_with_input(&["device", "import", "-", "--source", "cmms", "--why", "x"], &exported.out);
    assert!(piped.code == 0 && piped.err.contains("0 with a mistake"), "{} {}", piped.code, piped.err);

    let mapping = hub.place.file("words.toml");
    std::fs::write(&mapping, "[columns]\n\"Ort\" = \"place\"\n").unwrap();
    let wrong = import(&file, &["--mapping", &mapping]);
    assert!(wrong.code == 1 && wrong.err.contains("place"), "{}", wrong.err);
    let missing = import("no-such.csv", &[]);
    assert!(missing.code == 3 && missing.err.contains("there is no file `no-such.csv`"), "{}", missing.err);
}

#[test]
fn devices_are_exported_as_one_fhir_bundle() {
    let hub = Hub::ready();
    let bundle = hub.run(&["device", "export", "--format", "fhir", "--filter", "external=false"]).json();
    assert_eq!((&bundle["resourceType"], &bundle["type"]), (&"Bundle".into(), &"collection".into()));
    let entries = bundle["entry"].as_array().unwrap();
    assert_eq!(entries.len(), ids(&hub).len());
    assert!(entries.iter().all(|entry| entry["resource"]["resourceType"] == "Device"));
}

#[test]
fn a_sensor_is_let_in_with_a_token_and_shut_out() {
    let hub = Place::new().start("127.0.0.1:0", &["--sensors", "127.0.0.1:0"], None);
    hub.log_in(&hub.password);
    let made = hub.run(&["sensor", "token", "ward 3"]);
    assert!(made.code == 0 && made.err.contains("may be enrolled once until"), "{}", made.err);
    assert_eq!(made.out.lines().count(), 1, "the token alone: {}", made.out);
    let unused = hub.run(&["sensor", "revoke", "ward 3", "--why", "lost"]);
    assert!(unused.code == 3 && unused.err.contains("bedrail sensor list"), "never enrolled: {}", unused.err);
    let open = hub.run(&["sensor", "tokens", "--json"]).json();
    let sensor = open["items"][0]["sensor"].as_str().unwrap().to_owned();
    assert_eq!(open["items"][0]["name"], "ward 3");
    assert!(hub.run(&["sensor", "tokens"]).out.contains(&sensor));
    let dry = hub.run(&["sensor", "cancel", &sensor, "--dry-run"]);
    assert!(dry.code == 0 && dry.err.contains("nothing was changed"), "{}", dry.err);
    assert!(hub.run(&["sensor", "cancel", &sensor]).err.contains("is taken back"));
    let gone = hub.run(&["sensor", "cancel", &sensor]);
    assert!(gone.code == 3 && gone.err.contains("bedrail sensor tokens"), "{}", gone.err);
    let nameless = hub.run(&["sensor", "token", " "]);
    assert!(nameless.code == 1 && nameless.err.contains("name the sensor"), "{}", nameless.err);
    let own = hub.run(&["sensor", "revoke", "sen_replay", "--why", "x", "--dry-run"]);
    assert!(own.code == 0 && own.err.contains("nothing was changed"), "{}", own.err);
}

#[test]
fn who_did_what_is_listed_and_verified_by_the_hub_and_without_it() {
    let hub = Hub::ready();
    let list = hub.run(&["audit", "list", "--json"]).json();
    let acts: Vec<&str> =
        list["items"].as_array().unwrap().iter().map(|record| record["act"].as_str().unwrap()).collect();
    assert_eq!(acts.last(), Some(&"account_made"));
    assert!(acts.contains(&"login"), "{acts:?}");
    let table = hub.run(&["audit", "list", "--act", "login", "--limit", "1"]).out;
    assert!(table.contains("login") && table.contains("admin") && !table.contains("account_made"), "{table}");
    let wrong = hub.run(&["audit", "list", "--outcome", "maybe"]);
    assert!(wrong.code != 0 && wrong.err.contains("maybe"), "{}", wrong.err);
    let whole = hub.run(&["audit", "verify"]);
    assert!(whole.code == 0 && whole.out.contains("are as they were written"), "{} {}", whole.out, whole.err);

    let export = hub.run(&["audit", "export"]).out;
    let (log, key) = (hub.place.file("log.jsonl"), hub.place.data().join("audit.pub"));
    let key = key.to_str().unwrap();
    let verify = |text: &str| {
        std::fs::write(&log, text).unwrap();
        hub.run(&["audit", "verify", &log, "--key", key])
    };
    let elsewhere = verify(&export);
    assert!(elsewhere.code == 0 && elsewhere.out.contains("are as they were written"), "{}", elsewhere.err);
    let altered = verify(&export.replacen("account_made", "account_gone", 1));
    assert!(altered.code == 6 && altered.out.contains('1'), "{} {}", altered.out, altered.err);
    let torn = verify(export.get(..export.len() - 5).unwrap());
    assert!(torn.code == 1 && torn.err.contains("log.jsonl") && torn.err.contains("line"), "{}", torn.err);
    let keyless = hub.run(&["audit", "verify", &log]);
    assert!(keyless.code == 2 && keyless.err.contains("--key"), "{}", keyless.err);
}
