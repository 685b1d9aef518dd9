//! TLS handshake messages and certificates, built field by field.

use super::counted;

/// A list of codes.
pub(crate) fn codes(list: &[u16]) -> Vec<u8> {
    list.iter().flat_map(|code| code.to_be_bytes()).collect()
}

/// An extension of a hello (RFC 8446, 4.2).
pub(crate) fn extension(code: u16, data: &[u8]) -> Vec<u8> {
    [code.to_be_bytes().to_vec(), counted(2, data)].concat()
}

pub(crate) fn server_name(name: &[u8]) -> Vec<u8> {
    extension(0, &counted(2, &[b"\0".to_vec(), counted(2, name)].concat()))
}

pub(crate) fn alpn(names: &[&[u8]]) -> Vec<u8> {
    let list: Vec<u8> = names.iter().flat_map(|name| counted(1, name)).collect();
    extension(16, &counted(2, &list))
}

pub(crate) fn groups(list: &[u16]) -> Vec<u8> {
    extension(10, &counted(2, &codes(list)))
}

pub(crate) fn point_formats(list: &[u8]) -> Vec<u8> {
    extension(11, &counted(1, list))
}

pub(crate) fn signature_algorithms(list: &[u16]) -> Vec<u8> {
    extension(13, &counted(2, &codes(list)))
}

pub(crate) fn supported_versions(list: &[u16]) -> Vec<u8> {
    extension(43, &counted(1, &codes(list)))
}

/// Body of a ClientHello; DTLS has a cookie.
pub(crate) fn client_hello(
    version: u16,
    cookie: Option<&[u8]>,
    ciphers: &[u16],
    extensions: &[Vec<u8>],
) -> Vec<u8> {
    let mut body = [&version.to_be_bytes()[..], &[7; 32], &counted(1, &[9; 32])].concat();
    body.extend(cookie.map(|cookie| counted(1, cookie)).unwrap_or_default());
    body.extend(counted(2, &codes(ciphers)));
    body.extend(counted(1, b"\0"));
    if !extensions.is_empty() {
        body.extend(counted(2, &extensions.concat()));
    }
    body
}

/// Body of a ServerHello.
pub(crate) fn server_hello(version: u16, cipher: u16, extensions: &[Vec<u8>]) -> Vec<u8> {
    let mut body = [&version.to_be_bytes()[..], &[8; 32], &counted(1, &[9; 32])].concat();
    body.extend(cipher.to_be_bytes());
    body.push(0);
    if !extensions.is_empty() {
        body.extend(counted(2, &extensions.concat()));
    }
    body
}

/// Body of a Certificate message.
pub(crate) fn certificates(chain: &[Vec<u8>]) -> Vec<u8> {
    let list: Vec<u8> = chain.iter().flat_map(|der| counted(3, der)).collect();
    counted(3, &list)
}

/// A certificate (RFC 5280, 4.1) whose signature is nonsense.
pub(crate) struct Certificate {
    pub(crate) subject: &'static str,
    pub(crate) issuer: &'static str,
    pub(crate) not_before: &'static str,
    pub(crate) not_after: &'static str,
    /// Bits of the RSA modulus.
    pub(crate) key_bits: usize,
    /// Encoded object identifier of the signature algorithm.
    pub(crate) signature: &'static [u8],
    pub(crate) dns_names: Vec<&'static str>,
    pub(crate) addresses: Vec<&'static [u8]>,
}

pub(crate) const SHA256_WITH_RSA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b";
pub(crate) const SHA1_WITH_RSA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05";
const RSA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";

impl Default for Certificate {
    /// Valid in 2026, when the kit's packets are sent; nothing about it is weak.
    fn default() -> Self {
        Self {
            subject: "pump7.example",
            issuer: "Example CA",
            not_before: "250101000000Z",
            not_after: "270101000000Z",
            key_bits: 2_048,
            signature: SHA256_WITH_RSA,
            dns_names: Vec::new(),
            addresses: Vec::new(),
        }
    }
}

impl Certificate {
    /// In DER.
    pub(crate) fn der(&self) -> Vec<u8> {
        let algorithm = sequence(&[der(0x06, self.signature), der(0x05, b"")]);
        let validity =
            sequence(&[der(0x17, self.not_before.as_bytes()), der(0x17, self.not_after.as_bytes())]);
        let mut modulus = vec![0xa5; self.key_bits / 8];
        modulus.insert(0, 0);
        let key = sequence(&[der(0x02, &modulus), der(0x02, &[1, 0, 1])]);
        let key_info = sequence(&[
            sequence(&[der(0x06, RSA), der(0x05, b"")]),
            der(0x03, &[b"\0".to_vec(), key].concat()),
        ]);
        let mut fields = vec![
            der(0xa0, &der(0x02, &[2])),
            der(0x02, &[0x01, 0xab, 0xcd]),
            algorithm.clone(),
            name(self.issuer),
            validity,
            name(self.subject),
            key_info,
        ];
        let names: Vec<Vec<u8>> = (self.dns_names.iter().map(|name| der(0x82, name.as_bytes())))
            .chain(self.addresses.iter().map(|address| der(0x87, address)))
            .collect();
        if !names.is_empty() {
            let extension = sequence(&[der(0x06, b"\x55\x1d\x11"), der(0x04, &sequence(&names))]);
            fields.push(der(0xa3, &sequence(&[extension])));
        }
        sequence(&[sequence(&fields), algorithm, der(0x03, &[0; 33])])
    }
}

/// A distinguished name with nothing but a common name.
fn name(common_name: &str) -> Vec<u8> {
    let attribute = sequence(&[der(0x06, b"\x55\x04\x03"), der(0x0c, common_name.as_bytes())]);
    sequence(&[der(0x31, &attribute)])
}

fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    der(0x30, &parts.concat())
}

fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = match content.len() {
        short @ 0..128 => vec![u8::try_from(short).unwrap()],
        long => [vec![0x82], u16::try_from(long).unwrap().to_be_bytes().to_vec()].concat(),
    };
    [vec![tag], length, content.to_vec()].concat()
}
