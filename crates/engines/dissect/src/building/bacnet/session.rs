//! From a BACnet message to notes. Every message stands for itself.

use std::net::IpAddr;

use model::Subject;
use wire::Reader;

use super::anomaly::BacnetAnomaly;
use super::message::{Apdu, PROPERTIES, Properties, Service, read_apdu, read_bvlc, read_i_am, read_npdu};
use super::{PROTOCOL, observe};
use crate::{Carrier, Notes, Outcome, Packet};

pub(super) fn handle(packet: &Packet<'_>, notes: &mut Notes) -> Outcome {
    if packet.carrier != Carrier::Udp {
        return on_ethernet(packet, notes);
    }
    if packet.payload.first() != Some(&0x81) {
        return Outcome::NotMine;
    }
    let Ok(bvlc) = read_bvlc(packet.payload, packet.truncated) else { return Outcome::NotMine };
    let subject = bvlc.forwarded.map_or(Subject::Sender, |address| Subject::Ip(IpAddr::V4(address)));
    if let Some(mut npdu) = bvlc.npdu {
        read_or_note(&mut npdu, subject, packet, notes);
    }
    Outcome::Parsed
}

/// On Ethernet the network layer comes right after LLC (clause 7).
fn on_ethernet(packet: &Packet<'_>, notes: &mut Notes) -> Outcome {
    let mut npdu = Reader::closed(packet.payload);
    if npdu.peek() != Some(1) {
        return Outcome::NotMine;
    }
    read_or_note(&mut npdu, Subject::Sender, packet, notes);
    Outcome::Parsed
}

fn read_or_note(npdu: &mut Reader<'_>, subject: Subject, packet: &Packet<'_>, notes: &mut Notes) {
    if read(npdu, subject, notes).is_err() && !packet.truncated {
        notes.anomaly(PROTOCOL.protocol.name, BacnetAnomaly::Malformed.name());
    }
}

fn read(reader: &mut Reader<'_>, subject: Subject, notes: &mut Notes) -> wire::Result<()> {
    let npdu = read_npdu(reader)?;
    if let Some(network) = npdu.snet {
        observe::relays(network, subject, notes);
        return Ok(());
    }
    if npdu.is_network_message {
        return Ok(());
    }
    match read_apdu(reader)? {
        Apdu::IAm(mut body) => observe::i_am(&read_i_am(&mut body)?, subject, notes),
        Apdu::SimpleAck { service } if Service(service).is_control() => observe::obeyed(subject, notes),
        Apdu::ComplexAck { service, body } => return properties(Service(service), body, subject, notes),
        Apdu::SimpleAck { .. } | Apdu::Other => {}
    }
    Ok(())
}

fn properties(service: Service, body: Reader<'_>, subject: Subject, notes: &mut Notes) -> wire::Result<()> {
    observe::answers(subject, notes);
    let Some(mut properties) = Properties::new(service, body) else { return Ok(()) };
    let mut count = 0;
    while !properties.is_empty() {
        count += 1;
        if !PROPERTIES.allows(count) {
            notes.anomaly(PROTOCOL.protocol.name, BacnetAnomaly::TooManyProperties.name());
            return Ok(());
        }
        if let Some((property, value)) = properties.next()? {
            observe::property(property, &value, subject, notes);
        }
    }
    Ok(())
}
