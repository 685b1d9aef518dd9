//! The state of a HiSLIP conversation: whether the identification was asked for.

use super::anomaly::HislipAnomaly;
use super::message::{HEADER, Type, asks_identification, identification, length, read};
use super::{PROTOCOL, observe};
use crate::building::frames::Framing;
use crate::{Notes, Side};

#[derive(Debug, Default)]
pub(super) struct Hislip {
    asked: bool,
}

impl Framing for Hislip {
    const HEADER: usize = HEADER;
    const LARGEST: usize = 1_024;

    fn length(header: &[u8]) -> Option<usize> {
        length(header)
    }

    fn frame(&mut self, frame: &[u8], side: Side, notes: &mut Notes) {
        let Ok((kind, payload)) = read(frame) else { return };
        match (kind, side) {
            (Type::FATAL_ERROR, _) => {
                notes.anomaly(PROTOCOL.protocol.name, HislipAnomaly::FatalError.name());
            }
            (Type::INITIALIZE_RESPONSE, Side::Responder) => observe::opened(notes),
            (Type::DATA_END, Side::Originator) => self.asked = asks_identification(payload),
            (Type::DATA_END, Side::Responder) if self.asked => {
                self.asked = false;
                if let Some(identification) = identification(payload) {
                    observe::identification(&identification, notes);
                }
            }
            _ => {}
        }
    }
}
