//! Raw printing to TCP port 9100 (HP JetDirect) and the Printer Job Language on it (HP PJL Technical Reference).
//!
//! Read: what a printer answers to `INFO ID` and `INFO PRODINFO`, the page languages that jobs use. Recognized: access
//! to the printer's files without authentication, unsolicited status. Never kept: names and owners of jobs, comments;
//! a job's contents are not looked at.

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::infra::dialogue::Lines;
use crate::{Exposure, Group, Protocol, StreamProtocol};

/// JetDirect.
pub static PROTOCOL: StreamProtocol = StreamProtocol {
    protocol: Protocol {
        name: "jetdirect",
        title: "Raw printing (JetDirect) with PJL",
        group: Group::Infrastructure,
        standard: "HP Printer Job Language Technical Reference Manual",
        exposure: Exposure::Cleartext,
        carries_patient_data: false,
        fields: observe::FIELDS,
        anomalies: anomaly::JetDirectAnomaly::NAMES,
    },
    ports: &[9100],
    probe: message::probe,
    start: || Box::<Lines<session::JetDirect>>::default(),
};
