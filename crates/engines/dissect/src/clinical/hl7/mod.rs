//! HL7 version 2 over MLLP (HL7 v2.9 chapters 2, 7, 17; Transport: MLLP release 1).
//!
//! Read: of MSH the applications and facilities, message type, version and character set (MSH-3 to 6, 9, 12, 18); SFT;
//! of PRT and OBX the identifiers of devices (PRT-10, 16 to 22; OBX-18; the model of IEEE 11073 device attributes);
//! acknowledgement codes. Not read: every other segment and field, so everything about the patient; their content is
//! passed over to the end of the segment.
//!
//! What is said about equipment belongs to the station of its EUI-48 where it has one, else to the sender. A sender that
//! names different devices in different messages has the role of a gateway.

mod anomaly;
mod equipment;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::{Exposure, Group, Match, Probe, Protocol, StreamProtocol};
use message::Delimiters;

/// HL7 version 2.
pub static PROTOCOL: StreamProtocol = StreamProtocol {
    protocol: Protocol {
        name: "hl7",
        title: "HL7 version 2 over MLLP",
        group: Group::Clinical,
        standard: "HL7 v2.9, MLLP release 1",
        exposure: Exposure::Cleartext,
        carries_patient_data: true,
        fields: observe::FIELDS,
        anomalies: anomaly::Hl7Anomaly::NAMES,
    },
    ports: &[2575, 6661, 2576, 3600, 24000],
    probe,
    start: || Box::new(session::Hl7::default()),
};

/// A block starts with a vertical tab; some senders leave it out. Then come a header segment and its delimiters.
fn probe(probe: &Probe<'_>) -> Match {
    let text = probe.bytes.strip_prefix(&[message::START_OF_BLOCK]).unwrap_or(probe.bytes);
    let known = text.get(..text.len().min(3)).unwrap_or_default();
    if !message::HEADERS.iter().any(|header| header.starts_with(known)) {
        return Match::No;
    }
    match text.get(3..9) {
        None => Match::NeedMore,
        Some(delimiters) if Delimiters::read(delimiters).is_some() => Match::Yes,
        Some(_) => Match::No,
    }
}
