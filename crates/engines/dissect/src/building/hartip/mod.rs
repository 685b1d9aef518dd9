//! HART-IP (FieldComm Group HCF_SPEC-085, IEC 62591) over UDP and TCP, with the token-passing messages it carries.
//!
//! Read: the identity (command 0), tag (13) and long tag (20) of answers, and that a device obeys writes. Not read:
//! process values, messages that a gateway embeds for devices behind it (command 77).

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::building::frames::{Framed, probe};
use crate::{Carrier, DatagramProtocol, Exposure, Group, Protocol, StreamProtocol};

const fn protocol() -> Protocol {
    Protocol {
        name: "hartip",
        title: "HART-IP",
        group: Group::Building,
        standard: "FieldComm Group HCF_SPEC-085, HCF_SPEC-127",
        exposure: Exposure::Cleartext,
        carries_patient_data: false,
        fields: observe::FIELDS,
        anomalies: anomaly::HartIpAnomaly::NAMES,
    }
}

/// HART-IP over UDP.
pub static DATAGRAM: DatagramProtocol = DatagramProtocol {
    protocol: protocol(),
    carriers: &[Carrier::Udp],
    ports: &[5_094],
    any_port: true,
    handle: session::handle,
};

/// HART-IP over TCP.
pub static STREAM: StreamProtocol = StreamProtocol {
    protocol: protocol(),
    ports: &[5_094],
    probe: |seen| probe::<session::HartIp>(seen.bytes),
    start: Framed::<session::HartIp>::start,
};
