//! DTLS 1.0 and 1.2 over UDP, what some VPNs speak from before it was a standard, and the hellos of 1.3 (RFC 6347,
//! RFC 9147).
//!
//! Read: ClientHello, ServerHello and the first certificate, where one record holds them whole. Not read: handshake
//! messages in fragments, the unified header of DTLS 1.3, and everything encrypted.

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::{Carrier, DatagramProtocol, Exposure, Group, Protocol};

/// DTLS.
pub static PROTOCOL: DatagramProtocol = DatagramProtocol {
    protocol: Protocol {
        name: "dtls",
        title: "Datagram Transport Layer Security",
        group: Group::Infrastructure,
        standard: "RFC 6347, RFC 9147",
        exposure: Exposure::Negotiated,
        carries_patient_data: false,
        fields: &observe::FIELDS,
        anomalies: anomaly::DtlsAnomaly::NAMES,
    },
    carriers: &[Carrier::Udp],
    ports: &[443, 853, 4433, 5684],
    any_port: true,
    handle: session::handle,
};
