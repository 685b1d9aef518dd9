//! SNMP messages in BER (ITU-T X.690), as far as they are read.

use std::fmt;

use wire::{Limit, Reader};

/// Tag of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tag(pub(super) u8);

impl Tag {
    pub(super) const INTEGER: Self = Self(0x02);
    pub(super) const OCTETS: Self = Self(0x04);
    pub(super) const OID: Self = Self(0x06);
    pub(super) const SEQUENCE: Self = Self(0x30);
    pub(super) const RESPONSE: Self = Self(0xa2);
    pub(super) const TRAP_V1: Self = Self(0xa4);
    pub(super) const INFORM: Self = Self(0xa6);
    pub(super) const TRAP_V2: Self = Self(0xa7);

    /// Whether it is a PDU.
    pub(super) const fn is_pdu(self) -> bool {
        matches!(self.0, 0xa0..=0xa8)
    }

    /// Whether the sender speaks of itself.
    pub(super) fn is_about_sender(self) -> bool {
        [Self::RESPONSE, Self::TRAP_V1, Self::INFORM, Self::TRAP_V2].contains(&self)
    }
}

/// Version as on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Version(pub(super) u8);

impl Version {
    pub(super) const V1: Self = Self(0);
    pub(super) const V2C: Self = Self(1);
    pub(super) const V3: Self = Self(3);
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::V1 => f.write_str("1"),
            Self::V2C => f.write_str("2c"),
            Self::V3 => f.write_str("3"),
            Self(other) => write!(f, "{other:#x}"),
        }
    }
}

/// What stands before the data.
pub(super) enum Message<'a> {
    Community { version: Version, community: &'a [u8], pdu: Tag, body: Reader<'a> },
    User { flags: u8, engine: &'a [u8], user: &'a [u8], data: Option<(Tag, Reader<'a>)> },
}

/// An object and its value.
pub(super) struct Variable<'a> {
    pub(super) name: &'a [u8],
    pub(super) tag: Tag,
    pub(super) value: &'a [u8],
}

/// An object identifier in BER, printed with dots.
pub(super) struct Oid<'a>(pub(super) &'a [u8]);

impl fmt::Display for Oid<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut number: u64 = 0;
        let mut is_first = true;
        for byte in self.0 {
            number = number.wrapping_shl(7) | u64::from(byte & 0x7f);
            if byte & 0x80 != 0 {
                continue;
            }
            if is_first {
                let first = (number / 40).min(2);
                write!(f, "{first}.{}", number - first * 40)?;
                is_first = false;
            } else {
                write!(f, ".{number}")?;
            }
            number = 0;
        }
        Ok(())
    }
}

/// Variables of one message that are read.
pub(super) const VARIABLES: Limit = Limit::new("snmp_variables", 256, "a bulk answer has some dozens");

/// A value: tag, definite length, contents.
pub(super) fn value<'a>(reader: &mut Reader<'a>) -> wire::Result<(Tag, Reader<'a>)> {
    let tag = Tag(reader.u8()?);
    let length = match reader.u8()? {
        short @ 0..=0x7f => u32::from(short),
        0x81 => u32::from(reader.u8()?),
        0x82 => u32::from(reader.u16_be()?),
        0x83 => reader.u24_be()?,
        _ => u32::MAX,
    };
    Ok((tag, reader.sub(usize::try_from(length).unwrap_or(usize::MAX))?))
}

fn expect<'a>(reader: &mut Reader<'a>, tag: Tag) -> wire::Result<Reader<'a>> {
    let (found, content) = value(reader)?;
    if found == tag { Ok(content) } else { Err(wire::Error::Trailing { left: content.remaining() }) }
}

/// The message, up to its data. Any deviation means that it is something else.
pub(super) fn read<'a>(payload: &'a [u8]) -> wire::Result<Message<'a>> {
    let mut message = expect(&mut Reader::closed(payload), Tag::SEQUENCE)?;
    let version = Version(expect(&mut message, Tag::INTEGER)?.u8()?);
    match version {
        Version::V1 | Version::V2C => {
            let community = expect(&mut message, Tag::OCTETS)?.rest();
            let (pdu, body) = value(&mut message)?;
            let mut probe = body;
            // Every PDU starts with an integer, but for the trap of version 1, which starts with its enterprise.
            let first = if pdu == Tag::TRAP_V1 { Tag::OID } else { Tag::INTEGER };
            expect(&mut probe, first)?;
            if !pdu.is_pdu() {
                return Err(wire::Error::Trailing { left: 0 });
            }
            Ok(Message::Community { version, community, pdu, body })
        }
        Version::V3 => read_v3(&mut message),
        _ => Err(wire::Error::Trailing { left: 0 }),
    }
}

fn read_v3<'a>(message: &mut Reader<'a>) -> wire::Result<Message<'a>> {
    let mut global = expect(message, Tag::SEQUENCE)?;
    expect(&mut global, Tag::INTEGER)?;
    expect(&mut global, Tag::INTEGER)?;
    let flags = expect(&mut global, Tag::OCTETS)?.u8()?;
    let mut parameters = expect(message, Tag::OCTETS)?;
    let mut security = expect(&mut parameters, Tag::SEQUENCE)?;
    let engine = expect(&mut security, Tag::OCTETS)?.rest();
    expect(&mut security, Tag::INTEGER)?;
    expect(&mut security, Tag::INTEGER)?;
    let user = expect(&mut security, Tag::OCTETS)?.rest();
    Ok(Message::User { flags, engine, user, data: scoped(message).ok() })
}

/// The PDU of a message that is not encrypted (RFC 3412, 6.8).
fn scoped<'a>(message: &mut Reader<'a>) -> wire::Result<(Tag, Reader<'a>)> {
    let mut scoped = expect(message, Tag::SEQUENCE)?;
    expect(&mut scoped, Tag::OCTETS)?;
    expect(&mut scoped, Tag::OCTETS)?;
    value(&mut scoped)
}

/// The variables of a PDU.
pub(super) fn variables<'a>(pdu: Tag, body: &mut Reader<'a>) -> wire::Result<Reader<'a>> {
    let before = if pdu == Tag::TRAP_V1 { 5 } else { 3 };
    for _ in 0..before {
        value(body)?;
    }
    expect(body, Tag::SEQUENCE)
}

/// One variable.
pub(super) fn variable<'a>(list: &mut Reader<'a>) -> wire::Result<Variable<'a>> {
    let mut pair = expect(list, Tag::SEQUENCE)?;
    let name = expect(&mut pair, Tag::OID)?.rest();
    let (tag, mut content) = value(&mut pair)?;
    Ok(Variable { name, tag, value: content.rest() })
}
