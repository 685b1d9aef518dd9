//! Tests of QUIC.

use std::sync::LazyLock;

use super::PROTOCOL;
use crate::kit::{Recording, handle, packet};
use crate::{Carrier, Packet, datagram_kit};

const V1: [u8; 4] = [0, 0, 0, 1];
const V2: [u8; 4] = [0x6b, 0x33, 0x43, 0xcf];

/// The start of the client's Initial packet of RFC 9001, A.2, padded with what stands for its protected payload.
fn initial(first: u8, version: [u8; 4], length: usize) -> Vec<u8> {
    let identifiers = [&[8][..], &[0x83, 0x94, 0xc8, 0xf0, 0x3e, 0x51, 0x57, 0x08], &[0]].concat();
    let token = [0];
    let counted = (0x4000 | u16::try_from(length).unwrap()).to_be_bytes();
    [vec![first], version.to_vec(), identifiers, token.to_vec(), counted.to_vec(), vec![0x7b; length]]
        .concat()
}

static CLIENT: LazyLock<Vec<u8>> = LazyLock::new(|| initial(0xc0, V1, 1_182));

/// A server's Handshake packet behind its Initial packet.
static SERVER: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let handshake = [&[0xe0][..], &V1, &[0], &[4, 1, 2, 3, 4], &[0x40, 100], &[0x99; 100]].concat();
    [initial(0xc0, V1, 117), handshake].concat()
});

static NEGOTIATION: LazyLock<Vec<u8>> =
    LazyLock::new(|| [&[0x80, 0, 0, 0, 0, 0, 2, 7, 7][..], &[0x5a, 0x6a, 0x7a, 0x8a], &V2, &V1].concat());

static RETRY: LazyLock<Vec<u8>> =
    LazyLock::new(|| [&[0xf0][..], &V1, &[0], &[2, 5, 5], b"token", &[0x44; 16]].concat());

static GOOGLE: LazyLock<Vec<u8>> =
    LazyLock::new(|| [&[0x09][..], &[0xaa; 8], b"Q043", &[0x01], &[0x55; 1_300]].concat());

fn to_server(payload: &[u8]) -> Packet<'_> {
    packet(Carrier::Udp, (50_000, 443), payload)
}

fn from_server(payload: &[u8]) -> Packet<'_> {
    packet(Carrier::Udp, (443, 50_000), payload)
}

fn read(packet: &Packet<'_>) -> Recording {
    handle(&PROTOCOL, packet).expect("QUIC")
}

datagram_kit!(
    PROTOCOL,
    client => to_server(&CLIENT),
    server => from_server(&SERVER),
    negotiation => from_server(&NEGOTIATION),
    retry => from_server(&RETRY),
    google => to_server(&GOOGLE),
);

#[test]
fn tells_the_version_and_that_it_is_encrypted() {
    for (packet, version) in [
        (to_server(&CLIENT), "0x00000001"),
        (from_server(&SERVER), "0x00000001"),
        (from_server(&RETRY), "0x00000001"),
        (to_server(&GOOGLE), "0x51303433"),
    ] {
        let recording = read(&packet);
        assert_eq!(recording.values("quic.version"), [version]);
        assert!(recording.encrypted && recording.anomalies.is_empty());
    }
}

#[test]
fn version_2_rotates_the_packet_types() {
    let recording = read(&to_server(&initial(0xd0, V2, 1_182)).clone());
    assert_eq!(recording.values("quic.version"), ["0x6b3343cf"]);
    assert!(recording.anomalies.is_empty());
}

#[test]
fn server_offers_the_versions_that_are_known() {
    let recording = read(&from_server(&NEGOTIATION));
    assert_eq!(recording.values("quic.supported_version"), ["0x6b3343cf", "0x00000001"]);
}

#[test]
fn short_first_datagram_of_a_client_is_noted() {
    assert_eq!(read(&to_server(&initial(0xc0, V1, 300))).anomaly_names(), ["short_initial"]);
    assert!(read(&from_server(&initial(0xc0, V1, 300))).anomalies.is_empty());
    let cut = Packet { truncated: true, ..to_server(&CLIENT[..100]) };
    assert!(read(&cut).anomalies.is_empty());
}

#[test]
fn google_long_headers_are_known() {
    for name in [b"Q046", b"Q050", b"T051"] {
        let bytes = [&[0xc3][..], name, &[0x50], &[9; 1_300]].concat();
        assert_eq!(read(&to_server(&bytes)).values("quic.version").len(), 1);
    }
}

#[test]
fn only_quic_looks_like_it() {
    let mut no_fixed_bit = CLIENT.clone();
    no_fixed_bit[0] = 0x80;
    let mut long_identifier = CLIENT.clone();
    long_identifier[5] = 21;
    let mut unknown_version = CLIENT.clone();
    unknown_version[1] = 0x99;
    let too_short = &CLIENT[..400];
    for other in [
        no_fixed_bit.as_slice(),
        &long_identifier,
        &unknown_version,
        too_short,
        &[0x40; 60],
        b"\xc3\0\0\0\x01",
        b"\x80\0\0\0\0\0\0\x12\x34\x56\x78",
        b"\x09aaaaaaaaQ043",
        b"\x0daaaaaaaaX043aaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        b"\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x01a\x00\0\x01\0\x01",
    ] {
        assert!(handle(&PROTOCOL, &to_server(other)).is_none(), "{:x?}", &other[..other.len().min(12)]);
    }
}
