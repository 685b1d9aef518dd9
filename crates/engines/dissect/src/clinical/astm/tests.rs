//! Tests of ASTM.

use model::{Subject, Weakness};

use super::PROTOCOL;
use crate::Side::{Originator, Responder};
use crate::kit::play_whole;
use crate::{Match, Probe, Side, stream_kit};

const HEADER: &[u8] = b"H|\\^&||secret|Example^Chem 5^2.1||||||||LIS2-A2|20260101\r";
const PATIENT: &[u8] = b"P|1||PAT-1|Doe^Jane\r";
const RESULT: &[u8] = b"R|1|^^^GLU|98|mg/dL\r";

fn frame(number: u8, text: &[u8]) -> Vec<u8> {
    let covered = [&[b'0' + number][..], text, &[3]].concat();
    let sum = covered.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
    [&[2][..], &covered, format!("{sum:02X}\r\n").as_bytes()].concat()
}

fn message() -> Vec<u8> {
    [&b"\x05"[..], &frame(1, HEADER), &frame(2, PATIENT), &frame(3, RESULT), &frame(4, b"L|1|N\r"), b"\x04"]
        .concat()
}

fn in_one_frame() -> Vec<u8> {
    [&b"\x05"[..], &frame(1, &[HEADER, PATIENT, RESULT].concat()), b"\x04"].concat()
}

stream_kit!(
    PROTOCOL,
    a_frame_a_record => &[(Originator, &message()), (Responder, b"\x06\x06\x06\x06\x06")],
    all_in_one => &[(Originator, &in_one_frame()), (Responder, b"\x06\x06")],
    without_frames => &[(Originator, &[HEADER, PATIENT, RESULT].concat())],
);

fn probe(bytes: &[u8]) -> Match {
    (PROTOCOL.probe)(&Probe {
        bytes,
        side: Side::Originator,
        originator_port: 1,
        responder_port: 2,
        midstream: false,
    })
}

#[test]
fn reads_sender_and_roles_however_it_is_framed() {
    for bytes in [message(), in_one_frame(), [HEADER, PATIENT, RESULT].concat()] {
        let recording = play_whole(&PROTOCOL, &[(Originator, &bytes)]);
        assert_eq!(recording.values("astm.sender"), ["Example^Chem 5^2.1"]);
        assert_eq!(recording.values("astm.version"), ["LIS2-A2"]);
        assert_eq!(recording.values("astm.role"), ["instrument", "host"]);
        assert!(recording.anomalies.is_empty());
    }
}

#[test]
fn never_keeps_patients_and_passwords() {
    let recording = play_whole(&PROTOCOL, &[(Originator, &message())]);
    let kept = format!("{recording:?}");
    assert!(!kept.contains("Doe") && !kept.contains("secret") && !kept.contains("98"));
    assert!(recording.patient_data);
    let weaknesses: Vec<_> = recording.weaknesses.iter().map(|note| (note.subject, note.weakness)).collect();
    assert_eq!(
        weaknesses,
        [
            (Subject::Sender, Weakness::CleartextCredentials),
            (Subject::Sender, Weakness::CleartextPatientData),
        ]
    );
}

#[test]
fn wrong_check_refusal_and_endless_header_are_anomalies() {
    let mut broken = frame(1, HEADER);
    broken[10] ^= 1;
    assert_eq!(
        play_whole(&PROTOCOL, &[(Originator, &broken), (Responder, b"\x15")]).anomaly_names(),
        ["bad_check", "not_acknowledged"]
    );
    let endless = [&b"H|\\^&|||"[..], &[b'x'; 2_000]].concat();
    assert_eq!(play_whole(&PROTOCOL, &[(Originator, &endless)]).anomaly_names(), ["header_too_long"]);
}

#[test]
fn other_bytes_are_not_astm() {
    assert_eq!(probe(&message()), Match::Yes);
    assert_eq!(probe(HEADER), Match::Yes);
    assert_eq!(probe(b"\x05"), Match::NeedMore);
    assert_eq!(probe(b"\x06\x06"), Match::NeedMore);
    for other in [&b"HTTP/1.1 200 OK"[..], b"\x05\x01\x00", b"MSH|^~\\&|", b"\x02\x00\x00", b"H|hello"] {
        assert_eq!(probe(other), Match::No);
    }
}

#[test]
fn probe_keeps_its_word() {
    crate::kit::probe_input(&PROTOCOL, &[&b"\0\x05"[..], &[b' '; 80], b"\x021H|\\^&|||"].concat());
}
