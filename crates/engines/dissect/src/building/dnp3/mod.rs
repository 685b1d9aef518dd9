//! DNP3 (IEEE 1815) over TCP and UDP.
//!
//! Read: which end is the outstation, its device attributes (group 0), and that it carries out controls. Every frame
//! header is checked by its CRC. Not read: points, files, fragments of several frames.

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::building::frames::{Framed, begins, probe};
use crate::{Carrier, DatagramProtocol, Exposure, Group, Match, Protocol, StreamProtocol};

const fn protocol() -> Protocol {
    Protocol {
        name: "dnp3",
        title: "Distributed Network Protocol (DNP3)",
        group: Group::Building,
        standard: "IEEE 1815-2012",
        exposure: Exposure::Cleartext,
        carries_patient_data: false,
        fields: observe::FIELDS,
        anomalies: anomaly::Dnp3Anomaly::NAMES,
    }
}

/// DNP3 over TCP.
pub static STREAM: StreamProtocol = StreamProtocol {
    protocol: protocol(),
    ports: &[20_000],
    probe: |seen| {
        if begins(seen.bytes, message::START) { probe::<session::Dnp3>(seen.bytes) } else { Match::No }
    },
    start: Framed::<session::Dnp3>::start,
};

/// DNP3 over UDP.
pub static DATAGRAM: DatagramProtocol = DatagramProtocol {
    protocol: protocol(),
    carriers: &[Carrier::Udp],
    ports: &[20_000],
    any_port: true,
    handle: session::handle,
};
