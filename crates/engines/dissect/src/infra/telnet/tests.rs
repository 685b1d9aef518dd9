//! Tests of Telnet.

use model::{Subject, Weakness};

use super::PROTOCOL;
use crate::Side::{Originator, Responder};
use crate::kit::{Exchange, play_whole, sweep_chunking};
use crate::{Match, Probe, Side, stream_kit};

const LOGIN: Exchange<'static> = &[
    (Responder, b"\xff\xfd\x18\xff\xfb\x01\xff\xfb\x03"),
    (Originator, b"\xff\xfb\x18\xff\xfd\x01"),
    (Responder, b"\xff\xfa\x18\x01\xff\xf0"),
    (Originator, b"\xff\xfa\x18\x00VT220\xff\xf0\xff\xfa\x27\x00\x00USER\x01jdoe\xff\xf0"),
    (Responder, b"\x1b[2JExample Bedside Gateway\r\nVersion 3.2 build 7\r\n\r\nicu-gw-1 login: "),
    (Originator, b"jd"),
    (Responder, b"jd"),
    (Originator, b"oe\r\0"),
    (Responder, b"oe\r\nPassword: "),
    (Originator, b"s3cr3t\r\0"),
    (Responder, b"\r\nWelcome jdoe\r\n"),
];

const TLS: Exchange<'static> = &[
    (Responder, b"\xff\xfd\x2e"),
    (Originator, b"\xff\xfb\x2e\xff\xfa\x2e\x01\xff\xf0"),
    (Responder, b"\xff\xfa\x2e\x01\xff\xf0"),
    (Originator, b"\x16\x03\x01\x00\x04\x01\x00\x00\x00"),
];

stream_kit!(PROTOCOL, login => LOGIN, tls => TLS);

fn probe(side: Side, responder_port: u16, bytes: &[u8]) -> Match {
    (PROTOCOL.probe)(&Probe { bytes, side, originator_port: 40_000, responder_port, midstream: false })
}

#[test]
fn reads_banner_options_and_terminal_type() {
    let recording = play_whole(&PROTOCOL, LOGIN);
    assert_eq!(recording.values("telnet.data"), ["Example Bedside Gateway", "Version 3.2 build 7"]);
    assert_eq!(recording.values("telnet.string_subopt.value"), ["VT220"]);
    assert_eq!(recording.values("telnet.negotiation"), ["DO 24,WILL 1,WILL 3", "WILL 24,DO 1"]);
}

#[test]
fn what_is_typed_and_its_echo_are_never_kept() {
    let recording = play_whole(&PROTOCOL, LOGIN);
    for secret in ["s3cr3t", "jdoe", "jd", "Welcome"] {
        assert!(!format!("{recording:?}").contains(secret), "{secret}");
    }
}

#[test]
fn prompts_and_answers_are_weaknesses_of_the_server() {
    let recording = play_whole(&PROTOCOL, LOGIN);
    let found: Vec<_> = recording.weaknesses.iter().map(|note| (note.subject, note.weakness)).collect();
    assert_eq!(
        found,
        [
            (Subject::Sender, Weakness::CleartextManagement),
            (Subject::Receiver, Weakness::CleartextUserName),
            (Subject::Sender, Weakness::CleartextManagement),
            (Subject::Receiver, Weakness::CleartextCredentials),
        ]
    );
}

#[test]
fn a_notice_that_mentions_a_password_is_no_prompt() {
    let exchange: Exchange<'_> = &[
        (Responder, b"Default password: see manual\r\nLast login: Monday\r\n> "),
        (Originator, b"show\r\n"),
    ];
    let recording = play_whole(&PROTOCOL, exchange);
    assert!(recording.weaknesses.iter().all(|note| note.weakness != Weakness::CleartextCredentials));
}

#[test]
fn a_subnegotiation_without_end_is_noted() {
    let endless = [b"\xff\xfa\x18".as_slice(), &[b'x'; 3_000]].concat();
    assert_eq!(play_whole(&PROTOCOL, &[(Originator, &endless)]).anomaly_names(), ["telnet_subnegotiation"]);
}

#[test]
fn bytes_decide_before_ports() {
    assert_eq!(probe(Responder, 23, b"\xff\xfd\x18"), Match::Yes);
    assert_eq!(probe(Responder, 23, b"login: "), Match::Yes);
    assert_eq!(probe(Responder, 4_001, b"\xff\xfd\x18\xff\xfb\x01"), Match::Yes);
    assert_eq!(probe(Responder, 4_001, b"\xff\xfd\x18"), Match::NeedMore);
    for other in [&b"SSH-2.0-x\r\n"[..], b"GET / HTTP/1.1\r\n", b"\x16\x03\x01", b"\xff\x01\x02"] {
        assert_eq!(probe(Originator, 23, other), Match::No);
    }
    assert_eq!(probe(Responder, 4_001, b"login: "), Match::No);
}

/// Found by fuzzing: a byte in the middle of text was taken for a TLS record when it came first in a piece.
#[test]
fn tls_begins_only_right_behind_the_announcement() {
    let follows = [0xff, 0xfa, 46, 1, 0xff, 0xf0];
    let server = [&follows[..], b"text \x16\x03\x01 text\r\n"].concat();
    sweep_chunking(&PROTOCOL, &[(Originator, &follows), (Responder, &server)]);
}

/// Found by fuzzing: how much of an impossible hello of SSL 2 was there decided whether it was waited for, and with it
/// whether the other side was read on.
#[test]
fn what_follows_the_switch_on_one_side_does_not_depend_on_the_cutting_of_the_other() {
    let follows = [0xff, 0xfa, 46, 1, 0xff, 0xf0];
    let client = [&follows[..], &follows, b"\x16\x03\x01\x00\x04\x00\x00\x00\x00"].concat();
    let exchange: Exchange<'_> = &[
        (Responder, &follows),
        (Originator, &client),
        (Responder, b"\xc0\x05\x01\x00\x02\x00\x00\x00"),
        (Originator, b"no record"),
    ];
    sweep_chunking(&PROTOCOL, exchange);
    assert_eq!(play_whole(&PROTOCOL, exchange).anomaly_names(), Vec::<&str>::new());
}
