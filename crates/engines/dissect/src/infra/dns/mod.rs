//! DNS over UDP and TCP (RFC 1035, RFC 2136, RFC 7766): which names a station asks for, and which names addresses
//! have.
//!
//! Read: questions, A, AAAA and reverse PTR records of answers and of dynamic updates, `version.bind`. Not read: other
//! record types, EDNS options, DNSSEC. Broken messages are read up to the break.

mod anomaly;
pub(super) mod message;
pub(super) mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::{Carrier, DatagramProtocol, Exposure, Group, Protocol, StreamProtocol};

/// DNS over UDP.
pub static PROTOCOL: DatagramProtocol = DatagramProtocol {
    protocol: DNS,
    carriers: &[Carrier::Udp],
    ports: &[PORT],
    any_port: true,
    handle: session::handle,
};

/// DNS over TCP.
pub static TCP: StreamProtocol = StreamProtocol {
    protocol: DNS,
    ports: &[PORT],
    probe: session::probe,
    start: || Box::new(session::DnsTcp),
};

const PORT: u16 = 53;

const DNS: Protocol = Protocol {
    name: "dns",
    title: "Domain Name System",
    group: Group::Infrastructure,
    standard: "RFC 1035, RFC 2136, RFC 7766",
    exposure: Exposure::Cleartext,
    carries_patient_data: false,
    fields: observe::FIELDS,
    anomalies: anomaly::DnsAnomaly::NAMES,
};
