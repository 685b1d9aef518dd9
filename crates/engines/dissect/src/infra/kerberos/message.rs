//! Messages of Kerberos (RFC 4120, 5).

use std::fmt::{self, Display};

use wire::{Reader, Result};

use crate::display::TextOrHex;
use crate::infra::ber::{Tag, expect, integer, length, value};

/// Messages whose tag is `[APPLICATION number]`.
const AS_REQ: u8 = 10;
const AS_REP: u8 = 11;
const TGS_REQ: u8 = 12;
const TGS_REP: u8 = 13;
const AP_REQ: u8 = 14;
const KRB_ERROR: u8 = 30;

const TICKET: Tag = Tag::application(1);

/// An encryption type (3.1.3 of RFC 3961 and its registry; negative ones are Microsoft's).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct EncryptionType(pub(super) i32);

impl EncryptionType {
    /// DES (RFC 6649) and RC4 (RFC 8429), of which keys can be found.
    pub(super) const fn is_weak(self) -> bool {
        matches!(self.0, 1..=3 | 23 | 24 | -128 | -133 | -135)
    }
}

impl Display for EncryptionType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Name of a client or a service (6.2): its first two components; further ones are left out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Principal<'a> {
    pub(super) first: &'a [u8],
    pub(super) second: Option<&'a [u8]>,
}

impl<'a> Principal<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self> {
        let mut fields = expect(reader, Tag::SEQUENCE)?;
        expect(&mut fields, Tag::context(0))?;
        let mut strings = expect(&mut expect(&mut fields, Tag::context(1))?, Tag::SEQUENCE)?;
        let first = value(&mut strings)?.1.rest();
        let second = if strings.is_empty() { None } else { Some(value(&mut strings)?.1.rest()) };
        Ok(Self { first, second })
    }

    /// Whether it is the name of a machine: an account of Windows, which ends in a dollar, or `host/` and its name.
    pub(super) fn is_machine(&self) -> bool {
        match self.second {
            None => self.first.ends_with(b"$") && !self.first.contains(&b'@'),
            Some(_) => self.first == b"host",
        }
    }

    /// Whether it is the service that grants tickets, which is a key distribution centre.
    pub(super) fn grants_tickets(&self) -> bool {
        self.first == b"krbtgt"
    }
}

impl Display for Principal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        TextOrHex(self.first).fmt(f)?;
        self.second.map_or(Ok(()), |second| write!(f, "/{}", TextOrHex(second)))
    }
}

/// A message, as far as it is read.
#[derive(Debug)]
pub(super) enum Message<'a> {
    Request(Request<'a>),
    Reply(Reply<'a>),
    Error { realm: &'a [u8], service: Option<Principal<'a>> },
}

/// AS-REQ and TGS-REQ (5.4.1).
#[derive(Debug, Default)]
pub(super) struct Request<'a> {
    /// It asks for a first ticket, with the client's own key.
    pub(super) is_initial: bool,
    pub(super) pre_authentication: Option<Reader<'a>>,
    pub(super) client: Option<Principal<'a>>,
    pub(super) realm: &'a [u8],
    pub(super) encryption_types: Option<Reader<'a>>,
    pub(super) addresses: Option<Reader<'a>>,
}

/// AS-REP and TGS-REP (5.4.2).
#[derive(Debug)]
pub(super) struct Reply<'a> {
    pub(super) client: Option<Principal<'a>>,
    pub(super) ticket: Ticket<'a>,
    pub(super) encryption_type: EncryptionType,
}

/// What of a ticket is not encrypted (5.3).
#[derive(Debug)]
pub(super) struct Ticket<'a> {
    pub(super) realm: &'a [u8],
    pub(super) service: Principal<'a>,
    pub(super) encryption_type: EncryptionType,
}

