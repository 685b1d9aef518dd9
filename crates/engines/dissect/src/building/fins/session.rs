//! From FINS messages to notes. Every message stands for itself.

use super::anomaly::FinsAnomaly;
use super::message::{Command, Message, TCP_HEADER, controller, read, tcp_length, tcp_message};
use super::{DATAGRAM, observe};
use crate::building::frames::Framing;
use crate::{Notes, Outcome, Packet, Side};

/// FINS over TCP.
#[derive(Debug, Default)]
pub(super) struct Fins;

impl Framing for Fins {
    const HEADER: usize = TCP_HEADER;
    const LARGEST: usize = 8_200;

    fn length(header: &[u8]) -> Option<usize> {
        tcp_length(header)
    }

    fn frame(&mut self, frame: &[u8], _: Side, notes: &mut Notes) {
        match tcp_message(frame) {
            Ok(Some(message)) => match read(message) {
                Ok(message) => said(message, notes),
                Err(_) => malformed(notes),
            },
            Ok(None) => {}
            Err(_) => malformed(notes),
        }
    }
}

pub(super) fn handle(packet: &Packet<'_>, notes: &mut Notes) -> Outcome {
    let Ok(message) = read(packet.payload) else { return Outcome::NotMine };
    said(message, notes);
    Outcome::Parsed
}

fn said(mut message: Message<'_>, notes: &mut Notes) {
    if message.end_code != Some(0) {
        return;
    }
    if message.command == Command::CONTROLLER_DATA_READ {
        match controller(&mut message.body) {
            Ok(controller) => observe::controller(&controller, notes),
            Err(_) => malformed(notes),
        }
    } else if message.command.is_control() {
        observe::obeyed(notes);
    }
}

fn malformed(notes: &mut Notes) {
    notes.anomaly(DATAGRAM.protocol.name, FinsAnomaly::Malformed.name());
}
