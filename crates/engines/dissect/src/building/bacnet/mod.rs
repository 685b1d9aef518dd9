//! BACnet over IP and Ethernet (ASHRAE 135, Annex J, clauses 6, 7, 20, 21): what devices say of themselves.
//!
//! Read: BVLC and NPDU headers, I-Am (vendor, device instance), and of answers to ReadProperty and
//! ReadPropertyMultiple the properties of the device object that say what it is. An answer that a router passes on
//! (SNET is there) speaks of a station behind it and is not the sender's; a forwarded NPDU speaks of the station whose
//! address it carries. Not read: every other object and property, segmented answers after their first segment, BACnet
//! over other links.

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::{Carrier, DatagramProtocol, Exposure, Group, Protocol};

/// BACnet.
pub static PROTOCOL: DatagramProtocol = DatagramProtocol {
    protocol: Protocol {
        name: "bacnet",
        title: "BACnet over IP and Ethernet",
        group: Group::Building,
        standard: "ASHRAE 135-2020 (ISO 16484-5)",
        exposure: Exposure::Cleartext,
        carries_patient_data: false,
        fields: observe::FIELDS,
        anomalies: anomaly::BacnetAnomaly::NAMES,
    },
    carriers: &[Carrier::Udp, Carrier::Llc { dsap: 0x82 }],
    ports: &[47_808],
    any_port: true,
    handle: session::handle,
};
