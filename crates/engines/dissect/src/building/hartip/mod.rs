//! HART-IP (FieldComm Group HCF_SPEC-085, IEC 62591) over UDP and TCP, with the token-passing messages it carries.
//!
//! Read: the identity (command 0), tag (13) and long tag (20) of answers, and that a device obeys writes. Not read:
//! process values, messages that a gateway embeds for devices behind it (command 77).

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::building::frames::Framed;
use crate::{Carrier, DatagramProtocol, Exposure, Group, Match, Probe, Protocol, StreamProtocol};

/// Well-known port.
const PORT: u16 = 5_094;

const fn protocol() -> Protocol {
    Protocol {
        name: "hartip",
        title: "HART-IP",
        group: Group::Building,
        standard: "FieldComm Group HCF_SPEC-085, HCF_SPEC-127",
        exposure: Exposure::Cleartext,
        carries_patient_data: false,
        fields: observe::FIELDS,
        anomalies: anomaly::HartIpAnomaly::NAMES,
    }
}

/// HART-IP over UDP.
pub static DATAGRAM: DatagramProtocol = DatagramProtocol {
    protocol: protocol(),
    carriers: &[Carrier::Udp],
    ports: &[PORT],
    any_port: true,
    handle: session::handle,
};

/// HART-IP over TCP.
pub static STREAM: StreamProtocol =
    StreamProtocol { protocol: protocol(), ports: &[PORT], probe, start: Framed::<session::HartIp>::start };

/// The header is small numbers: elsewhere than on its port a whole frame must be telling.
fn probe(probe: &Probe<'_>) -> Match {
    if probe.bytes.len() < message::HEADER {
        return if matches!(probe.bytes.first(), Some(1 | 2)) { Match::NeedMore } else { Match::No };
    }
    match message::length(probe.bytes) {
        None => Match::No,
        Some(_) if probe.responder_port_is(&[PORT]) => Match::Yes,
        Some(length) => match probe.bytes.get(..length) {
            None => Match::NeedMore,
            Some(frame) if message::is_telling(frame) => Match::Yes,
            Some(_) => Match::No,
        },
    }
}
