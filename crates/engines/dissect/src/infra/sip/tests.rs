//! Tests of SIP.

use model::{Subject, Weakness};

use super::{PROTOCOL, TCP};
use crate::Side::{Originator, Responder};
use crate::kit::{Recording, handle, packet, play_whole, sweep_chunking};
use crate::{Carrier, Match, Packet, Probe, datagram_kit};

const REGISTER: &[u8] = b"REGISTER sip:pbx.ward SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.1\r\nFrom: \"Roe\" <sip:4711@pbx>\r\nTo: <sip:4711@pbx>\r\nCSeq: 2 REGISTER\r\nUser-Agent: ExamplePhone 7/1.2\r\nAuthorization: Digest username=\"4711\", response=\"abc\"\r\nContent-Length: 0\r\n\r\n";
const CHALLENGE: &[u8] = b"SIP/2.0 401 Unauthorized\r\nCSeq: 1 REGISTER\r\nServer: ExamplePBX 3\r\nWWW-Authenticate: Digest realm=\"pbx\", nonce=\"n0nce\"\r\nbroken\r\nContent-Length: 0\r\n\r\n";
const INVITE: &[u8] = b"INVITE sip:0815@pbx.ward SIP/2.0\r\nTo: <sip:0815@pbx>\r\nl: 12\r\n\r\nServer: body";

fn udp(payload: &[u8]) -> Packet<'_> {
    packet(Carrier::Udp, (5_060, 5_060), payload)
}

datagram_kit!(PROTOCOL, register => udp(REGISTER), challenge => udp(CHALLENGE), invite => udp(INVITE));

#[test]
fn any_chunking_over_tcp_gives_the_same() {
    let twice = [INVITE, b"\r\n\r\n", REGISTER].concat();
    sweep_chunking(&TCP, &[(Originator, &twice), (Responder, CHALLENGE)]);
    let recording = play_whole(&TCP, &[(Originator, &twice), (Responder, CHALLENGE)]);
    assert_eq!(recording.values("sip.Method"), ["INVITE", "REGISTER"]);
    assert_eq!(recording.values("sip.Server"), ["ExamplePBX 3"]);
}

#[test]
fn reads_software_and_methods() {
    let recording = handle(&PROTOCOL, &udp(REGISTER)).unwrap();
    assert_eq!(recording.values("sip.User-Agent"), ["ExamplePhone 7/1.2"]);
    assert_eq!(recording.values("sip.Method"), ["REGISTER"]);
    assert_eq!(recording.values("sip.auth.scheme"), ["Digest"]);
}

#[test]
fn who_answers_a_registration_is_a_registrar() {
    let recording = handle(&PROTOCOL, &udp(CHALLENGE)).unwrap();
    assert_eq!(recording.values("sip.CSeq.method"), ["REGISTER"]);
    assert_eq!(recording.values("sip.WWW-Authenticate"), ["Digest realm=\"pbx\""]);
    assert_eq!(recording.anomaly_names(), ["malformed_header"]);
    assert!(handle(&PROTOCOL, &udp(REGISTER)).unwrap().values("sip.CSeq.method").is_empty());
}

#[test]
fn who_calls_and_is_called_is_never_kept() {
    for message in [REGISTER, CHALLENGE, INVITE] {
        let recording = format!("{:?}", handle(&PROTOCOL, &udp(message)).unwrap());
        for secret in ["4711", "0815", "Roe", "abc", "n0nce", "body"] {
            assert!(!recording.contains(secret), "{secret}");
        }
    }
}

#[test]
fn basic_credentials_are_a_weakness_of_who_accepts_them() {
    let message = b"OPTIONS sip:a SIP/2.0\r\nAuthorization: Basic Zm9vOmJhcg==\r\n\r\n";
    let recording = handle(&PROTOCOL, &udp(message)).unwrap();
    assert_eq!(recording.weaknesses.first().unwrap().weakness, Weakness::CleartextCredentials);
    assert_eq!(recording.weaknesses.first().unwrap().subject, Subject::Receiver);
    assert!(!format!("{recording:?}").contains("Zm9v"));
}

#[test]
fn a_keep_alive_says_nothing_and_belongs_to_sip_on_its_port_only() {
    for message in [&b"\r\n\r\n"[..], b"\0\0\0\0", b"hello"] {
        assert_eq!(handle(&PROTOCOL, &udp(message)), Some(Recording::default()));
        assert!(handle(&PROTOCOL, &packet(Carrier::Udp, (50_000, 50_001), message)).is_none());
    }
}

#[test]
fn other_bytes_are_not_sip() {
    for other in [
        &b"NOTIFY * HTTP/1.1\r\n"[..],
        b"OPTIONS rtsp://x RTSP/1.0\r\n",
        b"SIP/2.0 999 x\r\n",
        b"INVITE",
        b"",
    ] {
        assert!(handle(&PROTOCOL, &udp(other)).is_none());
    }
    let probe = |bytes| {
        (TCP.probe)(&Probe {
            bytes,
            side: Originator,
            originator_port: 40_000,
            responder_port: 5_060,
            midstream: false,
        })
    };
    assert_eq!(probe(b"INVITE sip:a SIP/2.0\r\n"), Match::Yes);
    assert_eq!(probe(b"INVI"), Match::NeedMore);
    assert_eq!(probe(b"OPTIONS / HTTP/1.1\r\n"), Match::No);
}
