//! Tests of DHCP for IPv6.

use std::net::IpAddr;

use model::{MacAddr, Subject};

use super::PROTOCOL;
use crate::kit::{Recording, handle, packet};
use crate::{Carrier, Packet, datagram_kit};

const MAC: [u8; 6] = [0x00, 0x00, 0x5e, 0x00, 0x53, 0x66];

fn option(code: u16, data: &[u8]) -> Vec<u8> {
    let mut bytes = code.to_be_bytes().to_vec();
    bytes.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
    bytes.extend(data);
    bytes
}

fn duid() -> Vec<u8> {
    [&[0, 1, 0, 1, 0x2a, 0, 0, 0][..], &MAC].concat()
}

fn solicit() -> Vec<u8> {
    [
        vec![1, 0x12, 0x34, 0x56],
        option(1, &duid()),
        option(8, &[0, 0]),
        option(16, b"\x00\x00\x01\x37\x00\x08MSFT 5.0"),
        option(15, b"\x00\x04ward"),
        option(39, b"\x00\x05mon-6\x03icu\x00"),
        option(6, &[0, 17, 0, 23, 0, 24, 0, 39]),
        option(112, b"https://mud.example/mon"),
        option(17, &[0, 0, 0x11, 0x8b]),
    ]
    .concat()
}

fn address(last: u8) -> [u8; 16] {
    [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last]
}

fn reply() -> Vec<u8> {
    let given = [&address(6)[..], &[0, 0, 14, 16, 0, 0, 28, 32]].concat();
    let taken_away = [&address(7)[..], &[0; 8]].concat();
    let association = [vec![0; 12], option(5, &given), option(5, &taken_away)].concat();
    [
        vec![7, 0x12, 0x34, 0x56],
        option(1, &duid()),
        option(2, &[0, 2, 0, 0, 0, 9, 1, 2, 3, 4]),
        option(3, &association),
        option(23, &address(0x53)),
        option(31, &address(0x31)),
        option(56, &option(1, &address(0x56))),
        option(24, b"\x03icu\x07example\x00"),
    ]
    .concat()
}

fn relayed(kind: u8, message: &[u8], more: &[u8]) -> Vec<u8> {
    let peer = [0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x66];
    [&[kind, 0][..], &address(1), &peer, &option(18, b"port-6"), &option(9, message), more].concat()
}

fn datagram(bytes: &[u8]) -> Packet<'_> {
    packet(Carrier::Udp, (546, 547), bytes)
}

fn read(bytes: &[u8]) -> Recording {
    handle(&PROTOCOL, &datagram(bytes)).unwrap()
}

datagram_kit!(
    PROTOCOL,
    solicitation => datagram(&solicit()),
    answer => datagram(&reply()),
    relayed_twice => datagram(&relayed(12, &relayed(12, &solicit(), &[]), &[])),
);

#[test]
fn client_tells_its_name_and_its_fingerprint() {
    let recording = read(&solicit());
    assert!(recording.anomalies.is_empty());
    assert!(recording.facts.iter().all(|fact| fact.0 == Subject::Sender));
    for (field, value) in [
        ("dhcpv6.msgtype", "1"),
        ("dhcpv6.option_order", "1,8,16,15,39,6,112,17"),
        ("dhcpv6.requested_option_code", "17,23,24,39"),
        ("dhcpv6.duid.type", "1"),
        ("dhcpv6.duid.bytes", "000100012a00000000005e005366"),
        ("dhcpv6.duidllt.link_layer_addr", "00:00:5e:00:53:66"),
        ("dhcpv6.vendorclass.enterprise", "311"),
        ("dhcpv6.vendorclass.data", "MSFT 5.0"),
        ("dhcpv6.userclass.opaque_data", "ward"),
        ("dhcpv6.client_domain", "mon-6.icu"),
        ("dhcpv6.mudurl", "https://mud.example/mon"),
        ("dhcpv6.vendoropts.enterprise", "4491"),
    ] {
        assert_eq!(recording.values(field), [value], "{field}");
    }
}

#[test]
fn reply_binds_the_address_given_and_names_the_servers() {
    let recording = read(&reply());
    assert!(recording.anomalies.is_empty());
    let bound: Vec<_> =
        recording.bindings.iter().map(|bound| (bound.mac.to_string(), bound.ip.to_string())).collect();
    assert_eq!(bound, [("00:00:5e:00:53:02".to_owned(), "2001:db8::6".to_owned())]);
    let about = |field: &str| recording.facts.iter().find(|fact| fact.1 == field).map(|fact| fact.0);
    let station = |last| Some(Subject::Ip(IpAddr::from(address(last))));
    assert_eq!(about("dhcpv6.dns_server"), station(0x53));
    assert_eq!(about("dhcpv6.sntp_server"), station(0x31));
    assert_eq!(about("dhcpv6.ntpserver.addr"), station(0x56));
    assert_eq!(about("dhcpv6.search_list_entry"), Some(Subject::Receiver));
    assert_eq!(about("dhcpv6.duiden.enterprise"), Some(Subject::Sender));
    assert_eq!(recording.values("dhcpv6.duid.type"), ["2"]);
}

#[test]
fn relayed_client_is_whom_the_relay_names() {
    let named = relayed(12, &solicit(), &option(79, &[&[0, 1][..], &MAC].concat()));
    let about = |bytes: &[u8]| {
        read(bytes).facts.iter().find(|fact| fact.1 == "dhcpv6.client_domain").map(|fact| fact.0)
    };
    assert_eq!(about(&named), Some(Subject::Mac(MacAddr::new(MAC))));
    let peer = Subject::Ip("fe80::66".parse().unwrap());
    assert_eq!(about(&relayed(12, &solicit(), &[])), Some(peer));
    let recording = read(&relayed(12, &relayed(12, &solicit(), &[]), &[]));
    assert_eq!(recording.values("dhcpv6.interface_id"), ["port-6"]);
    assert_eq!(recording.values("dhcpv6.linkaddr"), ["2001:db8::1"]);
}

#[test]
fn relayed_reply_is_not_about_the_relay() {
    let recording = read(&relayed(13, &reply(), &[]));
    assert!(recording.bindings.is_empty());
    assert!(recording.facts.iter().all(|fact| matches!(fact.0, Subject::Ip(_))));
}

#[test]
fn notes_what_deviates() {
    let client = option(1, &duid());
    let of = |bytes: &[u8]| read(bytes).anomaly_names();
    assert_eq!(of(&[&[1, 0, 0, 0][..], &client, &[0, 6, 0, 9, 1]].concat()), ["option_overrun"]);
    assert_eq!(
        of(&[&[1, 0, 0, 0][..], &client, &option(99, &[]).repeat(200)].concat()),
        ["too_many_options"]
    );
    assert_eq!(of(&[&[1, 0, 0, 0][..], &option(8, &[0, 0])].concat()), ["no_client_identifier"]);
    assert_eq!(of(&relayed(12, &[], &[])), ["empty_relay"]);
    let mut deep = solicit();
    for _ in 0..12 {
        deep = relayed(12, &deep, &[]);
    }
    assert_eq!(of(&deep), ["too_many_relays"]);
}

#[test]
fn other_datagrams_are_left() {
    for bytes in [&[][..], &[0; 40], &[1; 40], &[99, 0, 0, 0, 0, 1, 0, 0], &[1, 0, 0, 0, 0, 1, 9, 0]] {
        assert!(handle(&PROTOCOL, &datagram(bytes)).is_none());
    }
}
