//! Telnet (RFC 854, RFC 855), and the options that identify (RFC 1091) or protect (RFC 2946, START_TLS).
//!
//! Read: the first option negotiation of each side in its order, the terminal type, the lines a server writes before
//! anybody types. Recognized: a login prompt, and that a user name or a password was typed at one. Never kept: what is
//! typed, and what a server writes after that, which echoes it. Reading ends once a password was answered.

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::{Exposure, Group, Protocol, StreamProtocol};

/// Telnet.
pub static PROTOCOL: StreamProtocol = StreamProtocol {
    protocol: Protocol {
        name: "telnet",
        title: "Telnet",
        group: Group::Infrastructure,
        standard: "RFC 854, RFC 855, RFC 1091",
        exposure: Exposure::Cleartext,
        carries_patient_data: false,
        fields: observe::FIELDS,
        anomalies: anomaly::TelnetAnomaly::NAMES,
    },
    ports: &[23],
    probe: message::probe,
    start: || Box::new(session::Telnet::default()),
};
