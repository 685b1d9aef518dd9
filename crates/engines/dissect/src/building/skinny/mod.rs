//! Skinny Client Control Protocol between Cisco phones and their call control (Cisco; fields as Wireshark names them).
//!
//! Read: who is client and who is call control, and of the registration the device name, type and firmware load. Not
//! read, and passed over by length: everything about calls, numbers, keys and names.

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::building::frames::{Framed, in_step};
use crate::{Exposure, Group, Match, Probe, Protocol, StreamProtocol};

/// Skinny.
pub static PROTOCOL: StreamProtocol = StreamProtocol {
    protocol: Protocol {
        name: "skinny",
        title: "Skinny Client Control Protocol",
        group: Group::Building,
        standard: "Cisco SCCP versions 0 to 22",
        exposure: Exposure::Cleartext,
        carries_patient_data: false,
        fields: observe::FIELDS,
        anomalies: anomaly::SkinnyAnomaly::NAMES,
    },
    ports: &[2_000],
    probe,
    start: Framed::<session::Skinny>::start,
};

/// The header is small numbers: elsewhere than on its port the bytes must be whole messages, too.
fn probe(probe: &Probe<'_>) -> Match {
    if probe.bytes.len() < message::HEADER {
        return if message::may_begin(probe.bytes) { Match::NeedMore } else { Match::No };
    }
    match message::length(probe.bytes) {
        Some(_) if probe.responder_port_is(&[2_000]) => Match::Yes,
        Some(_) => in_step::<session::Skinny>(probe.bytes),
        None => Match::No,
    }
}
