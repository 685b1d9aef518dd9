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
        Kind::EAP => eap(eapol.body.rest(), notes),
        Kind::KEY => observe::key(&mut eapol.body, notes),
        _without_facts => {}
    }
    Outcome::Parsed
}

fn eap(body: &[u8], notes: &mut Notes) {
    match Eap::read(&mut Reader::closed(body)) {
        Ok(eap) if !eap.is_whole => note(EapolAnomaly::EapLength, notes),
        Ok(eap) if !eap.code.is_known() => note(EapolAnomaly::UnknownEapCode, notes),
        Ok(eap) => observe::eap(Subject::Sender, eap, notes),
        Err(_) => note(EapolAnomaly::EapLength, notes),
    }
}

/// Notes what an EAP packet, or its beginning, says in another protocol: a response about `peer`, a request about the
/// sender.
pub(crate) fn carried_eap(peer: Subject, bytes: &[u8], notes: &mut Notes) {
    if let Ok(eap) = Eap::read(&mut Reader::closed(bytes)) {
        observe::eap(peer, eap, notes);
    }
}

/// Notes a deviation.
pub(super) fn note(anomaly: EapolAnomaly, notes: &mut Notes) {
    notes.anomaly(PROTOCOL.protocol.name, anomaly.name());
}
