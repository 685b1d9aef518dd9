//! NetBIOS name service (RFC 1001, RFC 1002): names of stations and of their groups.
//!
//! Read: registrations, refreshes, releases and positive responses (name, purpose, unique or group, address), node
//! status responses (names, unit address). Not read: names that are asked for, statistics of a node, redirects.

mod anomaly;
pub(super) mod message;
mod observe;
mod session;
#[cfg(test)]
pub(super) mod tests;

use crate::{Carrier, DatagramProtocol, Exposure, Group, Protocol};

/// NetBIOS name service.
pub static PROTOCOL: DatagramProtocol = DatagramProtocol {
    protocol: Protocol {
        name: "nbns",
        title: "NetBIOS name service",
        group: Group::Infrastructure,
        standard: "RFC 1001, RFC 1002",
        exposure: Exposure::Cleartext,
        carries_patient_data: false,
        fields: observe::FIELDS,
        anomalies: anomaly::NbnsAnomaly::NAMES,
    },
    carriers: &[Carrier::Udp],
    ports: &[PORT],
    any_port: false,
    handle: session::handle,
};

const PORT: u16 = 137;
