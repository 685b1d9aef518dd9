//! File Transfer Protocol, control connection (RFC 959, RFC 2228, RFC 2389, RFC 4217).
//!
//! Read: the greeting (220), the system type (215), the features (211 to FEAT), the lines of a status (211) that name
//! software, the client's software (CLNT). Recognized: user name and password in the clear, anonymous access, the
//! change to TLS. Never kept: user names, passwords, names of files and folders (they can name a patient), every
//! other reply. Data connections are conversations of their own, which are not recognized.

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::infra::dialogue::Lines;
use crate::{Exposure, Group, Protocol, StreamProtocol};

/// FTP.
pub static PROTOCOL: StreamProtocol = StreamProtocol {
    protocol: Protocol {
        name: "ftp",
        title: "File Transfer Protocol",
        group: Group::Infrastructure,
        standard: "RFC 959, RFC 2389, RFC 4217",
        exposure: Exposure::Cleartext,
        carries_patient_data: false,
        fields: observe::FIELDS,
        anomalies: anomaly::FtpAnomaly::NAMES,
    },
    ports: &[21],
    probe: message::probe,
    start: || Box::<Lines<session::Ftp>>::default(),
};
