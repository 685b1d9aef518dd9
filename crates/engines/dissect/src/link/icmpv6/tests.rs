//! Tests of ICMPv6 neighbour discovery.

use std::net::IpAddr;

use model::Subject;

use super::PROTOCOL;
use crate::kit::{Recording, handle, packet};
use crate::{Carrier, Packet, datagram_kit};

const MAC: [u8; 6] = [0x00, 0x00, 0x5e, 0x00, 0x53, 0x01];
const ADDRESS: [u8; 16] = [0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];

fn link_address(kind: u8) -> Vec<u8> {
    [&[kind, 1][..], &MAC].concat()
}

fn neighbor_advertisement() -> Vec<u8> {
    [&[136, 0, 0, 0, 0xa0, 0, 0, 0][..], &ADDRESS, &link_address(2)].concat()
}

fn neighbor_solicitation() -> Vec<u8> {
    [&[135, 0, 0, 0, 0, 0, 0, 0][..], &[0x20; 16], &link_address(1)].concat()
}

fn router_advertisement() -> Vec<u8> {
    let prefix: [u8; 16] = [0x20, 0x01, 0x0d, 0xb8, 0, 0x42, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let server: [u8; 16] = [0x20, 0x01, 0x0d, 0xb8, 0, 0x42, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x53];
    [
        &[134, 0, 0, 0, 64, 0xc0, 0x07, 0x08, 0, 0, 0, 0, 0, 0, 0, 0][..],
        &link_address(1),
        &[3, 4, 64, 0xc0, 0, 0, 0, 60, 0, 0, 0, 60, 0, 0, 0, 0],
        &prefix,
        &[25, 3, 0, 0, 0, 0, 0, 60],
        &server,
        &[31, 2, 0, 0, 0, 0, 0, 60, 3, b'i', b'c', b'u', 0, 0, 0, 0],
    ]
    .concat()
}

fn message(payload: &[u8]) -> Packet<'_> {
    Packet { src_ip: Some(IpAddr::from(ADDRESS)), ttl: 255, ..packet(Carrier::Ip(58), (0, 0), payload) }
}

fn read(bytes: &[u8]) -> Recording {
    handle(&PROTOCOL, &message(bytes)).unwrap()
}

fn bound(recording: &Recording) -> Vec<(String, String)> {
    recording.bindings.iter().map(|bound| (bound.mac.to_string(), bound.ip.to_string())).collect()
}

datagram_kit!(
    PROTOCOL,
    advertisement => message(&neighbor_advertisement()),
    solicitation => message(&neighbor_solicitation()),
    router => message(&router_advertisement()),
);

#[test]
fn advertisement_binds_the_target() {
    let recording = read(&neighbor_advertisement());
    assert_eq!(bound(&recording), [("00:00:5e:00:53:01".to_owned(), "fe80::1".to_owned())]);
    assert_eq!(recording.values("icmpv6.nd.na.flag.r"), ["1"]);
    assert!(recording.anomalies.is_empty());
}

#[test]
fn solicitation_binds_the_sender_and_not_the_target() {
    let recording = read(&neighbor_solicitation());
    assert_eq!(bound(&recording), [("00:00:5e:00:53:01".to_owned(), "fe80::1".to_owned())]);
    assert!(recording.facts.is_empty());
}

#[test]
fn router_tells_itself_its_prefix_and_the_name_servers() {
    let recording = read(&router_advertisement());
    assert!(recording.anomalies.is_empty());
    assert_eq!(bound(&recording).len(), 1);
    assert_eq!(recording.values("icmpv6.nd.ra.router_lifetime"), ["1800"]);
    assert_eq!(recording.values("icmpv6.opt.prefix"), ["2001:db8:42::"]);
    assert_eq!(recording.values("icmpv6.opt.dnssl"), ["icu"]);
    let server = "2001:db8:42::53".parse().unwrap();
    assert!(recording.facts.contains(&(
        Subject::Ip(server),
        "icmpv6.opt.rdnss",
        "2001:db8:42::53".to_owned()
    )));
}

#[test]
fn address_detection_binds_nothing() {
    let bytes = neighbor_solicitation();
    let probe = Packet { src_ip: Some("::".parse().unwrap()), ..message(&bytes) };
    assert!(handle(&PROTOCOL, &probe).unwrap().bindings.is_empty());
}

#[test]
fn message_that_passed_a_router_is_not_believed() {
    let bytes = neighbor_advertisement();
    let recording = handle(&PROTOCOL, &Packet { ttl: 254, ..message(&bytes) }).unwrap();
    assert!(recording.bindings.is_empty());
    assert_eq!(recording.anomaly_names(), ["hop_limit"]);
}

#[test]
fn echo_and_listener_reports_say_nothing() {
    for kind in [1, 128, 129, 130, 131, 132, 143] {
        let recording = read(&[kind, 0, 0, 0, 0, 1, 0, 1]);
        assert!(recording.facts.is_empty() && recording.anomalies.is_empty());
    }
}

#[test]
fn notes_what_deviates() {
    assert_eq!(read(&[136, 0, 0, 0]).anomaly_names(), ["truncated"]);
    assert_eq!(read(&[133, 0, 0, 0, 0, 0, 0, 0, 1, 0]).anomaly_names(), ["option_length"]);
    assert_eq!(read(&[133, 0, 0, 0, 0, 0, 0, 0, 1, 9]).anomaly_names(), ["option_length"]);
    let many = [&[133, 0, 0, 0, 0, 0, 0, 0][..], &[14, 1, 0, 0, 0, 0, 0, 0].repeat(40)].concat();
    assert_eq!(read(&many).anomaly_names(), ["too_many_options"]);
    let mut forged = neighbor_advertisement();
    forged[31] = 0x99;
    assert_eq!(read(&forged).anomaly_names(), ["link_address_not_frame_source"]);
}
