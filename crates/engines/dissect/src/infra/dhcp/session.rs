//! From a DHCP message to notes.

use super::anomaly::DhcpAnomaly;
use super::message::{Ending, Message, OPTIONS, Operation};
use super::{PROTOCOL, observe};
use crate::{Notes, Outcome, Packet};

pub(super) fn handle(packet: &Packet<'_>, notes: &mut Notes) -> Outcome {
    let Some(message) = Message::recognize(packet.payload) else { return Outcome::NotMine };
    check(&message, packet.truncated, notes);
    match message.operation {
        Operation::REPLY => observe::reply(&message, notes),
        _request => observe::request(&message, notes),
    }
    Outcome::Parsed
}

/// Notes a deviation.
pub(super) fn note(anomaly: DhcpAnomaly, notes: &mut Notes) {
    notes.anomaly(PROTOCOL.protocol.name, anomaly.name());
}

fn check(message: &Message<'_>, truncated: bool, notes: &mut Notes) {
    match message.ending() {
        _ if truncated => {}
        Ending::End => {}
        Ending::Missing => note(DhcpAnomaly::MissingEnd, notes),
        Ending::Overrun => note(DhcpAnomaly::OptionOverrun, notes),
    }
    if message.options().count() >= OPTIONS.max {
        note(DhcpAnomaly::TooManyOptions, notes);
    }
    match message.message_type() {
        None if truncated => {}
        None => note(DhcpAnomaly::NoMessageType, notes),
        Some(kind) if kind.is_of_server() != (message.operation == Operation::REPLY) => {
            note(DhcpAnomaly::TypeNotOfOperation, notes);
        }
        Some(_) => {}
    }
    if message.client().is_none() {
        note(DhcpAnomaly::OtherHardwareAddress, notes);
    }
}
