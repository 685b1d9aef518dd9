//! Tests of the ISO transport.

use model::Subject;

use super::PROTOCOL;
use crate::Side::{Originator, Responder};
use crate::kit::{Exchange, play_whole};
use crate::{Match, Probe, Side, stream_kit};

pub(crate) const REQUEST: &[u8] =
    b"\x03\0\0\x24\x1f\xe0\0\0\0\x01\0\xc1\x02\x06\0\xc2\x10SIMATIC-ROOT-HMI\xc0\x01\x0a";
const CONFIRM: &[u8] = b"\x03\0\0\x16\x11\xd0\0\x01\0\x02\0\xc0\x01\x0a\xc1\x02\x01\0\xc2\x02\x01\x02";
const MMS: &[u8] = b"\x03\0\0\x13\x02\xf0\x80\x0d\x0a0123456789";

const TALK: Exchange<'static> = &[(Originator, REQUEST), (Responder, CONFIRM), (Originator, MMS)];

stream_kit!(PROTOCOL, talk => TALK);

fn probe(bytes: &[u8]) -> Match {
    (PROTOCOL.probe)(&Probe {
        bytes,
        side: Side::Originator,
        originator_port: 40_000,
        responder_port: 102,
        midstream: false,
    })
}

#[test]
fn called_selector_in_text_names_both_ends() {
    let recording = play_whole(&PROTOCOL, &[(Originator, REQUEST)]);
    assert_eq!(
        recording.facts,
        [
            (Subject::Receiver, "cotp.dst-tsap", "SIMATIC-ROOT-HMI".to_owned()),
            (Subject::Sender, "cotp.caller", "SIMATIC-ROOT-HMI".to_owned()),
        ]
    );
}

#[test]
fn binary_selectors_say_nothing() {
    assert!(play_whole(&PROTOCOL, &[(Responder, CONFIRM)]).facts.is_empty());
}

#[test]
fn mms_is_named() {
    assert_eq!(play_whole(&PROTOCOL, TALK).refinement, Some("mms"));
}

#[test]
fn remote_desktop_is_left_to_others() {
    let cookie = b"\x03\0\0\x13\x0e\xe0\0\0\0\0\0\x01\0\x08\0\x03\0\0\0";
    for other in
        [&cookie[..], b"\x03\0\0\x0b\x06\xe0\0\0\0\0\0", b"GET / HTTP/1.1", b"\x03\x01\0\x16\x11\xe0"]
    {
        assert_eq!(probe(other), Match::No);
    }
    assert_eq!(probe(REQUEST), Match::Yes);
    assert_eq!(probe(REQUEST.get(..3).unwrap()), Match::NeedMore);
}
