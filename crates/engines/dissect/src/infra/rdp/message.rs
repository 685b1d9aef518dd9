//! Messages of the connection sequence.

use wire::{Reader, Result};

use crate::infra::ber::{Tag, expect};

/// Octets of TPKT (RFC 1006, 6).
pub(super) const HEADER: usize = 4;
/// TPKT and the shortest data unit of X.224.
const SHORTEST: u16 = 7;

/// Security protocols, as flags in a request and alone in an answer (2.2.1.1.1, 2.2.1.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Security(pub(super) u32);

impl Security {
    /// RDP's own encryption, or none.
    pub(super) const STANDARD: Self = Self(0);
    /// TLS, after which RDP's own logon follows.
    pub(super) const TLS: Self = Self(1);

    /// Whether the user has to log on before a session starts (network level authentication).
    pub(super) const fn authenticates_first(self) -> bool {
        !matches!(self, Self::STANDARD | Self::TLS)
    }

    /// Whether a request for `self` can be answered by `chosen`.
    pub(super) const fn covers(self, chosen: Self) -> bool {
        self.0 & chosen.0 == chosen.0
    }
}

/// What stands before the negotiation in a connection request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cookie<'a> {
    None,
    /// A user's name, which is not kept.
    User,
    /// What a load balancer gave to find the server again.
    Token(&'a [u8]),
}

/// Negotiation in a connection request or confirm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Negotiation {
    None,
    Request(Security),
    Response(Security),
    Failure(u32),
}

/// What a TPKT holds.
#[derive(Debug)]
pub(super) enum Frame<'a> {
    Request { cookie: Cookie<'a>, negotiation: Negotiation },
    Confirm(Negotiation),
    ConnectInitial(Reader<'a>),
    ConnectResponse(Reader<'a>),
    Other,
}

const CONNECTION_REQUEST: u8 = 0xe0;
const CONNECTION_CONFIRM: u8 = 0xd0;
/// A data unit of X.224 class 0 that ends its message.
const DATA: [u8; 3] = [2, 0xf0, 0x80];
/// Connect-Initial and Connect-Response of T.125: [APPLICATION 101] and [APPLICATION 102].
const CONNECT_INITIAL: [u8; 2] = [0x7f, 0x65];
const CONNECT_RESPONSE: [u8; 2] = [0x7f, 0x66];

/// The object identifier 0.0.20.124.0.1 that opens the connect data of T.124.
const CONFERENCE: [u8; 7] = [0, 5, 0, 0x14, 0x7c, 0, 1];
/// Keys of what client and server add to a conference (2.2.1.3, 2.2.1.4).
const CLIENT_KEY: &[u8] = b"Duca";
const SERVER_KEY: &[u8] = b"McDn";

const USER: &[u8] = b"Cookie: mstshash=";
const TOKEN: &[u8] = b"Cookie: ";

/// Length of the TPKT that these bytes begin, `None` when they begin none; an error when there are too few.
pub(super) fn length(bytes: &[u8]) -> Result<Option<usize>> {
    let mut reader = Reader::open(bytes);
    let (version, reserved, length) = (reader.u8()?, reader.u8()?, reader.u16_be()?);
    Ok((version == 3 && reserved == 0 && length >= SHORTEST).then(|| usize::from(length)))
}

/// Whether the first octets can become a message of the connection sequence, as far as they are there.
pub(super) fn is_candidate(bytes: &[u8]) -> bool {
    let Some(unit) = bytes.get(HEADER..) else { return true };
    match unit {
        [] | [_] => true,
        [_, CONNECTION_REQUEST | CONNECTION_CONFIRM, ..] => true,
        [2, 0xf0, rest @ ..] => {
            let wanted = [0x80, 0x7f];
            rest.iter().zip(&wanted).all(|(seen, wanted)| seen == wanted)
        }
        _ => false,
    }
}

/// Whether a whole TPKT is of RDP and of nothing else.
pub(super) fn is_mine(frame: &[u8], is_known_port: bool) -> bool {
    match read(frame) {
        Ok(Frame::Request { cookie: Cookie::None, negotiation: Negotiation::None })
        | Ok(Frame::Confirm(Negotiation::None)) => is_known_port && frame.len() == HEADER + 7,
        Ok(Frame::Request { .. } | Frame::Confirm(_)) => true,
        Ok(Frame::ConnectInitial(_) | Frame::ConnectResponse(_)) => true,
        Ok(Frame::Other) | Err(_) => false,
    }
}

/// Reads a whole TPKT.
pub(super) fn read(frame: &[u8]) -> Result<Frame<'_>> {
    let mut reader = Reader::closed(frame);
    reader.skip(HEADER)?;
    if reader.as_slice().starts_with(&DATA) {
        reader.skip(DATA.len())?;
        return data(reader);
    }
    let length = usize::from(reader.u8()?);
    let mut unit = reader.sub(length)?;
    let kind = unit.u8()?;
    // References of both ends and the class.
    unit.skip(5)?;
    match kind {
        CONNECTION_REQUEST => {
            let cookie = cookie(&mut unit)?;
            Ok(Frame::Request { cookie, negotiation: negotiation(&mut unit)? })
        }
        CONNECTION_CONFIRM => Ok(Frame::Confirm(negotiation(&mut unit)?)),
        _ => Ok(Frame::Other),
    }
}

fn cookie<'a>(unit: &mut Reader<'a>) -> Result<Cookie<'a>> {
    if !unit.as_slice().starts_with(TOKEN) {
        return Ok(Cookie::None);
    }
    let line = unit.line()?;
    Ok(if line.starts_with(USER) { Cookie::User } else { Cookie::Token(line) })
}

