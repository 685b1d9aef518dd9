//! Captures through the whole program, in one process: goldens of the corpus, any number of threads, any chunking, and
//! frames that want to do harm.
//!
//! The corpus is read where it lies: `BEDRAIL_CORPUS`, or `../shared/corpus` beside the project. `BEDRAIL_GOLDEN=write`
//! (`make golden`) writes `fixtures/golden` anew. Goldens hold no addresses and no names of stations: the captures are
//! other people's.

mod altered;
mod mtls;
mod reopened;

mod sensor;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{Cursor, Read};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use capture::{FileSource, LinkType, PcapWriter};
use etherparse::PacketBuilder;
use flow::Report;
use identify::Knowledge;
use model::{AttributeName, Identity, Timestamp};
use testkit::Hospital;

use crate::cli::{EvaluateArgs, WorkArgs};
use crate::commands::inspect::inspect_paths;
use crate::commands::{evaluate, work};
use crate::inspection::Inspection;
use crate::pipeline::{self, Options};
use crate::report::document::Document;
use crate::report::grid::Layout;
use crate::report::{csv, json, jsonl, page, table};

/// Differences that are shown before the rest is only counted.
const SHOWN: usize = 12;

#[test]
fn golden_of_every_capture_of_the_corpus() {
    let sources = sources();
    let knowledge = knowledge();
    let write = is_writing();
    let faults = Mutex::new(if write { Vec::new() } else { orphans(&sources) });
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some((name, folder)) = sources.get(next.fetch_add(1, Ordering::Relaxed)) {
            let fault = compare(name, &golden(folder, &knowledge), write);
            faults.lock().unwrap().extend(fault);
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        scope.spawn(work);
    });
    let faults = faults.into_inner().unwrap();
    assert!(
        faults.is_empty(),
        "{} of {} goldens differ; `make golden` accepts what is there now\n{}",
        faults.len(),
        sources.len(),
        faults.join("\n")
    );
}

/// What `bedrail inspect` says of the capture that `testkit hospital --seed 1` writes.
#[test]
fn golden_of_the_hospital() {
    let mut bytes = Vec::new();
    Hospital::new(1).unwrap().write(&mut bytes).unwrap();
    let mut source = FileSource::from_reader(Path::new("hospital"), Cursor::new(bytes), 1).unwrap();
    let options = Options { threads: 2, flows: 4_096, seed: 1 };
    let report = pipeline::run(&mut source, options, &AtomicBool::new(false)).unwrap();
    let mut text = String::from("hospital.pcapng\n");
    describe(&Inspection::new(report, &knowledge()), &mut text);
    let fault = compare("hospital", &text, is_writing());
    assert_eq!(fault, None, "`make golden` accepts what is there now");
}

fn is_writing() -> bool {
    std::env::var_os("BEDRAIL_GOLDEN").is_some_and(|word| word == "write")
}

/// Compares with a golden and says what differs, or writes it.
fn compare(name: &str, text: &str, write: bool) -> Option<String> {
    let path = root().join("fixtures/golden").join(format!("{name}.txt"));
    if write {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        return None;
    }
    let fault = match fs::read_to_string(&path) {
        Ok(expected) => difference(&expected, text),
        Err(error) => Some(format!("cannot be read: {error}")),
    };
    fault.map(|fault| format!("{}\n{fault}", path.display()))
}

/// Goldens whose source folder is gone from a corpus that is there.
fn orphans(sources: &[(String, PathBuf)]) -> Vec<String> {
    if sources.is_empty() {
        return Vec::new();
    }
    let is_known = |path: &PathBuf| sources.iter().any(|(name, _)| path.with_extension("").ends_with(name));
    let orphans = goldens().into_iter().filter(|path| !is_known(path));
    orphans.map(|path| format!("{}\nhas no source folder in the corpus", path.display())).collect()
}

