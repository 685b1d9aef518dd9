//! What Ether-S-Bus telegrams say about the controller.

use model::{Field, Subject};

use super::message::Version;
use crate::Notes;

const ATTRIBUTE: Field = Field::new("sbus.att");
const TYPE: Field = Field::new("sbus.pcd_type");
const FIRMWARE: Field = Field::new("sbus.fw_version");

pub(super) const FIELDS: &[Field] = &[ATTRIBUTE, TYPE, FIRMWARE];

/// The station answers as a controller.
pub(super) fn answers(notes: &mut Notes) {
    notes.fact(Subject::Sender, ATTRIBUTE, "1");
}

pub(super) fn version(version: &Version<'_>, notes: &mut Notes) {
    notes.fact_bytes(Subject::Sender, TYPE, version.kind);
    notes.fact_bytes(Subject::Sender, FIRMWARE, version.firmware);
}
