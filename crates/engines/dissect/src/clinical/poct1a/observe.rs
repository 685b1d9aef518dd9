//! What POCT1-A messages say about stations.

use model::{Field, Subject, Weakness};

use super::message::{Kind, Tag};
use crate::Notes;

const ROLE: Field = Field::new("poct1a.role");
const PATIENT: Field = Field::new("poct1a.patient");
const VENDOR_ID: Field = Field::new("poct1a.vendor_id");
const MODEL_ID: Field = Field::new("poct1a.model_id");
const SERIAL_ID: Field = Field::new("poct1a.serial_id");
const DEVICE_NAME: Field = Field::new("poct1a.device_name");
const HARDWARE: Field = Field::new("poct1a.hw_version");
const SOFTWARE: Field = Field::new("poct1a.sw_version");

pub(super) const FIELDS: &[Field] =
    &[ROLE, PATIENT, VENDOR_ID, MODEL_ID, SERIAL_ID, DEVICE_NAME, HARDWARE, SOFTWARE];

/// Who sends this kind of message, and therefore to whom.
pub(super) fn message(kind: Kind, notes: &mut Notes) {
    let (device, manager) = match kind {
        Kind::Hello | Kind::FromDevice => (Subject::Sender, Subject::Receiver),
        Kind::FromManager => (Subject::Receiver, Subject::Sender),
        Kind::Either => return,
    };
    notes.fact(device, ROLE, "device");
    notes.fact(manager, ROLE, "data manager");
}

/// An element of the device's description.
pub(super) fn device(tag: &Tag<'_>, notes: &mut Notes) {
    let field = match tag.name {
        b"DEV.vendor_id" => VENDOR_ID,
        b"DEV.model_id" => MODEL_ID,
        b"DEV.serial_id" => SERIAL_ID,
        b"DEV.device_name" => DEVICE_NAME,
        b"DEV.hw_version" => HARDWARE,
        b"DEV.sw_version" => SOFTWARE,
        _ => return,
    };
    if let Some(value) = tag.value() {
        notes.fact_bytes(Subject::Sender, field, value);
    }
}

/// A patient went by in the clear.
pub(super) fn patient(notes: &mut Notes) {
    notes.patient_data();
    notes.weakness(Subject::Sender, Weakness::CleartextPatientData, PATIENT);
}
