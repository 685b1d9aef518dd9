//! From a DHCPv6 message to notes.

use super::anomaly::Dhcpv6Anomaly;
use super::message::{Code, Kind, Message, Relayed, Rest, Unread};
use super::{PROTOCOL, observe};
use crate::{Notes, Outcome, Packet};

pub(super) fn handle(packet: &Packet<'_>, notes: &mut Notes) -> Outcome {
    let Some(relayed) = Relayed::recognize(packet.payload) else {
        return Outcome::NotMine;
    };
    observe::relay(&relayed, notes);
    match relayed.message {
        Ok(message) => {
            check(&message, packet.truncated, notes);
            if message.kind.is_of_server() {
                observe::of_server(&message, &relayed, packet, notes);
            } else {
                observe::of_client(&message, &relayed, notes);
            }
        }
        Err(Unread::Empty) if packet.truncated => {}
        Err(Unread::Empty) => note(Dhcpv6Anomaly::EmptyRelay, notes),
        Err(Unread::TooDeep) => note(Dhcpv6Anomaly::TooManyRelays, notes),
    }
    Outcome::Parsed
}

fn check(message: &Message<'_>, truncated: bool, notes: &mut Notes) {
    match message.rest() {
        Rest::Nothing => {}
        Rest::Broken if truncated => {}
        Rest::Broken => note(Dhcpv6Anomaly::OptionOverrun, notes),
        Rest::More => note(Dhcpv6Anomaly::TooManyOptions, notes),
    }
    let anonymous = message.kind.is_of_server() || message.kind == Kind::INFORMATION_REQUEST || truncated;
    if !anonymous && !message.options().any(|option| option.code == Code::CLIENT_ID) {
        note(Dhcpv6Anomaly::NoClientIdentifier, notes);
    }
}

fn note(anomaly: Dhcpv6Anomaly, notes: &mut Notes) {
    notes.anomaly(PROTOCOL.protocol.name, anomaly.name());
}
