//! Tests of multicast DNS.

use std::net::IpAddr;
use std::sync::LazyLock;

use model::Subject;

use super::PROTOCOL;
use crate::kit::{Recording, handle, packet};
use crate::tests::counted;
use crate::tests::dns::{AAAA, HINFO, IN, INET, PTR, SRV, TXT, header, name, question, record};
use crate::{Carrier, Packet, datagram_kit};

const QUERY: u16 = 0;
const RESPONSE: u16 = 0x8400;
/// Class IN of a record that replaces others (RFC 6762, 10.2).
const FLUSH: u16 = 0x8001;

fn strings(list: &[&str]) -> Vec<u8> {
    list.iter().flat_map(|string| counted(1, string.as_bytes())).collect()
}

fn service(port: u16, target: &str) -> Vec<u8> {
    [&[0, 0, 0, 0][..], &port.to_be_bytes(), &name(target)].concat()
}

/// What a printer announces: a service type, its instance with host and attributes, its host with addresses.
static PRINTER: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let instance = "Label printer._ipp._tcp.local";
    [
        header(RESPONSE, [0, 3, 0, 4]),
        record(&name("_services._dns-sd._udp.local"), PTR, IN, &name("_ipp._tcp.local")),
        record(&name("_ipp._tcp.local"), PTR, IN, &name(instance)),
        record(
            &name(instance),
            TXT,
            FLUSH,
            &strings(&["txtvers=1", "ty=Example LP-300", "usb_MFG=Example", "Color", "serialnumber=SN0815"]),
        ),
        record(&name(instance), SRV, FLUSH, &service(631, "LP300-77.local")),
        record(&name("LP300-77.local"), INET, FLUSH, &[10, 0, 0, 1]),
        record(&name("LP300-77.local"), AAAA, FLUSH, &[0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7]),
        record(&name("LP300-77.local"), HINFO, FLUSH, &strings(&["ARM", "LINUX"])),
    ]
    .concat()
});

/// A query with what others answered already (RFC 6762, 7.1).
static QUERIED: LazyLock<Vec<u8>> = LazyLock::new(|| {
    [
        header(QUERY, [2, 1, 0, 0]),
        question("_ipp._tcp.local", PTR, IN),
        question("7.0.0.10.in-addr.arpa", PTR, IN),
        record(&name("_ipp._tcp.local"), PTR, IN, &name("Other printer._ipp._tcp.local")),
    ]
    .concat()
});

/// A probe: the sender asks for its own name and says what it is going to claim (8.1).
static PROBE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    [
        header(QUERY, [1, 0, 1, 0]),
        question("ws12.local", 255, 0x8001),
        record(&name("ws12.local"), INET, IN, &[10, 0, 0, 1]),
    ]
    .concat()
});

fn datagram(payload: &[u8]) -> Packet<'_> {
    packet(Carrier::Udp, (5353, 5353), payload)
}

fn read(payload: &[u8]) -> Recording {
    handle(&PROTOCOL, &datagram(payload)).expect("mDNS")
}

datagram_kit!(
    PROTOCOL,
    printer => datagram(&PRINTER),
    queried => datagram(&QUERIED),
    probe => datagram(&PROBE),
);

#[test]
fn announcement_tells_services_attributes_and_host() {
    let recording = read(&PRINTER);
    assert_eq!(recording.values("mdns.service_type"), ["_ipp._tcp.local", "_ipp._tcp.local"]);
    assert_eq!(recording.values("dns.srv.service"), ["Label printer"]);
    assert_eq!(recording.values("dns.srv.proto"), ["_ipp"]);
    assert_eq!(recording.values("dns.srv.target"), ["LP300-77.local"]);
    assert_eq!(recording.values("dns.txt"), ["ty=Example LP-300", "usb_MFG=Example", "serialnumber=SN0815"]);
    assert_eq!(recording.values("dns.hinfo.cpu"), ["ARM"]);
    assert_eq!(recording.values("dns.hinfo.os"), ["LINUX"]);
    assert!(recording.anomalies.is_empty());
}

