//! Which devices: conditions joined by `and`, `or` and `not`, for the database and for one device in memory.

use std::fmt;

use model::{ClinicalClass, DeviceType, Lifecycle, Timestamp, Weakness, Zone};

use crate::convert::{flag, small, text, time};
use crate::device::{DeviceRow, plain};
use crate::label::Label;
use crate::query::{Conditions, like};

/// A filter that was understood. Its text is read back as the same filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter {
    /// All of them; none is everything.
    All(Vec<Filter>),
    /// One of them; none is nothing.
    Any(Vec<Filter>),
    /// Not it.
    Not(Box<Filter>),
    /// A condition.
    Is(Condition),
}

/// A condition on one device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// Where it is in its life.
    Lifecycle(Lifecycle),
    /// What it means for a patient, as derived.
    Class(ClinicalClass),
    /// Kind of thing; `None` is unknown.
    Type(Option<DeviceType>),
    /// That it shows this.
    Weakness(Weakness),
    /// Outside the networks of the site, or within.
    External(bool),
    /// In quarantine, or not.
    Quarantined(bool),
    /// Where it is in the network.
    Zone(Zone),
    /// That it carries this label.
    Label(Label),
    /// That one of its texts is this, or holds it. Capitals do not count; what is not known is `unknown`.
    Text(TextField, Matching, String),
    /// That one of its addresses is this, or holds it.
    Address(AddressField, Matching, String),
    /// First or last seen before a time, or not before it.
    Seen(SeenField, Order, Timestamp),
}

/// A text of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextField {
    /// What it is called.
    Name,
    /// Maker or brand.
    Manufacturer,
    /// Model.
    Model,
    /// Operating system.
    Os,
    /// Serial number.
    Serial,
    /// Where it stands.
    Location,
}

/// A list of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressField {
    /// Network addresses.
    Ip,
    /// Link-layer addresses.
    Mac,
}

/// A time of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeenField {
    /// First time it was seen.
    First,
    /// Last time it was seen.
    Last,
}

/// How a text is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Matching {
    /// It is the same.
    Equal,
    /// It occurs in it.
    Contains,
}

/// How a time is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Before it.
    Before,
    /// At it or after it.
    From,
}

/// The value of what is not known.
const UNKNOWN: &str = "unknown";

impl Filter {
    /// Whether a device passes.
    #[must_use]
    pub fn passes(&self, row: &DeviceRow) -> bool {
        match self {
            Self::All(all) => all.iter().all(|filter| filter.passes(row)),
            Self::Any(any) => any.iter().any(|filter| filter.passes(row)),
            Self::Not(filter) => !filter.passes(row),
            Self::Is(condition) => condition.passes(row),
        }
    }

    /// As a condition of SQL. Nothing in it is ever null, so that `NOT` turns it round.
    pub(crate) fn sql(&self, values: &mut Conditions) -> String {
        let joined = |all: &[Self], between: &str, none: &str, values: &mut Conditions| {
            let parts: Vec<String> = all.iter().map(|filter| filter.sql(values)).collect();
            if parts.is_empty() { none.to_owned() } else { format!("({})", parts.join(between)) }
        };
        match self {
            Self::All(all) => joined(all, " AND ", "1 = 1", values),
            Self::Any(any) => joined(any, " OR ", "1 = 0", values),
            Self::Not(filter) => format!("(NOT {})", filter.sql(values)),
            Self::Is(condition) => condition.sql(values),
        }
    }
}

impl Condition {
    fn passes(&self, row: &DeviceRow) -> bool {
        let listing = &row.listing;
        match self {
            Self::Lifecycle(state) => row.lifecycle == *state,
            Self::Class(class) => listing.clinical_class == *class,
            Self::Type(kind) => listing.device_type == *kind,
            Self::Weakness(weakness) => listing.weaknesses.contains(weakness),
            Self::External(external) => listing.external == *external,
            Self::Quarantined(quarantined) => row.quarantined == *quarantined,
            Self::Zone(zone) => listing.zone == Some(*zone),
            Self::Label(label) => row.labels.iter().any(|held| held == label.as_str()),
            Self::Text(field, matching, value) => {
                let held = field.of(row).filter(|held| !held.is_empty());
                matching.holds(&held.map_or_else(|| UNKNOWN.to_owned(), plain), &plain(value))
            }
            Self::Address(field, matching, value) => {
                let wanted = value.to_lowercase();
                field.of(row).iter().any(|held| matching.holds(held, &wanted))
            }
            Self::Seen(SeenField::First, order, at) => order.holds(listing.first_seen, *at),
            Self::Seen(SeenField::Last, order, at) => order.holds(listing.last_seen, *at),
        }
    }

    fn sql(&self, values: &mut Conditions) -> String {
        match self {
            Self::Lifecycle(state) => format!("lifecycle = {}", values.bind(text(state.name()))),
            Self::Class(class) => format!("clinical_class = {}", values.bind(text(class.name()))),
            Self::Type(Some(kind)) => {
                format!("COALESCE(device_type, '') = {}", values.bind(text(kind.name())))
            }
            Self::Type(None) => "device_type IS NULL".to_owned(),
            Self::Weakness(weakness) => format!("(weaknesses & {}) <> 0", values.bind(small(weakness.bit()))),
            Self::External(external) => format!("external = {}", values.bind(flag(*external))),
            Self::Quarantined(quarantined) => format!("quarantined = {}", values.bind(flag(*quarantined))),
            Self::Zone(zone) => format!("COALESCE(zone, '') = {}", values.bind(text(zone.to_string()))),
            Self::Label(label) => {
                let place = values.bind(text(like(&format!(" {label} "))));
                format!("(' ' || labels || ' ') LIKE {place} ESCAPE '!'")
            }
            Self::Text(field, matching, value) => matching.sql(&field.column(), &plain(value), values),
            Self::Address(field, matching, value) => field.sql(*matching, &value.to_lowercase(), values),
            Self::Seen(field, order, at) => {
                let column = if *field == SeenField::First { "first_seen" } else { "last_seen" };
                let operator = if *order == Order::Before { "<" } else { ">=" };
                format!("{column} {operator} {}", values.bind(time(*at)))
            }
        }
    }
}

