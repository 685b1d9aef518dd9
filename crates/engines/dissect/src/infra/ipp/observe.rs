//! What the attributes of a printer say.

use model::{Field, Subject};

use super::message::Attribute;
use crate::Notes;

/// Printer attributes that identify it, by name (RFC 8011, 5.4; PWG 5100.13, 5.6).
const ATTRIBUTES: [(&[u8], Field); 8] = [
    (b"printer-make-and-model", Field::new("ipp.printer_make_and_model")),
    (b"printer-name", Field::new("ipp.printer_name")),
    (b"printer-dns-sd-name", Field::new("ipp.printer_dns_sd_name")),
    (b"printer-device-id", Field::new("ipp.printer_device_id")),
    (b"printer-info", Field::new("ipp.printer_info")),
    (b"printer-location", Field::new("ipp.printer_location")),
    (b"printer-uuid", Field::new("ipp.printer_uuid")),
    (b"printer-firmware-string-version", Field::new("ipp.printer_firmware_string_version")),
];

pub(super) const FIELDS: &[Field] = &{
    let [a, b, c, d, e, f, g, h] = ATTRIBUTES;
    [a.1, b.1, c.1, d.1, e.1, f.1, g.1, h.1]
};

/// Notes an attribute of the printer that sends it.
pub(super) fn printer_attribute(attribute: Attribute<'_>, notes: &mut Notes) {
    if !attribute.name.starts_with(b"printer-") {
        return;
    }
    if let Some((_, field)) = ATTRIBUTES.iter().find(|(name, _)| *name == attribute.name) {
        notes.fact_bytes(Subject::Sender, *field, attribute.value);
    }
}
