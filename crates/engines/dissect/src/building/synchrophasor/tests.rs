//! Tests of synchrophasor data.

use model::Subject;

use super::message::crc;
use super::{DATAGRAM, STREAM};
use crate::Side::{Originator, Responder};
use crate::kit::{handle, packet, play_whole};
use crate::{Carrier, Match, Packet, Probe, Side, datagram_kit};

fn frame(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0xaa, kind << 4 | 1];
    bytes.extend((body.len() as u16 + 16).to_be_bytes());
    bytes.extend([0, 61, 0x48, 0x93, 0x37, 0x43, 0, 0, 0, 0]);
    bytes.extend(body);
    let check = crc(&bytes, 0xffff);
    bytes.extend(check.to_be_bytes());
    bytes
}

fn configuration(units: u16) -> Vec<u8> {
    let mut body = vec![0, 0x0f, 0x42, 0x40];
    body.extend(units.to_be_bytes());
    body.extend(b"Feeder 7        \0\x3d\0\x07\0\x01\0\x00\0\x01");
    body.extend([b'c'; 17 * 16]);
    body.extend([0; 8 + 4 + 2]);
    frame(3, &body)
}

fn data() -> Vec<u8> {
    frame(0, &[0; 18])
}

fn udp(payload: &[u8]) -> Packet<'_> {
    packet(Carrier::Udp, (4_713, 50_000), payload)
}

mod stream {
    use super::*;
    use crate::stream_kit;

    stream_kit!(
        STREAM,
        talk => &[
            (Originator, &frame(4, &[0, 5])),
            (Responder, &super::configuration(1)),
            (Originator, &frame(4, &[0, 2])),
            (Responder, &super::data()),
        ],
    );
}

datagram_kit!(DATAGRAM, configuration => udp(&super::configuration(1)), data => udp(&super::data()));

#[test]
fn reads_the_station_name_and_what_is_measured() {
    let recording = play_whole(&STREAM, &[(Responder, &configuration(1)), (Responder, &data())]);
    assert_eq!(recording.values("synphasor.station_name"), ["Feeder 7"]);
    assert_eq!(recording.values("synphasor.conf.numpmu"), ["1"]);
    assert_eq!(recording.values("synphasor.frtype"), ["0"]);
    assert_eq!(recording.values("synphasor.idcode_stream_source"), ["61", "61"]);
}

#[test]
fn reads_a_configuration_of_type_3() {
    let recording =
        handle(&DATAGRAM, &udp(&frame(5, b"\0\0\0\x0f\x42\x40\0\x01\x08Feeder 7\0\x3d"))).unwrap();
    assert_eq!(recording.values("synphasor.station_name"), ["Feeder 7"]);
}

#[test]
fn command_speaks_of_its_receiver() {
    let recording = handle(&DATAGRAM, &udp(&frame(4, &[0, 2]))).unwrap();
    assert_eq!(recording.facts.first().unwrap().0, Subject::Receiver);
}

#[test]
fn counts_past_the_end_and_broken_checks_are_anomalies() {
    let recording = handle(&DATAGRAM, &udp(&configuration(400))).unwrap();
    assert_eq!(recording.anomaly_names(), ["too_many_units", "malformed"]);
    let mut broken = data();
    broken[20] ^= 1;
    assert_eq!(play_whole(&STREAM, &[(Responder, &broken)]).anomaly_names(), ["bad_check"]);
    assert!(handle(&DATAGRAM, &udp(&broken)).is_none());
}

#[test]
fn other_bytes_are_not_synchrophasors() {
    let probe = |bytes: &[u8]| {
        (STREAM.probe)(&Probe {
            bytes,
            side: Side::Originator,
            originator_port: 1,
            responder_port: 4_712,
            midstream: false,
        })
    };
    assert_eq!(probe(&data()), Match::Yes);
    assert_eq!(probe(&data()[..9]), Match::NeedMore);
    assert_eq!(probe(b"\xaa\x01\0\x10\0\x01\0\0\0\0\0\0\0\0\0\0"), Match::No);
}
