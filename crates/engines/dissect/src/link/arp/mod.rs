//! ARP over Ethernet and IPv4 (RFC 826, RFC 5227): which network address sits at which link-layer address.
//!
//! Read: sender addresses of requests and replies. Not read: target addresses (a request guesses them), other
//! hardware or protocol types (noted as anomaly).

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::{Carrier, DatagramProtocol, Exposure, Group, Protocol};

/// ARP.
pub static PROTOCOL: DatagramProtocol = DatagramProtocol {
    protocol: Protocol {
        name: "arp",
        title: "Address Resolution Protocol",
        group: Group::Link,
        standard: "RFC 826, RFC 5227",
        exposure: Exposure::Cleartext,
        carries_patient_data: false,
        fields: observe::FIELDS,
        anomalies: anomaly::ArpAnomaly::NAMES,
    },
    carriers: &[Carrier::EtherType(0x0806)],
    ports: &[],
    any_port: false,
    handle: session::handle,
};
