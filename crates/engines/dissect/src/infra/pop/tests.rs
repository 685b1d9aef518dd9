//! Tests of POP3.

use model::{Subject, Weakness};

use super::PROTOCOL;
use crate::Side::{Originator, Responder};
use crate::kit::{Exchange, play_whole};
use crate::{Match, Probe, Side, stream_kit};

const MAILBOX: Exchange<'static> = &[
    (Responder, b"+OK Example POP3 server 2.0 ready <1.2@ward>\r\n"),
    (Originator, b"CAPA\r\n"),
    (Responder, b"+OK\r\nUIDL\r\nIMPLEMENTATION ExamplePop-2.0\r\n.\r\n"),
    (Originator, b"USER jdoe\r\n"),
    (Responder, b"+OK jdoe is known to this server\r\n"),
    (Originator, b"PASS s3cr3t\r\n"),
    (Responder, b"+OK mailbox of jdoe\r\n"),
    (Originator, b"RETR 1\r\n"),
    (Responder, b"+OK 40 octets\r\nSubject: DOE^JOHN\r\nIMPLEMENTATION mail\r\n..\r\n.\r\n"),
    (Originator, b"QUIT\r\n"),
    (Responder, b"+OK bye\r\n"),
];

const PLAIN: Exchange<'static> = &[
    (Responder, b"+OK ready\r\n"),
    (Originator, b"AUTH PLAIN\r\n"),
    (Responder, b"+ \r\n"),
    (Originator, b"AGpkb2UAczNjcjN0\r\n"),
    (Responder, b"-ERR no\r\n"),
];

stream_kit!(PROTOCOL, mailbox => MAILBOX, plain => PLAIN);

fn probe(side: Side, responder_port: u16, bytes: &[u8]) -> Match {
    (PROTOCOL.probe)(&Probe { bytes, side, originator_port: 40_000, responder_port, midstream: false })
}

#[test]
fn reads_greeting_and_implementation_only() {
    let recording = play_whole(&PROTOCOL, MAILBOX);
    assert_eq!(recording.values("pop.response.description"), ["Example POP3 server 2.0 ready <1.2@ward>"]);
    assert_eq!(recording.values("pop.response.data"), ["IMPLEMENTATION ExamplePop-2.0"]);
    for secret in ["jdoe", "s3cr3t", "DOE"] {
        assert!(!format!("{recording:?}").contains(secret), "{secret}");
    }
}

#[test]
fn credentials_in_the_clear_are_a_weakness_of_the_server() {
    let found: Vec<_> =
        play_whole(&PROTOCOL, MAILBOX).weaknesses.iter().map(|note| (note.subject, note.weakness)).collect();
    assert_eq!(
        found,
        [
            (Subject::Receiver, Weakness::CleartextUserName),
            (Subject::Receiver, Weakness::CleartextCredentials)
        ]
    );
    let plain = play_whole(&PROTOCOL, PLAIN);
    assert_eq!(plain.weaknesses.len(), 1);
    assert!(!format!("{plain:?}").contains("AGpk"));
}

#[test]
fn bytes_decide_before_ports() {
    assert_eq!(probe(Responder, 110, b"+OK hello\r\n"), Match::Yes);
    assert_eq!(probe(Responder, 1_100, b"+OK POP3 here\r\n"), Match::Yes);
    assert_eq!(probe(Responder, 6_379, b"+OK\r\n"), Match::No);
    assert_eq!(probe(Originator, 1_100, b"CAPA\r\n"), Match::Yes);
    for other in [&b"GET / HTTP/1.1\r\n"[..], b"EHLO x\r\n", b"\x16\x03\x01"] {
        assert_eq!(probe(Originator, 110, other), Match::No);
    }
}
