//! Tests of EtherNet/IP.

use model::Weakness;

use super::{DATAGRAM, STREAM};
use crate::Side::{Originator, Responder};
use crate::kit::{Recording, handle, packet, play_whole};
use crate::{Carrier, Match, Packet, Probe, Side, datagram_kit};

const IDENTITY: &[u8] = b"\x01\0\x0e\0\x36\0\x14\x0b\x60\x31\x78\x56\x34\x12\x0b1756-EXAMPL\x03";

fn frame(command: u16, context: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = [command.to_le_bytes(), (body.len() as u16).to_le_bytes()].concat();
    bytes.extend([0; 8]);
    bytes.extend([context; 8]);
    bytes.extend([0; 4]);
    bytes.extend(body);
    bytes
}

fn list_identity() -> Vec<u8> {
    let item = [&[1, 0, 0, 2, 0xaf, 0x12, 10, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0][..], IDENTITY].concat();
    let body = [&[1, 0, 0x0c, 0][..], &(item.len() as u16).to_le_bytes(), &item].concat();
    frame(0x63, 1, &body)
}

fn unconnected(context: u8, cip: &[u8]) -> Vec<u8> {
    let mut body = vec![0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0xb2, 0];
    body.extend((cip.len() as u16).to_le_bytes());
    body.extend(cip);
    frame(0x6f, context, &body)
}

fn ask() -> Vec<u8> {
    unconnected(7, &[1, 2, 0x20, 1, 0x24, 1])
}

fn answer(context: u8) -> Vec<u8> {
    unconnected(context, &[&[0x81, 0, 0, 0][..], IDENTITY].concat())
}

fn udp(payload: &[u8]) -> Packet<'_> {
    packet(Carrier::Udp, (44_818, 5_000), payload)
}

mod stream {
    use super::*;
    use crate::stream_kit;

    stream_kit!(
        STREAM,
        list_identity => &[(Responder, &super::list_identity())],
        get_all => &[(Originator, &super::ask()), (Responder, &super::answer(7))],
    );
}

datagram_kit!(DATAGRAM, list_identity => udp(&super::list_identity()));

fn check(recording: &Recording) {
    assert_eq!(recording.values("enip.lir.vendor"), ["1"]);
    assert_eq!(recording.values("enip.lir.devtype"), ["14"]);
    assert_eq!(recording.values("enip.lir.revision"), ["20.011"]);
    assert_eq!(recording.values("enip.lir.serial"), ["12345678"]);
    assert_eq!(recording.values("enip.lir.name"), ["1756-EXAMPL"]);
    assert!(recording.anomalies.is_empty());
}

#[test]
fn reads_identity_over_udp_and_tcp() {
    check(&handle(&DATAGRAM, &udp(&list_identity())).unwrap());
    check(&play_whole(&STREAM, &[(Responder, &list_identity())]));
}

#[test]
fn reads_the_identity_object_only_when_all_of_it_was_asked_for() {
    check(&play_whole(&STREAM, &[(Originator, &ask()), (Responder, &answer(7))]));
    assert!(play_whole(&STREAM, &[(Originator, &ask()), (Responder, &answer(8))]).facts.is_empty());
}

#[test]
fn obeyed_stop_is_a_weakness() {
    let recording = play_whole(&STREAM, &[(Responder, &unconnected(1, &[0x87, 0, 0, 0]))]);
    assert_eq!(recording.weaknesses.first().unwrap().weakness, Weakness::UnauthenticatedControl);
    let refused = play_whole(&STREAM, &[(Responder, &unconnected(1, &[0x87, 0, 8, 0]))]);
    assert!(refused.weaknesses.is_empty());
}

#[test]
fn overrun_is_an_anomaly() {
    let broken = frame(0x63, 1, &[1, 0, 0x0c, 0, 200, 0, 1]);
    assert_eq!(handle(&DATAGRAM, &udp(&broken)).unwrap().anomaly_names(), ["malformed"]);
}

#[test]
fn other_bytes_are_not_enip() {
    let probe = |bytes: &[u8]| {
        (STREAM.probe)(&Probe {
            bytes,
            side: Side::Originator,
            originator_port: 1,
            responder_port: 44_818,
            midstream: false,
        })
    };
    assert_eq!(probe(&frame(0x65, 0, &[1, 0, 0, 0])), Match::Yes);
    for other in [&b"GET / HTTP/1.1\r\nHost: example"[..], &[0; 40], &frame(0x65, 0, &[1, 0, 0])] {
        assert_eq!(probe(other), Match::No);
        assert!(handle(&DATAGRAM, &udp(other)).is_none());
    }
}

#[test]
fn is_known_on_any_port_by_telling_frames_only() {
    let probe = |bytes: &[u8]| {
        let side = Side::Originator;
        (STREAM.probe)(&Probe { bytes, side, originator_port: 1, responder_port: 9_002, midstream: false })
    };
    for telling in [frame(0x65, 0, &[1, 0, 0, 0]), ask(), list_identity()] {
        assert_eq!(probe(&telling), Match::Yes);
    }
    for other in [frame(0x65, 0, &[9, 0, 0, 0]), frame(0x04, 0, &[]), frame(0x63, 0, &[])] {
        assert_eq!(probe(&other), Match::No);
        assert!(handle(&DATAGRAM, &packet(Carrier::Udp, (50_000, 9_002), &other)).is_none());
    }
}
