//! Service Location Protocol, version 1 (RFC 2165) and 2 (RFC 2608).
//!
//! Read: the services a station has (SrvRply, SrvReg, DAAdvert, SAAdvert), the service types it has or looks for, and
//! of its attributes those that identify equipment: maker, model, serial number, firmware, host name, as printers
//! give them (some inside an IEEE 1284 device identifier). Not read: scopes, predicates, authentication blocks.

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::{Carrier, DatagramProtocol, Exposure, Group, Protocol, StreamProtocol};

/// SLP over UDP.
pub static PROTOCOL: DatagramProtocol = DatagramProtocol {
    protocol: SLP,
    carriers: &[Carrier::Udp],
    ports: &[PORT],
    any_port: false,
    handle: session::handle,
};

/// SLP over TCP.
pub static TCP: StreamProtocol =
    StreamProtocol { protocol: SLP, ports: &[PORT], probe: message::probe, start: || Box::new(session::Slp) };

const PORT: u16 = 427;

const SLP: Protocol = Protocol {
    name: "slp",
    title: "Service Location Protocol",
    group: Group::Infrastructure,
    standard: "RFC 2165, RFC 2608",
    exposure: Exposure::Cleartext,
    carries_patient_data: false,
    fields: observe::FIELDS,
    anomalies: anomaly::SlpAnomaly::NAMES,
};
