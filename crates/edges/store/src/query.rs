//! Lists of devices, counted and sorted by the database.

use std::collections::BTreeMap;

use model::{ClinicalClass, DeviceType, Lifecycle, Timestamp, Weakness};

use crate::convert::{flag, small, text, time};
use crate::device::{COLUMNS, DeviceRow, device_row, sort_ip, sort_mac};
use crate::filter::Filter;
use crate::page::{self, Cursor, Page};
use crate::sql::{self, Row, Sql, Value};
use crate::{Error, Result};

/// Which devices, in which order. What is `None` or empty does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeviceQuery {
    /// In one of these states.
    pub lifecycle: Vec<Lifecycle>,
    /// Of one of these classes.
    pub clinical_class: Vec<ClinicalClass>,
    /// Of one of these types.
    pub device_type: Vec<DeviceType>,
    /// Of one of these manufacturers, exactly.
    pub manufacturer: Vec<String>,
    /// Whose type is not known.
    pub unknown: Option<bool>,
    /// That show one of these.
    pub weakness: Vec<Weakness>,
    /// Outside the networks of the site, or within.
    pub external: Option<bool>,
    /// In quarantine, or not.
    pub quarantined: Option<bool>,
    /// First seen after this.
    pub first_seen_after: Option<Timestamp>,
    /// That pass this.
    pub filter: Option<Filter>,
    /// With every word of this in the name, an address, the serial number, the model or the manufacturer.
    pub search: String,
    /// Sorted by.
    pub sort: Sort,
    /// The greatest first.
    pub descending: bool,
    /// After the page that gave this.
    pub cursor: Option<Cursor>,
    /// At most so many; 0 is as many as a page holds.
    pub limit: u32,
}

/// What devices are sorted by. Names sort without regard to capitals; who has none comes last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// Last time it was seen.
    #[default]
    LastSeen,
    /// First time it was seen.
    FirstSeen,
    /// Name.
    Name,
    /// Manufacturer.
    Manufacturer,
    /// Type.
    DeviceType,
    /// Clinical class.
    ClinicalClass,
    /// Operating system.
    Os,
    /// Serial number.
    Serial,
    /// Where it stands.
    Location,
    /// Lifecycle.
    Lifecycle,
    /// First network address, as a number; IPv4 before IPv6, none last.
    Ip,
    /// First link-layer address, none last.
    Mac,
    /// Zone.
    Zone,
}

/// A page of devices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DevicePage {
    /// The devices.
    pub page: Page<DeviceRow>,
    /// How many there are on all pages.
    pub total: u64,
}

/// How many devices have which value, the most frequent first; `None` is unknown. Each facet is counted as if
/// nothing was chosen in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facets {
    /// By lifecycle.
    pub lifecycle: Vec<(Option<String>, u64)>,
    /// By clinical class.
    pub clinical_class: Vec<(Option<String>, u64)>,
    /// By device type.
    pub device_type: Vec<(Option<String>, u64)>,
    /// By manufacturer.
    pub manufacturer: Vec<(Option<String>, u64)>,
}

/// What lists show: parts of other devices are hidden. Every index that gives an order begins with it.
pub(crate) const SHOWN: &str = "hidden = 0";
/// The same, for what looks at every row anyway: no index is better than the wrong one.
pub(crate) const SHOWN_OF_ALL: &str = "hidden + 0 = 0";

/// Conditions and their values.
#[derive(Debug, Default)]
pub(crate) struct Conditions {
    parts: Vec<String>,
    values: Vec<Value>,
}

impl Conditions {
    /// The place of a value.
    pub(crate) fn bind(&mut self, value: Value) -> String {
        self.values.push(value);
        format!("${}", self.values.len())
    }

    pub(crate) fn and(&mut self, condition: impl Into<String>) {
        self.parts.push(condition.into());
    }

    fn compare(&mut self, column: &str, operator: &str, value: Option<Value>) {
        if let Some(value) = value {
            let place = self.bind(value);
            self.and(format!("{column} {operator} {place}"));
        }
    }

    fn one_of(&mut self, column: &str, values: impl Iterator<Item = Value>) {
        let places: Vec<String> = values.map(|value| self.bind(value)).collect();
        if !places.is_empty() {
            self.and(format!("{column} IN ({})", places.join(", ")));
        }
    }

    /// The same devices, found before they are looked at in order.
    fn first(mut self) -> Self {
        self.parts = vec![format!("id IN (SELECT id FROM device {})", self.text())];
        self
    }

    /// `WHERE ..`, or nothing.
    pub(crate) fn text(&self) -> String {
        if self.parts.is_empty() { String::new() } else { format!("WHERE {}", self.parts.join(" AND ")) }
    }

    pub(crate) fn into_values(self) -> Vec<Value> {
        self.values
    }
}

