//! The command line as a newcomer meets it: outputs, exit codes, messages.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "tests")]

mod support;

use std::io::{Read as _, Write as _};
use std::process::Stdio;

use flate2::Compression;
use flate2::write::GzEncoder;
use support::{Frames, bedrail, path, run, run_with_input, ward, write};

fn ward_file(name: &str) -> String {
    ward().file(name).to_string_lossy().into_owned()
}

#[test]
fn the_table_shows_devices_and_the_summary_adds_up() {
    let run = run(&["inspect", &ward_file("table.pcap")]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.err.is_empty(), "{}", run.err);
    for expected in ["192.0.2.11", "CT_ROOM_1", "192.0.2.12", "dicom 1", "hl7 1", "http 1"] {
        assert!(run.out.contains(expected), "{expected} is not in\n{}", run.out);
    }
    assert!(run.out.contains("Clinical in the clear: 2 conversations"), "{}", run.out);
    assert!(run.out.contains("16 received = 16 processed + 0 dropped"), "{}", run.out);
    assert!(!run.out.contains('\u{1b}'), "no colour when the output is no terminal");
    assert!(!run.out.contains("SECRETNAME"), "patient data");
}

#[test]
fn every_value_of_the_document_has_evidence_and_no_patient_data() {
    let run = run(&["inspect", "--json", &ward_file("json.pcap")]);
    assert!(!run.out.contains("SECRETNAME") && !run.out.contains("4711"));
    let document = run.json();
    let devices = document["devices"].as_array().unwrap();
    let ct = devices.iter().find(|device| device["ips"][0] == "192.0.2.11").unwrap();
    let title = &ct["ae_titles"][0];
    assert_eq!(title["value"], "CT_ROOM_1");
    assert_eq!(title["evidence"][0]["field"], "dicom.assoc.ae.calling");
    assert_eq!(title["evidence"][0]["frame"], 5);
    let counters = &document["counters"];
    let sum = counters["processed"].as_u64().unwrap() + counters["dropped"].as_u64().unwrap();
    assert_eq!(counters["received"].as_u64().unwrap(), sum);
    let hl7 =
        document["conversations"].as_array().unwrap().iter().find(|held| held["protocol"] == "hl7").unwrap();
    assert_eq!(hl7["patient_data"], true);
}

#[test]
fn json_lines_are_the_documents_parts() {
    let file = ward_file("jsonl.pcap");
    let document = run(&["inspect", "--json", &file]).json();
    let lines = run(&["inspect", "--jsonl", &file]).out;
    let lines: Vec<serde_json::Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for (kind, part) in [("device", "devices"), ("conversation", "conversations")] {
        let count = lines.iter().filter(|line| line["kind"] == kind).count();
        assert_eq!(count, document[part].as_array().unwrap().len(), "{kind}");
    }
    let last = lines.last().unwrap();
    assert_eq!(last["kind"], "counters");
    assert_eq!(last["received"], document["counters"]["received"]);
}

#[test]
fn csv_has_a_row_for_each_device() {
    let file = ward_file("csv.pcap");
    let table = run(&["inspect", "--csv", &file]).out;
    let rows: Vec<csv::StringRecord> =
        csv::Reader::from_reader(table.as_bytes()).records().map(Result::unwrap).collect();
    let devices = run(&["inspect", "--json", &file]).json()["devices"].as_array().unwrap().len();
    assert_eq!(rows.len(), devices);
    assert!(table.starts_with("id,macs,ips,hostnames,manufacturer,"), "{table}");
}

#[test]
fn a_filter_leaves_what_passes() {
    let file = ward_file("filter.pcap");
    let document = run(&["inspect", "--json", "--filter", "ip=192.0.2.13", &file]).json();
    assert_eq!(document["devices"].as_array().unwrap().len(), 1);
    assert!(
        document["conversations"].as_array().unwrap().iter().all(|held| {
            held["originator"]["ip"] == "192.0.2.13" || held["responder"]["ip"] == "192.0.2.13"
        })
    );
}

#[test]
fn a_wrong_filter_is_a_usage_error_with_its_place() {
    let file = ward_file("wrong-filter.pcap");
    let wrong = run(&["inspect", "--filter", "type=ventilator and", &file]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.err.contains("filter, character 20: expected a field"), "{}", wrong.err);
    assert!(wrong.err.ends_with("  type=ventilator and\n                     ^\n"), "{}", wrong.err);
    let mistyped = run(&["inspect", "--filter", "type=infusionpump", &file]);
    assert_eq!(mistyped.code, 2);
    assert!(mistyped.err.contains("did you mean `infusion_pump`?"), "{}", mistyped.err);
    let packets = run(&["inspect", "--bpf", "tcp port", &file]);
    assert_eq!(packets.code, 2);
    assert!(packets.err.contains("--bpf: capture filter, character 9"), "{}", packets.err);
}

