//! Frames of LIS1-A (6.3) and the header record of LIS2-A2 (6).

use crate::Match;

pub(super) const STX: u8 = 0x02;
pub(super) const ETX: u8 = 0x03;
pub(super) const EOT: u8 = 0x04;
pub(super) const ENQ: u8 = 0x05;
pub(super) const ACK: u8 = 0x06;
pub(super) const NAK: u8 = 0x15;
pub(super) const ETB: u8 = 0x17;
pub(super) const CR: u8 = b'\r';

/// Bytes in which a header shows itself.
const START: usize = 64;

/// Header record as far as it is read.
pub(super) struct Header<'a> {
    pub(super) has_password: bool,
    pub(super) sender: &'a [u8],
    pub(super) version: &'a [u8],
}

/// Type of a record, by its letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RecordType(pub(super) u8);

impl RecordType {
    pub(super) const HEADER: Self = Self(b'H');
    pub(super) const PATIENT: Self = Self(b'P');
    pub(super) const RESULT: Self = Self(b'R');
    pub(super) const QUERY: Self = Self(b'Q');
}

/// Reads a header record: `H`, the delimiters, then fields between the first of them.
pub(super) fn header(record: &[u8]) -> Option<Header<'_>> {
    let delimiter = record.get(1)?;
    let mut fields = record.split(|byte| byte == delimiter).skip(3);
    let has_password = fields.next().is_some_and(|password| !password.is_empty());
    let sender = fields.next().unwrap_or_default();
    Some(Header { has_password, sender, version: fields.nth(7).unwrap_or_default() })
}

/// An enquiry, then a frame whose first record is a header; or such a record without frames.
pub(super) fn probe(bytes: &[u8]) -> Match {
    Match::within(START, bytes, probe_header)
}

fn probe_header(bytes: &[u8]) -> Match {
    let rest = match bytes {
        [ENQ | ACK, rest @ ..] => rest.trim_ascii_start(),
        _ => bytes,
    };
    if let [ENQ | ACK, ..] = bytes
        && rest.iter().all(|byte| matches!(*byte, ENQ | ACK | EOT | NAK))
    {
        return Match::NeedMore;
    }
    let record = match rest {
        [STX, b'0'..=b'7', record @ ..] => record,
        [STX] => return Match::NeedMore,
        [STX, ..] => return Match::No,
        record => record,
    };
    match record {
        [b'H', delimiter, b'\\' | b'`' | b'@' | b'^', _, b'&' | b'^' | b'\\', ..]
            if is_delimiter(*delimiter) =>
        {
            Match::Yes
        }
        [b'H', delimiter, rest @ ..] if is_delimiter(*delimiter) && rest.len() < 3 => Match::NeedMore,
        [b'H'] | [] => Match::NeedMore,
        _ => Match::No,
    }
}

const fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'|' | b'!')
}
