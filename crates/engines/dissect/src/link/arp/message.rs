//! The ARP packet (RFC 826, "Packet format").

use std::net::Ipv4Addr;

use model::MacAddr;
use wire::{Reader, Result};

/// An ARP packet for Ethernet and IPv4.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Arp {
    pub(super) hardware: u16,
    pub(super) protocol: u16,
    pub(super) hardware_length: u8,
    pub(super) protocol_length: u8,
    pub(super) operation: Operation,
    pub(super) sender_mac: MacAddr,
    pub(super) sender_ip: Ipv4Addr,
    pub(super) target_mac: MacAddr,
    pub(super) target_ip: Ipv4Addr,
}

/// `ar$op`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Operation(pub(super) u16);

impl Operation {
    pub(super) const REQUEST: Self = Self(1);
    pub(super) const REPLY: Self = Self(2);
}

impl Arp {
    /// Reads the 28 octets; padding behind them is ignored.
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self> {
        Ok(Self {
            hardware: reader.u16_be()?,
            protocol: reader.u16_be()?,
            hardware_length: reader.u8()?,
            protocol_length: reader.u8()?,
            operation: Operation(reader.u16_be()?),
            sender_mac: MacAddr::new(reader.array()?),
            sender_ip: Ipv4Addr::from(reader.array::<4>()?),
            target_mac: MacAddr::new(reader.array()?),
            target_ip: Ipv4Addr::from(reader.array::<4>()?),
        })
    }

    /// Whether it maps IPv4 to Ethernet.
    pub(super) const fn is_ethernet_ipv4(&self) -> bool {
        self.hardware == 1
            && self.protocol == 0x0800
            && self.hardware_length == 6
            && self.protocol_length == 4
    }
}
