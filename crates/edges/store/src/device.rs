//! Devices as they are put and listed.

use std::net::IpAddr;

use model::{
    ClinicalClass, DeviceId, DeviceType, Endpoint, Lifecycle, MacAddr, PatientReport, Timestamp, Weakness,
    Zone,
};

use crate::convert::{flag, small, text, text_or_null, time};
use crate::evidence;
use crate::sql::{Row, Value};
use crate::statement::Asserted;
use crate::{Error, Result};

/// What lists show of a device. `None` is unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// What it is called.
    pub name: Option<String>,
    /// Maker or brand.
    pub manufacturer: Option<String>,
    /// Model.
    pub model: Option<String>,
    /// Kind of thing.
    pub device_type: Option<DeviceType>,
    /// What it means for a patient.
    pub clinical_class: ClinicalClass,
    /// Operating system.
    pub os: Option<String>,
    /// Serial number.
    pub serial: Option<String>,
    /// Where it stands.
    pub location: Option<String>,
    /// Where it is in the network; `None` until it is derived anew by a version that knows zones.
    pub zone: Option<Zone>,
    /// Network addresses.
    pub ips: Vec<IpAddr>,
    /// Link-layer addresses.
    pub macs: Vec<MacAddr>,
    /// What is weak about it, in the order of [`Weakness::ALL`].
    pub weaknesses: Vec<Weakness>,
    /// Whether it is outside the networks of the site.
    pub external: bool,
    /// First time it was seen.
    pub first_seen: Timestamp,
    /// Last time it was seen.
    pub last_seen: Timestamp,
}

/// A device to be made, or to be told anew. Its lifecycle and what was asserted about it stay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceUpdate {
    /// Which one; an unknown one is made.
    pub id: DeviceId,
    /// What lists show.
    pub listing: Listing,
    /// Everything that is derived about it, as JSON.
    pub identity: String,
    /// SHA-256 of what counts in the identity, so that it can be compared without being read.
    pub digest: [u8; 32],
    /// Addresses that it is found by (`mac:..`, `ip:..`). An anchor belongs to the device that was put with it last.
    pub anchors: Vec<String>,
    /// Stations on the wire that are it; its conversations are theirs. As with anchors, the last one counts.
    pub stations: Vec<Endpoint>,
    /// Devices that turned out to be this one: their anchors, stations, changes and, where this one has none,
    /// assertions become its own, and they are gone.
    pub absorbs: Vec<DeviceId>,
}

/// A device in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceRow {
    /// Which one.
    pub id: DeviceId,
    /// What lists show.
    pub listing: Listing,
    /// Where it is in its life.
    pub lifecycle: Lifecycle,
    /// Whether it is in quarantine.
    pub quarantined: bool,
    /// Counts up with every change.
    pub version: u64,
    /// The device that this one is a part of, as a person said; lists do not show it then.
    pub part_of: Option<DeviceId>,
    /// Words that people put on it, in order.
    pub labels: Vec<String>,
}

/// Everything about a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredDevice {
    /// What lists show.
    pub row: DeviceRow,
    /// Everything that is derived about it, as JSON.
    pub identity: String,
    /// Addresses that it is found by.
    pub anchors: Vec<String>,
    /// Stations on the wire that are it.
    pub stations: Vec<Endpoint>,
    /// Devices that are parts of it, as a person said.
    pub parts: Vec<DeviceId>,
    /// What people and imports stated about it, by attribute and source.
    pub asserted: Vec<Asserted>,
    /// The last report about the patient at it, however old.
    pub patient: Option<PatientReport>,
}

/// The columns that [`device_row`] reads, in order.
pub(crate) const COLUMNS: &str = "id, name, manufacturer, model, device_type, clinical_class, os, serial, location, \
    ips, macs, weaknesses, external, first_seen, last_seen, lifecycle, quarantined, version, part_of, zone, labels, \
    sort_name, sort_manufacturer";

/// Sorts after every text that a name can be: who has none comes last.
const NAMELESS: &str = "\u{10ffff}";

/// Sorts after every address.
pub(crate) const ADDRESSLESS: &str = "~";

