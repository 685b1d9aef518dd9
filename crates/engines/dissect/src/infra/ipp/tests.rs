//! Tests of IPP.

use super::PROTOCOL;
use crate::kit::{Exchange, play_whole};
use crate::{Match, Probe, Side, stream_kit};

fn text(length: usize) -> [u8; 2] {
    u16::try_from(length).unwrap().to_be_bytes()
}

fn attribute(tag: u8, name: &str, value: &[u8]) -> Vec<u8> {
    [&[tag][..], &text(name.len()), name.as_bytes(), &text(value.len()), value].concat()
}

/// A successful answer to Get-Printer-Attributes, with the language in front of the model.
fn answer() -> Vec<u8> {
    let model = [&text(2)[..], b"en", &text(14), b"Example MFP 42"].concat();
    [
        vec![2, 0, 0, 0, 0, 0, 0, 1, 0x01],
        attribute(0x47, "attributes-charset", b"utf-8"),
        vec![0x02],
        attribute(0x42, "job-originating-user-name", b"nurse.doe"),
        vec![0x04],
        attribute(0x35, "printer-make-and-model", &model),
        attribute(0x41, "printer-location", b"Ward 3"),
        attribute(0x41, "printer-device-id", b"MFG:Example;MDL:MFP 42;SN:X1;"),
        attribute(0x21, "queued-job-count", &[0, 0, 0, 0]),
        vec![0x03],
    ]
    .concat()
}

const REQUEST: &[u8] = &[2, 0, 0, 0x0b, 0, 0, 0, 1, 1, 3];

fn exchange(answer: &[u8]) -> [(Side, &[u8]); 2] {
    [(Side::Originator, REQUEST), (Side::Responder, answer)]
}

fn probe(bytes: &[u8], responder_port: u16) -> Match {
    let side = Side::Responder;
    (PROTOCOL.probe)(&Probe { bytes, side, originator_port: 50_000, responder_port, midstream: false })
}

const BROKEN: Exchange<'_> = &[(Side::Responder, &[2, 0, 0, 0, 0, 0, 0, 1, 0x44, 0, 1, b'x', 0, 0])];

stream_kit!(PROTOCOL, printer_attributes => &exchange(&answer()), broken => BROKEN);

#[test]
fn a_printer_says_model_place_and_device_id() {
    let recording = play_whole(&PROTOCOL, &exchange(&answer()));
    assert_eq!(recording.values("ipp.printer_make_and_model"), ["Example MFP 42"]);
    assert_eq!(recording.values("ipp.printer_location"), ["Ward 3"]);
    assert_eq!(recording.values("ipp.printer_device_id"), ["MFG:Example;MDL:MFP 42;SN:X1;"]);
    assert!(recording.anomalies.is_empty());
}

#[test]
fn who_prints_is_never_kept() {
    let recording = play_whole(&PROTOCOL, &exchange(&answer()));
    assert!(!format!("{recording:?}").contains("nurse.doe"));
}

#[test]
fn an_attribute_in_front_of_every_group_is_malformed() {
    assert_eq!(play_whole(&PROTOCOL, BROKEN).anomaly_names(), ["malformed_attributes"]);
}

#[test]
fn other_bytes_are_not_ipp() {
    for other in [&b"POST /ipp/print HTTP/1.1\r\n"[..], b"\x16\x03\x01\x00\x05", b"@PJL INFO ID\r\n"] {
        assert_ne!(probe(other, 631), Match::Yes, "{other:?}");
    }
    assert_ne!(probe(&[0; 16], 80), Match::Yes);
}
