//! What Bedrail reads of DICOM associations and HL7 headers is what tshark reads, no less and no more.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use capture::{Block, Files, Progress, Source as _};
use flow::{Frame, LANES, Lane, LaneOptions, Parsers, Report, decode, lane_of};

use super::SAMPLE;
use crate::support::tshark::{Shown, Tshark};
use crate::support::{captures_folder, hospital};

/// Which station, by network address, has which value in which field.
type Said = BTreeSet<(String, &'static str, String)>;

const TITLES: [&str; 2] = ["dicom.assoc.ae.calling", "dicom.assoc.ae.called"];
const IMPLEMENTATION: [&str; 2] = ["dicom.userinfo.uid", "dicom.userinfo.version"];

/// Fields of MSH by number: who it is about, and what Bedrail calls it.
const HEADER: [(usize, &str, &str); 5] = [
    (3, "ip.src", "hl7.msh.sending_application"),
    (4, "ip.src", "hl7.msh.sending_facility"),
    (5, "ip.dst", "hl7.msh.receiving_application"),
    (6, "ip.dst", "hl7.msh.receiving_facility"),
    (12, "ip.src", "hl7.msh.version"),
];
/// MSH-9, whose components Wireshark names.
const MESSAGE: [&str; 2] = ["hl7.message.type", "hl7.event.type"];

/// Everything of medicine in the corpus, and the synthetic hospital.
fn captures(name: &str) -> Vec<(PathBuf, &'static [&'static str])> {
    let folder = captures_folder();
    let mut captures = vec![(hospital(name), &[][..])];
    if folder.is_dir() {
        let medical = SAMPLE.iter().filter(|(path, _)| path.starts_with("1_medical/"));
        captures.extend(medical.map(|(path, options)| (folder.join(path), *options)));
    } else {
        eprintln!("SKIPPED: the medical captures of the corpus, which is not in {}", folder.display());
    }
    captures
}

/// What the parsers read of a capture.
fn report(capture: &Path) -> Report {
    let parsers = Arc::new(Parsers::all());
    let options = LaneOptions { flows: 1 << 14, seed: 1 };
    let mut lanes: Vec<Lane> = (0..LANES).map(|_| Lane::new(Arc::clone(&parsers), options)).collect();
    let mut source = Files::open(&[capture.to_path_buf()]).unwrap();
    let mut block = Block::new();
    while matches!(source.read(&mut block).unwrap(), Progress::Packets | Progress::Idle) {
        for frame in block.frames() {
            let frame = Frame {
                number: frame.number,
                at: frame.at,
                link: frame.link.number(),
                original_length: frame.original_len,
                bytes: frame.bytes,
            };
            if let Ok(headers) = decode(&frame) {
                lanes[lane_of(&headers)].handle_frame(&frame, &headers);
            }
        }
    }
    Report::of(lanes.into_iter().map(Lane::into_ledger).collect())
}

/// What the parsers say about stations, in the fields asked for.
fn said(report: &Report, fields: &[&'static str]) -> Said {
    let named = |name: &str| fields.iter().find(|field| **field == name).copied();
    let said = report.observations.iter().filter_map(|observation| {
        let ip = observation.endpoint.ip?.to_string();
        Some((ip, named(observation.field.name())?, observation.value.clone()))
    });
    said.collect()
}

fn show(tshark: &Tshark, capture: &Path, fields: &[&str], options: &[&str]) -> Shown {
    let names = ["ip.src", "ip.dst"].into_iter().chain(fields.iter().copied()).map(str::to_owned);
    tshark.show(capture, &names.collect(), options)
}

/// The innermost address of a frame.
fn end(shown: &Shown, frame: u64, field: &str) -> String {
    let addresses = shown.values(frame, field);
    (*addresses.last().unwrap_or_else(|| panic!("frame {frame} has no `{field}`"))).to_owned()
}

/// A request comes from the caller, an answer goes to it.
fn associations(shown: &Shown) -> Said {
    let mut said = Said::new();
    for frame in shown.frames() {
        let is_request = shown.values(frame, "dicom.pdu.type").contains(&"0x01");
        let ends = if is_request { ["ip.src", "ip.dst"] } else { ["ip.dst", "ip.src"] };
        let about = TITLES.into_iter().zip(ends).chain(IMPLEMENTATION.map(|field| (field, "ip.src")));
        for (field, of) in about {
            let values = shown.values(frame, field).into_iter().filter(|value| !value.is_empty());
            said.extend(values.map(|value| (end(shown, frame, of), field, value.to_owned())));
        }
    }
    said
}

/// The headers as tshark shows them whole, taken apart here as HL7 v2.9, 2.5.4 says.
fn headers(shown: &Shown) -> Said {
    let mut said = Said::new();
    for frame in shown.frames() {
        for segment in shown.values(frame, "hl7.raw.segment") {
            // tshark shows the segment with its end.
            let Some(rest) = segment.trim_end_matches("\\r").strip_prefix("MSH") else { continue };
            let fields: Vec<&str> = rest.split(rest.chars().next().unwrap()).collect();
            let component = fields[1].chars().next().unwrap();
            let first = |number: usize| {
                let field = fields.get(number - 1).copied().unwrap_or_default();
                field.split(component).map(str::trim).find(|name| !name.is_empty())
            };
            let about = HEADER.iter().filter_map(|(number, of, name)| Some((*of, *name, first(*number)?)));
            said.extend(about.map(|(of, name, value)| (end(shown, frame, of), name, value.to_owned())));
        }
        for field in MESSAGE {
            let values = shown.values(frame, field).into_iter();
            said.extend(values.map(|value| (end(shown, frame, "ip.src"), field, value.to_owned())));
        }
    }
    said
}

/// Fails on what only one of both says; prints how much both say.
fn agree(capture: &Path, bedrail: &Said, tshark: &Said) -> usize {
    let only = |own: &Said, other: &Said| own.difference(other).cloned().collect::<Vec<_>>();
    let name = capture.display();
    assert_eq!(only(bedrail, tshark), [], "{name}: Bedrail says, and tshark does not");
    assert_eq!(only(tshark, bedrail), [], "{name}: tshark says, and Bedrail does not");
    bedrail.len()
}

#[test]
fn associations_of_dicom_and_headers_of_hl7_say_what_tshark_reads() {
    let Some(tshark) = Tshark::find() else { return };
    let dicom = [TITLES, IMPLEMENTATION].concat();
    let hl7: Vec<&'static str> = HEADER.iter().map(|(_, _, name)| *name).chain(MESSAGE).collect();
    let asked = [&TITLES[..], &IMPLEMENTATION, &["dicom.pdu.type"], &MESSAGE, &["hl7.raw.segment"]].concat();
    let captures = captures("values.pcapng");
    let mut agreed = [0, 0];
    for (capture, options) in &captures {
        let options = [*options, &["-o", "hl7.display_raw:TRUE"]].concat();
        let shown = show(&tshark, capture, &asked, &options);
        let report = report(capture);
        agreed[0] += agree(capture, &said(&report, &dicom), &associations(&shown));
        agreed[1] += agree(capture, &said(&report, &hl7), &headers(&shown));
    }
    let [dicom, hl7] = agreed;
    eprintln!(
        "{dicom} values of DICOM and {hl7} of HL7 in {} captures are those that tshark shows",
        captures.len()
    );
    assert!(dicom >= 40 && hl7 >= 40, "too few to mean anything: {agreed:?}");
}
