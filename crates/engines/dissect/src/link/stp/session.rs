//! From a BPDU to notes.

use wire::Reader;

use super::anomaly::StpAnomaly;
use super::message::{Body, Bpdu};
use super::{PROTOCOL, observe};
use crate::{Notes, Outcome, Packet};

pub(super) fn handle(packet: &Packet<'_>, notes: &mut Notes) -> Outcome {
    if !Bpdu::is_bpdu(packet.payload) {
        return Outcome::NotMine;
    }
    let mut note = |anomaly: StpAnomaly| notes.anomaly(PROTOCOL.protocol.name, anomaly.name());
    match Bpdu::read(&mut Reader::closed(packet.payload)) {
        Ok(Bpdu { body: Body::Unknown, .. }) => note(StpAnomaly::UnknownType),
        Ok(bpdu) => observe::observe(bpdu, notes),
        Err(_) if packet.truncated => {}
        Err(_) => note(StpAnomaly::Truncated),
    }
    Outcome::Parsed
}