/// Every golden file.
fn goldens() -> Vec<PathBuf> {
    let groups = folders(&root().join("fixtures/golden"));
    let files = groups.iter().flat_map(|group| fs::read_dir(group).unwrap());
    files.map(|entry| entry.unwrap().path()).collect()
}

/// At least nine of ten labelled devices are right in manufacturer and type, and none is wrong with confidence.
#[test]
fn labelled_devices_of_the_corpus_are_right() {
    let labels = corpus().join("labels.tsv");
    if sources().is_empty() {
        return;
    }
    let arguments = EvaluateArgs {
        labels,
        captures: corpus().join("captures"),
        all: false,
        json: false,
        work: arguments(1),
    };
    let figures = evaluate::measure(&arguments).unwrap();
    assert!(figures.identifiable > 100, "{figures:?}");
    assert!(figures.share >= 0.9 && figures.confidently_wrong == 0, "{figures:?}");
}

/// The synthetic hospital knows what it is made of: 95 % are right in manufacturer and type, none wrong with confidence.
#[test]
fn devices_of_the_hospital_are_right() {
    for seed in 1..=3 {
        let folder = std::env::temp_dir().join(format!("bedrail-hospital-{}-{seed}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let hospital = Hospital::new(seed).unwrap();
        hospital.write(File::create(folder.join("hospital.pcapng")).unwrap()).unwrap();
        hospital.write_truth("hospital.pcapng", File::create(folder.join("truth.tsv")).unwrap()).unwrap();
        let figures = evaluate::measure(&EvaluateArgs {
            labels: folder.join("truth.tsv"),
            captures: folder.clone(),
            all: false,
            json: false,
            work: arguments(2),
        });
        fs::remove_dir_all(&folder).unwrap();
        let figures = figures.unwrap();
        assert!(figures.identifiable >= 250, "seed {seed}: {figures:?}");
        assert!(figures.share >= 0.95 && figures.confidently_wrong == 0, "seed {seed}: {figures:?}");
    }
}

/// The synthetic hospital: patients are on the wire, and in no output, nor in anything that is kept to make one.
#[test]
fn no_word_of_a_patient_leaves() {
    let hospital = Hospital::new(7).unwrap();
    let words = hospital.forbidden_words();
    let mut bytes = Vec::new();
    hospital.write(&mut bytes).unwrap();
    assert!(words.len() > 10 && words.iter().any(|word| holds(&bytes, word.as_bytes())));
    let mut source = FileSource::from_reader(Path::new("hospital"), Cursor::new(bytes), 1).unwrap();
    let options = Options { threads: 2, flows: 4_096, seed: 1 };
    let report = pipeline::run(&mut source, options, &AtomicBool::new(false)).unwrap();
    let inspection = Inspection::new(report, &knowledge());
    let document = Document::new(&inspection, None);
    assert!(document.summary.devices >= 250);
    let mut outputs = vec![json(&document), page::render(&document).into_bytes()];
    outputs.push(table::render(&document, Layout { width: None, styled: false }).into_bytes());
    let (mut lines, mut rows) = (Vec::new(), Vec::new());
    jsonl::write(&document, &mut lines).unwrap();
    csv::write(&document, &mut rows).unwrap();
    let kept = format!("{:?}{:?}", inspection.report.observations, inspection.inventory.devices);
    outputs.extend([lines, rows, kept.into_bytes()]);
    for word in &words {
        let at = outputs.iter().position(|output| holds(output, word.as_bytes()));
        assert_eq!(at, None, "`{word}`");
    }
}

fn holds(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word))
}

/// Every capture of the corpus on two threads; every ninth also in small pieces, on three threads with another seed.
#[test]
fn threads_and_chunks_do_not_change_what_is_found() {
    let knowledge = knowledge();
    let all: Vec<PathBuf> = sources().iter().flat_map(|(_, folder)| captures(folder)).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(path) = all.get(number) else { break };
            let Ok(one) = inspect(path, 1, &knowledge) else { continue };
            let two = inspect(path, 2, &knowledge).unwrap();
            assert_eq!(document(&one), document(&two), "{}: two threads", path.display());
            if number.is_multiple_of(9) {
                let trickle = Trickle(Cursor::new(fs::read(path).unwrap()), 777);
                let mut source = FileSource::from_reader(path, trickle, 1).unwrap();
                let options = Options { threads: 3, flows: 262_144, seed: 9 };
                let report = pipeline::run(&mut source, options, &AtomicBool::new(false)).unwrap();
                assert!(report == one.report, "{}: in pieces of 777 bytes", path.display());
            }
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        scope.spawn(work);
    });
}

