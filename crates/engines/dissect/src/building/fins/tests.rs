//! Tests of FINS.

use model::Weakness;

use super::{DATAGRAM, STREAM};
use crate::Side::{Originator, Responder};
use crate::kit::{handle, packet, play_whole};
use crate::{Carrier, Match, Packet, Probe, Side, datagram_kit};

const REQUEST: &[u8] = &[0x80, 0, 2, 0, 0, 0, 0, 0x7a, 0, 1, 5, 1];

fn answer(command: [u8; 2], body: &[u8]) -> Vec<u8> {
    [&[0xc0, 0, 2, 0, 0x7a, 0, 0, 0, 0, 1][..], &command, &[0, 0], body].concat()
}

fn controller() -> Vec<u8> {
    answer([5, 1], &[&b"CP1L-EXAMPLE        "[..], b"01.01               ", &[0; 52]].concat())
}

fn tcp(message: &[u8]) -> Vec<u8> {
    [&b"FINS"[..], &(message.len() as u32 + 8).to_be_bytes(), &[0, 0, 0, 2, 0, 0, 0, 0], message].concat()
}

fn udp(payload: &[u8]) -> Packet<'_> {
    packet(Carrier::Udp, (9_600, 50_000), payload)
}

mod stream {
    use super::*;
    use crate::stream_kit;

    stream_kit!(
        STREAM,
        read_controller => &[(Originator, &tcp(REQUEST)), (Responder, &tcp(&super::controller()))],
    );
}

datagram_kit!(DATAGRAM, request => udp(REQUEST), controller => udp(&super::controller()));

#[test]
fn reads_model_and_version() {
    for recording in [
        handle(&DATAGRAM, &udp(&controller())).unwrap(),
        play_whole(&STREAM, &[(Responder, &tcp(&controller()))]),
    ] {
        assert_eq!(recording.values("omron.controller.model"), ["CP1L-EXAMPLE"]);
        assert_eq!(recording.values("omron.controller.version"), ["01.01"]);
    }
}

#[test]
fn request_says_nothing() {
    assert!(handle(&DATAGRAM, &udp(REQUEST)).unwrap().facts.is_empty());
}

#[test]
fn obeyed_stop_is_a_weakness() {
    let recording = handle(&DATAGRAM, &udp(&answer([4, 2], &[]))).unwrap();
    assert_eq!(recording.weaknesses.first().unwrap().weakness, Weakness::UnauthenticatedControl);
}

#[test]
fn short_answer_is_an_anomaly() {
    assert_eq!(handle(&DATAGRAM, &udp(&answer([5, 1], b"CP1"))).unwrap().anomaly_names(), ["malformed"]);
}

#[test]
fn other_bytes_are_not_fins() {
    for other in [&b"\x80\0\x02\0\0\0\0\0\0\0\x09\x09"[..], b"\x80\x60\0\0\0\0\0\0\0\0\x05\x01", b"FINS", &[]]
    {
        assert!(handle(&DATAGRAM, &udp(other)).is_none());
    }
    let probe = |bytes: &[u8]| {
        (STREAM.probe)(&Probe {
            bytes,
            side: Side::Originator,
            originator_port: 1,
            responder_port: 9_600,
            midstream: false,
        })
    };
    assert_eq!(probe(&tcp(REQUEST)), Match::Yes);
    assert_eq!(probe(b"FINISHED"), Match::No);
}
