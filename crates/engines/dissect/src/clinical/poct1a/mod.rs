//! POCT1-A (CLSI POCT1-A2), the interface of point-of-care analysers: XML messages over TCP, one after another.
//!
//! Read: the kind of each message, which tells device and data manager apart, and the device's description in its hello
//! (HEL.R01). Passed over tag by tag and never kept: observations, patients, operators, and everything else.

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::{Exposure, Group, Match, Probe, Protocol, StreamProtocol};

/// POCT1-A.
pub static PROTOCOL: StreamProtocol = StreamProtocol {
    protocol: Protocol {
        name: "poct1a",
        title: "Point-of-care connectivity (POCT1-A)",
        group: Group::Clinical,
        standard: "CLSI POCT1-A2",
        exposure: Exposure::Cleartext,
        carries_patient_data: true,
        fields: observe::FIELDS,
        anomalies: anomaly::Poct1aAnomaly::NAMES,
    },
    ports: &[3_001],
    probe,
    start: || Box::new(session::Poct1a::default()),
};

fn probe(probe: &Probe<'_>) -> Match {
    message::probe(probe.bytes)
}
