//! From an ARP frame to notes.

use wire::Reader;

use super::anomaly::ArpAnomaly;
use super::message::{Arp, Operation};
use super::{PROTOCOL, observe};
use crate::{Notes, Outcome, Packet};

pub(super) fn handle(packet: &Packet<'_>, notes: &mut Notes) -> Outcome {
    let mut note = |anomaly: ArpAnomaly| notes.anomaly(PROTOCOL.protocol.name, anomaly.name());
    let Ok(arp) = Arp::read(&mut Reader::closed(packet.payload)) else {
        note(ArpAnomaly::Truncated);
        return Outcome::Parsed;
    };
    if !arp.is_ethernet_ipv4() {
        note(ArpAnomaly::OtherAddressTypes);
        return Outcome::Parsed;
    }
    if packet.src_mac.is_some_and(|mac| mac != arp.sender_mac) {
        note(ArpAnomaly::SenderNotFrameSource);
    }
    if !matches!(arp.operation, Operation::REQUEST | Operation::REPLY) {
        note(ArpAnomaly::UnknownOperation);
    }
    observe::observe(&arp, notes);
    Outcome::Parsed
}
