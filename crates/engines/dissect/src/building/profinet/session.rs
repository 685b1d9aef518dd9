//! From a PROFINET frame to notes. Every frame stands for itself.

use super::anomaly::ProfinetAnomaly;
use super::message::{Frame, block, read};
use super::{PROTOCOL, observe};
use crate::{Notes, Outcome, Packet};

pub(super) fn handle(packet: &Packet<'_>, notes: &mut Notes) -> Outcome {
    match read(packet.payload) {
        Err(_) => return Outcome::NotMine,
        Ok(Frame::Cyclic) => observe::cyclic(notes),
        Ok(Frame::Other) => {}
        Ok(Frame::Identification(mut blocks)) => {
            while !blocks.is_empty() {
                let said = block(&mut blocks).and_then(|block| observe::block(block, packet.src_mac, notes));
                if said.is_err() {
                    notes.anomaly(PROTOCOL.protocol.name, ProfinetAnomaly::Malformed.name());
                    break;
                }
            }
        }
    }
    Outcome::Parsed
}
