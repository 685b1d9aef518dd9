//! IEC 60870-5-104: telecontrol over TCP.
//!
//! Read: which end is the controlled station, and that it carries out commands. Not read: values, addresses of points.

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::building::frames::{Framed, begins};
use crate::{Exposure, Group, Match, Probe, Protocol, StreamProtocol};

/// IEC 60870-5-104.
pub static PROTOCOL: StreamProtocol = StreamProtocol {
    protocol: Protocol {
        name: "iec104",
        title: "Telecontrol (IEC 60870-5-104)",
        group: Group::Building,
        standard: "IEC 60870-5-104, IEC 60870-5-101",
        exposure: Exposure::Cleartext,
        carries_patient_data: false,
        fields: observe::FIELDS,
        anomalies: anomaly::Iec104Anomaly::NAMES,
    },
    ports: &[2_404],
    probe,
    start: Framed::<session::Iec104>::start,
};

/// Control frames are known anywhere; frames with data only on the port.
fn probe(probe: &Probe<'_>) -> Match {
    if !begins(probe.bytes, &[message::START]) {
        return Match::No;
    }
    if probe.bytes.len() < message::CONTROL {
        return Match::NeedMore;
    }
    match message::kind(probe.bytes) {
        Some(kind) if kind.is_telling() || probe.responder_port_is(&[2_404]) => Match::Yes,
        _ => Match::No,
    }
}
