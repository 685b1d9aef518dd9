//! What is heard on an interface while DCMTK, pynetdicom and python-hl7 talk there.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod support;

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use support::netns::{Namespace, Running, finish};
use support::{path, root, write};

/// Long enough for slow machines to start four clients.
const SECONDS: u32 = 20;

/// What the shipped rules do not show: values that only `explain` lists become versions here.
const RULES: &str = r#"
source = "Test of live traffic"

[[rule]]
id = "test-implementation"
field = "dicom.userinfo.uid"
regex = '^([0-9.]+)$'
sets = { software_version = "uid $1" }
weight = 0.5
matches = ["1.2.3"]
misses = ["x"]

[[rule]]
id = "test-facility"
fields = ["hl7.msh.sending_facility", "hl7.msh.receiving_facility"]
regex = '^(\w+)$'
sets = { software_version = "facility $1" }
weight = 0.5
matches = ["WARD"]
misses = [""]
"#;

/// A tool of DCMTK; pynetdicom has some of the same names.
fn dcmtk(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let is_dcmtk = |path: &PathBuf| {
        let said = Command::new(path).arg("--version").output();
        said.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains("$dcmtk"))
    };
    let found = std::env::split_paths(&path).map(|folder| folder.join(name)).find(is_dcmtk);
    if found.is_none() {
        testkit::tools::absent(&format!("DCMTK's `{name}`")).unwrap();
    }
    found
}

/// The programs that talk.
struct Tools {
    storescp: PathBuf,
    storescu: PathBuf,
    echoscu: PathBuf,
    findscu: PathBuf,
    python: PathBuf,
}

impl Tools {
    fn find() -> Option<Self> {
        Some(Self {
            storescp: dcmtk("storescp")?,
            storescu: dcmtk("storescu")?,
            echoscu: dcmtk("echoscu")?,
            findscu: dcmtk("findscu")?,
            python: testkit::tools::python("hl7, pynetdicom").unwrap()?,
        })
    }
}

fn peer(name: &str) -> PathBuf {
    root().join("crates/programs/bedrail/tests/peers").join(name)
}

/// Images of the hospital's modalities, as files.
fn images() -> Vec<PathBuf> {
    let hospital = testkit::Hospital::new(1).unwrap();
    let files = hospital.dicom_files.iter().take(3).enumerate();
    files.map(|(number, file)| write(&format!("live-{number}.dcm"), &file.bytes)).collect()
}

/// Who calls `127.0.0.N` does so from `127.0.0.1N`: clients do not let their own address be chosen.
fn give_clients_addresses(ward: &Namespace) {
    for server in 2..=4 {
        let (to, from) = (format!("127.0.0.{server}/32"), format!("127.0.0.1{server}"));
        ward.ip(&["route", "add", "local", &to, "dev", "lo", "src", &from, "table", "local"]);
    }
}

fn servers(ward: &Namespace, tools: &Tools) -> [Running; 3] {
    let received = path("live-received");
    std::fs::create_dir_all(&received).unwrap();
    let mut archive = ward.command(&tools.storescp);
    archive.args(["-aet", "ARCHIVE1", "-od"]).arg(received).arg("11112");
    let mut worklist = ward.command(&tools.python);
    worklist.arg(peer("find_scp.py")).args(["11113", "WORKLIST1"]);
    let mut engine = ward.command(&tools.python);
    engine.arg(peer("hl7_server.py")).arg("2575");
    [
        Running::serve(&mut archive, 11112),
        Running::serve(&mut worklist, 11113),
        Running::serve(&mut engine, 2575),
    ]
}

fn talk(ward: &Namespace, tools: &Tools, images: &[PathBuf]) {
    let archive = ["-aet", "CT_ROOM_1", "-aec", "ARCHIVE1", "127.0.0.2", "11112"];
    finish(ward.command(&tools.echoscu).args(archive));
    finish(ward.command(&tools.storescu).args(archive).args(images));
    let query = ["-W", "-k", "PatientName=", "-aet", "MR_ROOM_2", "-aec", "WORKLIST1", "127.0.0.3", "11113"];
    finish(ward.command(&tools.findscu).args(query));
    finish(ward.command(&tools.python).arg(peer("hl7_client.py")).args(["127.0.0.4", "2575"]));
}

/// Values of an attribute of the device with this address.
fn values(report: &Value, address: &str, attribute: &str) -> BTreeSet<String> {
    let devices = report["devices"].as_array().unwrap();
    let device = devices.iter().find(|device| device["ips"].as_array().unwrap().contains(&address.into()));
    let device = device.unwrap_or_else(|| panic!("{address} was not seen: {report}"));
    let values = device[attribute].as_array().unwrap().iter();
    values.map(|value| value["value"].as_str().unwrap().to_owned()).collect()
}

