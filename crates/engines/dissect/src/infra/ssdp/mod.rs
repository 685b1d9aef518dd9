//! SSDP: discovery of UPnP devices (UPnP Device Architecture 2.0, 1).
//!
//! Read: of announcements and answers the software, the device or service type, the unique name and the place of the
//! description; of searches who asks and for what. Not read: descriptions themselves, which HTTP carries.

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::{Carrier, DatagramProtocol, Exposure, Group, Protocol};

/// SSDP.
pub static PROTOCOL: DatagramProtocol = DatagramProtocol {
    protocol: Protocol {
        name: "ssdp",
        title: "Simple Service Discovery Protocol",
        group: Group::Infrastructure,
        standard: "UPnP Device Architecture 2.0",
        exposure: Exposure::Cleartext,
        carries_patient_data: false,
        fields: observe::FIELDS,
        anomalies: anomaly::SsdpAnomaly::NAMES,
    },
    carriers: &[Carrier::Udp],
    ports: &[1900],
    any_port: true,
    handle: session::handle,
};
