//! From a discovery message to notes. Every message stands for itself.

use super::anomaly::WsDiscoveryAnomaly;
use super::message::{ELEMENTS, read};
use super::{PROTOCOL, observe};
use crate::{Notes, Outcome, Packet};

pub(super) fn handle(packet: &Packet<'_>, notes: &mut Notes) -> Outcome {
    let Some(elements) = read(packet.payload) else { return Outcome::NotMine };
    let mut announces = false;
    for (count, element) in elements.enumerate() {
        if !ELEMENTS.allows(count) {
            notes.anomaly(PROTOCOL.protocol.name, WsDiscoveryAnomaly::TooManyElements.name());
            break;
        }
        match element.name {
            b"Hello" | b"ProbeMatch" | b"ResolveMatch" => announces = true,
            _ if announces => observe::element(&element, notes),
            _ => {}
        }
    }
    Outcome::Parsed
}
