//! Tests of TLS.

use std::sync::LazyLock;

use model::{Subject, Timestamp, Weakness};
use tls_parser::TlsCipherSuite;

use super::{PROTOCOL, observe};
use crate::Side::{Originator, Responder};
use crate::infra::certificate::NAMES;
use crate::kit::{Recording, play_whole};
use crate::tests::counted;
use crate::tests::tls::{
    Certificate, SHA1_WITH_RSA, alpn, certificates, client_hello, codes, extension, groups, point_formats,
    server_hello, server_name, signature_algorithms, supported_versions,
};
use crate::{Chunk, Match, Notes, Probe, Side, Stream, stream_kit};

const SSL_3: u16 = 0x0300;
const TLS_1_0: u16 = 0x0301;
const TLS_1_2: u16 = 0x0303;
const TLS_1_3: u16 = 0x0304;
const AES_128_GCM: u16 = 0xc02f;

fn record(content: u8, version: u16, body: &[u8]) -> Vec<u8> {
    [vec![content], version.to_be_bytes().to_vec(), counted(2, body)].concat()
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    [vec![kind], counted(3, body)].concat()
}

fn client(version: u16, ciphers: &[u16], extensions: &[Vec<u8>]) -> Vec<u8> {
    record(22, TLS_1_0, &message(1, &client_hello(version, None, ciphers, extensions)))
}

fn server(version: u16, cipher: u16, extensions: &[Vec<u8>]) -> Vec<u8> {
    record(22, version.min(TLS_1_2), &message(2, &server_hello(version.min(TLS_1_2), cipher, extensions)))
}

fn certificate(version: u16, certificate: &Certificate) -> Vec<u8> {
    record(22, version, &message(11, &certificates(&[certificate.der()])))
}

/// The client hello that JA4's description takes as its example, GREASE included.
static BROWSER: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let ciphers = [
        0x3a3a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014,
        0x009c, 0x009d, 0x002f, 0x0035,
    ];
    let extensions = [
        extension(0x1a1a, b""),
        extension(0x001b, b"\x02\0\x02"),
        server_name(b"hospital.example"),
        extension(0x0033, b"\0\0"),
        alpn(&[b"h2", b"http/1.1"]),
        extension(0x4469, b""),
        extension(0x0017, b""),
        extension(0x002d, b"\x01\x01"),
        signature_algorithms(&[0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601]),
        extension(0x0005, b"\x01\0\0\0\0"),
        extension(0x0023, b""),
        extension(0x0012, b""),
        supported_versions(&[0x9a9a, TLS_1_3, TLS_1_2]),
        extension(0xff01, b"\0"),
        point_formats(&[0]),
        groups(&[0xaaaa, 29, 23, 24]),
        extension(0x0a0a, b"\0"),
        extension(0x0015, &[0; 100]),
    ];
    client(TLS_1_2, &ciphers, &extensions)
});

/// TLS 1.2 in which both present a certificate.
static MUTUAL: LazyLock<[(Side, Vec<u8>); 4]> = LazyLock::new(|| {
    let device = Certificate {
        subject: "pump7.example",
        dns_names: vec!["pump7.example", "pump7"],
        addresses: vec![&[10, 0, 0, 2], &[0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7]],
        ..Certificate::default()
    };
    let console = Certificate { subject: "console.example", ..Certificate::default() };
    let key_exchange = record(22, TLS_1_2, &message(12, &[3; 200]));
    let done = record(22, TLS_1_2, &message(14, b""));
    let protected = record(20, TLS_1_2, b"\x01");
    let finished = record(22, TLS_1_2, &[0xee; 40]);
    [
        (Originator, client(TLS_1_2, &[AES_128_GCM], &[server_name(b"pump7.example")])),
        (
            Responder,
            [server(TLS_1_2, AES_128_GCM, &[]), certificate(TLS_1_2, &device), key_exchange, done].concat(),
        ),
        (Originator, [certificate(TLS_1_2, &console), protected.clone(), finished.clone()].concat()),
        (Responder, [protected, finished, record(23, TLS_1_2, &[0xcc; 300])].concat()),
    ]
});

static MODERN: LazyLock<[(Side, Vec<u8>); 3]> = LazyLock::new(|| {
    let chosen = extension(43, &TLS_1_3.to_be_bytes());
    let protected = [record(20, TLS_1_2, b"\x01"), record(23, TLS_1_2, &[0xcc; 400])].concat();
    [
        (Originator, BROWSER.clone()),
        (Responder, [server(TLS_1_3, 0x1301, &[chosen]), protected.clone()].concat()),
        (Originator, protected),
    ]
});

