//! Tests of HTTP.

use model::{Subject, Weakness};

use super::PROTOCOL;
use crate::Side::{Originator, Responder};
use crate::kit::{Exchange, Recording, play_whole};
use crate::{Chunk, Match, Notes, Probe, Stream, stream_kit};

const PAGE: Exchange<'static> = &[
    (Originator, b"GET / HTTP/1.1\r\nHost: pump7.example\r\nUser-Agent: Console/2.1\r\nAuthorization: Basic c2VjcmV0\r\n\r\n"),
    (Responder, b"HTTP/1.1 401 Unauthorized\r\nServer: ExampleOS/4.1\r\nWWW-Authenticate: Digest realm=\"Pump 7\", nonce=\"abc\"\r\nContent-Type: text/html\r\nContent-Length: 44\r\n\r\n<html><head><title>Pump 7</title></head></ht"),
    (Originator, b"POST /login HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 26\r\n\r\nuser=nurse&password=hunter"),
    (Responder, b"HTTP/1.1 204 No Content\r\n\r\n"),
];

const DESCRIPTION: Exchange<'static> = &[
    (Originator, b"GET /desc.xml HTTP/1.1\r\nHost: x\r\n\r\n"),
    (Responder, b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nTransfer-Encoding: chunked\r\n\r\n49\r\n<root><device><manufacturer>Example</manufacturer><modelName>Cam 4</model\r\n25\r\nName><d:UDN>uuid:1</d:UDN></device></\r\n5\r\nroot>\r\n0\r\n\r\nHTTP/1.0 200 OK\r\nServer: second\r\n\r\nrest"),
];

const IMAGES: Exchange<'static> = &[
    (Originator, b"GET /dicom-web/studies/1.2.3?PatientID=4711 HTTP/1.1\r\n\r\n"),
    (Responder, b"HTTP/1.1 200 OK\r\nContent-Type: multipart/related; type=\"application/dicom\"\r\nContent-Length: 3\r\n\r\nDCM"),
];

stream_kit!(PROTOCOL, page => PAGE, description => DESCRIPTION, images => IMAGES);

#[test]
fn reads_who_serves_and_who_asks() {
    let recording = play_whole(&PROTOCOL, PAGE);
    assert!(recording.facts.contains(&(Subject::Sender, "http.user_agent", "Console/2.1".to_owned())));
    assert!(recording.facts.contains(&(Subject::Receiver, "http.host", "pump7.example".to_owned())));
    assert_eq!(recording.values("http.server"), ["ExampleOS/4.1"]);
    assert_eq!(recording.values("http.www_authenticate"), ["Digest realm=\"Pump 7\""]);
    assert_eq!(recording.values("http.title"), ["Pump 7"]);
}

#[test]
fn credentials_are_a_weakness_and_are_not_kept() {
    let recording = play_whole(&PROTOCOL, PAGE);
    let found =
        recording.weaknesses.iter().filter(|note| note.weakness == Weakness::CleartextCredentials).count();
    assert_eq!(found, 2);
    assert!(!format!("{recording:?}").contains("c2VjcmV0") && !format!("{recording:?}").contains("hunter"));
}

#[test]
fn reads_a_description_in_chunks_and_the_answer_behind_it() {
    let recording = play_whole(&PROTOCOL, DESCRIPTION);
    assert_eq!(recording.values("upnp.manufacturer"), ["Example"]);
    assert_eq!(recording.values("upnp.model_name"), ["Cam 4"]);
    assert_eq!(recording.values("upnp.udn"), ["uuid:1"]);
    assert_eq!(recording.values("http.server"), ["second"]);
    assert!(recording.anomalies.is_empty(), "{:?}", recording.anomalies);
}

#[test]
fn images_over_http_are_patient_data_and_paths_are_not_kept() {
    let recording = play_whole(&PROTOCOL, IMAGES);
    assert!(recording.patient_data);
    assert_eq!(recording.values("http.service"), ["dicomweb", "dicomweb"]);
    assert!(!format!("{recording:?}").contains("4711"));
}

#[test]
fn two_lengths_are_noted() {
    let exchange: Exchange<'_> = &[(
        Originator,
        b"POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    )];
    assert_eq!(play_whole(&PROTOCOL, exchange).anomaly_names(), ["ambiguous_length"]);
}

#[test]
fn a_long_body_is_not_looked_at() {
    let mut stream = Stream::new(&PROTOCOL);
    let mut notes = Notes::new();
    let at = model::Timestamp::from_nanos(0);
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nbody";
    stream.data(Chunk { side: Responder, bytes: head, at }, &mut notes);
    assert_eq!(stream.skippable(Responder), 999_996);
    stream.gap(Responder, 999_996);
    let bytes = b"HTTP/1.1 200 OK\r\nServer: after\r\nContent-Length: 0\r\n\r\n";
    stream.data(Chunk { side: Responder, bytes, at }, &mut notes);
    assert_eq!(Recording::of(&notes).values("http.server"), ["after"]);
}

#[test]
fn only_http_looks_like_it() {
    let probe = |bytes: &[u8]| {
        let side = Originator;
        (PROTOCOL.probe)(&Probe {
            bytes,
            side,
            originator_port: 40_000,
            responder_port: 80,
            midstream: false,
        })
    };
    assert_eq!(probe(b"GET / HTTP/1.1\r\n"), Match::Yes);
    assert_eq!(probe(b"HTTP/1.1 200 OK\r\n"), Match::Yes);
    assert_eq!(probe(b"GET /pa"), Match::NeedMore);
    assert_eq!(probe(b"GET /\x01 HTTP/1.1\r\n"), Match::No);
    assert_eq!(probe(b"HELO mail.example\r\n"), Match::No);
    assert_eq!(probe(b"OPTIONS rtsp://x RTSP/1.0\r\n"), Match::No);
    assert_eq!(probe(b"\x16\x03\x01"), Match::No);
}
