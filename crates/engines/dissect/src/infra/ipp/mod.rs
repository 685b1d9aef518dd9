//! Internet Printing Protocol (RFC 8010, RFC 8011): what a printer says of itself.
//!
//! Read: the printer attributes of a response that name make, model, version and place. Not read: requests, jobs
//! (their names and owners are a patient's or a person's) and documents. IPP is the body of an HTTP message, so its
//! probe matches nothing by itself: HTTP recognizes the content type and hands the body to [`read`].

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

pub(super) use session::{BODY, read};

use crate::{Exposure, Group, Match, Protocol, StreamProtocol};

/// IPP.
pub static PROTOCOL: StreamProtocol = StreamProtocol {
    protocol: Protocol {
        name: "ipp",
        title: "Internet Printing Protocol",
        group: Group::Infrastructure,
        standard: "RFC 8010, RFC 8011, PWG 5100.13",
        exposure: Exposure::Cleartext,
        carries_patient_data: false,
        fields: observe::FIELDS,
        anomalies: anomaly::IppAnomaly::NAMES,
    },
    ports: &[],
    probe: |_| Match::No,
    start: || Box::new(session::Ipp::default()),
};
