//! ISO transport over TCP (RFC 1006, RFC 2126; ISO 8073 class 0): the carrier of S7comm and of MMS.
//!
//! Read: the transport selectors of connection request and confirm, and what the first data unit carries: a
//! conversation of S7comm goes on as such, MMS is named. Not read: other classes, what else is carried.

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::building::frames::begins;
use crate::{Exposure, Group, Match, Probe, Protocol, StreamProtocol};

pub(crate) use message::{Kind, length, read};

/// ISO transport over TCP.
pub static PROTOCOL: StreamProtocol = StreamProtocol {
    protocol: Protocol {
        name: "cotp",
        title: "ISO transport over TCP",
        group: Group::Building,
        standard: "RFC 1006, ISO 8073",
        exposure: Exposure::Cleartext,
        carries_patient_data: false,
        fields: observe::FIELDS,
        anomalies: anomaly::CotpAnomaly::NAMES,
    },
    ports: &[102],
    probe,
    start: || Box::new(session::Cotp),
};

/// A connection request or confirm with transport selectors, or data of MMS. Remote desktop connections look alike
/// but have no selectors.
fn probe(probe: &Probe<'_>) -> Match {
    if !begins(probe.bytes, &[3, 0]) {
        return Match::No;
    }
    match length(probe.bytes) {
        None if probe.bytes.len() < message::HEADER => Match::NeedMore,
        None => Match::No,
        Some(length) => match probe.bytes.get(..length).map(read) {
            None => Match::NeedMore,
            Some(Ok(Kind::Connection { selectors })) if selectors.any() => Match::Yes,
            Some(Ok(Kind::Data { first: true, payload, .. })) if message::is_session(payload) => Match::Yes,
            Some(_) => Match::No,
        },
    }
}
