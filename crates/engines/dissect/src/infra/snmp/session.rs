//! From an SNMP message to notes. Every message stands for itself.

use wire::Reader;

use super::anomaly::SnmpAnomaly;
use super::message::{Message, VARIABLES, is_about_sender, read, variable, variables};
use super::{PROTOCOL, observe};
use crate::infra::ber::Tag;
use crate::{Notes, Outcome, Packet};

pub(super) fn handle(packet: &Packet<'_>, notes: &mut Notes) -> Outcome {
    if packet.payload.first() != Some(&Tag::SEQUENCE.0) {
        return Outcome::NotMine;
    }
    match read(packet.payload) {
        Ok(Message::Community { version, community, pdu, body }) => {
            observe::community(version, community, pdu, notes);
            read_variables(pdu, body, notes);
        }
        Ok(Message::User { flags, engine, user, data }) => {
            observe::user(flags, engine, user, data.as_ref().map(|(pdu, _)| *pdu), notes);
            if let Some((pdu, body)) = data {
                read_variables(pdu, body, notes);
            }
        }
        Err(_) => return Outcome::NotMine,
    }
    Outcome::Parsed
}

fn read_variables(pdu: Tag, mut body: Reader<'_>, notes: &mut Notes) {
    if !is_about_sender(pdu) {
        return;
    }
    let Ok(mut list) = variables(pdu, &mut body) else { return note(SnmpAnomaly::Malformed, notes) };
    let mut count = 0;
    while !list.is_empty() {
        count += 1;
        if !VARIABLES.allows(count) {
            return note(SnmpAnomaly::TooManyVariables, notes);
        }
        match variable(&mut list) {
            Ok(variable) => observe::variable(&variable, notes),
            Err(_) => return note(SnmpAnomaly::Malformed, notes),
        }
    }
}

fn note(anomaly: SnmpAnomaly, notes: &mut Notes) {
    notes.anomaly(PROTOCOL.protocol.name, anomaly.name());
}
