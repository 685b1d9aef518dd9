//! What a NetBIOS name service packet says about stations. A name server answers for others, so the address in the
//! record decides whose the name is.

use std::net::IpAddr;

use model::{Field, Subject};
use wire::Limit;

use super::PROTOCOL;
use super::anomaly::NbnsAnomaly;
use super::message::{NameFlags, NameServicePacket, NetbiosName, Opcode, Record, Type, read_node_name};
use crate::{Notes, Packet};

const NAME: Field = Field::new("nbns.name");
const GROUP: Field = Field::new("nbns.group_name");
const NODE_NAME: Field = Field::new("nbns.netbios_name");
const UNIT_ID: Field = Field::new("nbns.unit_id");

pub(super) const FIELDS: &[Field] = &[NAME, GROUP, NODE_NAME, UNIT_ID];

/// Names or addresses of one record.
const ENTRIES: Limit =
    Limit::new("nbns_entries", 64, "a station has a dozen names, a group answer 25 addresses");

/// RCODEs of a name that another station has: ACT_ERR, CFT_ERR.
const CONFLICT: [u16; 2] = [6, 7];

pub(super) fn observe(message: &NameServicePacket<'_>, packet: &Packet<'_>, notes: &mut Notes) {
    if message.overrun && !packet.truncated {
        notes.anomaly(PROTOCOL.protocol.name, NbnsAnomaly::Overrun.name());
    }
    let header = message.header;
    if header.is_response() && header.opcode() != Opcode::RELEASE && CONFLICT.contains(&header.result()) {
        notes.anomaly(PROTOCOL.protocol.name, NbnsAnomaly::NameConflict.name());
    }
    let Some(record) = message.record else { return };
    let refused = header.is_response() && header.result() != 0;
    match record.kind {
        Type::NB if !refused && header.opcode() != Opcode::WAIT => {
            addresses(&record, header.is_response(), packet, notes)
        }
        Type::NBSTAT if header.is_response() => node_status(&record, packet.truncated, notes),
        _ => {}
    }
}

fn addresses(record: &Record<'_>, is_response: bool, packet: &Packet<'_>, notes: &mut Notes) {
    if record.name.is_wildcard() {
        return;
    }
    for (index, (flags, address)) in record.addresses().enumerate() {
        if !ENTRIES.allows(index + 1) {
            notes.anomaly(PROTOCOL.protocol.name, NbnsAnomaly::TooManyEntries.name());
            return;
        }
        let address = IpAddr::V4(address);
        let is_own = packet.src_ip == Some(address);
        // A station that has no address yet; a name server that answers with none says nothing about itself.
        if is_own || address.is_unspecified() && !flags.is_group() && !is_response {
            name(Subject::Sender, &record.name, flags, notes);
        } else if !address.is_unspecified() && address != IpAddr::from([255; 4]) {
            name(Subject::Ip(address), &record.name, flags, notes);
        }
    }
}

fn node_status(record: &Record<'_>, truncated: bool, notes: &mut Notes) {
    let Ok((mut names, unit)) = record.status() else {
        if !truncated {
            notes.anomaly(PROTOCOL.protocol.name, NbnsAnomaly::Overrun.name());
        }
        return;
    };
    let mut read = 0_usize;
    while let Ok((node, flags)) = read_node_name(&mut names) {
        read += 1;
        if !ENTRIES.allows(read) {
            notes.anomaly(PROTOCOL.protocol.name, NbnsAnomaly::TooManyEntries.name());
            break;
        }
        name(Subject::Sender, &node, flags, notes);
        if !flags.is_group() {
            notes.fact_bytes(Subject::Sender, NODE_NAME, node.trimmed());
        }
    }
    if unit.is_station() {
        notes.fact_display(Subject::Sender, UNIT_ID, unit);
    }
}

fn name(subject: Subject, name: &NetbiosName, flags: NameFlags, notes: &mut Notes) {
    if !name.trimmed().is_empty() {
        notes.fact_display(subject, if flags.is_group() { GROUP } else { NAME }, name);
    }
}
