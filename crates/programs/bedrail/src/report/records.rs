//! Lists of a hub in the forms that people and programs read: a table, JSON, JSON lines, CSV.

use std::io::Write;

use serde_json::{Value, json};

use super::csv::harmless as no_formula;
use super::grid::{self, Layout, harmless};
use super::table::{KIND, maker_and_model, name_and_address};
use crate::cli::ListFormat;

/// What is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Devices of the inventory.
    Devices,
    /// Changes to devices.
    Changes,
    /// Sensors with their health.
    Sensors,
    /// Tokens that no sensor used yet.
    Tokens,
    /// Records of the audit log.
    AuditRecords,
    /// Merges and splits.
    Adjustments,
}

/// Takes entries one by one and prints them.
pub(crate) struct Printer<W: Write> {
    kind: Kind,
    format: ListFormat,
    out: W,
    held: Vec<Value>,
}

impl<W: Write> Printer<W> {
    /// A printer of nothing yet.
    pub(crate) fn new(kind: Kind, format: ListFormat, out: W) -> Self {
        Self { kind, format, out, held: Vec::new() }
    }

    /// Takes an entry. Only JSON lines are printed at once.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub(crate) fn take(&mut self, entry: Value) -> anyhow::Result<()> {
        if self.format.jsonl {
            serde_json::to_writer(&mut self.out, &entry)?;
            self.out.write_all(b"\n")?;
        } else {
            self.held.push(entry);
        }
        Ok(())
    }

    /// Prints what is held.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub(crate) fn finish(mut self) -> anyhow::Result<()> {
        if self.format.json {
            serde_json::to_writer_pretty(&mut self.out, &json!({ "items": self.held }))?;
            self.out.write_all(b"\n")?;
        } else if self.format.csv {
            self.csv()?;
        } else if !self.format.jsonl && !self.held.is_empty() {
            let rows = self.held.iter().map(|entry| self.kind.row(entry)).collect();
            let table = grid::render(self.kind.heads(), KIND, rows, Layout::of_stdout());
            self.out.write_all(table.as_bytes())?;
            self.out.write_all(b"\n")?;
        }
        self.out.flush()?;
        Ok(())
    }

    fn csv(&mut self) -> anyhow::Result<()> {
        let mut writer = csv::Writer::from_writer(&mut self.out);
        writer.write_record(self.kind.columns())?;
        for entry in &self.held {
            let cell = |column: &&str| no_formula(&harmless(&words(entry.pointer(&format!("/{column}")))));
            writer.write_record(self.kind.columns().iter().map(cell))?;
        }
        writer.flush()?;
        Ok(())
    }
}

impl Kind {
    /// Columns of CSV: fields of an entry.
    fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Devices => &[
                "id",
                "name",
                "manufacturer",
                "model",
                "device_type",
                "clinical_class",
                "os",
                "ips",
                "macs",
                "serial",
                "location",
                "lifecycle",
                "quarantined",
                "external",
                "weaknesses",
                "first_seen",
                "last_seen",
            ],
            Self::Changes => &[
                "at",
                "device",
                "device_name",
                "device_address",
                "actor/kind",
                "actor/name",
                "kind",
                "what",
                "before",
                "after",
                "why",
                "request",
                "id",
            ],
            Self::Sensors => {
                &["id", "name", "state", "last_seen", "frames", "dropped", "dropped_share", "blind_spots"]
            }
            Self::Tokens => &["sensor", "name", "made_by", "expires_at"],
            Self::AuditRecords => &[
                "number",
                "at",
                "who_kind",
                "who",
                "act",
                "subject_kind",
                "subject",
                "outcome",
                "before",
                "after",
                "why",
                "address",
                "session",
                "request",
                "hash",
            ],
            Self::Adjustments => {
                &["id", "kind", "device", "part", "anchor", "by", "at", "why", "undone/by", "undone/at"]
            }
        }
    }

    fn heads(self) -> &'static [&'static str] {
        match self {
            Self::Devices => {
                &["Device", "Type", "Manufacturer and model", "Class", "Lifecycle", "Weaknesses", "Last seen"]
            }
            Self::Changes => &["When", "Device", "What", "Before", "After", "Who", "Why"],
            Self::Sensors => &["Sensor", "State", "Frames", "Could not be read", "Last seen", "Blind spots"],
            Self::Tokens => &["Sensor", "Name", "Made by", "Good until"],
            Self::AuditRecords => {
                &["Record", "When", "Who", "Act", "What", "Outcome", "Before", "After", "Why"]
            }
            Self::Adjustments => &["Id", "Kind", "Device", "Part", "Who and when", "Why", "Taken back"],
        }
    }

    fn row(self, entry: &Value) -> Vec<String> {
        match self {
            Self::Devices => device(entry),
            Self::Changes => change(entry),
            Self::Sensors => sensor(entry),
            Self::Tokens => token(entry),
            Self::AuditRecords => audit_record(entry),
            Self::Adjustments => adjustment(entry),
        }
    }
}

