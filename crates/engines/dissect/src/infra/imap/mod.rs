//! Internet Message Access Protocol (RFC 3501, RFC 9051, RFC 2971).
//!
//! Read: the greeting, the capabilities, what client and server say of their software (ID). Recognized: credentials
//! in the clear, the change to TLS. Literals, which hold mails, are passed over by length. Never kept: user names,
//! passwords, names of folders, anything of a mail.

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::infra::dialogue::Lines;
use crate::{Exposure, Group, Protocol, StreamProtocol};

/// IMAP.
pub static PROTOCOL: StreamProtocol = StreamProtocol {
    protocol: Protocol {
        name: "imap",
        title: "Internet Message Access Protocol",
        group: Group::Infrastructure,
        standard: "RFC 3501, RFC 9051, RFC 2971",
        exposure: Exposure::Cleartext,
        carries_patient_data: false,
        fields: observe::FIELDS,
        anomalies: anomaly::ImapAnomaly::NAMES,
    },
    ports: &[143],
    probe: message::probe,
    start: || Box::<Lines<session::Imap>>::default(),
};
