//! Tests of LDAP.

use std::sync::LazyLock;

use model::{Subject, Weakness};

use super::{PROTOCOL, UDP};
use crate::Side::{self, Originator, Responder};
use crate::infra::gss::tests::{response as spnego, tlv};
use crate::infra::ntlm::tests::{authenticate, challenge};
use crate::kit::{Exchange, Recording, handle, packet, play_whole};
use crate::{Carrier, Match, Packet, Probe, datagram_kit};

type Conversation = Vec<(Side, Vec<u8>)>;

fn message(operation: u8, body: &[u8]) -> Vec<u8> {
    tlv(0x30, &[vec![2, 1, 7], tlv(operation, body)].concat())
}

fn bind(name: &str, choice: u8, authentication: &[u8]) -> (Side, Vec<u8>) {
    let body = [vec![2, 1, 3], tlv(4, name.as_bytes()), tlv(choice, authentication)].concat();
    (Originator, message(0x60, &body))
}

fn sasl(mechanism: &str, credentials: &[u8]) -> (Side, Vec<u8>) {
    bind("", 0xa3, &[tlv(4, mechanism.as_bytes()), tlv(4, credentials)].concat())
}

fn result(operation: u8, code: u8, matched: &[u8], rest: &[u8]) -> (Side, Vec<u8>) {
    (Responder, message(operation, &[&[0x0a, 1, code], &tlv(4, matched)[..], &tlv(4, b""), rest].concat()))
}

fn attribute(kind: &str, values: &[&[u8]]) -> Vec<u8> {
    let values: Vec<u8> = values.iter().flat_map(|value| tlv(4, value)).collect();
    tlv(0x30, &[tlv(4, kind.as_bytes()), tlv(0x31, &values)].concat())
}

fn entry(name: &str, attributes: &[Vec<u8>]) -> Vec<u8> {
    message(0x64, &[tlv(4, name.as_bytes()), tlv(0x30, &attributes.concat())].concat())
}

fn search(filter: &[u8]) -> Vec<u8> {
    let head = [&tlv(4, b"")[..], &[0x0a, 1, 0, 0x0a, 1, 0, 2, 1, 0, 2, 1, 0, 1, 1, 0]].concat();
    message(0x63, &[&head, filter, &tlv(0x30, &tlv(4, b"Netlogon"))].concat())
}

static ROOT: LazyLock<Vec<u8>> = LazyLock::new(|| {
    entry(
        "",
        &[
            attribute("dnsHostName", &[b"dc01.hospital.example"]),
            attribute("currentTime", &[b"20260101000000.0Z"]),
            attribute("domainFunctionality", &[b"7"]),
            attribute("supportedSASLMechanisms", &[b"GSSAPI", b"DIGEST-MD5"]),
            attribute("vendorName", &[b"Example Directory"]),
        ],
    )
});

/// An answer whose host name points to the domain name before it.
fn netlogon() -> Vec<u8> {
    let forest = b"\x08hospital\x07example\0";
    [
        &[23, 0, 0, 0, 0xfd, 0xf3, 0x03, 0x00][..],
        &[0x11; 16],
        forest,
        b"\xc0\x18",
        b"\x04dc01\xc0\x18",
        b"\x08HOSPITAL\0",
        b"\x04DC01\0",
        b"\x04jdoe\0",
        b"\x06Campus\0",
        b"\x04Ward\0",
        &[5, 0, 0, 0, 0xff, 0xff, 0xff, 0xff],
    ]
    .concat()
}

static FOUND: LazyLock<Vec<u8>> = LazyLock::new(|| {
    [entry("", &[attribute("Netlogon", &[&netlogon()])]), result(0x65, 0, b"", b"").1].concat()
});

static WANTED: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let equal = |kind: &str, value: &[u8]| tlv(0xa3, &[tlv(4, kind.as_bytes()), tlv(4, value)].concat());
    search(&tlv(
        0xa0,
        &[equal("DnsDomain", b"hospital.example"), equal("Host", b"CT-CONSOLE"), equal("User", b"jdoe")]
            .concat(),
    ))
});

fn root_dse() -> Conversation {
    vec![
        (Originator, search(&tlv(0x87, b"objectClass"))),
        (Responder, ROOT.clone()),
        result(0x65, 0, b"", b""),
    ]
}

fn simple() -> Conversation {
    vec![bind("cn=jdoe,dc=hospital", 0x80, b"secret"), result(0x61, 0, b"", b"")]
}

fn negotiated() -> Conversation {
    vec![
        sasl("GSS-SPNEGO", b"NTLMSSP\0\x01"),
        result(0x61, 14, b"", &tlv(0x87, &spnego(&challenge()))),
        sasl("GSS-SPNEGO", &spnego(&authenticate("jdoe"))),
        result(0x61, 0, b"", b""),
    ]
}

fn sicily() -> Conversation {
    vec![
        bind("NTLM", 0x8a, b"NTLMSSP\0\x01"),
        result(0x61, 0, &challenge(), b""),
        bind("", 0x8b, &authenticate("jdoe")),
        result(0x61, 0, b"", b""),
    ]
}

