//! From HART-IP messages to notes. Every message stands for itself.

use super::anomaly::HartIpAnomaly;
use super::message::{Command, HEADER, answer, identity, is_response, is_telling, length, packed_tag};
use super::{DATAGRAM, PORT, observe};
use crate::building::frames::Framing;
use crate::{Notes, Outcome, Packet, Side};

/// HART-IP over TCP.
#[derive(Debug, Default)]
pub(super) struct HartIp;

impl Framing for HartIp {
    const HEADER: usize = HEADER;
    const LARGEST: usize = 1_024;

    fn length(header: &[u8]) -> Option<usize> {
        length(header)
    }

    fn frame(&mut self, frame: &[u8], _: Side, notes: &mut Notes) {
        said(frame, notes);
    }
}

pub(super) fn handle(packet: &Packet<'_>, notes: &mut Notes) -> Outcome {
    let Some(expected) = length(packet.payload) else { return Outcome::NotMine };
    if expected != packet.payload.len() && !(packet.truncated && expected > packet.payload.len()) {
        return Outcome::NotMine;
    }
    if !packet.has_port(PORT) && !is_telling(packet.payload) {
        return Outcome::NotMine;
    }
    said(packet.payload, notes);
    Outcome::Parsed
}

fn said(frame: &[u8], notes: &mut Notes) {
    if read(frame, notes).is_err() {
        notes.anomaly(DATAGRAM.protocol.name, HartIpAnomaly::Malformed.name());
    }
}

fn read(frame: &[u8], notes: &mut Notes) -> wire::Result<()> {
    if is_response(frame) {
        observe::answers(notes);
    }
    let Some(mut answer) = answer(frame)?.filter(|answer| !answer.is_error) else { return Ok(()) };
    match answer.command {
        Command::IDENTITY => observe::identity(&identity(&mut answer.body)?, notes),
        Command::TAG => observe::tag(&packed_tag(&mut answer.body)?, notes),
        Command::LONG_TAG => observe::tag(answer.body.take(32)?, notes),
        command if command.is_write() => observe::obeyed(notes),
        _ => {}
    }
    Ok(())
}
