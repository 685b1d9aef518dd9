//! Tests of ADS.

use model::Weakness;

use super::{DATAGRAM, STREAM};
use crate::Side::{Originator, Responder};
use crate::kit::{handle, packet, play_whole};
use crate::{Carrier, Match, Packet, Probe, Side, datagram_kit};

fn ams(command: u8, flags: u8, data: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 0];
    bytes.extend((data.len() as u32 + 32).to_le_bytes());
    bytes.extend([10, 0, 0, 2, 1, 1, 0x27, 0x10, 5, 13, 117, 96, 1, 1, 0x10, 0x27, command, 0, flags, 0]);
    bytes.extend((data.len() as u32).to_le_bytes());
    bytes.extend([0; 8]);
    bytes.extend(data);
    bytes
}

fn info() -> Vec<u8> {
    ams(1, 5, b"\0\0\0\0\x02\x0b\x37\x08PLC Server\0\0\0\0\0\0")
}

fn discovery() -> Vec<u8> {
    let mut bytes = vec![3, 0x66, 0x14, 0x71, 0, 0, 0, 0, 1, 0, 0, 0x80, 5, 13, 117, 96, 1, 1, 0x10, 0x27];
    bytes.extend([3, 0, 0, 0, 5, 0, 10, 0]);
    bytes.extend(b"CX-0D7560\0");
    bytes.extend([
        4, 0, 4, 0, 3, 1, 0xb8, 0x0f, 3, 0, 20, 0, 20, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 188, 2, 0, 0, 3, 0,
        0, 0,
    ]);
    bytes
}

fn udp(payload: &[u8]) -> Packet<'_> {
    packet(Carrier::Udp, (48_899, 50_000), payload)
}

mod stream {
    use super::*;
    use crate::stream_kit;

    stream_kit!(STREAM, info => &[(Originator, &ams(1, 4, &[])), (Responder, &super::info())]);
}

datagram_kit!(DATAGRAM, answer => udp(&super::discovery()));

#[test]
fn reads_the_device_info() {
    let recording = play_whole(&STREAM, &[(Responder, &info())]);
    assert_eq!(recording.values("ams.ads_devicename"), ["PLC Server"]);
    assert_eq!(recording.values("ams.ads_version"), ["2.11.2103"]);
    assert_eq!(recording.values("ams.sendernetid"), ["5.13.117.96.1.1"]);
}

#[test]
fn reads_discovery_answers() {
    let recording = handle(&DATAGRAM, &udp(&discovery())).unwrap();
    assert_eq!(recording.values("ams.host_name"), ["CX-0D7560"]);
    assert_eq!(recording.values("ams.twincat_version"), ["3.1.4024"]);
    assert_eq!(recording.values("ams.os"), ["Windows CE"]);
    assert_eq!(recording.values("ams.os_version"), ["7.0.700"]);
    assert!(recording.anomalies.is_empty());
}

#[test]
fn obeyed_write_is_a_weakness() {
    let recording = play_whole(&STREAM, &[(Responder, &ams(3, 5, &[0; 4]))]);
    assert_eq!(recording.weaknesses.first().unwrap().weakness, Weakness::UnauthenticatedControl);
    assert!(play_whole(&STREAM, &[(Responder, &ams(3, 5, &[6, 7, 0, 0]))]).weaknesses.is_empty());
}

#[test]
fn short_and_overfull_answers_are_anomalies() {
    let short = play_whole(&STREAM, &[(Responder, &ams(1, 5, &[0; 6]))]);
    assert_eq!(short.anomaly_names(), ["malformed"]);
    let mut many = discovery();
    many[20] = 200;
    assert_eq!(handle(&DATAGRAM, &udp(&many)).unwrap().anomaly_names(), ["too_many_items", "malformed"]);
}

#[test]
fn other_bytes_are_not_ads() {
    let probe = |bytes: &[u8]| {
        (STREAM.probe)(&Probe {
            bytes,
            side: Side::Originator,
            originator_port: 1,
            responder_port: 48_898,
            midstream: false,
        })
    };
    assert_eq!(probe(&info()), Match::Yes);
    assert_eq!(probe(&[0; 40]), Match::No);
    assert!(handle(&DATAGRAM, &udp(b"\x03\x66\x14\x70")).is_none());
}