impl Matching {
    fn holds(self, held: &str, wanted: &str) -> bool {
        match self {
            Self::Equal => held == wanted,
            Self::Contains => held.contains(wanted),
        }
    }

    fn sql(self, column: &str, wanted: &str, values: &mut Conditions) -> String {
        match self {
            Self::Equal => format!("{column} = {}", values.bind(text(wanted))),
            Self::Contains => format!("{column} LIKE {} ESCAPE '!'", values.bind(text(like(wanted)))),
        }
    }
}

impl Order {
    fn holds(self, seen: Timestamp, at: Timestamp) -> bool {
        match self {
            Self::Before => seen < at,
            Self::From => seen >= at,
        }
    }
}

impl TextField {
    /// Every text there is.
    pub const ALL: &'static [Self] =
        &[Self::Name, Self::Manufacturer, Self::Model, Self::Os, Self::Serial, Self::Location];

    /// Stable name, as in filters.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Manufacturer => "manufacturer",
            Self::Model => "model",
            Self::Os => "os",
            Self::Serial => "serial",
            Self::Location => "location",
        }
    }

    fn of(self, row: &DeviceRow) -> Option<&str> {
        let listing = &row.listing;
        match self {
            Self::Name => listing.name.as_deref(),
            Self::Manufacturer => listing.manufacturer.as_deref(),
            Self::Model => listing.model.as_deref(),
            Self::Os => listing.os.as_deref(),
            Self::Serial => listing.serial.as_deref(),
            Self::Location => listing.location.as_deref(),
        }
    }

    /// In small letters; a database knows few of them, so the row holds them.
    fn column(self) -> String {
        format!("COALESCE({}_key, '{UNKNOWN}')", self.name())
    }
}

impl AddressField {
    /// Stable name, as in filters.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ip => "ip",
            Self::Mac => "mac",
        }
    }

    fn of(self, row: &DeviceRow) -> Vec<String> {
        match self {
            Self::Ip => row.listing.ips.iter().map(ToString::to_string).collect(),
            Self::Mac => row.listing.macs.iter().map(ToString::to_string).collect(),
        }
    }

    fn sql(self, matching: Matching, wanted: &str, values: &mut Conditions) -> String {
        let column = match self {
            Self::Ip => "ips",
            Self::Mac => "macs",
        };
        // Addresses stand in one text with spaces between, so nothing with a space may be sought in it.
        match (wanted.contains(' '), matching) {
            (true, _) => "1 = 0".to_owned(),
            (false, Matching::Equal) if wanted.is_empty() => "1 = 0".to_owned(),
            (false, Matching::Equal) => {
                let place = values.bind(text(like(&format!(" {wanted} "))));
                format!("(' ' || {column} || ' ') LIKE {place} ESCAPE '!'")
            }
            (false, Matching::Contains) if wanted.is_empty() => format!("{column} <> ''"),
            (false, Matching::Contains) => matching.sql(column, wanted, values),
        }
    }
}

impl SeenField {
    /// Stable name, as in filters.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::First => "first_seen",
            Self::Last => "last_seen",
        }
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joined = |all: &[Self], word: &str, f: &mut fmt::Formatter<'_>| {
            f.write_str("(")?;
            for (place, filter) in all.iter().enumerate() {
                if place > 0 {
                    write!(f, " {word} ")?;
                }
                filter.fmt(f)?;
            }
            f.write_str(")")
        };
        match self {
            Self::All(all) => joined(all, "and", f),
            Self::Any(any) => joined(any, "or", f),
            Self::Not(filter) => write!(f, "not {filter}"),
            Self::Is(condition) => condition.fmt(f),
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operator = |matching: &Matching| if *matching == Matching::Equal { "=" } else { "~" };
        let yes_no = |is: bool| if is { "yes" } else { "no" };
        match self {
            Self::Lifecycle(state) => write!(f, "lifecycle={state}"),
            Self::Class(class) => write!(f, "class={class}"),
            Self::Type(kind) => write!(f, "type={}", kind.map_or(UNKNOWN, DeviceType::name)),
            Self::Weakness(weakness) => write!(f, "weakness={}", weakness.name()),
            Self::External(is) => write!(f, "external={}", yes_no(*is)),
            Self::Quarantined(is) => write!(f, "quarantined={}", yes_no(*is)),
            Self::Zone(zone) => write!(f, "zone={zone}"),
            Self::Label(label) => write!(f, "label={label}"),
            Self::Text(field, matching, value) => {
                write!(f, "{}{}{}", field.name(), operator(matching), Quoted(value))
            }
            Self::Address(field, matching, value) => {
                write!(f, "{}{}{}", field.name(), operator(matching), Quoted(value))
            }
            Self::Seen(field, order, at) => {
                write!(f, "{}{}{at}", field.name(), if *order == Order::Before { "<" } else { ">=" })
            }
        }
    }
}

/// A value in quotes that it does not hold itself.
struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quote = if self.0.contains('"') { '\'' } else { '"' };
        write!(f, "{quote}{}{quote}", self.0)
    }
}
