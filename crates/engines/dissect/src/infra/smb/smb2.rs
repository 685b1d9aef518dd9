//! Messages of SMB 2 and 3 (MS-SMB2, 2.2): negotiation and session set-up.

use wire::{Limit, Reader, Result};

use super::message::Status;

/// Octets of the header.
const HEADER: usize = 64;

/// Header of a message (2.2.1).
#[derive(Debug, Clone, Copy)]
pub(super) struct Header {
    pub(super) command: u16,
    pub(super) status: Status,
    flags: u32,
}

/// Commands that are read.
pub(super) const NEGOTIATE: u16 = 0;
pub(super) const SESSION_SETUP: u16 = 1;

/// Place of the command in a message.
pub(super) const COMMAND_AT: usize = 12;

/// Dialect revision (2.2.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dialect(pub(super) u16);

/// What a client offers (2.2.3).
pub(super) struct Offer<'a> {
    pub(super) client_guid: [u8; 16],
    /// Name by which the client calls the server.
    pub(super) server_name: Option<&'a [u8]>,
}

/// What the server answers (2.2.4).
pub(super) struct Negotiated<'a> {
    pub(super) security_mode: SecurityMode,
    pub(super) dialect: Dialect,
    pub(super) server_guid: [u8; 16],
    pub(super) token: &'a [u8],
}

/// SecurityMode of either side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SecurityMode(pub(super) u16);

/// SessionFlags of a session set-up response (2.2.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SessionFlags(pub(super) u16);

/// Contexts of one negotiation.
const CONTEXTS: Limit = Limit::new("smb2_negotiate_contexts", 16, "eight kinds are defined (2.2.3.1)");

impl Header {
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self> {
        let mut header = reader.sub(HEADER)?;
        header.skip(8)?;
        let status = Status(header.u32_le()?);
        let command = header.u16_le()?;
        header.skip(2)?;
        Ok(Self { command, status, flags: header.u32_le()? })
    }

    pub(super) const fn is_response(&self) -> bool {
        self.flags & 1 != 0
    }
}

impl Dialect {
    /// Answer to a negotiation of SMB 1: the real one follows.
    pub(super) const WILDCARD: Self = Self(0x02ff);
    const SMB_3_1_1: Self = Self(0x0311);
}

impl SecurityMode {
    pub(super) const fn requires_signing(self) -> bool {
        self.0 & 2 != 0
    }
}

impl SessionFlags {
    /// Whether the session is a guest's or nobody's.
    pub(super) const fn is_anonymous(self) -> bool {
        self.0 & 3 != 0
    }
}

impl<'a> Offer<'a> {
    /// `all` is the message from its header on.
    pub(super) fn read(all: &'a [u8], reader: &mut Reader<'a>) -> Result<Self> {
        reader.skip(2)?;
        let dialects = usize::from(reader.u16_le()?);
        reader.skip(2 + 2 + 4)?;
        let client_guid = reader.array()?;
        let (offset, count) = (reader.u32_le()?, reader.u16_le()?);
        reader.skip(2)?;
        let mut list = reader.sub(dialects * 2)?;
        let has_contexts =
            std::iter::from_fn(|| list.u16_le().ok()).any(|dialect| Dialect(dialect) == Dialect::SMB_3_1_1);
        let server_name = if has_contexts { net_name(all, offset, count)? } else { None };
        Ok(Self { client_guid, server_name })
    }
}

/// SMB2_NETNAME_NEGOTIATE_CONTEXT_ID (2.2.3.1.4).
fn net_name(all: &[u8], offset: u32, count: u16) -> Result<Option<&[u8]>> {
    const NET_NAME: u16 = 5;
    let mut reader = at(all, offset)?;
    for _ in 0..usize::from(count).min(CONTEXTS.max) {
        let kind = reader.u16_le()?;
        let length = usize::from(reader.u16_le()?);
        reader.skip(4)?;
        let data = reader.take(length)?;
        if kind == NET_NAME {
            return Ok(Some(data));
        }
        // Each starts at a multiple of eight; behind the last there need not be anything.
        reader.skip(((8 - length % 8) % 8).min(reader.remaining()))?;
    }
    Ok(None)
}

impl<'a> Negotiated<'a> {
    pub(super) fn read(all: &'a [u8], reader: &mut Reader<'a>) -> Result<Self> {
        reader.skip(2)?;
        let security_mode = SecurityMode(reader.u16_le()?);
        let dialect = Dialect(reader.u16_le()?);
        reader.skip(2)?;
        let server_guid = reader.array()?;
        reader.skip(4 + 4 + 4 + 4 + 8 + 8)?;
        Ok(Self { security_mode, dialect, server_guid, token: buffer(all, reader)? })
    }
}

/// The security token of a session set-up request (2.2.5).
pub(super) fn read_setup_request<'a>(all: &'a [u8], reader: &mut Reader<'a>) -> Result<&'a [u8]> {
    reader.skip(2 + 1 + 1 + 4 + 4)?;
    buffer(all, reader)
}

/// Flags and security token of a session set-up response (2.2.6).
pub(super) fn read_setup_response<'a>(
    all: &'a [u8],
    reader: &mut Reader<'a>,
) -> Result<(SessionFlags, &'a [u8])> {
    reader.skip(2)?;
    let flags = SessionFlags(reader.u16_le()?);
    Ok((flags, buffer(all, reader)?))
}

/// What an offset from the header and a length point to.
fn buffer<'a>(all: &'a [u8], reader: &mut Reader<'a>) -> Result<&'a [u8]> {
    let offset = u32::from(reader.u16_le()?);
    let length = usize::from(reader.u16_le()?);
    if length == 0 { Ok(&[]) } else { at(all, offset)?.take(length) }
}

fn at(all: &[u8], offset: u32) -> Result<Reader<'_>> {
    let mut reader = Reader::closed(all);
    reader.skip(usize::try_from(offset).unwrap_or(usize::MAX))?;
    Ok(reader)
}
