//! Session Initiation Protocol (RFC 3261) over UDP and TCP.
//!
//! Read: the software of both sides (Server, User-Agent), the methods that are asked for, who answers registrations,
//! scheme and realm of a challenge, the scheme of an authorization. Never kept: who calls and is called (request URI,
//! From, To, Contact), credentials, bodies. RTP streams that are agreed on are not followed.

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::infra::heads::Messages;
use crate::{Carrier, DatagramProtocol, Exposure, Group, Protocol, StreamProtocol};

/// SIP over UDP.
pub static PROTOCOL: DatagramProtocol = DatagramProtocol {
    protocol: SIP,
    carriers: &[Carrier::Udp],
    ports: &[PORT],
    any_port: true,
    handle: session::handle,
};

/// SIP over TCP.
pub static TCP: StreamProtocol = StreamProtocol {
    protocol: SIP,
    ports: &[PORT],
    probe: |probe| message::starts(probe.bytes),
    start: || Box::<Messages<session::Sip>>::default(),
};

const PORT: u16 = 5060;

const SIP: Protocol = Protocol {
    name: "sip",
    title: "Session Initiation Protocol",
    group: Group::Infrastructure,
    standard: "RFC 3261",
    exposure: Exposure::Cleartext,
    carries_patient_data: false,
    fields: observe::FIELDS,
    anomalies: anomaly::SipAnomaly::NAMES,
};
