//! From an ICMPv6 message to notes.

use wire::Reader;

use super::anomaly::Icmpv6Anomaly;
use super::message::{Message, NdOption, OPTIONS};
use super::{PROTOCOL, observe};
use crate::{Notes, Outcome, Packet};

/// What every neighbour discovery message is sent with, so that no router can have passed it on (RFC 4861, 11.2).
const HOP_LIMIT: u8 = 255;

pub(super) fn handle(packet: &Packet<'_>, notes: &mut Notes) -> Outcome {
    let mut reader = Reader::closed(packet.payload);
    match Message::read(&mut reader) {
        Ok(Message::Other) => {}
        Ok(_) if packet.ttl != HOP_LIMIT => note(Icmpv6Anomaly::HopLimit, notes),
        Ok(message) => {
            observe::message(message, notes);
            options(message, packet, &mut reader, notes);
        }
        Err(_) if packet.truncated => {}
        Err(_) => note(Icmpv6Anomaly::Truncated, notes),
    }
    Outcome::Parsed
}

fn options(message: Message, packet: &Packet<'_>, reader: &mut Reader<'_>, notes: &mut Notes) {
    for _option in 0..OPTIONS.max {
        if reader.is_empty() {
            return;
        }
        let Ok(option) = NdOption::read(reader) else {
            if !packet.truncated {
                note(Icmpv6Anomaly::OptionLength, notes);
            }
            return;
        };
        observe::option(message, option, packet, notes);
    }
    if !reader.is_empty() {
        note(Icmpv6Anomaly::TooManyOptions, notes);
    }
}

/// Notes a deviation.
pub(super) fn note(anomaly: Icmpv6Anomaly, notes: &mut Notes) {
    notes.anomaly(PROTOCOL.protocol.name, anomaly.name());
}
