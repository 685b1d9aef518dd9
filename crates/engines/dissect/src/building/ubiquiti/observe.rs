//! What announcements say about their sender.

use model::{Field, Subject};

use super::message::Kind;
use crate::Notes;

const FIRMWARE_FULL: Field = Field::new("ubdp.firmware_full");
const HOST_NAME: Field = Field::new("ubdp.hostname");
const PRODUCT: Field = Field::new("ubdp.product");
const MODEL: Field = Field::new("ubdp.model");
const FIRMWARE: Field = Field::new("ubdp.firmware");

pub(super) const FIELDS: &[Field] = &[FIRMWARE_FULL, HOST_NAME, PRODUCT, MODEL, FIRMWARE];

pub(super) fn field(kind: Kind, value: &[u8], notes: &mut Notes) {
    let field = match kind {
        Kind::FIRMWARE_FULL => FIRMWARE_FULL,
        Kind::HOST_NAME => HOST_NAME,
        Kind::PRODUCT => PRODUCT,
        Kind::MODEL | Kind::MODEL_SHORT => MODEL,
        Kind::FIRMWARE => FIRMWARE,
        _ => return,
    };
    notes.fact_bytes(Subject::Sender, field, value);
}
