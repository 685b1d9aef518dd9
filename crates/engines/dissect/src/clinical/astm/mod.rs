//! Laboratory instruments' messages as ASTM E1381 frames (CLSI LIS1-A) with ASTM E1394 records (CLSI LIS2-A2) over TCP.
//!
//! Read: the sender of the header record, which side sends results, frame checks. Passed over byte by byte and never
//! kept: patients, orders, results, comments. The password of the header is noted, not kept.

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::{Exposure, Group, Match, Probe, Protocol, StreamProtocol};

/// ASTM.
pub static PROTOCOL: StreamProtocol = StreamProtocol {
    protocol: Protocol {
        name: "astm",
        title: "Laboratory instrument interface (ASTM)",
        group: Group::Clinical,
        standard: "CLSI LIS1-A (ASTM E1381), CLSI LIS2-A2 (ASTM E1394)",
        exposure: Exposure::Cleartext,
        carries_patient_data: true,
        fields: observe::FIELDS,
        anomalies: anomaly::AstmAnomaly::NAMES,
    },
    ports: &[],
    probe,
    start: || Box::new(session::Astm::default()),
};

fn probe(probe: &Probe<'_>) -> Match {
    message::probe(probe.bytes)
}
