//! Modbus over TCP (Modbus Messaging on TCP/IP Implementation Guide 1.0b; Modbus Application Protocol 1.1b3).
//!
//! Read: the device identification (function 43/14), the server id (function 17), the identity that Schneider Electric
//! controllers give under function 90, and that a server accepts writes. Not read: registers, coils, files, programs.

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::building::frames::Framed;
use crate::{Exposure, Group, Match, Probe, Protocol, StreamProtocol};

/// Modbus/TCP.
pub static PROTOCOL: StreamProtocol = StreamProtocol {
    protocol: Protocol {
        name: "modbus",
        title: "Modbus/TCP",
        group: Group::Building,
        standard: "Modbus Application Protocol 1.1b3, Messaging on TCP/IP 1.0b",
        exposure: Exposure::Cleartext,
        carries_patient_data: false,
        fields: observe::FIELDS,
        anomalies: anomaly::ModbusAnomaly::NAMES,
    },
    ports: &[502],
    probe,
    start: Framed::<session::Modbus>::start,
};

/// The header has few fixed bits: elsewhere than on its port the bytes must be whole messages of a known function.
fn probe(probe: &Probe<'_>) -> Match {
    if !message::may_begin(probe.bytes) {
        return Match::No;
    }
    if probe.bytes.len() < message::HEADER {
        return Match::NeedMore;
    }
    if message::length(probe.bytes).is_some() && probe.responder_port_is(&[502]) {
        Match::Yes
    } else {
        message::is_exact(probe.bytes)
    }
}
