//! What tshark shows of a capture, frame by frame.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use testkit::tools;

/// Between the values of a field that a frame shows several times.
const BETWEEN: char = '\u{2}';

/// The tool, and the names that it knows.
pub(crate) struct Tshark {
    path: PathBuf,
    names: BTreeSet<String>,
}

/// The asked fields of every frame; those that a frame does not show are empty.
pub(crate) struct Shown {
    columns: BTreeMap<String, usize>,
    frames: BTreeMap<u64, Vec<String>>,
}

impl Tshark {
    /// `None` where it is missing and may be.
    pub(crate) fn find() -> Option<Self> {
        let path = tools::find("tshark").unwrap()?;
        let listed = tools::run(&path, &["-G", "fields"]).unwrap();
        // `F` is a field and `P` a protocol: description, then name.
        let name = |line: &str| {
            let mut columns = line.split('\t');
            matches!(columns.next(), Some("F" | "P")).then(|| columns.nth(1).map(str::to_owned))?
        };
        let names = listed.lines().filter_map(name).collect();
        Some(Self { path, names })
    }

    /// Whether a display filter may name the field.
    pub(crate) fn knows(&self, field: &str) -> bool {
        self.names.contains(field)
    }

    /// Reads the capture once.
    pub(crate) fn show(&self, capture: &Path, fields: &BTreeSet<String>, options: &[&str]) -> Shown {
        let between = format!("aggregator={BETWEEN}");
        let path = capture.to_string_lossy();
        let mut arguments = vec!["-n", "-r", &path, "-T", "fields", "-E", "occurrence=a", "-E", &between];
        arguments.extend(options);
        arguments.extend(["-e", "frame.number"]);
        for field in fields {
            arguments.extend(["-e", field.as_str()]);
        }
        let printed = tools::run(&self.path, &arguments).unwrap();
        let row = |line: &str| {
            let mut cells = line.split('\t').map(str::to_owned);
            Some((cells.next()?.parse().ok()?, cells.collect()))
        };
        Shown {
            columns: fields.iter().cloned().zip(0..).collect(),
            frames: printed.lines().filter_map(row).collect(),
        }
    }
}

impl Shown {
    /// The numbers of the frames.
    pub(crate) fn frames(&self) -> impl Iterator<Item = u64> + '_ {
        self.frames.keys().copied()
    }

    /// The values of a field in a frame, without the blanks that pad them.
    pub(crate) fn values(&self, frame: u64, field: &str) -> Vec<&str> {
        let cell = self.frames.get(&frame).zip(self.columns.get(field)).map(|(row, at)| row[*at].as_str());
        cell.filter(|cell| !cell.is_empty())
            .map_or_else(Vec::new, |cell| cell.split(BETWEEN).map(str::trim).collect())
    }

    /// Whether the frame has the field.
    pub(crate) fn has(&self, frame: u64, field: &str) -> bool {
        !self.values(frame, field).is_empty()
    }

    /// Whether one of the fields says `value` in the frame: in letters, or as octets of UTF-8 or UTF-16.
    pub(crate) fn says(&self, frame: u64, fields: &[&str], value: &str) -> bool {
        let octets: String = value.bytes().map(|byte| format!("{byte:02x}")).collect();
        let pairs: String = value.encode_utf16().map(|unit| format!("{unit:04x}")).collect();
        fields.iter().flat_map(|field| self.values(frame, field)).any(|shown| {
            let hex = shown.replace(':', "").to_ascii_lowercase();
            shown.contains(value) || hex.contains(&octets) || hex.contains(&pairs)
        })
    }
}
