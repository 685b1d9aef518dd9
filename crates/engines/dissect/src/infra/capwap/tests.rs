//! Tests of CAPWAP.

use super::PROTOCOL;
use crate::kit::{Recording, handle, packet};
use crate::{Carrier, Packet, datagram_kit};

fn element(kind: u16, value: &[u8]) -> Vec<u8> {
    let mut bytes = kind.to_be_bytes().to_vec();
    bytes.extend(u16::try_from(value.len()).unwrap().to_be_bytes());
    bytes.extend(value);
    bytes
}

fn of_vendor(vendor: u32, kind: u16, value: &[u8]) -> Vec<u8> {
    [&vendor.to_be_bytes()[..], &element(kind, value)].concat()
}

fn control(kind: u8, elements: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 0x10, 0x02, 0, 0, 0, 0, 0]; // header of two words, IEEE 802.11
    bytes.extend([0, 0, 0, kind, 1]);
    bytes.extend(u16::try_from(elements.len() + 3).unwrap().to_be_bytes());
    bytes.push(0);
    bytes.extend(elements);
    bytes
}

fn discovery() -> Vec<u8> {
    let board = [
        12_356_u32.to_be_bytes().to_vec(),
        element(0, b"AP-100"),
        element(1, b"SN-100"),
        element(2, &[0xb0, 0x01]),
        element(4, &[0x00, 0x00, 0x5e, 0x00, 0x53, 0x44]),
    ]
    .concat();
    let descriptor = [
        vec![2, 2, 1, 1, 0, 0],
        of_vendor(12_356, 0, b"HW1"),
        of_vendor(12_356, 1, b"6.4.2"),
        of_vendor(12_356, 2, b"BOOT3"),
    ]
    .concat();
    let elements = [
        element(20, &[0]),
        element(38, &board),
        element(39, &descriptor),
        element(45, b"ap-icu-4"),
        element(28, b"ICU 4"),
        element(37, b"\x00\x00\x30\x44\x00\x10secret"),
    ]
    .concat();
    control(1, &elements)
}

fn datagram(bytes: &[u8]) -> Packet<'_> {
    packet(Carrier::Udp, (40_000, 5246), bytes)
}

fn read(bytes: &[u8]) -> Recording {
    handle(&PROTOCOL, &datagram(bytes)).unwrap()
}

fn value<'a>(recording: &'a Recording, field: &str) -> Vec<&'a str> {
    let prefix = "capwap.control.message_element.";
    recording.values(&format!("{prefix}{field}"))
}

datagram_kit!(PROTOCOL, request => datagram(&discovery()));

#[test]
fn access_point_tells_model_serial_and_versions() {
    let recording = read(&discovery());
    assert!(recording.anomalies.is_empty());
    for (field, expected) in [
        ("wtp_board_data.vendor", "12356"),
        ("wtp_board_data.wtp_model_number", "AP-100"),
        ("wtp_board_data.wtp_serial_number", "SN-100"),
        ("wtp_board_data.wtp_board_id", "b001"),
        ("wtp_board_data.base_mac_address", "00:00:5e:00:53:44"),
        ("wtp_descriptor.vendor", "12356"),
        ("wtp_descriptor.hardware_version", "HW1"),
        ("wtp_descriptor.active_software_version", "6.4.2"),
        ("wtp_descriptor.boot_version", "BOOT3"),
        ("wtp_name", "ap-icu-4"),
        ("location_data", "ICU 4"),
    ] {
        assert_eq!(value(&recording, field), [expected], "{field}");
    }
    assert!(!format!("{:?}", recording.facts).contains("secret"));
}

#[test]
fn descriptor_of_the_older_draft_is_read() {
    let descriptor = [
        vec![2, 2, 0, 1],
        of_vendor(0x0040_9600, 0, &[1, 0, 0, 0]),
        of_vendor(0x0040_9600, 1, &[7, 5, 102, 0]),
    ]
    .concat();
    let name = element(37, b"\x00\x40\x96\x00\x00\x05AP0000.5e00.5344");
    let recording = read(&control(1, &[element(39, &descriptor), name].concat()));
    assert_eq!(value(&recording, "wtp_descriptor.active_software_version"), ["7.5.102.0"]);
    assert_eq!(recording.values("capwap.control.cisco.rad_name"), ["AP0000.5e00.5344"]);
}

#[test]
fn controller_tells_name_and_versions() {
    let descriptor = [vec![0; 12], of_vendor(12_356, 4, b"HW2"), of_vendor(12_356, 5, b"8.1")].concat();
    let recording = read(&control(2, &[element(1, &descriptor), element(4, b"wlc-1")].concat()));
    assert_eq!(value(&recording, "ac_name"), ["wlc-1"]);
    assert_eq!(value(&recording, "ac_information.hardware_version"), ["HW2"]);
    assert_eq!(value(&recording, "ac_information.software_version"), ["8.1"]);
}

#[test]
fn secured_channel_is_encrypted() {
    assert!(read(&[1, 0, 0, 0, 22, 0xfe, 0xff, 0, 0]).encrypted);
}

#[test]
fn notes_what_deviates() {
    let of = |elements: &[u8]| read(&control(1, elements)).anomaly_names();
    assert_eq!(of(&[0, 45, 0, 9, b'x']), ["element_overrun"]);
    assert_eq!(of(&element(38, &[0])), ["element_too_short"]);
    assert_eq!(of(&element(50, &[]).repeat(100)), ["too_many_elements"]);
}

#[test]
fn other_datagrams_are_left() {
    let mut longer = discovery();
    longer.push(0);
    for bytes in [&longer[..], &[0; 40], &[1; 40], &[0, 0x10, 0x02, 0, 0, 0, 0, 0], &control(99, &[])] {
        assert!(handle(&PROTOCOL, &datagram(bytes)).is_none());
    }
}