#[test]
fn a_capture_filter_keeps_packets_out() {
    let document = run(&["inspect", "--json", "--bpf", "tcp port 104", &ward_file("bpf.pcap")]).json();
    let protocols = document["summary"]["protocols"].as_object().unwrap();
    assert_eq!(protocols.keys().collect::<Vec<_>>(), ["dicom"]);
}

/// The whole document is the same, but for the name of the input.
#[test]
fn standard_input_reads_like_a_file() {
    let plain = ward().pcap();
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(&plain).unwrap();
    let packed = gzip.finish().unwrap();
    let without_name = |mut document: serde_json::Value, name: &str| {
        assert_eq!(document["inputs"], serde_json::json!([name]));
        document["inputs"] = serde_json::Value::Null;
        document
    };
    let file = write("stdin.pcap", &plain).to_string_lossy().into_owned();
    let expected = without_name(run(&["inspect", "--json", &file]).json(), &file);
    assert!(expected["devices"].as_array().unwrap().len() > 3);
    for bytes in [&plain, &packed] {
        let piped = run_with_input(&["inspect", "--json", "-"], bytes);
        assert_eq!((piped.code, piped.err.as_str()), (0, ""));
        assert_eq!(without_name(piped.json(), "-"), expected);
    }
    let packed_file = write("stdin.pcap.gz", &packed).to_string_lossy().into_owned();
    let packed = without_name(run(&["inspect", "--json", &packed_file]).json(), &packed_file);
    assert_eq!(packed, expected);
}

#[test]
fn threads_do_not_change_the_result() {
    let file = ward_file("threads.pcap");
    let one = run(&["inspect", "--json", "--threads", "1", &file]).out;
    assert_eq!(one, run(&["inspect", "--json", "--threads", "2", &file]).out);
    assert_eq!(one, run(&["inspect", "--json", "--threads", "7", &file]).out);
}

#[test]
fn the_hash_seed_of_a_run_does_not_show_in_its_result() {
    let file = ward_file("seeds.pcap");
    let first = run(&["inspect", "--json", &file]).out;
    for _ in 0..4 {
        assert_eq!(first, run(&["inspect", "--json", &file]).out);
    }
}

#[test]
fn a_file_that_is_not_there_is_not_found() {
    let run = run(&["inspect", "/does/not/exist.pcap"]);
    assert_eq!(run.code, 3);
    assert!(run.err.starts_with("bedrail: cannot read `/does/not/exist.pcap`"), "{}", run.err);
    assert!(run.out.is_empty());
}

#[test]
fn what_is_no_capture_is_said_to_be_none() {
    let empty = run(&["inspect", &write("empty.pcap", b"").to_string_lossy()]);
    assert_eq!(empty.code, 1);
    assert!(empty.err.contains("empty.pcap` is empty"), "{}", empty.err);
    let text = run(&["inspect", &write("text.pcap", b"hello, world").to_string_lossy()]);
    assert_eq!(text.code, 1);
    assert!(text.err.contains("begins with 0x68656c6c6f2c2077"), "{}", text.err);
}

#[test]
fn a_file_that_ends_early_is_read_as_far_as_it_goes() {
    let whole = ward().pcap();
    let cut = write("cut.pcap", &whole[..whole.len() - 10]);
    let table = run(&["inspect", &cut.to_string_lossy()]);
    assert_eq!(table.code, 7);
    assert!(table.out.contains("15 received = 15 processed"), "{}", table.out);
    assert!(table.out.contains("ends in the middle of a record at byte"), "{}", table.out);
    let json = run(&["inspect", "--json", &cut.to_string_lossy()]);
    assert_eq!(json.code, 7);
    assert!(json.err.contains("ends in the middle of a record"), "{}", json.err);
}

