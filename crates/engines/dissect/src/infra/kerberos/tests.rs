//! Tests of Kerberos.

use model::{Subject, Weakness};

use super::{PROTOCOL, TCP};
use crate::Side::{Originator, Responder};
use crate::infra::gss::tests::tlv;
use crate::kit::{Exchange, Recording, handle, packet, play_whole};
use crate::{Carrier, Match, Packet, Probe, datagram_kit, stream_kit};

fn field(number: u8, content: &[u8]) -> Vec<u8> {
    tlv(0xa0 | number, content)
}

fn sequence(fields: &[Vec<u8>]) -> Vec<u8> {
    tlv(0x30, &fields.concat())
}

fn number(value: i8) -> Vec<u8> {
    tlv(2, &value.to_be_bytes())
}

fn text(value: &str) -> Vec<u8> {
    tlv(0x1b, value.as_bytes())
}

fn principal(components: &[&str]) -> Vec<u8> {
    let strings: Vec<_> = components.iter().map(|component| text(component)).collect();
    sequence(&[field(0, &number(1)), field(1, &sequence(&strings))])
}

fn encrypted(encryption: i8) -> Vec<u8> {
    sequence(&[field(0, &number(encryption)), field(2, &tlv(4, b"0123456789abcdef"))])
}

fn ticket(service: &[&str], encryption: i8) -> Vec<u8> {
    let fields = sequence(&[
        field(0, &number(5)),
        field(1, &text("WARD.EXAMPLE")),
        field(2, &principal(service)),
        field(3, &encrypted(encryption)),
    ]);
    tlv(0x61, &fields)
}

fn message(kind: i8, first: u8, fields: &[Vec<u8>]) -> Vec<u8> {
    let start = [field(first, &number(5)), field(first + 1, &number(kind))];
    tlv(0x60 | kind.unsigned_abs(), &sequence(&[&start, fields].concat()))
}

/// An AP-REQ for a service.
pub(in crate::infra) fn ap_request(service: &str, host: &str, encryption: i8) -> Vec<u8> {
    let options = field(2, &tlv(3, &[0, 0, 0, 0, 0]));
    message(14, 0, &[options, field(3, &ticket(&[service, host], encryption)), field(4, &encrypted(18))])
}

fn pre_authentication(encryption: i8) -> Vec<u8> {
    let timestamp = sequence(&[field(1, &number(2)), field(2, &tlv(4, &encrypted(encryption)))]);
    let other = sequence(&[field(1, &tlv(2, &[0, 128])), field(2, &tlv(4, b"\x30\x05\xa0\x03\x01\x01\xff"))]);
    field(3, &sequence(&[timestamp, other]))
}

fn as_request(client: &[&str]) -> Vec<u8> {
    let netbios = sequence(&[field(0, &number(20)), field(1, &tlv(4, b"CT-CONSOLE      "))]);
    let internet = sequence(&[field(0, &number(2)), field(1, &tlv(4, &[192, 0, 2, 7]))]);
    let body = sequence(&[
        field(0, &tlv(3, &[0, 0x40, 0x81, 0, 0x10])),
        field(1, &principal(client)),
        field(2, &text("WARD.EXAMPLE")),
        field(3, &principal(&["krbtgt", "WARD.EXAMPLE"])),
        field(5, &tlv(0x18, b"20370913024805Z")),
        field(7, &tlv(2, &[0, 0xff, 0xff, 0xff, 0xff])),
        field(8, &sequence(&[number(18), number(23), tlv(2, &[0xff, 0x79])])),
        field(9, &sequence(&[netbios, internet])),
    ]);
    message(10, 1, &[pre_authentication(23), field(4, &body)])
}

fn reply(kind: i8, client: &[&str], service: &[&str], ticket_encryption: i8, encryption: i8) -> Vec<u8> {
    let fields = [
        field(3, &text("WARD.EXAMPLE")),
        field(4, &principal(client)),
        field(5, &ticket(service, ticket_encryption)),
        field(6, &encrypted(encryption)),
    ];
    message(kind, 0, &fields)
}

