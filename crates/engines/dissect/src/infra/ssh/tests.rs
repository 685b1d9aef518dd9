//! Tests of SSH.

use model::{Subject, Weakness};

use super::PROTOCOL;
use crate::kit::{Exchange, Recording, play_whole};
use crate::{Match, Probe, Side, stream_kit};

const CLIENT: &[u8] = b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n";
const SERVER: &[u8] = b"Authorized use only\r\nSSH-2.0-dropbear_2019.78\r\n";

fn list(names: &str) -> Vec<u8> {
    let length = u32::try_from(names.len()).unwrap();
    [&length.to_be_bytes()[..], names.as_bytes()].concat()
}

/// A KEXINIT packet: key exchange, host key, ciphers, MACs; the same both ways, no compression.
fn kexinit(kex: &str, host_key: &str, ciphers: &str, macs: &str) -> Vec<u8> {
    let lists = [kex, host_key, ciphers, ciphers, macs, macs, "none", "none", "", ""];
    let mut payload = vec![20];
    payload.extend_from_slice(&[0x5a; 16]);
    payload.extend(lists.into_iter().flat_map(list));
    payload.extend_from_slice(&[0; 5]);
    // At least four, up to a multiple of eight octets (RFC 4253, 6).
    let padding = vec![0; 4 + (7 - (payload.len() + 8) % 8)];
    let length = u32::try_from(payload.len() + padding.len() + 1).unwrap();
    [&length.to_be_bytes()[..], &[padding.len() as u8], &payload, &padding].concat()
}

fn client_offer() -> Vec<u8> {
    kexinit(
        "curve25519-sha256,diffie-hellman-group1-sha1",
        "ssh-ed25519,ssh-rsa",
        "aes128-ctr,3des-cbc",
        "hmac-sha2-256,hmac-md5",
    )
}

fn old_server_offer() -> Vec<u8> {
    kexinit("diffie-hellman-group1-sha1", "ssh-rsa", "3des-cbc,aes128-ctr", "hmac-md5")
}

fn strict_server_offer() -> Vec<u8> {
    kexinit("diffie-hellman-group1-sha1,kex-strict-s-v00@openssh.com", "ssh-rsa", "3des-cbc", "hmac-md5")
}

fn play(server: &[u8]) -> Recording {
    let (client, offer) = (CLIENT, client_offer());
    play_whole(
        &PROTOCOL,
        &[
            (Side::Responder, SERVER),
            (Side::Originator, client),
            (Side::Originator, &offer),
            (Side::Responder, server),
        ],
    )
}

fn handshake<'a>(offer: &'a [u8], answer: &'a [u8]) -> [(Side, &'a [u8]); 4] {
    [
        (Side::Responder, SERVER),
        (Side::Originator, CLIENT),
        (Side::Originator, offer),
        (Side::Responder, answer),
    ]
}

fn probe(bytes: &[u8]) -> Match {
    let side = Side::Responder;
    (PROTOCOL.probe)(&Probe { bytes, side, originator_port: 50_000, responder_port: 22, midstream: false })
}

fn weak_fields(recording: &Recording) -> Vec<&'static str> {
    let weak = recording.weaknesses.iter().filter(|note| note.weakness == Weakness::WeakSsh);
    weak.map(|note| note.field.name()).collect()
}

const OLD: Exchange<'_> =
    &[(Side::Responder, b"SSH-1.5-Cisco-1.25\n"), (Side::Originator, b"SSH-1.5-PuTTY\n")];

stream_kit!(
    PROTOCOL,
    whole_handshake => &handshake(&client_offer(), &old_server_offer()),
    protocol_1 => OLD,
    first_seen_at_the_key_exchange => &[
        (Side::Originator, &client_offer()),
        (Side::Responder, &old_server_offer()),
    ],
    server_that_is_taken_for_the_client => &[
        (Side::Originator, &strict_server_offer()),
        (Side::Responder, &client_offer()),
    ],
);

#[test]
fn both_sides_say_their_software_behind_a_banner() {
    let recording = play(&old_server_offer());
    assert_eq!(
        recording.values("ssh.protocol"),
        ["SSH-2.0-dropbear_2019.78", "SSH-2.0-OpenSSH_9.2p1 Debian-2"]
    );
    assert!(!format!("{recording:?}").contains("Authorized"));
    assert!(recording.encrypted && recording.anomalies.is_empty());
}

/// MD5 of the four lists with semicolons between, computed elsewhere (hassh, Salesforce 2018).
#[test]
fn hassh_is_the_digest_of_the_lists_of_each_direction() {
    let recording = play(&old_server_offer());
    assert_eq!(recording.values("ssh.kex.hassh"), ["bb66ed57bbf68667e0f3141064c4f11e"]);
    assert_eq!(recording.values("ssh.kex.hasshserver"), ["798322e5ac009da84cdf26ac20eec479"]);
}

