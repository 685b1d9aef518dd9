//! What an LLDP data unit says about its sender.

use std::net::IpAddr;

use model::{Field, Subject};
use wire::{Limit, Reader, Result};

use super::message::{Identifier, Kind, Organization, Organized, Tlv, management_address};
use crate::Notes;
use crate::display::TextOrHex;

const CHASSIS: IdentifierFields = IdentifierFields {
    mac: Field::new("lldp.chassis.id.mac"),
    ip4: Field::new("lldp.chassis.id.ip4"),
    ip6: Field::new("lldp.chassis.id.ip6"),
    text: Field::new("lldp.chassis.id"),
};
const PORT: IdentifierFields = IdentifierFields {
    mac: Field::new("lldp.port.id.mac"),
    ip4: Field::new("lldp.port.id.ip4"),
    ip6: Field::new("lldp.port.id.ip6"),
    text: Field::new("lldp.port.id"),
};
const PORT_DESCRIPTION: Field = Field::new("lldp.port.desc");
const SYSTEM_NAME: Field = Field::new("lldp.tlv.system.name");
const SYSTEM_DESCRIPTION: Field = Field::new("lldp.tlv.system.desc");
const ENABLED: Field = Field::new("lldp.tlv.enable_system_cap");
const MANAGEMENT_IP4: Field = Field::new("lldp.mgn.addr.ip4");
const MANAGEMENT_IP6: Field = Field::new("lldp.mgn.addr.ip6");
const ORGANIZATION: Field = Field::new("lldp.orgtlv.oui");
const PORT_VLAN: Field = Field::new("lldp.ieee.802_1.port_vlan.id");
const VLAN_NAME: Field = Field::new("lldp.ieee.802_1.vlan.name");
const MED_CLASS: Field = Field::new("lldp.media.subtype.class");
const CIVIC: Field = Field::new("lldp.media.civic.value");
const HARDWARE: Field = Field::new("lldp.media.hardware");
const FIRMWARE: Field = Field::new("lldp.media.firmware");
const SOFTWARE: Field = Field::new("lldp.media.software");
const SERIAL: Field = Field::new("lldp.media.sn");
const MANUFACTURER: Field = Field::new("lldp.media.manufacturer");
const MODEL: Field = Field::new("lldp.media.model");
const ASSET: Field = Field::new("lldp.media.asset");
const MUD_URL: Field = Field::new("lldp.iana.mudurl");

/// Bits of the enabled capabilities (table 8-4).
const CAPABILITIES: &[(u16, Field)] = &[
    (0x0001, Field::new("lldp.tlv.enable_system_cap.other")),
    (0x0002, Field::new("lldp.tlv.enable_system_cap.repeater")),
    (0x0004, Field::new("lldp.tlv.enable_system_cap.bridge")),
    (0x0008, Field::new("lldp.tlv.enable_system_cap.wlan_access_pt")),
    (0x0010, Field::new("lldp.tlv.enable_system_cap.router")),
    (0x0020, Field::new("lldp.tlv.enable_system_cap.telephone")),
    (0x0040, Field::new("lldp.tlv.enable_system_cap.docsis_cable_device")),
    (0x0080, Field::new("lldp.tlv.enable_system_cap.station_only")),
];

pub(super) const FIELDS: &[Field] = &[
    CHASSIS.mac,
    CHASSIS.ip4,
    CHASSIS.ip6,
    CHASSIS.text,
    PORT.mac,
    PORT.ip4,
    PORT.ip6,
    PORT.text,
    PORT_DESCRIPTION,
    SYSTEM_NAME,
    SYSTEM_DESCRIPTION,
    ENABLED,
    Field::new("lldp.tlv.enable_system_cap.other"),
    Field::new("lldp.tlv.enable_system_cap.repeater"),
    Field::new("lldp.tlv.enable_system_cap.bridge"),
    Field::new("lldp.tlv.enable_system_cap.wlan_access_pt"),
    Field::new("lldp.tlv.enable_system_cap.router"),
    Field::new("lldp.tlv.enable_system_cap.telephone"),
    Field::new("lldp.tlv.enable_system_cap.docsis_cable_device"),
    Field::new("lldp.tlv.enable_system_cap.station_only"),
    MANAGEMENT_IP4,
    MANAGEMENT_IP6,
    ORGANIZATION,
    PORT_VLAN,
    VLAN_NAME,
    MED_CLASS,
    CIVIC,
    HARDWARE,
    FIRMWARE,
    SOFTWARE,
    SERIAL,
    MANUFACTURER,
    MODEL,
    ASSET,
    MUD_URL,
];

/// Most parts of a civic address that are read.
const CIVIC_PARTS: Limit = Limit::new("lldp_civic_parts", 32, "RFC 4776 knows about as many kinds of parts");

/// Where an identifier is noted, by its kind.
struct IdentifierFields {
    mac: Field,
    ip4: Field,
    ip6: Field,
    text: Field,
}

