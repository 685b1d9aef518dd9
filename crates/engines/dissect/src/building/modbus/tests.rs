//! Tests of Modbus/TCP.

use model::{Subject, Weakness};

use super::PROTOCOL;
use crate::Side::{Originator, Responder};
use crate::kit::{Exchange, play_whole};
use crate::{Match, Probe, Side, stream_kit};

const ASK: &[u8] = b"\0\x01\0\0\0\x05\xff\x2b\x0e\x01\0";
const IDENTITY: &[u8] =
    b"\0\x01\0\0\0\x21\xff\x2b\x0e\x01\x81\0\0\x03\0\x08Exemplar\x01\x07EX-9000\x02\x04v2.1";
const WRITE: &[u8] = b"\0\x02\0\0\0\x06\x01\x05\0\x07\xff\0";
const ASK_UMAS: &[u8] = b"\0\x03\0\0\0\x04\0\x5a\0\x02";
const UMAS: &[u8] =
    b"\0\x03\0\0\0\x22\0\x5a\0\xfe\x10\xff\x5a\x01\x01\0\0\0\x70\x02\0\0\x27\0\x09\0\x08\0\0\0\0\x08BMX 0001";
const SERVER_ID: &[u8] = b"\0\x04\0\0\0\x09\x01\x11\x06Gauge\xff";

const TALK: Exchange<'static> = &[
    (Originator, ASK),
    (Responder, IDENTITY),
    (Originator, WRITE),
    (Responder, WRITE),
    (Originator, ASK_UMAS),
    (Responder, UMAS),
    (Responder, SERVER_ID),
];

stream_kit!(PROTOCOL, talk => TALK);

fn probe(bytes: &[u8], responder_port: u16) -> Match {
    (PROTOCOL.probe)(&Probe {
        bytes,
        side: Side::Originator,
        originator_port: 40_000,
        responder_port,
        midstream: true,
    })
}

#[test]
fn reads_the_device_identification() {
    let recording = play_whole(&PROTOCOL, TALK);
    assert_eq!(recording.values("modbus.vendor_name"), ["Exemplar"]);
    assert_eq!(recording.values("modbus.product_code"), ["EX-9000"]);
    assert_eq!(recording.values("modbus.revision"), ["v2.1"]);
    assert!(recording.anomalies.is_empty());
}

#[test]
fn reads_the_identity_under_function_90_only_when_it_was_asked_for() {
    let recording = play_whole(&PROTOCOL, TALK);
    assert_eq!(recording.values("modbus.umas.model"), ["BMX 0001"]);
    assert_eq!(recording.values("modbus.umas.firmware"), ["2.70"]);
    assert!(play_whole(&PROTOCOL, &[(Responder, UMAS)]).facts.is_empty());
}

#[test]
fn accepted_write_is_a_weakness_of_the_server() {
    let recording = play_whole(&PROTOCOL, TALK);
    let weakness = recording.weaknesses.first().unwrap();
    assert_eq!((weakness.subject, weakness.weakness), (Subject::Sender, Weakness::UnauthenticatedControl));
    assert!(play_whole(&PROTOCOL, &[(Originator, WRITE)]).weaknesses.is_empty());
}

#[test]
fn short_answer_is_an_anomaly() {
    let short = b"\0\x01\0\0\0\x0a\xff\x2b\x0e\x01\x81\0\0\x03\0\x08";
    assert_eq!(play_whole(&PROTOCOL, &[(Responder, short)]).anomaly_names(), ["malformed"]);
}

#[test]
fn is_known_by_its_bytes_on_any_port() {
    assert_eq!(probe(WRITE, 502), Match::Yes);
    assert_eq!(probe(b"\0\x02\0\0\0\x02\x01\0", 502), Match::Yes);
    assert_eq!(probe(b"\0\x02\0\0\0\x02\x01\0", 50_200), Match::No);
    assert_eq!(probe(WRITE, 50_200), Match::Yes);
    assert_eq!(probe(&WRITE[..5], 50_200), Match::NeedMore);
    // What follows a whole message may be the next one, until its header says otherwise.
    assert_eq!(probe(b"\0\x02\0\0\0\x06\x01\x05\0\x07\xff\0\0", 50_200), Match::NeedMore);
    assert_eq!(probe(b"\0\x02\0\0\0\x06\x01\x05\0\x07\xff\0\0garbage", 50_200), Match::No);
    for other in
        [&b"GET / HTTP/1.1\r\n"[..], b"\x03\0\0\x16\x11\xe0\0\0", b"\0\0\0\x2c\xffSMB", b"\0\0\0\0\0\0\0\0"]
    {
        assert_eq!(probe(other, 502), Match::No);
    }
}

/// Found by fuzzing: a message that was not whole yet was refused, and accepted a byte later.
#[test]
fn a_message_that_is_not_whole_is_not_refused() {
    crate::kit::probe_input(&PROTOCOL, &[0x4f, 0x70, 1, 0, 0, 0, 4, 0xff, 1, 1, 1]);
}
