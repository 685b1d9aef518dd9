//! Link Layer Discovery Protocol (IEEE 802.1AB-2016): what a station says about itself to its neighbours.
//!
//! Read: chassis, port, system name and description, enabled capabilities, management addresses; of the
//! organizationally specific TLVs the port VLAN and VLAN names (IEEE 802.1Q, annex D), the class, location and
//! inventory of LLDP-MED (ANSI/TIA-1057), and the URL of a usage description (RFC 8520). Not read: IEEE 802.3 and
//! PROFINET TLVs (only that they are there, for the latter). All of it is about the sender.

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::{Carrier, DatagramProtocol, Exposure, Group, Protocol};

/// LLDP.
pub static PROTOCOL: DatagramProtocol = DatagramProtocol {
    protocol: Protocol {
        name: "lldp",
        title: "Link Layer Discovery Protocol",
        group: Group::Link,
        standard: "IEEE 802.1AB-2016, ANSI/TIA-1057, RFC 8520",
        exposure: Exposure::Cleartext,
        carries_patient_data: false,
        fields: observe::FIELDS,
        anomalies: anomaly::LldpAnomaly::NAMES,
    },
    carriers: &[Carrier::EtherType(0x88CC)],
    ports: &[],
    any_port: false,
    handle: session::handle,
};
