//! LDAP over TCP (RFC 4511, MS-ADTS) and over UDP (CLDAP; RFC 1798, MS-ADTS, 3.1.1.3.1.3).
//!
//! Read: how clients log in (simple, SASL, and the NTLM of Windows), StartTLS, what a server says of itself in its
//! root DSE (RFC 4512, 5.1), answers to the search for a domain controller (MS-ADTS, 6.3.1.9). Not read: every other
//! operation and entry, which are passed over by their length; answers of domain controllers of Windows NT 4. Names
//! of users and entries, and passwords, are never kept.

mod anomaly;
mod message;
mod netlogon;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::{Carrier, DatagramProtocol, Exposure, Group, Protocol, StreamProtocol};

/// LDAP.
pub static PROTOCOL: StreamProtocol = StreamProtocol {
    protocol: Protocol {
        name: "ldap",
        title: "Lightweight Directory Access Protocol",
        group: Group::Infrastructure,
        standard: "RFC 4511, RFC 4512, RFC 4513, MS-ADTS",
        exposure: Exposure::Negotiated,
        carries_patient_data: false,
        fields: &observe::FIELDS,
        anomalies: anomaly::LdapAnomaly::NAMES,
    },
    ports: PORTS,
    probe: session::probe,
    start: || Box::new(session::Ldap::default()),
};

/// Connection-less LDAP.
pub static UDP: DatagramProtocol = DatagramProtocol {
    protocol: Protocol {
        name: "cldap",
        title: "Connection-less LDAP",
        group: Group::Infrastructure,
        standard: "RFC 1798, MS-ADTS",
        exposure: Exposure::Cleartext,
        carries_patient_data: false,
        fields: &observe::FIELDS,
        anomalies: anomaly::LdapAnomaly::NAMES,
    },
    carriers: &[Carrier::Udp],
    ports: &[PORT],
    any_port: false,
    handle: session::handle,
};

const PORT: u16 = 389;

/// The directory and the global catalogue.
const PORTS: &[u16] = &[PORT, 3268];
