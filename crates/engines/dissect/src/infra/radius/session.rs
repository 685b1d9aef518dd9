//! From a RADIUS packet to notes.

use super::anomaly::RadiusAnomaly;
use super::message::{Kind, Message, Rest};
use super::{PROTOCOL, observe};
use crate::{Notes, Outcome, Packet};

pub(super) fn handle(packet: &Packet<'_>, notes: &mut Notes) -> Outcome {
    let Some(message) = Message::recognize(packet.payload, packet.truncated) else {
        return Outcome::NotMine;
    };
    match message.rest() {
        Rest::Nothing => {}
        Rest::Broken if packet.truncated => {}
        Rest::Broken => note(RadiusAnomaly::AttributeLength, notes),
        Rest::More => note(RadiusAnomaly::TooManyAttributes, notes),
    }
    let proven = message.find(Kind::MESSAGE_AUTHENTICATOR).is_some() || packet.truncated;
    if !proven && message.find(Kind::EAP_MESSAGE).is_some() {
        note(RadiusAnomaly::EapWithoutMessageAuthenticator, notes);
    }
    observe::observe(&message, proven, notes);
    Outcome::Parsed
}

fn note(anomaly: RadiusAnomaly, notes: &mut Notes) {
    notes.anomaly(PROTOCOL.protocol.name, anomaly.name());
}
