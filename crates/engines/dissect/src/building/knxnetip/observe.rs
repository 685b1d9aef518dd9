//! What KNXnet/IP messages say about stations.

use model::{Field, MacAddr, Subject, Weakness};

use super::message::Device;
use crate::Notes;
use crate::display::Hex;

const SERVICE: Field = Field::new("knxip.service");
const NAME: Field = Field::new("knxip.device.name");
const SERIAL: Field = Field::new("knxip.sernr");
const MANUFACTURER: Field = Field::new("knxip.manufacturer");
const MAC: Field = Field::new("knxip.macaddr");

pub(super) const FIELDS: &[Field] = &[SERVICE, NAME, SERIAL, MANUFACTURER, MAC];

pub(super) fn device(device: &Device<'_>, notes: &mut Notes) {
    notes.fact_bytes(Subject::Sender, NAME, device.name);
    notes.fact_display(Subject::Sender, SERIAL, Hex(&device.serial));
    // A serial number begins with the code of its manufacturer.
    let [high, low, ..] = device.serial;
    notes.fact_display(Subject::Sender, MANUFACTURER, u16::from_be_bytes([high, low]));
    notes.fact_display(Subject::Sender, MAC, MacAddr::new(device.mac));
}

/// The server opened a connection without asking who wants it.
pub(super) fn connected(notes: &mut Notes) {
    notes.weakness(Subject::Sender, Weakness::UnauthenticatedControl, SERVICE);
}
