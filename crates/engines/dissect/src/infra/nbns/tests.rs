//! Tests of the NetBIOS name service.

use std::net::IpAddr;
use std::sync::LazyLock;

use model::Subject;

use super::PROTOCOL;
use crate::kit::{Recording, handle, packet};
use crate::{Carrier, Packet, datagram_kit};

/// First-level encoding of a name without scope.
pub(in crate::infra) fn encoded(name: &str, suffix: u8) -> Vec<u8> {
    let mut octets = [b' '; 16];
    octets[..name.len()].copy_from_slice(name.as_bytes());
    octets[15] = suffix;
    letters(&octets, b"")
}

fn letters(octets: &[u8; 16], scope: &[u8]) -> Vec<u8> {
    let letters = octets.iter().flat_map(|octet| [b'A' + (octet >> 4), b'A' + (octet & 0x0f)]);
    std::iter::once(32).chain(letters).chain(scope.iter().copied()).chain([0]).collect()
}

fn header(flags: u16, counts: [u8; 4]) -> Vec<u8> {
    let counts = counts.iter().flat_map(|&count| [0, count]);
    [0x12, 0x34].into_iter().chain(flags.to_be_bytes()).chain(counts).collect()
}

fn question(name: &[u8], kind: u8) -> Vec<u8> {
    [name, &[0, kind, 0, 1]].concat()
}

fn data(data: &[u8]) -> Vec<u8> {
    [&[0, 4, 0x93, 0xe0][..], &u16::try_from(data.len()).unwrap().to_be_bytes(), data].concat()
}

/// A request that the name `PACS01<00>` be registered (or refreshed, or released) for `address`.
fn request(flags: u16, name_flags: u16, address: [u8; 4]) -> Vec<u8> {
    let [high, low] = name_flags.to_be_bytes();
    let [a, b, c, d] = address;
    [
        header(flags, [1, 0, 0, 1]),
        question(&encoded("PACS01", 0), 0x20),
        vec![0xc0, 0x0c, 0, 0x20, 0, 1],
        data(&[high, low, a, b, c, d]),
    ]
    .concat()
}

/// A response about the name `PACS01<20>`.
fn response(flags: u16, entries: &[u8]) -> Vec<u8> {
    [header(flags, [0, 1, 0, 0]), question(&encoded("PACS01", 0x20), 0x20), data(entries)].concat()
}

fn status(names: &[(&str, u8, u16)]) -> Vec<u8> {
    let mut entries = vec![u8::try_from(names.len()).unwrap()];
    for (name, suffix, flags) in names {
        entries.extend(format!("{name:<15}").as_bytes());
        entries.push(*suffix);
        entries.extend(flags.to_be_bytes());
    }
    entries.extend([0x00, 0x00, 0x5e, 0x00, 0x53, 0x07]);
    entries.extend([0; 40]);
    let wildcard = letters(&[b'*', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], b"");
    [header(0x8400, [0, 1, 0, 0]), question(&wildcard, 0x21), data(&entries)].concat()
}

const REGISTER: u16 = 0x2910;
const RELEASE: u16 = 0x3010;
const POSITIVE: u16 = 0x8580;
const OWN: [u8; 4] = [10, 0, 0, 1];

static REGISTRATION: LazyLock<Vec<u8>> = LazyLock::new(|| request(REGISTER, 0, OWN));
static QUERY: LazyLock<Vec<u8>> =
    LazyLock::new(|| [header(0x0110, [1, 0, 0, 0]), question(&encoded("PACS01", 0x20), 0x20)].concat());
static ANSWER: LazyLock<Vec<u8>> =
    LazyLock::new(|| response(POSITIVE, &[0, 0, 10, 0, 0, 1, 0x60, 0, 10, 0, 0, 9]));
static STATUS: LazyLock<Vec<u8>> = LazyLock::new(|| {
    status(&[("PACS01", 0x00, 0x0400), ("RADIOLOGY", 0x00, 0x8400), ("PACS01", 0x20, 0x0400)])
});

fn from_station(payload: &[u8]) -> Packet<'_> {
    packet(Carrier::Udp, (137, 137), payload)
}

fn read(payload: &[u8]) -> Recording {
    handle(&PROTOCOL, &from_station(payload)).expect("a name service packet")
}

fn named(subject: Subject, field: &'static str, value: &str) -> (Subject, &'static str, String) {
    (subject, field, value.to_owned())
}

datagram_kit!(
    PROTOCOL,
    registration => from_station(&REGISTRATION),
    query => from_station(&QUERY),
    answer => from_station(&ANSWER),
    node_status => from_station(&STATUS),
);

#[test]
fn station_registers_refreshes_and_releases_its_name() {
    for flags in [REGISTER, 0x4010, 0x4810, 0x7810, RELEASE] {
        let recording = read(&request(flags, 0, OWN));
        assert_eq!(recording.facts, [named(Subject::Sender, "nbns.name", "PACS01<00>")], "{flags:#06x}");
    }
}

#[test]
fn group_is_no_name_of_the_station() {
    let recording = read(&request(REGISTER, 0x8000, OWN));
    assert_eq!(recording.facts, [named(Subject::Sender, "nbns.group_name", "PACS01<00>")]);
    assert!(read(&response(POSITIVE, &[0x80, 0, 255, 255, 255, 255])).facts.is_empty());
}