/// Three messages in records of 50 octets each.
static FRAGMENTED: LazyLock<[(Side, Vec<u8>); 2]> = LazyLock::new(|| {
    let messages = [
        message(2, &server_hello(TLS_1_2, AES_128_GCM, &[])),
        message(22, &[1; 500]),
        message(11, &certificates(&[Certificate::default().der()])),
        message(14, b""),
    ]
    .concat();
    let records = messages.chunks(50).flat_map(|piece| record(22, TLS_1_2, piece)).collect();
    let hello = message(1, &client_hello(TLS_1_2, None, &[AES_128_GCM], &[server_name(b"pump7.example")]));
    let split = hello.chunks(9).flat_map(|piece| record(22, TLS_1_0, piece)).collect();
    [(Originator, split), (Responder, records)]
});

/// A hello of SSL 2 that asks for `version`, and one that answers in SSL 2.
fn ssl2_client(version: u16) -> Vec<u8> {
    let body = [b"\x01".to_vec(), codes(&[version, 6, 0, 16]), b"\x01\0\x80\x07\0\xc0".to_vec(), vec![5; 16]];
    let body = body.concat();
    [(0x8000 | u16::try_from(body.len()).unwrap()).to_be_bytes().to_vec(), body].concat()
}

static SSL_2: LazyLock<[(Side, Vec<u8>); 2]> = LazyLock::new(|| {
    let der = Certificate::default().der();
    let length = u16::try_from(der.len()).unwrap();
    let body = [b"\x04\0\x01".to_vec(), codes(&[2, length, 3, 16]), der, b"\x01\0\x80".to_vec(), vec![6; 16]];
    let body = body.concat();
    let answer = [(0x8000 | u16::try_from(body.len()).unwrap()).to_be_bytes().to_vec(), body].concat();
    [(Originator, ssl2_client(2)), (Responder, answer)]
});

fn turns(exchange: &[(Side, Vec<u8>)]) -> Vec<(Side, &[u8])> {
    exchange.iter().map(|(side, bytes)| (*side, bytes.as_slice())).collect()
}

fn play(exchange: &[(Side, Vec<u8>)]) -> Recording {
    play_whole(&PROTOCOL, &turns(exchange))
}

stream_kit!(
    PROTOCOL,
    browser => &[(Originator, BROWSER.as_slice())],
    mutual => &turns(&*MUTUAL),
    modern => &turns(&*MODERN),
    fragmented => &turns(&*FRAGMENTED),
    ssl_2 => &turns(&*SSL_2),
);

fn weaknesses(recording: &Recording) -> Vec<Weakness> {
    recording.weaknesses.iter().map(|note| note.weakness).collect()
}

#[test]
fn ja3_is_what_its_authors_publish() {
    let ciphers = [47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4];
    let extensions = [server_name(b"x"), groups(&[23, 24, 25]), point_formats(&[0])];
    let hello = client(TLS_1_0, &ciphers, &extensions);
    let recording = play_whole(&PROTOCOL, &[(Originator, &hello)]);
    assert_eq!(recording.values("tls.handshake.ja3"), ["ada70206e40642a3e4461f35503241d5"]);
    let hello = client(TLS_1_0, &[4, 5, 10, 9, 100, 98, 3, 6, 19, 18, 99], &[]);
    let recording = play_whole(&PROTOCOL, &[(Originator, &hello)]);
    assert_eq!(recording.values("tls.handshake.ja3"), ["de350869b8c85de67a350c8d186f11e6"]);
}

#[test]
fn ja4_is_what_its_authors_publish() {
    let recording = play_whole(&PROTOCOL, &[(Originator, &BROWSER)]);
    assert_eq!(recording.values("tls.handshake.ja4"), ["t13d1516h2_8daaf6152771_e5627efa2ab1"]);
}

#[test]
fn ja4_of_a_hello_without_extensions_has_zeros() {
    let hello = client(SSL_3, &[0x000a], &[]);
    let recording = play_whole(&PROTOCOL, &[(Originator, &hello)]);
    let [ja4] = recording.values("tls.handshake.ja4")[..] else { panic!("one JA4") };
    assert!(ja4.starts_with("ts3i010000_") && ja4.ends_with("_000000000000"), "{ja4}");
}

