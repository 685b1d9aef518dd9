//! HTTP/1.0 and 1.1 (RFC 9110, RFC 9112), and what rides on it in a hospital: UPnP descriptions, DPWS and ONVIF device
//! metadata, IPP, DICOMweb, FHIR.
//!
//! Read: header fields that name software, host, authentication scheme and realm; names in tokens of NTLM; well-known
//! management paths; the title of entry pages; device descriptions in XML; IPP printer attributes. Recognized:
//! credentials in the clear, DICOMweb and FHIR in the clear, HTTP/2 with prior knowledge, WebSocket. Never kept:
//! cookies, credentials, query strings, other paths (they can name a patient). Bodies are passed over by length.

mod anomaly;
mod body;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;
mod xml;

use crate::{Exposure, Group, Match, Probe, Protocol, StreamProtocol};

/// HTTP.
pub static PROTOCOL: StreamProtocol = StreamProtocol {
    protocol: Protocol {
        name: "http",
        title: "Hypertext Transfer Protocol",
        group: Group::Infrastructure,
        standard: "RFC 9110, RFC 9112",
        exposure: Exposure::Cleartext,
        carries_patient_data: false,
        fields: &observe::FIELDS,
        anomalies: anomaly::HttpAnomaly::NAMES,
    },
    ports: &[80, 631, 2869, 3128, 5357, 5985, 8000, 8008, 8080, 8081, 8888, 9000],
    probe,
    start: || Box::new(session::Http::default()),
};

fn probe(probe: &Probe<'_>) -> Match {
    match probe.bytes.first() {
        Some(b'H') => match message::probe_status_line(probe.bytes) {
            Match::No => message::probe_request_line(probe.bytes),
            found => found,
        },
        Some(b'A'..=b'Z') => message::probe_request_line(probe.bytes),
        _ => Match::No,
    }
}
