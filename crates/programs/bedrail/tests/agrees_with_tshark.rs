//! What Bedrail shows as evidence can be looked up: tshark shows the same field in the same frame, and of DICOM and HL7
//! the same values.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests"
)]

mod looked_up;
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use looked_up::{EXCEPTIONS, SAMPLE};
use serde_json::Value;
use support::tshark::{Shown, Tshark};
use support::{ENGINE, Frames, LAB, PACS, hospital, run};

/// What a frame was taken as evidence for: frame, field, and what the field said.
type Pairs = BTreeMap<(u64, String), BTreeSet<String>>;

#[derive(Default)]
struct Outcome {
    captures: usize,
    pairs: usize,
    same: usize,
    used: BTreeSet<&'static str>,
    faults: Vec<String>,
}

impl Outcome {
    fn add(&mut self, other: Self) {
        self.captures += other.captures;
        self.pairs += other.pairs;
        self.same += other.same;
        self.used.extend(other.used);
        self.faults.extend(other.faults);
    }
}

#[test]
fn evidence_is_where_tshark_shows_the_field() {
    let Some(tshark) = Tshark::find() else { return };
    let folder = support::captures_folder();
    let has_corpus = folder.is_dir();
    if !has_corpus {
        eprintln!("SKIPPED: {} captures of the corpus, which is not in {}", SAMPLE.len(), folder.display());
    }
    let mut captures = vec![(hospital("evidence.pcapng"), &[][..]), (pieces("evidence.pcap"), &[][..])];
    captures
        .extend(SAMPLE.iter().filter(|_| has_corpus).map(|(path, options)| (folder.join(path), *options)));
    let mut all = Outcome::default();
    let waiting = Mutex::new(captures);
    let next = || waiting.lock().unwrap().pop();
    let work = || {
        let mut outcome = Outcome::default();
        while let Some((capture, options)) = next() {
            outcome.add(compare(&tshark, &capture, options));
        }
        outcome
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..4).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            all.add(worker.join().unwrap());
        }
    });
    eprintln!(
        "{} pairs of frame and field in {} captures: {} are shown by tshark, {} are exceptions by intent, {} disagree",
        all.pairs,
        all.captures,
        all.same,
        all.pairs - all.same - all.faults.len(),
        all.faults.len()
    );
    assert!(all.faults.is_empty(), "{}", all.faults.join("\n"));
    let unused = EXCEPTIONS.iter().filter(|listed| has_corpus && !all.used.contains(listed.field));
    let unused: Vec<_> = unused.map(|listed| listed.field).collect();
    assert!(unused.is_empty(), "exceptions that do not occur any more: {unused:?}");
}

/// Messages that come in pieces, with the end of the last one apart.
fn pieces(name: &str) -> PathBuf {
    let message = b"\x0bMSH|^~\\&|ANALYZER|LAB|ENGINE|HIS|20260101120000||ORU^R01|1|P|2.5.1\rOBR|1\r\x1c\r";
    let page = b"HTTP/1.1 200 OK\r\nServer: Apache/2.4.57 (Debian)\r\nContent-Length: 6\r\n\r\nin two";
    let (begin, rest) = message.split_at(40);
    let (middle, end) = rest.split_at(rest.len() - 1);
    let (head, body) = page.split_at(page.len() - 3);
    let mut frames = Frames::default();
    frames.tcp((LAB, 50_257), (ENGINE, 2575), &[(true, begin), (true, middle), (true, end)]);
    let ask = b"GET /report HTTP/1.1\r\nHost: 192.0.2.12\r\n\r\n";
    frames.tcp((LAB, 50_080), (PACS, 80), &[(true, ask), (false, head), (false, body)]);
    frames.file(name)
}

#[test]
fn what_a_message_says_belongs_to_the_frame_that_ends_it() {
    let pairs = evidence(&pieces("pieces.pcap"));
    let frames =
        |field: &str| pairs.keys().filter(|(_, of)| of == field).map(|(frame, _)| *frame).collect::<Vec<_>>();
    assert_eq!(frames("hl7.msh.sending_application"), [6]);
    assert_eq!(frames("http.server"), [12]);
}

fn compare(tshark: &Tshark, capture: &Path, options: &[&str]) -> Outcome {
    let pairs = evidence(capture);
    let mut fields: BTreeSet<String> =
        pairs.keys().map(|(_, field)| field.clone()).filter(|field| tshark.knows(field)).collect();
    for listed in EXCEPTIONS.iter().filter(|listed| pairs.keys().any(|(_, field)| field == listed.field)) {
        fields.extend(listed.instead.iter().chain([&listed.beside]).map(|&name| name.to_owned()));
    }
    let mut options = options.to_vec();
    // What has no name is shown as text, if at all.
    options.extend(["-o", "hl7.display_raw:TRUE", "-o", "dicom.tag_tree:TRUE"]);
    let shown = tshark.show(capture, &fields, &options);
    let mut outcome = Outcome { captures: 1, pairs: pairs.len(), ..Outcome::default() };
    for ((frame, field), seen) in &pairs {
        if shown.has(*frame, field) {
            outcome.same += 1;
            continue;
        }
        match excepted(&shown, *frame, field, seen) {
            Ok(field) => {
                outcome.used.insert(field);
            }
            Err(why) => {
                outcome.faults.push(format!("{} frame {frame} {field}: {why}", capture.display()));
            }
        }
    }
    outcome
}

/// The exception that allows the field not to be shown, or what is wrong.
fn excepted(shown: &Shown, frame: u64, field: &str, seen: &BTreeSet<String>) -> Result<&'static str, String> {
    let Some(listed) = EXCEPTIONS.iter().find(|listed| listed.field == field) else {
        return Err(format!("tshark does not show it; seen is {seen:?}"));
    };
    assert!(!listed.reason.is_empty(), "`{field}` is excepted without a reason");
    if !shown.has(frame, listed.beside) {
        return Err(format!("the frame has no `{}`", listed.beside));
    }
    let is_said = |value: &String| shown.says(frame, listed.instead, value);
    if !listed.instead.is_empty() && !seen.iter().all(is_said) {
        return Err(format!("{seen:?} is not in {:?}", listed.instead));
    }
    Ok(listed.field)
}

/// What `inspect` says, and `explain` of the first device, with what no rule reads.
fn evidence(capture: &Path) -> Pairs {
    let capture = capture.to_string_lossy();
    let document = json(&["inspect", "--quiet", "--json", &capture]);
    let mut pairs = Pairs::new();
    gather(&document, &mut pairs);
    if let Some(device) = document["devices"].as_array().and_then(|devices| devices.first()) {
        let id = device["id"].as_str().unwrap();
        gather(&json(&["explain", "--quiet", "--json", &capture, id]), &mut pairs);
    }
    pairs
}

fn json(arguments: &[&str]) -> Value {
    let ended = run(arguments);
    assert!(matches!(ended.code, 0 | 7), "{arguments:?}: {}", ended.err);
    serde_json::from_str(&ended.out).unwrap()
}

/// Every object with a frame and a field, and what it says that the field said.
fn gather(value: &Value, pairs: &mut Pairs) {
    match value {
        Value::Array(list) => list.iter().for_each(|item| gather(item, pairs)),
        Value::Object(map) => {
            if let (Some(frame), Some(field)) = (map.get("frame"), map.get("field")) {
                let key = (frame.as_u64().unwrap(), field.as_str().unwrap().to_owned());
                let said = map.get("seen").or_else(|| map.get("value")).and_then(Value::as_str);
                pairs.entry(key).or_default().extend(said.map(str::to_owned));
            }
            map.values().for_each(|item| gather(item, pairs));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