fn negotiation(unit: &mut Reader<'_>) -> Result<Negotiation> {
    let Some(kind @ 1..=3) = unit.peek() else { return Ok(Negotiation::None) };
    unit.skip(2)?;
    let (length, value) = (unit.u16_le()?, unit.u32_le()?);
    Ok(match (kind, length) {
        (1, 8) => Negotiation::Request(Security(value)),
        (2, 8) => Negotiation::Response(Security(value)),
        (3, 8) => Negotiation::Failure(value),
        _ => Negotiation::None,
    })
}

/// Connect-Initial and Connect-Response (T.125, 7) down to the blocks of RDP.
fn data(mut reader: Reader<'_>) -> Result<Frame<'_>> {
    match reader.array()? {
        CONNECT_INITIAL => {
            let mut fields = length_of_two_octet_tag(&mut reader)?;
            for tag in [Tag::OCTETS, Tag::OCTETS, Tag::BOOLEAN, Tag::SEQUENCE, Tag::SEQUENCE, Tag::SEQUENCE] {
                expect(&mut fields, tag)?;
            }
            let blocks = conference(expect(&mut fields, Tag::OCTETS)?, 8, CLIENT_KEY)?;
            Ok(blocks.map_or(Frame::Other, Frame::ConnectInitial))
        }
        CONNECT_RESPONSE => {
            let mut fields = length_of_two_octet_tag(&mut reader)?;
            for tag in [Tag::ENUMERATED, Tag::INTEGER, Tag::SEQUENCE] {
                expect(&mut fields, tag)?;
            }
            let blocks = conference(expect(&mut fields, Tag::OCTETS)?, 9, SERVER_KEY)?;
            Ok(blocks.map_or(Frame::Other, Frame::ConnectResponse))
        }
        _ => Ok(Frame::Other),
    }
}

/// The contents of a value whose tag has two octets that are read.
fn length_of_two_octet_tag<'a>(reader: &mut Reader<'a>) -> Result<Reader<'a>> {
    let length = crate::infra::ber::length(reader)?;
    reader.sub(length)
}

/// The user data of a conference create request or response (T.124, 8.7). `before` octets stand before the key when
/// the fields have the widths that RDP prescribes.
fn conference<'a>(mut reader: Reader<'a>, before: usize, key: &[u8]) -> Result<Option<Reader<'a>>> {
    if reader.array()? != CONFERENCE {
        return Ok(None);
    }
    packed_length(&mut reader)?;
    reader.skip(before)?;
    if reader.take(key.len())? != key {
        return Ok(None);
    }
    let length = packed_length(&mut reader)?;
    Ok(Some(reader.cut(length)))
}

/// A length determinant of aligned PER (X.691, 11.9): one octet, or two with the first bit set.
fn packed_length(reader: &mut Reader<'_>) -> Result<usize> {
    let first = reader.u8()?;
    if first & 0x80 == 0 {
        return Ok(usize::from(first));
    }
    Ok(usize::from(first & 0x3f) << 8 | usize::from(reader.u8()?))
}

/// A block of client or server data (2.2.1.3.1).
#[derive(Debug)]
pub(super) struct Block<'a> {
    pub(super) kind: u16,
    pub(super) content: Reader<'a>,
}

impl<'a> Block<'a> {
    pub(super) const CLIENT_CORE: u16 = 0xc001;
    pub(super) const SERVER_CORE: u16 = 0x0c01;
    pub(super) const SERVER_SECURITY: u16 = 0x0c02;
    const HEADER: usize = 4;

    pub(super) fn read(reader: &mut Reader<'a>) -> Result<Self> {
        let mut inner = *reader;
        let (kind, length) = (inner.u16_le()?, usize::from(inner.u16_le()?));
        let content = inner.sub(length.saturating_sub(Self::HEADER))?;
        *reader = inner;
        Ok(Self { kind, content })
    }
}

/// Client Core Data (2.2.1.3.2).
#[derive(Debug)]
pub(super) struct ClientCore<'a> {
    pub(super) version: u16,
    pub(super) keyboard_layout: u32,
    pub(super) build: u32,
    pub(super) name: &'a [u8],
    pub(super) product_id: Option<&'a [u8]>,
}

impl<'a> ClientCore<'a> {
    pub(super) fn read(reader: &mut Reader<'a>) -> Result<Self> {
        let version = reader.u16_le()?;
        // Minor version, width, height, colour depth, key sequence.
        reader.skip(10)?;
        let (keyboard_layout, build, name) = (reader.u32_le()?, reader.u32_le()?, reader.take(32)?);
        Ok(Self { version, keyboard_layout, build, name, product_id: Self::product_id(reader).ok() })
    }

    /// What follows is optional: keyboard, input method, colour depths, product, serial number, capabilities.
    fn product_id(reader: &mut Reader<'a>) -> Result<&'a [u8]> {
        reader.skip(12 + 64 + 2 + 2 + 4 + 2 + 2 + 2)?;
        reader.take(64)
    }
}