#[test]
fn reads_versions_names_and_protocols_of_1_3() {
    let recording = play(&*MODERN);
    let name = "hospital.example".to_owned();
    let server_name = (Subject::Receiver, "tls.handshake.extensions_server_name", name.clone());
    assert!(recording.facts.contains(&server_name));
    assert!(recording.facts.contains(&(Subject::Sender, "tls.asked_name", name)));
    assert_eq!(recording.values("tls.handshake.extensions_alpn_str"), ["h2", "http/1.1"]);
    assert_eq!(recording.values("tls.handshake.extensions.supported_version"), ["0x0304", "0x0304"]);
    assert_eq!(recording.values("tls.handshake.ciphersuite"), ["0x1301"]);
    assert!(recording.encrypted && recording.weaknesses.is_empty() && recording.anomalies.is_empty());
}

#[test]
fn both_certificates_are_about_who_presents_them() {
    let recording = play(&*MUTUAL);
    assert_eq!(recording.values("x509af.subject"), ["CN=pump7.example", "CN=console.example"]);
    assert_eq!(recording.values("x509af.issuer"), ["CN=Example CA", "CN=Example CA"]);
    assert_eq!(recording.values("x509ce.dNSName"), ["pump7.example", "pump7"]);
    assert_eq!(recording.values("x509ce.IPAddress.ipv4"), ["10.0.0.2"]);
    assert_eq!(recording.values("x509ce.IPAddress.ipv6"), ["2001:db8::7"]);
    assert_eq!(recording.values("x509af.serialNumber"), ["01abcd", "01abcd"]);
    assert_eq!(recording.values("x509af.notBefore")[0], "2025-01-01T00:00:00Z");
    assert_eq!(recording.values("x509af.notAfter")[0], "2027-01-01T00:00:00Z");
    assert_eq!(recording.values("x509af.subjectPublicKeyInfo_element")[0], "rsa 2048");
    assert_eq!(recording.values("x509af.algorithm.id")[0], "1.2.840.113549.1.1.11");
    assert!(recording.facts.iter().filter(|fact| fact.1.starts_with("x509")).all(|f| f.0 == Subject::Sender));
    assert!(recording.encrypted && recording.weaknesses.is_empty() && recording.anomalies.is_empty());
}

#[test]
fn messages_in_several_records_are_put_together() {
    let recording = play(&*FRAGMENTED);
    assert_eq!(recording.values("tls.asked_name"), ["pump7.example"]);
    assert_eq!(recording.values("tls.handshake.ciphersuite"), ["0xc02f"]);
    assert_eq!(recording.values("x509af.subject"), ["CN=pump7.example"]);
    assert!(!recording.encrypted && recording.anomalies.is_empty());
}

#[test]
fn one_direction_is_enough() {
    let answers = [MUTUAL[1].clone(), MUTUAL[3].clone()];
    let recording = play(&answers);
    assert_eq!(recording.values("x509af.subject"), ["CN=pump7.example"]);
    assert!(recording.encrypted && recording.anomalies.is_empty());
    let requests = [MUTUAL[0].clone(), MUTUAL[2].clone()];
    let recording = play(&requests);
    assert_eq!(recording.values("x509af.subject"), ["CN=console.example"]);
    assert!(recording.encrypted && recording.anomalies.is_empty());
}

fn weaknesses_of(presented: &Certificate) -> Vec<Weakness> {
    let bytes = [server(TLS_1_2, AES_128_GCM, &[]), certificate(TLS_1_2, presented)].concat();
    weaknesses(&play(&[(Responder, bytes)]))
}

#[test]
fn weak_certificates_are_told() {
    let short = Certificate { key_bits: 1_024, ..Certificate::default() };
    assert_eq!(weaknesses_of(&short), [Weakness::WeakKey]);
    let old = Certificate { signature: SHA1_WITH_RSA, ..Certificate::default() };
    assert_eq!(weaknesses_of(&old), [Weakness::WeakSignature]);
    let own = Certificate { issuer: "pump7.example", ..Certificate::default() };
    assert_eq!(weaknesses_of(&own), [Weakness::SelfSignedCertificate]);
}

#[test]
fn validity_is_judged_at_the_time_of_the_packet() {
    // The kit's packets are of 2026-01-01T00:00:00Z.
    let over = Certificate { not_after: "251231235959Z", ..Certificate::default() };
    assert_eq!(weaknesses_of(&over), [Weakness::CertificateNotValid]);
    let early = Certificate { not_before: "260101000001Z", ..Certificate::default() };
    assert_eq!(weaknesses_of(&early), [Weakness::CertificateNotValid]);
    let just =
        Certificate { not_before: "260101000000Z", not_after: "260101000000Z", ..Certificate::default() };
    assert_eq!(weaknesses_of(&just), []);
}

