//! Tests of Ubiquiti discovery.

use super::PROTOCOL;
use crate::kit::{handle, packet};
use crate::{Carrier, Packet, datagram_kit};

fn announcement() -> Vec<u8> {
    let mut fields = vec![];
    for (kind, value) in [
        (0x01, &b"\x00\x00\x5e\x00\x53\x01"[..]),
        (0x03, b"UAPEX.v4.3.0"),
        (0x06, b"admin"),
        (0x0b, b"ap-ward-2"),
        (0x0c, b"U7PG2"),
        (0x0d, b"Staff"),
        (0x16, b"4.3.0"),
    ] {
        fields.extend([&[kind, 0, value.len() as u8][..], value].concat());
    }
    [&[2, 6, 0, fields.len() as u8][..], &fields].concat()
}

fn udp(payload: &[u8]) -> Packet<'_> {
    packet(Carrier::Udp, (40_000, 10_001), payload)
}

datagram_kit!(PROTOCOL, question => udp(&[1, 0, 0, 0]), announcement => udp(&super::announcement()));

#[test]
fn reads_product_firmware_and_name() {
    let recording = handle(&PROTOCOL, &udp(&announcement())).unwrap();
    assert_eq!(recording.values("ubdp.product"), ["U7PG2"]);
    assert_eq!(recording.values("ubdp.firmware"), ["4.3.0"]);
    assert_eq!(recording.values("ubdp.hostname"), ["ap-ward-2"]);
}

#[test]
fn never_keeps_users_and_wireless_networks() {
    let kept = format!("{:?}", handle(&PROTOCOL, &udp(&announcement())).unwrap());
    assert!(!kept.contains("admin") && !kept.contains("Staff"));
}

#[test]
fn field_past_the_end_is_an_anomaly() {
    let recording = handle(&PROTOCOL, &udp(&[1, 0, 0, 4, 0x0b, 0, 9, b'x'])).unwrap();
    assert_eq!(recording.anomaly_names(), ["malformed"]);
}

#[test]
fn other_bytes_are_not_discovery() {
    for other in [&[1, 0, 0, 1][..], &[3, 0, 0, 0], &[1, 99, 0, 0], &[1], &[]] {
        assert!(handle(&PROTOCOL, &udp(other)).is_none());
    }
}
