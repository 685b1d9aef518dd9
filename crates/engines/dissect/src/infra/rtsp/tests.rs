//! Tests of RTSP.

use model::{Subject, Weakness};

use super::PROTOCOL;
use crate::Side::{Originator, Responder};
use crate::kit::{Exchange, play_whole};
use crate::{Match, Probe, stream_kit};

const CAMERA: Exchange<'static> = &[
    (Originator, b"OPTIONS rtsp://10.0.0.2/ward7 RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: ExampleViewer/2\r\n\r\n"),
    (Responder, b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nServer: ExampleCam/1.9\r\nPublic: DESCRIBE, PLAY\r\n\r\n"),
    (Originator, b"DESCRIBE rtsp://10.0.0.2/ward7 RTSP/1.0\r\nCSeq: 2\r\n\r\n"),
    (Responder, b"RTSP/1.0 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"Cam 0042\"\r\n\r\n"),
    (Originator, b"DESCRIBE rtsp://10.0.0.2/ward7 RTSP/1.0\r\nAuthorization: Basic Zm9vOmJhcg==\r\n\r\n"),
    (Responder, b"RTSP/1.0 200 OK\r\nContent-Length: 21\r\n\r\nRTSP/1.0 200 OK\r\nServ"),
    (Responder, b"$\x00\x00\x04\r\n\r\nRTSP/1.0 200 OK\r\nServer: After media\r\n\r\n"),
];

const OPEN: Exchange<'static> = &[
    (Originator, b"DESCRIBE rtsp://u:s3cr3t@10.0.0.2/x RTSP/1.0\r\n\r\n"),
    (Responder, b"RTSP/1.0 200 OK\r\n\r\n"),
];

stream_kit!(PROTOCOL, camera => CAMERA, open => OPEN);

#[test]
fn reads_software_methods_and_realm() {
    let recording = play_whole(&PROTOCOL, CAMERA);
    assert_eq!(recording.values("rtsp.server"), ["ExampleCam/1.9", "After media"]);
    assert_eq!(recording.values("rtsp.user_agent"), ["ExampleViewer/2"]);
    assert_eq!(recording.values("rtsp.public"), ["DESCRIBE, PLAY"]);
    assert_eq!(recording.values("rtsp.www_authenticate"), ["Basic realm=\"Cam 0042\""]);
    assert_eq!(recording.values("rtsp.authorization"), ["Basic"]);
}

#[test]
fn credentials_and_open_cameras_are_weaknesses() {
    let found = |exchange| {
        let weaknesses = play_whole(&PROTOCOL, exchange).weaknesses;
        weaknesses.iter().map(|note| (note.subject, note.weakness)).collect::<Vec<_>>()
    };
    assert_eq!(found(CAMERA), [(Subject::Receiver, Weakness::CleartextCredentials)]);
    assert_eq!(
        found(OPEN),
        [(Subject::Receiver, Weakness::CleartextCredentials), (Subject::Sender, Weakness::NoAuthentication)]
    );
}

#[test]
fn urls_and_credentials_are_never_kept() {
    for exchange in [CAMERA, OPEN] {
        let recording = format!("{:?}", play_whole(&PROTOCOL, exchange));
        for secret in ["ward7", "Zm9v", "s3cr3t"] {
            assert!(!recording.contains(secret), "{secret}");
        }
    }
}

#[test]
fn other_bytes_are_not_rtsp() {
    let probe = |bytes| {
        (PROTOCOL.probe)(&Probe {
            bytes,
            side: Originator,
            originator_port: 40_000,
            responder_port: 554,
            midstream: false,
        })
    };
    assert_eq!(probe(b"SETUP rtsp://x/1 RTSP/1.0\r\n"), Match::Yes);
    assert_eq!(probe(b"RTSP/1.0 200 OK\r\n"), Match::Yes);
    assert_eq!(probe(b"DESC"), Match::NeedMore);
    for other in [&b"OPTIONS / HTTP/1.1\r\n"[..], b"OPTIONS sip:x SIP/2.0\r\n", b"\x16\x03\x01"] {
        assert_eq!(probe(other), Match::No);
    }
}
