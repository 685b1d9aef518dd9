//! Link layer and neighbour discovery.

use crate::DatagramProtocol;

pub mod arp;
pub mod cdp;
pub mod eapol;
pub mod icmpv6;
pub mod lldp;
pub mod stp;

/// The protocols of this group.
pub static DATAGRAMS: &[&DatagramProtocol] =
    &[&arp::PROTOCOL, &cdp::PROTOCOL, &eapol::PROTOCOL, &icmpv6::PROTOCOL, &lldp::PROTOCOL, &stp::PROTOCOL];
