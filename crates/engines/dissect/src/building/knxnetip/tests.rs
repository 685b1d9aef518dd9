//! Tests of KNXnet/IP.

use model::Weakness;

use super::PROTOCOL;
use crate::kit::{handle, packet};
use crate::{Carrier, Packet, datagram_kit};

fn message(service: u16, body: &[u8]) -> Vec<u8> {
    [&[6, 0x10][..], &service.to_be_bytes(), &(body.len() as u16 + 6).to_be_bytes(), body].concat()
}

fn search_response() -> Vec<u8> {
    let mut body = vec![8, 1, 10, 0, 0, 7, 0x0e, 0x57, 54, 1, 2, 0, 0x11, 0, 0, 0];
    body.extend([0, 0xc5, 1, 2, 3, 4, 224, 0, 23, 12, 0, 0, 0x5e, 0, 0x53, 1]);
    let mut name = b"Gateway floor 2".to_vec();
    name.resize(30, 0);
    body.extend(name);
    body.extend([4, 2, 2, 1]);
    message(0x0202, &body)
}

fn udp(payload: &[u8]) -> Packet<'_> {
    packet(Carrier::Udp, (3_671, 50_000), payload)
}

datagram_kit!(PROTOCOL, search_response => udp(&super::search_response()));

#[test]
fn reads_the_device_information() {
    let recording = handle(&PROTOCOL, &udp(&search_response())).unwrap();
    assert_eq!(recording.values("knxip.device.name"), ["Gateway floor 2"]);
    assert_eq!(recording.values("knxip.sernr"), ["00c501020304"]);
    assert_eq!(recording.values("knxip.manufacturer"), ["197"]);
    assert_eq!(recording.values("knxip.macaddr"), ["00:00:5e:00:53:01"]);
}

#[test]
fn open_connection_is_a_weakness_and_a_refusal_is_not() {
    let opened = handle(&PROTOCOL, &udp(&message(0x0206, &[1, 0]))).unwrap();
    assert_eq!(opened.weaknesses[0].weakness, Weakness::UnauthenticatedControl);
    assert!(handle(&PROTOCOL, &udp(&message(0x0206, &[0, 0x24]))).unwrap().weaknesses.is_empty());
}

#[test]
fn secured_messages_are_encrypted() {
    assert!(handle(&PROTOCOL, &udp(&message(0x0950, &[0; 40]))).unwrap().encrypted);
}

#[test]
fn block_past_the_end_is_an_anomaly() {
    assert_eq!(
        handle(&PROTOCOL, &udp(&message(0x0204, &[54, 1, 2]))).unwrap().anomaly_names(),
        ["malformed"]
    );
}

#[test]
fn other_bytes_are_not_knxnetip() {
    for other in [&[6, 0x10, 2, 1, 0, 14][..], &[6, 0x10, 0x20, 1, 0, 6], &[6, 0x11, 2, 1, 0, 6], &[]] {
        assert!(handle(&PROTOCOL, &udp(other)).is_none());
    }
}
