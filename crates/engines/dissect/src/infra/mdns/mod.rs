//! Multicast DNS and DNS-based service discovery (RFC 6762, RFC 6763): host names, services with their attributes,
//! and what a station looks for.
//!
//! Read: questions of queries; A, AAAA, PTR, SRV, TXT and HINFO records of responses and of probes. Not read: known
//! answers in queries (other stations said them), NSEC and other record types, which port a service has.

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::{Carrier, DatagramProtocol, Exposure, Group, Protocol};

/// Multicast DNS.
pub static PROTOCOL: DatagramProtocol = DatagramProtocol {
    protocol: Protocol {
        name: "mdns",
        title: "Multicast DNS and service discovery",
        group: Group::Infrastructure,
        standard: "RFC 6762, RFC 6763",
        exposure: Exposure::Cleartext,
        carries_patient_data: false,
        fields: observe::FIELDS,
        anomalies: anomaly::MdnsAnomaly::NAMES,
    },
    carriers: &[Carrier::Udp],
    ports: &[PORT],
    any_port: false,
    handle: session::handle,
};

const PORT: u16 = 5353;