#[test]
fn frames_that_cannot_be_processed_are_counted_with_their_reason() {
    let mut bytes = ward().pcap();
    // A last record of four bytes: no Ethernet header.
    for word in [1_767_225_700_u32, 0, 4, 4, 0] {
        bytes.extend_from_slice(&word.to_le_bytes());
    }
    let file = write("dropped.pcap", &bytes);
    let counters = &run(&["inspect", "--json", &file.to_string_lossy()]).json()["counters"];
    assert_eq!(counters["received"], 17);
    assert_eq!(counters["processed"], 16);
    assert_eq!(counters["dropped_by_reason"].as_object().unwrap().len(), 1, "{counters}");
}

#[test]
fn explain_shows_frame_field_and_rule() {
    let file = ward_file("explain.pcap");
    let by_name = run(&["explain", &file, "ct_room_1"]);
    assert_eq!(by_name.code, 0, "{}", by_name.err);
    for expected in
        ["192.0.2.11", "frame 5", "dicom.assoc.ae.calling = `CT_ROOM_1`", "weight", "clinical class:"]
    {
        assert!(by_name.out.contains(expected), "{expected} is not in\n{}", by_name.out);
    }
    assert_eq!(run(&["explain", &file, "192.0.2.11"]).out, by_name.out);
    assert_eq!(run(&["explain", &file, "00:00:5E:00:53:01"]).out, by_name.out);
    let json = run(&["explain", "--json", &file, "192.0.2.11"]).json();
    assert_eq!(json["device"]["ae_titles"][0]["value"], "CT_ROOM_1");
}

#[test]
fn a_device_that_is_not_there_brings_the_nearest() {
    let run = run(&["explain", &ward_file("nearest.pcap"), "CT_ROOM_2"]);
    assert_eq!(run.code, 3);
    assert!(run.err.contains("no device `CT_ROOM_2`") && run.err.contains("`CT_ROOM_1`"), "{}", run.err);
}

#[test]
fn listening_where_it_is_not_possible_says_the_next_step() {
    let run = run(&["inspect", "--interface", "nosuch0", "--duration", "1"]);
    assert!(matches!(run.code, 3 | 4), "{} {}", run.code, run.err);
    assert!(run.err.contains("cannot listen on `nosuch0`"), "{}", run.err);
    assert!(run.err.contains("ip link") || run.err.contains("setcap"), "{}", run.err);
}

