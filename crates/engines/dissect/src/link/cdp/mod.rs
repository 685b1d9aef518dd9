//! Cisco Discovery Protocol, versions 1 and 2 ("Using Cisco Discovery Protocol", Cisco Systems; packet format as in
//! "LAN Packet Formats: Cisco Discovery Protocol Frame Format"): what a station says about itself to its neighbours.
//!
//! Read: device, port, platform, software, capabilities, addresses, native VLAN, VTP domain, names, location, and the
//! model and serial number in the EnergyWise TLV. Not read: checksum, power, cluster. All of it is about the sender.

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::{Carrier, DatagramProtocol, Exposure, Group, Protocol};

/// CDP.
pub static PROTOCOL: DatagramProtocol = DatagramProtocol {
    protocol: Protocol {
        name: "cdp",
        title: "Cisco Discovery Protocol",
        group: Group::Link,
        standard: "Cisco Discovery Protocol frame format, versions 1 and 2",
        exposure: Exposure::Cleartext,
        carries_patient_data: false,
        fields: observe::FIELDS,
        anomalies: anomaly::CdpAnomaly::NAMES,
    },
    carriers: &[Carrier::Snap { oui: 0x00_000C, protocol: 0x2000 }],
    ports: &[],
    any_port: false,
    handle: session::handle,
};
