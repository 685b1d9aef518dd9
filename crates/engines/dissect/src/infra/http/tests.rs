//! Tests of HTTP.

use base64::Engine as _;
use model::{Subject, Weakness};

use super::PROTOCOL;
use crate::Side::{Originator, Responder};
use crate::infra::gss::tests::response;
use crate::infra::ntlm::tests::{authenticate, challenge};
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

/// Three requests before the first answer; the answer to HEAD has a length and no body.
const PIPELINED: Exchange<'static> = &[
    (Originator, b"GET /a.png HTTP/1.1\r\nHost: a\r\n\r\nHEAD / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
    (Responder, b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 24\r\n\r\n<title>not here</title>\n"),
    (Responder, b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9000\r\n\r\n"),
    (Responder, b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 22\r\n\r\n<title>Lab 3</title>\r\n"),
];

const TRAILER: Exchange<'static> = &[
    (Originator, b"POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;ext=1\r\nabc\r\n0\r\nX-Checksum: 1\r\nX-More: 2\r\n\r\nGET /y HTTP/1.1\r\nUser-Agent: after\r\n\r\n"),
    (Responder, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nHTTP/1.1 200 OK\r\nServer: without-empty-line\r\nContent-Length: 0\r\n\r\n"),
];

const PROXY: Exchange<'static> = &[
    (Originator, b"CONNECT cloud.example:443 HTTP/1.1\r\nHost: cloud.example:443\r\nUser-Agent: Agent/1\r\n\r\n\x16\x03\x01\x00\x05hello"),
    (Responder, b"HTTP/1.1 200 Connection established\r\nServer: ExampleProxy/2\r\n\r\n\x16\x03\x03\x00\x05hello"),
];

const WEBSOCKET: Exchange<'static> = &[
    (Originator, b"GET /live HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n\x81\x85\x01\x02\x03\x04frame"),
    (Responder, b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nServer: Monitor/3\r\n\r\n\x81\x05hello"),
];

const UPNP: Exchange<'static> = &[
    (Originator, b"GET /rootDesc.xml HTTP/1.1\r\nHost: 10.0.0.2:49152\r\n\r\n"),
    (Responder, b"HTTP/1.1 200 OK\r\nContent-Type: text/xml; charset=utf-8\r\nServer: Linux/3.4 UPnP/1.0 Example/1.0\r\n\r\n<?xml version=\"1.0\"?>\n<root xmlns=\"urn:schemas-upnp-org:device-1-0\"><device><deviceType>urn:schemas-upnp-org:device:Basic:1</deviceType><friendlyName>Ward camera</friendlyName><manufacturer>Example Ltd</manufacturer><modelName>WC-2</modelName><modelNumber>2.10</modelNumber><serialNumber>SN0815</serialNumber><UDN>uuid:4d69</UDN></device></root>"),
];

const LOGINS: Exchange<'static> = &[
    (Originator, b"POST /api/login HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 40\r\n\r\n{\"user\": \"nurse\", \"password\": \"hunter2\"}"),
    (Originator, b"GET /cgi?user=nurse&pwd=hunter3 HTTP/1.1\r\nAuthorization: Digest username=\"nurse7\", realm=\"x\"\r\n\r\n"),
    (Originator, b"GET / HTTP/1.1\r\nAuthorization: Bearer hunter4\r\n\r\n"),
    (Originator, b"GET / HTTP/1.1\r\nAuthorization: hunter5\r\n\r\n"),
    (Originator, b"GET / HTTP/1.1\r\nAuthorization: Negotiate TlRMTVNTUAADhunter6\r\n\r\n"),
    (Originator, b"GET / HTTP/1.1\r\nCookie: session=hunter7\r\n\r\n"),
];

