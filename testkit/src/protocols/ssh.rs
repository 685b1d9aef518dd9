//! SSH up to the keys (RFC 4253, 8731).

use crate::bytes::Bytes;
use crate::random::Random;
use crate::talk::{Exchange, Side};

const KEX_OPENSSH: [&str; 8] = [
    "sntrup761x25519-sha512@openssh.com,curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256",
    "ssh-ed25519,rsa-sha2-512,rsa-sha2-256",
    "chacha20-poly1305@openssh.com,aes128-ctr,aes256-gcm@openssh.com",
    "chacha20-poly1305@openssh.com,aes128-ctr,aes256-gcm@openssh.com",
    "umac-64-etm@openssh.com,hmac-sha2-256",
    "umac-64-etm@openssh.com,hmac-sha2-256",
    "none,zlib@openssh.com",
    "none,zlib@openssh.com",
];

/// Banners, offers, a key exchange and what follows it encrypted.
pub(crate) fn session(client: &str, server: &str, random: &mut Random) -> Exchange {
    let offer = |random: &mut Random| {
        let lists = KEX_OPENSSH.iter().fold(Bytes::new(), |lists, list| lists.len32(list));
        let body = Bytes::new().u8(20).put(random.bytes(16)).put(lists).len32([]).len32([]);
        packet(body.u8(0).u32(0), random)
    };
    let key = Bytes::new().len32("ssh-ed25519").len32(random.bytes(32));
    let signature = Bytes::new().len32("ssh-ed25519").len32(random.bytes(64));
    let reply = Bytes::new().u8(31).len32(key).len32(random.bytes(32)).len32(signature);
    let (client_offer, server_offer) = (offer(random), offer(random));
    let init = packet(Bytes::new().u8(30).len32(random.bytes(32)), random);
    let reply = packet(reply, random);
    let ready = packet(Bytes::new().u8(21), random);
    vec![
        (Side::Client, format!("{client}\r\n").into_bytes()),
        (Side::Server, format!("{server}\r\n").into_bytes()),
        (Side::Client, client_offer),
        (Side::Server, server_offer),
        (Side::Client, init),
        (Side::Server, [reply, ready.clone()].concat()),
        (Side::Client, ready),
        (Side::Client, random.bytes(44)),
        (Side::Server, random.bytes(44)),
    ]
}

/// Length, padding length, payload, padding to a multiple of eight.
fn packet(payload: Bytes, random: &mut Random) -> Vec<u8> {
    let padding = 8 - (payload.len() + 5) % 8;
    let padding = if padding < 4 { padding + 8 } else { padding };
    let body = Bytes::new().u8(u8::try_from(padding).unwrap_or(8)).put(payload).put(random.bytes(padding));
    Bytes::new().len32(body).done()
}
