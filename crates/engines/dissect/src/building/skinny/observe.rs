//! What Skinny messages say about stations.

use model::{Field, Subject};

use super::message::Register;
use crate::Notes;

const ROLE: Field = Field::new("skinny.role");
const DEVICE_NAME: Field = Field::new("skinny.DeviceName");
const DEVICE_TYPE: Field = Field::new("skinny.deviceType");
const FIRMWARE: Field = Field::new("skinny.firmwareLoadName");

pub(super) const FIELDS: &[Field] = &[ROLE, DEVICE_NAME, DEVICE_TYPE, FIRMWARE];

/// What call control sends tells both roles, whoever opened the connection.
pub(super) fn call_control(notes: &mut Notes) {
    notes.fact(Subject::Sender, ROLE, "call control");
    notes.fact(Subject::Receiver, ROLE, "client");
}

pub(super) fn register(register: &Register<'_>, notes: &mut Notes) {
    notes.fact_bytes(Subject::Sender, DEVICE_NAME, register.name);
    notes.fact_display(Subject::Sender, DEVICE_TYPE, register.device_type);
    if let Some(firmware) = register.firmware {
        notes.fact_bytes(Subject::Sender, FIRMWARE, firmware);
    }
}