impl Sort {
    /// A column, or what stands for one: what is unknown comes last.
    const fn column(self) -> &'static str {
        match self {
            Self::DeviceType => "COALESCE(device_type, '\u{10ffff}')",
            Self::ClinicalClass => "clinical_class",
            Self::Os => "COALESCE(os, '\u{10ffff}')",
            Self::Serial => "COALESCE(serial, '\u{10ffff}')",
            Self::Location => "COALESCE(location, '\u{10ffff}')",
            Self::Lifecycle => "lifecycle",
            Self::LastSeen => "last_seen",
            Self::FirstSeen => "first_seen",
            Self::Name => "sort_name",
            Self::Manufacturer => "sort_manufacturer",
            Self::Ip => "sort_ip",
            Self::Mac => "sort_mac",
            Self::Zone => "COALESCE(zone, '\u{10ffff}')",
        }
    }

    /// What a row is sorted by, as a cursor holds it.
    fn key(self, (row, [name, manufacturer]): &(DeviceRow, [String; 2])) -> String {
        let listing = &row.listing;
        let or_last = |value: Option<&str>| value.unwrap_or("\u{10ffff}").to_owned();
        match self {
            Self::DeviceType => or_last(listing.device_type.map(DeviceType::name)),
            Self::ClinicalClass => listing.clinical_class.name().to_owned(),
            Self::Os => or_last(listing.os.as_deref()),
            Self::Serial => or_last(listing.serial.as_deref()),
            Self::Location => or_last(listing.location.as_deref()),
            Self::Lifecycle => row.lifecycle.name().to_owned(),
            Self::LastSeen => row.listing.last_seen.nanos().to_string(),
            Self::FirstSeen => row.listing.first_seen.nanos().to_string(),
            Self::Name => name.clone(),
            Self::Manufacturer => manufacturer.clone(),
            Self::Ip => sort_ip(&listing.ips),
            Self::Mac => sort_mac(&listing.macs),
            Self::Zone => listing.zone.map_or_else(|| "\u{10ffff}".to_owned(), |zone| zone.to_string()),
        }
    }

    fn value(self, key: String) -> Result<Value> {
        match self {
            Self::LastSeen | Self::FirstSeen => key.parse().map(Value::Int).map_err(|_| Error::BadCursor),
            Self::Name
            | Self::Manufacturer
            | Self::DeviceType
            | Self::ClinicalClass
            | Self::Os
            | Self::Serial
            | Self::Location
            | Self::Lifecycle
            | Self::Ip
            | Self::Mac
            | Self::Zone => Ok(Value::Text(key)),
        }
    }
}

impl DeviceQuery {
    fn conditions(&self, shown: &str) -> Conditions {
        let mut all = Conditions::default();
        all.and(shown);
        all.one_of("lifecycle", self.lifecycle.iter().map(|state| text(state.name())));
        all.one_of("clinical_class", self.clinical_class.iter().map(|class| text(class.name())));
        all.one_of("device_type", self.device_type.iter().map(|kind| text(kind.name())));
        all.one_of("manufacturer", self.manufacturer.iter().map(text));
        match self.unknown {
            Some(true) => all.and("device_type IS NULL"),
            Some(false) => all.and("device_type IS NOT NULL"),
            None => {}
        }
        let weaknesses = self.weakness.iter().fold(0, |bits, weakness| bits | weakness.bit());
        if weaknesses != 0 {
            let place = all.bind(small(weaknesses));
            all.and(format!("(weaknesses & {place}) <> 0"));
        }
        all.compare("external", "=", self.external.map(flag));
        all.compare("quarantined", "=", self.quarantined.map(flag));
        all.compare("first_seen", ">", self.first_seen_after.map(time));
        if let Some(filter) = &self.filter {
            let condition = filter.sql(&mut all);
            all.and(condition);
        }
        let words = self.search.split_whitespace().map(str::to_lowercase);
        let words: Vec<String> =
            words.map(|word| format!("strpos(words, {}) > 0", all.bind(text(word)))).collect();
        if !words.is_empty() {
            let words = words.join(" AND ");
            all.and(format!("id IN (SELECT device FROM device_search WHERE {words})"));
        }
        all
    }

    /// Names the list, so that a cursor of another order is refused.
    fn list(&self) -> String {
        let direction = if self.descending { "-" } else { "" };
        format!("{direction}{}", self.sort.column())
    }
}

/// A pattern for what contains `word`, whatever it is made of.
pub(crate) fn like(word: &str) -> String {
    let plain = word.to_lowercase().replace('!', "!!").replace('%', "!%").replace('_', "!_");
    format!("%{plain}%")
}

/// So many devices are sorted faster than they are found by going through all devices in order.
const FEW: u64 = 2_000;

