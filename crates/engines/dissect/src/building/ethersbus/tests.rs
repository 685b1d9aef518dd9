//! Tests of Ether-S-Bus.

use super::PROTOCOL;
use crate::building::synchrophasor::crc;
use crate::kit::{handle, packet};
use crate::{Carrier, Packet, datagram_kit};

fn telegram(attribute: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = (body.len() as u32 + 11).to_be_bytes().to_vec();
    // Requests are of version 1, answers of version 0.
    bytes.extend([u8::from(attribute == 0), 0, 0, 1, attribute]);
    bytes.extend(body);
    let check = crc(&bytes, 0);
    bytes.extend(check.to_be_bytes());
    bytes
}

fn version() -> Vec<u8> {
    telegram(1, b"D2M48023\0")
}

fn udp(payload: &[u8]) -> Packet<'_> {
    packet(Carrier::Udp, (5_050, 2_467), payload)
}

datagram_kit!(PROTOCOL, ask => udp(&telegram(0, &[10, 0x20])), version => udp(&super::version()));

#[test]
fn reads_type_and_firmware() {
    let recording = handle(&PROTOCOL, &udp(&telegram(1, b"D2M48\x30\x32\x33\0"))).unwrap();
    assert_eq!(recording.values("sbus.pcd_type"), ["D2M48"]);
    assert_eq!(recording.values("sbus.fw_version"), ["023"]);
}

#[test]
fn knows_the_check_word_of_the_standard_request() {
    // Station 10, command 0x20.
    assert_eq!(telegram(0, &[10, 0x20])[11..], [0x53, 0x18]);
}

#[test]
fn answer_without_version_tells_only_who_answers() {
    let recording = handle(&PROTOCOL, &udp(&telegram(1, b"Model\r"))).unwrap();
    assert_eq!(recording.facts.len(), 1);
}

#[test]
fn refusal_is_an_anomaly() {
    let refused = handle(&PROTOCOL, &udp(&telegram(2, &[0, 1]))).unwrap();
    assert_eq!(refused.anomaly_names(), ["not_acknowledged"]);
}

#[test]
fn other_bytes_are_not_ethersbus() {
    let mut broken = version();
    broken[12] ^= 1;
    for other in [&broken[..], b"\0\0\0\x0b\0\0\0\0\0\0\0", &[0; 12], &[]] {
        assert!(handle(&PROTOCOL, &udp(other)).is_none());
    }
}
