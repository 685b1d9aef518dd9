//! KNXnet/IP (EN 13321-2, ISO 22510) over UDP.
//!
//! Read: device information in search and description answers, and that a server opens connections to anybody. Not
//! read: what goes over the bus, secured messages (KNX IP Secure is noted as encrypted).

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::{Carrier, DatagramProtocol, Exposure, Group, Protocol};

/// KNXnet/IP.
pub static PROTOCOL: DatagramProtocol = DatagramProtocol {
    protocol: Protocol {
        name: "knxnetip",
        title: "KNXnet/IP",
        group: Group::Building,
        standard: "ISO 22510:2019",
        exposure: Exposure::Negotiated,
        carries_patient_data: false,
        fields: observe::FIELDS,
        anomalies: anomaly::KnxnetipAnomaly::NAMES,
    },
    carriers: &[Carrier::Udp],
    ports: &[3_671],
    any_port: true,
    handle: session::handle,
};
