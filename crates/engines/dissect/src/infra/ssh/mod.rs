//! Secure Shell transport (RFC 4253): identification strings and algorithm negotiation.
//!
//! Read: the identification string of both sides (4.2), SSH 1 included; KEXINIT (7.1) as HASSH and HASSH server
//! (salesforce/hassh, BSD-3-Clause) and for the algorithms that are chosen. Not read: key exchange and everything
//! encrypted. A conversation is known by its identification strings or, when it was first seen behind them, by the
//! packet of KEXINIT; one that was first seen later than that cannot be told apart.

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::{Exposure, Group, Match, Probe, Protocol, StreamProtocol};

/// SSH.
pub static PROTOCOL: StreamProtocol = StreamProtocol {
    protocol: Protocol {
        name: "ssh",
        title: "Secure Shell",
        group: Group::Infrastructure,
        standard: "RFC 4253",
        exposure: Exposure::Negotiated,
        carries_patient_data: false,
        fields: observe::FIELDS,
        anomalies: anomaly::SshAnomaly::NAMES,
    },
    ports: &[22],
    probe,
    start: || Box::new(session::Ssh::default()),
};

/// `SSH-1.` or `SSH-2.`, or a packet with KEXINIT.
fn probe(probe: &Probe<'_>) -> Match {
    if probe.bytes.first() == Some(&message::PACKET_START) {
        return Match::within(message::KEXINIT_START, probe.bytes, message::probe_kexinit);
    }
    let known = probe.bytes.len().min(message::MAGIC.len());
    if probe.bytes.get(..known) != message::MAGIC.get(..known) {
        return Match::No;
    }
    match (probe.bytes.get(known), probe.bytes.get(known + 1)) {
        (Some(b'1' | b'2'), Some(b'.')) => Match::Yes,
        (Some(b'1' | b'2'), None) | (None, _) => Match::NeedMore,
        (Some(_), _) => Match::No,
    }
}
