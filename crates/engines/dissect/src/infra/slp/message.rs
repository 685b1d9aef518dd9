//! Messages of SLP (RFC 2165, 4; RFC 2608, 8).

use wire::{Limit, Reader, Result};

use super::PORT;
use crate::{Match, Probe};

/// Longest message over TCP.
pub(super) const MESSAGE: Limit = Limit::new("slp_message", 32 << 10, "attribute lists have a few kilobytes");

/// Function of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Function(pub(super) u8);

impl Function {
    pub(super) const SERVICE_REQUEST: Self = Self(1);
    pub(super) const SERVICE_REPLY: Self = Self(2);
    pub(super) const REGISTRATION: Self = Self(3);
    pub(super) const ATTRIBUTE_REPLY: Self = Self(7);
    pub(super) const DIRECTORY_ADVERT: Self = Self(8);
    pub(super) const TYPE_REPLY: Self = Self(10);
    pub(super) const AGENT_ADVERT: Self = Self(11);
}

/// Head of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) version: u8,
    pub(super) function: Function,
    /// Of the whole message.
    pub(super) length: usize,
}

impl Header {
    /// Version, function and length: the first bytes tell how many follow.
    pub(super) fn read_start(reader: &mut Reader<'_>) -> Result<Self> {
        let version = reader.u8()?;
        let function = Function(reader.u8()?);
        let length = match version {
            2 => reader.u24_be()?,
            _ => u32::from(reader.u16_be()?),
        };
        Ok(Self { version, function, length: usize::try_from(length).unwrap_or(usize::MAX) })
    }

    /// The whole head.
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self> {
        let header = Self::read_start(reader)?;
        if header.version == 2 {
            // Flags, next extension, transaction, language tag.
            reader.skip(2 + 3 + 2)?;
            string(reader)?;
        } else {
            // Flags, dialect, language, encoding, transaction.
            reader.skip(1 + 1 + 2 + 2 + 2)?;
        }
        Ok(header)
    }

    pub(super) const fn is_plausible(&self) -> bool {
        let functions = if self.version == 2 { 11 } else { 10 };
        matches!(self.version, 1 | 2)
            && matches!(self.function.0, 1..=11)
            && self.function.0 <= functions
            && self.length >= 12
    }
}

/// A string with its length in front.
pub(super) fn string<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8]> {
    let length = usize::from(reader.u16_be()?);
    reader.take(length)
}

/// A URL entry: the URL of a service.
pub(super) fn url_entry<'a>(version: u8, reader: &mut Reader<'a>) -> Result<&'a [u8]> {
    if version == 1 {
        reader.skip(2)?;
        return string(reader);
    }
    reader.skip(1 + 2)?;
    let url = string(reader)?;
    for _ in 0..reader.u8()? {
        // An authentication block counts its own head of four bytes (RFC 2608, 9.2).
        reader.skip(2)?;
        let length = usize::from(reader.u16_be()?);
        reader.skip(length.saturating_sub(4))?;
    }
    Ok(url)
}

/// Tags and values of `(tag=value),(tag=value),keyword`.
pub(super) fn attributes(list: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    list.split(|&byte| byte == b'(').filter_map(|item| {
        let end = item.iter().rposition(|&byte| byte == b')')?;
        let item = item.get(..end)?;
        let equals = item.iter().position(|&byte| byte == b'=')?;
        Some((item.get(..equals)?.trim_ascii(), item.get(equals.saturating_add(1)..)?.trim_ascii()))
    })
}

/// A plausible head on its port: nothing in it is unmistakable.
pub(super) fn probe(probe: &Probe<'_>) -> Match {
    if !probe.responder_port_is(&[PORT]) || !matches!(probe.bytes.first(), Some(1 | 2)) {
        return Match::No;
    }
    match Header::read_start(&mut Reader::open(probe.bytes)) {
        Ok(header) if header.is_plausible() && MESSAGE.allows(header.length) => Match::Yes,
        Ok(_) => Match::No,
        Err(_) => Match::NeedMore,
    }
}