/// Whether these bytes begin a message; an error when there are too few to say.
pub(super) fn begins(mut reader: Reader<'_>) -> Result<bool> {
    let tag = reader.u8()?;
    let first = match tag.checked_sub(Tag::application(0).0) {
        Some(AS_REQ | TGS_REQ) => 1,
        Some(AS_REP | TGS_REP | KRB_ERROR) => 0,
        _ => return Ok(false),
    };
    length(&mut reader)?;
    if reader.u8()? != Tag::SEQUENCE.0 {
        return Ok(false);
    }
    length(&mut reader)?;
    // Version and type of the message.
    for expected in
        [Tag::context(first).0, 3, 2, 1, 5, Tag::context(first + 1).0, 3, 2, 1, tag & Tag::NUMBER_MASK]
    {
        if reader.u8()? != expected {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Reads a message that [`begins`].
pub(super) fn read(bytes: &[u8]) -> Result<Message<'_>> {
    let (tag, mut content) = value(&mut Reader::closed(bytes))?;
    let fields = expect(&mut content, Tag::SEQUENCE)?;
    match tag.0 & Tag::NUMBER_MASK {
        AS_REQ => Ok(Message::Request(request(fields, true)?)),
        TGS_REQ => Ok(Message::Request(request(fields, false)?)),
        KRB_ERROR => error(fields),
        _ => Ok(Message::Reply(reply(fields)?)),
    }
}

fn request(mut fields: Reader<'_>, is_initial: bool) -> Result<Request<'_>> {
    let mut request = Request { is_initial, ..Request::default() };
    while !fields.is_empty() {
        let (tag, mut content) = value(&mut fields)?;
        match tag.context_number() {
            Some(3) => request.pre_authentication = Some(expect(&mut content, Tag::SEQUENCE)?),
            Some(4) => request_body(expect(&mut content, Tag::SEQUENCE)?, &mut request)?,
            _ => {}
        }
    }
    Ok(request)
}

fn request_body<'a>(mut fields: Reader<'a>, request: &mut Request<'a>) -> Result<()> {
    while !fields.is_empty() {
        let (tag, mut content) = value(&mut fields)?;
        match tag.context_number() {
            Some(1) => request.client = Some(Principal::read(&mut content)?),
            Some(2) => request.realm = value(&mut content)?.1.rest(),
            Some(8) => request.encryption_types = Some(expect(&mut content, Tag::SEQUENCE)?),
            Some(9) => request.addresses = Some(expect(&mut content, Tag::SEQUENCE)?),
            _ => {}
        }
    }
    Ok(())
}

fn reply(mut fields: Reader<'_>) -> Result<Reply<'_>> {
    let (mut client, mut granted) = (None, None);
    while !fields.is_empty() {
        let (tag, mut content) = value(&mut fields)?;
        match tag.context_number() {
            Some(4) => client = Some(Principal::read(&mut content)?),
            Some(5) => granted = Some(ticket(&mut content)?),
            Some(6) => {
                let encryption_type = encryption_type(&mut content)?;
                let ticket = granted.ok_or(wire::Error::Trailing { left: content.remaining() })?;
                return Ok(Reply { client, ticket, encryption_type });
            }
            _ => {}
        }
    }
    Err(wire::Error::Overrun { at: fields.consumed(), missing: 1 })
}

fn error(mut fields: Reader<'_>) -> Result<Message<'_>> {
    let (mut realm, mut service) = (Default::default(), None);
    while !fields.is_empty() {
        let (tag, mut content) = value(&mut fields)?;
        match tag.context_number() {
            Some(9) => realm = value(&mut content)?.1.rest(),
            Some(10) => service = Some(Principal::read(&mut content)?),
            _ => {}
        }
    }
    Ok(Message::Error { realm, service })
}

fn ticket<'a>(reader: &mut Reader<'a>) -> Result<Ticket<'a>> {
    let mut fields = expect(&mut expect(reader, TICKET)?, Tag::SEQUENCE)?;
    expect(&mut fields, Tag::context(0))?;
    let realm = value(&mut expect(&mut fields, Tag::context(1))?)?.1.rest();
    let service = Principal::read(&mut expect(&mut fields, Tag::context(2))?)?;
    let encryption_type = encryption_type(&mut expect(&mut fields, Tag::context(3))?)?;
    Ok(Ticket { realm, service, encryption_type })
}

/// The ticket of an AP-REQ (5.5.1).
pub(super) fn read_ap_request(bytes: &[u8]) -> Result<Ticket<'_>> {
    let mut fields =
        expect(&mut expect(&mut Reader::closed(bytes), Tag::application(AP_REQ))?, Tag::SEQUENCE)?;
    // Version, type, options.
    for number in 0..3 {
        expect(&mut fields, Tag::context(number))?;
    }
    ticket(&mut expect(&mut fields, Tag::context(3))?)
}

/// The type of EncryptedData (5.2.9).
fn encryption_type(reader: &mut Reader<'_>) -> Result<EncryptionType> {
    let mut fields = expect(reader, Tag::SEQUENCE)?;
    integer(&mut expect(&mut fields, Tag::context(0))?).map(EncryptionType)
}

/// Encryption type of PA-DATA when it is an encrypted timestamp (5.2.7).
pub(super) fn timestamp_encryption(data: &mut Reader<'_>) -> Result<Option<EncryptionType>> {
    const ENCRYPTED_TIMESTAMP: i32 = 2;
    let mut fields = expect(data, Tag::SEQUENCE)?;
    if integer(&mut expect(&mut fields, Tag::context(1))?)? != ENCRYPTED_TIMESTAMP {
        return Ok(None);
    }
    let mut content = expect(&mut expect(&mut fields, Tag::context(2))?, Tag::OCTETS)?;
    encryption_type(&mut content).map(Some)
}

/// HostAddress (5.2.5, 7.5.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HostAddress<'a> {
    Ipv4([u8; 4]),
    Ipv6([u8; 16]),
    /// Padded with blanks.
    Netbios(&'a [u8]),
    Other,
}

impl<'a> HostAddress<'a> {
    /// Octets of a NetBIOS name before the one that says its use.
    const NAME: usize = 15;

    pub(super) fn read(reader: &mut Reader<'a>) -> Result<Self> {
        let mut fields = expect(reader, Tag::SEQUENCE)?;
        let kind = integer(&mut expect(&mut fields, Tag::context(0))?)?;
        let mut address = expect(&mut expect(&mut fields, Tag::context(1))?, Tag::OCTETS)?;
        Ok(match kind {
            2 => Self::Ipv4(address.array()?),
            24 => Self::Ipv6(address.array()?),
            20 => Self::Netbios(address.take(Self::NAME.min(address.remaining()))?),
            _ => Self::Other,
        })
    }
}
