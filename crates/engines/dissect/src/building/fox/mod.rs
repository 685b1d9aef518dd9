//! Fox, the protocol of Niagara stations and Workbench (Tridium, Niagara Networking and IT Guide).
//!
//! Read: the hello with which both ends say who they are. Not read: everything after it, with user names and digests.

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::building::frames::begins;
use crate::{Exposure, Group, Match, Probe, Protocol, StreamProtocol};

/// Fox.
pub static PROTOCOL: StreamProtocol = StreamProtocol {
    protocol: Protocol {
        name: "fox",
        title: "Niagara Fox",
        group: Group::Building,
        standard: "Tridium Niagara Networking and IT Guide",
        exposure: Exposure::Cleartext,
        carries_patient_data: false,
        fields: observe::FIELDS,
        anomalies: anomaly::FoxAnomaly::NAMES,
    },
    ports: &[1_911],
    probe,
    start: || Box::new(session::Fox),
};

fn probe(probe: &Probe<'_>) -> Match {
    match (begins(probe.bytes, message::MAGIC), probe.bytes.len() >= message::MAGIC.len()) {
        (false, _) => Match::No,
        (true, false) => Match::NeedMore,
        (true, true) => Match::Yes,
    }
}
