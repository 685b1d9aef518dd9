//! Devices as CSV (RFC 4180) that a spreadsheet does not run as formulas.

use store::DeviceRow;

/// Columns of an export, in order.
pub(crate) const COLUMNS: [&str; 18] = [
    "id",
    "name",
    "manufacturer",
    "model",
    "device_type",
    "clinical_class",
    "os",
    "serial",
    "location",
    "zone",
    "ips",
    "macs",
    "lifecycle",
    "quarantined",
    "external",
    "weaknesses",
    "first_seen",
    "last_seen",
];
/// A cell that begins so is run by spreadsheets (OWASP, "CSV Injection").
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];
/// What keeps a cell from being run.
const GUARD: char = '\'';

/// The first line.
pub(crate) fn header() -> Result<String, ::csv::Error> {
    line(COLUMNS.map(str::to_owned))
}

/// The line of a device.
pub(crate) fn device(row: &DeviceRow) -> Result<String, ::csv::Error> {
    let listing = &row.listing;
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let words = |values: &[String]| values.join(" ");
    let yes_no = |is: bool| if is { "yes" } else { "no" }.to_owned();
    line([
        row.id.to_string(),
        text(&listing.name),
        text(&listing.manufacturer),
        text(&listing.model),
        listing.device_type.map(|kind| kind.name().to_owned()).unwrap_or_default(),
        listing.clinical_class.name().to_owned(),
        text(&listing.os),
        text(&listing.serial),
        text(&listing.location),
        listing.zone.map(|zone| zone.to_string()).unwrap_or_default(),
        words(&listing.ips.iter().map(ToString::to_string).collect::<Vec<_>>()),
        words(&listing.macs.iter().map(ToString::to_string).collect::<Vec<_>>()),
        row.lifecycle.name().to_owned(),
        yes_no(row.quarantined),
        yes_no(listing.external),
        words(&listing.weaknesses.iter().map(|weakness| weakness.name().to_owned()).collect::<Vec<_>>()),
        listing.first_seen.to_string(),
        listing.last_seen.to_string(),
    ])
}

fn line(cells: [String; COLUMNS.len()]) -> Result<String, ::csv::Error> {
    let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(cells.map(guarded))?;
    let bytes = writer.into_inner().map_err(|error| error.into_error())?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A cell that no spreadsheet runs.
fn guarded(cell: String) -> String {
    if cell.starts_with(FORMULA) { format!("{GUARD}{cell}") } else { cell }
}

/// What a cell held before it was guarded.
pub(crate) fn unguarded(cell: &str) -> &str {
    cell.strip_prefix(GUARD).filter(|rest| rest.starts_with(FORMULA)).unwrap_or(cell)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    use super::*;

    proptest! {
        #[test]
        fn no_cell_is_run_and_every_cell_reads_back(cell in "\\PC{0,20}") {
            let kept = guarded(cell.clone());
            prop_assert!(!kept.starts_with(FORMULA));
            if !cell.starts_with(GUARD) {
                prop_assert_eq!(unguarded(&kept), cell);
            }
        }
    }

    #[test]
    fn formulas_are_text() {
        for formula in ["=1+1", "+1", "-2", "@SUM(A1)", "\t=1", "\r=1"] {
            assert_eq!(guarded(formula.to_owned()), format!("'{formula}"));
        }
        assert_eq!(guarded("CT-7".to_owned()), "CT-7");
    }
}