fn start_tls(code: u8) -> Conversation {
    vec![
        (Originator, message(0x77, &tlv(0x80, b"1.3.6.1.4.1.1466.20037"))),
        result(0x78, code, b"", b""),
        (Originator, b"\x15\x03\x01\0\x02\x02\x28".to_vec()),
    ]
}

fn borrowed(conversation: &Conversation) -> Vec<(Side, &[u8])> {
    conversation.iter().map(|(side, bytes)| (*side, bytes.as_slice())).collect()
}

fn read(conversation: &Conversation) -> Recording {
    let exchange: &[(Side, &[u8])] = &borrowed(conversation);
    let exchange: Exchange<'_> = exchange;
    play_whole(&PROTOCOL, exchange)
}

fn weaknesses(recording: &Recording) -> Vec<(Subject, Weakness)> {
    recording.weaknesses.iter().map(|note| (note.subject, note.weakness)).collect()
}

fn datagram(payload: &[u8]) -> Packet<'_> {
    packet(Carrier::Udp, (389, 50_000), payload)
}

mod stream {
    use super::*;

    crate::stream_kit!(
        PROTOCOL,
        of_root_dse => &borrowed(&root_dse()),
        of_simple => &borrowed(&simple()),
        of_negotiated => &borrowed(&negotiated()),
        of_sicily => &borrowed(&sicily()),
        of_start_tls => &borrowed(&start_tls(0)),
    );
}

datagram_kit!(UDP, found => datagram(&FOUND), wanted => datagram(&WANTED), root => datagram(&ROOT));

#[test]
fn root_dse_tells_what_the_server_is() {
    let recording = read(&root_dse());
    let facts: Vec<_> = recording.facts.iter().map(|(_, field, value)| (*field, value.as_str())).collect();
    assert_eq!(
        facts,
        [
            ("ldap.root.dnsHostName", "dc01.hospital.example"),
            ("ldap.root.domainFunctionality", "7"),
            ("ldap.root.supportedSASLMechanisms", "GSSAPI"),
            ("ldap.root.supportedSASLMechanisms", "DIGEST-MD5"),
            ("ldap.root.vendorName", "Example Directory"),
        ]
    );
    assert!(recording.facts.iter().all(|(subject, ..)| *subject == Subject::Sender));
    assert!(recording.anomalies.is_empty());
}

#[test]
fn other_entries_are_never_read() {
    let person = entry("cn=Jane Doe", &[attribute("dnsHostName", &[b"x"]), attribute("cn", &[b"Jane Doe"])]);
    let recording = read(&vec![(Responder, person.clone())]);
    assert_eq!(recording, Recording::default());
    assert_eq!(handle(&UDP, &datagram(&person)), Some(Recording::default()));
}

#[test]
fn password_in_the_clear_is_a_weakness_and_never_kept() {
    let recording = read(&simple());
    assert_eq!(
        weaknesses(&recording),
        [
            (Subject::Receiver, Weakness::CleartextCredentials),
            (Subject::Receiver, Weakness::CleartextUserName)
        ]
    );
    assert!(recording.facts.is_empty());
    let plain = read(&vec![sasl("PLAIN", b"\0jdoe\0secret")]);
    assert_eq!(plain.values("ldap.mechanism"), ["PLAIN"]);
    assert_eq!(weaknesses(&plain), [(Subject::Receiver, Weakness::CleartextCredentials)]);
    for recording in [recording, plain] {
        let all = format!("{recording:?}");
        assert!(!all.contains("jdoe") && !all.contains("secret"), "{all}");
    }
}

#[test]
fn anonymous_access_is_a_weakness_of_the_server_that_accepts_it() {
    let accepted = [(Subject::Sender, Weakness::AnonymousAccess)];
    for request in [bind("", 0x80, b""), bind("cn=jdoe", 0x80, b""), sasl("ANONYMOUS", b"")] {
        assert_eq!(weaknesses(&read(&vec![request.clone(), result(0x61, 0, b"", b"")])), accepted);
        assert!(weaknesses(&read(&vec![request.clone(), result(0x61, 48, b"", b"")])).is_empty());
        assert!(weaknesses(&read(&vec![request])).is_empty());
    }
}

#[test]
fn ntlm_is_read_within_sasl_and_within_the_binds_of_windows() {
    for conversation in [negotiated(), sicily()] {
        let recording = read(&conversation);
        assert_eq!(recording.values("ntlmssp.challenge.target_info.nb_computer_name"), ["PACS01"]);
        assert_eq!(recording.values("ntlmssp.auth.hostname"), ["CT-CONSOLE"]);
        assert!(weaknesses(&recording).contains(&(Subject::Receiver, Weakness::Ntlm)));
        assert!(!format!("{recording:?}").contains("jdoe"));
        assert!(recording.anomalies.is_empty());
    }
}

