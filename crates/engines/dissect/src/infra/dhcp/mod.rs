//! DHCP for IPv4 (RFC 2131, options RFC 2132 and successors): what a client says about itself when it asks for an
//! address, which address it is given, and who the routers and servers of its network are.
//!
//! Read: the fixed part; of requests the options that tell one kind of client from another, and the order of all of
//! them; of replies the address given and the stations named. Options in an overloaded `file` or `sname` are read
//! (RFC 2132, 9.3). Not read: option 43 of replies (it may carry secrets for the client), authentication, and options
//! split over several of the same code (RFC 3396), which are taken one by one. BOOTP without the DHCP cookie is left.

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::{Carrier, DatagramProtocol, Exposure, Group, Protocol};

/// DHCP for IPv4.
pub static PROTOCOL: DatagramProtocol = DatagramProtocol {
    protocol: Protocol {
        name: "dhcp",
        title: "Dynamic Host Configuration Protocol",
        group: Group::Infrastructure,
        standard: "RFC 2131, RFC 2132, RFC 3004, RFC 3046, RFC 3925, RFC 4578, RFC 4702",
        exposure: Exposure::Cleartext,
        carries_patient_data: false,
        fields: observe::FIELDS,
        anomalies: anomaly::DhcpAnomaly::NAMES,
    },
    carriers: &[Carrier::Udp],
    ports: &[67, 68, 4011],
    any_port: true,
    handle: session::handle,
};
