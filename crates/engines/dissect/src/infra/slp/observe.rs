//! What SLP messages say about their senders.

use model::{Field, Subject};

use super::message;
use crate::Notes;
use crate::infra::text::{device_id, is_one_of};

const URL: Field = Field::new("srvloc.url.url");
const TYPES: Field = Field::new("srvloc.srvtyperply.srvtypelist");
const WANTED: Field = Field::new("srvloc.srvreq.srvtypelist");
const MANUFACTURER: Field = Field::new("srvloc.manufacturer");
const MODEL: Field = Field::new("srvloc.model");
const DESCRIPTION: Field = Field::new("srvloc.description");
const SERIAL: Field = Field::new("srvloc.serial_number");
const FIRMWARE: Field = Field::new("srvloc.firmware");
const HOST_NAME: Field = Field::new("srvloc.host_name");
const CLASS: Field = Field::new("srvloc.class");

pub(super) const FIELDS: &[Field] =
    &[URL, TYPES, WANTED, MANUFACTURER, MODEL, DESCRIPTION, SERIAL, FIRMWARE, HOST_NAME, CLASS];

/// Attributes and keys of device identifiers that identify equipment (IEEE 1284; RFC 2926; printers of several
/// makers). Contacts and locations are left out.
const TAGS: &[(&[u8], Field)] = &[
    (b"MFG", MANUFACTURER),
    (b"MANUFACTURER", MANUFACTURER),
    (b"MDL", MODEL),
    (b"MODEL", MODEL),
    (b"PRINTER-MODEL", MODEL),
    (b"PRODUCT", MODEL),
    (b"DES", DESCRIPTION),
    (b"DESCRIPTION", DESCRIPTION),
    (b"PRINTER-INFO", DESCRIPTION),
    (b"SN", SERIAL),
    (b"SERN", SERIAL),
    (b"SERIALNUMBER", SERIAL),
    (b"SERIAL-NUMBER", SERIAL),
    (b"FWVER", FIRMWARE),
    (b"FIRMWARE", FIRMWARE),
    (b"VERSION", FIRMWARE),
    (b"X-HP-HN", HOST_NAME),
    (b"HOSTNAME", HOST_NAME),
    (b"CLS", CLASS),
];

/// The URL of a service.
pub(super) fn service(url: &[u8], notes: &mut Notes) {
    notes.fact_bytes(Subject::Sender, URL, url);
}

/// Service types that a station has.
pub(super) fn types(list: &[u8], notes: &mut Notes) {
    notes.fact_bytes(Subject::Sender, TYPES, list);
}

/// The service type that a station looks for; version 1 writes it in front of a predicate and scope (RFC 2165, 7).
pub(super) fn wanted(version: u8, text: &[u8], notes: &mut Notes) {
    let end = if version == 1 { text.iter().position(|&byte| byte == b'/') } else { None };
    notes.fact_bytes(Subject::Sender, WANTED, end.and_then(|end| text.get(..end)).unwrap_or(text));
}

/// Attributes of a service of the station; a value may be a device identifier with keys of its own.
pub(super) fn attributes(list: &[u8], notes: &mut Notes) {
    for (tag, value) in message::attributes(list) {
        if value.contains(&b';') {
            for (key, value) in device_id(value) {
                attribute(key, value, notes);
            }
        } else {
            attribute(tag, value, notes);
        }
    }
}

fn attribute(tag: &[u8], value: &[u8], notes: &mut Notes) {
    if let Some((_, field)) = TAGS.iter().find(|(known, _)| is_one_of(tag, &[known])) {
        notes.fact_bytes(Subject::Sender, *field, value);
    }
}