fn device(entry: &Value) -> Vec<String> {
    let first = |field: &str| entry.get(field).and_then(|all| all.get(0)).and_then(Value::as_str);
    let outside = if entry.get("external") == Some(&Value::Bool(true)) { "\n(outside)" } else { "" };
    let quarantined = if entry.get("quarantined") == Some(&Value::Bool(true)) { "\nquarantined" } else { "" };
    vec![
        name_and_address(text(entry, "name"), first("ips"), first("macs")) + outside,
        text(entry, "device_type").unwrap_or("unknown").to_owned(),
        maker_and_model(text(entry, "manufacturer"), text(entry, "model")),
        text(entry, "clinical_class").unwrap_or("unknown").to_owned(),
        format!("{}{quarantined}", text(entry, "lifecycle").unwrap_or("unknown")),
        words(entry.get("weaknesses")).replace("; ", ", "),
        moment(text(entry, "last_seen")),
    ]
}

fn change(entry: &Value) -> Vec<String> {
    let of_actor = |field: &str| entry.pointer(&format!("/actor/{field}")).and_then(Value::as_str);
    vec![
        moment(text(entry, "at")),
        ["device_name", "device_address", "device"]
            .into_iter()
            .find_map(|field| text(entry, field))
            .unwrap_or_default()
            .to_owned(),
        text(entry, "what").unwrap_or_default().to_owned(),
        text(entry, "before").unwrap_or("–").to_owned(),
        text(entry, "after").unwrap_or("–").to_owned(),
        of_actor("name").or(of_actor("kind")).unwrap_or_default().to_owned(),
        text(entry, "why").unwrap_or_default().to_owned(),
    ]
}

fn sensor(entry: &Value) -> Vec<String> {
    let share = entry.get("dropped_share").and_then(Value::as_f64).unwrap_or_default();
    vec![
        text(entry, "name").or(text(entry, "id")).unwrap_or_default().to_owned(),
        text(entry, "state").unwrap_or("unknown").to_owned(),
        words(entry.get("frames")),
        format!("{} ({:.2} %)", words(entry.get("dropped")), share * 100.0),
        moment(text(entry, "last_seen")),
        words(entry.get("blind_spots")).replace("; ", "\n"),
    ]
}

fn token(entry: &Value) -> Vec<String> {
    let field = |name: &str| text(entry, name).unwrap_or_default().to_owned();
    vec![field("sensor"), field("name"), field("made_by"), moment(text(entry, "expires_at"))]
}

fn audit_record(entry: &Value) -> Vec<String> {
    let field = |name: &str| text(entry, name).unwrap_or("–").to_owned();
    vec![
        words(entry.get("number")),
        moment(text(entry, "at")),
        text(entry, "who").or(text(entry, "who_kind")).unwrap_or_default().to_owned(),
        field("act"),
        format!("{} {}", field("subject_kind"), text(entry, "subject").unwrap_or_default()).trim().to_owned(),
        field("outcome"),
        field("before"),
        field("after"),
        field("why"),
    ]
}

fn adjustment(entry: &Value) -> Vec<String> {
    let field = |name: &str| text(entry, name).unwrap_or_default().to_owned();
    let undone = |name: &str| entry.pointer(&format!("/undone/{name}")).and_then(Value::as_str);
    let back = undone("by")
        .map(|by| format!("{by}, {}\n{}", moment(undone("at")), undone("why").unwrap_or_default()));
    let anchor = text(entry, "anchor").map_or(String::new(), |anchor| format!("\n{anchor}"));
    vec![
        field("id"),
        field("kind"),
        field("device"),
        field("part") + &anchor,
        format!("{}, {}", field("by"), moment(text(entry, "at"))),
        field("why"),
        back.unwrap_or_default(),
    ]
}

/// A field with a text.
pub(crate) fn text<'v>(entry: &'v Value, field: &str) -> Option<&'v str> {
    entry.get(field).and_then(Value::as_str)
}

/// A time to the second; what is not known is said.
pub(crate) fn moment(at: Option<&str>) -> String {
    let Some(at) = at else { return "unknown".to_owned() };
    let seconds = at.split_once('.').map_or(at.trim_end_matches('Z'), |(seconds, _)| seconds);
    seconds.replace('T', " ")
}

/// A value as text: lists joined, nothing for what is not known.
pub(crate) fn words(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(all)) => all.iter().map(|one| words(Some(one))).collect::<Vec<_>>().join("; "),
        Some(other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(kind: Kind, format: ListFormat, entry: Value) -> String {
        let mut out = Vec::new();
        let mut printer = Printer::new(kind, format, &mut out);
        printer.take(entry).unwrap();
        printer.finish().unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_people_state_steers_neither_terminal_nor_spreadsheet() {
        let entry =
            json!({ "id": "dev_1", "name": "\u{1b}[2Jpump", "location": "=cmd|calc", "ips": ["10.0.0.1"] });
        let table = ListFormat { json: false, jsonl: false, csv: false };
        let shown = printed(Kind::Devices, table, entry.clone());
        assert!(shown.contains("10.0.0.1") && !shown.contains('\u{1b}'), "{shown:?}");
        let csv = printed(Kind::Devices, ListFormat { csv: true, ..table }, entry);
        assert!(csv.contains("'=cmd|calc") && !csv.contains('\u{1b}'), "{csv:?}");
    }

    #[test]
    fn times_are_shown_to_the_second() {
        assert_eq!(moment(Some("2026-01-31T10:20:30.123456789Z")), "2026-01-31 10:20:30");
        assert_eq!(moment(Some("2026-01-31T10:20:30Z")), "2026-01-31 10:20:30");
        assert_eq!(moment(None), "unknown");
    }
}