#[test]
fn a_frame_cut_anywhere_is_accounted_for() {
    let frame = segment(1, 80, 1, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    let cuts = (0..frame.len()).map(|length| (0, frame.get(..length).unwrap().to_vec()));
    let report = run(cuts.collect(), 262_144);
    assert_eq!(report.tally.received, u64::try_from(frame.len()).unwrap());
    assert!(report.tally.dropped_total() > 0 && report.tally.processed > 0);
}

#[test]
fn a_flood_of_flows_makes_room_and_says_so() {
    let frames = (0..20_000_u32).map(|number| {
        let port = u16::try_from(1_024 + number % 60_000).unwrap();
        (u64::from(number), segment(port, 80, number, b""))
    });
    let report = run(frames.collect(), 1_024);
    assert_eq!(report.tally.flows, 20_000);
    assert!(report.tally.evicted_flows > 10_000, "{}", report.tally.evicted_flows);
}

#[test]
fn tags_in_tags_in_tags_end_somewhere() {
    let inner = segment(1, 80, 1, b"x");
    let (addresses, rest) = inner.split_at(12);
    let nested = [addresses, &[0x81, 0, 0, 7].repeat(40), rest].concat();
    let report = run(vec![(0, nested)], 1_024);
    assert_eq!(report.tally.dropped_total(), 1);
}

#[test]
fn time_that_goes_back_by_years_ends_no_flow_twice() {
    let year = 31_536_000_000_000_000;
    let frames = (0..300_u64).map(|number| {
        let at = if number % 2 == 0 { 10 * year } else { year } + number;
        (at, segment(5_000, 80, u32::try_from(number).unwrap(), b"abc"))
    });
    let report = run(frames.collect(), 1_024);
    let packets: u64 = report.conversations.iter().flat_map(|conversation| conversation.packets).sum();
    assert_eq!(packets, 300);
}

/// An association with a length of four gibibytes, and one byte of it.
#[test]
fn a_length_of_four_gibibytes_holds_no_memory() {
    let pdu = [&[0x04, 0, 0xff, 0xff, 0xff, 0xff][..], &[0xff, 0xff, 0xff, 0xfa, 1, 3]].concat();
    let frames = (0..64_u32).map(|number| (u64::from(number), segment(6_000, 104, 1 + number * 12, &pdu)));
    let report = run(frames.collect(), 1_024);
    assert_eq!(report.tally.processed, 64);
}

/// A fragment that claims bytes of another: every order of them is accounted for.
#[test]
fn fragments_that_overlap_are_accounted_for() {
    let fragment = |offset: u16, more: bool, bytes: &[u8]| {
        let mut frame = Vec::new();
        PacketBuilder::ethernet2(CLIENT, SERVER)
            .ipv4([10, 0, 0, 1], [10, 0, 0, 2], 64)
            .udp(1, 2)
            .write(&mut frame, bytes)
            .unwrap();
        let flags = (offset / 8) | if more { 0x2000 } else { 0 };
        frame.get_mut(20..22).unwrap().copy_from_slice(&flags.to_be_bytes());
        frame
    };
    let parts =
        [(0, true, &b"aaaaaaaa"[..]), (8, true, b"bbbbbbbb"), (0, true, b"cccccccc"), (16, false, b"d")];
    let frames = parts.iter().chain(&parts).map(|(offset, more, bytes)| (0, fragment(*offset, *more, bytes)));
    assert_eq!(run(frames.collect(), 1_024).tally.received, 8);
}

const CLIENT: [u8; 6] = [0, 0, 0x5e, 0, 0x53, 1];
const SERVER: [u8; 6] = [0, 0, 0x5e, 0, 0x53, 2];

fn segment(port: u16, service: u16, seq: u32, payload: &[u8]) -> Vec<u8> {
    let mut frame = Vec::new();
    PacketBuilder::ethernet2(CLIENT, SERVER)
        .ipv4([10, 0, 0, 1], [10, 0, 0, 2], 64)
        .tcp(port, service, seq, 1_024)
        .ack(1)
        .write(&mut frame, payload)
        .unwrap();
    frame
}

/// Frames with their time in nanoseconds through the whole way; every frame must be accounted for.
fn run(frames: Vec<(u64, Vec<u8>)>, flows: usize) -> Report {
    run_on(2, frames, flows)
}

fn run_on(threads: usize, frames: Vec<(u64, Vec<u8>)>, flows: usize) -> Report {
    let mut file = PcapWriter::new(Vec::new(), LinkType::ETHERNET).unwrap();
    for (at, bytes) in &frames {
        file.write(Timestamp::from_nanos(*at), u32::try_from(bytes.len()).unwrap(), bytes).unwrap();
    }
    let reader = Cursor::new(file.finish().unwrap());
    let mut source = FileSource::from_reader(Path::new("made"), reader, 1).unwrap();
    let options = Options { threads, flows, seed: 1 };
    let report = pipeline::run(&mut source, options, &AtomicBool::new(false)).unwrap();
    assert!(report.tally.adds_up());
    assert_eq!(report.tally.received, u64::try_from(frames.len()).unwrap());
    report
}

/// A reader that gives a few bytes at a time.
struct Trickle<R>(R, usize);

impl<R: Read> Read for Trickle<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = buffer.len().min(self.1);
        self.0.read(buffer.get_mut(..length).unwrap())
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..").canonicalize().unwrap()
}