fn set(words: &[&str]) -> BTreeSet<String> {
    words.iter().copied().map(str::to_owned).collect()
}

/// Version names and class identifiers of DICOM implementations, and facilities, at an address.
fn told(report: &Value, address: &str) -> BTreeSet<String> {
    let mut told = values(report, address, "software_versions");
    told.retain(|value| {
        ["uid ", "facility ", "OFFIS", "PYNETDICOM"].iter().any(|kind| value.starts_with(kind))
    });
    told
}

/// Who called whom in `protocol`, and whether that was clinical cleartext.
fn talks(report: &Value, protocol: &str) -> BTreeSet<(String, String, bool)> {
    let all = report["conversations"].as_array().unwrap().iter();
    let ip = |end: &Value| end["ip"].as_str().unwrap().to_owned();
    all.filter(|talk| talk["protocol"] == protocol)
        .map(|talk| (ip(&talk["originator"]), ip(&talk["responder"]), talk["cleartext_clinical"] == true))
        .collect()
}

fn check_titles(report: &Value) {
    for (address, titles) in [
        ("127.0.0.12", ["CT_ROOM_1"]),
        ("127.0.0.2", ["ARCHIVE1"]),
        ("127.0.0.13", ["MR_ROOM_2"]),
        ("127.0.0.3", ["WORKLIST1"]),
    ] {
        assert_eq!(values(report, address, "ae_titles"), set(&titles), "{address}");
    }
    assert_eq!(values(report, "127.0.0.14", "hl7_applications"), set(&["ANALYZER1"]));
    assert_eq!(values(report, "127.0.0.4", "hl7_applications"), set(&["ENGINE1"]));
}

/// What the programs say of themselves.
fn check_versions(report: &Value, tools: &Tools) {
    let version = finish(Command::new(&tools.storescp).arg("--version"));
    let number: String =
        version.chars().skip_while(|c| !c.is_ascii_digit()).take_while(|c| *c != ' ').collect();
    let (dotted, plain) = (number.trim().to_owned(), number.trim().replace('.', ""));
    let dcmtk = set(&[&format!("uid 1.2.276.0.7230010.3.0.{dotted}"), &format!("OFFIS_DCMTK_{plain}")]);
    for address in ["127.0.0.12", "127.0.0.2", "127.0.0.13"] {
        assert_eq!(told(report, address), dcmtk, "{address}");
    }
    let script = "import pynetdicom as p; print('uid', p.PYNETDICOM_IMPLEMENTATION_UID); \
                  print(p.PYNETDICOM_IMPLEMENTATION_VERSION)";
    let own = finish(Command::new(&tools.python).args(["-c", script]));
    assert_eq!(told(report, "127.0.0.3"), own.lines().map(str::to_owned).collect());
    assert_eq!(told(report, "127.0.0.14"), set(&["facility CENTRAL_LAB"]));
    assert_eq!(told(report, "127.0.0.4"), set(&["facility WARD_B"]));
}

fn check_talks(report: &Value) {
    let talk = |from: &str, to: &str| (from.to_owned(), to.to_owned(), true);
    let dicom = BTreeSet::from([talk("127.0.0.12", "127.0.0.2"), talk("127.0.0.13", "127.0.0.3")]);
    assert_eq!(talks(report, "dicom"), dicom);
    assert_eq!(talks(report, "hl7"), BTreeSet::from([talk("127.0.0.14", "127.0.0.4")]));
    assert_eq!(report["summary"]["cleartext_clinical_conversations"], 3);
    assert_eq!(report["counters"]["lost_before_capture"], 0);
    for word in ["Secretname", "Invented", "4711"] {
        assert!(!report.to_string().contains(word), "{word} is patient data");
    }
}

#[test]
fn real_stacks_are_heard_on_an_interface() {
    let Some(tools) = Tools::find() else { return };
    let Some(ward) = Namespace::new("live") else { return };
    give_clients_addresses(&ward);
    let rules = write("live-rules.toml", RULES.as_bytes());
    let images = images();
    let running = servers(&ward, &tools);
    let more: [&OsStr; 2] = ["--rules".as_ref(), AsRef::<Path>::as_ref(&rules).as_os_str()];
    let listening = ward.listen("lo", SECONDS, &more);
    talk(&ward, &tools, &images);
    let report = listening.json();
    drop(running);
    check_titles(&report);
    check_versions(&report, &tools);
    check_talks(&report);
}
