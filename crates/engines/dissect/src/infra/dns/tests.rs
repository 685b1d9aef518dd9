//! Tests of DNS.

use std::net::IpAddr;
use std::sync::LazyLock;

use model::Subject;

use super::message::{ENTRIES, Entry, Message};
use super::{PROTOCOL, TCP};
use crate::Side::{Originator, Responder};
use crate::kit::{Recording, handle, packet, play_whole};
use crate::tests::counted;
use crate::tests::dns::{AAAA, ANY, CHAOS, IN, INET, PTR, SOA, TXT, header, name, question, record};
use crate::{Carrier, Match, Packet, Probe, datagram_kit, stream_kit};

const QUERY: u16 = 0x0100;
const RESPONSE: u16 = 0x8180;
const UPDATE: u16 = 0x2800;

static ASKED: LazyLock<Vec<u8>> =
    LazyLock::new(|| [header(QUERY, [1, 0, 0, 0]), question("pacs.hospital.example", INET, IN)].concat());

/// An answer whose owners point back to the question; its alias is not of interest.
static ANSWERED: LazyLock<Vec<u8>> = LazyLock::new(|| {
    [
        header(RESPONSE, [1, 3, 0, 0]),
        question("pacs.hospital.example", INET, IN),
        record(&[0xc0, 12], 5, IN, &[&[4][..], b"real", &[0xc0, 17]].concat()),
        record(&[&[4][..], b"real", &[0xc0, 17]].concat(), INET, IN, &[10, 0, 0, 9]),
        record(&[0xc0, 12], AAAA, IN, &[0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9]),
    ]
    .concat()
});

static REVERSE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    [
        header(RESPONSE, [1, 1, 0, 0]),
        question("7.0.0.10.in-addr.arpa", PTR, IN),
        record(&[0xc0, 12], PTR, IN, &name("pump7.hospital.example")),
    ]
    .concat()
});

/// A client registers its address (RFC 2136, 2.5), after it took the old one back.
static REGISTERED: LazyLock<Vec<u8>> = LazyLock::new(|| {
    [
        header(UPDATE, [1, 0, 2, 0]),
        question("hospital.example", SOA, IN),
        record(&name("ws12.hospital.example"), INET, ANY, b""),
        record(&name("ws12.hospital.example"), INET, IN, &[10, 0, 0, 12]),
    ]
    .concat()
});

static VERSION: LazyLock<Vec<u8>> = LazyLock::new(|| {
    [
        header(RESPONSE, [1, 1, 0, 0]),
        question("version.bind", TXT, CHAOS),
        record(&[0xc0, 12], TXT, CHAOS, &counted(1, b"9.18.24")),
    ]
    .concat()
});

fn query(payload: &[u8]) -> Packet<'_> {
    packet(Carrier::Udp, (40_000, 53), payload)
}

fn answer(payload: &[u8]) -> Packet<'_> {
    packet(Carrier::Udp, (53, 40_000), payload)
}

fn elsewhere(payload: &[u8]) -> Packet<'_> {
    packet(Carrier::Udp, (40_000, 40_001), payload)
}

fn read(packet: &Packet<'_>) -> Recording {
    handle(&PROTOCOL, packet).expect("DNS")
}

/// Messages behind their lengths.
fn over_tcp(messages: &[&[u8]]) -> Vec<u8> {
    messages.iter().flat_map(|message| counted(2, message)).collect()
}

datagram_kit!(
    PROTOCOL,
    asked => query(&ASKED),
    answered => answer(&ANSWERED),
    reverse => answer(&REVERSE),
    registered => query(&REGISTERED),
    version => answer(&VERSION),
    any_port => elsewhere(&ANSWERED),
);

mod tcp {
    use super::*;

    stream_kit!(
        TCP,
        both => &[
            (Originator, &over_tcp(&[&ASKED, &ASKED])),
            (Responder, &over_tcp(&[&ANSWERED, &VERSION])),
        ],
        answers_only => &[(Responder, &over_tcp(&[&ANSWERED, &REVERSE]))],
    );
}

#[test]
fn query_tells_what_the_asker_looks_for() {
    let wanted = "pacs.hospital.example".to_owned();
    assert_eq!(read(&query(&ASKED)).facts, [(Subject::Sender, "dns.qry.name", wanted.clone())]);
    assert!(read(&answer(&ANSWERED)).facts.contains(&(Subject::Receiver, "dns.qry.name", wanted)));
}

