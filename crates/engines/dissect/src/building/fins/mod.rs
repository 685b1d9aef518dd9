//! FINS, the protocol of Omron controllers (Omron W227, FINS Commands Reference Manual; W421 for FINS over TCP).
//!
//! Read: model and version of CONTROLLER DATA READ answers, and that a controller obeys writes and changes of mode. Not
//! read: memory areas, files, clocks, access rights.

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::building::frames::{Framed, probe};
use crate::{Carrier, DatagramProtocol, Exposure, Group, Protocol, StreamProtocol};

const fn protocol() -> Protocol {
    Protocol {
        name: "fins",
        title: "Omron FINS",
        group: Group::Building,
        standard: "Omron W227 FINS Commands Reference Manual",
        exposure: Exposure::Cleartext,
        carries_patient_data: false,
        fields: observe::FIELDS,
        anomalies: anomaly::FinsAnomaly::NAMES,
    }
}

/// FINS over UDP.
pub static DATAGRAM: DatagramProtocol = DatagramProtocol {
    protocol: protocol(),
    carriers: &[Carrier::Udp],
    ports: &[9_600],
    any_port: true,
    handle: session::handle,
};

/// FINS over TCP.
pub static STREAM: StreamProtocol = StreamProtocol {
    protocol: protocol(),
    ports: &[9_600],
    probe: |seen| probe::<session::Fins>(seen.bytes),
    start: Framed::<session::Fins>::start,
};
