//! MQTT control packets (MQTT 5.0, 2 and 3).

use wire::{Error, Reader, Result};

use super::PROTOCOL;
use crate::{Match, Probe, Side};

/// Type of a control packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PacketType(pub(super) u8);

impl PacketType {
    pub(super) const CONNECT: Self = Self(1);
    pub(super) const CONNACK: Self = Self(2);
    pub(super) const PUBLISH: Self = Self(3);
    const PUBREL: Self = Self(6);
    const SUBSCRIBE: Self = Self(8);
    const UNSUBSCRIBE: Self = Self(10);
}

/// Fixed header (2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FixedHeader {
    pub(super) kind: PacketType,
    flags: u8,
    /// Bytes that follow.
    pub(super) remaining: usize,
}

impl FixedHeader {
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self> {
        let first = reader.u8()?;
        let remaining = variable_integer(reader)?;
        Ok(Self { kind: PacketType(first >> 4), flags: first & 0x0f, remaining })
    }

    /// Type and flags as the standard has them (2.1.2, 2.1.3).
    pub(super) const fn is_valid(&self) -> bool {
        match self.kind {
            PacketType(0) => false,
            PacketType::PUBLISH => self.flags & 0x06 != 0x06,
            PacketType::PUBREL | PacketType::SUBSCRIBE | PacketType::UNSUBSCRIBE => self.flags == 2,
            // MQTT 3.1 sends duplicate and quality of service with others too.
            PacketType(_) => self.flags & 0x01 == 0,
        }
    }
}

/// At most four bytes of seven bits (1.5.5).
pub(super) fn variable_integer(reader: &mut Reader<'_>) -> Result<usize> {
    let mut value = 0;
    for shift in [0, 7, 14, 21] {
        let byte = reader.u8()?;
        value |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(Error::Trailing { left: reader.remaining() })
}

/// A string or binary data with its length in front.
pub(super) fn counted<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8]> {
    let length = usize::from(reader.u16_be()?);
    reader.take(length)
}

/// CONNECT without what is never looked at (3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Connect<'a> {
    pub(super) version: u8,
    pub(super) user_name: bool,
    pub(super) password: bool,
    /// Whether another authentication method is named (3.1.2.11.9).
    pub(super) method: bool,
    pub(super) client_id: &'a [u8],
}

impl<'a> Connect<'a> {
    pub(super) fn read(reader: &mut Reader<'a>) -> Result<Self> {
        counted(reader)?;
        let version = reader.u8()? & 0x7f;
        let flags = reader.u8()?;
        reader.skip(2)?;
        let mut method = false;
        if version == 5 {
            let length = variable_integer(reader)?;
            method = has_authentication_method(&mut reader.sub(length)?)?;
        }
        Ok(Self {
            version,
            user_name: flags & 0x80 != 0,
            password: flags & 0x40 != 0,
            method,
            client_id: counted(reader)?,
        })
    }
}

/// Properties of CONNECT (3.1.2.11), each with the shape of its value.
fn has_authentication_method(properties: &mut Reader<'_>) -> Result<bool> {
    let mut found = false;
    while !properties.is_empty() {
        match properties.u8()? {
            0x15 => {
                counted(properties)?;
                found = true;
            }
            0x16 => drop(counted(properties)?),
            0x17 | 0x19 => properties.skip(1)?,
            0x21 | 0x22 => properties.skip(2)?,
            0x11 | 0x27 => properties.skip(4)?,
            0x26 => {
                counted(properties)?;
                counted(properties)?;
            }
            _ => return Err(Error::Trailing { left: properties.remaining() }),
        }
    }
    Ok(found)
}

/// The first level of a topic that is not empty.
pub(super) fn first_level(topic: &[u8]) -> &[u8] {
    topic.split(|&byte| byte == b'/').find(|level| !level.is_empty()).unwrap_or_default()
}

/// How CONNECT goes on behind its fixed header: the name of the protocol.
const NAMES: [&[u8]; 2] = [b"\x00\x04MQTT", b"\x00\x06MQIsdp"];

/// CONNECT anywhere; on the port, packets of either side whose headers are valid.
pub(super) fn probe(probe: &Probe<'_>) -> Match {
    let own_port = probe.responder_port_is(PROTOCOL.ports);
    if probe.bytes.first() == Some(&0x10) {
        return probe_connect(probe.bytes);
    }
    if !own_port || !(probe.midstream || probe.side == Side::Responder) {
        return Match::No;
    }
    let mut reader = Reader::open(probe.bytes);
    match FixedHeader::read(&mut reader) {
        Ok(header) if !header.is_valid() => Match::No,
        Ok(header) => {
            // What follows in the same bytes must be a packet as well.
            let next = reader.as_slice().get(header.remaining..).and_then(|rest| rest.first());
            let fits = next.is_none_or(|&first| {
                FixedHeader { kind: PacketType(first >> 4), flags: first & 0x0f, remaining: 0 }.is_valid()
            });
            if fits { Match::Yes } else { Match::No }
        }
        Err(Error::Incomplete { .. }) => Match::NeedMore,
        Err(Error::Overrun { .. } | Error::Trailing { .. }) => Match::No,
    }
}

fn probe_connect(bytes: &[u8]) -> Match {
    let mut reader = Reader::open(bytes);
    let start = reader.skip(1).and_then(|()| variable_integer(&mut reader));
    match start {
        Err(Error::Incomplete { .. }) => return Match::NeedMore,
        Err(_) => return Match::No,
        Ok(_) => {}
    }
    let rest = reader.as_slice();
    let fits = |name: &&&[u8]| rest.iter().zip(name.iter()).all(|(byte, expected)| byte == expected);
    match NAMES.iter().find(fits) {
        None => Match::No,
        Some(name) if rest.len() < name.len() => Match::NeedMore,
        Some(_) => Match::Yes,
    }
}
