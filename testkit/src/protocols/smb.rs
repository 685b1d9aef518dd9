//! SMB 2 negotiation and NTLM (MS-SMB2, MS-NLMP), and NetBIOS names (RFC 1002).

use crate::bytes::Bytes;
use crate::device::{DOMAIN, Device};
use crate::random::Random;
use crate::talk::{Exchange, Side};

const NEGOTIATE: u16 = 0;
const SESSION_SETUP: u16 = 1;
const MORE_PROCESSING: u32 = 0xc000_0016;
/// The domain as NetBIOS writes it.
const WORKGROUP: &str = "HOSPITAL";
/// Unicode, NTLM, target information, version and the rest that Windows 10 sets.
const NTLM_FLAGS: u32 = 0xe288_8215;
/// Windows 10.0 build 19045 and NTLM revision 15.
const VERSION_CLIENT: [u8; 8] = [10, 0, 0x65, 0x4a, 0, 0, 0, 15];

/// A client negotiates and starts to log on; the server says who it is.
pub(crate) fn session(client: &Device, server: &Device, build: u16, random: &mut Random) -> Exchange {
    let id = random.next();
    let challenge = challenge(server, build, random);
    vec![
        (Side::Client, negotiate_request(random)),
        (Side::Server, negotiate_response(random)),
        (Side::Client, setup_request(1, 0, &ntlm_negotiate())),
        (Side::Server, setup_response(1, id, MORE_PROCESSING, &challenge)),
        (Side::Client, setup_request(2, id, &ntlm_authenticate(client, random))),
        (Side::Server, setup_response(2, id, 0, &[])),
    ]
}

fn header(command: u16, message: u64, session: u64, status: u32, is_response: bool) -> Bytes {
    let head = Bytes::new().put([0xfe, b'S', b'M', b'B']).u16_le(64).u16_le(1).u32_le(status);
    let head = head.u16_le(command).u16_le(31).u32_le(u32::from(is_response)).u32_le(0).u64_le(message);
    head.u32_le(0xfeff).u32_le(0).u64_le(session).zeros(16)
}

/// A message behind the length of direct TCP transport.
fn framed(message: Bytes) -> Vec<u8> {
    Bytes::new().u8(0).len24(message).done()
}

fn negotiate_request(random: &mut Random) -> Vec<u8> {
    let dialects = [0x0202, 0x0210, 0x0300, 0x0302].into_iter().fold(Bytes::new(), Bytes::u16_le);
    let body = Bytes::new().u16_le(36).u16_le(4).u16_le(1).u16_le(0).u32_le(0x7f);
    let body = body.put(random.bytes(16)).u64_le(0).put(dialects);
    framed(header(NEGOTIATE, 0, 0, 0, false).put(body))
}

fn negotiate_response(random: &mut Random) -> Vec<u8> {
    let body = Bytes::new().u16_le(65).u16_le(1).u16_le(0x0302).u16_le(0).put(random.bytes(16));
    let body = body.u32_le(0x2f).u32_le(0x0080_0000).u32_le(0x0080_0000).u32_le(0x0080_0000);
    let body = body.u64_le(0x01dc_6d4f_8000_0000).u64_le(0).u16_le(128).u16_le(0).u32_le(0);
    framed(header(NEGOTIATE, 0, 0, 0, true).put(body))
}

fn setup_request(message: u64, session: u64, token: &[u8]) -> Vec<u8> {
    let length = crate::bytes::short(token.len());
    let body = Bytes::new().u16_le(25).u8(0).u8(1).u32_le(1).u32_le(0).u16_le(88).u16_le(length).u64_le(0);
    framed(header(SESSION_SETUP, message, session, 0, false).put(body).put(token))
}

fn setup_response(message: u64, session: u64, status: u32, token: &[u8]) -> Vec<u8> {
    let length = crate::bytes::short(token.len());
    let body = Bytes::new().u16_le(9).u16_le(0).u16_le(72).u16_le(length).put(token);
    framed(header(SESSION_SETUP, message, session, status, true).put(body))
}

