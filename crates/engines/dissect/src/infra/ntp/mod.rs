//! NTP version 1 to 4 (RFC 5905), control messages (RFC 9327) and the private mode 7.
//!
//! Read: version, mode, stratum and reference of servers; what control answers say of software and system. Not read:
//! time stamps, extension fields.

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::{Carrier, DatagramProtocol, Exposure, Group, Protocol};

/// NTP.
pub static PROTOCOL: DatagramProtocol = DatagramProtocol {
    protocol: Protocol {
        name: "ntp",
        title: "Network Time Protocol",
        group: Group::Infrastructure,
        standard: "RFC 5905, RFC 9327",
        exposure: Exposure::Cleartext,
        carries_patient_data: false,
        fields: observe::FIELDS,
        anomalies: anomaly::NtpAnomaly::NAMES,
    },
    carriers: &[Carrier::Udp],
    ports: &[123],
    any_port: false,
    handle: session::handle,
};
