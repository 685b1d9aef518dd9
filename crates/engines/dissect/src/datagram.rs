//! Protocols whose messages come whole: link frames, network control messages, UDP datagrams.

use std::net::IpAddr;

use model::{MacAddr, Timestamp};

use crate::{Notes, Protocol};

/// What a message is carried in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carrier {
    /// Ethernet frame of this EtherType.
    EtherType(u16),
    /// IEEE 802.2 LLC frame with these service access points.
    Llc {
        /// Destination service access point.
        dsap: u8,
    },
    /// IEEE 802.2 SNAP frame.
    Snap {
        /// Organisation code.
        oui: u32,
        /// Protocol within it.
        protocol: u16,
    },
    /// IP packet of this protocol number.
    Ip(u8),
    /// UDP datagram.
    Udp,
}

/// One whole message and where it was found.
#[derive(Debug, Clone, Copy)]
pub struct Packet<'a> {
    /// The message.
    pub payload: &'a [u8],
    /// Whether the capture cut the message short.
    pub truncated: bool,
    /// What carries it.
    pub carrier: Carrier,
    /// Time of the packet.
    pub at: Timestamp,
    /// Link-layer source.
    pub src_mac: Option<MacAddr>,
    /// Link-layer destination.
    pub dst_mac: Option<MacAddr>,
    /// Network source.
    pub src_ip: Option<IpAddr>,
    /// Network destination.
    pub dst_ip: Option<IpAddr>,
    /// Source port; 0 when there are none.
    pub src_port: u16,
    /// Destination port; 0 when there are none.
    pub dst_port: u16,
    /// IP time to live or hop limit; 0 when there is none.
    pub ttl: u8,
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is of this protocol. What deviates was noted as an anomaly.
    Parsed,
    /// It is of another protocol; nothing was noted.
    NotMine,
}

/// A protocol of whole messages.
#[derive(Debug)]
pub struct DatagramProtocol {
    /// What it is.
    pub protocol: Protocol,
    /// What may carry it.
    pub carriers: &'static [Carrier],
    /// Well-known UDP ports: it is tried first on these. Bytes decide, not ports.
    pub ports: &'static [u16],
    /// Whether its bytes tell it apart on any other port too.
    pub any_port: bool,
    /// Recognizes and reads a message. Says [`Outcome::NotMine`] before noting anything.
    pub handle: fn(&Packet<'_>, &mut Notes) -> Outcome,
}

impl Packet<'_> {
    /// Whether either port is `port`.
    #[must_use]
    pub const fn has_port(&self, port: u16) -> bool {
        self.src_port == port || self.dst_port == port
    }
}