#[test]
fn old_versions_are_weak() {
    let chosen = |version| weaknesses(&play(&[(Responder, server(version, AES_128_GCM, &[]))]));
    assert_eq!(chosen(SSL_3), [Weakness::ObsoleteSsl]);
    assert_eq!(chosen(TLS_1_0), [Weakness::ObsoleteTls]);
    assert_eq!(chosen(0x0302), [Weakness::ObsoleteTls]);
    assert_eq!(chosen(TLS_1_2), []);
    assert!(weaknesses(&play(&[(Originator, client(TLS_1_0, &[4], &[]))])).is_empty(), "only asked for");
}

#[test]
fn cipher_suites_are_weak_whose_names_say_so() {
    for code in 0..=u16::MAX {
        // A signalling value is no suite and cannot be chosen.
        let Some(suite) = TlsCipherSuite::from_id(code).filter(|suite| !suite.name.ends_with("SCSV")) else {
            continue;
        };
        // RFC 9150 names its suites that only authenticate by the hash alone.
        let is_open = ["_NULL", "TLS_SHA256_", "TLS_SHA384_"].iter().any(|it| suite.name.contains(it));
        let is_named = ["anon", "EXPORT", "RC4", "RC2", "DES"].iter().any(|it| suite.name.contains(it));
        let recording = play(&[(Responder, server(TLS_1_2, code, &[]))]);
        let is_weak = weaknesses(&recording) == [Weakness::WeakCipher];
        assert_eq!(is_weak, is_named || is_open, "{}", suite.name);
        assert_eq!(observe::is_cleartext(code), is_open, "{}", suite.name);
    }
}

#[test]
fn suite_without_encryption_does_not_encrypt() {
    let protected = record(20, TLS_1_2, b"\x01");
    let exchange = [
        (Originator, client(TLS_1_2, &[0x0002], &[])),
        (Responder, [server(TLS_1_2, 0x0002, &[]), protected.clone()].concat()),
        (Originator, protected),
    ];
    let recording = play(&exchange);
    assert!(!recording.encrypted);
    assert_eq!(weaknesses(&recording), [Weakness::WeakCipher]);
}

#[test]
fn ssl_2_is_read_and_may_ask_for_more() {
    let recording = play(&*SSL_2);
    assert_eq!(recording.values("tls.handshake.version"), ["0x0002", "0x0002"]);
    assert_eq!(recording.values("x509af.subject"), ["CN=pump7.example"]);
    assert_eq!(weaknesses(&recording), [Weakness::ObsoleteSsl]);
    let exchange = [(Originator, ssl2_client(TLS_1_0)), (Responder, server(TLS_1_0, 0x0035, &[]))];
    let recording = play(&exchange);
    assert_eq!(recording.values("tls.handshake.version"), ["0x0301", "0x0301"]);
    assert_eq!(weaknesses(&recording), [Weakness::ObsoleteTls]);
}

#[test]
fn one_sided_ssl_2_goes_on_without_anomaly() {
    let key = [0x80_u8, 0x03, 0x02, 0x01, 0x00];
    let recording = play(&[(Originator, [ssl2_client(2), key.to_vec()].concat())]);
    assert!(recording.anomalies.is_empty(), "{:?}", recording.anomalies);
}

#[test]
fn only_some_names_of_a_certificate_are_kept() {
    let many = Certificate { dns_names: vec!["a.example"; 100], ..Certificate::default() };
    let recording = play(&[(Responder, certificate(TLS_1_2, &many))]);
    assert_eq!(recording.values("x509ce.dNSName").len(), NAMES.max);
}

#[test]
fn client_without_certificate_says_nothing() {
    let empty = record(22, TLS_1_2, &message(11, &certificates(&[])));
    let recording = play(&[(Originator, [client(TLS_1_2, &[AES_128_GCM], &[]), empty].concat())]);
    assert!(recording.values("x509af.subject").is_empty() && recording.anomalies.is_empty());
}