fn ntlm_negotiate() -> Vec<u8> {
    let head = Bytes::new().put("NTLMSSP\0").u32_le(1).u32_le(NTLM_FLAGS);
    head.zeros(16).put(VERSION_CLIENT).done()
}

/// CHALLENGE_MESSAGE with the target information that names the server (MS-NLMP 2.2.1.2).
fn challenge(server: &Device, build: u16, random: &mut Random) -> Vec<u8> {
    let name = Bytes::new().utf16(WORKGROUP).done();
    let pair = |kind: u16, text: &str| {
        let text = Bytes::new().utf16(text);
        Bytes::new().u16_le(kind).u16_le(crate::bytes::short(text.len())).put(text)
    };
    let information = Bytes::new().put(pair(2, WORKGROUP)).put(pair(1, &server.title()));
    let information = information.put(pair(4, DOMAIN)).put(pair(3, &server.full_name())).put(pair(5, DOMAIN));
    let information = information.u16_le(7).u16_le(8).u64_le(0x01dc_6d4f_8000_0000).u32_le(0).done();
    let head = Bytes::new().put("NTLMSSP\0").u32_le(2).put(place(name.len(), 56)).u32_le(NTLM_FLAGS);
    let head = head.put(random.bytes(8)).zeros(8).put(place(information.len(), 56 + name.len()));
    let version = Bytes::new().put([10, 0]).u16_le(build).put([0, 0, 0, 15]);
    head.put(version).put(name).put(information).done()
}

/// AUTHENTICATE_MESSAGE of the machine's own account (MS-NLMP 2.2.1.3).
fn ntlm_authenticate(client: &Device, random: &mut Random) -> Vec<u8> {
    let domain = Bytes::new().utf16(WORKGROUP).done();
    let user = Bytes::new().utf16(&format!("{}$", client.title())).done();
    let workstation = Bytes::new().utf16(&client.title()).done();
    let (lm, nt, key) = (vec![0; 24], random.bytes(24), random.bytes(16));
    let mut head = Bytes::new().put("NTLMSSP\0").u32_le(3);
    let mut payload = Bytes::new();
    for part in [&lm, &nt, &domain, &user, &workstation, &key] {
        head = head.put(place(part.len(), 88 + payload.len()));
        payload = payload.put(part);
    }
    head.u32_le(NTLM_FLAGS).put(VERSION_CLIENT).put(random.bytes(16)).put(payload).done()
}

/// Length twice, then offset.
fn place(length: usize, offset: usize) -> Bytes {
    let length = crate::bytes::short(length);
    Bytes::new().u16_le(length).u16_le(length).u32_le(crate::bytes::long(offset))
}

/// A station claims its NetBIOS name (RFC 1002 4.2.2).
pub(crate) fn registration(device: &Device, id: u16) -> Vec<u8> {
    let name = netbios_name(&device.title(), 0x20);
    let head = Bytes::new().u16(id).u16(0x2910).u16(1).u16(0).u16(0).u16(1);
    let head = head.put(&name).u16(0x20).u16(1).u16(0xc00c).u16(0x20).u16(1).u32(300_000);
    head.len16(Bytes::new().u16(0x6000).put(device.host.ip.octets())).done()
}

/// Sixteen characters in half-bytes as letters (RFC 1001 14.1).
fn netbios_name(name: &str, suffix: u8) -> Vec<u8> {
    let mut bytes: Vec<u8> = name.bytes().chain(std::iter::repeat(b' ')).take(15).collect();
    bytes.push(suffix);
    let letters = bytes.iter().flat_map(|byte| [b'A' + (byte >> 4), b'A' + (byte & 15)]);
    Bytes::new().len8(letters.collect::<Vec<u8>>()).u8(0).done()
}
