//! PROFINET discovery and configuration (DCP; IEC 61158-6-10, 4.3) in Ethernet frames.
//!
//! Read: station name, vendor name, vendor and device identifiers, role, alias and address of a station's own
//! identification. Not read: cyclic data (the frame type is shared), settings that a station is given.

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::{Carrier, DatagramProtocol, Exposure, Group, Protocol};

/// PROFINET DCP.
pub static PROTOCOL: DatagramProtocol = DatagramProtocol {
    protocol: Protocol {
        name: "profinet",
        title: "PROFINET discovery and configuration",
        group: Group::Building,
        standard: "IEC 61158-6-10",
        exposure: Exposure::Cleartext,
        carries_patient_data: false,
        fields: observe::FIELDS,
        anomalies: anomaly::ProfinetAnomaly::NAMES,
    },
    carriers: &[Carrier::EtherType(0x8892)],
    ports: &[],
    any_port: false,
    handle: session::handle,
};
