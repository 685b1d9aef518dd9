//! Link-local multicast name resolution (RFC 4795), which Windows uses for short names.
//!
//! Read: the question of a query; A, AAAA and reverse PTR records of a response. Not read: other record types and the
//! additional section. Over TCP it reads as DNS.

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::{Carrier, DatagramProtocol, Exposure, Group, Protocol};

/// LLMNR.
pub static PROTOCOL: DatagramProtocol = DatagramProtocol {
    protocol: Protocol {
        name: "llmnr",
        title: "Link-local multicast name resolution",
        group: Group::Infrastructure,
        standard: "RFC 4795",
        exposure: Exposure::Cleartext,
        carries_patient_data: false,
        fields: observe::FIELDS,
        anomalies: anomaly::LlmnrAnomaly::NAMES,
    },
    carriers: &[Carrier::Udp],
    ports: &[PORT],
    any_port: false,
    handle: session::handle,
};

const PORT: u16 = 5355;
