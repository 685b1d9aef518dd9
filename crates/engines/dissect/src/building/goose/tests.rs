//! Tests of GOOSE.

use super::PROTOCOL;
use crate::kit::{handle, packet};
use crate::{Carrier, Packet, datagram_kit};

fn tlv(tag: u8, value: &[u8]) -> Vec<u8> {
    [&[tag, value.len() as u8][..], value].concat()
}

fn frame(values: &[u8]) -> Vec<u8> {
    let pdu = tlv(0x61, values);
    [&[0, 1][..], &(pdu.len() as u16 + 8).to_be_bytes(), &[0, 0, 0, 0], &pdu].concat()
}

fn event() -> Vec<u8> {
    let values = [
        tlv(0x80, b"RELAY1/LLN0$GO$gcb1"),
        tlv(0x81, &[7, 0xd0]),
        tlv(0x82, b"RELAY1/LLN0$trip"),
        tlv(0x83, b"trip"),
        tlv(0x84, &[0; 8]),
        tlv(0xab, &[0x83, 1, 0]),
    ];
    frame(&values.concat())
}

fn link(payload: &[u8]) -> Packet<'_> {
    packet(Carrier::EtherType(0x88b8), (0, 0), payload)
}

datagram_kit!(PROTOCOL, event => link(&super::event()));

#[test]
fn reads_who_publishes_what() {
    let recording = handle(&PROTOCOL, &link(&event())).unwrap();
    assert_eq!(recording.values("goose.gocbRef"), ["RELAY1/LLN0$GO$gcb1"]);
    assert_eq!(recording.values("goose.datSet"), ["RELAY1/LLN0$trip"]);
    assert_eq!(recording.values("goose.goID"), ["trip"]);
}

#[test]
fn value_past_the_end_is_an_anomaly() {
    assert_eq!(handle(&PROTOCOL, &link(&frame(&[0x80, 99, b'x']))).unwrap().anomaly_names(), ["malformed"]);
}

#[test]
fn other_frames_are_not_goose() {
    for other in [&[0, 1, 0, 12, 0, 0, 0, 0, 0x60, 2, 0, 0][..], &[0, 1, 0, 99], &[]] {
        assert!(handle(&PROTOCOL, &link(other)).is_none());
    }
}