#[test]
fn announcement_is_about_its_sender_and_its_addresses() {
    let recording = read(&PRINTER);
    let own = [Subject::Ip(IpAddr::from([10, 0, 0, 1])), Subject::Ip("fe80::7".parse().unwrap())];
    for (subject, field, value) in &recording.facts {
        assert!(*subject == Subject::Sender || own.contains(subject), "{field} {value}");
    }
    let host = |subject| (subject, "dns.resp.name", "LP300-77.local".to_owned());
    assert!(recording.facts.contains(&host(own[0])) && recording.facts.contains(&host(own[1])));
}

#[test]
fn gateway_that_repeats_others_is_not_what_it_repeats() {
    let elsewhere = Packet { src_ip: Some(IpAddr::from([10, 0, 0, 254])), ..datagram(&PRINTER) };
    let recording = handle(&PROTOCOL, &elsewhere).unwrap();
    assert!(recording.facts.iter().all(|fact| fact.0 != Subject::Sender));
    let attribute = (Subject::Ip(IpAddr::from([10, 0, 0, 1])), "dns.txt", "usb_MFG=Example".to_owned());
    assert!(recording.facts.contains(&attribute));
}

#[test]
fn query_tells_what_is_looked_for_and_not_what_others_said() {
    let looked_for = (Subject::Sender, "dns.qry.name", "_ipp._tcp.local".to_owned());
    assert_eq!(read(&QUERIED).facts, [looked_for]);
}

#[test]
fn probe_tells_what_the_sender_claims() {
    let recording = read(&PROBE);
    assert!(recording.facts.contains(&(Subject::Sender, "dns.resp.name", "ws12.local".to_owned())));
}

#[test]
fn reverse_record_names_its_address() {
    let bytes = [
        header(RESPONSE, [0, 1, 0, 0]),
        record(&name("9.0.0.10.in-addr.arpa"), PTR, FLUSH, &name("pump9.local")),
    ];
    let named = (Subject::Ip(IpAddr::from([10, 0, 0, 9])), "dns.ptr.domain_name", "pump9.local".to_owned());
    assert_eq!(read(&bytes.concat()).facts, [named]);
}

#[test]
fn facts_of_one_message_are_bounded() {
    let list: Vec<String> = (0..500).map(|number| format!("key{number}=value")).collect();
    let list: Vec<&str> = list.iter().map(String::as_str).collect();
    let bytes = [header(RESPONSE, [0, 1, 0, 0]), record(&name("x.local"), TXT, FLUSH, &strings(&list))];
    let recording = read(&bytes.concat());
    assert_eq!(recording.facts.len(), 400);
    assert_eq!(recording.anomaly_names(), ["too_many_facts"]);
}

#[test]
fn notes_what_deviates() {
    let cut = &PRINTER[..PRINTER.len() - 3];
    assert_eq!(read(cut).anomaly_names(), ["overrun"]);
    let cut = Packet { truncated: true, ..datagram(cut) };
    assert!(handle(&PROTOCOL, &cut).unwrap().anomalies.is_empty());
    let first = record(&name("x.local"), INET, IN, &[10, 0, 0, 1]);
    let bad = [header(RESPONSE, [0, 2, 0, 0]), first, vec![0x80; 20]].concat();
    assert_eq!(read(&bad).anomaly_names(), ["bad_name"]);
}

#[test]
fn only_its_port_and_its_format_are_mdns() {
    assert!(handle(&PROTOCOL, &packet(Carrier::Udp, (40_000, 53), &PRINTER)).is_none());
    let empty = header(QUERY, [0; 4]);
    let update = [header(0x2800, [1, 0, 0, 0]), question("x.local", INET, IN)].concat();
    let too_many = header(RESPONSE, [0, 900, 0, 0]);
    for other in [&empty[..], &update, &too_many, b"M-SEARCH * HTTP/1.1\r\n", b"\0\x01"] {
        assert!(handle(&PROTOCOL, &datagram(other)).is_none(), "{other:x?}");
    }
}
