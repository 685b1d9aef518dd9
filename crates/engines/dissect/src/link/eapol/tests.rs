//! Tests of EAPOL.

use model::Weakness;

use super::PROTOCOL;
use crate::kit::{Recording, handle, packet};
use crate::{Carrier, Packet, datagram_kit};

fn eapol(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![1, kind];
    bytes.extend(u16::try_from(body.len()).unwrap().to_be_bytes());
    bytes.extend(body);
    bytes
}

fn eap(code: u8, data: &[u8]) -> Vec<u8> {
    let mut bytes = vec![code, 7];
    bytes.extend(u16::try_from(data.len() + 4).unwrap().to_be_bytes());
    bytes.extend(data);
    eapol(0, &bytes)
}

fn attribute(kind: u16, value: &[u8]) -> Vec<u8> {
    let mut bytes = kind.to_be_bytes().to_vec();
    bytes.extend(u16::try_from(value.len()).unwrap().to_be_bytes());
    bytes.extend(value);
    bytes
}

fn protected_setup() -> Vec<u8> {
    let data = [
        &[254, 0x00, 0x37, 0x2a, 0, 0, 0, 1, 4, 0][..],
        &attribute(0x104a, &[0x10]),
        &attribute(0x1021, b"Example Medical"),
        &attribute(0x1023, b"Scale 5"),
        &attribute(0x1024, b"5-W"),
        &attribute(0x1042, b"SN-0005"),
        &attribute(0x1011, b"Ward scale"),
        &attribute(0x1054, &[0, 11, 0, 0x50, 0xf2, 4, 0, 1]),
        &attribute(0x102d, &[0x80, 0, 0, 1]),
    ]
    .concat();
    eap(2, &data)
}

fn frame(payload: &[u8]) -> Packet<'_> {
    packet(Carrier::EtherType(0x888E), (0, 0), payload)
}

fn read(bytes: &[u8]) -> Recording {
    handle(&PROTOCOL, &frame(bytes)).unwrap()
}

fn weaknesses(bytes: &[u8]) -> Vec<Weakness> {
    read(bytes).weaknesses.iter().map(|note| note.weakness).collect()
}

datagram_kit!(
    PROTOCOL,
    identity => frame(&eap(2, b"\x01host/cart-3.example")),
    wifi_protected_setup => frame(&protected_setup()),
);

#[test]
fn machine_identity_tells_the_name() {
    let recording = read(&eap(2, b"\x01host/cart-3.example"));
    assert_eq!(recording.values("eap.identity"), ["host/cart-3.example"]);
    assert!(recording.weaknesses.is_empty());
}

#[test]
fn user_name_is_a_weakness_and_is_not_kept() {
    let recording = read(&eap(2, b"\x01nurse.jane"));
    assert!(recording.facts.is_empty());
    assert_eq!(weaknesses(&eap(2, b"\x01nurse.jane")), [Weakness::CleartextUserName]);
}

#[test]
fn anonymous_identity_says_nothing() {
    for identity in [&b"\x01anonymous@example.org"[..], b"\x01@example.org", b"\x01"] {
        let recording = read(&eap(2, identity));
        assert!(recording.facts.is_empty() && recording.weaknesses.is_empty());
    }
}

#[test]
fn weak_methods_are_told() {
    assert_eq!(weaknesses(&eap(2, &[4, 16])), [Weakness::WeakEap]);
    assert_eq!(weaknesses(&eap(2, &[17, 1])), [Weakness::WeakEap]);
    assert_eq!(weaknesses(&eap(2, &[6, b'x'])), [Weakness::CleartextCredentials]);
    assert!(weaknesses(&eap(2, &[13, 0])).is_empty());
    assert_eq!(read(&eap(2, &[13, 0])).values("eap.type"), ["13"]);
}

#[test]
fn refusal_tells_which_methods_are_preferred() {
    assert_eq!(read(&eap(2, &[3, 25, 13])).values("eap.desired_type"), ["25,13"]);
}

#[test]
fn request_for_identity_tells_the_access_point() {
    let recording = read(&eap(1, b"\x01Hello\0networkid=ward,nasid=ap-3,portid=0"));
    assert_eq!(recording.values("eap.identity"), ["networkid=ward,nasid=ap-3,portid=0"]);
}

#[test]
fn protected_setup_tells_manufacturer_model_and_serial() {
    let recording = read(&protected_setup());
    for (field, value) in [
        ("wps.manufacturer", "Example Medical"),
        ("wps.model_name", "Scale 5"),
        ("wps.model_number", "5-W"),
        ("wps.serial_number", "SN-0005"),
        ("wps.device_name", "Ward scale"),
        ("wps.primary_device_type", "000b0050f2040001"),
        ("wps.os_version", "0x80000001"),
    ] {
        assert_eq!(recording.values(field), [value], "{field}");
    }
}

#[test]
fn key_descriptor_tells_the_generation_of_wifi_protection() {
    assert_eq!(read(&eapol(3, &[254, 0, 0])).values("eapol.keydes.type"), ["254"]);
}

#[test]
fn notes_what_deviates() {
    assert_eq!(read(&[1, 0, 0, 9, 1]).anomaly_names(), ["truncated"]);
    assert_eq!(read(&eapol(0, &[2, 1, 0, 3, 1])).anomaly_names(), ["eap_length"]);
    assert_eq!(read(&eapol(0, &[2, 1, 0, 9, 1])).anomaly_names(), ["eap_length"]);
    assert_eq!(read(&eapol(0, &[9, 1, 0, 4])).anomaly_names(), ["unknown_eap_code"]);
    let many = [&[254, 0x00, 0x37, 0x2a, 0, 0, 0, 1, 4, 0][..], &attribute(0x1000, &[]).repeat(100)].concat();
    assert_eq!(read(&eap(2, &many)).anomaly_names(), ["too_many_attributes"]);
}