impl Listing {
    /// Columns of a new row from `id` to `last_seen`, the two to sort by, the zone, and what filters and sorting by
    /// address look at.
    pub(crate) fn values(&self, id: &DeviceId) -> Vec<Value> {
        let device_type = self.device_type.map(DeviceType::name);
        vec![
            text(id.as_str()),
            text_or_null(self.name.as_deref()),
            text_or_null(self.manufacturer.as_deref()),
            text_or_null(self.model.as_deref()),
            text_or_null(device_type),
            text(self.clinical_class.name()),
            text_or_null(self.os.as_deref()),
            text_or_null(self.serial.as_deref()),
            text_or_null(self.location.as_deref()),
            text(words(&self.ips)),
            text(words(&self.macs)),
            small(self.weaknesses.iter().fold(0, |bits, weakness| bits | weakness.bit())),
            flag(self.external),
            time(self.first_seen),
            time(self.last_seen),
            text(sort_key(self.name.as_deref())),
            text(sort_key(self.manufacturer.as_deref())),
            self.zone.map_or(Value::Null, |zone| text(zone.to_string())),
            text(sort_ip(&self.ips)),
            text(sort_mac(&self.macs)),
            key(self.name.as_deref()),
            key(self.manufacturer.as_deref()),
            key(self.model.as_deref()),
            key(self.os.as_deref()),
            key(self.serial.as_deref()),
            key(self.location.as_deref()),
        ]
    }

    /// What the search looks into: small letters, one value a line.
    pub(crate) fn search(&self) -> String {
        let texts = [&self.name, &self.manufacturer, &self.model, &self.serial];
        let texts = texts.into_iter().flatten().map(String::clone);
        let ips = self.ips.iter().map(ToString::to_string);
        let macs = self.macs.iter().map(ToString::to_string);
        texts.chain(ips).chain(macs).collect::<Vec<_>>().join("\n").to_lowercase()
    }
}

/// Reads [`COLUMNS`]; gives also the two that are sorted by.
pub(crate) fn device_row(row: &mut Row) -> Result<(DeviceRow, [String; 2])> {
    let id = row.parsed("a device id")?;
    let listing = Listing {
        name: row.text_or_null()?,
        manufacturer: row.text_or_null()?,
        model: row.text_or_null()?,
        device_type: device_type(row.text_or_null()?)?,
        clinical_class: row.parsed("a clinical class")?,
        os: row.text_or_null()?,
        serial: row.text_or_null()?,
        location: row.text_or_null()?,
        zone: None,
        ips: parse_words(&row.text()?, "a network address")?,
        macs: parse_words(&row.text()?, "a link-layer address")?,
        weaknesses: weaknesses(row.uint()?),
        external: row.flag()?,
        first_seen: evidence::time(row)?,
        last_seen: evidence::time(row)?,
    };
    let (lifecycle, quarantined, version) = (row.parsed("a lifecycle")?, row.flag()?, row.uint()?);
    let part_of = row.text_or_null()?.map(DeviceId::new).transpose();
    let part_of = part_of.map_err(|_| Error::Unreadable { what: "a device id" })?;
    let zone = row.text_or_null()?.map(|zone| zone.parse()).transpose();
    let listing = Listing { zone: zone.map_err(|_| Error::Unreadable { what: "a zone" })?, ..listing };
    let labels = row.text()?.split_whitespace().map(str::to_owned).collect();
    let device = DeviceRow { id, listing, lifecycle, quarantined, version, part_of, labels };
    Ok((device, [row.text()?, row.text()?]))
}

/// The weaknesses of a set.
pub(crate) fn weaknesses(bits: u64) -> Vec<Weakness> {
    Weakness::ALL.iter().copied().filter(|weakness| bits & u64::from(weakness.bit()) != 0).collect()
}

fn device_type(word: Option<String>) -> Result<Option<DeviceType>> {
    word.map(|word| word.parse().map_err(|_| Error::Unreadable { what: "a device type" })).transpose()
}

/// Addresses in hexadecimal sort as numbers, IPv4 before IPv6; the first address counts.
pub(crate) fn sort_ip(ips: &[IpAddr]) -> String {
    ips.first().map_or_else(
        || ADDRESSLESS.to_owned(),
        |ip| match ip {
            IpAddr::V4(v4) => format!("4{:08x}", v4.to_bits()),
            IpAddr::V6(v6) => format!("6{:032x}", v6.to_bits()),
        },
    )
}

/// The first link-layer address sorts as it is written.
pub(crate) fn sort_mac(macs: &[MacAddr]) -> String {
    macs.first().map_or_else(|| ADDRESSLESS.to_owned(), ToString::to_string)
}

/// A text as filters compare it.
pub(crate) fn plain(text: &str) -> String {
    text.to_lowercase().replace(char::is_control, " ")
}

fn key(value: Option<&str>) -> Value {
    value.filter(|value| !value.is_empty()).map_or(Value::Null, |value| text(plain(value)))
}

fn sort_key(name: Option<&str>) -> String {
    name.filter(|name| !name.is_empty()).map_or_else(|| NAMELESS.to_owned(), plain)
}

fn words(values: &[impl ToString]) -> String {
    values.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

fn parse_words<T: std::str::FromStr>(text: &str, what: &'static str) -> Result<Vec<T>> {
    let parse = |word: &str| word.parse().map_err(|_| Error::Unreadable { what });
    text.split_whitespace().map(parse).collect()
}
