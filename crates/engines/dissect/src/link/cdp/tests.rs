//! Tests of CDP.

use model::Subject;

use super::PROTOCOL;
use crate::kit::{Recording, handle, packet};
use crate::{Carrier, Packet, datagram_kit};

const HEADER: [u8; 4] = [2, 180, 0, 0];

fn tlv(kind: u16, value: &[u8]) -> Vec<u8> {
    let mut bytes = kind.to_be_bytes().to_vec();
    bytes.extend(u16::try_from(value.len() + 4).unwrap().to_be_bytes());
    bytes.extend(value);
    bytes
}

fn switch() -> Vec<u8> {
    let addresses = [
        &[0, 0, 0, 2][..],
        &[1, 1, 0xcc, 0, 4, 10, 0, 0, 7],
        &[2, 8, 0xaa, 0xaa, 3, 0, 0, 0, 0x86, 0xdd, 0, 16],
        &[0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7],
    ]
    .concat();
    [
        HEADER.to_vec(),
        tlv(1, b"sw-or-2.example"),
        tlv(2, &addresses),
        tlv(3, b"Gi1/0/7"),
        tlv(4, &[0, 0, 0, 0x29]),
        tlv(5, b"Example IOS, Version 15.2"),
        tlv(6, b"example WS-1"),
        tlv(9, b"or"),
        tlv(10, &[0, 30]),
        tlv(0x14, b"sw-or-2"),
        tlv(0x17, b"\x00OR 2"),
    ]
    .concat()
}

fn telephone() -> Vec<u8> {
    let equipment = [&[0; 28][..], b"CP-0000-EXAMPLE\0", &[0, 0], b"V01", b"FCH0000EX01", &[0; 12]].concat();
    [HEADER.to_vec(), tlv(1, b"SEP00005E005301"), tlv(0x1d, &equipment)].concat()
}

fn frame(payload: &[u8]) -> Packet<'_> {
    packet(Carrier::Snap { oui: 0x0c, protocol: 0x2000 }, (0, 0), payload)
}

fn read(bytes: &[u8]) -> Recording {
    handle(&PROTOCOL, &frame(bytes)).unwrap()
}

datagram_kit!(PROTOCOL, of_a_switch => frame(&switch()), of_a_telephone => frame(&telephone()));

#[test]
fn switch_tells_who_it_is() {
    let recording = read(&switch());
    assert!(recording.anomalies.is_empty());
    assert!(recording.facts.iter().all(|fact| fact.0 == Subject::Sender));
    for (field, value) in [
        ("cdp.deviceid", "sw-or-2.example"),
        ("cdp.nrgyz.ip_address", "10.0.0.7"),
        ("cdp.nrgyz.ipv6_address", "fe80::7"),
        ("cdp.portid", "Gi1/0/7"),
        ("cdp.capabilities", "0x00000029"),
        ("cdp.capabilities.router", "1"),
        ("cdp.capabilities.switch", "1"),
        ("cdp.software_version", "Example IOS, Version 15.2"),
        ("cdp.platform", "example WS-1"),
        ("cdp.vtp_management_domain", "or"),
        ("cdp.native_vlan", "30"),
        ("cdp.system_name", "sw-or-2"),
        ("cdp.location", "OR 2"),
    ] {
        assert_eq!(recording.values(field), [value], "{field}");
    }
}

#[test]
fn energy_wise_tells_model_and_serial() {
    let recording = read(&telephone());
    assert_eq!(recording.values("cdp.model_number"), ["CP-0000-EXAMPLE"]);
    assert_eq!(recording.values("cdp.hardware_version_id"), ["V01"]);
    assert_eq!(recording.values("cdp.system_serial_number"), ["FCH0000EX01"]);
}

#[test]
fn notes_what_deviates() {
    let of = |rest: &[u8]| read(&[&HEADER[..], rest].concat()).anomaly_names();
    assert_eq!(of(&[0, 1, 0, 3]), ["tlv_length"]);
    assert_eq!(of(&[0, 1, 0, 9, b'x']), ["tlv_length"]);
    assert_eq!(of(&tlv(4, &[0])), ["tlv_too_short"]);
    assert_eq!(of(&tlv(6, b"x").repeat(100)), ["too_many_tlvs"]);
    let many = [&[0, 0, 0, 200][..], &[1, 1, 0xcc, 0, 4, 10, 0, 0, 7].repeat(200)].concat();
    assert_eq!(of(&tlv(2, &many)), ["too_many_addresses"]);
    assert_eq!(read(&[9, 180, 0, 0]).anomaly_names(), ["unknown_version"]);
    assert_eq!(read(&[2]).anomaly_names(), ["truncated"]);
}
