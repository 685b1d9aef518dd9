//! Fingerprints of TLS hellos: JA3 and JA3S (salesforce/ja3, BSD-3-Clause), JA4 (FoxIO JA4 TLS client, BSD-3-Clause),
//! and the digests that they and HASSH are printed as.

use std::fmt::{self, Write as _};

use md5::{Digest as _, Md5};
use sha2::Sha256;

use super::tls::message::{ClientHello, Codes, ExtensionType, ServerHello, Version, is_grease};

/// A digest that is shown as lower-case hexadecimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hex<const N: usize>(pub(super) [u8; N]);

/// What carries a hello, as JA4 names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Transport {
    /// TLS over TCP.
    Tcp,
    /// DTLS.
    Datagram,
}

/// MD5 of `text`, as HASSH prints it.
pub(super) fn md5(text: &[u8]) -> Hex<16> {
    Hex(Md5::digest(text).into())
}

/// JA3: version, cipher suites, extensions, groups, point formats, without GREASE.
pub(super) fn ja3(hello: &ClientHello<'_>) -> Hex<16> {
    let mut text = Vec::with_capacity(CAPACITY);
    push_decimal(&mut text, hello.version.0);
    text.push(b',');
    push_list(&mut text, hello.cipher_suites.iter());
    text.push(b',');
    push_list(&mut text, hello.extensions().map(|extension| extension.code));
    text.push(b',');
    push_list(&mut text, hello.groups.iter());
    text.push(b',');
    push_list(&mut text, hello.point_formats.iter().map(|&format| u16::from(format)));
    md5(&text)
}

/// JA3S: version, cipher suite, extensions.
pub(super) fn ja3s(hello: &ServerHello<'_>) -> Hex<16> {
    let mut text = Vec::with_capacity(64);
    push_decimal(&mut text, hello.version.0);
    text.push(b',');
    push_decimal(&mut text, hello.cipher_suite);
    text.push(b',');
    push_all(&mut text, hello.extensions().map(|extension| extension.code));
    md5(&text)
}

/// JA4 of a client hello.
pub(super) fn ja4(hello: &ClientHello<'_>, transport: Transport) -> String {
    let mut ciphers: Vec<u16> = known(hello.cipher_suites.iter()).collect();
    let mut extensions: Vec<u16> = known(hello.extensions().map(|extension| extension.code)).collect();
    let counts = (ciphers.len().min(99), extensions.len().min(99));
    extensions.retain(|&code| code != ExtensionType::SERVER_NAME && code != ExtensionType::ALPN);
    ciphers.sort_unstable();
    extensions.sort_unstable();
    let mut text = String::with_capacity(36);
    text.push(if transport == Transport::Tcp { 't' } else { 'd' });
    text.push_str(ja4_version(hello.highest_version()));
    text.push(if hello.has_server_name { 'd' } else { 'i' });
    push_ja4_counts(&mut text, counts);
    push_ja4_alpn(&mut text, hello.alpn().next().unwrap_or_default());
    text.push('_');
    push_ja4_hash(&mut text, &ciphers, None);
    text.push('_');
    push_ja4_hash(&mut text, &extensions, Some(hello.signature_algorithms));
    text
}

/// The codes that are not GREASE (RFC 8701).
fn known(codes: impl Iterator<Item = u16>) -> impl Iterator<Item = u16> {
    codes.filter(|&code| !is_grease(code))
}

const fn ja4_version(version: Version) -> &'static str {
    match version {
        Version::TLS_1_3 => "13",
        Version::TLS_1_2 => "12",
        Version::TLS_1_1 => "11",
        Version::TLS_1_0 => "10",
        Version::SSL_3 => "s3",
        Version::SSL_2 => "s2",
        Version::DTLS_1_0 => "d1",
        Version::DTLS_1_2 => "d2",
        Version::DTLS_1_3 => "d3",
        Version(_) => "00",
    }
}

fn push_ja4_counts(text: &mut String, (ciphers, extensions): (usize, usize)) {
    // Writing to a `String` cannot fail.
    let _written = write!(text, "{ciphers:02}{extensions:02}");
}

