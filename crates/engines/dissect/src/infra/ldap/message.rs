//! Messages of LDAP (RFC 4511, 4).

use wire::{Error, Reader, Result};

use crate::infra::ber::{self, Tag, expect, optional, value};

/// Tag of protocolOp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Operation(pub(super) u8);

/// Tag and place of the operation in a message that may not be there as a whole.
#[derive(Debug, Clone, Copy)]
pub(super) struct Header {
    pub(super) operation: Operation,
    /// Where the operation's contents start.
    pub(super) start: usize,
    /// Where they end.
    pub(super) end: usize,
    /// Octets of the message.
    pub(super) whole: usize,
}

/// A BindRequest (4.2).
#[derive(Debug, Clone, Copy)]
pub(super) struct BindRequest<'a> {
    pub(super) has_name: bool,
    pub(super) authentication: Authentication<'a>,
}

/// AuthenticationChoice, with the choices of MS-ADTS, 5.1.1.1.3.
#[derive(Debug, Clone, Copy)]
pub(super) enum Authentication<'a> {
    Simple { has_password: bool },
    Sasl { mechanism: &'a [u8], credentials: &'a [u8] },
    Sicily(&'a [u8]),
    Other,
}

/// A BindResponse (4.2.2).
#[derive(Debug, Clone, Copy)]
pub(super) struct BindResponse<'a> {
    pub(super) is_success: bool,
    /// The token of a Sicily bind stands where the name of an entry would.
    pub(super) matched: &'a [u8],
    pub(super) credentials: &'a [u8],
}

/// Longest message that is believed: servers take 10 MiB at most, and answer with little more.
const LONGEST: usize = 1 << 30;

const START_TLS: &[u8] = b"1.3.6.1.4.1.1466.20037";

impl Operation {
    pub(super) const BIND_REQUEST: Self = Self(0x60);
    pub(super) const BIND_RESPONSE: Self = Self(0x61);
    pub(super) const SEARCH_REQUEST: Self = Self(0x63);
    pub(super) const SEARCH_ENTRY: Self = Self(0x64);
    pub(super) const SEARCH_DONE: Self = Self(0x65);
    pub(super) const ABANDON: Self = Self(0x50);
    pub(super) const EXTENDED_REQUEST: Self = Self(0x77);
    pub(super) const EXTENDED_RESPONSE: Self = Self(0x78);

    pub(super) const fn is_request(self) -> bool {
        // Bind, unbind, search, modify, add, delete, modify DN, compare, abandon, extended.
        matches!(self.0, 0x60 | 0x42 | 0x63 | 0x66 | 0x68 | 0x4a | 0x6c | 0x6e | 0x50 | 0x77)
    }

    pub(super) const fn is_response(self) -> bool {
        // The same, search reference, intermediate.
        matches!(self.0, 0x61 | 0x64 | 0x65 | 0x73 | 0x67 | 0x69 | 0x6b | 0x6d | 0x6f | 0x78 | 0x79)
    }

    pub(super) const fn is_connectionless(self) -> bool {
        matches!(self, Self::SEARCH_REQUEST | Self::SEARCH_ENTRY | Self::SEARCH_DONE | Self::ABANDON)
    }
}

impl Header {
    /// Reads sequence, message ID and the operation's tag; of what is no message, [`Error::Trailing`].
    pub(super) fn read(bytes: &[u8]) -> Result<Self> {
        let mut reader = Reader::open(bytes);
        let length = length_of(&mut reader, Tag::SEQUENCE)?;
        let whole = reader.consumed().saturating_add(length);
        let id = length_of(&mut reader, Tag::INTEGER)?;
        if !(1..=4).contains(&id) || whole > LONGEST {
            return Err(Error::Trailing { left: reader.remaining() });
        }
        reader.skip(id)?;
        let (tag, length) = ber::header(&mut reader)?;
        let start = reader.consumed();
        let end = start.saturating_add(length);
        if end > whole {
            return Err(Error::Trailing { left: reader.remaining() });
        }
        Ok(Self { operation: Operation(tag.0), start, end, whole })
    }

