//! Synchrophasor data (IEEE C37.118.2) over TCP and UDP.
//!
//! Read: who sends data and configuration frames, identification codes and station names of configurations. Every frame
//! is checked by its CRC. Not read: phasors, channel names, header text.

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::building::frames::Framed;
use crate::{Carrier, DatagramProtocol, Exposure, Group, Match, Probe, Protocol, StreamProtocol};

const fn protocol() -> Protocol {
    Protocol {
        name: "synchrophasor",
        title: "Synchrophasor data",
        group: Group::Building,
        standard: "IEEE C37.118.2-2011",
        exposure: Exposure::Cleartext,
        carries_patient_data: false,
        fields: observe::FIELDS,
        anomalies: anomaly::SynchrophasorAnomaly::NAMES,
    }
}

pub(crate) use message::crc;

/// Synchrophasor data over TCP.
pub static STREAM: StreamProtocol = StreamProtocol {
    protocol: protocol(),
    ports: &[4_712],
    probe,
    start: Framed::<session::Synchrophasor>::start,
};

/// Synchrophasor data over UDP.
pub static DATAGRAM: DatagramProtocol = DatagramProtocol {
    protocol: protocol(),
    carriers: &[Carrier::Udp],
    ports: &[4_713],
    any_port: true,
    handle: session::handle,
};

fn probe(probe: &Probe<'_>) -> Match {
    if probe.bytes.first() != Some(&message::SYNC) {
        return Match::No;
    }
    if probe.bytes.len() < message::HEADER {
        return Match::NeedMore;
    }
    match message::length(probe.bytes).map(|length| probe.bytes.get(..length)) {
        None => Match::No,
        Some(None) => Match::NeedMore,
        Some(Some(frame)) if message::is_intact(frame) => Match::Yes,
        Some(Some(_)) => Match::No,
    }
}