#[test]
fn answer_tells_the_names_of_addresses_and_nothing_about_the_server() {
    let recording = read(&answer(&ANSWERED));
    let v4 = Subject::Ip(IpAddr::from([10, 0, 0, 9]));
    let v6 = Subject::Ip("2001:db8::9".parse().unwrap());
    assert!(recording.facts.contains(&(v4, "dns.resp.name", "real.hospital.example".to_owned())));
    assert!(recording.facts.contains(&(v6, "dns.resp.name", "pacs.hospital.example".to_owned())));
    assert!(recording.facts.iter().all(|fact| fact.0 != Subject::Sender));
    assert!(recording.anomalies.is_empty());
}

#[test]
fn reverse_answers_name_the_address_that_was_asked_for() {
    let named = (
        Subject::Ip(IpAddr::from([10, 0, 0, 7])),
        "dns.ptr.domain_name",
        "pump7.hospital.example".to_owned(),
    );
    assert_eq!(read(&answer(&REVERSE)).facts, [named]);
    let nibbles = "9.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa";
    let bytes = [
        header(RESPONSE, [1, 1, 0, 0]),
        question(nibbles, PTR, IN),
        record(&[0xc0, 12], PTR, IN, &name("pump9")),
    ];
    let recording = read(&answer(&bytes.concat()));
    assert_eq!(recording.facts[0].0, Subject::Ip("2001:db8::9".parse().unwrap()));
}

#[test]
fn registration_names_the_client() {
    let named =
        (Subject::Ip(IpAddr::from([10, 0, 0, 12])), "dns.resp.name", "ws12.hospital.example".to_owned());
    assert_eq!(read(&query(&REGISTERED)).facts, [named]);
}

#[test]
fn server_says_its_version_when_asked() {
    let recording = read(&answer(&VERSION));
    assert_eq!(recording.facts, [(Subject::Sender, "dns.version_bind", "9.18.24".to_owned())]);
}

#[test]
fn addresses_of_no_station_are_not_named() {
    let bytes = [
        header(RESPONSE, [1, 4, 0, 0]),
        question("blocked.example", INET, IN),
        record(&[0xc0, 12], INET, IN, &[0, 0, 0, 0]),
        record(&[0xc0, 12], INET, IN, &[127, 0, 0, 1]),
        record(&[0xc0, 12], INET, IN, &[224, 0, 0, 5]),
        record(&[0xc0, 12], INET, IN, &[10, 0, 0]),
    ];
    assert!(read(&answer(&bytes.concat())).values("dns.resp.name").is_empty());
}

#[test]
fn long_names_are_tunnels_and_are_not_kept() {
    let long = ["a".repeat(60), "b".repeat(60), "c".repeat(60), "tunnel.example".to_owned()].join(".");
    let bytes = [header(QUERY, [1, 0, 0, 0]), question(&long, TXT, IN)].concat();
    assert!(read(&query(&bytes)).facts.is_empty());
}

/// A response with one record whose owner is `owner`.
fn owned(owner: &[u8]) -> Vec<u8> {
    [header(RESPONSE, [1, 1, 0, 0]), question("x.example", INET, IN), record(owner, INET, IN, &[10, 0, 0, 3])]
        .concat()
}

#[test]
fn pointers_that_lead_astray_name_nobody() {
    let to_itself = [0xc0, 27];
    let forward = [0xc0, 200];
    let around = [&[1, b'a'][..], &[0xc0, 27]].concat();
    for owner in [&to_itself[..], &forward, &around] {
        let bytes = owned(owner);
        assert_eq!(bytes.get(27), owner.first(), "the owner lies where the pointers lead");
        assert!(read(&answer(&bytes)).values("dns.resp.name").is_empty());
    }
}

#[test]
fn name_may_jump_sixteen_times() {
    // Each name is a label and a pointer to the name before it.
    let chain = |jumps: u8| {
        let mut bytes = [header(RESPONSE, [1, 0, 0, 0]), name("a")].concat();
        let mut previous = 12;
        for _ in 0..jumps {
            let here = u8::try_from(bytes.len()).unwrap();
            bytes.extend([1, b'b', 0xc0, previous]);
            previous = here;
        }
        let message = Message::read(&bytes).unwrap();
        let Some(Entry::Question(mut question)) = message.entries().next() else { panic!("a question") };
        question.name.move_to(usize::from(previous));
        question.name.text_length()
    };
    assert_eq!(chain(1), Some(3));
    assert_eq!(chain(16), Some(33));
    assert_eq!(chain(17), None);
}

