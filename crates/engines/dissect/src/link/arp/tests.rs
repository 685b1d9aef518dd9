//! Tests of ARP.

use super::PROTOCOL;
use crate::kit::{handle, packet};
use crate::{Carrier, Packet, datagram_kit};

const REPLY: [u8; 28] = [
    0x00, 0x01, 0x08, 0x00, 6, 4, 0x00, 0x02, // Ethernet, IPv4, reply
    0x00, 0x00, 0x5e, 0x00, 0x53, 0x01, 10, 0, 0, 1, // sender
    0x00, 0x00, 0x5e, 0x00, 0x53, 0x02, 10, 0, 0, 2, // target
];

fn frame(payload: &[u8]) -> Packet<'_> {
    packet(Carrier::EtherType(0x0806), (0, 0), payload)
}

datagram_kit!(PROTOCOL, reply => frame(&REPLY));

#[test]
fn reply_binds_the_sender_only() {
    let recording = handle(&PROTOCOL, &frame(&REPLY)).unwrap();
    let bound: Vec<_> =
        recording.bindings.iter().map(|binding| (binding.mac.to_string(), binding.ip.to_string())).collect();
    assert_eq!(bound, [("00:00:5e:00:53:01".to_owned(), "10.0.0.1".to_owned())]);
    assert!(recording.anomalies.is_empty());
}

#[test]
fn probe_claims_no_address() {
    let mut probe = REPLY;
    probe[14..18].copy_from_slice(&[0; 4]);
    assert!(handle(&PROTOCOL, &frame(&probe)).unwrap().bindings.is_empty());
}

#[test]
fn notes_a_sender_that_is_not_the_frame_source() {
    let mut forged = REPLY;
    forged[13] = 0x99;
    assert_eq!(handle(&PROTOCOL, &frame(&forged)).unwrap().anomaly_names(), ["sender_not_frame_source"]);
}

#[test]
fn notes_other_address_types() {
    let mut token_ring = REPLY;
    token_ring[1] = 6;
    assert_eq!(handle(&PROTOCOL, &frame(&token_ring)).unwrap().anomaly_names(), ["other_address_types"]);
}
