//! Building technology, industrial control and telephony.

pub mod ads;
pub mod bacnet;
pub mod cotp;
pub mod dnp3;
pub mod enip;
pub mod ethersbus;
pub mod fins;
pub mod fox;
pub(crate) mod frames;
pub mod goose;
pub mod hartip;
pub mod hislip;
pub mod iec104;
pub mod knxnetip;
pub mod modbus;
pub mod opcua;
pub mod profinet;
pub mod s7comm;
pub mod skinny;
pub mod synchrophasor;
pub mod ubiquiti;

use crate::{DatagramProtocol, StreamProtocol};

/// Stream protocols of this group, in the order in which they are tried.
pub static STREAMS: &[&StreamProtocol] = &[
    &cotp::PROTOCOL,
    &s7comm::PROTOCOL,
    &fox::PROTOCOL,
    &hislip::PROTOCOL,
    &fins::STREAM,
    &synchrophasor::STREAM,
    &dnp3::STREAM,
    &opcua::PROTOCOL,
    &ads::STREAM,
    &enip::STREAM,
    &hartip::STREAM,
    &skinny::PROTOCOL,
    &iec104::PROTOCOL,
    &modbus::PROTOCOL,
];

/// Datagram protocols of this group.
pub static DATAGRAMS: &[&DatagramProtocol] = &[
    &profinet::PROTOCOL,
    &goose::PROTOCOL,
    &bacnet::PROTOCOL,
    &synchrophasor::DATAGRAM,
    &ads::DATAGRAM,
    &enip::DATAGRAM,
    &ethersbus::PROTOCOL,
    &dnp3::DATAGRAM,
    &knxnetip::PROTOCOL,
    &ubiquiti::PROTOCOL,
    &hartip::DATAGRAM,
    &fins::DATAGRAM,
];
