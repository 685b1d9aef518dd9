//! Tests of Skinny.

use model::Subject;

use super::PROTOCOL;
use crate::Side::{Originator, Responder};
use crate::kit::play_whole;
use crate::{Match, Probe, Side, stream_kit};

fn message(id: u16, body: &[u8]) -> Vec<u8> {
    let mut bytes = (body.len() as u32 + 4).to_le_bytes().to_vec();
    bytes.extend([0x14, 0, 0, 0]);
    bytes.extend(u32::from(id).to_le_bytes());
    bytes.extend(body);
    bytes
}

fn register() -> Vec<u8> {
    let mut body = b"SEP00005E005301\0".to_vec();
    body.extend([0; 12]);
    body.extend(434_u32.to_le_bytes());
    body.extend([0; 60]);
    body.extend(b"SCCP42.9-4-2SR3-1S\0");
    body.resize(124, 0);
    message(1, &body)
}

fn call() -> Vec<u8> {
    message(0x8f, b"Somebody Ill\0\0\0\x35\x35\x35\x31\x32\x33\x34\0")
}

stream_kit!(
    PROTOCOL,
    registration => &[(Originator, &register()), (Responder, &message(0x81, &[0; 20])), (Responder, &super::call())],
);

fn probe(bytes: &[u8], responder_port: u16) -> Match {
    (PROTOCOL.probe)(&Probe {
        bytes,
        side: Side::Originator,
        originator_port: 1,
        responder_port,
        midstream: true,
    })
}

#[test]
fn reads_the_registration() {
    let recording = play_whole(&PROTOCOL, &[(Originator, &register())]);
    assert_eq!(recording.values("skinny.DeviceName"), ["SEP00005E005301"]);
    assert_eq!(recording.values("skinny.deviceType"), ["434"]);
    assert_eq!(recording.values("skinny.firmwareLoadName"), ["SCCP42.9-4-2SR3-1S"]);
}

#[test]
fn call_control_tells_both_roles_and_nothing_of_the_call() {
    let recording = play_whole(&PROTOCOL, &[(Responder, &call())]);
    assert_eq!(recording.facts.len(), 2);
    assert_eq!(recording.facts[1], (Subject::Receiver, "skinny.role", "client".to_owned()));
    assert!(!format!("{recording:?}").contains("555"));
}

#[test]
fn short_registration_is_an_anomaly() {
    let short = message(1, b"SEP");
    assert_eq!(play_whole(&PROTOCOL, &[(Originator, &short)]).anomaly_names(), ["malformed"]);
}

#[test]
fn is_known_by_its_bytes() {
    assert_eq!(probe(&register(), 2_000), Match::Yes);
    assert_eq!(probe(&register(), 20_000), Match::Yes);
    assert_eq!(probe(&register()[..20], 20_000), Match::NeedMore);
    assert_eq!(probe(&register()[..6], 2_000), Match::NeedMore);
    for other in [&b"GET / HTTP/1.1\r\n"[..], b"\0\0\0\0\0\0\0\0\0\0\0\0", b"\x10\0\0\0\x40\0\0\0\x01\0\0\0"]
    {
        assert_eq!(probe(other, 2_000), Match::No);
    }
}

/// Found by fuzzing: a header whose message is not whole yet was refused, and accepted a byte later.
#[test]
fn a_message_that_is_not_whole_is_not_refused() {
    crate::kit::probe_input(&PROTOCOL, &[2, 5, 0, 0, 0, 12, 0, 0, 0, 12, 0, 0, 0, 0, 0]);
}

/// Found by fuzzing: the longest length was refused before the header was whole, and accepted then.
#[test]
fn the_longest_message_is_not_refused_early() {
    crate::kit::probe_input(&PROTOCOL, &[6, 0, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
}
