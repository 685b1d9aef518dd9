//! EAP over LANs (IEEE 802.1X-2020, 11) and the EAP packets in it (RFC 3748): how a station proves who it is before it
//! may use the network.
//!
//! Read: that an identity goes in the clear, and the name in it when it is a machine's; the methods offered, used and
//! preferred; the key descriptor's type; and what Wi-Fi Protected Setup says about the equipment in the clear (Wi-Fi
//! Simple Configuration 2.0.8, messages M1 and M2). Not read: users' names, the TLS inside EAP methods, and keys.

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::{Carrier, DatagramProtocol, Exposure, Group, Protocol};

pub(crate) use observe::{is_anonymous, is_machine};
pub(crate) use session::carried_eap;

/// EAP over LANs, also as pre-authentication (IEEE 802.11-2020, 12.6.8).
pub static PROTOCOL: DatagramProtocol = DatagramProtocol {
    protocol: Protocol {
        name: "eapol",
        title: "EAP over LANs",
        group: Group::Link,
        standard: "IEEE 802.1X-2020, RFC 3748, Wi-Fi Simple Configuration 2.0.8",
        exposure: Exposure::Cleartext,
        carries_patient_data: false,
        fields: observe::FIELDS,
        anomalies: anomaly::EapolAnomaly::NAMES,
    },
    carriers: &[Carrier::EtherType(0x888E), Carrier::EtherType(0x88C7)],
    ports: &[],
    any_port: false,
    handle: session::handle,
};
