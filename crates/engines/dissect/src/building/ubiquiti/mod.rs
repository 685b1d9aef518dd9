//! Ubiquiti device discovery over UDP port 10001 (fields as Wireshark names them).
//!
//! Read: model, product, firmware and host name of announcements. Not read: user names, wireless network names, uptime,
//! addresses.

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::{Carrier, DatagramProtocol, Exposure, Group, Protocol};

/// Ubiquiti discovery.
pub static PROTOCOL: DatagramProtocol = DatagramProtocol {
    protocol: Protocol {
        name: "ubiquiti",
        title: "Ubiquiti discovery",
        group: Group::Building,
        standard: "Ubiquiti discovery protocol, versions 1 and 2",
        exposure: Exposure::Cleartext,
        carries_patient_data: false,
        fields: observe::FIELDS,
        anomalies: anomaly::UbiquitiAnomaly::NAMES,
    },
    carriers: &[Carrier::Udp],
    ports: &[10_001],
    any_port: false,
    handle: session::handle,
};
