//! Tests of IEC 60870-5-104.

use model::{Subject, Weakness};

use super::PROTOCOL;
use crate::Side::{Originator, Responder};
use crate::kit::{Exchange, play_whole};
use crate::{Match, Probe, Side, stream_kit};

const START: &[u8] = &[0x68, 4, 7, 0, 0, 0];
const CONFIRM: &[u8] = &[0x68, 4, 0x0b, 0, 0, 0];
const VALUE: &[u8] = &[0x68, 14, 0, 0, 0, 0, 1, 1, 3, 0, 1, 0, 5, 0, 0, 1];
const COMMAND: &[u8] = &[0x68, 14, 2, 0, 2, 0, 45, 1, 6, 0, 1, 0, 5, 0, 0, 1];
const OBEYED: &[u8] = &[0x68, 14, 2, 0, 2, 0, 45, 1, 7, 0, 1, 0, 5, 0, 0, 1];
const REFUSED: &[u8] = &[0x68, 14, 2, 0, 2, 0, 45, 1, 0x47, 0, 1, 0, 5, 0, 0, 1];

const TALK: Exchange<'static> = &[
    (Originator, START),
    (Responder, CONFIRM),
    (Responder, VALUE),
    (Originator, COMMAND),
    (Responder, OBEYED),
    (Originator, &[0x68, 4, 1, 0, 4, 0]),
];

stream_kit!(PROTOCOL, talk => TALK);

fn probe(bytes: &[u8], responder_port: u16) -> Match {
    (PROTOCOL.probe)(&Probe {
        bytes,
        side: Side::Originator,
        originator_port: 1,
        responder_port,
        midstream: false,
    })
}

#[test]
fn tells_both_roles() {
    for said in [CONFIRM, VALUE] {
        let recording = play_whole(&PROTOCOL, &[(Responder, said)]);
        assert_eq!(
            recording.facts[0],
            (Subject::Sender, "iec60870_104.role", "controlled station".to_owned())
        );
        assert_eq!(recording.facts[1].2, "controlling station");
    }
    assert!(play_whole(&PROTOCOL, &[(Originator, START), (Originator, COMMAND)]).facts.is_empty());
}

#[test]
fn obeyed_command_is_a_weakness_and_a_refused_one_is_not() {
    let weaknesses = play_whole(&PROTOCOL, &[(Responder, OBEYED)]).weaknesses;
    assert_eq!(weaknesses[0].weakness, Weakness::UnauthenticatedControl);
    assert!(play_whole(&PROTOCOL, &[(Responder, REFUSED)]).weaknesses.is_empty());
}

#[test]
fn control_bits_of_no_format_are_an_anomaly() {
    assert_eq!(play_whole(&PROTOCOL, &[(Responder, &[0x68, 4, 3, 9, 9, 9])]).anomaly_names(), ["malformed"]);
}

#[test]
fn is_known_by_its_bytes() {
    assert_eq!(probe(START, 40_000), Match::Yes);
    assert_eq!(probe(VALUE, 2_404), Match::Yes);
    assert_eq!(probe(VALUE, 40_000), Match::No);
    assert_eq!(probe(b"h", 2_404), Match::NeedMore);
    assert_eq!(probe(b"hello, world", 2_404), Match::No);
}