#[test]
fn notes_what_deviates() {
    let cut = &ANSWERED[..ANSWERED.len() - 5];
    assert_eq!(read(&answer(cut)).anomaly_names(), ["overrun"]);
    assert!(read(&Packet { truncated: true, ..answer(cut) }).anomalies.is_empty());
    let bytes = owned(&[0x80, 0]);
    assert_eq!(read(&answer(&bytes)).anomaly_names(), ["bad_name"]);
    let long = [[63; 64].repeat(4), vec![0]].concat();
    assert_eq!(read(&answer(&owned(&long))).anomaly_names(), ["bad_name"]);
    let count = u16::try_from(ENTRIES.max).unwrap();
    let records: Vec<u8> = (0..count).flat_map(|_| record(&[0xc0, 12], INET, IN, &[10, 0, 0, 1])).collect();
    let many = [header(RESPONSE, [1, count, 0, 0]), question("x.example", INET, IN), records].concat();
    assert_eq!(read(&answer(&many)).anomaly_names(), ["too_many_entries"]);
}

#[test]
fn broken_message_is_read_up_to_the_break() {
    let cut = &ANSWERED[..ANSWERED.len() - 5];
    assert_eq!(read(&answer(cut)).values("dns.resp.name"), ["real.hospital.example"]);
}

#[test]
fn only_dns_looks_like_it() {
    let mut trailing = ANSWERED.clone();
    trailing.push(0);
    let mut reserved = ASKED.clone();
    reserved[3] |= 0x40;
    let unassigned = [header(QUERY, [1, 0, 0, 0]), question("x.example", 4_000, IN)].concat();
    for other in [
        trailing.as_slice(),
        &reserved,
        &unassigned,
        b"\x23\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
        b"\x80\x60\0\x01\0\0\0\xa0\0\0\0\x01aaaaaaaaaaaaaaaa",
        b"\0\x01\0\0\0\x01\0\0\0\0\0\0",
    ] {
        assert!(handle(&PROTOCOL, &elsewhere(other)).is_none(), "{other:x?}");
    }
    for port in [137, 5_353, 5_355] {
        assert!(handle(&PROTOCOL, &packet(Carrier::Udp, (port, port), &ANSWERED)).is_none());
    }
}

#[test]
fn every_message_of_a_stream_is_read() {
    let recording = play_whole(&TCP, &[(Responder, &over_tcp(&[&ANSWERED, &REVERSE, &VERSION]))]);
    assert_eq!(recording.values("dns.resp.name").len(), 2);
    assert_eq!(recording.values("dns.ptr.domain_name"), ["pump7.hospital.example"]);
    assert_eq!(recording.values("dns.version_bind"), ["9.18.24"]);
}

#[test]
fn stream_is_recognized_by_length_header_and_question() {
    let probe = |bytes: &[u8]| {
        let (originator_port, responder_port) = (40_000, 53);
        (TCP.probe)(&Probe { bytes, side: Originator, originator_port, responder_port, midstream: false })
    };
    let whole = over_tcp(&[&ASKED]);
    for length in 1..whole.len() {
        assert_eq!(probe(&whole[..length]), Match::NeedMore, "{length} octets");
    }
    assert_eq!(probe(&whole), Match::Yes);
    assert_eq!(probe(&ASKED), Match::No);
    assert_eq!(probe(b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03aaaaaaaa"), Match::No);
    assert_eq!(probe(b"\x01\0\0\0\0\xcd\0\x01\0\0SERVER"), Match::No);
    assert_eq!(probe(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"), Match::No);
}

/// Found by fuzzing: the name of the question jumped to bytes that were not there yet.
#[test]
fn probe_keeps_its_word() {
    let header = b"\0\0\x6b\x12\x34\x81\x80\0\x01\0\x03\0\0\0\x01";
    crate::kit::probe_input(&TCP, &[&header[..], b"\xc0\0\0\x0c\0\x01", &[5; 60], &[0; 20]].concat());
}
