//! QUIC long headers (RFC 8999, RFC 9000, RFC 9369): which version is spoken.
//!
//! Read: the version of packets with a long header, and of Google's QUIC from before the standard; the versions that a
//! server offers in Version Negotiation. Not read: what is inside, which is encrypted (the first packets only against
//! accidents), and packets with a short header, which nothing tells apart.

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::{Carrier, DatagramProtocol, Exposure, Group, Protocol};

/// QUIC.
pub static PROTOCOL: DatagramProtocol = DatagramProtocol {
    protocol: Protocol {
        name: "quic",
        title: "QUIC",
        group: Group::Infrastructure,
        standard: "RFC 8999, RFC 9000, RFC 9369",
        exposure: Exposure::Encrypted,
        carries_patient_data: false,
        fields: observe::FIELDS,
        anomalies: anomaly::QuicAnomaly::NAMES,
    },
    carriers: &[Carrier::Udp],
    ports: &[443],
    any_port: true,
    handle: session::handle,
};
