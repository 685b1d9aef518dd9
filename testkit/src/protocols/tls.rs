//! TLS 1.2 with a real certificate (RFC 5246, 6066, 7301).

use anyhow::{Context, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::bytes::Bytes;
use crate::random::Random;
use crate::talk::{Exchange, Side};

/// Certificates, made once with `openssl req -x509 -newkey rsa:2048 -nodes -days 3650`; their keys were thrown away.
pub(crate) const PACS: &str = include_str!("../../data/pacs.pem");
pub(crate) const PORTAL: &str = include_str!("../../data/portal.pem");
pub(crate) const PUMPS: &str = include_str!("../../data/pumps.pem");

const RSA_AES_128_GCM: u16 = 0x009c;
const CIPHERS: [u16; 6] = [0xc02f, 0xc030, 0xc02b, 0x009d, RSA_AES_128_GCM, 0x002f];
const HANDSHAKE: u8 = 22;
const CHANGE_CIPHER: u8 = 20;
const APPLICATION: u8 = 23;
/// Bytes of a full record (RFC 8446 5.1).
const RECORD_BYTES: usize = 16_384;

/// A handshake with RSA key transport and encrypted records after it. An embedded client sends no server name.
pub(crate) fn session(name: Option<&str>, pem: &str, alpn: bool, random: &mut Random) -> Result<Exchange> {
    let certificate = decode(pem)?;
    let chain = Bytes::new().len24(Bytes::new().len24(certificate));
    let server = [server_hello(random), handshake(11, chain), handshake(14, Bytes::new())];
    let server = server.iter().fold(Bytes::new(), |all, message| all.put(record(HANDSHAKE, message)));
    let change = || record(CHANGE_CIPHER, [1]);
    let finished = |random: &mut Random| record(HANDSHAKE, random.bytes(40));
    let key = handshake(16, Bytes::new().len16(random.bytes(256)));
    let client = Bytes::new().put(record(HANDSHAKE, key)).put(change()).put(finished(random));
    let data = |random: &mut Random, count| record(APPLICATION, random.bytes(count)).done();
    Ok(vec![
        (Side::Client, record(HANDSHAKE, client_hello(name, alpn, random)).done()),
        (Side::Server, server.done()),
        (Side::Client, client.done()),
        (Side::Server, change().put(finished(random)).done()),
        (Side::Client, data(random, 220)),
        (Side::Server, data(random, 900)),
    ])
}

/// A session in which the client hands over this many bytes.
pub(crate) fn bulk(name: Option<&str>, pem: &str, bytes: usize, random: &mut Random) -> Result<Exchange> {
    let mut exchange = session(name, pem, false, random)?;
    for _ in 0..bytes / RECORD_BYTES {
        exchange.push((Side::Client, record(APPLICATION, random.bytes(RECORD_BYTES)).done()));
    }
    Ok(exchange)
}

fn decode(pem: &str) -> Result<Vec<u8>> {
    let text: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    STANDARD.decode(text).context("a certificate in data/ is no base64")
}

fn client_hello(name: Option<&str>, alpn: bool, random: &mut Random) -> Bytes {
    let ciphers = CIPHERS.into_iter().fold(Bytes::new(), Bytes::u16);
    let mut extensions = Bytes::new();
    if let Some(name) = name {
        let entry = Bytes::new().u8(0).len16(name);
        extensions = extensions.u16(0).len16(Bytes::new().len16(entry));
    }
    extensions = extensions.u16(10).len16(Bytes::new().len16([0, 0x1d, 0, 0x17, 0, 0x18]));
    extensions = extensions.u16(11).len16([1, 0]);
    extensions = extensions.u16(13).len16(Bytes::new().len16([4, 3, 8, 4, 4, 1, 5, 1, 2, 1]));
    if alpn {
        let names = Bytes::new().len8("h2").len8("http/1.1");
        extensions = extensions.u16(16).len16(Bytes::new().len16(names));
    }
    extensions = extensions.u16(0xff01).len16([0]);
    let body = Bytes::new().u16(0x0303).put(random.bytes(32)).len8([]).len16(ciphers).len8([0]);
    handshake(1, body.len16(extensions))
}

fn server_hello(random: &mut Random) -> Bytes {
    let body = Bytes::new().u16(0x0303).put(random.bytes(32)).len8(random.bytes(32));
    let extensions = Bytes::new().u16(0xff01).len16([0]);
    handshake(2, body.u16(RSA_AES_128_GCM).u8(0).len16(extensions))
}

fn handshake(kind: u8, body: Bytes) -> Bytes {
    Bytes::new().u8(kind).len24(body)
}

fn record(kind: u8, body: impl AsRef<[u8]>) -> Bytes {
    Bytes::new().u8(kind).u16(0x0303).len16(body)
}
