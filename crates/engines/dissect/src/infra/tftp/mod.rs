//! Trivial File Transfer Protocol (RFC 1350, RFC 2347): devices that fetch firmware or settings at start.
//!
//! Read: the transfer mode, and of the file that is asked for its name when it follows a pattern that names a kind of
//! device (telephones, network boot), else only its extension. Recognized: acknowledged options. Data and plain
//! acknowledgements come from other ports and cannot be told apart from other datagrams; they are not read.

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::{Carrier, DatagramProtocol, Exposure, Group, Protocol};

/// TFTP.
pub static PROTOCOL: DatagramProtocol = DatagramProtocol {
    protocol: Protocol {
        name: "tftp",
        title: "Trivial File Transfer Protocol",
        group: Group::Infrastructure,
        standard: "RFC 1350, RFC 2347",
        exposure: Exposure::Cleartext,
        carries_patient_data: false,
        fields: observe::FIELDS,
        anomalies: anomaly::TftpAnomaly::NAMES,
    },
    carriers: &[Carrier::Udp],
    ports: &[PORT],
    any_port: true,
    handle: session::handle,
};

const PORT: u16 = 69;