#[test]
fn a_command_line_that_makes_no_sense_is_a_usage_error() {
    for args in
        [&["inspect"][..], &["inspect", "--json", "--csv", "x"], &["expect"], &["inspect", "-i", "lo", "x"]]
    {
        assert_eq!(run(args).code, 2, "{args:?}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    // More than a pipe holds.
    let mut frames = Frames::default();
    for number in 0..600 {
        frames.http(&format!("agent/{number} {}", "x".repeat(300)), "server");
    }
    let file = frames.file("pipe.pcap");
    for format in [&["inspect", "--json"][..], &["inspect", "--jsonl"], &["explain", "--json"]] {
        let mut command = bedrail(format);
        command.arg(&file).stdout(Stdio::piped()).stderr(Stdio::piped());
        if format[0] == "explain" {
            command.arg("192.0.2.13");
        }
        let mut child = command.spawn().unwrap();
        let mut first = [0; 16];
        child.stdout.take().unwrap().read_exact(&mut first).unwrap();
        let mut told = String::new();
        child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
        assert_eq!((child.wait().unwrap().code(), told.as_str()), (Some(0), ""), "{format:?}");
    }
}

#[test]
fn the_page_is_one_file_that_loads_nothing() {
    let page = path("page.html");
    let run = run(&["inspect", "--html", &page.to_string_lossy(), &ward_file("page.pcap")]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.out.contains("page.html"), "the path is told");
    let text = std::fs::read_to_string(&page).unwrap();
    assert!(text.contains("default-src 'none'"));
    for loading in ["src=", "@import", "<link", "<iframe", "http://", "https://", "url("] {
        assert!(!text.contains(loading), "{loading}");
    }
    assert!(!text.contains("SECRETNAME"));
}

#[test]
fn a_page_that_cannot_be_written_is_told_with_its_path() {
    let run = run(&["inspect", "--html", "/does/not/exist/page.html", &ward_file("no-page.pcap")]);
    assert_eq!(run.code, 3);
    assert!(run.err.contains("cannot write the page `/does/not/exist/page.html`"), "{}", run.err);
}

#[test]
fn text_from_the_wire_cannot_steer_the_terminal_or_a_spreadsheet() {
    let mut frames = Frames::default();
    frames.dhcp(support::CT, b"\x1b]0;owned\x07\x1b[2Jpump", b"=HYPERLINK(\"x\")");
    frames.dhcp(support::PACS, b"=cmd|calc", b"MSFT 5.0");
    frames.dicom("@SUM(1)", "\u{7}BELL", "-1+1");
    frames.http("\x1b[31mred", "+server\u{9b}31m");
    let file = frames.file("steer.pcap").to_string_lossy().into_owned();
    for args in [&["inspect", &file][..], &["inspect", "--csv", &file], &["explain", &file, "192.0.2.11"]] {
        let run = run(args);
        let is_control = |c: char| c.is_control() && c != '\n';
        assert_eq!(run.code, 0, "{}", run.err);
        assert!(!run.out.contains(is_control), "{args:?}: {:?}", run.out);
    }
    let table = run(&["inspect", "--csv", &file]).out;
    for record in csv::Reader::from_reader(table.as_bytes()).records() {
        assert!(record.unwrap().iter().all(|cell| !cell.starts_with(['=', '+', '-', '@'])), "{table}");
    }
}

#[test]
fn protocols_are_listed_in_every_format() {
    assert!(run(&["protocols"]).out.contains("DICOM upper layer"));
    assert!(run(&["protocols", "--format", "markdown"]).out.contains("| dicom |"));
    let json = run(&["protocols", "--format", "json"]).json();
    assert!(
        json.as_array()
            .unwrap()
            .iter()
            .any(|row| row["name"] == "hl7" && row["carries_patient_data"] == true)
    );
    assert!(run(&["protocols", "--device-types"]).out.contains("infusion_pump"));
}

#[test]
fn rules_are_listed_and_checked() {
    assert!(run(&["rule", "list", "--json"]).json().as_array().unwrap().len() >= 150);
    let broken = write("broken.toml", b"[[rule]]\nid = \"x\"\nfield = \"no.such.field\"\n");
    let checked = run(&["rule", "check", &broken.to_string_lossy()]);
    assert_eq!(checked.code, 1);
    assert!(checked.err.contains("broken.toml"), "{}", checked.err);
    let used = run(&["inspect", "--rules", &broken.to_string_lossy(), &ward_file("rules.pcap")]);
    assert_eq!(used.code, 2, "{}", used.err);
}

#[test]
fn own_rules_are_weighed() {
    let rule = br#"source = "test"
[[rule]]
id = "own-ct"
field = "dicom.assoc.ae.calling"
prefix = "CT_ROOM"
sets = { location = "Radiology" }
weight = 0.9
matches = ["CT_ROOM_1"]
misses = ["PACS"]
"#;
    let rules = write("own.toml", rule);
    let document =
        run(&["inspect", "--json", "--rules", &rules.to_string_lossy(), &ward_file("own.pcap")]).json();
    let devices = document["devices"].as_array().unwrap();
    let ct = devices.iter().find(|device| device["ips"][0] == "192.0.2.11").unwrap();
    assert_eq!(ct["location"]["value"], "Radiology");
    assert_eq!(ct["location"]["evidence"][0]["rule"], "own-ct");
}

#[test]
fn evaluation_measures_against_labels() {
    let folder = path("evaluate");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("ward.pcap"), ward().pcap()).unwrap();
    let head = "capture\taddress\tip\tmanufacturer\tmodel\tdevice_type\tidentifiable\tnote\n";
    let row = "ward.pcap\t00:00:5e:00:53:02\t192.0.2.12\tNobody\t\tventilator\tyes\t\n";
    let labels = write("labels.tsv", format!("{head}{row}").as_bytes());
    let args = ["evaluate", &labels.to_string_lossy(), "--captures", &folder.to_string_lossy()];
    let run = run(&args);
    assert!(run.out.contains("ward.pcap"), "a wrong row is shown: {} {}", run.out, run.err);
}

#[test]
fn completions_and_manual_pages_are_made() {
    for shell in ["bash", "zsh", "fish"] {
        assert!(run(&["completions", shell]).out.contains("bedrail"), "{shell}");
    }
    let folder = path("man");
    assert_eq!(run(&["man", &folder.to_string_lossy()]).code, 0);
    let page = std::fs::read_to_string(folder.join("bedrail-inspect.1")).unwrap();
    assert!(page.contains("\\-\\-html"), "{page}");
}

#[test]
fn version_and_help_go_to_standard_output() {
    assert!(run(&["--version"]).out.starts_with("bedrail "));
    let help = run(&["inspect", "--help"]);
    assert!(help.code == 0 && help.out.contains("Examples:"));
}
