//! RADIUS (RFC 2865, RFC 2866, RFC 3579, RFC 5176): which network access servers ask which server about which station.
//!
//! Read: what names the access server and the station, a machine's user name, the beginning of EAP, and whether the
//! message proves where it comes from (CVE-2024-3596). Not read: people's names (only that they are readable),
//! passwords (only that one is there), replies' policies, and vendors' attributes other than those that name
//! equipment.

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::{Carrier, DatagramProtocol, Exposure, Group, Protocol};

/// RADIUS.
pub static PROTOCOL: DatagramProtocol = DatagramProtocol {
    protocol: Protocol {
        name: "radius",
        title: "Remote Authentication Dial In User Service",
        group: Group::Infrastructure,
        standard: "RFC 2865, RFC 2866, RFC 2869, RFC 3162, RFC 3579, RFC 5176",
        exposure: Exposure::Cleartext,
        carries_patient_data: false,
        fields: observe::FIELDS,
        anomalies: anomaly::RadiusAnomaly::NAMES,
    },
    carriers: &[Carrier::Udp],
    ports: &[1812, 1813, 1645, 1646, 1700, 3799],
    any_port: false,
    handle: session::handle,
};
