//! The CDP packet: version, time to live, checksum, TLVs.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use wire::{Error, Limit, Reader, Result};

/// The header.
#[derive(Debug, Clone, Copy)]
pub(super) struct Header {
    pub(super) version: u8,
}

/// A TLV. Its length counts type and length too.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tlv<'a> {
    pub(super) kind: Kind,
    pub(super) value: Reader<'a>,
}

/// TLV type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kind(u16);

/// The equipment's own data in an EnergyWise TLV.
#[derive(Debug, Clone, Copy)]
pub(super) struct EnergyWise<'a> {
    pub(super) model: &'a [u8],
    pub(super) hardware: &'a [u8],
    pub(super) serial: &'a [u8],
}

/// Most TLVs that are read of one packet.
pub(super) const TLVS: Limit = Limit::new("cdp_tlvs", 64, "there are not that many types");

impl Kind {
    pub(super) const DEVICE_ID: Self = Self(0x0001);
    pub(super) const ADDRESSES: Self = Self(0x0002);
    pub(super) const PORT_ID: Self = Self(0x0003);
    pub(super) const CAPABILITIES: Self = Self(0x0004);
    pub(super) const SOFTWARE_VERSION: Self = Self(0x0005);
    pub(super) const PLATFORM: Self = Self(0x0006);
    pub(super) const VTP_DOMAIN: Self = Self(0x0009);
    pub(super) const NATIVE_VLAN: Self = Self(0x000A);
    pub(super) const SYSTEM_NAME: Self = Self(0x0014);
    pub(super) const MANAGEMENT_ADDRESSES: Self = Self(0x0016);
    pub(super) const LOCATION: Self = Self(0x0017);
    pub(super) const ENERGY_WISE: Self = Self(0x001D);
}

impl Header {
    /// The four octets before the TLVs.
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self> {
        let version = reader.u8()?;
        // Time to live, checksum.
        reader.skip(3)?;
        Ok(Self { version })
    }
}

impl<'a> Tlv<'a> {
    /// The next TLV.
    pub(super) fn read(reader: &mut Reader<'a>) -> Result<Self> {
        let kind = Kind(reader.u16_be()?);
        let length = usize::from(reader.u16_be()?);
        let value = length.checked_sub(4).ok_or(Error::Trailing { left: reader.remaining() })?;
        Ok(Self { kind, value: reader.sub(value)? })
    }
}

impl<'a> EnergyWise<'a> {
    /// Skips authentication and sequence numbers before, power figures behind.
    pub(super) fn read(reader: &mut Reader<'a>) -> Result<Self> {
        reader.skip(28)?;
        let model = reader.take(16)?;
        reader.skip(2)?;
        Ok(Self { model, hardware: reader.take(3)?, serial: reader.take(11)? })
    }
}

/// The next of a list of addresses; `None` when it is not one of IP.
pub(super) fn address(reader: &mut Reader<'_>) -> Result<Option<IpAddr>> {
    let _kind = reader.u8()?;
    let length = reader.u8()?;
    let _protocol = reader.take(usize::from(length))?;
    let length = reader.u16_be()?;
    let mut address = reader.sub(usize::from(length))?;
    Ok(match length {
        4 => Some(IpAddr::V4(Ipv4Addr::from(address.array::<4>()?))),
        16 => Some(IpAddr::V6(Ipv6Addr::from(address.array::<16>()?))),
        _other => None,
    })
}
