//! What HiSLIP messages say about the instrument.

use model::{Field, Subject, Weakness};

use super::message::Identification;
use crate::Notes;

const SESSION: Field = Field::new("hislip.sessionid");
const MAKER: Field = Field::new("hislip.idn.manufacturer");
const MODEL: Field = Field::new("hislip.idn.model");
const SERIAL: Field = Field::new("hislip.idn.serial");
const FIRMWARE: Field = Field::new("hislip.idn.firmware");

pub(super) const FIELDS: &[Field] = &[SESSION, MAKER, MODEL, SERIAL, FIRMWARE];

/// The instrument takes commands from anybody.
pub(super) fn opened(notes: &mut Notes) {
    notes.weakness(Subject::Sender, Weakness::UnauthenticatedControl, SESSION);
}

pub(super) fn identification(said: &Identification<'_>, notes: &mut Notes) {
    for (field, value) in
        [(MAKER, said.maker), (MODEL, said.model), (SERIAL, said.serial), (FIRMWARE, said.firmware)]
    {
        // An instrument without a serial number says `0` (IEEE 488.2, 10.14.3).
        if value.trim_ascii() != b"0" {
            notes.fact_bytes(Subject::Sender, field, value);
        }
    }
}
