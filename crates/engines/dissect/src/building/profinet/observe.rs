//! What PROFINET frames say about stations.

use std::net::{IpAddr, Ipv4Addr};

use model::{Field, MacAddr, Subject};

use super::message::Block;
use crate::Notes;

const CYCLIC: Field = Field::new("pn_rt.frame_id");
const NAME: Field = Field::new("pn_dcp.suboption_device_nameofstation");
const VENDOR_NAME: Field = Field::new("pn_dcp.suboption_device_devicevendorvalue");
const ALIAS: Field = Field::new("pn_dcp.suboption_device_aliasname");
const VENDOR_ID: Field = Field::new("pn_dcp.suboption_vendor_id");
const DEVICE_ID: Field = Field::new("pn_dcp.suboption_device_id");
const ROLE: Field = Field::new("pn_dcp.suboption_device_role");
const IP: Field = Field::new("pn_dcp.suboption_ip_ip");

pub(super) const FIELDS: &[Field] = &[CYCLIC, NAME, VENDOR_NAME, ALIAS, VENDOR_ID, DEVICE_ID, ROLE, IP];

/// Roles of a station, by their bits.
const ROLES: &[(u8, &str)] = &[(1, "device"), (2, "controller"), (4, "multidevice"), (8, "supervisor")];

/// The station takes part in cyclic exchange.
pub(super) fn cyclic(notes: &mut Notes) {
    notes.fact(Subject::Sender, CYCLIC, "cyclic");
}

/// A block about the station itself.
pub(super) fn block(mut block: Block<'_>, sender: Option<MacAddr>, notes: &mut Notes) -> wire::Result<()> {
    let value = &mut block.value;
    match block.option {
        [1, 2] => {
            let ip = IpAddr::V4(Ipv4Addr::from(value.array::<4>()?));
            if let Some(mac) = sender {
                notes.binding(mac, ip, IP);
            }
        }
        [2, 1] => notes.fact_bytes(Subject::Sender, VENDOR_NAME, value.rest()),
        [2, 2] => notes.fact_bytes(Subject::Sender, NAME, value.rest()),
        [2, 3] => {
            notes.fact_display(Subject::Sender, VENDOR_ID, format_args!("{:#06x}", value.u16_be()?));
            notes.fact_display(Subject::Sender, DEVICE_ID, format_args!("{:#06x}", value.u16_be()?));
        }
        [2, 4] => {
            let bits = value.u8()?;
            for (bit, role) in ROLES {
                if bits & bit != 0 {
                    notes.fact(Subject::Sender, ROLE, role);
                }
            }
        }
        [2, 6] => notes.fact_bytes(Subject::Sender, ALIAS, value.rest()),
        _ => {}
    }
    Ok(())
}
