//! Tests of HART-IP.

use model::Weakness;

use super::{DATAGRAM, STREAM};
use crate::Side::{Originator, Responder};
use crate::kit::{handle, packet, play_whole};
use crate::{Carrier, Match, Packet, Probe, Side, datagram_kit};

fn message(kind: u8, id: u8, body: &[u8]) -> Vec<u8> {
    [&[1, kind, id, 0, 0, 9][..], &(body.len() as u16 + 8).to_be_bytes(), body].concat()
}

fn answer(command: u8, data: &[u8]) -> Vec<u8> {
    let mut body = vec![0x86, 0x26, 0x4e, 0, 0, 0xd2, command, data.len() as u8 + 2, 0, 0xd0];
    body.extend(data);
    body.push(body.iter().fold(0, |check, byte| check ^ byte));
    message(1, 3, &body)
}

const IDENTITY: &[u8] =
    &[0xfe, 0x26, 0x4e, 5, 7, 4, 1, 14, 12, 0, 0, 0xd2, 5, 2, 0, 2, 0, 0, 0x26, 0, 0x26, 0x84];

fn identity() -> Vec<u8> {
    answer(0, IDENTITY)
}

fn tag() -> Vec<u8> {
    let mut text = b"wihartgw".to_vec();
    text.resize(32, 0);
    answer(20, &text)
}

const ASK: &[u8] = &[1, 0, 3, 0, 0, 3, 0, 17, 0x82, 0x26, 0x4e, 0, 0, 0xd2, 0, 0, 0x38];

fn udp(payload: &[u8]) -> Packet<'_> {
    packet(Carrier::Udp, (5_094, 50_000), payload)
}

mod stream {
    use super::*;
    use crate::stream_kit;

    stream_kit!(STREAM, identity => &[(Originator, ASK), (Responder, &super::identity()), (Responder, &super::tag())]);
}

datagram_kit!(DATAGRAM, ask => udp(ASK), identity => udp(&super::identity()), tag => udp(&super::tag()));

#[test]
fn reads_identity_and_long_tag() {
    let recording = play_whole(&STREAM, &[(Responder, &identity()), (Responder, &tag())]);
    assert_eq!(recording.values("hart_ip.pt.rsp.manufacturer_Id"), ["38"]);
    assert_eq!(recording.values("hart_ip.pt.rsp.device_profile"), ["132"]);
    assert_eq!(recording.values("hart_ip.pt.rsp.device_id"), ["210"]);
    assert_eq!(recording.values("hart_ip.pt.rsp.tag"), ["wihartgw"]);
    assert_eq!(handle(&DATAGRAM, &udp(&identity())).unwrap().facts.len(), 8);
}

#[test]
fn older_identity_names_its_maker_in_the_device_type() {
    let recording = handle(&DATAGRAM, &udp(&answer(0, &IDENTITY[..12]))).unwrap();
    assert_eq!(recording.values("hart_ip.pt.rsp.manufacturer_Id"), ["38"]);
    assert!(recording.values("hart_ip.pt.rsp.device_profile").is_empty());
}

#[test]
fn reads_a_tag_in_packed_ascii() {
    // `FT-101  `: 06 14 2d 31, 30 31 20 20 in six bits each.
    let packed = [0x19, 0x4b, 0x71, 0xc3, 0x18, 0x20];
    let recording = handle(&DATAGRAM, &udp(&answer(13, &packed)));
    assert_eq!(recording.unwrap().values("hart_ip.pt.rsp.tag"), ["FT-101"]);
}

#[test]
fn tag_that_was_never_set_is_none() {
    let recording = handle(&DATAGRAM, &udp(&answer(13, &[0; 6]))).unwrap();
    assert!(recording.values("hart_ip.pt.rsp.tag").is_empty());
}

#[test]
fn obeyed_write_is_a_weakness() {
    let recording = handle(&DATAGRAM, &udp(&answer(18, &[0; 21]))).unwrap();
    assert_eq!(recording.weaknesses.first().unwrap().weakness, Weakness::UnauthenticatedControl);
}

#[test]
fn short_answer_is_an_anomaly() {
    assert_eq!(handle(&DATAGRAM, &udp(&answer(0, &[0xfe, 1]))).unwrap().anomaly_names(), ["malformed"]);
}

#[test]
fn other_bytes_are_not_hart_ip() {
    let probe = |bytes: &[u8]| {
        (STREAM.probe)(&Probe {
            bytes,
            side: Side::Originator,
            originator_port: 1,
            responder_port: 5_094,
            midstream: false,
        })
    };
    assert_eq!(probe(ASK), Match::Yes);
    for other in [&b"GET / HTTP/1.1"[..], &[1, 1, 0, 0, 0, 1, 0, 0, 0, 0], &[1, 0, 2, 0, 0, 1, 0, 9, 0]] {
        assert_eq!(probe(other), Match::No);
        assert!(handle(&DATAGRAM, &udp(other)).is_none());
    }
}

#[test]
fn is_known_on_any_port_by_its_check_only() {
    let probe = |bytes: &[u8]| {
        let side = Side::Responder;
        (STREAM.probe)(&Probe { bytes, side, originator_port: 1, responder_port: 50_000, midstream: true })
    };
    assert_eq!(probe(&tag()), Match::Yes);
    assert_eq!(probe(&tag()[..30]), Match::NeedMore);
    let mut broken = tag();
    broken[20] ^= 1;
    // Beginnings of Diameter, TDS and OpenFlow.
    let diameter = &[1, 0, 0, 0xec, 0x40, 0, 1, 0x10, 0, 0, 0, 0][..];
    for other in
        [&broken[..], diameter, &[1, 1, 0, 0xbe, 0, 0, 1, 0], &[1, 0, 0, 8, 0, 0, 0, 0x0d, 1, 0, 0, 0, 0]]
    {
        assert_eq!(probe(other), Match::No);
        assert!(handle(&DATAGRAM, &packet(Carrier::Udp, (50_000, 50_001), other)).is_none());
    }
}