fn knowledge() -> Knowledge {
    work::knowledge(&arguments(1)).unwrap()
}

fn arguments(threads: u8) -> WorkArgs {
    WorkArgs { threads: Some(threads), flows: 262_144, rules: Vec::new(), quiet: true }
}

fn inspect(path: &Path, threads: u8, knowledge: &Knowledge) -> anyhow::Result<Inspection> {
    let (inspection, _) = inspect_paths(&[path.to_path_buf()], None, &arguments(threads), knowledge)?;
    Ok(inspection)
}

fn document(inspection: &Inspection) -> String {
    String::from_utf8(json(&Document::new(inspection, None))).unwrap()
}

fn json(document: &Document<'_>) -> Vec<u8> {
    let mut json = Vec::new();
    json::write(document, &mut json).unwrap();
    json
}

/// Source folders of the corpus by `GROUP/SOURCE`; none, with a word, where there is no corpus.
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn sources() -> Vec<(String, PathBuf)> {
    let corpus =
        std::env::var_os("BEDRAIL_CORPUS").map_or_else(|| root().join("../shared/corpus"), PathBuf::from);
    let captures = corpus.join("captures");
    if !captures.is_dir() {
        let count = goldens().len();
        eprintln!("SKIPPED: {count} source folders of the corpus, which is not in {}", corpus.display());
        return Vec::new();
    }
    let mut all = Vec::new();
    for group in folders(&captures) {
        for source in folders(&group) {
            let name = source.strip_prefix(&captures).unwrap().display().to_string();
            all.push((name, source));
        }
    }
    all
}

fn corpus() -> PathBuf {
    std::env::var_os("BEDRAIL_CORPUS").map_or_else(|| root().join("../shared/corpus"), PathBuf::from)
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    found.sort();
    found
}

/// Capture files below a folder, by name.
fn captures(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_path_buf()];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                waiting.push(path);
            } else if [".pcap", ".cap", ".dmp", ".trace"].iter().any(|ending| name.contains(ending)) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// What every capture of a source folder comes to.
