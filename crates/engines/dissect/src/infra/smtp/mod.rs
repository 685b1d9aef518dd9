//! Simple Mail Transfer Protocol (RFC 5321, RFC 3030, RFC 3207, RFC 4954).
//!
//! Read: the greeting (220), the answer to EHLO, help that names a version (214), the client's own name (EHLO, HELO).
//! Recognized: credentials in the clear, the change to TLS. Mails are passed over, by length (BDAT) or to the line
//! with a single dot (DATA). Never kept: addresses, user names, passwords.

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::infra::dialogue::Lines;
use crate::{Exposure, Group, Protocol, StreamProtocol};

/// SMTP.
pub static PROTOCOL: StreamProtocol = StreamProtocol {
    protocol: Protocol {
        name: "smtp",
        title: "Simple Mail Transfer Protocol",
        group: Group::Infrastructure,
        standard: "RFC 5321, RFC 3207, RFC 4954",
        exposure: Exposure::Cleartext,
        carries_patient_data: false,
        fields: observe::FIELDS,
        anomalies: anomaly::SmtpAnomaly::NAMES,
    },
    ports: &[25, 587, 2525],
    probe: message::probe,
    start: || Box::<Lines<session::Smtp>>::default(),
};
