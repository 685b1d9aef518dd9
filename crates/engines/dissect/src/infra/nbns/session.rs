//! From a NetBIOS name service packet to notes.

use super::message::NameServicePacket;
use super::{PORT, observe};
use crate::{Notes, Outcome, Packet};

pub(super) fn handle(packet: &Packet<'_>, notes: &mut Notes) -> Outcome {
    if !packet.has_port(PORT) {
        return Outcome::NotMine;
    }
    let Some(message) = NameServicePacket::read(packet.payload) else { return Outcome::NotMine };
    observe::observe(&message, packet, notes);
    Outcome::Parsed
}
