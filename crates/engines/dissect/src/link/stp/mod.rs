//! Spanning tree (IEEE 802.1D-2004, 9; IEEE 802.1Q-2022, 14): which stations are bridges, and which one is the root.
//!
//! Read: version, root and bridge identifiers of configuration and rapid BPDUs, also per VLAN (PVST+). Not read: costs,
//! ports, timers, and the regions of multiple spanning trees.

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::{Carrier, DatagramProtocol, Exposure, Group, Protocol};

/// Spanning tree.
pub static PROTOCOL: DatagramProtocol = DatagramProtocol {
    protocol: Protocol {
        name: "stp",
        title: "Spanning Tree Protocol",
        group: Group::Link,
        standard: "IEEE 802.1D-2004, IEEE 802.1Q-2022",
        exposure: Exposure::Cleartext,
        carries_patient_data: false,
        fields: observe::FIELDS,
        anomalies: anomaly::StpAnomaly::NAMES,
    },
    carriers: &[Carrier::Llc { dsap: 0x42 }, Carrier::Snap { oui: 0x00_000C, protocol: 0x010B }],
    ports: &[],
    any_port: false,
    handle: session::handle,
};
