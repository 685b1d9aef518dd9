//! Link layer and neighbour discovery.

use crate::DatagramProtocol;

pub mod arp;

/// The protocols of this group.
pub static DATAGRAMS: &[&DatagramProtocol] = &[&arp::PROTOCOL];
