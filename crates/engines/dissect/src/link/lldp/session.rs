//! From an LLDP frame to notes.

use wire::Reader;

use super::anomaly::LldpAnomaly;
use super::message::{Kind, TLVS, Tlv};
use super::{PROTOCOL, observe};
use crate::{Notes, Outcome, Packet};

/// The order in which every data unit begins (8.2).
const MANDATORY: [Kind; 3] = [Kind::CHASSIS_ID, Kind::PORT_ID, Kind::TIME_TO_LIVE];

pub(super) fn handle(packet: &Packet<'_>, notes: &mut Notes) -> Outcome {
    let mut reader = Reader::closed(packet.payload);
    let mut ended = false;
    for position in 0..TLVS.max {
        if reader.is_empty() {
            break;
        }
        let Ok(tlv) = Tlv::read(&mut reader) else {
            note_unless(packet.truncated, LldpAnomaly::TlvOverrun, notes);
            return Outcome::Parsed;
        };
        if MANDATORY.get(position).is_some_and(|kind| *kind != tlv.kind) {
            note_unless(false, LldpAnomaly::MandatoryMissing, notes);
        }
        ended = tlv.kind == Kind::END;
        if ended {
            break;
        }
        if observe::observe(tlv, notes).is_err() {
            note_unless(false, LldpAnomaly::TlvTooShort, notes);
        }
    }
    if !ended {
        let anomaly = if reader.is_empty() { LldpAnomaly::MissingEnd } else { LldpAnomaly::TooManyTlvs };
        note_unless(packet.truncated, anomaly, notes);
    }
    Outcome::Parsed
}

fn note_unless(excused: bool, anomaly: LldpAnomaly, notes: &mut Notes) {
    if !excused {
        notes.anomaly(PROTOCOL.protocol.name, anomaly.name());
    }
}
