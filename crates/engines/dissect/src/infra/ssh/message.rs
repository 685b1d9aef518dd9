//! Messages of the SSH transport (RFC 4253, 4.2, 6 and 7.1).

use wire::{Limit, Reader, Result};

use crate::Match;

pub(super) const MAGIC: &[u8] = b"SSH-";

/// Names among which those stand that tell a client from a server.
const ROLE_NAMES: Limit = Limit::new("ssh_role_names", 64, "they end a list of up to two dozen");

/// First byte of a packet: packets are short. No line starts with it.
pub(super) const PACKET_START: u8 = 0;

/// Longest packet.
pub(super) const PACKET: Limit = Limit::new("ssh_packet", 35_000, "RFC 4253, 6.1");

/// Bytes in which KEXINIT shows itself: lengths, code, cookie, and names of methods of key exchange.
pub(super) const KEXINIT_START: usize = 26 + NAMES_PROBED;
/// Bytes of the first list that are looked at; `curve25519-sha256` and the like fill them.
const NAMES_PROBED: usize = 16;
/// Shortest payload of KEXINIT: code, cookie, ten empty lists, a flag, a reserved number (RFC 4253, 7.1).
const KEXINIT_SHORTEST: usize = 1 + 16 + 10 * 4 + 1 + 4;

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

/// Whether a packet with KEXINIT starts here (RFC 4253, 6 and 7.1). Nothing is encrypted yet, so the packet is a
/// multiple of 8 octets long, and padded with four at least.
pub(super) fn probe_kexinit(bytes: &[u8]) -> Match {
    let names = bytes.get(26..).unwrap_or_default();
    let is_right = |reader: &mut Reader<'_>| -> Result<bool> {
        if reader.u8()? != PACKET_START || reader.u8()? != 0 {
            return Ok(false);
        }
        let length = usize::from(reader.u16_be()?);
        let padding = usize::from(reader.u8()?);
        let payload = length.saturating_sub(padding + 1);
        if !PACKET.allows(length) || length % 8 != 4 || padding < 4 || payload < KEXINIT_SHORTEST {
            return Ok(false);
        }
        if reader.u8()? != KexInit::CODE {
            return Ok(false);
        }
        reader.skip(16)?;
        let list = usize::try_from(reader.u32_be()?).unwrap_or(usize::MAX);
        if list == 0 || list > payload - KEXINIT_SHORTEST || !names.iter().take(list).all(is_in_name) {
            return Ok(false);
        }
        reader.skip(list.min(NAMES_PROBED)).map(|()| true)
    };
    match is_right(&mut Reader::open(bytes)) {
        Ok(true) => Match::Yes,
        Ok(false) => Match::No,
        Err(_) => Match::NeedMore,
    }
}

/// Whether a list of names may hold it (RFC 4251, 5 and 6).
fn is_in_name(byte: &u8) -> bool {
    byte.is_ascii_graphic()
}

/// A binary packet: its payload without padding.
pub(super) fn read_packet<'a>(reader: &mut Reader<'a>) -> Result<Reader<'a>> {
    let length = usize::try_from(reader.u32_be()?).unwrap_or(usize::MAX);
    if !PACKET.allows(length) {
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

impl KexInit<'_> {
    /// Whether a client sent it, when it holds a name that only one of the two sends (RFC 8308, 2.1; OpenSSH's
    /// PROTOCOL, 1.10).
    pub(super) fn is_of_client(&self) -> Option<bool> {
        names(self.kex, ROLE_NAMES.max).find_map(|name| match name {
            b"ext-info-c" | b"kex-strict-c-v00@openssh.com" => Some(true),
            b"ext-info-s" | b"kex-strict-s-v00@openssh.com" => Some(false),
            _ => None,
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
