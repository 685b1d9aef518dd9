//! What a CDP packet says about its sender.

use std::net::IpAddr;

use model::{Field, Subject};
use wire::{Limit, Reader, Result};

use super::anomaly::CdpAnomaly;
use super::message::{EnergyWise, Kind, Tlv, address};
use super::session::note;
use crate::Notes;

const DEVICE_ID: Field = Field::new("cdp.deviceid");
const IP4: Field = Field::new("cdp.nrgyz.ip_address");
const IP6: Field = Field::new("cdp.nrgyz.ipv6_address");
const PORT_ID: Field = Field::new("cdp.portid");
const CAPABILITIES: Field = Field::new("cdp.capabilities");
const SOFTWARE_VERSION: Field = Field::new("cdp.software_version");
const PLATFORM: Field = Field::new("cdp.platform");
const VTP_DOMAIN: Field = Field::new("cdp.vtp_management_domain");
const NATIVE_VLAN: Field = Field::new("cdp.native_vlan");
const SYSTEM_NAME: Field = Field::new("cdp.system_name");
const LOCATION: Field = Field::new("cdp.location");
const MODEL: Field = Field::new("cdp.model_number");
const HARDWARE: Field = Field::new("cdp.hardware_version_id");
const SERIAL: Field = Field::new("cdp.system_serial_number");
const ROUTER: Field = Field::new("cdp.capabilities.router");
const TRANSPARENT_BRIDGE: Field = Field::new("cdp.capabilities.trans_bridge");
const SOURCE_BRIDGE: Field = Field::new("cdp.capabilities.src_bridge");
const SWITCH: Field = Field::new("cdp.capabilities.switch");
const HOST: Field = Field::new("cdp.capabilities.host");
const REPEATER: Field = Field::new("cdp.capabilities.repeater");
const TELEPHONE: Field = Field::new("cdp.capabilities.voip_phone");
const REMOTE: Field = Field::new("cdp.capabilities.remote");

/// Bits of the capabilities that tell what a station is.
const CAPABILITY_BITS: &[(u32, Field)] = &[
    (0x01, ROUTER),
    (0x02, TRANSPARENT_BRIDGE),
    (0x04, SOURCE_BRIDGE),
    (0x08, SWITCH),
    (0x10, HOST),
    (0x40, REPEATER),
    (0x80, TELEPHONE),
    (0x100, REMOTE),
];

pub(super) const FIELDS: &[Field] = &[
    DEVICE_ID,
    IP4,
    IP6,
    PORT_ID,
    CAPABILITIES,
    SOFTWARE_VERSION,
    PLATFORM,
    VTP_DOMAIN,
    NATIVE_VLAN,
    SYSTEM_NAME,
    LOCATION,
    MODEL,
    HARDWARE,
    SERIAL,
    ROUTER,
    TRANSPARENT_BRIDGE,
    SOURCE_BRIDGE,
    SWITCH,
    HOST,
    REPEATER,
    TELEPHONE,
    REMOTE,
];

/// Most addresses that are read of one TLV.
const ADDRESSES: Limit = Limit::new("cdp_addresses", 32, "a station names those of one interface");

/// Notes what a TLV says.
///
/// # Errors
/// When it is too short for what it must hold.
pub(super) fn observe(tlv: Tlv<'_>, notes: &mut Notes) -> Result<()> {
    let mut value = tlv.value;
    match tlv.kind {
        Kind::DEVICE_ID => text(DEVICE_ID, value, notes),
        Kind::ADDRESSES | Kind::MANAGEMENT_ADDRESSES => addresses(value, notes)?,
        Kind::PORT_ID => text(PORT_ID, value, notes),
        Kind::CAPABILITIES => capabilities(value.u32_be()?, notes),
        Kind::SOFTWARE_VERSION => text(SOFTWARE_VERSION, value, notes),
        Kind::PLATFORM => text(PLATFORM, value, notes),
        Kind::VTP_DOMAIN => text(VTP_DOMAIN, value, notes),
        Kind::NATIVE_VLAN => notes.fact_display(Subject::Sender, NATIVE_VLAN, value.u16_be()?),
        Kind::SYSTEM_NAME => text(SYSTEM_NAME, value, notes),
        Kind::LOCATION => {
            value.skip(1)?;
            text(LOCATION, value, notes);
        }
        Kind::ENERGY_WISE => {
            let equipment = EnergyWise::read(&mut value)?;
            notes.fact_bytes(Subject::Sender, MODEL, equipment.model);
            notes.fact_bytes(Subject::Sender, HARDWARE, equipment.hardware);
            notes.fact_bytes(Subject::Sender, SERIAL, equipment.serial);
        }
        _other => {}
    }
    Ok(())
}

fn text(field: Field, mut value: Reader<'_>, notes: &mut Notes) {
    notes.fact_bytes(Subject::Sender, field, value.rest());
}

fn addresses(mut value: Reader<'_>, notes: &mut Notes) -> Result<()> {
    let count = value.u32_be()?;
    for index in 0..count {
        if !usize::try_from(index).is_ok_and(|index| index < ADDRESSES.max) {
            note(CdpAnomaly::TooManyAddresses, notes);
            break;
        }
        match address(&mut value)? {
            Some(IpAddr::V4(ip)) if !ip.is_unspecified() => notes.fact_display(Subject::Sender, IP4, ip),
            Some(IpAddr::V6(ip)) if !ip.is_unspecified() => notes.fact_display(Subject::Sender, IP6, ip),
            Some(_) | None => {}
        }
    }
    Ok(())
}

fn capabilities(bits: u32, notes: &mut Notes) {
    notes.fact_display(Subject::Sender, CAPABILITIES, format_args!("0x{bits:08x}"));
    for (bit, field) in CAPABILITY_BITS {
        if bits & bit != 0 {
            notes.fact(Subject::Sender, *field, "1");
        }
    }
}