/// Notes what a TLV says.
///
/// # Errors
/// When it is too short for what it must hold.
pub(super) fn observe(tlv: Tlv<'_>, notes: &mut Notes) -> Result<()> {
    let mut value = tlv.value;
    match tlv.kind {
        Kind::CHASSIS_ID => CHASSIS.note(Identifier::read_chassis(&mut value)?, notes),
        Kind::PORT_ID => PORT.note(Identifier::read_port(&mut value)?, notes),
        Kind::PORT_DESCRIPTION => notes.fact_bytes(Subject::Sender, PORT_DESCRIPTION, value.rest()),
        Kind::SYSTEM_NAME => notes.fact_bytes(Subject::Sender, SYSTEM_NAME, value.rest()),
        Kind::SYSTEM_DESCRIPTION => notes.fact_bytes(Subject::Sender, SYSTEM_DESCRIPTION, value.rest()),
        Kind::SYSTEM_CAPABILITIES => capabilities(&mut value, notes)?,
        Kind::MANAGEMENT_ADDRESS => match management_address(&mut value)? {
            Some(IpAddr::V4(ip)) => notes.fact_display(Subject::Sender, MANAGEMENT_IP4, ip),
            Some(IpAddr::V6(ip)) => notes.fact_display(Subject::Sender, MANAGEMENT_IP6, ip),
            None => {}
        },
        Kind::ORGANIZATION => organized(Organized::read(&mut value)?, notes)?,
        _other => {}
    }
    Ok(())
}

impl IdentifierFields {
    fn note(&self, identifier: Identifier<'_>, notes: &mut Notes) {
        match identifier {
            Identifier::Mac(mac) => notes.fact_display(Subject::Sender, self.mac, mac),
            Identifier::Ip(IpAddr::V4(ip)) => notes.fact_display(Subject::Sender, self.ip4, ip),
            Identifier::Ip(IpAddr::V6(ip)) => notes.fact_display(Subject::Sender, self.ip6, ip),
            Identifier::Text(text) => notes.fact_display(Subject::Sender, self.text, TextOrHex(text)),
        }
    }
}

fn capabilities(value: &mut Reader<'_>, notes: &mut Notes) -> Result<()> {
    let _supported = value.u16_be()?;
    let enabled = value.u16_be()?;
    notes.fact_display(Subject::Sender, ENABLED, format_args!("0x{enabled:04x}"));
    for (bit, field) in CAPABILITIES {
        if enabled & bit != 0 {
            notes.fact(Subject::Sender, *field, "1");
        }
    }
    Ok(())
}

fn organized(tlv: Organized<'_>, notes: &mut Notes) -> Result<()> {
    let mut value = tlv.value;
    match (tlv.organization, tlv.subtype) {
        (Organization::IEEE_802_1, 1) => {
            notes.fact_display(Subject::Sender, PORT_VLAN, value.u16_be()?);
        }
        (Organization::IEEE_802_1, 3) => {
            value.skip(2)?;
            let length = value.u8()?;
            notes.fact_bytes(Subject::Sender, VLAN_NAME, value.take(usize::from(length))?);
        }
        (Organization::IEEE_802_1 | Organization::IEEE_802_3, _) => {}
        (Organization::TIA_MED, subtype) => med(subtype, value, notes)?,
        (Organization::IANA, 1) => notes.fact_bytes(Subject::Sender, MUD_URL, value.rest()),
        (Organization(number), _) => notes.fact_display(Subject::Sender, ORGANIZATION, number),
    }
    Ok(())
}

/// LLDP-MED (ANSI/TIA-1057, 10.2).
fn med(subtype: u8, mut value: Reader<'_>, notes: &mut Notes) -> Result<()> {
    let inventory = match subtype {
        1 => {
            value.skip(2)?;
            notes.fact_display(Subject::Sender, MED_CLASS, value.u8()?);
            return Ok(());
        }
        3 => return location(value, notes),
        5 => HARDWARE,
        6 => FIRMWARE,
        7 => SOFTWARE,
        8 => SERIAL,
        9 => MANUFACTURER,
        10 => MODEL,
        11 => ASSET,
        _other => return Ok(()),
    };
    notes.fact_bytes(Subject::Sender, inventory, value.rest());
    Ok(())
}

/// Location identification (10.2.4): only the civic address, part by part.
fn location(mut value: Reader<'_>, notes: &mut Notes) -> Result<()> {
    const CIVIC_ADDRESS: u8 = 2;
    if value.u8()? != CIVIC_ADDRESS {
        return Ok(());
    }
    let length = value.u8()?;
    let mut address = value.sub(usize::from(length))?;
    // What it is the location of, and the country.
    address.skip(3)?;
    for _part in 0..CIVIC_PARTS.max {
        if address.is_empty() {
            break;
        }
        address.skip(1)?;
        let length = address.u8()?;
        notes.fact_bytes(Subject::Sender, CIVIC, address.take(usize::from(length))?);
    }
    Ok(())
}
