//! Building technology, industrial control and telephony.

pub mod bacnet;
pub mod cotp;
pub mod enip;
pub mod fins;
pub(crate) mod frames;
pub mod modbus;
pub mod s7comm;

use crate::{DatagramProtocol, StreamProtocol};

/// Stream protocols of this group, in the order in which they are tried.
pub static STREAMS: &[&StreamProtocol] =
    &[&cotp::PROTOCOL, &s7comm::PROTOCOL, &enip::STREAM, &fins::STREAM, &modbus::PROTOCOL];

/// Datagram protocols of this group.
pub static DATAGRAMS: &[&DatagramProtocol] = &[&bacnet::PROTOCOL, &enip::DATAGRAM, &fins::DATAGRAM];
