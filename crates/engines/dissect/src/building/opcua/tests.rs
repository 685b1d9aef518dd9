//! Tests of OPC UA.

use model::Weakness;

use super::PROTOCOL;
use crate::Side::{Originator, Responder};
use crate::kit::play_whole;
use crate::{Match, Probe, Side, stream_kit};

const NONE: &[u8] = b"http://opcfoundation.org/UA/SecurityPolicy#None";
const SIGNED: &[u8] = b"http://opcfoundation.org/UA/SecurityPolicy#Basic256Sha256";

fn chunk(kind: &[u8], body: &[u8]) -> Vec<u8> {
    [kind, b"F", &(body.len() as u32 + 8).to_le_bytes(), body].concat()
}

fn string(text: &[u8]) -> Vec<u8> {
    [&(text.len() as u32).to_le_bytes()[..], text].concat()
}

fn hello() -> Vec<u8> {
    chunk(b"HEL", &[&[0; 20][..], &string(b"opc.tcp://plc-7:4840")].concat())
}

fn open(policy: &[u8]) -> Vec<u8> {
    chunk(b"OPN", &[&[1, 0, 0, 0][..], &string(policy), &[0xff; 8], &[0; 8]].concat())
}

fn endpoints() -> Vec<u8> {
    let mut body = vec![0; 16];
    body.extend([1, 0, 0xaf, 1]);
    body.extend([0; 12 + 4 + 1]);
    body.extend([0xff; 4]);
    body.extend([0, 0, 0, 1, 0, 0, 0]);
    body.extend(
        [string(b"opc.tcp://plc-7:4840"), string(b"urn:example:plc-7"), string(b"urn:example:controller")]
            .concat(),
    );
    body.push(3);
    body.extend([string(b"en"), string(b"Controller 7")].concat());
    body.extend([0; 4]);
    body.extend([0xff; 8]);
    body.extend([1, 0, 0, 0]);
    body.extend(string(b"opc.tcp://plc-7:4840"));
    body.extend([0xff; 4]);
    body.extend([1, 0, 0, 0]);
    body.extend(string(NONE));
    chunk(b"MSG", &body)
}

stream_kit!(
    PROTOCOL,
    endpoints => &[
        (Originator, &hello()),
        (Originator, &open(NONE)),
        (Responder, &open(NONE)),
        (Responder, &super::endpoints()),
    ],
    secured => &[(Originator, &hello()), (Responder, &open(SIGNED)), (Responder, &super::endpoints())],
);

#[test]
fn reads_the_application_of_an_open_channel() {
    let recording =
        play_whole(&PROTOCOL, &[(Originator, &hello()), (Responder, &open(NONE)), (Responder, &endpoints())]);
    assert_eq!(recording.values("opcua.transport.endpoint"), ["opc.tcp://plc-7:4840"]);
    assert_eq!(recording.values("opcua.ApplicationUri"), ["urn:example:plc-7"]);
    assert_eq!(recording.values("opcua.ProductUri"), ["urn:example:controller"]);
    assert_eq!(recording.values("opcua.ApplicationName"), ["Controller 7"]);
    assert_eq!(recording.values("opcua.MessageSecurityMode"), ["None"]);
    assert_eq!(recording.weaknesses[0].weakness, Weakness::CleartextManagement);
    assert!(recording.anomalies.is_empty());
}

#[test]
fn nothing_of_a_secured_channel_is_read() {
    let recording = play_whole(&PROTOCOL, &[(Responder, &open(SIGNED)), (Responder, &endpoints())]);
    assert!(recording.encrypted && recording.weaknesses.is_empty());
    assert_eq!(recording.facts.len(), 1);
}

#[test]
fn value_past_the_end_and_refusal_are_anomalies() {
    let mut broken = hello();
    broken[28] = 200;
    let recording = play_whole(&PROTOCOL, &[(Originator, &broken), (Responder, &chunk(b"ERR", &[0; 8]))]);
    assert_eq!(recording.anomaly_names(), ["malformed", "refused"]);
}

#[test]
fn other_bytes_are_not_opcua() {
    let probe = |bytes: &[u8]| {
        (PROTOCOL.probe)(&Probe {
            bytes,
            side: Side::Originator,
            originator_port: 1,
            responder_port: 4_840,
            midstream: false,
        })
    };
    assert_eq!(probe(&hello()), Match::Yes);
    assert_eq!(probe(b"HE"), Match::NeedMore);
    for other in [&b"HELO example"[..], b"MSG hello there", b"GET / HTTP/1.1"] {
        assert_eq!(probe(other), Match::No);
    }
}
