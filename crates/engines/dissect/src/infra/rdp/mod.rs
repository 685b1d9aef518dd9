//! Remote Desktop Protocol, its connection sequence (MS-RDPBCGR 1.3.1.1; TPKT, X.224, T.125 and T.124 around it).
//!
//! Read: connection request and confirm (which security is asked for and chosen; that the request names a user,
//! 2.2.1.1, 2.2.1.2); of connect-initial and connect-response, where they are not encrypted, the core data (name,
//! build, product identifier and keyboard of the client; version of both, 2.2.1.3.2, 2.2.1.4.2) and the server's
//! encryption method (2.2.1.4.3). Where TLS or CredSSP is chosen, TLS goes on. Never kept: the user's name. Not read:
//! everything after it, RDP over UDP.

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::{Exposure, Group, Match, Probe, Protocol, StreamProtocol};

/// Remote desktop.
pub static PROTOCOL: StreamProtocol = StreamProtocol {
    protocol: Protocol {
        name: "rdp",
        title: "Remote Desktop Protocol",
        group: Group::Infrastructure,
        standard: "MS-RDPBCGR, ITU-T T.124, T.125, RFC 1006",
        exposure: Exposure::Negotiated,
        carries_patient_data: false,
        fields: observe::FIELDS,
        anomalies: anomaly::RdpAnomaly::NAMES,
    },
    ports: &[3389],
    probe,
    start: || Box::new(session::Rdp::default()),
};

/// A connection request or confirm with what only RDP puts there, or data that names its conference. A bare one counts
/// on the well-known port only: other protocols over ISO transport look the same.
fn probe(probe: &Probe<'_>) -> Match {
    if !probe.bytes.iter().zip(&[3, 0]).all(|(seen, wanted)| seen == wanted) {
        return Match::No;
    }
    let Ok(length) = message::length(probe.bytes) else { return Match::NeedMore };
    let Some(length) = length else { return Match::No };
    match (message::is_candidate(probe.bytes), probe.bytes.get(..length)) {
        (false, _) => Match::No,
        (true, None) => Match::NeedMore,
        (true, Some(frame)) if message::is_mine(frame, probe.responder_port_is(PROTOCOL.ports)) => Match::Yes,
        (true, Some(_)) => Match::No,
    }
}
