//! S7comm and S7comm-plus, the protocols of Siemens SIMATIC controllers over the ISO transport. Siemens publishes the
//! system status lists (SIMATIC System Software for S7-300/400, System and Standard Functions, chapter 34); the
//! protocol itself is known from the field names of Wireshark's dissector.
//!
//! Read: module identification (list 11) and component identification (list 1C) of a controller's answers, the order
//! number in S7comm-plus, and that a controller obeys writes, stops and downloads. Not read: variables, blocks,
//! diagnostics; S7comm-plus beyond its order number.

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::building::cotp::{Kind, length, read};
use crate::building::frames::{Framed, begins};
use crate::{Exposure, Group, Match, Probe, Protocol, StreamProtocol};

/// S7comm.
pub static PROTOCOL: StreamProtocol = StreamProtocol {
    protocol: Protocol {
        name: "s7comm",
        title: "Siemens S7 communication",
        group: Group::Building,
        standard: "SIMATIC S7-300/400 System and Standard Functions; RFC 1006",
        exposure: Exposure::Cleartext,
        carries_patient_data: false,
        fields: observe::FIELDS,
        anomalies: anomaly::S7commAnomaly::NAMES,
    },
    ports: &[102],
    probe,
    start: Framed::<session::S7comm>::start,
};

/// Whether transport data is S7comm.
pub(crate) fn is_mine(payload: &[u8]) -> bool {
    matches!(payload, [0x32, 1 | 2 | 3 | 7, 0, 0, ..] | [0x72, 1 | 2 | 3 | 0xfe, ..])
}

fn probe(probe: &Probe<'_>) -> Match {
    if !begins(probe.bytes, &[3, 0]) {
        return Match::No;
    }
    match length(probe.bytes) {
        None if probe.bytes.len() < 4 => Match::NeedMore,
        None => Match::No,
        Some(length) => match probe.bytes.get(..length).map(read) {
            None => Match::NeedMore,
            Some(Ok(Kind::Data { payload, .. })) if is_mine(payload) => Match::Yes,
            Some(_) => Match::No,
        },
    }
}