/// A page of the devices that `query` asks for.
pub(crate) async fn devices(sql: &mut dyn Sql, query: DeviceQuery) -> Result<DevicePage> {
    let mut counted = query.conditions(SHOWN_OF_ALL);
    let is_narrowed = counted.parts.len() > 1;
    if !is_narrowed {
        // Nothing but what an index holds.
        counted = query.conditions(SHOWN);
    }
    let count = format!("SELECT COUNT(*) FROM device {}", counted.text());
    let total = sql::one(sql, &count, counted.into_values(), |row| row.uint()).await?.unwrap_or_default();
    let (list, limit) = (query.list(), page::limit(query.limit));
    let (column, order, beyond) =
        if query.descending { (query.sort.column(), "DESC", "<") } else { (query.sort.column(), "ASC", ">") };
    let mut conditions = query.conditions(SHOWN);
    if is_narrowed && total <= FEW {
        conditions = query.conditions(SHOWN_OF_ALL).first();
    }
    if let Some(cursor) = &query.cursor {
        let [key, id] = cursor.parts(&list)?;
        let (key, id) = (conditions.bind(query.sort.value(key)?), conditions.bind(text(id)));
        conditions.and(format!("({column}, id) {beyond} ({key}, {id})"));
    }
    let at_most = conditions.bind(small(limit + 1));
    let statement = format!(
        "SELECT {COLUMNS} FROM device {} ORDER BY {column} {order}, id {order} LIMIT {at_most}",
        conditions.text()
    );
    let found = sql::all(sql, &statement, conditions.into_values(), device_row).await?;
    let cursor = |row: &(DeviceRow, _)| Cursor::new(&list, &[&query.sort.key(row), row.0.id.as_str()]);
    Ok(DevicePage { page: Page::of(found, limit, cursor).map(|(row, _)| row), total })
}

/// Every device, in no order.
pub(crate) async fn every(sql: &mut dyn Sql) -> Result<Vec<DeviceRow>> {
    let found = sql::all(sql, &format!("SELECT {COLUMNS} FROM device"), Vec::new(), device_row).await?;
    Ok(found.into_iter().map(|(row, _)| row).collect())
}

/// A facet: its column, whether something is chosen in it, and the same query without that.
type Facet = (&'static str, fn(&DeviceQuery) -> bool, fn(&mut DeviceQuery));

const FACETS: [Facet; 4] = [
    ("lifecycle", |query| query.lifecycle.is_empty(), |query| query.lifecycle.clear()),
    ("clinical_class", |query| query.clinical_class.is_empty(), |query| query.clinical_class.clear()),
    ("device_type", |query| query.device_type.is_empty(), |query| query.device_type.clear()),
    ("manufacturer", |query| query.manufacturer.is_empty(), |query| query.manufacturer.clear()),
];

/// How many of the devices that `query` asks for have which value. Facets in which nothing is chosen are counted in
/// one pass, because they count the same devices.
pub(crate) async fn facets(sql: &mut dyn Sql, query: &DeviceQuery) -> Result<Facets> {
    let mut sums: [Sums; 4] = Default::default();
    let columns = FACETS.map(|(column, ..)| column).join(", ");
    let statement = |conditions: &Conditions| {
        format!("SELECT {columns}, COUNT(*) FROM device {} GROUP BY {columns}", conditions.text())
    };
    if FACETS.iter().any(|(_, is_open, _)| is_open(query)) {
        let conditions = query.conditions(SHOWN_OF_ALL);
        let text = statement(&conditions);
        sql.each(&text, conditions.into_values(), &mut |mut row| {
            let values = [row.text_or_null()?, row.text_or_null()?, row.text_or_null()?, row.text_or_null()?];
            let count = row.uint()?;
            let open =
                FACETS.iter().zip(values).zip(&mut sums).filter(|(((_, is_open, _), _), _)| is_open(query));
            open.for_each(|((_, value), sums)| *sums.entry(value).or_default() += count);
            Ok(())
        })
        .await?;
    }
    for ((column, is_open, clear), sums) in FACETS.iter().zip(&mut sums) {
        if !is_open(query) {
            let mut query = query.clone();
            clear(&mut query);
            sums.extend(counts(sql, column, query.conditions(SHOWN_OF_ALL)).await?);
        }
    }
    let [lifecycle, clinical_class, device_type, manufacturer] = sums.map(by_count);
    Ok(Facets { lifecycle, clinical_class, device_type, manufacturer })
}

/// Devices by value.
type Sums = BTreeMap<Option<String>, u64>;

/// The most frequent first.
fn by_count(sums: Sums) -> Vec<(Option<String>, u64)> {
    let mut counts: Vec<_> = sums.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}

/// How many devices have which value of a column.
pub(crate) async fn counts(
    sql: &mut dyn Sql,
    column: &str,
    conditions: Conditions,
) -> Result<Vec<(Option<String>, u64)>> {
    let statement = format!("SELECT {column}, COUNT(*) FROM device {} GROUP BY {column}", conditions.text());
    let read = |row: &mut Row| Ok((row.text_or_null()?, row.uint()?));
    let found = sql::all(sql, &statement, conditions.into_values(), read).await?;
    Ok(by_count(found.into_iter().collect()))
}
