//! From Ether-S-Bus telegrams to notes. Every telegram stands for itself.

use super::anomaly::EthersbusAnomaly;
use super::message::{Telegram, read, version};
use super::{PROTOCOL, observe};
use crate::{Notes, Outcome, Packet};

pub(super) fn handle(packet: &Packet<'_>, notes: &mut Notes) -> Outcome {
    if packet.payload.first() != Some(&0) {
        return Outcome::NotMine;
    }
    match read(packet.payload) {
        Err(_) => return Outcome::NotMine,
        Ok(Telegram::Request) => {}
        Ok(Telegram::Answer(answer)) => {
            observe::answers(notes);
            if let Some(version) = version(answer) {
                observe::version(&version, notes);
            }
        }
        Ok(Telegram::Acknowledge { code }) => {
            observe::answers(notes);
            if code != 0 {
                notes.anomaly(PROTOCOL.protocol.name, EthersbusAnomaly::NotAcknowledged.name());
            }
        }
    }
    Outcome::Parsed
}
