//! Infrastructure and general IT.

use crate::{DatagramProtocol, StreamProtocol};

pub mod capwap;
pub mod dhcp;
pub mod dhcpv6;
pub mod radius;
pub mod vnc;

/// Stream protocols of this group, in the order in which they are tried.
pub static STREAMS: &[&StreamProtocol] = &[&vnc::PROTOCOL];

/// Datagram protocols of this group.
pub static DATAGRAMS: &[&DatagramProtocol] =
    &[&capwap::PROTOCOL, &dhcp::PROTOCOL, &dhcpv6::PROTOCOL, &radius::PROTOCOL];
