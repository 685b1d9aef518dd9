//! From a multicast DNS message to notes.

use super::anomaly::MdnsAnomaly;
use super::message::{announcer, is_mdns};
use super::{PORT, PROTOCOL, observe};
use crate::infra::dns::message::Message;
use crate::{Notes, Outcome, Packet};

pub(super) fn handle(packet: &Packet<'_>, notes: &mut Notes) -> Outcome {
    if !packet.has_port(PORT) {
        return Outcome::NotMine;
    }
    let Ok(message) = Message::read(packet.payload) else { return Outcome::NotMine };
    let length = if packet.truncated { usize::MAX } else { packet.payload.len() };
    if !is_mdns(&message, length) {
        return Outcome::NotMine;
    }
    let announcer = announcer(&message, packet.src_ip);
    if let Some(fault) = observe::observe(&message, announcer, notes)
        && !packet.truncated
    {
        notes.anomaly(PROTOCOL.protocol.name, MdnsAnomaly::from(fault).name());
    }
    Outcome::Parsed
}
