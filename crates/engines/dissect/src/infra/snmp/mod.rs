//! SNMP version 1 (RFC 1157), 2c (RFC 1901, RFC 3416) and 3 (RFC 3412, RFC 3414).
//!
//! Read: version, whether a well-known community is used, of answers and traps the objects that say what the station
//! is (SNMPv2-MIB, ENTITY-MIB, HOST-RESOURCES-MIB, Printer-MIB), the engine identifier and security level of version
//! 3. Not read: every other object, contacts, encrypted data. Communities other than `public` and `private`, and user
//! names, are never kept.

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::{Carrier, DatagramProtocol, Exposure, Group, Protocol};

/// SNMP.
pub static PROTOCOL: DatagramProtocol = DatagramProtocol {
    protocol: Protocol {
        name: "snmp",
        title: "Simple Network Management Protocol",
        group: Group::Infrastructure,
        standard: "RFC 1157, RFC 3412, RFC 3414, RFC 3416",
        exposure: Exposure::Negotiated,
        carries_patient_data: false,
        fields: observe::FIELDS,
        anomalies: anomaly::SnmpAnomaly::NAMES,
    },
    carriers: &[Carrier::Udp],
    ports: &[161, 162],
    any_port: true,
    handle: session::handle,
};
