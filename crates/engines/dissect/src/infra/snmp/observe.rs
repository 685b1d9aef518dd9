//! What SNMP messages say about stations.

use std::net::Ipv4Addr;

use model::{Field, MacAddr, Subject, Weakness};
use wire::Reader;

use super::message::{Oid, REPORT, RESPONSE, Variable, Version, is_trap};
use crate::Notes;
use crate::display::Hex;
use crate::infra::ber::Tag;

const VERSION: Field = Field::new("snmp.version");
const COMMUNITY: Field = Field::new("snmp.community");
const USER: Field = Field::new("snmp.msgUserName");
const ENGINE_ID: Field = Field::new("snmp.msgAuthoritativeEngineID");
const ENGINE_ENTERPRISE: Field = Field::new("snmp.engineid.enterprise");
const ENGINE_MAC: Field = Field::new("snmp.engineid.mac");
const ENGINE_IPV4: Field = Field::new("snmp.engineid.ipv4");
const ENGINE_TEXT: Field = Field::new("snmp.engineid.text");
const SYS_DESCR: Field = Field::new("snmp.sysDescr");
const SYS_OBJECT_ID: Field = Field::new("snmp.sysObjectID");
const SYS_NAME: Field = Field::new("snmp.sysName");
const SYS_LOCATION: Field = Field::new("snmp.sysLocation");
const PHYSICAL_DESCR: Field = Field::new("snmp.entPhysicalDescr");
const PHYSICAL_HARDWARE: Field = Field::new("snmp.entPhysicalHardwareRev");
const PHYSICAL_FIRMWARE: Field = Field::new("snmp.entPhysicalFirmwareRev");
const PHYSICAL_SOFTWARE: Field = Field::new("snmp.entPhysicalSoftwareRev");
const PHYSICAL_SERIAL: Field = Field::new("snmp.entPhysicalSerialNum");
const PHYSICAL_MAKER: Field = Field::new("snmp.entPhysicalMfgName");
const PHYSICAL_MODEL: Field = Field::new("snmp.entPhysicalModelName");
const DEVICE_DESCR: Field = Field::new("snmp.hrDeviceDescr");
const PRINTER_NAME: Field = Field::new("snmp.prtGeneralPrinterName");
const PRINTER_SERIAL: Field = Field::new("snmp.prtGeneralSerialNumber");

pub(super) const FIELDS: &[Field] = &[
    VERSION,
    COMMUNITY,
    USER,
    ENGINE_ID,
    ENGINE_ENTERPRISE,
    ENGINE_MAC,
    ENGINE_IPV4,
    ENGINE_TEXT,
    SYS_DESCR,
    SYS_OBJECT_ID,
    SYS_NAME,
    SYS_LOCATION,
    PHYSICAL_DESCR,
    PHYSICAL_HARDWARE,
    PHYSICAL_FIRMWARE,
    PHYSICAL_SOFTWARE,
    PHYSICAL_SERIAL,
    PHYSICAL_MAKER,
    PHYSICAL_MODEL,
    DEVICE_DESCR,
    PRINTER_NAME,
    PRINTER_SERIAL,
];

/// Objects by the beginning of their identifiers in BER (RFC 3418, RFC 6933, RFC 2790, RFC 3805).
const OBJECTS: &[(&[u8], Field)] = &[
    (&[0x2b, 6, 1, 2, 1, 1, 1, 0], SYS_DESCR),
    (&[0x2b, 6, 1, 2, 1, 1, 2, 0], SYS_OBJECT_ID),
    (&[0x2b, 6, 1, 2, 1, 1, 5, 0], SYS_NAME),
    (&[0x2b, 6, 1, 2, 1, 1, 6, 0], SYS_LOCATION),
    (&[0x2b, 6, 1, 2, 1, 47, 1, 1, 1, 1, 2], PHYSICAL_DESCR),
    (&[0x2b, 6, 1, 2, 1, 47, 1, 1, 1, 1, 8], PHYSICAL_HARDWARE),
    (&[0x2b, 6, 1, 2, 1, 47, 1, 1, 1, 1, 9], PHYSICAL_FIRMWARE),
    (&[0x2b, 6, 1, 2, 1, 47, 1, 1, 1, 1, 10], PHYSICAL_SOFTWARE),
    (&[0x2b, 6, 1, 2, 1, 47, 1, 1, 1, 1, 11], PHYSICAL_SERIAL),
    (&[0x2b, 6, 1, 2, 1, 47, 1, 1, 1, 1, 12], PHYSICAL_MAKER),
    (&[0x2b, 6, 1, 2, 1, 47, 1, 1, 1, 1, 13], PHYSICAL_MODEL),
    (&[0x2b, 6, 1, 2, 1, 25, 3, 2, 1, 3], DEVICE_DESCR),
    (&[0x2b, 6, 1, 2, 1, 43, 5, 1, 1, 16], PRINTER_NAME),
    (&[0x2b, 6, 1, 2, 1, 43, 5, 1, 1, 17], PRINTER_SERIAL),
];

