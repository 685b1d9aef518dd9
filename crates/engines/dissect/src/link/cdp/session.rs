//! From a CDP packet to notes.

use wire::Reader;

use super::anomaly::CdpAnomaly;
use super::message::{Header, TLVS, Tlv};
use super::{PROTOCOL, observe};
use crate::{Notes, Outcome, Packet};

pub(super) fn handle(packet: &Packet<'_>, notes: &mut Notes) -> Outcome {
    let mut reader = Reader::closed(packet.payload);
    match Header::read(&mut reader) {
        Ok(Header { version: 1 | 2 }) => {}
        Ok(Header { .. }) => note(CdpAnomaly::UnknownVersion, notes),
        Err(_) => note(CdpAnomaly::Truncated, notes),
    }
    for _tlv in 0..TLVS.max {
        if reader.is_empty() {
            return Outcome::Parsed;
        }
        let Ok(tlv) = Tlv::read(&mut reader) else {
            if !packet.truncated {
                note(CdpAnomaly::TlvLength, notes);
            }
            return Outcome::Parsed;
        };
        if observe::observe(tlv, notes).is_err() {
            note(CdpAnomaly::TlvTooShort, notes);
        }
    }
    if !reader.is_empty() {
        note(CdpAnomaly::TooManyTlvs, notes);
    }
    Outcome::Parsed
}

/// Notes a deviation.
pub(super) fn note(anomaly: CdpAnomaly, notes: &mut Notes) {
    notes.anomaly(PROTOCOL.protocol.name, anomaly.name());
}
