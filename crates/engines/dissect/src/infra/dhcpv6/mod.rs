//! DHCP for IPv6 (RFC 8415, options of RFC 3646, RFC 4704, RFC 5908, RFC 6939, RFC 8520): what a client says about
//! itself, which addresses it is given, and which servers its network has.
//!
//! Read: identifiers (DUID), classes, names, the option request list and the order of all options; of replies the
//! addresses given and the servers named. Messages in relay messages are taken out, up to the hops that the standard
//! allows. Not read: prefixes, authentication, status codes, lease queries.

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::{Carrier, DatagramProtocol, Exposure, Group, Protocol};

/// DHCP for IPv6.
pub static PROTOCOL: DatagramProtocol = DatagramProtocol {
    protocol: Protocol {
        name: "dhcpv6",
        title: "Dynamic Host Configuration Protocol for IPv6",
        group: Group::Infrastructure,
        standard: "RFC 8415, RFC 3646, RFC 4704, RFC 5908, RFC 6939, RFC 8520",
        exposure: Exposure::Cleartext,
        carries_patient_data: false,
        fields: observe::FIELDS,
        anomalies: anomaly::Dhcpv6Anomaly::NAMES,
    },
    carriers: &[Carrier::Udp],
    ports: &[546, 547],
    any_port: false,
    handle: session::handle,
};