#[test]
fn what_both_accept_is_weak_only_where_the_first_common_name_is() {
    let recording = play(&old_server_offer());
    assert_eq!(
        weak_fields(&recording),
        ["ssh.kex_algorithms", "ssh.mac_algorithms_client_to_server", "ssh.mac_algorithms_server_to_client",]
    );
    let modern = kexinit("curve25519-sha256", "ssh-ed25519", "aes128-ctr", "hmac-sha2-256");
    assert!(weak_fields(&play(&modern)).is_empty());
}

#[test]
fn nothing_in_common_is_noted() {
    let other = kexinit("sntrup761x25519-sha512", "ssh-ed25519", "aes128-ctr", "hmac-sha2-256");
    assert_eq!(play(&other).anomaly_names(), ["no_common_algorithm"]);
}

#[test]
fn protocol_1_is_weak_on_both_sides_and_1_99_on_the_server() {
    assert_eq!(weak_fields(&play_whole(&PROTOCOL, OLD)).len(), 2);
    let both = play_whole(
        &PROTOCOL,
        &[(Side::Responder, b"SSH-1.99-Server\r\n"), (Side::Originator, b"SSH-1.99-Client\r\n")],
    );
    assert_eq!(weak_fields(&both), ["ssh.protocol"]);
}

#[test]
fn a_packet_of_impossible_length_is_malformed() {
    let recording = play(&[0xff; 64]);
    assert_eq!(recording.anomaly_names(), ["malformed_kexinit"]);
}

#[test]
fn other_bytes_are_not_ssh() {
    assert_eq!(probe(CLIENT), Match::Yes);
    for other in [&b"GET / HTTP/1.1\r\n"[..], b"220 ftp ready\r\n", &[0x16, 3, 1, 0, 5]] {
        assert_eq!(probe(other), Match::No, "{other:?}");
    }
}

#[test]
fn is_known_by_its_key_exchange_alone() {
    let (client, server) = (client_offer(), old_server_offer());
    for offer in [&client, &server] {
        for length in 1..42 {
            assert_eq!(probe(&offer[..length]), Match::NeedMore, "{length} octets");
        }
        assert_eq!(probe(&offer[..42]), Match::Yes);
    }
    let recording = play_whole(&PROTOCOL, &[(Side::Originator, &client), (Side::Responder, &server)]);
    assert_eq!(recording.values("ssh.kex.hassh"), ["bb66ed57bbf68667e0f3141064c4f11e"]);
    assert_eq!(recording.values("ssh.kex.hasshserver"), ["798322e5ac009da84cdf26ac20eec479"]);
    assert!(recording.encrypted && recording.anomalies.is_empty());
    assert!(weak_fields(&recording).contains(&"ssh.kex_algorithms"));
}

/// Who opened a connection that is first seen at its key exchange is a guess; some names know better.
#[test]
fn names_of_one_role_tell_who_is_the_client() {
    let (client, server) = (client_offer(), strict_server_offer());
    let recording = play_whole(&PROTOCOL, &[(Side::Originator, &server), (Side::Responder, &client)]);
    assert_eq!(recording.values("ssh.kex.hassh"), ["bb66ed57bbf68667e0f3141064c4f11e"]);
    assert_eq!(recording.values("ssh.kex.hasshserver").len(), 1);
    let weak = recording.weaknesses.iter().filter(|note| note.weakness == Weakness::WeakSsh);
    assert!(weak.map(|note| note.subject).all(|subject| subject == Subject::Receiver));
}

#[test]
fn what_only_begins_as_a_key_exchange_is_not_ssh() {
    let right = client_offer();
    let broken = |at: usize, byte: u8| {
        let mut bytes = right.clone();
        bytes[at] = byte;
        probe(&bytes)
    };
    assert_eq!(broken(30, b'x'), Match::Yes);
    for (at, byte) in
        [(0, 1), (1, 1), (3, right[3] ^ 1), (4, 3), (4, 255), (5, 21), (22, 1), (30, 0), (41, 0xff)]
    {
        assert_eq!(broken(at, byte), Match::No, "octet {at}");
    }
}

/// The capture began between the key exchanges of both sides.
#[test]
fn what_follows_a_key_exchange_that_was_not_seen_is_no_anomaly() {
    let mut reply = client_offer();
    reply[5] = 31;
    let recording = play_whole(&PROTOCOL, &[(Side::Originator, &client_offer()), (Side::Responder, &reply)]);
    assert_eq!(recording.values("ssh.kex.hassh").len(), 1);
    assert!(recording.anomalies.is_empty(), "{:?}", recording.anomalies);
}