#[test]
fn notes_what_deviates() {
    let bad_hello = record(22, TLS_1_2, &message(1, &[3; 40]));
    assert_eq!(play(&[(Originator, bad_hello)]).anomaly_names(), ["malformed_hello"]);
    let bad_certificate = record(22, TLS_1_2, &message(11, &certificates(&[vec![0x30, 1, 2]])));
    let hello = server(TLS_1_2, AES_128_GCM, &[]);
    let bytes = [hello.clone(), bad_certificate].concat();
    assert_eq!(play(&[(Responder, bytes)]).anomaly_names(), ["malformed_certificate"]);
    let bytes = [hello.clone(), b"HTTP/1.1 400 Bad".to_vec()].concat();
    assert_eq!(play(&[(Responder, bytes)]).anomaly_names(), ["not_a_record"]);
    let long = record(22, TLS_1_2, &[11, 0x10, 0, 0, 0, 0, 0]);
    assert_eq!(play(&[(Responder, [hello, long].concat())]).anomaly_names(), ["tls_handshake"]);
}

#[test]
fn after_lost_bytes_the_next_record_is_found_and_nothing_is_blamed() {
    let mut stream = Stream::new(&PROTOCOL);
    let mut notes = Notes::new();
    let at = Timestamp::from_nanos(1_767_225_600_000_000_000);
    let hello = server(TLS_1_2, AES_128_GCM, &[]);
    stream.data(Chunk { side: Responder, bytes: &hello, at }, &mut notes);
    stream.gap(Responder, 1_000);
    let rest =
        [vec![0x55; 30], record(22, TLS_1_2, &[11; 60]), certificate(TLS_1_2, &Certificate::default())];
    stream.data(Chunk { side: Responder, bytes: &rest.concat(), at }, &mut notes);
    let recording = Recording::of(&notes);
    assert!(recording.anomalies.is_empty(), "{:?}", recording.anomalies);
}

fn probe(bytes: &[u8]) -> Match {
    let (originator_port, responder_port) = (40_000, 443);
    (PROTOCOL.probe)(&Probe { bytes, side: Originator, originator_port, responder_port, midstream: false })
}

#[test]
fn recognizes_tls_from_any_record_on() {
    assert_eq!(probe(&BROWSER), Match::Yes);
    assert_eq!(probe(&record(23, TLS_1_2, &[9; 80])), Match::Yes);
    assert_eq!(probe(&[record(21, TLS_1_2, b"\x01\0"), record(23, TLS_1_2, &[9; 80])].concat()), Match::Yes);
    assert_eq!(probe(&record(20, TLS_1_2, b"\x01")), Match::Yes);
    assert_eq!(probe(&ssl2_client(TLS_1_0)), Match::Yes);
    for length in 1..BROWSER.len().min(9) {
        assert_eq!(probe(&BROWSER[..length]), Match::NeedMore, "{length} octets");
    }
}

#[test]
fn only_tls_looks_like_it() {
    for other in [
        b"GET / HTTP/1.1\r\n".as_slice(),
        b"\x01\0\0\0\0\xcd\0\x01\0\0SERVER          CLIENT          ",
        b"\x0bMSH|^~\\&|LAB|HOSP\r",
        b"\x16\x03\x01\0\x30\x77aaaaaaaaa",
        b"\x16\x03\x01\0\x30\x01\0\0\x05aaaaa",
        b"\x17\x03\x03\xff\xff\xff",
        b"\x17\x03\x03\0\x02ab\x99\x99\x99\x99\x99",
        b"\x15\x02\x01\0\x02",
        b"\x80\x2e\x09\x03\x01\0",
    ] {
        assert_eq!(probe(other), Match::No, "{other:?}");
    }
}

#[test]
fn early_drafts_of_1_3_are_read() {
    let body = [&[0x7f, 0x12][..], &[8; 32], &[0x13, 0x01], &counted(2, &extension(51, b"\0\0"))].concat();
    let recording = play(&[(Responder, record(22, TLS_1_0, &message(2, &body)))]);
    assert_eq!(recording.values("tls.handshake.ciphersuite"), ["0x1301"]);
    assert!(recording.encrypted && recording.anomalies.is_empty());
}

/// Found by fuzzing: a record too short for a hello, and a hello of SSL 2 that is too long.
#[test]
fn probe_keeps_its_word() {
    crate::kit::probe_input(&PROTOCOL, b"\x00\x16\x03\x01\x00\x02\x01\x00\x16\x03\x01\x00\x30");
    crate::kit::probe_input(&PROTOCOL, b"\x00\xc0\x01\x01\x03\x01\x00");
}
