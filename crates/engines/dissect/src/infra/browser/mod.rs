//! NetBIOS datagrams and the computer browser (RFC 1002, 4.4; MS-BRWS): Windows and Samba hosts tell their name,
//! system version, roles and description every few minutes.
//!
//! Read: the source name of each datagram; host, local master and domain announcements; election requests. Not read:
//! later fragments, backup lists, other mailslots.

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::{Carrier, DatagramProtocol, Exposure, Group, Protocol};

/// Computer browser over NetBIOS datagrams.
pub static PROTOCOL: DatagramProtocol = DatagramProtocol {
    protocol: Protocol {
        name: "browser",
        title: "NetBIOS datagram service and computer browser",
        group: Group::Infrastructure,
        standard: "RFC 1002, MS-BRWS, MS-MAIL",
        exposure: Exposure::Cleartext,
        carries_patient_data: false,
        fields: observe::FIELDS,
        anomalies: anomaly::BrowserAnomaly::NAMES,
    },
    carriers: &[Carrier::Udp],
    ports: &[PORT],
    any_port: false,
    handle: session::handle,
};

const PORT: u16 = 138;
