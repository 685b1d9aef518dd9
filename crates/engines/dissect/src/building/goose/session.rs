//! From a GOOSE frame to notes. Every frame stands for itself.

use super::anomaly::GooseAnomaly;
use super::message::{publication, read};
use super::{PROTOCOL, observe};
use crate::{Notes, Outcome, Packet};

pub(super) fn handle(packet: &Packet<'_>, notes: &mut Notes) -> Outcome {
    let Ok(mut values) = read(packet.payload) else { return Outcome::NotMine };
    match publication(&mut values) {
        Ok(publication) => observe::publication(&publication, notes),
        Err(_) => notes.anomaly(PROTOCOL.protocol.name, GooseAnomaly::Malformed.name()),
    }
    Outcome::Parsed
}
