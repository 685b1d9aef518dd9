//! What ADS answers say about stations.

use model::{Field, Subject, Weakness};

use super::message::{DeviceInfo, Item, NetId};
use crate::Notes;

const NET_ID: Field = Field::new("ams.sendernetid");
const DEVICE_NAME: Field = Field::new("ams.ads_devicename");
const DEVICE_VERSION: Field = Field::new("ams.ads_version");
const COMMAND: Field = Field::new("ams.cmdid");
const HOST_NAME: Field = Field::new("ams.host_name");
const TWINCAT: Field = Field::new("ams.twincat_version");
const OS: Field = Field::new("ams.os");
const OS_VERSION: Field = Field::new("ams.os_version");

pub(super) const FIELDS: &[Field] =
    &[NET_ID, DEVICE_NAME, DEVICE_VERSION, COMMAND, HOST_NAME, TWINCAT, OS, OS_VERSION];

/// Platform numbers of Windows.
const WINDOWS_NT: u32 = 2;
const WINDOWS_CE: u32 = 3;

/// The station answers as this system.
pub(super) fn answers(source: NetId, notes: &mut Notes) {
    notes.fact_display(Subject::Sender, NET_ID, source);
}

pub(super) fn device_info(info: &DeviceInfo<'_>, notes: &mut Notes) {
    let end = info.name.iter().position(|byte| *byte == 0).unwrap_or(info.name.len());
    notes.fact_bytes(Subject::Sender, DEVICE_NAME, info.name.get(..end).unwrap_or_default());
    notes.fact_display(Subject::Sender, DEVICE_VERSION, info.version);
}

pub(super) fn item(item: &Item<'_>, notes: &mut Notes) {
    match item {
        Item::HostName(name) => notes.fact_bytes(Subject::Sender, HOST_NAME, name),
        Item::Twincat(version) => notes.fact_display(Subject::Sender, TWINCAT, version),
        Item::Os(os) => {
            match os.platform {
                WINDOWS_NT => notes.fact(Subject::Sender, OS, "Windows"),
                WINDOWS_CE => notes.fact(Subject::Sender, OS, "Windows CE"),
                _ => return,
            }
            let version = format_args!("{}.{}.{}", os.major, os.minor, os.build);
            notes.fact_display(Subject::Sender, OS_VERSION, version);
        }
        Item::Other => {}
    }
}

/// The server did what anybody told it to.
pub(super) fn obeyed(notes: &mut Notes) {
    notes.weakness(Subject::Sender, Weakness::UnauthenticatedControl, COMMAND);
}
