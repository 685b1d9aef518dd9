//! EtherNet/IP (ODVA, The CIP Networks Library, Volume 2) over TCP and UDP, with the identity object of CIP (Volume 1,
//! 5-2).
//!
//! Read: ListIdentity answers, the identity object when a client reads all of it, and that a station obeys CIP services
//! that write or control. Not read: tags, connections, cyclic data; what a request routes on to other modules.

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::building::frames::Framed;
use crate::{Carrier, DatagramProtocol, Exposure, Group, Match, Probe, Protocol, StreamProtocol};

/// Well-known port.
const PORT: u16 = 44_818;

const fn protocol() -> Protocol {
    Protocol {
        name: "enip",
        title: "EtherNet/IP",
        group: Group::Building,
        standard: "ODVA CIP Networks Library, Volumes 1 and 2",
        exposure: Exposure::Cleartext,
        carries_patient_data: false,
        fields: observe::FIELDS,
        anomalies: anomaly::EnipAnomaly::NAMES,
    }
}

/// EtherNet/IP over TCP.
pub static STREAM: StreamProtocol =
    StreamProtocol { protocol: protocol(), ports: &[PORT], probe, start: Framed::<session::Enip>::start };

/// EtherNet/IP over UDP.
pub static DATAGRAM: DatagramProtocol = DatagramProtocol {
    protocol: protocol(),
    carriers: &[Carrier::Udp],
    ports: &[PORT],
    any_port: true,
    handle: session::handle,
};

/// Elsewhere than on its port a whole frame must be telling.
fn probe(probe: &Probe<'_>) -> Match {
    if probe.bytes.len() < message::HEADER {
        return Match::NeedMore;
    }
    match message::length(probe.bytes) {
        None => Match::No,
        Some(_) if probe.responder_port_is(&[PORT]) => Match::Yes,
        Some(length) => match probe.bytes.get(..length) {
            None => Match::NeedMore,
            Some(frame) if message::is_telling(frame) => Match::Yes,
            Some(_) => Match::No,
        },
    }
}