/// First and last character of the first ALPN value; of its hexadecimal form when either is not alphanumeric.
fn push_ja4_alpn(text: &mut String, protocol: &[u8]) {
    let (Some(&first), Some(&last)) = (protocol.first(), protocol.last()) else {
        text.push_str("00");
        return;
    };
    if first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric() {
        text.push(char::from(first));
        text.push(char::from(last));
    } else {
        text.push(char::from(nibble(first >> 4)));
        text.push(char::from(nibble(last)));
    }
}

/// The first twelve hexadecimal digits of SHA-256 over the sorted codes, and behind `_` the signature algorithms in
/// the order they were sent. Twelve zeros for an empty list.
fn push_ja4_hash(text: &mut String, codes: &[u16], signature_algorithms: Option<Codes<'_>>) {
    if codes.is_empty() {
        text.push_str("000000000000");
        return;
    }
    let mut input = Vec::with_capacity(CAPACITY);
    push_hex_list(&mut input, codes.iter().copied(), b"");
    push_hex_list(&mut input, known(signature_algorithms.unwrap_or_default().iter()), b"_");
    let digest = Sha256::digest(&input);
    for &byte in digest.iter().take(6) {
        text.push(char::from(nibble(byte >> 4)));
        text.push(char::from(nibble(byte)));
    }
}

fn push_hex_list(text: &mut Vec<u8>, codes: impl Iterator<Item = u16>, before: &[u8]) {
    let mut separator = before;
    for code in codes {
        text.extend_from_slice(separator);
        let [high, low] = code.to_be_bytes();
        text.extend_from_slice(&[nibble(high >> 4), nibble(high), nibble(low >> 4), nibble(low)]);
        separator = b",";
    }
}

fn push_list(text: &mut Vec<u8>, codes: impl Iterator<Item = u16>) {
    push_all(text, known(codes));
}

fn push_all(text: &mut Vec<u8>, codes: impl Iterator<Item = u16>) {
    let mut first = true;
    for code in codes {
        if !first {
            text.push(b'-');
        }
        push_decimal(text, code);
        first = false;
    }
}

/// Decimal digits of `value`, most significant first.
fn push_decimal(text: &mut Vec<u8>, value: u16) {
    let mut digits = [0; 5];
    let mut left = value;
    let mut used = 0;
    for digit in digits.iter_mut().rev() {
        let [_, low] = (left % 10).to_be_bytes();
        *digit = b'0' | low;
        left /= 10;
        used += 1;
        if left == 0 {
            break;
        }
    }
    text.extend(digits.iter().skip(digits.len() - used));
}

/// Writes two hexadecimal digits.
pub(super) fn push_hex_byte(to: &mut impl fmt::Write, byte: u8) -> fmt::Result {
    to.write_char(char::from(nibble(byte >> 4)))?;
    to.write_char(char::from(nibble(byte)))
}

/// The low four bits as a hexadecimal digit.
const fn nibble(byte: u8) -> u8 {
    let value = byte & 0x0f;
    if value < 10 { b'0' + value } else { b'a' + value - 10 }
}

impl<const N: usize> fmt::Display for Hex<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|&byte| push_hex_byte(f, byte))
    }
}

/// Room for the text of a browser's hello, so that it is built without growing.
const CAPACITY: usize = 512;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_have_no_leading_zeros() {
        let mut text = Vec::new();
        for value in [0, 7, 10, 771, 65_535] {
            push_decimal(&mut text, value);
            text.push(b' ');
        }
        assert_eq!(text, b"0 7 10 771 65535 ");
    }

    #[test]
    fn alpn_that_is_not_alphanumeric_is_shown_by_its_hexadecimal_digits() {
        for (protocol, shown) in [
            (&b"h2"[..], "h2"),
            (b"http/1.1", "h1"),
            (b"", "00"),
            (b"\xab\xcd", "ad"),
            (b"x", "xx"),
            (b"\x30\xab", "3b"),
        ] {
            let mut text = String::new();
            push_ja4_alpn(&mut text, protocol);
            assert_eq!(text, shown);
        }
    }

    #[test]
    fn digests_print_in_lower_case() {
        assert_eq!(md5(b"").to_string(), "d41d8cd98f00b204e9800998ecf8427e");
    }
}
