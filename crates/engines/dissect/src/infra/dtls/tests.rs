//! Tests of DTLS.

use std::sync::LazyLock;

use model::{Subject, Weakness};

use super::PROTOCOL;
use crate::kit::{Recording, handle, packet};
use crate::tests::counted;
use crate::tests::tls::{
    Certificate, alpn, certificates, client_hello, extension, groups, server_hello, server_name,
    supported_versions,
};
use crate::{Carrier, Packet, datagram_kit};

const DTLS_1_0: u16 = 0xfeff;
const DTLS_1_2: u16 = 0xfefd;
const DTLS_1_3: u16 = 0xfefc;

fn record(content: u8, epoch: u16, body: &[u8]) -> Vec<u8> {
    let head = [vec![content], DTLS_1_2.to_be_bytes().to_vec(), epoch.to_be_bytes().to_vec(), vec![0; 6]];
    [head.concat(), counted(2, body)].concat()
}

/// `length` octets of `body` from `offset` on (RFC 6347, 4.2.2).
fn fragment(kind: u8, body: &[u8], offset: usize, length: usize) -> Vec<u8> {
    let number = |value: usize| u32::try_from(value).unwrap().to_be_bytes()[1..].to_vec();
    let head = [vec![kind], number(body.len()), vec![0, 0], number(offset), number(length)].concat();
    [head, body[offset..offset + length].to_vec()].concat()
}

fn whole(kind: u8, body: &[u8]) -> Vec<u8> {
    record(22, 0, &fragment(kind, body, 0, body.len()))
}

static CLIENT: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let extensions = [server_name(b"pump7.example"), groups(&[29]), alpn(&[b"coap"])];
    whole(1, &client_hello(DTLS_1_2, Some(b"cookie"), &[0xc02b, 0xc0ae], &extensions))
});

/// ServerHello, Certificate and ServerHelloDone in one datagram.
static SERVER: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let hello = whole(2, &server_hello(DTLS_1_2, 0xc02b, &[]));
    let certificate = whole(11, &certificates(&[Certificate::default().der()]));
    [hello, certificate, whole(14, b"")].concat()
});

static PROTECTED: LazyLock<Vec<u8>> = LazyLock::new(|| {
    [record(20, 0, b"\x01"), record(22, 1, &[0x99; 40]), record(23, 1, &[0x99; 30])].concat()
});

fn datagram(payload: &[u8]) -> Packet<'_> {
    packet(Carrier::Udp, (40_000, 5684), payload)
}

fn read(payload: &[u8]) -> Recording {
    handle(&PROTOCOL, &datagram(payload)).expect("DTLS")
}

datagram_kit!(
    PROTOCOL,
    client => datagram(&CLIENT),
    server => datagram(&SERVER),
    protected => datagram(&PROTECTED),
);

#[test]
fn reads_what_the_client_asks_for() {
    let recording = read(&CLIENT);
    let name = (Subject::Receiver, "dtls.handshake.extensions_server_name", "pump7.example".to_owned());
    assert!(recording.facts.contains(&name));
    assert_eq!(recording.values("dtls.handshake.version"), ["0xfefd"]);
    assert_eq!(recording.values("dtls.handshake.extensions_alpn_str"), ["coap"]);
    let [ja4] = recording.values("dtls.handshake.ja4")[..] else { panic!("one JA4") };
    assert!(ja4.starts_with("dd2d0203cp_"), "{ja4}");
    assert!(!recording.encrypted && recording.anomalies.is_empty());
}

#[test]
fn reads_what_the_server_chooses_and_its_certificate() {
    let recording = read(&SERVER);
    assert_eq!(recording.values("dtls.handshake.ciphersuite"), ["0xc02b"]);
    assert_eq!(recording.values("x509af.subject"), ["CN=pump7.example"]);
    assert!(recording.weaknesses.is_empty() && recording.anomalies.is_empty());
}

#[test]
fn highest_version_counts_downwards() {
    let extensions = [supported_versions(&[DTLS_1_2, DTLS_1_3])];
    let recording = read(&whole(1, &client_hello(DTLS_1_2, Some(b""), &[0x1301], &extensions)));
    assert_eq!(recording.values("dtls.handshake.extensions.supported_version"), ["0xfefc"]);
    assert!(recording.values("dtls.handshake.ja4")[0].starts_with("dd3i"));
    let chosen = extension(43, &DTLS_1_3.to_be_bytes());
    let recording = read(&whole(2, &server_hello(DTLS_1_2, 0x1301, &[chosen])));
    assert_eq!(recording.values("dtls.handshake.extensions.supported_version"), ["0xfefc"]);
}

#[test]
fn version_1_0_is_weak() {
    let recording = read(&whole(2, &server_hello(DTLS_1_0, 0xc013, &[])));
    assert_eq!(recording.weaknesses.len(), 1);
    assert_eq!(recording.weaknesses[0].weakness, Weakness::ObsoleteTls);
}

#[test]
fn what_vpns_spoke_before_the_standard_is_read_and_weak() {
    let mut old = whole(2, &server_hello(0x0100, 0x002f, &[]));
    old[1..3].copy_from_slice(&[0x01, 0x00]);
    let recording = read(&old);
    assert_eq!(recording.values("dtls.handshake.version"), ["0x0100"]);
    assert_eq!(recording.weaknesses[0].weakness, Weakness::ObsoleteTls);
}

#[test]
fn later_epochs_are_encrypted_and_not_read() {
    let recording = read(&PROTECTED);
    assert!(recording.encrypted && recording.facts.is_empty() && recording.anomalies.is_empty());
}

#[test]
fn part_of_a_message_is_passed_over() {
    let body = certificates(&[Certificate::default().der()]);
    let recording = read(&record(22, 0, &fragment(11, &body, 100, 300)));
    assert!(recording.facts.is_empty() && recording.anomalies.is_empty());
}

#[test]
fn notes_what_deviates() {
    assert_eq!(read(&whole(1, &[3; 40])).anomaly_names(), ["malformed_hello"]);
    assert_eq!(read(&whole(11, &certificates(&[vec![1, 2, 3]]))).anomaly_names(), ["malformed_certificate"]);
}

#[test]
fn only_dtls_looks_like_it() {
    let mut wrong_version = CLIENT.clone();
    wrong_version[2] = 0x00;
    let trailing = [CLIENT.as_slice(), b"x"].concat();
    for other in [
        wrong_version.as_slice(),
        &trailing,
        &record(23, 0, &[0x99; 40]),
        &record(22, 0, b"\x63\0\0\x01\0\0\0\0\0\0\0\x01x"),
        &record(22, 0, b"\x01\0\0\x01\0\0\0\0\x01\0\0\x01x"),
        b"\x16\xfe\xfd",
        b"\x16\x03\x01\0\x05hello",
        b"\x00\x01\x00\x00\x21\x12\xa4\x42aaaaaaaaaaaa",
    ] {
        assert!(handle(&PROTOCOL, &datagram(other)).is_none(), "{other:?}");
    }
}
