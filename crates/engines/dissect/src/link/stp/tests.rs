//! Tests of spanning tree.

use super::PROTOCOL;
use crate::kit::{Recording, handle, packet};
use crate::{Carrier, Packet, datagram_kit};

const CONFIGURATION: [u8; 35] = [
    0, 0, 2, 2, 0x3c, // protocol, version, type, flags
    0x10, 0x2a, 0x00, 0x00, 0x5e, 0x00, 0x53, 0x01, // root
    0, 0, 0, 4, // cost
    0x80, 0x2a, 0x00, 0x00, 0x5e, 0x00, 0x53, 0x02, // bridge
    0x80, 0x05, 1, 0, 20, 0, 2, 0, 15, 0, // port, timers
];

fn frame(payload: &[u8]) -> Packet<'_> {
    packet(Carrier::Llc { dsap: 0x42 }, (0, 0), payload)
}

fn read(bytes: &[u8]) -> Recording {
    handle(&PROTOCOL, &frame(bytes)).unwrap()
}

datagram_kit!(PROTOCOL, configuration => frame(&CONFIGURATION));

#[test]
fn configuration_tells_bridge_and_root() {
    let recording = read(&CONFIGURATION);
    for (field, value) in [
        ("stp.version", "2"),
        ("stp.root.hw", "00:00:5e:00:53:01"),
        ("stp.bridge.hw", "00:00:5e:00:53:02"),
        ("stp.bridge.prio", "32768"),
        ("stp.bridge.ext", "42"),
    ] {
        assert_eq!(recording.values(field), [value], "{field}");
    }
}

#[test]
fn topology_change_tells_the_version_only() {
    assert_eq!(read(&[0, 0, 0, 0x80]).facts.len(), 1);
}

#[test]
fn notes_what_deviates() {
    assert_eq!(read(&[0, 0, 0, 0, 0]).anomaly_names(), ["truncated"]);
    assert_eq!(read(&[0, 0, 0, 7]).anomaly_names(), ["unknown_type"]);
    assert!(handle(&PROTOCOL, &frame(&[1, 0, 0, 0])).is_none());
}
