//! Kerberos version 5 between stations and key distribution centres (RFC 4120; MS-KILE; RFC 4757, RFC 6649 and RFC
//! 8429 on weak encryption).
//!
//! Read: of requests (5.4.1) the realm, the encryption types, host addresses, the type that encrypts a timestamp
//! (5.2.7.2), the client's name where it is a machine's; of replies (5.4.2) the realm, the service where it is the
//! ticket-granting one, both encryption types; of errors (5.9.1) the realm; of tickets in security tokens (RFC 4121,
//! 4.1) the service and the encryption type. Never kept: names of persons. Not read: what is encrypted, other
//! pre-authentication data, password changes (RFC 3244), version 4.

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
pub(super) mod tests;

use crate::{Carrier, DatagramProtocol, Exposure, Group, Protocol, StreamProtocol};

pub(super) use observe::TICKET_FIELDS;
pub(super) use session::ticket;

/// Kerberos over UDP.
pub static PROTOCOL: DatagramProtocol = DatagramProtocol {
    protocol: KERBEROS,
    carriers: &[Carrier::Udp],
    ports: &[PORT],
    any_port: true,
    handle: session::handle,
};

/// Kerberos over TCP.
pub static TCP: StreamProtocol = StreamProtocol {
    protocol: KERBEROS,
    ports: &[PORT],
    probe: session::probe,
    start: || Box::new(session::KerberosTcp::default()),
};

const PORT: u16 = 88;

const KERBEROS: Protocol = Protocol {
    name: "kerberos",
    title: "Kerberos",
    group: Group::Infrastructure,
    standard: "RFC 4120, RFC 4121, MS-KILE",
    exposure: Exposure::Cleartext,
    carries_patient_data: false,
    fields: observe::FIELDS,
    anomalies: anomaly::KerberosAnomaly::NAMES,
};
