//! CAPWAP control channel (RFC 5415): how wireless access points (WTP) find their controllers (AC).
//!
//! Read: discovery and join messages in the clear: the access point's board data, descriptor, name and location; the
//! controller's name and versions. Cisco's older descriptor without encryption list is read too. Not read: what is
//! behind DTLS (only that it is), fragments after the first, the data channel, and vendors' elements, which may hold
//! passwords, other than Cisco's name of the access point.

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::{Carrier, DatagramProtocol, Exposure, Group, Protocol};

/// CAPWAP control.
pub static PROTOCOL: DatagramProtocol = DatagramProtocol {
    protocol: Protocol {
        name: "capwap",
        title: "Control And Provisioning of Wireless Access Points",
        group: Group::Infrastructure,
        standard: "RFC 5415",
        exposure: Exposure::Negotiated,
        carries_patient_data: false,
        fields: observe::FIELDS,
        anomalies: anomaly::CapwapAnomaly::NAMES,
    },
    carriers: &[Carrier::Udp],
    ports: &[5246],
    any_port: false,
    handle: session::handle,
};
