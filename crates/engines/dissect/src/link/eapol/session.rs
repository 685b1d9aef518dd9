//! From an EAPOL frame to notes.

use model::Subject;
use wire::Reader;

use super::anomaly::EapolAnomaly;
use super::message::{Eap, Eapol, Kind};
use super::{PROTOCOL, observe};
use crate::{Notes, Outcome, Packet};

pub(super) fn handle(packet: &Packet<'_>, notes: &mut Notes) -> Outcome {
    let Ok(mut eapol) = Eapol::read(&mut Reader::closed(packet.payload)) else {
        if !packet.truncated {
            note(EapolAnomaly::Truncated, notes);
        }
        return Outcome::Parsed;
    };
    match eapol.kind {
        Kind::EAP => eap(Subject::Sender, eapol.body.rest(), notes),
        Kind::KEY => observe::key(&mut eapol.body, notes),
        _without_facts => {}
    }
    Outcome::Parsed
}

/// Notes what an EAP packet, whole or its first fragment, says about `peer` (responses) or the sender (requests).
pub(crate) fn eap(peer: Subject, bytes: &[u8], notes: &mut Notes) {
    match Eap::read(&mut Reader::closed(bytes)) {
        Ok(eap) if eap.code.is_known() => observe::eap(peer, eap, notes),
        Ok(_) => note(EapolAnomaly::UnknownEapCode, notes),
        Err(_) => note(EapolAnomaly::EapLength, notes),
    }
}

/// Notes a deviation.
pub(super) fn note(anomaly: EapolAnomaly, notes: &mut Notes) {
    notes.anomaly(PROTOCOL.protocol.name, anomaly.name());
}
