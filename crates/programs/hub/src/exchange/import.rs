//! What a CSV file states about devices: read as a whole before anything is written, every wrong row named.

use std::collections::{BTreeMap, HashMap, HashSet};

use model::{DeviceId, MacAddr};
use serde::Serialize;
use store::{DeviceRow, Statements};
use utoipa::ToSchema;

use super::csv::unguarded;
use super::mapping::{KEYS, Mapping};
use crate::statements;

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct RowError {
    /// Line of the file, counted from 1.
    pub(crate) line: u64,
    /// Name of the column, if it is one.
    #[schema(required)]
    pub(crate) column: Option<String>,
    pub(crate) detail: String,
}

/// One statement that differs from what the import of this name said before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct RowChange {
    pub(crate) line: u64,
    pub(crate) device: String,
    pub(crate) attribute: String,
    #[schema(required)]
    pub(crate) before: Option<String>,
    pub(crate) after: String,
}

/// What a file comes to.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// Rows without the header.
    pub(crate) rows: u64,
    /// Rows whose device was found and in which nothing is wrong.
    pub(crate) matched: u64,
    pub(crate) changes: Vec<RowChange>,
    pub(crate) errors: Vec<RowError>,
    /// Columns that the mapping does not name.
    pub(crate) ignored: Vec<String>,
    /// What is to be stated, by device.
    pub(crate) statements: BTreeMap<DeviceId, Statements>,
}

/// Devices by what finds them.
#[derive(Debug, Default)]
pub(crate) struct Index {
    ids: HashSet<DeviceId>,
    by: HashMap<(&'static str, String), Vec<DeviceId>>,
}

/// What the import of this name said before, by device and attribute.
pub(crate) type Before = HashMap<(DeviceId, String), String>;

impl Index {
    pub(crate) fn add(&mut self, row: &DeviceRow) {
        self.ids.insert(row.id.clone());
        if let Some(serial) = &row.listing.serial {
            self.add_serial(serial, &row.id);
        }
        for mac in &row.listing.macs {
            self.note("mac", mac.to_string(), &row.id);
        }
        for ip in &row.listing.ips {
            self.note("ip", ip.to_string(), &row.id);
        }
    }

    /// A serial number that was observed or stated.
    pub(crate) fn add_serial(&mut self, serial: &str, id: &DeviceId) {
        self.note("serial", serial.trim().to_lowercase(), id);
    }

    fn note(&mut self, key: &'static str, value: String, id: &DeviceId) {
        let held = self.by.entry((key, value)).or_default();
        if !held.contains(id) {
            held.push(id.clone());
        }
    }

    /// The only device of a cell; several addresses may stand in one.
    fn find(&self, key: &'static str, cell: &str) -> Result<Option<DeviceId>, String> {
        let found: Vec<&DeviceId> = match key {
            "id" => {
                let id: DeviceId = cell.parse().map_err(|error: model::IdError| error.to_string())?;
                self.ids.get(&id).into_iter().collect()
            }
            "serial" => self.by_key(key, cell.to_lowercase()).collect(),
            "mac" => {
                let macs = words(cell).map(|word| word.parse::<MacAddr>().map_err(|error| error.to_string()));
                let macs = macs.collect::<Result<Vec<_>, _>>()?;
                macs.into_iter().flat_map(|mac| self.by_key(key, mac.to_string())).collect()
            }
            _ => {
                let ip = |word: &str| word.parse().map_err(|_| format!("`{word}` is no network address"));
                let ips = words(cell).map(ip).collect::<Result<Vec<std::net::IpAddr>, _>>()?;
                ips.into_iter().flat_map(|ip| self.by_key(key, ip.to_string())).collect()
            }
        };
        match found.as_slice() {
            [] => Ok(None),
            [first, rest @ ..] => match rest.iter().find(|other| *other != first) {
                None => Ok(Some((*first).clone())),
                Some(second) => Err(format!("it finds several devices, such as `{first}` and `{second}`")),
            },
        }
    }

    fn by_key(&self, key: &'static str, value: String) -> impl Iterator<Item = &DeviceId> {
        self.by.get(&(key, value)).into_iter().flatten()
    }
}

fn words(cell: &str) -> impl Iterator<Item = &str> {
    cell.split([' ', ',', ';']).filter(|word| !word.is_empty())
}

/// A column that says something: its place, its name there, what it is here.
struct Column {
    place: usize,
    name: String,
    target: String,
}

/// Reads a file. A row with something wrong states nothing.
///
/// # Errors
/// When the file or its header cannot be read at all.
pub(crate) fn plan(
    text: &str,
    mapping: Option<&Mapping>,
    index: &Index,
    before: &Before,
) -> Result<Plan, RowError> {
    let separator = mapping.map_or(b',', |mapping| mapping.separator.bytes().next().unwrap_or(b','));
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = ::csv::ReaderBuilder::new().delimiter(separator).from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| unreadable(&error))?.clone();
    let own;
    let mapping = match mapping {
        Some(mapping) => mapping,
        None => {
            own = Mapping::own(&header);
            &own
        }
    };
    let columns = columns(&header, mapping)?;
    let known: Vec<usize> = columns.iter().map(|column| column.place).collect();
    let ignored = header.iter().enumerate().filter(|(place, _)| !known.contains(place));
    let mut plan = Plan { ignored: ignored.map(|(_, name)| name.to_owned()).collect(), ..Plan::default() };
    for record in reader.records() {
        plan.rows += 1;
        match record {
            Ok(record) => plan.row(&record, &columns, (mapping, index, before)),
            Err(error) => plan.errors.push(unreadable(&error)),
        }
    }
    Ok(plan)
}

