//! Tests of RDP.

use model::{Subject, Weakness};

use super::PROTOCOL;
use crate::Side::{Originator, Responder};
use crate::kit::{Recording, play_whole};
use crate::{Match, Probe, Side, stream_kit};

const USER: &[u8] = b"Cookie: mstshash=jane.doe\r\n";

fn tpkt(unit: &[u8]) -> Vec<u8> {
    [&[3, 0][..], &u16::try_from(unit.len() + 4).unwrap().to_be_bytes(), unit].concat()
}

fn connection(kind: u8, variable: &[u8]) -> Vec<u8> {
    let length = u8::try_from(variable.len() + 6).unwrap();
    tpkt(&[&[length, kind, 0, 0, 0, 0, 0], variable].concat())
}

fn request(cookie: &[u8], protocols: u8) -> Vec<u8> {
    connection(0xe0, &[cookie, &[1, 0, 8, 0, protocols, 0, 0, 0]].concat())
}

fn confirm(kind: u8, value: u8) -> Vec<u8> {
    connection(0xd0, &[kind, 0, 8, 0, value, 0, 0, 0])
}

fn ber(tag: &[u8], content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap().to_be_bytes();
    [tag, &[0x82], &length, content].concat()
}

fn packed(content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap() | 0x8000;
    [&length.to_be_bytes()[..], content].concat()
}

fn block(kind: u16, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len() + 4).unwrap();
    [&kind.to_le_bytes()[..], &length.to_le_bytes(), content].concat()
}

fn utf16(text: &str, width: usize) -> Vec<u8> {
    let mut bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    bytes.resize(width, 0);
    bytes
}

fn client_core() -> Vec<u8> {
    let start = b"\x05\0\x08\0\x80\x07\x38\x04\x01\xca\x03\xaa\x07\x04\0\0\x61\x4a\0\0";
    let product = utf16("00330-80000-00000-AA123", 64);
    let optional = vec![0; 12 + 64 + 14];
    block(0xc001, &[&start[..], &utf16("CT-CONSOLE", 32), &optional, &product].concat())
}

fn connect_initial(blocks: &[u8]) -> Vec<u8> {
    let conference = [b"\0\x08\0\x10\0\x01\xc0\0Duca".as_slice(), &packed(blocks)].concat();
    let user_data = [b"\0\x05\0\x14\x7c\0\x01".as_slice(), &packed(&conference)].concat();
    let domains = b"\x04\x01\x01\x04\x01\x01\x01\x01\xff\x30\0\x30\0\x30\0";
    let content = [domains.as_slice(), &ber(&[4], &user_data)].concat();
    tpkt(&[&[2, 0xf0, 0x80][..], &ber(&[0x7f, 0x65], &content)].concat())
}

fn connect_response(blocks: &[u8]) -> Vec<u8> {
    let conference = [b"\x14\x76\x0a\x01\x01\0\x01\xc0\0McDn".as_slice(), &packed(blocks)].concat();
    let user_data = [b"\0\x05\0\x14\x7c\0\x01".as_slice(), &packed(&conference)].concat();
    let content = [b"\x0a\x01\0\x02\x01\0\x30\0".as_slice(), &ber(&[4], &user_data)].concat();
    tpkt(&[&[2, 0xf0, 0x80][..], &ber(&[0x7f, 0x66], &content)].concat())
}

fn server_blocks() -> Vec<u8> {
    [block(0x0c01, b"\x04\0\x08\0\0\0\0\0"), block(0x0c02, b"\x02\0\0\0\x02\0\0\0"), block(0x0c03, b"\0\0")]
        .concat()
}

fn standard() -> Vec<(Side, Vec<u8>)> {
    vec![
        (Originator, request(USER, 0)),
        (Responder, confirm(2, 0)),
        (Originator, connect_initial(&[client_core(), block(0xc003, b"\0\0\0\0")].concat())),
        (Responder, connect_response(&server_blocks())),
    ]
}

fn network_level() -> Vec<(Side, Vec<u8>)> {
    vec![
        (Originator, request(USER, 0x0b)),
        (Responder, confirm(2, 8)),
        (Originator, b"\x16\x03\x01\0\x01\x01".to_vec()),
    ]
}

fn borrowed(exchange: &[(Side, Vec<u8>)]) -> Vec<(Side, &[u8])> {
    exchange.iter().map(|(side, bytes)| (*side, bytes.as_slice())).collect()
}

fn played(exchange: &[(Side, Vec<u8>)]) -> Recording {
    play_whole(&PROTOCOL, &borrowed(exchange))
}

fn weaknesses(recording: &Recording) -> Vec<(Subject, Weakness)> {
    recording.weaknesses.iter().map(|note| (note.subject, note.weakness)).collect()
}

stream_kit!(
    PROTOCOL,
    own_security => &borrowed(&standard()),
    network_level_authentication => &borrowed(&network_level()),
    refused => &borrowed(&[(Originator, request(b"", 0)), (Responder, confirm(3, 5))]),
    not_negotiated => &borrowed(&[(Originator, connection(0xe0, USER)), (Responder, connection(0xd0, b""))]),
);

#[test]
fn core_data_names_the_client_and_both_versions() {
    let recording = played(&standard());
    assert_eq!(recording.values("rdp.client.name"), ["CT-CONSOLE"]);
    assert_eq!(recording.values("rdp.client.build"), ["19041"]);
    assert_eq!(recording.values("rdp.keyboardLayout"), ["1031"]);
    assert_eq!(recording.values("rdp.client.digProductId"), ["00330-80000-00000-AA123"]);
    assert_eq!(recording.values("rdp.version.major"), ["5", "4"]);
    assert_eq!(recording.values("rdp.encryptionMethod"), ["0x00000002"]);
    assert!(recording.anomalies.is_empty() && recording.encrypted);
}