#[test]
fn tls_follows_when_the_server_agrees() {
    let spoken = |conversation: &Conversation| {
        let mut stream = crate::Stream::new(&PROTOCOL);
        let mut notes = crate::Notes::new();
        let at = model::Timestamp::from_nanos(0);
        for (side, bytes) in conversation {
            stream.data(crate::Chunk { side: *side, bytes, at }, &mut notes);
        }
        stream.protocol().protocol.name
    };
    assert_eq!(spoken(&start_tls(0)[..2].to_vec()), "tls");
    assert_eq!(spoken(&start_tls(2)[..2].to_vec()), "ldap");
    let other =
        vec![(Originator, message(0x77, &tlv(0x80, b"1.3.6.1.4.1.4203.1.11.3"))), result(0x78, 0, b"", b"")];
    assert_eq!(spoken(&other), "ldap");
}

#[test]
fn protected_messages_are_encrypted_when_kerberos_says_so() {
    assert!(read(&vec![(Originator, b"\0\0\0\x40\x05\x04\x06\xff".to_vec())]).encrypted);
    assert!(!read(&vec![(Originator, b"\0\0\0\x40\x05\x04\x04\xff".to_vec())]).encrypted);
}

#[test]
fn domain_controller_tells_names_and_sites_and_not_the_user() {
    let recording = handle(&UDP, &datagram(&FOUND)).unwrap();
    let facts: Vec<_> =
        recording.facts.iter().map(|(subject, field, value)| (*subject, *field, value.as_str())).collect();
    assert_eq!(
        facts,
        [
            (Subject::Sender, "mscldap.netlogon.flags", "0x0003f3fd"),
            (Subject::Sender, "mscldap.forest", "hospital.example"),
            (Subject::Sender, "mscldap.domain", "hospital.example"),
            (Subject::Sender, "mscldap.hostname", "dc01.hospital.example"),
            (Subject::Sender, "mscldap.nb_domain", "HOSPITAL"),
            (Subject::Sender, "mscldap.nb_hostname", "DC01"),
            (Subject::Sender, "mscldap.sitename", "Campus"),
            (Subject::Receiver, "mscldap.clientsitename", "Ward"),
        ]
    );
    assert!(recording.anomalies.is_empty());
}

#[test]
fn who_looks_for_a_domain_controller_names_itself_and_not_its_user() {
    let recording = handle(&UDP, &datagram(&WANTED)).unwrap();
    assert_eq!(recording.facts, [(Subject::Sender, "ldap.assertionValue", "CT-CONSOLE".to_owned())]);
}

#[test]
fn notes_what_deviates() {
    let anomalies = |message: Vec<u8>| read(&vec![(Responder, message)]).anomaly_names();
    assert_eq!(anomalies(message(0x7e, b"")), ["unknown_operation"]);
    assert_eq!(anomalies(b"\x31\x02ab".to_vec()), ["unknown_message"]);
    assert_eq!(anomalies(message(0x61, &[0x0a, 5, 0])), ["overrun"]);
    let many: Vec<_> = (0..129).map(|_| attribute("x", &[])).collect();
    assert_eq!(anomalies(entry("", &many)), ["too_many_entries"]);
    let long = [&[0x30, 0x83, 0x02, 0, 0, 2, 1, 7, 0x61, 0x83, 0x01, 0xff, 0xf8][..], &[0; 64]].concat();
    assert_eq!(anomalies(long), ["long_message"]);
    let astray = entry("", &[attribute("Netlogon", &[&netlogon()[..30]])]);
    assert_eq!(handle(&UDP, &datagram(&astray)).unwrap().anomaly_names(), ["overrun"]);
}

#[test]
fn other_protocols_are_not_mistaken_for_it() {
    let ask = |bytes: &[u8], side, midstream| {
        (PROTOCOL.probe)(&Probe { bytes, side, originator_port: 40_000, responder_port: 389, midstream })
    };
    assert_eq!(ask(&simple()[0].1, Originator, false), Match::Yes);
    assert_eq!(ask(&simple()[0].1, Responder, false), Match::No);
    assert_eq!(ask(&ROOT, Responder, true), Match::Yes);
    assert_eq!(ask(b"\x30\x82", Originator, false), Match::NeedMore);
    // SNMP, text, indefinite length, TLS, a length that holds less than its contents.
    for other in [
        &b"\x30\x20\x02\x01\x00\x04\x06public"[..],
        b"0 items",
        b"\x30\x80\x02\x01\x01\x60\x01\x00",
        b"\x16\x03\x01\0\x10",
        b"\x30\x05\x02\x01\x01\x60\x09\x02\x01\x03",
    ] {
        assert_eq!(ask(other, Originator, false), Match::No, "{other:x?}");
    }
    assert!(handle(&UDP, &packet(Carrier::Udp, (161, 50_000), &FOUND)).is_none());
    assert!(handle(&UDP, &datagram(b"\x30\x20\x02\x01\x00\x04\x06public")).is_none());
}

#[test]
fn every_field_is_listed() {
    for protocol in [&PROTOCOL.protocol, &UDP.protocol] {
        for field in ["ldap.mechanism", "mscldap.clientsitename", "spnego.hintName", "ntlmssp.version"] {
            assert!(protocol.fields.iter().any(|listed| listed.name() == field), "{field}");
        }
        assert!(protocol.fields.iter().all(|listed| !listed.name().is_empty()));
    }
}
