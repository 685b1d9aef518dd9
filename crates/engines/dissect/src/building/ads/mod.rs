//! Beckhoff ADS over AMS (Beckhoff Information System, TwinCAT ADS/AMS Specification) over TCP, and the discovery of
//! TwinCAT systems over UDP.
//!
//! Read: AMS headers, the device info of ADS servers, host name, TwinCAT version and operating system of discovery
//! answers, and that a server obeys writes. Not read: symbols, variables, routes and their passwords.

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
        name: "ads",
        title: "Beckhoff ADS",
        group: Group::Building,
        standard: "Beckhoff TwinCAT ADS/AMS Specification",
        exposure: Exposure::Cleartext,
        carries_patient_data: false,
        fields: observe::FIELDS,
        anomalies: anomaly::AdsAnomaly::NAMES,
    }
}

/// ADS over TCP.
pub static STREAM: StreamProtocol = StreamProtocol {
    protocol: protocol(),
    ports: &[48_898],
    probe: |seen| probe::<session::Ads>(seen.bytes),
    start: Framed::<session::Ads>::start,
};

/// Discovery of TwinCAT systems.
pub static DATAGRAM: DatagramProtocol = DatagramProtocol {
    protocol: protocol(),
    carriers: &[Carrier::Udp],
    ports: &[48_899],
    any_port: true,
    handle: session::handle,
};
