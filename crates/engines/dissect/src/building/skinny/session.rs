//! From Skinny messages to notes. Every message stands for itself.

use super::anomaly::SkinnyAnomaly;
use super::message::{HEADER, MessageId, length, read, register};
use super::{PROTOCOL, observe};
use crate::building::frames::Framing;
use crate::{Notes, Side};

#[derive(Debug, Default)]
pub(super) struct Skinny;

impl Framing for Skinny {
    const HEADER: usize = HEADER;
    const LARGEST: usize = 512;

    fn length(header: &[u8]) -> Option<usize> {
        length(header)
    }

    fn frame(&mut self, frame: &[u8], _: Side, notes: &mut Notes) {
        match read(frame) {
            Ok((MessageId::REGISTER, mut body)) => match register(&mut body) {
                Ok(register) => observe::register(&register, notes),
                Err(_) => notes.anomaly(PROTOCOL.protocol.name, SkinnyAnomaly::Malformed.name()),
            },
            Ok((id, _)) if id.is_from_call_control() => observe::call_control(notes),
            Ok(_) | Err(_) => {}
        }
    }
}
