//! Syslog, as devices write it (RFC 3164) and by its standard (RFC 5424), over UDP and TCP (RFC 6587).
//!
//! Read: the host name, the name of the program, the enterprise of structured data, the facility of Cisco's messages
//! (`%ASA`), maker, product and version in CEF and LEEF, name and serial number of Fortinet's devices. Never kept: the
//! text of messages, which can name patients and users.

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::{Carrier, DatagramProtocol, Exposure, Group, Protocol, StreamProtocol};

/// Syslog over UDP.
pub static PROTOCOL: DatagramProtocol = DatagramProtocol {
    protocol: SYSLOG,
    carriers: &[Carrier::Udp],
    ports: &[PORT],
    any_port: true,
    handle: session::handle,
};

/// Syslog over TCP.
pub static TCP: StreamProtocol = StreamProtocol {
    protocol: SYSLOG,
    ports: &[PORT, 601, 1468],
    probe: message::probe,
    start: || Box::new(session::Syslog::default()),
};

const PORT: u16 = 514;

const SYSLOG: Protocol = Protocol {
    name: "syslog",
    title: "Syslog",
    group: Group::Infrastructure,
    standard: "RFC 3164, RFC 5424, RFC 6587",
    exposure: Exposure::Cleartext,
    carries_patient_data: false,
    fields: observe::FIELDS,
    anomalies: anomaly::SyslogAnomaly::NAMES,
};
