//! From an LLMNR message to notes.

use super::anomaly::LlmnrAnomaly;
use super::message::{is_conflict, is_llmnr};
use super::{PORT, PROTOCOL, observe};
use crate::infra::dns::message::Message;
use crate::{Notes, Outcome, Packet};

pub(super) fn handle(packet: &Packet<'_>, notes: &mut Notes) -> Outcome {
    if !packet.has_port(PORT) {
        return Outcome::NotMine;
    }
    let Ok(message) = Message::read(packet.payload) else { return Outcome::NotMine };
    let length = if packet.truncated { usize::MAX } else { packet.payload.len() };
    if !is_llmnr(&message, length) {
        return Outcome::NotMine;
    }
    if is_conflict(&message) {
        notes.anomaly(PROTOCOL.protocol.name, LlmnrAnomaly::NameConflict.name());
    }
    if let Some(fault) = observe::observe(&message, notes)
        && !packet.truncated
    {
        notes.anomaly(PROTOCOL.protocol.name, LlmnrAnomaly::from(fault).name());
    }
    Outcome::Parsed
}
