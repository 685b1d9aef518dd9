//! Post Office Protocol version 3 (RFC 1939, RFC 2449, RFC 2595, RFC 5034).
//!
//! Read: the greeting and the implementation that a server names (CAPA). Recognized: user name and password in the
//! clear, the change to TLS. Mails are passed over to the line with a single dot. Never kept: user names, passwords,
//! other answers, which repeat them.

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::infra::dialogue::Lines;
use crate::{Exposure, Group, Protocol, StreamProtocol};

/// POP3.
pub static PROTOCOL: StreamProtocol = StreamProtocol {
    protocol: Protocol {
        name: "pop",
        title: "Post Office Protocol",
        group: Group::Infrastructure,
        standard: "RFC 1939, RFC 2449, RFC 2595",
        exposure: Exposure::Cleartext,
        carries_patient_data: false,
        fields: observe::FIELDS,
        anomalies: anomaly::PopAnomaly::NAMES,
    },
    ports: &[110],
    probe: message::probe,
    start: || Box::<Lines<session::Pop>>::default(),
};
