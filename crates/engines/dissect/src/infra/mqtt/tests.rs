//! Tests of MQTT.

use model::{Subject, Weakness};

use super::PROTOCOL;
use crate::Side::{Originator, Responder};
use crate::kit::{Exchange, play_whole};
use crate::{Match, Probe, Side, stream_kit};

const OPEN: Exchange<'static> = &[
    (Originator, b"\x10\x15\x00\x04MQTT\x04\x02\x00\x3c\x00\x09pump-0042"),
    (Responder, b"\x20\x02\x00\x00"),
    (Originator, b"\x30\x12\x00\x0bpumps/7/DOEpulse"),
    (Originator, b"\x30\x0b\x00\x07/pumps/xy\xc0\x00"),
    (Responder, b"\x30\x09\x00\x07alarms/\xd0\x00"),
    (Originator, b"\xe0\x00"),
];

const PASSWORD: Exchange<'static> = &[
    (Originator, b"\x10\x1e\x00\x06MQIsdp\x03\xc2\x00\x3c\x00\x02id\x00\x04user\x00\x06s3cr3t"),
    (Responder, b"\x20\x02\x00\x00"),
];

const VERSION_5: Exchange<'static> = &[
    (Originator, b"\x10\x1b\x00\x04MQTT\x05\x02\x00\x3c\x0b\x15\x00\x03abc\x26\x00\x00\x00\x00\x00\x03gw1"),
    (Responder, b"\x20\x03\x00\x00\x00"),
];

stream_kit!(PROTOCOL, open => OPEN, password => PASSWORD, version_5 => VERSION_5);

fn weaknesses(exchange: Exchange<'_>) -> Vec<(Subject, Weakness)> {
    play_whole(&PROTOCOL, exchange).weaknesses.iter().map(|note| (note.subject, note.weakness)).collect()
}

fn probe(side: Side, responder_port: u16, midstream: bool, bytes: &[u8]) -> Match {
    (PROTOCOL.probe)(&Probe { bytes, side, originator_port: 40_000, responder_port, midstream })
}

#[test]
fn reads_client_version_and_first_level_of_topics_once() {
    let recording = play_whole(&PROTOCOL, OPEN);
    assert_eq!(recording.values("mqtt.clientid"), ["pump-0042"]);
    assert_eq!(recording.values("mqtt.ver"), ["4"]);
    assert_eq!(recording.values("mqtt.topic"), ["pumps"]);
    assert_eq!(play_whole(&PROTOCOL, VERSION_5).values("mqtt.clientid"), ["gw1"]);
    assert!(recording.anomalies.is_empty());
}

#[test]
fn credentials_and_their_absence_are_weaknesses() {
    assert_eq!(weaknesses(OPEN), [(Subject::Sender, Weakness::NoAuthentication)]);
    assert_eq!(
        weaknesses(PASSWORD),
        [
            (Subject::Receiver, Weakness::CleartextUserName),
            (Subject::Receiver, Weakness::CleartextCredentials)
        ]
    );
    assert!(weaknesses(VERSION_5).is_empty());
}

#[test]
fn credentials_payloads_and_deeper_levels_are_never_kept() {
    for exchange in [OPEN, PASSWORD] {
        let recording = format!("{:?}", play_whole(&PROTOCOL, exchange));
        for secret in ["user\"", "s3cr3t", "DOE", "pulse", "alarms"] {
            assert!(!recording.contains(secret), "{secret}");
        }
    }
}

#[test]
fn deviations_are_noted() {
    let names = |bytes| play_whole(&PROTOCOL, &[(Originator, bytes)]).anomaly_names();
    assert_eq!(names(b"\x30\x03\x00\x09a\xc0\x00"), ["malformed_packet"]);
    assert_eq!(names(b"\x00\x00"), ["reserved_type"]);
    assert_eq!(names(b"\x30\xff\xff\xff\xff\x01"), ["malformed_packet"]);
    let many: Vec<u8> = (0..40).flat_map(|topic| [0x30, 4, 0, 2, b'a', b'A' + topic]).collect();
    assert_eq!(names(&many), ["mqtt_topics"]);
}

#[test]
fn bytes_decide_before_ports() {
    assert_eq!(probe(Originator, 9_999, false, b"\x10\x15\x00\x04MQTT\x04"), Match::Yes);
    assert_eq!(probe(Originator, 9_999, false, b"\x10\x15\x00\x04MQ"), Match::NeedMore);
    assert_eq!(probe(Originator, 1_883, true, b"\xc0\x00"), Match::Yes);
    assert_eq!(probe(Originator, 9_999, true, b"\xc0\x00"), Match::No);
    for other in [&b"GET / HTTP/1.1\r\n"[..], b"\x16\x03\x01\x00", b"\x10\x15\x00\x04HTTP", b"\x00\x00"] {
        assert_eq!(probe(Originator, 1_883, false, other), Match::No);
    }
}
