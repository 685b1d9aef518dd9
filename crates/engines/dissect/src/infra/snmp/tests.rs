//! Tests of SNMP.

use model::{Subject, Weakness};

use super::PROTOCOL;
use crate::kit::{handle, packet};
use crate::{Carrier, Packet, datagram_kit};

fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    match content.len() {
        short @ 0..=127 => [&[tag, short as u8], content].concat(),
        long => [&[tag, 0x82], &(long as u16).to_be_bytes()[..], content].concat(),
    }
}

fn variable(oid: &[u8], value: &[u8]) -> Vec<u8> {
    tlv(0x30, &[&tlv(6, oid)[..], value].concat())
}

fn pdu(tag: u8, variables: &[u8]) -> Vec<u8> {
    tlv(tag, &[&tlv(2, &[1])[..], &tlv(2, &[0]), &tlv(2, &[0]), &tlv(0x30, variables)].concat())
}

fn v2c(community: &[u8], pdu: &[u8]) -> Vec<u8> {
    tlv(0x30, &[&tlv(2, &[1])[..], &tlv(4, community), pdu].concat())
}

fn answer() -> Vec<u8> {
    let variables = [
        variable(&[0x2b, 6, 1, 2, 1, 1, 1, 0], &tlv(4, b"Example UPS 3000, FW 1.7")),
        variable(&[0x2b, 6, 1, 2, 1, 1, 2, 0], &tlv(6, &[0x2b, 6, 1, 4, 1, 0x82, 0x3e, 1])),
        variable(&[0x2b, 6, 1, 2, 1, 1, 4, 0], &tlv(4, b"somebody@example")),
        variable(&[0x2b, 6, 1, 2, 1, 1, 5, 0], &tlv(4, b"ups-icu-1")),
        variable(&[0x2b, 6, 1, 2, 1, 47, 1, 1, 1, 1, 11, 1], &tlv(4, b"SN-77")),
    ];
    v2c(b"public", &pdu(0xa2, &variables.concat()))
}

fn v3(flags: u8) -> Vec<u8> {
    let engine = [0x80, 0, 0, 9, 3, 0, 0, 0x5e, 0, 0x53, 1];
    let global = [tlv(2, &[1]), tlv(2, &[5, 0]), tlv(4, &[flags]), tlv(2, &[3])].concat();
    let security =
        [tlv(4, &engine), tlv(2, &[1]), tlv(2, &[1]), tlv(4, b"monitor"), tlv(4, b""), tlv(4, b"")].concat();
    let scoped = [tlv(4, &engine), tlv(4, b""), pdu(0xa2, b"")].concat();
    let parts = [tlv(2, &[3]), tlv(0x30, &global), tlv(4, &tlv(0x30, &security)), tlv(0x30, &scoped)];
    tlv(0x30, &parts.concat())
}

fn udp(payload: &[u8]) -> Packet<'_> {
    packet(Carrier::Udp, (161, 40_000), payload)
}

datagram_kit!(PROTOCOL, version_2c => udp(&answer()), version_3 => udp(&v3(4)));

#[test]
fn reads_what_the_agent_says_of_itself() {
    let recording = handle(&PROTOCOL, &udp(&answer())).unwrap();
    assert_eq!(recording.values("snmp.sysDescr"), ["Example UPS 3000, FW 1.7"]);
    assert_eq!(recording.values("snmp.sysObjectID"), ["1.3.6.1.4.1.318.1"]);
    assert_eq!(recording.values("snmp.sysName"), ["ups-icu-1"]);
    assert_eq!(recording.values("snmp.entPhysicalSerialNum"), ["SN-77"]);
    assert!(!format!("{recording:?}").contains("somebody"));
}

#[test]
fn only_a_well_known_community_is_kept() {
    let recording = handle(&PROTOCOL, &udp(&answer())).unwrap();
    assert!(recording.weaknesses.iter().any(|note| note.weakness == Weakness::DefaultCommunity));
    let secret = v2c(b"s3cr3t", &pdu(0xa0, &[]));
    let recording = handle(&PROTOCOL, &udp(&secret)).unwrap();
    assert!(!format!("{recording:?}").contains("s3cr3t"));
    assert!(recording.weaknesses.iter().all(|note| note.subject == Subject::Receiver));
}

#[test]
fn reads_the_engine_of_version_3_and_never_the_user() {
    let recording = handle(&PROTOCOL, &udp(&v3(4))).unwrap();
    assert_eq!(recording.values("snmp.engineid.enterprise"), ["9"]);
    assert_eq!(recording.values("snmp.engineid.mac"), ["00:00:5e:00:53:01"]);
    assert!(!format!("{recording:?}").contains("monitor"));
    assert!(recording.weaknesses.iter().any(|note| note.weakness == Weakness::NoAuthentication));
}

#[test]
fn other_bytes_are_not_snmp() {
    for other in [&b"0\x03\x02\x01\x07"[..], b"GET / HTTP/1.1", &[0x30, 0x82, 0xff, 0xff, 2, 1, 1], &[]] {
        assert!(handle(&PROTOCOL, &udp(other)).is_none());
    }
}
