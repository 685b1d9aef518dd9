//! Web Services Dynamic Discovery over UDP (OASIS WS-Discovery 1.1 and the 2005 submission): how devices of IEEE 11073
//! SDC, DPWS and ONVIF announce themselves.
//!
//! Read: of hellos and matches the types, endpoint, transport addresses, and the scopes that name place, model and kind.
//! Not read: other scopes, what is asked for.

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::{Carrier, DatagramProtocol, Exposure, Group, Protocol};

/// WS-Discovery.
pub static PROTOCOL: DatagramProtocol = DatagramProtocol {
    protocol: Protocol {
        name: "wsdiscovery",
        title: "Web Services Dynamic Discovery (SDC, DPWS, ONVIF)",
        group: Group::Clinical,
        standard: "OASIS WS-Discovery 1.1, IEEE 11073-20702, IEEE 11073-20701",
        exposure: Exposure::Cleartext,
        carries_patient_data: false,
        fields: observe::FIELDS,
        anomalies: anomaly::WsDiscoveryAnomaly::NAMES,
    },
    carriers: &[Carrier::Udp],
    ports: &[3_702],
    any_port: true,
    handle: session::handle,
};
