//! From a NetBIOS datagram to notes.

use super::message::Datagram;
use super::{PORT, observe};
use crate::{Notes, Outcome, Packet};

pub(super) fn handle(packet: &Packet<'_>, notes: &mut Notes) -> Outcome {
    if !packet.has_port(PORT) {
        return Outcome::NotMine;
    }
    let Some(datagram) = Datagram::read(packet.payload) else { return Outcome::NotMine };
    observe::observe(&datagram, packet, notes);
    Outcome::Parsed
}
