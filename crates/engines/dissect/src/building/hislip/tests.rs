//! Tests of HiSLIP.

use model::Weakness;

use super::PROTOCOL;
use crate::Side::{Originator, Responder};
use crate::kit::play_whole;
use crate::{Match, Probe, Side, stream_kit};

fn message(kind: u8, payload: &[u8]) -> Vec<u8> {
    [&[b'H', b'S', kind, 0, 0, 0, 0, 0][..], &(payload.len() as u64).to_be_bytes(), payload].concat()
}

fn answer() -> Vec<u8> {
    message(7, b"Example Instruments,EX3000,0,1.02\n")
}

stream_kit!(
    PROTOCOL,
    talk => &[
        (Originator, &message(0, b"hislip0")),
        (Responder, &message(1, b"")),
        (Originator, &message(7, b"*IDN?\n")),
        (Responder, &super::answer()),
        (Originator, &message(7, &[b'x'; 2_000])),
    ],
);

#[test]
fn reads_the_identification_that_was_asked_for() {
    let ask = message(7, b"*idn?\n");
    let recording = play_whole(&PROTOCOL, &[(Originator, &ask), (Responder, &answer())]);
    assert_eq!(recording.values("hislip.idn.manufacturer"), ["Example Instruments"]);
    assert_eq!(recording.values("hislip.idn.model"), ["EX3000"]);
    assert_eq!(recording.values("hislip.idn.firmware"), ["1.02"]);
    assert!(recording.values("hislip.idn.serial").is_empty());
    assert!(play_whole(&PROTOCOL, &[(Responder, &answer())]).facts.is_empty());
}

#[test]
fn open_session_is_a_weakness() {
    let recording = play_whole(&PROTOCOL, &[(Responder, &message(1, b""))]);
    assert_eq!(recording.weaknesses[0].weakness, Weakness::UnauthenticatedControl);
}

#[test]
fn fatal_error_is_an_anomaly() {
    assert_eq!(play_whole(&PROTOCOL, &[(Responder, &message(2, b"bad"))]).anomaly_names(), ["fatal_error"]);
}

#[test]
fn other_bytes_are_not_hislip() {
    let probe = |bytes: &[u8]| {
        (PROTOCOL.probe)(&Probe {
            bytes,
            side: Side::Originator,
            originator_port: 1,
            responder_port: 4_880,
            midstream: false,
        })
    };
    assert_eq!(probe(&message(0, b"")), Match::Yes);
    assert_eq!(probe(b"HS"), Match::NeedMore);
    assert_eq!(probe(b"HTTP"), Match::No);
}
