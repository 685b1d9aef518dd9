//! Tests of FTP.

use model::{Subject, Weakness};

use super::PROTOCOL;
use crate::Side::{Originator, Responder};
use crate::kit::{Exchange, play_whole};
use crate::{Match, Probe, Side, stream_kit};

const LOGIN: Exchange<'static> = &[
    (Responder, b"220-Example Modality 7\r\n220-firmware 2.1\r\n220 FTP server ready\r\n"),
    (Originator, b"USER service\r\n"),
    (Responder, b"331 Password required for service\r\n"),
    (Originator, b"PASS s3cr3t\r\n"),
    (Responder, b"230 User service logged in\r\n"),
    (Originator, b"CLNT ExampleClient 1.2\r\nSYST\r\nFEAT\r\nSTAT\r\n"),
    (Responder, b"215 VxWorks\r\n211-Features:\r\n MDTM\r\n SIZE\r\n211 End\r\n"),
    (
        Responder,
        b"211-Status:\r\n Connected to ftp.ward\r\n Logged in as service\r\n exftpd 3.0\r\n211 End\r\n",
    ),
    (Originator, b"STOR DOE^JOHN.dcm\r\n"),
    (Responder, b"150 Opening DOE^JOHN.dcm\r\n226 Done\r\n"),
];

const ANONYMOUS: Exchange<'static> = &[
    (Responder, b"220 ready\r\n"),
    (Originator, b"USER anonymous\r\nPASS me@ward\r\n"),
    (Responder, b"331 Guest\r\n230 Welcome\r\n"),
];

const TLS: Exchange<'static> = &[
    (Responder, b"220 ready\r\n"),
    (Originator, b"AUTH TLS\r\n"),
    (Responder, b"234 Proceed\r\n"),
    (Originator, b"\x16\x03\x01\x00\x04\x01\x00\x00\x00"),
];

stream_kit!(PROTOCOL, login => LOGIN, anonymous => ANONYMOUS, tls => TLS);

fn probe(side: Side, responder_port: u16, bytes: &[u8]) -> Match {
    (PROTOCOL.probe)(&Probe { bytes, side, originator_port: 40_000, responder_port, midstream: false })
}

#[test]
fn reads_greeting_system_features_and_software() {
    let recording = play_whole(&PROTOCOL, LOGIN);
    assert_eq!(
        recording.values("ftp.response.arg"),
        [
            "Example Modality 7",
            "firmware 2.1",
            "FTP server ready",
            "VxWorks",
            "Features:",
            "MDTM",
            "SIZE",
            "End",
            "exftpd 3.0"
        ]
    );
    assert_eq!(recording.values("ftp.request.arg"), ["ExampleClient 1.2"]);
}

#[test]
fn credentials_are_a_fact_and_never_kept() {
    let recording = play_whole(&PROTOCOL, LOGIN);
    assert_eq!(recording.values("ftp.request.command"), ["USER", "PASS"]);
    let found: Vec<_> = recording.weaknesses.iter().map(|note| (note.subject, note.weakness)).collect();
    assert_eq!(
        found,
        [
            (Subject::Receiver, Weakness::CleartextUserName),
            (Subject::Receiver, Weakness::CleartextCredentials)
        ]
    );
    for secret in ["s3cr3t", "service", "DOE"] {
        assert!(!format!("{recording:?}").contains(secret), "{secret}");
    }
}

#[test]
fn anonymous_access_is_a_weakness_of_the_server_only_when_it_was_granted() {
    let recording = play_whole(&PROTOCOL, ANONYMOUS);
    let found: Vec<_> = recording.weaknesses.iter().map(|note| (note.subject, note.weakness)).collect();
    assert_eq!(found, [(Subject::Sender, Weakness::AnonymousAccess)]);
    let refused: Exchange<'_> = &[(Originator, b"USER anonymous\r\n"), (Responder, b"530 No guests\r\n")];
    assert!(play_whole(&PROTOCOL, refused).weaknesses.is_empty());
}

#[test]
fn a_tls_record_ends_the_dialogue() {
    let mut stream = crate::Stream::new(&PROTOCOL);
    let mut notes = crate::Notes::new();
    for (side, bytes) in TLS {
        stream.data(crate::Chunk { side: *side, bytes, at: model::Timestamp::from_nanos(0) }, &mut notes);
    }
    assert_eq!(stream.protocol().protocol.name, "tls");
}

#[test]
fn a_line_without_end_is_noted_once_and_passed_over() {
    let long = [b"STOR ".as_slice(), &[b'x'; 9_000], b"\r\nCLNT After 1\r\n"].concat();
    let recording = play_whole(&PROTOCOL, &[(Originator, &long)]);
    assert_eq!(recording.anomaly_names(), ["ftp_line"]);
    assert_eq!(recording.values("ftp.request.arg"), ["After 1"]);
}

#[test]
fn more_lines_than_a_reply_has_are_noted() {
    let greeting = [b"220-Hello\r\n".as_slice(), &b" x\r\n".repeat(100), b"220 ready\r\n"].concat();
    let recording = play_whole(&PROTOCOL, &[(Responder, &greeting)]);
    assert_eq!(recording.anomaly_names(), ["ftp_reply_lines"]);
    assert_eq!(recording.values("ftp.response.arg").len(), 66);
}

#[test]
fn bytes_decide_before_ports() {
    assert_eq!(probe(Responder, 2121, b"220 Example FTP server\r\n"), Match::Yes);
    assert_eq!(probe(Responder, 21, b"220 ready\r\n"), Match::Yes);
    assert_eq!(probe(Responder, 21, b"220 rea"), Match::NeedMore);
    assert_eq!(probe(Responder, 25, b"220 mail ESMTP\r\n"), Match::No);
    assert_eq!(probe(Originator, 2121, b"AUTH TLS\r\n"), Match::Yes);
    for other in [&b"GET / HTTP/1.1\r\n"[..], b"EHLO x\r\n", b"SSH-2.0-x\r\n", b"\x16\x03\x01"] {
        assert_eq!(probe(Originator, 21, other), Match::No);
    }
}