fn error() -> Vec<u8> {
    let fields = [
        field(4, &tlv(0x18, b"20260101000000Z")),
        field(5, &number(1)),
        field(6, &number(25)),
        field(7, &text("WARD.EXAMPLE")),
        field(8, &principal(&["jane.doe"])),
        field(9, &text("WARD.EXAMPLE")),
        field(10, &principal(&["krbtgt", "WARD.EXAMPLE"])),
        field(11, &text("jane.doe is locked")),
    ];
    message(30, 0, &fields)
}

const TICKET_GRANTING: &[&str] = &["krbtgt", "WARD.EXAMPLE"];

fn over_tcp(message: &[u8]) -> Vec<u8> {
    [&u32::try_from(message.len()).unwrap().to_be_bytes()[..], message].concat()
}

fn udp(payload: &[u8]) -> Packet<'_> {
    packet(Carrier::Udp, (50_000, 88), payload)
}

fn noted(message: &[u8]) -> Recording {
    handle(&PROTOCOL, &udp(message)).unwrap()
}

fn weaknesses(recording: &Recording) -> Vec<(Subject, Weakness)> {
    recording.weaknesses.iter().map(|note| (note.subject, note.weakness)).collect()
}

mod datagrams {
    use super::*;

    datagram_kit!(
        PROTOCOL,
        request => udp(&as_request(&["ct-console$"])),
        first_reply => udp(&reply(11, &["ct-console$"], TICKET_GRANTING, 18, 18)),
        error => udp(&super::error()),
    );
}

stream_kit!(
    TCP,
    login => &[
        (Originator, &over_tcp(&as_request(&["ct-console$"]))),
        (Responder, &over_tcp(&error())),
        (Originator, &over_tcp(&as_request(&["ct-console$"]))),
        (Responder, &over_tcp(&reply(13, &["jane.doe"], &["cifs", "PACS01"], 23, 18))),
    ],
    something_else => &[
        (Originator, &over_tcp(&as_request(&["ct-console$"]))),
        (Originator, b"GET / HTTP/1.1\r\n\r\n"),
    ],
);

#[test]
fn request_of_a_machine_names_it() {
    let recording = noted(&as_request(&["ct-console$"]));
    assert_eq!(recording.values("kerberos.CNameString"), ["ct-console$"]);
    assert_eq!(recording.values("kerberos.realm"), ["WARD.EXAMPLE"]);
    assert_eq!(recording.values("kerberos.ENCTYPE"), ["18,23,-135"]);
    assert_eq!(recording.values("kerberos.addr_nb"), ["CT-CONSOLE"]);
    assert_eq!(recording.values("kerberos.addr_ip"), ["192.0.2.7"]);
    assert!(recording.facts.iter().all(|fact| fact.0 == Subject::Sender));
    assert!(recording.anomalies.is_empty());
    let host = noted(&as_request(&["host", "ct.ward.example"]));
    assert_eq!(host.values("kerberos.CNameString"), ["host/ct.ward.example"]);
}

#[test]
fn names_of_persons_are_never_kept() {
    for message in [
        as_request(&["jane.doe"]),
        as_request(&["jane.doe", "admin"]),
        as_request(&["jane.doe$@WARD.EXAMPLE"]),
        reply(11, &["jane.doe"], TICKET_GRANTING, 18, 18),
        reply(13, &["jane.doe"], &["jane.doe"], 18, 18),
        error(),
    ] {
        let recording = noted(&message);
        assert!(!format!("{recording:?}").contains("jane"), "{recording:?}");
        assert!(recording.anomalies.is_empty() && !recording.facts.is_empty());
    }
}

#[test]
fn who_answers_for_ticket_granting_is_the_centre() {
    let centre = (Subject::Sender, "kerberos.SNameString", "krbtgt/WARD.EXAMPLE".to_owned());
    for message in [error(), reply(11, &["ct-console$"], TICKET_GRANTING, 18, 18)] {
        assert!(noted(&message).facts.contains(&centre));
    }
    let other = noted(&reply(13, &["ct-console$"], &["cifs", "PACS01"], 18, 18));
    assert!(other.values("kerberos.SNameString").is_empty());
    assert!(other.facts.contains(&(Subject::Receiver, "kerberos.CNameString", "ct-console$".to_owned())));
}

