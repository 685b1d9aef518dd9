//! What PJL says about printers.

use model::{Field, Subject, Weakness};

use super::message::{Topic, pair, unquoted};
use crate::Notes;
use crate::infra::text::is_one_of;

const ID: Field = Field::new("pjl.info_id");
const PRODUCT: Field = Field::new("pjl.product_name");
const SERIAL: Field = Field::new("pjl.serial_number");
const FIRMWARE: Field = Field::new("pjl.firmware");
const LANGUAGE: Field = Field::new("pjl.language");
const FILES: Field = Field::new("pjl.file_system");

pub(super) const FIELDS: &[Field] = &[ID, PRODUCT, SERIAL, FIRMWARE, LANGUAGE, FILES];

/// Keys of product information that identify, in upper case.
const KEYS: &[(&[u8], Field)] = &[
    (b"PRODUCTNAME", PRODUCT),
    (b"PRODUCTSERIALNUMBER", SERIAL),
    (b"SERIALNUMBER", SERIAL),
    (b"FIRMWAREDATECODE", FIRMWARE),
    (b"FIRMWAREVERSION", FIRMWARE),
];

/// Longest language name that is kept.
const LANGUAGE_LENGTH: usize = 32;

/// A line of an answer.
pub(super) fn answer(topic: Topic, line: &[u8], notes: &mut Notes) {
    match topic {
        Topic::Id => notes.fact_bytes(Subject::Sender, ID, unquoted(line)),
        Topic::Product => {
            let known = pair(line).and_then(|(key, value)| {
                Some((KEYS.iter().find(|(known, _)| is_one_of(key, &[known]))?.1, value))
            });
            if let Some((field, value)) = known {
                notes.fact_bytes(Subject::Sender, field, value);
            }
        }
        Topic::Files | Topic::Other => {}
    }
}

/// The page language of a job: the printer understands it.
pub(super) fn language(name: &[u8], notes: &mut Notes) {
    notes.fact_bytes(Subject::Receiver, LANGUAGE, name.get(..LANGUAGE_LENGTH).unwrap_or(name));
}

/// The printer shows its files to who asks.
pub(super) fn files(notes: &mut Notes) {
    notes.weakness(Subject::Sender, Weakness::NoAuthentication, FILES);
}
