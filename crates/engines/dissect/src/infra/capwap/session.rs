//! From a CAPWAP datagram to notes.

use super::anomaly::CapwapAnomaly;
use super::message::{Control, ELEMENTS, Element, Message};
use super::{PROTOCOL, observe};
use crate::{Notes, Outcome, Packet};

pub(super) fn handle(packet: &Packet<'_>, notes: &mut Notes) -> Outcome {
    match Message::recognize(packet.payload, packet.truncated) {
        Some(Message::Control(control)) => elements(&control, packet.truncated, notes),
        Some(Message::Dtls) => notes.encrypted(),
        None => return Outcome::NotMine,
    }
    Outcome::Parsed
}

fn elements(control: &Control<'_>, truncated: bool, notes: &mut Notes) {
    let mut reader = control.elements;
    for _element in 0..ELEMENTS.max {
        if reader.is_empty() {
            return;
        }
        let Ok(element) = Element::read(&mut reader) else {
            if !truncated && !control.is_fragment {
                note(CapwapAnomaly::ElementOverrun, notes);
            }
            return;
        };
        if observe::observe(control.kind, element, notes).is_err() {
            note(CapwapAnomaly::ElementTooShort, notes);
        }
    }
    if !reader.is_empty() {
        note(CapwapAnomaly::TooManyElements, notes);
    }
}

fn note(anomaly: CapwapAnomaly, notes: &mut Notes) {
    notes.anomaly(PROTOCOL.protocol.name, anomaly.name());
}