#[test]
fn short_core_data_of_old_clients_is_read() {
    let core = block(0xc001, client_core().get(4..4 + 132).unwrap());
    let recording = played(&[(Originator, connect_initial(&core))]);
    assert_eq!(recording.values("rdp.client.name"), ["CT-CONSOLE"]);
    assert!(recording.anomalies.is_empty() && recording.values("rdp.client.digProductId").is_empty());
}

#[test]
fn name_of_the_user_is_told_and_not_kept() {
    let recording = played(&network_level());
    assert_eq!(recording.values("rdp.rt_cookie"), ["Cookie: mstshash"]);
    assert_eq!(weaknesses(&recording), [(Subject::Sender, Weakness::CleartextUserName)]);
    assert!(!format!("{recording:?}").contains("jane"));
}

#[test]
fn token_of_a_load_balancer_is_about_the_server() {
    let token = b"Cookie: msts=3640205228.15629.0000\r\n";
    let recording = played(&[(Originator, request(token, 3))]);
    assert!(recording.facts.contains(&(
        Subject::Receiver,
        "rdp.rt_cookie",
        "Cookie: msts=3640205228.15629.0000".to_owned()
    )));
    assert!(recording.weaknesses.is_empty());
}

#[test]
fn server_without_network_level_authentication_is_weak_once() {
    let weak = (Subject::Sender, Weakness::WeakRdp);
    assert_eq!(weaknesses(&played(&standard())), [(Subject::Sender, Weakness::CleartextUserName), weak]);
    for (answer, expected) in [
        (confirm(2, 1), &[weak][..]),
        (connection(0xd0, b""), &[weak]),
        (connect_response(&server_blocks()), &[weak]),
        (confirm(2, 2), &[]),
        (confirm(2, 8), &[]),
        (confirm(3, 5), &[]),
    ] {
        assert_eq!(weaknesses(&played(&[(Responder, answer)])), expected);
    }
}

#[test]
fn tls_goes_on_under_the_name_of_rdp() {
    let recording = played(&network_level());
    assert_eq!((recording.refinement, recording.encrypted), (Some("rdp"), true));
    assert_eq!(recording.values("rdp.negReq.requestedProtocols"), ["0x0000000b"]);
    assert_eq!(recording.values("rdp.negReq.selectedProtocol"), ["0x00000008"]);
    assert!(!played(&[(Originator, request(USER, 3)), (Responder, confirm(2, 0))]).encrypted);
}

#[test]
fn notes_refusals_and_what_was_not_asked_for() {
    let refused = played(&[(Originator, request(b"", 0)), (Responder, confirm(3, 5))]);
    assert_eq!(refused.anomaly_names(), ["refused"]);
    assert_eq!(refused.values("rdp.negFailure.failureCode"), ["5"]);
    let other = played(&[(Originator, request(b"", 1)), (Responder, confirm(2, 2))]);
    assert_eq!(other.anomaly_names(), ["protocol_not_requested"]);
    let cut = played(&[(Originator, connect_initial(b"\x01\xc0\xff\0abc"))]);
    assert_eq!(cut.anomaly_names(), ["overrun"]);
}

fn probe(bytes: &[u8], responder_port: u16) -> Match {
    let side = Originator;
    (PROTOCOL.probe)(&Probe { bytes, side, originator_port: 40_000, responder_port, midstream: true })
}

#[test]
fn is_known_by_its_bytes_on_any_port() {
    for message in [
        request(USER, 3),
        request(b"", 0),
        connection(0xe0, USER),
        confirm(2, 1),
        confirm(3, 2),
        connect_initial(&client_core()),
        connect_response(&server_blocks()),
    ] {
        assert_eq!(probe(&message, 40_001), Match::Yes);
        for length in 1..message.len() {
            assert_eq!(probe(message.get(..length).unwrap(), 40_001), Match::NeedMore, "{length}");
        }
    }
}

#[test]
fn bare_request_counts_on_the_known_port_only() {
    for bare in [connection(0xe0, b""), connection(0xd0, b"")] {
        assert_eq!((probe(&bare, 3389), probe(&bare, 102)), (Match::Yes, Match::No));
    }
}

#[test]
fn other_protocols_over_iso_transport_are_left_to_them() {
    let selectors = b"\xc1\x02\x01\0\xc2\x02\x01\x02\xc0\x01\x0a";
    let conference = connect_initial(&client_core());
    let other_conference: Vec<u8> = {
        let at = conference.windows(4).position(|key| key == b"Duca").unwrap();
        let mut bytes = conference;
        bytes.splice(at..at + 4, *b"NetM");
        bytes
    };
    for other in [
        connection(0xe0, selectors),
        connection(0xd0, selectors),
        tpkt(b"\x02\xf0\x80\x32\x01\0\0\0\0\0\x08\0\0\xf0\0\0\x01\0\x01\x01\xe0"),
        tpkt(b"\x02\xf0\x80\x0d\x0a0123456789"),
        other_conference,
        b"\x03\x01\0\x16\x11\xe0".to_vec(),
        b"GET / HTTP/1.1\r\n".to_vec(),
    ] {
        assert_eq!(probe(&other, 3389), Match::No);
    }
}
