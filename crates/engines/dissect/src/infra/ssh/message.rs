//! Messages of the SSH transport (RFC 4253, 4.2, 6 and 7.1).

use wire::{Reader, Result};

pub(super) const MAGIC: &[u8] = b"SSH-";

/// Protocol that an identification string asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Generation {
    /// Protocol 1 only.
    One,
    /// `1.99`: protocol 2, and 1 for old clients (RFC 4253, 5.1).
    Both,
    /// Protocol 2.
    Two,
}

impl Generation {
    /// Of an identification string.
    pub(super) fn of(identification: &[u8]) -> Self {
        match identification.strip_prefix(MAGIC) {
            Some(rest) if rest.starts_with(b"1.99-") => Self::Both,
            Some(rest) if rest.starts_with(b"1.") => Self::One,
            Some(_) | None => Self::Two,
        }
    }
}

/// A binary packet: its payload without padding.
pub(super) fn read_packet<'a>(reader: &mut Reader<'a>, longest: usize) -> Result<Reader<'a>> {
    let length = usize::try_from(reader.u32_be()?).unwrap_or(usize::MAX);
    if length > longest {
        return Err(wire::Error::Trailing { left: length });
    }
    let mut packet = reader.sub(length)?;
    let padding = usize::from(packet.u8()?);
    packet.sub(packet.remaining().saturating_sub(padding))
}

/// SSH_MSG_KEXINIT: the algorithms of one side, in order of preference, each a list with commas.
#[derive(Debug, Clone, Copy)]
pub(super) struct KexInit<'a> {
    pub(super) kex: &'a [u8],
    pub(super) host_key: &'a [u8],
    pub(super) encryption_to_server: &'a [u8],
    pub(super) encryption_to_client: &'a [u8],
    pub(super) mac_to_server: &'a [u8],
    pub(super) mac_to_client: &'a [u8],
    pub(super) compression_to_server: &'a [u8],
    pub(super) compression_to_client: &'a [u8],
}

impl<'a> KexInit<'a> {
    const CODE: u8 = 20;

    pub(super) fn read(reader: &mut Reader<'a>) -> Result<Self> {
        if reader.u8()? != Self::CODE {
            return Err(wire::Error::Trailing { left: reader.remaining() });
        }
        reader.skip(16)?;
        Ok(Self {
            kex: read_list(reader)?,
            host_key: read_list(reader)?,
            encryption_to_server: read_list(reader)?,
            encryption_to_client: read_list(reader)?,
            mac_to_server: read_list(reader)?,
            mac_to_client: read_list(reader)?,
            compression_to_server: read_list(reader)?,
            compression_to_client: read_list(reader)?,
        })
    }
}

fn read_list<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8]> {
    let length = usize::try_from(reader.u32_be()?).unwrap_or(usize::MAX);
    reader.take(length)
}

/// The names of a list, in order, at most `limit`.
pub(super) fn names(list: &[u8], limit: usize) -> impl Iterator<Item = &[u8]> {
    list.split(|&byte| byte == b',').take(limit)
}