    /// Whether an entry is the root DSE, the only one without a name; fails while that is not there to see.
    pub(super) fn is_root(&self, bytes: &[u8]) -> Result<bool> {
        let mut reader = Reader::open(bytes);
        reader.skip(self.start)?;
        if self.end.saturating_sub(self.start) < 2 {
            return Ok(false);
        }
        ber::header(&mut reader).map(|name| name == (Tag::OCTETS, 0))
    }
}

impl<'a> BindRequest<'a> {
    pub(super) fn read(reader: &mut Reader<'a>) -> Result<Self> {
        expect(reader, Tag::INTEGER)?;
        let has_name = !expect(reader, Tag::OCTETS)?.is_empty();
        let (tag, mut content) = value(reader)?;
        let authentication = match tag.0 {
            0x80 => Authentication::Simple { has_password: !content.is_empty() },
            0xa3 => Authentication::Sasl {
                mechanism: expect(&mut content, Tag::OCTETS)?.as_slice(),
                credentials: octets(optional(&mut content, Tag::OCTETS)?),
            },
            0x8a | 0x8b => Authentication::Sicily(content.as_slice()),
            _ => Authentication::Other,
        };
        Ok(Self { has_name, authentication })
    }
}

impl<'a> BindResponse<'a> {
    pub(super) fn read(reader: &mut Reader<'a>) -> Result<Self> {
        let is_success = is_success(reader)?;
        let matched = expect(reader, Tag::OCTETS)?.as_slice();
        expect(reader, Tag::OCTETS)?;
        optional(reader, Tag::context(3))?;
        Ok(Self { is_success, matched, credentials: octets(optional(reader, Tag(0x87))?) })
    }
}

/// Whether an ExtendedRequest (4.12) asks for TLS.
pub(super) fn asks_for_tls(reader: &mut Reader<'_>) -> Result<bool> {
    expect(reader, Tag(0x80)).map(|name| name.as_slice() == START_TLS)
}

/// resultCode of an LDAPResult (4.1.9).
pub(super) fn is_success(reader: &mut Reader<'_>) -> Result<bool> {
    expect(reader, Tag::ENUMERATED).map(|code| code.as_slice() == [0])
}

/// Comes to the attributes of an entry (4.5.2).
pub(super) fn attributes<'a>(entry: &mut Reader<'a>) -> Result<Reader<'a>> {
    expect(entry, Tag::OCTETS)?;
    expect(entry, Tag::SEQUENCE)
}

/// The next attribute: its type and the values that follow each other.
pub(super) fn attribute<'a>(attributes: &mut Reader<'a>) -> Result<(&'a [u8], Reader<'a>)> {
    let mut attribute = expect(attributes, Tag::SEQUENCE)?;
    let kind = expect(&mut attribute, Tag::OCTETS)?;
    Ok((kind.as_slice(), expect(&mut attribute, Tag::SET)?))
}

/// The conditions of a search that wants all of them met (4.5.1.7); empty when it is another.
pub(super) fn conditions<'a>(search: &mut Reader<'a>) -> Result<Reader<'a>> {
    for tag in [Tag::OCTETS, Tag::ENUMERATED, Tag::ENUMERATED, Tag::INTEGER, Tag::INTEGER, Tag::BOOLEAN] {
        expect(search, tag)?;
    }
    Ok(optional(search, Tag::context(0))?.unwrap_or_else(|| Reader::closed(&[])))
}

/// Attribute and value of the next condition if it is an equality.
pub(super) fn equality<'a>(conditions: &mut Reader<'a>) -> Result<Option<(&'a [u8], &'a [u8])>> {
    let (tag, mut content) = value(conditions)?;
    if tag != Tag::context(3) {
        return Ok(None);
    }
    let attribute = expect(&mut content, Tag::OCTETS)?.as_slice();
    Ok(Some((attribute, expect(&mut content, Tag::OCTETS)?.as_slice())))
}

fn octets<'a>(value: Option<Reader<'a>>) -> &'a [u8] {
    value.map(|content| content.as_slice()).unwrap_or_default()
}

fn length_of(reader: &mut Reader<'_>, tag: Tag) -> Result<usize> {
    match reader.peek() {
        Some(other) if other != tag.0 => Err(Error::Trailing { left: reader.remaining() }),
        _ => ber::header(reader).map(|(_, length)| length),
    }
}