#[test]
fn weak_encryption_is_noted_of_who_chose_it() {
    let weak = (Subject::Sender, Weakness::WeakKerberosEncryption);
    for (ticket, session, expected) in
        [(18, 18, &[][..]), (23, 18, &[weak]), (3, 3, &[weak]), (18, 24, &[weak]), (17, 20, &[])]
    {
        let recording = noted(&reply(11, &["jane.doe"], TICKET_GRANTING, ticket, session));
        assert_eq!(weaknesses(&recording), expected, "{ticket} {session}");
    }
    assert_eq!(weaknesses(&noted(&as_request(&["jane.doe"]))), [weak]);
}

#[test]
fn long_lists_end_at_a_limit() {
    let types: Vec<_> = (0..65).map(|_| number(18)).collect();
    let body = sequence(&[field(2, &text("WARD.EXAMPLE")), field(8, &sequence(&types))]);
    let recording = noted(&message(12, 1, &[field(4, &body)]));
    assert_eq!(recording.anomaly_names(), ["kerberos_list"]);
}

#[test]
fn broken_message_is_an_anomaly_unless_the_capture_cut_it() {
    let whole = as_request(&["ct-console$"]);
    let payload = whole.get(..whole.len() - 1).unwrap();
    assert_eq!(noted(payload).anomaly_names(), ["malformed"]);
    let cut = handle(&PROTOCOL, &Packet { truncated: true, ..udp(payload) }).unwrap();
    assert!(cut.anomalies.is_empty());
}

#[test]
fn long_message_over_tcp_is_passed_over() {
    let long = {
        let mut long = over_tcp(&as_request(&["ct-console$"]));
        long.splice(..4, 200_000_u32.to_be_bytes());
        long
    };
    let exchange: Exchange<'_> = &[(Originator, &long), (Responder, &over_tcp(&error()))];
    let recording = play_whole(&TCP, exchange);
    assert_eq!(recording.anomaly_names(), ["kerberos_message"]);
    assert_eq!(recording.values("kerberos.SNameString"), ["krbtgt/WARD.EXAMPLE"]);
}

#[test]
fn what_follows_a_message_and_is_none_is_an_anomaly() {
    let request = over_tcp(&as_request(&["ct-console$"]));
    let tail: &[u8] = b"the end of a reply";
    let after = play_whole(&TCP, &[(Originator, &request), (Originator, tail)]);
    assert_eq!(after.anomaly_names(), ["not_kerberos"]);
    let before = play_whole(&TCP, &[(Originator, &request), (Responder, tail)]);
    assert!(before.anomalies.is_empty());
}

#[test]
fn is_known_by_its_bytes_and_takes_nothing_else() {
    let probe = |bytes: &[u8]| {
        let (side, originator_port, responder_port) = (Originator, 40_000, 40_001);
        (TCP.probe)(&Probe { bytes, side, originator_port, responder_port, midstream: true })
    };
    for message in [as_request(&["x$"]), error(), reply(13, &["x$"], TICKET_GRANTING, 18, 18)] {
        assert_eq!(probe(&over_tcp(&message)), Match::Yes);
        assert_eq!(probe(over_tcp(&message).get(..12).unwrap()), Match::NeedMore);
    }
    let others: [&[u8]; 5] = [
        b"\0\0\0\x54\xffSMB\x72",
        b"\0\0\0\x20\x30\x1e\x02\x01\x05",
        b"\0\0\0\x20\x6a\x1e\x30\x1c\xa1\x03\x02\x01\x04",
        b"\0\0\0\x20\x6e\x1e\x30\x1c\xa0\x03\x02\x01\x05\xa1\x03\x02\x01\x0e",
        b"GET / HTTP/1.1\r\n",
    ];
    for other in others {
        assert_eq!(probe(other), Match::No);
        assert!(handle(&PROTOCOL, &udp(other.get(4..).unwrap())).is_none());
    }
}