/// Formats of the engine identifier (RFC 3411, SnmpEngineID).
const FORMAT_IPV4: u8 = 1;
const FORMAT_MAC: u8 = 3;
const FORMAT_TEXT: u8 = 4;

/// Who the weakness of an open session belongs to: who answers.
fn agent(pdu: Tag) -> Subject {
    if pdu == RESPONSE { Subject::Sender } else { Subject::Receiver }
}

/// A message whose community everybody can read.
pub(super) fn community(version: Version, community: &[u8], pdu: Tag, notes: &mut Notes) {
    notes.fact_display(Subject::Sender, VERSION, version);
    let agent = if is_trap(pdu) { Subject::Sender } else { agent(pdu) };
    notes.weakness(agent, Weakness::CleartextManagement, COMMUNITY);
    if community == b"public" || community == b"private" {
        notes.fact_bytes(agent, COMMUNITY, community);
        notes.weakness(agent, Weakness::DefaultCommunity, COMMUNITY);
    }
}

/// A message of version 3: security level and engine.
pub(super) fn user(flags: u8, engine: &[u8], user: &[u8], pdu: Option<Tag>, notes: &mut Notes) {
    notes.fact_display(Subject::Sender, VERSION, Version::V3);
    if flags & 2 != 0 {
        notes.encrypted();
    }
    if flags & 3 == 0 && !user.is_empty() {
        notes.weakness(pdu.map_or(Subject::Receiver, agent), Weakness::NoAuthentication, USER);
    }
    // Only an answer or a report names the sender's own engine; a request names the receiver's.
    let is_own = pdu.is_some_and(|pdu| pdu == RESPONSE || pdu == REPORT);
    let whose = if is_own { Subject::Sender } else { Subject::Receiver };
    if !engine.is_empty() && (is_own || flags & 4 != 0) {
        engine_id(engine, whose, notes);
    }
}

fn engine_id(engine: &[u8], whose: Subject, notes: &mut Notes) {
    notes.fact_display(whose, ENGINE_ID, Hex(engine));
    let mut reader = Reader::closed(engine);
    let (Ok(enterprise), Ok(format)) = (reader.u32_be(), reader.u8()) else { return };
    if enterprise & 0x8000_0000 == 0 {
        return;
    }
    notes.fact_display(whose, ENGINE_ENTERPRISE, enterprise & 0x7fff_ffff);
    match format {
        FORMAT_IPV4 => {
            if let Ok(octets) = reader.array::<4>() {
                notes.fact_display(whose, ENGINE_IPV4, Ipv4Addr::from(octets));
            }
        }
        FORMAT_MAC => {
            if let Ok(octets) = reader.array::<6>() {
                notes.fact_display(whose, ENGINE_MAC, MacAddr::new(octets));
            }
        }
        FORMAT_TEXT => notes.fact_bytes(whose, ENGINE_TEXT, reader.rest()),
        _ => {}
    }
}

/// An object that the sender reports about itself.
pub(super) fn variable(variable: &Variable<'_>, notes: &mut Notes) {
    let Some((_, field)) = OBJECTS.iter().find(|(start, _)| variable.name.starts_with(start)) else { return };
    match variable.tag {
        Tag::OCTETS => notes.fact_bytes(Subject::Sender, *field, variable.value),
        Tag::OID => notes.fact_display(Subject::Sender, *field, Oid(variable.value)),
        _ => {}
    }
}
