//! The state of an EtherNet/IP conversation: which request for the identity object waits for its answer.

use wire::Reader;

use super::anomaly::EnipAnomaly;
use super::message::{
    Command, HEADER, Message, Service, cip, identity, is_for_identity, is_telling, length, list_identity,
    read,
};
use super::{PORT, STREAM, observe};
use crate::building::frames::Framing;
use crate::{Notes, Outcome, Packet, Side};

#[derive(Debug, Default)]
pub(super) struct Enip {
    /// Sender context of a request for all attributes of the identity.
    asked: Option<[u8; 8]>,
}

impl Framing for Enip {
    const HEADER: usize = HEADER;
    const LARGEST: usize = 4_096;

    fn length(header: &[u8]) -> Option<usize> {
        length(header)
    }

    fn frame(&mut self, frame: &[u8], side: Side, notes: &mut Notes) {
        if read(frame).and_then(|message| self.message(message, side, notes)).is_err() {
            notes.anomaly(STREAM.protocol.name, EnipAnomaly::Malformed.name());
        }
    }
}

impl Enip {
    fn message(&mut self, mut message: Message<'_>, side: Side, notes: &mut Notes) -> wire::Result<()> {
        match message.command {
            Command::LIST_IDENTITY => identities(message.status, &mut message.body, notes),
            Command::SEND_RR_DATA | Command::SEND_UNIT_DATA if message.status == 0 => {
                self.cip(message, side, notes)
            }
            _ => Ok(()),
        }
    }

    fn cip(&mut self, mut message: Message<'_>, side: Side, notes: &mut Notes) -> wire::Result<()> {
        let Some(mut said) = cip(&mut message.body)? else { return Ok(()) };
        if side == Side::Originator {
            if said.service == Service::GET_ATTRIBUTES_ALL && is_for_identity(&mut said.rest) {
                self.asked = Some(message.context);
            }
            return Ok(());
        }
        let service = Service(said.service.0 & !Service::ANSWER);
        if said.is_error || service == said.service {
            return Ok(());
        }
        if service == Service::GET_ATTRIBUTES_ALL && self.asked == Some(message.context) {
            self.asked = None;
            observe::identity(&identity(&mut said.rest)?, notes);
        } else if service.is_control() {
            observe::obeyed(notes);
        }
        Ok(())
    }
}

/// Reads a datagram: only discovery goes over UDP.
pub(super) fn handle(packet: &Packet<'_>, notes: &mut Notes) -> Outcome {
    let Some(expected) = length(packet.payload) else { return Outcome::NotMine };
    if expected != packet.payload.len() && !(packet.truncated && expected > packet.payload.len()) {
        return Outcome::NotMine;
    }
    if !packet.has_port(PORT) && !is_telling(packet.payload) {
        return Outcome::NotMine;
    }
    if let Ok(mut message) = read(packet.payload)
        && message.command == Command::LIST_IDENTITY
        && identities(message.status, &mut message.body, notes).is_err()
    {
        notes.anomaly(STREAM.protocol.name, EnipAnomaly::Malformed.name());
    }
    Outcome::Parsed
}

/// An answer lists identities; a request is empty.
fn identities(status: u32, body: &mut Reader<'_>, notes: &mut Notes) -> wire::Result<()> {
    if status == 0
        && !body.is_empty()
        && let Some(identity) = list_identity(body)?
    {
        observe::identity(&identity, notes);
    }
    Ok(())
}
