//! Tests of SMTP.

use model::{Subject, Weakness};

use super::PROTOCOL;
use crate::Side::{Originator, Responder};
use crate::kit::{Exchange, play_whole};
use crate::{Match, Probe, Side, stream_kit};

const MAIL: Exchange<'static> = &[
    (Responder, b"220 mx.ward ESMTP ExampleMail 4.1\r\n"),
    (Originator, b"EHLO scanner7.ward\r\n"),
    (Responder, b"250-mx.ward Hello\r\n250-AUTH PLAIN LOGIN\r\n250 STARTTLS\r\n"),
    (Originator, b"AUTH LOGIN\r\n"),
    (Responder, b"334 VXNlcm5hbWU6\r\n"),
    (Originator, b"c2VydmljZQ==\r\n"),
    (Responder, b"334 UGFzc3dvcmQ6\r\n"),
    (Originator, b"czNjcjN0\r\n"),
    (Responder, b"235 ok\r\n"),
    (Originator, b"MAIL FROM:<doe@ward>\r\nRCPT TO:<roe@ward>\r\nDATA\r\n"),
    (Responder, b"250 doe@ward ok\r\n250 ok\r\n354 go\r\n"),
    (Originator, b"Subject: DOE^JOHN\r\n\r\nEHLO not.a.name\r\n..\r\n.\r\nBDAT 14 LAST\r\nEHLO in.mail\r\nEHLO again\r\n"),
    (Responder, b"250 queued\r\n"),
];

const PLAIN: Exchange<'static> =
    &[(Originator, b"EHLO a\r\nAUTH PLAIN AHMAczNjcjN0\r\n"), (Responder, b"250-x\r\n250 y\r\n535 no\r\n")];

const REFUSED: Exchange<'static> =
    &[(Originator, b"DATA\r\n"), (Responder, b"503 first RCPT\r\n"), (Originator, b"EHLO after.refusal\r\n")];

stream_kit!(PROTOCOL, mail => MAIL, plain => PLAIN, refused => REFUSED);

fn probe(side: Side, responder_port: u16, bytes: &[u8]) -> Match {
    (PROTOCOL.probe)(&Probe { bytes, side, originator_port: 40_000, responder_port, midstream: false })
}

#[test]
fn reads_server_and_client_names() {
    let recording = play_whole(&PROTOCOL, MAIL);
    assert_eq!(
        recording.values("smtp.rsp.parameter"),
        ["mx.ward ESMTP ExampleMail 4.1", "mx.ward Hello", "AUTH PLAIN LOGIN", "STARTTLS"]
    );
    assert_eq!(recording.values("smtp.req.parameter"), ["scanner7.ward", "again"]);
}

#[test]
fn mails_addresses_and_credentials_are_never_kept() {
    let recording = play_whole(&PROTOCOL, MAIL);
    for secret in ["DOE", "doe@", "roe@", "c2Vy", "czNj", "in.mail", "not.a.name"] {
        assert!(!format!("{recording:?}").contains(secret), "{secret}");
    }
}

#[test]
fn credentials_in_the_clear_are_noted_once() {
    for exchange in [MAIL, PLAIN] {
        let weaknesses = play_whole(&PROTOCOL, exchange).weaknesses;
        let found: Vec<_> = weaknesses.iter().map(|note| (note.subject, note.weakness)).collect();
        assert_eq!(found, [(Subject::Receiver, Weakness::CleartextCredentials)]);
    }
}

#[test]
fn a_refused_mechanism_shows_nothing() {
    let exchange: Exchange<'_> = &[
        (Originator, b"AUTH LOGIN\r\n"),
        (Responder, b"530 Must issue a STARTTLS command first\r\n"),
        (Originator, b"STARTTLS\r\n"),
    ];
    assert!(play_whole(&PROTOCOL, exchange).weaknesses.is_empty());
}

#[test]
fn after_refused_data_commands_follow() {
    assert_eq!(play_whole(&PROTOCOL, REFUSED).values("smtp.req.parameter"), ["after.refusal"]);
}

#[test]
fn a_chunk_without_length_is_noted() {
    assert_eq!(play_whole(&PROTOCOL, &[(Originator, b"BDAT x\r\n")]).anomaly_names(), ["malformed_bdat"]);
}

#[test]
fn bytes_decide_before_ports() {
    assert_eq!(probe(Responder, 2_626, b"220 x ESMTP\r\n"), Match::Yes);
    assert_eq!(probe(Responder, 25, b"220 x\r\n"), Match::Yes);
    assert_eq!(probe(Originator, 2_626, b"EHLO x\r\n"), Match::Yes);
    assert_eq!(probe(Responder, 21, b"220 x\r\n"), Match::No);
    for other in [&b"GET / HTTP/1.1\r\n"[..], b"USER x\r\n", b"\x16\x03\x01"] {
        assert_eq!(probe(Originator, 25, other), Match::No);
    }
}
