//! The device table as CSV (RFC 4180), safe to open in a spreadsheet.

use std::io::Write;

use super::document::{Device, Document, Value};

/// Columns, in order.
const COLUMNS: &[&str] = &[
    "id",
    "macs",
    "ips",
    "hostnames",
    "manufacturer",
    "manufacturer_confidence",
    "model",
    "device_type",
    "device_type_confidence",
    "clinical_class",
    "os",
    "os_version",
    "firmware_version",
    "software_versions",
    "serial",
    "udi",
    "roles",
    "ae_titles",
    "hl7_applications",
    "services_offered",
    "services_used",
    "weaknesses",
    "external",
    "first_seen",
    "last_seen",
];

/// Writes the table.
///
/// # Errors
/// When `out` cannot be written.
pub(crate) fn write(document: &Document<'_>, out: &mut dyn Write) -> Result<(), ::csv::Error> {
    let mut writer = ::csv::Writer::from_writer(out);
    writer.write_record(COLUMNS)?;
    for device in &document.devices {
        writer.write_record(row(device).iter().map(|cell| harmless(cell)))?;
    }
    writer.flush()?;
    Ok(())
}

fn row(device: &Device<'_>) -> Vec<String> {
    let best =
        |value: &Option<Value<'_>>| value.as_ref().map_or(String::new(), |value| value.value.to_owned());
    let sure = |value: &Option<Value<'_>>| {
        value.as_ref().map_or(String::new(), |value| value.confidence.to_string())
    };
    let all = |values: &[Value<'_>]| values.iter().map(|value| value.value).collect::<Vec<_>>().join("; ");
    vec![
        device.id.to_owned(),
        device.macs.join("; "),
        device.ips.join("; "),
        all(&device.hostnames),
        best(&device.manufacturer),
        sure(&device.manufacturer),
        best(&device.model),
        best(&device.device_type),
        sure(&device.device_type),
        device.clinical_class.value.to_owned(),
        best(&device.os),
        best(&device.os_version),
        best(&device.firmware_version),
        all(&device.software_versions),
        best(&device.serial),
        best(&device.udi),
        all(&device.roles),
        all(&device.ae_titles),
        all(&device.hl7_applications),
        all(&device.services_offered),
        all(&device.services_used),
        device.weaknesses.iter().map(|weakness| weakness.weakness).collect::<Vec<_>>().join("; "),
        device.external.to_string(),
        device.first_seen.clone(),
        device.last_seen.clone(),
    ]
}

/// A cell that a spreadsheet does not take for a formula: what a station calls itself comes from the wire.
pub(crate) fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_a_formula_is_quoted() {
        assert_eq!(harmless("=HYPERLINK(\"x\")"), "'=HYPERLINK(\"x\")");
        assert_eq!(harmless("pump-7"), "pump-7");
    }
}