stream_kit!(
    PROTOCOL,
    page => PAGE,
    description => DESCRIPTION,
    images => IMAGES,
    pipelined => PIPELINED,
    trailer => TRAILER,
    proxy => PROXY,
    websocket => WEBSOCKET,
    upnp => UPNP,
    logins => LOGINS,
);

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
fn reads_names_in_tokens_of_ntlm_and_never_the_user() {
    let encode = |token: &[u8]| base64::engine::general_purpose::STANDARD.encode(token);
    let question = format!("GET / HTTP/1.1\r\nAuthorization: NTLM {}\r\n\r\n", encode(&authenticate("jdoe")));
    let answer = format!(
        "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Negotiate {}\r\nContent-Length: 0\r\n\r\n",
        encode(&response(&challenge()))
    );
    let exchange = [(Originator, question.as_bytes()), (Responder, answer.as_bytes())];
    let recording = play_whole(&PROTOCOL, &exchange);
    assert_eq!(recording.values("ntlmssp.auth.hostname"), ["CT-CONSOLE"]);
    assert_eq!(recording.values("ntlmssp.challenge.target_info.nb_computer_name"), ["PACS01"]);
    assert_eq!(recording.values("http.www_authenticate"), ["Negotiate"]);
    assert!(!format!("{recording:?}").contains("jdoe"));
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

fn probe(bytes: &[u8]) -> Match {
    let (originator_port, responder_port) = (40_000, 80);
    (PROTOCOL.probe)(&Probe { bytes, side: Originator, originator_port, responder_port, midstream: false })
}

#[test]
fn only_http_looks_like_it() {
    assert_eq!(probe(b"GET / HTTP/1.1\r\n"), Match::Yes);
    assert_eq!(probe(b"HTTP/1.1 200 OK\r\n"), Match::Yes);
    assert_eq!(probe(b"GET /pa"), Match::NeedMore);
    assert_eq!(probe(b"GET /\x01 HTTP/1.1\r\n"), Match::No);
    assert_eq!(probe(b"HELO mail.example\r\n"), Match::No);
    assert_eq!(probe(b"OPTIONS rtsp://x RTSP/1.0\r\n"), Match::No);
    assert_eq!(probe(b"\x16\x03\x01"), Match::No);
}

#[test]
fn answers_belong_to_their_requests_in_order() {
    let recording = play_whole(&PROTOCOL, PIPELINED);
    assert_eq!(recording.values("http.title"), ["Lab 3"]);
    assert!(recording.anomalies.is_empty(), "{:?}", recording.anomalies);
}

#[test]
fn trailer_is_passed_over_even_when_it_has_no_end() {
    let recording = play_whole(&PROTOCOL, TRAILER);
    assert_eq!(recording.values("http.user_agent"), ["after"]);
    assert_eq!(recording.values("http.server"), ["without-empty-line"]);
    assert!(recording.anomalies.is_empty(), "{:?}", recording.anomalies);
}

#[test]
fn proxy_is_known_and_has_not_the_name_of_who_is_behind_it() {
    let recording = play_whole(&PROTOCOL, PROXY);
    assert!(recording.facts.contains(&(Subject::Receiver, "http.service", "proxy".to_owned())));
    assert_eq!(recording.values("http.server"), ["ExampleProxy/2"]);
    assert_eq!(recording.values("http.host"), [""; 0]);
    let absolute: Exchange<'_> =
        &[(Originator, b"GET http://cloud.example/x HTTP/1.1\r\nHost: cloud.example\r\n\r\n")];
    assert_eq!(play_whole(&PROTOCOL, absolute).values("http.host"), [""; 0]);
}

#[test]
fn refusal_of_a_proxy_is_read_as_an_answer() {
    let exchange: Exchange<'_> = &[
        (Originator, b"CONNECT a:443 HTTP/1.1\r\n\r\n"),
        (
            Responder,
            b"HTTP/1.1 407 Proxy Authentication Required\r\nServer: P\r\nContent-Length: 2\r\n\r\nno",
        ),
        (Responder, b"HTTP/1.1 200 OK\r\nServer: Q\r\n\r\n"),
    ];
    assert_eq!(play_whole(&PROTOCOL, exchange).values("http.server"), ["P", "Q"]);
}

#[test]
fn after_an_upgrade_nothing_is_read() {
    let recording = play_whole(&PROTOCOL, WEBSOCKET);
    assert_eq!(recording.values("http.upgrade"), ["websocket"]);
    assert_eq!(recording.values("http.server"), ["Monitor/3"]);
    assert!(recording.anomalies.is_empty(), "{:?}", recording.anomalies);
}

#[test]
fn upnp_description_that_ends_with_the_connection_is_read() {
    let recording = play_whole(&PROTOCOL, UPNP);
    for (field, value) in [
        ("upnp.device_type", "urn:schemas-upnp-org:device:Basic:1"),
        ("upnp.friendly_name", "Ward camera"),
        ("upnp.manufacturer", "Example Ltd"),
        ("upnp.model_name", "WC-2"),
        ("upnp.model_number", "2.10"),
        ("upnp.serial_number", "SN0815"),
        ("upnp.udn", "uuid:4d69"),
    ] {
        assert_eq!(recording.values(field), [value], "{field}");
    }
}

