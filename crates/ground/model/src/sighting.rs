//! Who was on the wire, at which addresses, and what for: what `flow` reports and `identify` reads.

use std::net::IpAddr;

use crate::{Endpoint, Field, FrameNumber, MacAddr, Timestamp, VlanId, Weakness};

/// A pair of addresses that packets were sent from or to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sighting {
    /// The addresses as in the frames.
    pub endpoint: Endpoint,
    /// First frame from or to it.
    pub first_frame: FrameNumber,
    /// Time of that frame.
    pub first_seen: Timestamp,
    /// Time of the last frame.
    pub last_seen: Timestamp,
    /// Packets from it.
    pub packets_sent: u64,
    /// Packets to it.
    pub packets_received: u64,
    /// Fewest routers that its packets passed, guessed from the time to live; 0 is on this link.
    pub hops: Option<u8>,
    /// VLAN of its first frame.
    pub vlan: Option<VlanId>,
}

/// Somebody on this link said that an address belongs to a station (ARP, neighbour discovery, DHCP).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct AddressClaim {
    /// The station.
    pub mac: MacAddr,
    /// Its address.
    pub ip: IpAddr,
    /// Field that says so.
    pub field: Field,
    /// First frame that says so.
    pub frame: FrameNumber,
    /// Time of that frame.
    pub at: Timestamp,
    /// Time of the last frame that says so.
    pub last_seen: Timestamp,
    /// How often it was said.
    pub count: u64,
}

/// A service that a station offers or uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Usage {
    /// The station.
    pub endpoint: Endpoint,
    /// Whom it speaks with.
    pub peer: Endpoint,
    /// Protocol by its bytes.
    pub protocol: &'static str,
    /// Whether it offers the service (else it uses it).
    pub offered: bool,
    /// Port of the service; 0 without ports.
    pub port: u16,
    /// First frame of the first conversation.
    pub frame: FrameNumber,
    /// Time of that frame.
    pub at: Timestamp,
    /// Field in which that frame shows the port, or the protocol where there are no ports.
    pub field: Field,
    /// How many conversations.
    pub count: u64,
}

/// A weakness that a station showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct WeaknessSighting {
    /// The station.
    pub endpoint: Endpoint,
    /// What is weak.
    pub weakness: Weakness,
    /// Field that shows it.
    pub field: Field,
    /// First frame that shows it.
    pub frame: FrameNumber,
    /// Time of that frame.
    pub at: Timestamp,
    /// How often it was shown.
    pub count: u64,
}

impl WeaknessSighting {
    /// Adds another sighting of the same weakness: the earlier frame stays.
    pub fn absorb(&mut self, other: &Self) {
        if other.frame < self.frame {
            (self.frame, self.at, self.field) = (other.frame, other.at, other.field);
        }
        self.count += other.count;
    }
}
