//! From announcements to notes. Every message stands for itself.

use super::anomaly::UbiquitiAnomaly;
use super::message::{field, read};
use super::{PROTOCOL, observe};
use crate::{Notes, Outcome, Packet};

pub(super) fn handle(packet: &Packet<'_>, notes: &mut Notes) -> Outcome {
    let Ok(mut fields) = read(packet.payload, packet.truncated) else { return Outcome::NotMine };
    while !fields.is_empty() {
        match field(&mut fields) {
            Ok((kind, value)) => observe::field(kind, value, notes),
            Err(_) => {
                notes.anomaly(PROTOCOL.protocol.name, UbiquitiAnomaly::Malformed.name());
                break;
            }
        }
    }
    Outcome::Parsed
}
