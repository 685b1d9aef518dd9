//! Remote framebuffer, known as VNC (RFC 6143): version, security types, desktop name.
//!
//! Read: the version handshake (7.1.1), the security types (7.1.2), the security result, the desktop name of
//! ServerInit (7.3.2). Not read: authentication responses (passed over by length) and everything after the handshake.

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::{Exposure, Group, Match, Probe, Protocol, StreamProtocol};

/// VNC.
pub static PROTOCOL: StreamProtocol = StreamProtocol {
    protocol: Protocol {
        name: "vnc",
        title: "Remote framebuffer (VNC)",
        group: Group::Infrastructure,
        standard: "RFC 6143",
        exposure: Exposure::Cleartext,
        carries_patient_data: false,
        fields: observe::FIELDS,
        anomalies: anomaly::VncAnomaly::NAMES,
    },
    ports: &[5900],
    probe,
    start: || Box::new(session::Vnc::default()),
};

fn probe(probe: &Probe<'_>) -> Match {
    let known = probe.bytes.len().min(message::MAGIC.len());
    match (probe.bytes.get(..known) == message::MAGIC.get(..known), known == message::MAGIC.len()) {
        (false, _) => Match::No,
        (true, false) => Match::NeedMore,
        (true, true) => Match::Yes,
    }
}
