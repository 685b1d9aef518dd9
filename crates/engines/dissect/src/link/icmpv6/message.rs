//! Neighbour discovery messages and their options (RFC 4861, 4).

use std::net::Ipv6Addr;

use model::MacAddr;
use wire::{Error, Limit, Reader, Result};

/// A message, read up to its options.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Message {
    /// A host asks for routers.
    RouterSolicitation,
    /// A router says that it is there.
    RouterAdvertisement { hop_limit: u8, flags: u8, lifetime_s: u16 },
    /// Somebody looks for the holder of an address.
    NeighborSolicitation,
    /// The holder of an address says so.
    NeighborAdvertisement { is_router: bool, target: Ipv6Addr },
    /// Anything else that ICMPv6 carries.
    Other,
}

/// An option.
#[derive(Debug, Clone, Copy)]
pub(super) enum NdOption<'a> {
    SourceLinkAddress(MacAddr),
    TargetLinkAddress(MacAddr),
    Prefix(Ipv6Addr),
    /// Recursive DNS servers, 16 octets each (RFC 8106, 5.1).
    DnsServers(Reader<'a>),
    /// Names in labels, padded with zeros (RFC 8106, 5.2).
    SearchList(&'a [u8]),
    Other,
}

/// Most options that are read of one message.
pub(super) const OPTIONS: Limit =
    Limit::new("nd_options", 32, "a router with many prefixes sends about a dozen");

impl Message {
    /// Type, code, checksum, and the fixed part.
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self> {
        let kind = reader.u8()?;
        reader.skip(3)?;
        match kind {
            133 => {
                reader.skip(4)?;
                Ok(Self::RouterSolicitation)
            }
            134 => {
                let hop_limit = reader.u8()?;
                let flags = reader.u8()?;
                let lifetime_s = reader.u16_be()?;
                // Reachable time, retransmission timer.
                reader.skip(8)?;
                Ok(Self::RouterAdvertisement { hop_limit, flags, lifetime_s })
            }
            135 => {
                reader.skip(20)?;
                Ok(Self::NeighborSolicitation)
            }
            136 => {
                let is_router = reader.u32_be()? & 0x8000_0000 != 0;
                let target = Ipv6Addr::from(reader.array::<16>()?);
                Ok(Self::NeighborAdvertisement { is_router, target })
            }
            _other => Ok(Self::Other),
        }
    }
}

impl<'a> NdOption<'a> {
    /// The next option; its length counts units of 8 octets, with type and length.
    pub(super) fn read(reader: &mut Reader<'a>) -> Result<Self> {
        let kind = reader.u8()?;
        let units = usize::from(reader.u8()?);
        let length = (units * 8).checked_sub(2).ok_or(Error::Trailing { left: reader.remaining() })?;
        let mut body = reader.sub(length)?;
        Ok(match kind {
            1 if units == 1 => Self::SourceLinkAddress(MacAddr::new(body.array()?)),
            2 if units == 1 => Self::TargetLinkAddress(MacAddr::new(body.array()?)),
            3 => {
                // Length of the prefix, flags, lifetimes, reserved.
                body.skip(14)?;
                Self::Prefix(Ipv6Addr::from(body.array::<16>()?))
            }
            25 => {
                body.skip(6)?;
                Self::DnsServers(body)
            }
            31 => {
                body.skip(6)?;
                Self::SearchList(body.rest())
            }
            _other => Self::Other,
        })
    }
}
