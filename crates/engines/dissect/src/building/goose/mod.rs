//! Substation events (GOOSE; IEC 61850-8-1, 18) in Ethernet frames.
//!
//! Read: who publishes, under which control block and identifier. Not read: the values.

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::{Carrier, DatagramProtocol, Exposure, Group, Protocol};

/// GOOSE.
pub static PROTOCOL: DatagramProtocol = DatagramProtocol {
    protocol: Protocol {
        name: "goose",
        title: "Generic object oriented substation event",
        group: Group::Building,
        standard: "IEC 61850-8-1",
        exposure: Exposure::Cleartext,
        carries_patient_data: false,
        fields: observe::FIELDS,
        anomalies: anomaly::GooseAnomaly::NAMES,
    },
    carriers: &[Carrier::EtherType(0x88b8)],
    ports: &[],
    any_port: false,
    handle: session::handle,
};
