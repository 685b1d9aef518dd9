//! The LLDP data unit (IEEE 802.1AB-2016, 8) and its TLVs.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use model::MacAddr;
use wire::{Limit, Reader, Result};

/// A TLV.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tlv<'a> {
    pub(super) kind: Kind,
    pub(super) value: Reader<'a>,
}

/// TLV type (table 8-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kind(pub(super) u16);

/// What names a chassis or a port (tables 8-2 and 8-3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Identifier<'a> {
    /// A link-layer address.
    Mac(MacAddr),
    /// A network address.
    Ip(IpAddr),
    /// Text: an interface's or component's name, or what the station assigned.
    Text(&'a [u8]),
}

/// An organizationally specific TLV (8.6).
#[derive(Debug, Clone, Copy)]
pub(super) struct Organized<'a> {
    pub(super) organization: Organization,
    pub(super) subtype: u8,
    pub(super) value: Reader<'a>,
}

/// Organizationally unique identifier of an organized TLV.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Organization(pub(super) u32);

/// Most TLVs that are read of one data unit.
pub(super) const TLVS: Limit = Limit::new("lldp_tlvs", 128, "switches with many VLANs send some dozens");

impl Kind {
    pub(super) const END: Self = Self(0);
    pub(super) const CHASSIS_ID: Self = Self(1);
    pub(super) const PORT_ID: Self = Self(2);
    pub(super) const TIME_TO_LIVE: Self = Self(3);
    pub(super) const PORT_DESCRIPTION: Self = Self(4);
    pub(super) const SYSTEM_NAME: Self = Self(5);
    pub(super) const SYSTEM_DESCRIPTION: Self = Self(6);
    pub(super) const SYSTEM_CAPABILITIES: Self = Self(7);
    pub(super) const MANAGEMENT_ADDRESS: Self = Self(8);
    pub(super) const ORGANIZATION: Self = Self(127);
}

impl Organization {
    pub(super) const IANA: Self = Self(0x00_005E);
    pub(super) const IEEE_802_1: Self = Self(0x00_80C2);
    pub(super) const IEEE_802_3: Self = Self(0x00_120F);
    pub(super) const TIA_MED: Self = Self(0x00_12BB);
}

impl<'a> Tlv<'a> {
    /// The next TLV: seven bits of type, nine of length (figure 8-2).
    pub(super) fn read(reader: &mut Reader<'a>) -> Result<Self> {
        let head = reader.u16_be()?;
        let value = reader.sub(usize::from(head & 0x01FF))?;
        Ok(Self { kind: Kind(head >> 9), value })
    }
}

impl<'a> Identifier<'a> {
    /// Of a chassis (8.5.2): subtype 4 is a link-layer address, 5 a network address.
    pub(super) fn read_chassis(reader: &mut Reader<'a>) -> Result<Self> {
        match reader.u8()? {
            4 => Self::read_mac(reader),
            5 => Self::read_ip(reader),
            _text => Ok(Self::Text(reader.rest())),
        }
    }

    /// Of a port (8.5.3): subtype 3 is a link-layer address, 4 a network address.
    pub(super) fn read_port(reader: &mut Reader<'a>) -> Result<Self> {
        match reader.u8()? {
            3 => Self::read_mac(reader),
            4 => Self::read_ip(reader),
            _text => Ok(Self::Text(reader.rest())),
        }
    }

    fn read_mac(reader: &mut Reader<'a>) -> Result<Self> {
        Ok(Self::Mac(MacAddr::new(reader.array()?)))
    }

    fn read_ip(reader: &mut Reader<'a>) -> Result<Self> {
        Ok(address(reader)?.map_or(Self::Text(&[]), Self::Ip))
    }
}

impl<'a> Organized<'a> {
    /// Organization, subtype, and what they mean.
    pub(super) fn read(reader: &mut Reader<'a>) -> Result<Self> {
        Ok(Self {
            organization: Organization(reader.u24_be()?),
            subtype: reader.u8()?,
            value: Reader::closed(reader.rest()),
        })
    }
}

/// The address of a management address TLV (8.5.9), if it is one of IP.
pub(super) fn management_address(reader: &mut Reader<'_>) -> Result<Option<IpAddr>> {
    let length = reader.u8()?;
    address(&mut reader.sub(usize::from(length))?)
}

/// An address by its IANA family number; `None` for other families than IP.
fn address(reader: &mut Reader<'_>) -> Result<Option<IpAddr>> {
    Ok(match reader.u8()? {
        1 => Some(IpAddr::V4(Ipv4Addr::from(reader.array::<4>()?))),
        2 => Some(IpAddr::V6(Ipv6Addr::from(reader.array::<16>()?))),
        _other => None,
    })
}