fn golden(folder: &Path, knowledge: &Knowledge) -> String {
    let mut text = String::new();
    for path in captures(folder) {
        let name = without_addresses(&path.strip_prefix(folder).unwrap().display().to_string());
        match inspect(&path, 1, knowledge) {
            Ok(inspection) => {
                writeln!(text, "{name}").unwrap();
                describe(&inspection, &mut text);
            }
            Err(_) => writeln!(text, "{name}\n  no capture").unwrap(),
        }
    }
    text
}

/// Names of captures hold addresses too.
fn without_addresses(name: &str) -> String {
    let numbers = name.split(|symbol: char| !symbol.is_ascii_digit() && symbol != '.');
    let addresses =
        numbers.map(|part| part.trim_matches('.')).filter(|part| part.parse::<Ipv4Addr>().is_ok());
    addresses.fold(name.to_owned(), |name, address| name.replace(address, "ADDRESS"))
}

fn describe(inspection: &Inspection, text: &mut String) {
    let tally = &inspection.report.tally;
    assert!(tally.adds_up(), "{:?}", inspection.inputs);
    write!(text, "  frames {} = {} + {}", tally.received, tally.processed, tally.dropped_total()).unwrap();
    let dropped = tally.dropped.iter().map(|(reason, count)| (reason.name(), *count));
    counts(text, " dropped:", dropped);
    counts(
        text,
        "; flows:",
        [("all", tally.flows), ("unknown", tally.unknown_flows), ("evicted", tally.evicted_flows)],
    );
    counts(text, "; limits:", tally.limits.iter().map(|(name, count)| (*name, *count)));
    text.push('\n');
    let protocols = tally.protocols.iter();
    counts(text, "  protocols:", protocols.map(|(name, seen)| (*name, seen.flows.max(seen.messages))));
    let anomalies = tally.anomalies.iter();
    let anomalies: BTreeMap<String, u64> =
        anomalies.map(|(note, (count, _))| (format!("{}.{}", note.protocol, note.name), *count)).collect();
    counts(text, "; anomalies:", anomalies.iter().map(|(name, count)| (name.as_str(), *count)));
    text.push('\n');
    let (outside, inside): (Vec<&Identity>, Vec<&Identity>) =
        inspection.inventory.devices.iter().partition(|device| device.external);
    if !outside.is_empty() {
        writeln!(text, "  {} outside", outside.len()).unwrap();
    }
    for device in inside {
        let value = |name| {
            device
                .best(name)
                .map_or_else(|| "-".to_owned(), |best| format!("{} {:.2}", best.value, best.confidence.get()))
        };
        let names =
            [AttributeName::Manufacturer, AttributeName::Model, AttributeName::DeviceType, AttributeName::Os];
        let values: Vec<String> = names.into_iter().map(value).collect();
        writeln!(text, "  {} | {}", values.join(" | "), device.clinical_class.value.name()).unwrap();
    }
}

/// The counts that are not zero, after a title; nothing when all are.
fn counts<'n>(text: &mut String, title: &str, counts: impl IntoIterator<Item = (&'n str, u64)>) {
    let mut is_first = true;
    for (name, count) in counts.into_iter().filter(|(_, count)| *count > 0) {
        if is_first {
            text.push_str(title);
        }
        is_first = false;
        write!(text, " {name} {count}").unwrap();
    }
}

/// The first lines that differ.
fn difference(expected: &str, found: &str) -> Option<String> {
    if expected == found {
        return None;
    }
    let (expected, found): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), found.lines().collect());
    let missing = expected.iter().filter(|line| !found.contains(line)).map(|line| format!("- {line}"));
    let new = found.iter().filter(|line| !expected.contains(line)).map(|line| format!("+ {line}"));
    let all: Vec<String> = missing.take(SHOWN).chain(new.take(SHOWN)).collect();
    Some(if all.is_empty() { "the same lines in another order".to_owned() } else { all.join("\n") })
}