#[test]
fn station_without_an_address_names_itself_and_a_server_does_not() {
    let recording = read(&request(REGISTER, 0, [0; 4]));
    assert_eq!(recording.facts, [named(Subject::Sender, "nbns.name", "PACS01<00>")]);
    assert!(read(&response(0xad80, &[0; 6])).facts.is_empty());
}

#[test]
fn answer_is_about_the_addresses_in_it() {
    let other = Subject::Ip(IpAddr::from([10, 0, 0, 9]));
    assert_eq!(
        read(&ANSWER).facts,
        [named(Subject::Sender, "nbns.name", "PACS01<20>"), named(other, "nbns.name", "PACS01<20>")]
    );
}

#[test]
fn name_that_is_asked_for_is_not_kept() {
    assert!(read(&QUERY).facts.is_empty());
}

#[test]
fn node_status_lists_names_groups_and_the_unit() {
    let recording = read(&STATUS);
    assert_eq!(recording.values("nbns.name"), ["PACS01<00>", "PACS01<20>"]);
    assert_eq!(recording.values("nbns.netbios_name"), ["PACS01", "PACS01"]);
    assert_eq!(recording.values("nbns.group_name"), ["RADIOLOGY<00>"]);
    assert_eq!(recording.values("nbns.unit_id"), ["00:00:5e:00:53:07"]);
    assert!(recording.anomalies.is_empty());
}

#[test]
fn octets_below_the_letters_are_printed_in_hexadecimal() {
    let recording = read(&status(&[("\x01\x02__MSBROWSE__\x02", 0x01, 0x8400)]));
    assert_eq!(recording.values("nbns.group_name"), ["<01><02>__MSBROWSE__<02><01>"]);
}

#[test]
fn scope_behind_a_name_is_passed_over() {
    let name = letters(b"PACS01         \0", b"\x04ward\x03lan");
    let payload = [header(0x8580, [0, 1, 0, 0]), question(&name, 0x20), data(&[0, 0, 10, 0, 0, 1])].concat();
    assert_eq!(read(&payload).values("nbns.name"), ["PACS01<00>"]);
    let deep = letters(b"PACS01         \0", &b"\x01a".repeat(9));
    let payload = [header(0x8580, [0, 1, 0, 0]), question(&deep, 0x20), data(&[0, 0, 10, 0, 0, 1])].concat();
    assert!(handle(&PROTOCOL, &from_station(&payload)).is_none());
}

#[test]
fn refusal_names_nobody_and_two_claims_are_a_conflict() {
    let refused = [0, 0, 10, 0, 0, 9];
    for (flags, anomalies) in [(0xad86, &["name_conflict"][..]), (0xad87, &["name_conflict"]), (0xad85, &[])]
    {
        let recording = read(&response(flags, &refused));
        assert!(recording.facts.is_empty(), "{flags:#06x}");
        assert_eq!(recording.anomaly_names(), anomalies, "{flags:#06x}");
    }
    assert!(read(&response(0xb406, &refused)).anomalies.is_empty(), "a release that was refused");
    assert!(read(&response(0xbc00, &[0x29, 0x10])).facts.is_empty(), "wait for acknowledgement");
}

#[test]
fn notes_what_ends_early_and_what_is_too_long() {
    let cut = &ANSWER[..ANSWER.len() - 1];
    assert_eq!(read(cut).anomaly_names(), ["overrun"]);
    let cut = handle(&PROTOCOL, &Packet { truncated: true, ..from_station(cut) }).unwrap();
    assert!(cut.anomalies.is_empty());
    let mut bad_pointer = REGISTRATION.clone();
    bad_pointer[50] = 0x40;
    assert_eq!(read(&bad_pointer).anomaly_names(), ["overrun"]);
    let long = read(&response(POSITIVE, &[0, 0, 10, 0, 0, 1].repeat(65)));
    assert_eq!(long.anomaly_names(), ["too_many_entries"]);
    assert_eq!(long.facts.len(), 64);
    let many: Vec<_> = std::iter::repeat_n(("PACS01", 0x20, 0x8400), 65).collect();
    let many = read(&status(&many));
    assert_eq!(many.anomaly_names(), ["too_many_entries"]);
    assert_eq!(many.values("nbns.group_name").len(), 64);
}

#[test]
fn other_formats_are_not_mistaken_for_it() {
    assert!(handle(&PROTOCOL, &packet(Carrier::Udp, (53, 53), &QUERY)).is_none());
    let two_questions = [header(0x0110, [2, 0, 0, 0]), question(&encoded("PACS01", 0), 0x20)].concat();
    let other_type = [header(0x0110, [1, 0, 0, 0]), question(&encoded("PACS01", 0), 0x1c)].concat();
    let dns = [header(0x0100, [1, 0, 0, 0]), question(b"\x06pacs01\x00", 0x01)].concat();
    let lower =
        [header(0x0110, [1, 0, 0, 0]), question(&encoded("PACS01", 0).to_ascii_lowercase(), 0x20)].concat();
    for payload in [two_questions, other_type, dns, lower] {
        assert!(handle(&PROTOCOL, &from_station(&payload)).is_none(), "{payload:x?}");
    }
}
