//! Ether-S-Bus, the protocol of Saia-Burgess PCD controllers over UDP (Saia PCD manual 26/739; framing as Wireshark's
//! dissector names it).
//!
//! Read: who answers, and the type and firmware that a controller gives; every telegram is checked by its CRC. Not read:
//! registers, flags, programs.

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::{Carrier, DatagramProtocol, Exposure, Group, Protocol};

/// Ether-S-Bus.
pub static PROTOCOL: DatagramProtocol = DatagramProtocol {
    protocol: Protocol {
        name: "ethersbus",
        title: "Saia-Burgess Ether-S-Bus",
        group: Group::Building,
        standard: "Saia-Burgess Controls, SBC S-Bus manual 26/739",
        exposure: Exposure::Cleartext,
        carries_patient_data: false,
        fields: observe::FIELDS,
        anomalies: anomaly::EthersbusAnomaly::NAMES,
    },
    carriers: &[Carrier::Udp],
    ports: &[5_050],
    any_port: true,
    handle: session::handle,
};
