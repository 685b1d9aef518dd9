//! Tests of PROFINET DCP.

use super::PROTOCOL;
use crate::kit::{handle, packet};
use crate::{Carrier, Packet, datagram_kit};

fn block(option: [u8; 2], value: &[u8]) -> Vec<u8> {
    let mut bytes = [&option[..], &(value.len() as u16 + 2).to_be_bytes(), &[0, 0], value].concat();
    if value.len() % 2 == 1 {
        bytes.push(0);
    }
    bytes
}

fn frame(service: u8, kind: u8, blocks: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0xfe, 0xff, service, kind, 0, 0, 0, 1, 0, 0];
    bytes.extend((blocks.len() as u16).to_be_bytes());
    bytes.extend(blocks);
    bytes.resize(46.max(bytes.len()), 0);
    bytes
}

fn identity() -> Vec<u8> {
    let blocks = [
        block([2, 1], b"ET200SP"),
        block([2, 2], b"io-pump-1"),
        block([2, 3], &[0, 0x2a, 3, 0x13]),
        block([2, 4], &[1, 0]),
        block([1, 2], &[10, 0, 0, 9, 255, 255, 255, 0, 0, 0, 0, 0]),
    ];
    frame(5, 1, &blocks.concat())
}

fn link(payload: &[u8]) -> Packet<'_> {
    packet(Carrier::EtherType(0x8892), (0, 0), payload)
}

datagram_kit!(PROTOCOL, identity => link(&super::identity()), cyclic => link(&[0x80, 1, 0, 0, 0, 0, 0, 0x35, 0]));

#[test]
fn reads_the_identification() {
    let recording = handle(&PROTOCOL, &link(&identity())).unwrap();
    assert_eq!(recording.values("pn_dcp.suboption_device_devicevendorvalue"), ["ET200SP"]);
    assert_eq!(recording.values("pn_dcp.suboption_device_nameofstation"), ["io-pump-1"]);
    assert_eq!(recording.values("pn_dcp.suboption_vendor_id"), ["0x002a"]);
    assert_eq!(recording.values("pn_dcp.suboption_device_role"), ["device"]);
    assert_eq!(recording.bindings.len(), 1);
    assert!(recording.anomalies.is_empty());
}

#[test]
fn what_others_ask_for_or_set_says_nothing() {
    for (service, kind) in [(5, 0), (4, 0), (4, 1)] {
        let said = frame(service, kind, &block([2, 2], b"io-pump-1"));
        assert!(handle(&PROTOCOL, &link(&said)).unwrap().facts.is_empty());
    }
}

#[test]
fn block_past_the_end_is_an_anomaly() {
    let broken = frame(5, 1, &[2, 2, 0, 99, 0, 0]);
    assert_eq!(handle(&PROTOCOL, &link(&broken)).unwrap().anomaly_names(), ["malformed"]);
}

#[test]
fn unknown_frame_identifiers_are_left() {
    assert!(handle(&PROTOCOL, &link(&[0x12, 0x34, 0, 0])).is_none());
    assert!(handle(&PROTOCOL, &link(&[])).is_none());
}
