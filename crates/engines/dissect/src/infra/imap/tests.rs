//! Tests of IMAP.

use model::{Subject, Weakness};

use super::PROTOCOL;
use crate::Side::{Originator, Responder};
use crate::kit::{Exchange, play_whole};
use crate::{Match, Probe, Side, stream_kit};

const MAILBOX: Exchange<'static> = &[
    (Responder, b"* OK [CAPABILITY IMAP4rev1 ID] Example IMAP 2.3 ready\r\n"),
    (Originator, b"a1 ID (\"name\" \"ExampleMail\" \"version\" \"7\" \"user\" \"jdoe\" \"os\" NIL)\r\n"),
    (Responder, b"* ID (\"vendor\" \"Example Corp\" \"os-version\" \"5.1\")\r\na1 OK done\r\n"),
    (Originator, b"a2 LOGIN {4}\r\njdoe {6}\r\ns3cr3t\r\n"),
    (Responder, b"+ go\r\n+ go\r\na2 OK jdoe logged in\r\n"),
    (Originator, b"a3 FETCH 1 BODY[]\r\n"),
    (Responder, b"* 1 FETCH (BODY[] {41}\r\nSubject: DOE^JOHN\r\n* ID (\"name\" \"mail\")\r\n)\r\na3 OK\r\n"),
    (Responder, b"* CAPABILITY IMAP4rev1\r\n"),
];

const PLAIN: Exchange<'static> = &[
    (Originator, b"a AUTHENTICATE PLAIN\r\n"),
    (Responder, b"+ \r\n"),
    (Originator, b"AGpkb2UAczNjcjN0\r\n"),
    (Responder, b"a OK\r\n"),
];

stream_kit!(PROTOCOL, mailbox => MAILBOX, plain => PLAIN);

fn probe(side: Side, responder_port: u16, bytes: &[u8]) -> Match {
    (PROTOCOL.probe)(&Probe { bytes, side, originator_port: 40_000, responder_port, midstream: false })
}

#[test]
fn reads_greeting_and_software_of_both_sides() {
    let recording = play_whole(&PROTOCOL, MAILBOX);
    assert_eq!(
        recording.values("imap.line"),
        ["* OK [CAPABILITY IMAP4rev1 ID] Example IMAP 2.3 ready", "* CAPABILITY IMAP4rev1"]
    );
    assert_eq!(recording.values("imap.id_name"), ["ExampleMail"]);
    assert_eq!(recording.values("imap.id_version"), ["7"]);
    assert_eq!(recording.values("imap.id_vendor"), ["Example Corp"]);
    assert_eq!(recording.values("imap.id_os_version"), ["5.1"]);
    assert!(recording.values("imap.id_os").is_empty());
}

#[test]
fn mails_users_and_passwords_are_never_kept() {
    for exchange in [MAILBOX, PLAIN] {
        let recording = play_whole(&PROTOCOL, exchange);
        for secret in ["jdoe", "s3cr3t", "DOE", "AGpk", "\"mail\""] {
            assert!(!format!("{recording:?}").contains(secret), "{secret}");
        }
        assert!(
            recording
                .weaknesses
                .iter()
                .any(|note| note.subject == Subject::Receiver
                    && note.weakness == Weakness::CleartextCredentials)
        );
    }
}

#[test]
fn bytes_decide_before_ports() {
    assert_eq!(probe(Responder, 1_430, b"* OK ready\r\n"), Match::Yes);
    assert_eq!(probe(Originator, 1_430, b"A001 CAPABILITY\r\n"), Match::Yes);
    assert_eq!(probe(Originator, 1_430, b"A001 CAPA"), Match::NeedMore);
    for other in [&b"GET / HTTP/1.1\r\n"[..], b"EHLO x\r\n", b"*1\r\n$4\r\nPING\r\n", b"\x16\x03\x01"] {
        assert_eq!(probe(Originator, 143, other), Match::No);
    }
}
