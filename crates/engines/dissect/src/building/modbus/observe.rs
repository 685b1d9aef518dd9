//! What Modbus answers say about the server.

use model::{Field, Subject, Weakness};

use super::message::{Object, UmasIdentity};
use crate::Notes;
use crate::display::TextOrHex;

const FUNCTION: Field = Field::new("modbus.func_code");
const VENDOR_NAME: Field = Field::new("modbus.vendor_name");
const PRODUCT_CODE: Field = Field::new("modbus.product_code");
const REVISION: Field = Field::new("modbus.revision");
const VENDOR_URL: Field = Field::new("modbus.vendor_url");
const PRODUCT_NAME: Field = Field::new("modbus.product_name");
const MODEL_NAME: Field = Field::new("modbus.model_name");
const SERVER_ID: Field = Field::new("modbus.server_id");
const UMAS_MODEL: Field = Field::new("modbus.umas.model");
const UMAS_FIRMWARE: Field = Field::new("modbus.umas.firmware");

pub(super) const FIELDS: &[Field] = &[
    FUNCTION,
    VENDOR_NAME,
    PRODUCT_CODE,
    REVISION,
    VENDOR_URL,
    PRODUCT_NAME,
    MODEL_NAME,
    SERVER_ID,
    UMAS_MODEL,
    UMAS_FIRMWARE,
];

/// Objects of the device identification by their number (6.21, table of object ids).
const OBJECTS: &[Field] = &[VENDOR_NAME, PRODUCT_CODE, REVISION, VENDOR_URL, PRODUCT_NAME, MODEL_NAME];

pub(super) fn object(object: &Object<'_>, notes: &mut Notes) {
    if let Some(field) = OBJECTS.get(usize::from(object.id)) {
        notes.fact_bytes(Subject::Sender, *field, object.value);
    }
}

pub(super) fn server_id(id: &[u8], notes: &mut Notes) {
    notes.fact_display(Subject::Sender, SERVER_ID, TextOrHex(id));
}

pub(super) fn umas_identity(identity: &UmasIdentity<'_>, notes: &mut Notes) {
    notes.fact_bytes(Subject::Sender, UMAS_MODEL, identity.name);
    notes.fact_display(Subject::Sender, UMAS_FIRMWARE, identity.firmware);
}

/// The server wrote what anybody told it to.
pub(super) fn obeyed(notes: &mut Notes) {
    notes.weakness(Subject::Sender, Weakness::UnauthenticatedControl, FUNCTION);
}
