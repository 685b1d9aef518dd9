//! What an SSH handshake says about stations.

use model::{Field, Subject, Weakness};
use wire::Limit;

use super::PROTOCOL;
use super::anomaly::SshAnomaly;
use super::message::{Generation, KexInit, names};
use crate::infra::fingerprint;
use crate::{Notes, Side};

const IDENTIFICATION: Field = Field::new("ssh.protocol");
const HASSH: Field = Field::new("ssh.kex.hassh");
const HASSH_SERVER: Field = Field::new("ssh.kex.hasshserver");
const KEX: Field = Field::new("ssh.kex_algorithms");
const HOST_KEY: Field = Field::new("ssh.server_host_key_algorithms");
const ENCRYPTION_TO_SERVER: Field = Field::new("ssh.encryption_algorithms_client_to_server");
const ENCRYPTION_TO_CLIENT: Field = Field::new("ssh.encryption_algorithms_server_to_client");
const MAC_TO_SERVER: Field = Field::new("ssh.mac_algorithms_client_to_server");
const MAC_TO_CLIENT: Field = Field::new("ssh.mac_algorithms_server_to_client");

pub(super) const FIELDS: &[Field] = &[
    IDENTIFICATION,
    HASSH,
    HASSH_SERVER,
    KEX,
    HOST_KEY,
    ENCRYPTION_TO_SERVER,
    ENCRYPTION_TO_CLIENT,
    MAC_TO_SERVER,
    MAC_TO_CLIENT,
];

/// Names of a list beyond this many take no part in the negotiation.
const NAMES: Limit =
    Limit::new("ssh_names", 64, "clients offer up to two dozen, and each is looked up in the other list");

/// A server that accepts protocol 1 is weak; so is a client that speaks nothing else.
pub(super) fn identification(text: &[u8], side: Side, notes: &mut Notes) {
    notes.fact_bytes(Subject::Sender, IDENTIFICATION, text);
    let weak = match Generation::of(text) {
        Generation::One => true,
        Generation::Both => side == Side::Responder,
        Generation::Two => false,
    };
    if weak {
        notes.weakness(Subject::Sender, Weakness::WeakSsh, IDENTIFICATION);
    }
}

/// HASSH of a client, HASSH server of a server.
pub(super) fn kexinit(kexinit: &KexInit<'_>, is_client: bool, notes: &mut Notes) {
    let (field, lists) = if is_client {
        (
            HASSH,
            [kexinit.kex, kexinit.encryption_to_server, kexinit.mac_to_server, kexinit.compression_to_server],
        )
    } else {
        (
            HASSH_SERVER,
            [kexinit.kex, kexinit.encryption_to_client, kexinit.mac_to_client, kexinit.compression_to_client],
        )
    };
    notes.fact_display(Subject::Sender, field, fingerprint::md5(&lists.join(&b';')));
}

/// Settles the algorithms as both sides do: the first of the client that the server has (RFC 4253, 7.1). The weakness
/// is the server's, which accepts what is weak.
pub(super) fn negotiated(client: &KexInit<'_>, server: &KexInit<'_>, of: Subject, notes: &mut Notes) {
    let encryption = [
        (ENCRYPTION_TO_SERVER, client.encryption_to_server, server.encryption_to_server),
        (ENCRYPTION_TO_CLIENT, client.encryption_to_client, server.encryption_to_client),
    ];
    let macs = [
        (MAC_TO_SERVER, client.mac_to_server, server.mac_to_server),
        (MAC_TO_CLIENT, client.mac_to_client, server.mac_to_client),
    ];
    settle((KEX, client.kex, server.kex), is_weak_kex, of, notes);
    settle((HOST_KEY, client.host_key, server.host_key), is_weak_host_key, of, notes);
    for (encryption, mac) in encryption.into_iter().zip(macs) {
        let cipher = settle(encryption, is_weak_cipher, of, notes);
        if !cipher.is_some_and(is_authenticated) {
            settle(mac, is_weak_mac, of, notes);
        }
    }
}

fn settle<'a>(
    (field, client, server): (Field, &'a [u8], &'a [u8]),
    is_weak: fn(&[u8]) -> bool,
    of: Subject,
    notes: &mut Notes,
) -> Option<&'a [u8]> {
    let chosen = names(client, NAMES.max).find(|name| names(server, NAMES.max).any(|other| other == *name));
    match chosen {
        Some(name) if is_weak(name) => notes.weakness(of, Weakness::WeakSsh, field),
        Some(_) => {}
        None => notes.anomaly(PROTOCOL.protocol.name, SshAnomaly::NoCommonAlgorithm.name()),
    }
    chosen
}

/// 1024-bit groups and keys with SHA-1 (RFC 9142, 3).
fn is_weak_kex(name: &[u8]) -> bool {
    matches!(name, b"diffie-hellman-group1-sha1" | b"diffie-hellman-group-exchange-sha1" | b"rsa1024-sha1")
        || name.starts_with(b"gss-group1-sha1-")
        || name.starts_with(b"gss-gex-sha1-")
}

/// DSA with 1024 bits.
fn is_weak_host_key(name: &[u8]) -> bool {
    name == b"ssh-dss"
}

fn is_weak_cipher(name: &[u8]) -> bool {
    name.starts_with(b"arcfour")
        || name.starts_with(b"des-")
        || name.starts_with(b"3des-")
        || matches!(name, b"none" | b"des")
}

fn is_weak_mac(name: &[u8]) -> bool {
    name.starts_with(b"hmac-md5") || name == b"none"
}

/// Ciphers that need no MAC, whatever the lists of MACs say.
fn is_authenticated(cipher: &[u8]) -> bool {
    cipher.starts_with(b"chacha20-poly1305")
        || cipher.windows(4).any(|part| part == b"-gcm")
        || cipher.starts_with(b"AEAD_")
}
