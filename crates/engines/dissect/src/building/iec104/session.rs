//! From IEC 60870-5-104 frames to notes. Every frame stands for itself.

use super::anomaly::Iec104Anomaly;
use super::message::{Kind, asdu, kind, length};
use super::{PROTOCOL, observe};
use crate::building::frames::Framing;
use crate::{Notes, Side};

#[derive(Debug, Default)]
pub(super) struct Iec104;

impl Framing for Iec104 {
    const HEADER: usize = 2;
    const LARGEST: usize = 255;

    fn length(header: &[u8]) -> Option<usize> {
        length(header)
    }

    fn frame(&mut self, frame: &[u8], _: Side, notes: &mut Notes) {
        match kind(frame) {
            Some(confirms) if Kind::CONFIRMS.contains(&confirms) => observe::controlled(notes),
            Some(Kind::Information) => match asdu(frame) {
                Ok(asdu) if asdu.is_monitoring() => observe::controlled(notes),
                Ok(asdu) if asdu.is_obeyed() => observe::obeyed(notes),
                Ok(_) => {}
                Err(_) => malformed(notes),
            },
            Some(_) => {}
            None => malformed(notes),
        }
    }
}

fn malformed(notes: &mut Notes) {
    notes.anomaly(PROTOCOL.protocol.name, Iec104Anomaly::Malformed.name());
}
