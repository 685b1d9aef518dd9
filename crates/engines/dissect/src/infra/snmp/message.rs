//! SNMP messages in BER (ITU-T X.690), as far as they are read.

use std::fmt;

use wire::{Limit, Reader};

use crate::infra::ber::{Tag, expect, value};

/// PDUs (RFC 3416, 3; RFC 1157, 4.1.6).
pub(super) const RESPONSE: Tag = Tag::context(2);
const TRAP_V1: Tag = Tag::context(4);
const INFORM: Tag = Tag::context(6);
const TRAP_V2: Tag = Tag::context(7);
pub(super) const REPORT: Tag = Tag::context(8);

/// Whether it is a PDU.
fn is_pdu(tag: Tag) -> bool {
    tag.context_number().is_some_and(|number| number <= 8)
}

/// Whether the sender of a PDU speaks of itself.
pub(super) fn is_about_sender(pdu: Tag) -> bool {
    [RESPONSE, TRAP_V1, INFORM, TRAP_V2].contains(&pdu)
}

/// Whether nobody asked for it.
pub(super) fn is_trap(pdu: Tag) -> bool {
    [TRAP_V1, TRAP_V2].contains(&pdu)
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
            let first = if pdu == TRAP_V1 { Tag::OID } else { Tag::INTEGER };
            expect(&mut probe, first)?;
            if !is_pdu(pdu) {
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
    let before = if pdu == TRAP_V1 { 5 } else { 3 };
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
