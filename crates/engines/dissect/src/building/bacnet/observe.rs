//! What BACnet messages say about stations.

use model::{Field, Subject, Weakness};

use super::message::{CHARACTER_STRING, IAm, Property, Tagged, UNSIGNED, unsigned};
use crate::Notes;

const TYPE: Field = Field::new("bacapp.type");
const SNET: Field = Field::new("bacnet.snet");
const SERVICE: Field = Field::new("bacapp.confirmed_service");
const INSTANCE: Field = Field::new("bacapp.instance_number");
const VENDOR: Field = Field::new("bacapp.vendor_identifier");
const VENDOR_NAME: Field = Field::new("bacapp.vendor_name");
const MODEL_NAME: Field = Field::new("bacapp.model_name");
const FIRMWARE: Field = Field::new("bacapp.firmware_revision");
const SOFTWARE: Field = Field::new("bacapp.application_software_version");
const OBJECT_NAME: Field = Field::new("bacapp.object_name");
const LOCATION: Field = Field::new("bacapp.location");
const SERIAL: Field = Field::new("bacapp.serial_number");

pub(super) const FIELDS: &[Field] = &[
    TYPE,
    SNET,
    SERVICE,
    INSTANCE,
    VENDOR,
    VENDOR_NAME,
    MODEL_NAME,
    FIRMWARE,
    SOFTWARE,
    OBJECT_NAME,
    LOCATION,
    SERIAL,
];

/// Character sets of a string (20.2.9).
const UTF_8: u8 = 0;
const UCS_2: u8 = 4;
const LATIN_1: u8 = 5;

/// The station passes on what a network behind it says.
pub(super) fn relays(network: u16, subject: Subject, notes: &mut Notes) {
    notes.fact_display(subject, SNET, network);
}

pub(super) fn i_am(said: &IAm, subject: Subject, notes: &mut Notes) {
    notes.fact_display(subject, INSTANCE, said.instance);
    notes.fact_display(subject, VENDOR, said.vendor);
}

/// The station answers those who read its objects.
pub(super) fn answers(subject: Subject, notes: &mut Notes) {
    notes.fact(subject, TYPE, "3");
}

/// The station did what it was told without asking who says so.
pub(super) fn obeyed(subject: Subject, notes: &mut Notes) {
    notes.weakness(subject, Weakness::UnauthenticatedControl, SERVICE);
}

/// A property of the station's device object.
pub(super) fn property(property: Property, value: &Tagged<'_>, subject: Subject, notes: &mut Notes) {
    let field = match property {
        Property::APPLICATION_SOFTWARE_VERSION => SOFTWARE,
        Property::FIRMWARE_REVISION => FIRMWARE,
        Property::LOCATION => LOCATION,
        Property::MODEL_NAME => MODEL_NAME,
        Property::OBJECT_NAME => OBJECT_NAME,
        Property::VENDOR_NAME => VENDOR_NAME,
        Property::SERIAL_NUMBER => SERIAL,
        Property::VENDOR_IDENTIFIER if value.number == UNSIGNED => {
            notes.fact_display(subject, VENDOR, unsigned(value.value));
            return;
        }
        _ => return,
    };
    if value.number == CHARACTER_STRING {
        text(field, value.value, subject, notes);
    }
}

fn text(field: Field, value: &[u8], subject: Subject, notes: &mut Notes) {
    match value.split_first() {
        Some((&(UTF_8 | LATIN_1), text)) => notes.fact_bytes(subject, field, text),
        Some((&UCS_2, text)) => {
            let units = text.chunks_exact(2).filter_map(|pair| pair.try_into().ok().map(u16::from_be_bytes));
            let text: String = char::decode_utf16(units).map(|unit| unit.unwrap_or('\u{fffd}')).collect();
            notes.fact(subject, field, &text);
        }
        _ => {}
    }
}
