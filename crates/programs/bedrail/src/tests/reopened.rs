//! Connections that are opened again between the same ports, which fixed source ports of devices bring about: when one
//! restarts, its next connection looks like the last.

use std::io::Cursor;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use ::sensor::{Options, Sensor};
use capture::{FileSource, LinkType, PcapWriter};
use etherparse::PacketBuilder;
use flow::Report;
use model::Timestamp;

use super::{CLIENT, SERVER, run_on};

/// A segment: whether the client sends it, flags, sequence and acknowledgement number, payload.
type Sent = (bool, &'static str, u32, u32, &'static [u8]);

const FIRST: [Sent; 4] = [
    (true, "S", 1_000, 0, b""),
    (false, "SA", 9_000, 1_001, b""),
    (true, "A", 1_001, 9_001, b"GET / HTTP/1.1\r\nUser-Agent: first\r\n\r\n"),
    (false, "A", 9_001, 1_038, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
];

/// Before and after the half of all numbers, so that nothing of it is behind the first connection for sure.
const SECOND: [Sent; 3] = [
    (true, "S", 700, 0, b""),
    (false, "SA", 3_000_000_000, 701, b""),
    (true, "A", 701, 3_000_000_001, b"GET / HTTP/1.1\r\nUser-Agent: second\r\n\r\n"),
];

const GOES_ON: Sent = (true, "A", 1_038, 9_039, b"GET / HTTP/1.1\r\nUser-Agent: goes on\r\n\r\n");

/// What any number of threads makes of the segments.
fn seen(segments: &[Sent]) -> Report {
    let frames = || (1_u64..).zip(segments.iter().map(frame)).collect();
    let one = run_on(1, frames(), 1_024);
    for threads in [2, 5] {
        assert!(run_on(threads, frames(), 1_024) == one, "{threads} threads");
    }
    one
}

fn frame((from_client, flags, seq, ack, payload): &Sent) -> Vec<u8> {
    let ((from, to), (source, target), ports) = if *from_client {
        ((CLIENT, SERVER), ([10, 0, 0, 1], [10, 0, 0, 2]), (5_000, 80))
    } else {
        ((SERVER, CLIENT), ([10, 0, 0, 2], [10, 0, 0, 1]), (80, 5_000))
    };
    let mut builder =
        PacketBuilder::ethernet2(from, to).ipv4(source, target, 64).tcp(ports.0, ports.1, *seq, 1_024);
    if flags.contains('S') {
        builder = builder.syn();
    }
    if flags.contains('A') {
        builder = builder.ack(*ack);
    }
    let mut frame = Vec::new();
    builder.write(&mut frame, payload).unwrap();
    frame
}

/// Flows, the agents that were read, and bytes that were taken for lost.
fn figures(report: &Report) -> (u64, Vec<&str>, u64) {
    let agents = report.observations.iter().filter(|fact| fact.field.name() == "http.user_agent");
    (report.tally.flows, agents.map(|fact| fact.value.as_str()).collect(), report.tally.lost_bytes)
}

#[test]
fn a_connection_that_is_answered_is_a_new_flow() {
    let report = seen(&[&FIRST[..], &SECOND].concat());
    assert_eq!(figures(&report), (2, vec!["first", "second"], 0));
    let [conversation] = report.conversations.as_slice() else { panic!("{:?}", report.conversations) };
    assert_eq!((conversation.flows, conversation.packets), (2, [4, 3]));
    assert_eq!(conversation.key.protocol, Some("http"));
}

/// Anybody can send one; the ends go on with what they have.
#[test]
fn a_syn_that_nobody_answers_ends_nothing() {
    for flags in ["S", "A"] {
        let forged = [(true, flags, 700, 9_039, &b""[..]), (true, "S", 5_000, 0, b"")];
        let report = seen(&[&FIRST[..], &forged, &[GOES_ON]].concat());
        assert_eq!(figures(&report), (1, vec!["first", "goes on"], 0));
    }
}

#[test]
fn a_syn_that_comes_again_is_no_other() {
    let report = seen(&[&FIRST[..2], &FIRST[..2], &FIRST[2..], &FIRST[..1], &[GOES_ON]].concat());
    assert_eq!(figures(&report), (1, vec!["first", "goes on"], 0));
}

#[test]
fn a_tap_that_never_sees_the_answers_goes_by_what_comes_next() {
    let all = [&FIRST[..], &SECOND].concat();
    let of_client: Vec<Sent> = all.into_iter().filter(|sent| sent.0).collect();
    assert_eq!(figures(&seen(&of_client)), (2, vec!["first", "second"], 0));
}

#[test]
fn a_connection_that_was_first_seen_in_its_middle_is_opened_again() {
    let report = seen(&[&[GOES_ON][..], &SECOND].concat());
    assert_eq!(figures(&report), (2, vec!["goes on", "second"], 0));
}

/// The attempt before had no answer.
#[test]
fn another_attempt_is_read_from_its_own_start() {
    let report = seen(&[&FIRST[..1], &SECOND].concat());
    assert_eq!(figures(&report), (2, vec!["second"], 0));
}

/// The server connects back between the same ports.
#[test]
fn the_other_end_may_be_who_opens_it_again() {
    let back: [Sent; 3] = [
        (false, "S", 50, 0, b""),
        (true, "SA", 60, 51, b""),
        (false, "A", 51, 61, b"GET / HTTP/1.1\r\nUser-Agent: back\r\n\r\n"),
    ];
    let report = seen(&[&FIRST[..], &back].concat());
    assert_eq!(figures(&report), (2, vec!["first", "back"], 0));
    assert!(report.conversations.iter().any(|talk| talk.key.port == 5_000));
}

/// A sensor counts from nothing after it told; who was heard before then is still known to be there.
#[test]
fn telling_does_not_make_a_tap_that_sees_both_sides_one_that_sees_one() {
    let forged = [(true, "S", 700, 0, &b""[..]), (true, "A", 701, 9_039, b"GET / HTTP/1.1\r\n\r\n")];
    let mut file = PcapWriter::new(Vec::new(), LinkType::ETHERNET).unwrap();
    let times = [0, 0, 0, 0, 70, 72, 72];
    for (seconds, sent) in times.into_iter().zip(FIRST.iter().chain([&GOES_ON]).chain(&forged)) {
        let bytes = frame(sent);
        let at = Timestamp::from_nanos(seconds * 1_000_000_000);
        file.write(at, u32::try_from(bytes.len()).unwrap(), &bytes).unwrap();
    }
    let reader = Cursor::new(file.finish().unwrap());
    let mut source = FileSource::from_reader(Path::new("made"), reader, 1).unwrap();
    let options = Options { interval: Duration::from_secs(1), flows: 1_024, seed: 1 };
    let mut sensor = Sensor::new("sen_1".parse().unwrap(), 0, options);
    let mut flows = Vec::new();
    let told = ::sensor::run(&mut source, &mut sensor, &AtomicBool::new(false), |batch| {
        flows.extend(batch.conversations.iter().map(|hour| hour.conversation.flows));
        true
    });
    told.unwrap();
    assert_eq!(flows, [1, 0], "one flow, told after a minute and at the end");
}