fn unreadable(error: &::csv::Error) -> RowError {
    let line = error.position().map_or(1, ::csv::Position::line);
    let detail = match error.kind() {
        ::csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("it has {len} cells, but the header has {expected_len}")
        }
        _ => error.to_string(),
    };
    RowError { line, column: None, detail }
}

fn columns(header: &::csv::StringRecord, mapping: &Mapping) -> Result<Vec<Column>, RowError> {
    let mut columns = Vec::new();
    for (name, target) in &mapping.columns {
        let mut places = header.iter().enumerate().filter(|(_, held)| held.trim() == name.as_str());
        let column =
            |detail: &str| RowError { line: 1, column: Some(name.clone()), detail: detail.to_owned() };
        let (place, _) =
            places.next().ok_or_else(|| column("the file has no such column, but the mapping names it"))?;
        if places.next().is_some() {
            return Err(column("the file has this column twice"));
        }
        columns.push(Column { place, name: name.clone(), target: target.clone() });
    }
    if !columns.iter().any(|column| KEYS.contains(&column.target.as_str())) {
        let detail = format!("no column finds the device: there has to be one of {}", KEYS.join(", "));
        return Err(RowError { line: 1, column: None, detail });
    }
    Ok(columns)
}

impl Plan {
    fn row(
        &mut self,
        record: &::csv::StringRecord,
        columns: &[Column],
        (mapping, index, before): (&Mapping, &Index, &Before),
    ) {
        let line = record.position().map_or(0, ::csv::Position::line);
        let device = match find(record, columns, index, line) {
            Ok(device) => device,
            Err(error) => return self.errors.push(error),
        };
        if self.statements.contains_key(&device) {
            let detail = format!("an earlier row is about `{device}` already");
            return self.errors.push(RowError { line, column: None, detail });
        }
        let (mut statements, mut wrong) = (Vec::new(), Vec::new());
        for column in columns.iter().filter(|column| statements::check(&column.target, None).is_ok()) {
            let cell = cell(record, column);
            if cell.is_empty() {
                continue;
            }
            let value = mapping.word(&column.target, cell).to_owned();
            match statements::check(&column.target, Some(&value)) {
                Ok(()) => statements.push((column.target.clone(), value)),
                Err(error) => {
                    let (column, detail) = (Some(column.name.clone()), error.to_string());
                    wrong.push(RowError { line, column, detail });
                }
            }
        }
        if !wrong.is_empty() {
            return self.errors.append(&mut wrong);
        }
        self.matched += 1;
        for (attribute, after) in &statements {
            let said = before.get(&(device.clone(), attribute.clone()));
            if said != Some(after) {
                let (attribute, after, before) = (attribute.clone(), after.clone(), said.cloned());
                self.changes.push(RowChange { line, device: device.to_string(), attribute, before, after });
            }
        }
        let statements = statements.into_iter().map(|(attribute, value)| (attribute, Some(value))).collect();
        self.statements.insert(device, statements);
    }
}

/// The device of a row: by the first key that has a cell and finds one. Two keys may not name two devices.
fn find(
    record: &::csv::StringRecord,
    columns: &[Column],
    index: &Index,
    line: u64,
) -> Result<DeviceId, RowError> {
    let mut found: Option<(DeviceId, &str)> = None;
    let mut sought = Vec::new();
    for key in KEYS {
        let Some(column) = columns.iter().find(|column| column.target == key) else { continue };
        let cell = cell(record, column);
        if cell.is_empty() {
            continue;
        }
        let wrong = |detail| RowError { line, column: Some(column.name.clone()), detail };
        sought.push(format!("{key} `{cell}`"));
        let Some(id) = index.find(key, cell).map_err(wrong)? else { continue };
        match &found {
            None => found = Some((id, key)),
            Some((other, by)) if id != *other => {
                return Err(wrong(format!("it finds `{id}`, but its {by} finds `{other}`")));
            }
            Some(_) => {}
        }
    }
    let missing = || {
        let detail = match sought.is_empty() {
            true => format!("nothing in it finds a device: it needs one of {}", KEYS.join(", ")),
            false => format!("there is no device with {}", sought.join(" or ")),
        };
        RowError { line, column: None, detail }
    };
    found.map(|(id, _)| id).ok_or_else(missing)
}

fn cell<'r>(record: &'r ::csv::StringRecord, column: &Column) -> &'r str {
    unguarded(record.get(column.place).unwrap_or_default().trim())
}
