//! Real-Time Streaming Protocol (RFC 2326, RFC 7826): cameras and video servers.
//!
//! Read: the software of both sides (Server, User-Agent), the methods that are offered (Public), scheme and realm of a
//! challenge, the scheme of an authorization. Recognized: pictures that are given to anybody, credentials in the
//! clear. Interleaved media and bodies are passed over by length. Never kept: URLs and credentials.

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::infra::heads::Messages;
use crate::{Exposure, Group, Protocol, StreamProtocol};

/// RTSP.
pub static PROTOCOL: StreamProtocol = StreamProtocol {
    protocol: Protocol {
        name: "rtsp",
        title: "Real-Time Streaming Protocol",
        group: Group::Infrastructure,
        standard: "RFC 2326, RFC 7826",
        exposure: Exposure::Cleartext,
        carries_patient_data: false,
        fields: observe::FIELDS,
        anomalies: anomaly::RtspAnomaly::NAMES,
    },
    ports: &[554, 8554],
    probe: |probe| message::starts(probe.bytes),
    start: || Box::<Messages<session::Rtsp>>::default(),
};
