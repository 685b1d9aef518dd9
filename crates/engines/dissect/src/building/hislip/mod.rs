//! HiSLIP (IVI-6.1), the protocol of test and measurement instruments over TCP.
//!
//! Read: the answer of an instrument to `*IDN?` (IEEE 488.2, 10.14), and that it opens sessions. Not read: every other
//! command and its data.

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::building::frames::{Framed, begins, probe};
use crate::{Exposure, Group, Match, Protocol, StreamProtocol};

/// HiSLIP.
pub static PROTOCOL: StreamProtocol = StreamProtocol {
    protocol: Protocol {
        name: "hislip",
        title: "High-Speed LAN Instrument Protocol",
        group: Group::Building,
        standard: "IVI-6.1, IEEE 488.2",
        exposure: Exposure::Cleartext,
        carries_patient_data: false,
        fields: observe::FIELDS,
        anomalies: anomaly::HislipAnomaly::NAMES,
    },
    ports: &[4_880],
    probe: |seen| if begins(seen.bytes, b"HS") { probe::<session::Hislip>(seen.bytes) } else { Match::No },
    start: Framed::<session::Hislip>::start,
};