#[test]
fn logins_are_facts_without_names_or_secrets() {
    let recording = play_whole(&PROTOCOL, LOGINS);
    let weaknesses: Vec<_> = recording.weaknesses.iter().map(|note| note.weakness).collect();
    assert_eq!(
        weaknesses,
        [
            Weakness::CleartextCredentials,
            Weakness::CleartextCredentials,
            Weakness::CleartextUserName,
            Weakness::CleartextCredentials,
            Weakness::Ntlm
        ]
    );
    assert_eq!(recording.values("http.authorization"), ["Digest", "Bearer", "Negotiate"]);
    let all = format!("{recording:?}");
    assert!(!all.contains("hunter") && !all.contains("nurse"), "{all}");
}

#[test]
fn challenge_is_scheme_and_realm_wherever_the_nonce_stands() {
    for (challenge, kept) in [
        ("Basic realm=\"Infusion 4\"", "Basic realm=\"Infusion 4\""),
        ("Digest nonce=\"f00\", realm=\"Infusion 4\", qop=\"auth\"", "Digest realm=\"Infusion 4\""),
        ("Basic realm=open, charset=UTF-8", "Basic realm=open"),
        ("NTLM TlRMTVNTUAACf00", "NTLM"),
        ("Negotiate", "Negotiate"),
        ("Basic realm=\"cut", "Basic"),
    ] {
        let answer = format!("HTTP/1.1 401 No\r\nWWW-Authenticate: {challenge}\r\nContent-Length: 0\r\n\r\n");
        let recording = play_whole(&PROTOCOL, &[(Responder, answer.as_bytes())]);
        assert_eq!(recording.values("http.www_authenticate"), [kept]);
    }
}

#[test]
fn after_lost_bytes_the_next_head_is_found() {
    let mut stream = Stream::new(&PROTOCOL);
    let mut notes = Notes::new();
    let at = model::Timestamp::from_nanos(0);
    let mut say = |side, bytes: &[u8], lost| {
        stream.gap(side, lost);
        stream.data(Chunk { side, bytes, at }, &mut notes);
    };
    say(Originator, b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", 0);
    say(Responder, b"of a page\r\nGET in the text\r\nHTTP/1.1 200 OK\r\nServer: found\r\nContent-Length: 3\r\n\r\nabcHTTP/1.1 200 OK\r\nServer: next\r\n\r\n", 10);
    stream.end(Responder, &mut notes);
    assert_eq!(Recording::of(&notes).values("http.server"), ["found", "next"]);
}

#[test]
fn a_length_with_a_sign_is_ambiguous() {
    let exchange: Exchange<'_> = &[(Originator, b"POST / HTTP/1.1\r\nContent-Length: +3\r\n\r\n")];
    assert_eq!(play_whole(&PROTOCOL, exchange).anomaly_names(), ["ambiguous_length"]);
}

#[test]
fn heads_and_chunk_lines_without_end_are_given_up() {
    let mut head = b"GET / HTTP/1.1\r\nX: ".to_vec();
    head.resize(40 << 10, b'a');
    assert_eq!(play_whole(&PROTOCOL, &[(Originator, &head)]).anomaly_names(), ["http_head"]);
    let mut chunk = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    chunk.resize(4 << 10, b'0');
    assert_eq!(play_whole(&PROTOCOL, &[(Responder, &chunk)]).anomaly_names(), ["malformed_chunk"]);
}

#[test]
fn http2_with_prior_knowledge_is_named() {
    let exchange: Exchange<'_> = &[(Originator, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00")];
    assert_eq!(play_whole(&PROTOCOL, exchange).refinement, Some("http2"));
}

#[test]
fn probe_keeps_its_word() {
    for target in [&b"\0GET x"[..], b"\0GET /"] {
        for length in 480..=520 {
            let input = [target, &vec![b'x'; length], b" HTTP/1.1\r\n"].concat();
            crate::kit::probe_input(&PROTOCOL, &input);
            assert!(target.ends_with(b"x") || probe(&input[1..]) == Match::Yes, "{length}");
        }
    }
}

/// Found by fuzzing: what followed the end of a description was read when it came in the same piece.
#[test]
fn what_follows_the_end_of_a_description_is_not_looked_at() {
    let root = "<root><deviceType>urn:schemas-upnp-org:device:Example:1</deviceType></root>";
    let answer = format!("HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n{root}{root}");
    let exchange: Exchange<'_> =
        &[(Originator, b"GET /rootDesc.xml HTTP/1.1\r\n\r\n"), (Responder, answer.as_bytes())];
    crate::kit::sweep_chunking(&PROTOCOL, exchange);
    assert_eq!(play_whole(&PROTOCOL, exchange).values("upnp.device_type").len(), 1);
}
