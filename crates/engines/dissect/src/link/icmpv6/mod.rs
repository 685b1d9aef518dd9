//! Neighbour discovery in ICMPv6 (RFC 4861, RFC 8106): which IPv6 address sits at which link-layer address, who routes,
//! and which servers the routers name.
//!
//! Read: solicitations and advertisements of neighbours and routers with their link-layer address options, prefixes and
//! DNS options. Not read: the target of a solicitation (a guess, or an address not yet held), redirects, multicast
//! listener discovery, echo and errors.

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::{Carrier, DatagramProtocol, Exposure, Group, Protocol};

/// ICMPv6.
pub static PROTOCOL: DatagramProtocol = DatagramProtocol {
    protocol: Protocol {
        name: "icmpv6",
        title: "ICMPv6 neighbour discovery",
        group: Group::Link,
        standard: "RFC 4443, RFC 4861, RFC 8106",
        exposure: Exposure::Cleartext,
        carries_patient_data: false,
        fields: observe::FIELDS,
        anomalies: anomaly::Icmpv6Anomaly::NAMES,
    },
    carriers: &[Carrier::Ip(58)],
    ports: &[],
    any_port: false,
    handle: session::handle,
};
