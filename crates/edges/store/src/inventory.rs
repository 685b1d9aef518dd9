//! Devices into rows, and whole devices back.

use model::{Change, DeviceId, Endpoint, Lifecycle, Timestamp};

use crate::change;
use crate::convert::{flag, small, station, station_of, text, time};
use crate::device::{COLUMNS, DeviceUpdate, Listing, StoredDevice, device_row};
use crate::sql::{self, Sql, Value};
use crate::statement::{self, Asserted};
use crate::{Error, Result};

const DEVICE: &str = "INSERT INTO device (id, name, manufacturer, model, device_type, clinical_class, os, serial, \
    location, ips, macs, weaknesses, external, first_seen, last_seen, sort_name, sort_manufacturer, \
    zone, sort_ip, sort_mac, name_key, manufacturer_key, model_key, os_key, serial_key, location_key, \
    lifecycle, quarantined, version) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, \
    $23, $24, $25, $26, $27, $28, $29) \
    ON CONFLICT (id) DO UPDATE SET name = excluded.name, manufacturer = excluded.manufacturer, \
    model = excluded.model, device_type = excluded.device_type, clinical_class = excluded.clinical_class, \
    os = excluded.os, serial = excluded.serial, location = excluded.location, ips = excluded.ips, \
    macs = excluded.macs, weaknesses = excluded.weaknesses, external = excluded.external, \
    first_seen = excluded.first_seen, last_seen = excluded.last_seen, sort_name = excluded.sort_name, \
    sort_manufacturer = excluded.sort_manufacturer, zone = excluded.zone, sort_ip = excluded.sort_ip, \
    sort_mac = excluded.sort_mac, name_key = excluded.name_key, manufacturer_key = excluded.manufacturer_key, \
    model_key = excluded.model_key, os_key = excluded.os_key, serial_key = excluded.serial_key, \
    location_key = excluded.location_key";

const SEARCH: &str = "INSERT INTO device_search (device, words) VALUES ($1, $2) \
    ON CONFLICT (device) DO UPDATE SET words = excluded.words";

const IDENTITY: &str = "INSERT INTO device_identity (device, identity, digest) VALUES ($1, $2, $3) \
    ON CONFLICT (device) DO UPDATE SET identity = excluded.identity, digest = excluded.digest";

const ANCHOR: &str = "INSERT INTO anchor (anchor, device) VALUES ($1, $2) \
    ON CONFLICT (anchor) DO UPDATE SET device = excluded.device";

const STATION: &str = "INSERT INTO device_station (station, device) VALUES ($1, $2) \
    ON CONFLICT (station) DO UPDATE SET device = excluded.device";

/// What becomes the survivor's when device `$2` turns out to be `$1`, and what goes.
const ABSORB: &[&str] = &[
    "UPDATE anchor SET device = $1 WHERE device = $2",
    "UPDATE device_station SET device = $1 WHERE device = $2",
    "UPDATE change SET device = $1 WHERE device = $2",
    statement::ABSORB,
];
const REMOVE: &[&str] = &[
    "DELETE FROM statement WHERE device = $1",
    "DELETE FROM patient_state WHERE device = $1",
    "DELETE FROM device_search WHERE device = $1",
    "DELETE FROM device_identity WHERE device = $1",
    "DELETE FROM device WHERE id = $1",
];

/// Device updates as rows.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    devices: Vec<Vec<Value>>,
    searches: Vec<Vec<Value>>,
    identities: Vec<Vec<Value>>,
    anchors: Vec<Vec<Value>>,
    stations: Vec<Vec<Value>>,
    absorbed: Vec<(Value, Value)>,
}

impl Rows {
    pub(crate) fn of(updates: &[DeviceUpdate]) -> Self {
        let mut rows = Self::default();
        for update in updates {
            let id = text(update.id.as_str());
            let (device, search) = listed(&update.id, &update.listing);
            rows.devices.push(device);
            rows.searches.push(search);
            let digest = Value::Bytes(update.digest.to_vec());
            rows.identities.push(vec![id.clone(), text(&*update.identity), digest]);
            let anchors = update.anchors.iter().map(|anchor| vec![text(&**anchor), id.clone()]);
            rows.anchors.extend(anchors);
            rows.stations.extend(update.stations.iter().map(|seen| vec![station(*seen), id.clone()]));
            let absorbed = update.absorbs.iter().filter(|other| **other != update.id);
            rows.absorbed.extend(absorbed.map(|other| (id.clone(), text(other.as_str()))));
        }
        rows
    }
}

/// The rows of what lists show and of what the search looks into. A device that is new is of version 1.
fn listed(id: &DeviceId, listing: &Listing) -> (Vec<Value>, Vec<Value>) {
    let mut device = listing.values(id);
    device.extend([text(Lifecycle::Discovered.name()), flag(false), small(1)]);
    (device, vec![text(id.as_str()), text(listing.search())])
}

/// Puts devices and records what changed.
pub(crate) async fn put(sql: &mut dyn Sql, rows: Rows, changes: Vec<Change>) -> Result<()> {
    sql.alone().await?;
    let put = format!("{DEVICE}, version = device.version + 1");
    sql.execute_all(&put, rows.devices).await?;
    sql.execute_all(SEARCH, rows.searches).await?;
    sql.execute_all(IDENTITY, rows.identities).await?;
    for (survivor, other) in rows.absorbed {
        for statement in ABSORB {
            sql.execute(statement, vec![survivor.clone(), other.clone()]).await?;
        }
        for statement in REMOVE {
            sql.execute(statement, vec![other.clone()]).await?;
        }
    }
    sql.execute_all(ANCHOR, rows.anchors).await?;
    sql.execute_all(STATION, rows.stations).await?;
    change::record(sql, changes).await
}

/// Lists show devices otherwise from now on; what is known about them did not change.
pub(crate) async fn relist(sql: &mut dyn Sql, listings: Vec<(DeviceId, Listing)>) -> Result<()> {
    sql.alone().await?;
    let (devices, searches) = listings.iter().map(|(id, listing)| listed(id, listing)).unzip();
    sql.execute_all(DEVICE, devices).await?;
    sql.execute_all(SEARCH, searches).await
}

/// Anchors and stations that are these devices' from now on.
pub(crate) async fn place(
    sql: &mut dyn Sql,
    anchors: Vec<(String, DeviceId)>,
    stations: Vec<(Endpoint, DeviceId)>,
) -> Result<()> {
    sql.alone().await?;
    let anchors = anchors.into_iter().map(|(anchor, id)| vec![text(anchor), text(id.as_str())]);
    sql.execute_all(ANCHOR, anchors.collect()).await?;
    let stations = stations.into_iter().map(|(seen, id)| vec![station(seen), text(id.as_str())]);
    sql.execute_all(STATION, stations.collect()).await
}

/// Devices were seen again; nothing else about them changed.
pub(crate) async fn touch(sql: &mut dyn Sql, seen: Vec<(DeviceId, Timestamp)>) -> Result<()> {
    sql.alone().await?;
    let update = "UPDATE device SET last_seen = $2 WHERE id = $1 AND last_seen < $2";
    let rows = seen.into_iter().map(|(id, at)| vec![text(id.as_str()), time(at)]);
    sql.execute_all(update, rows.collect()).await
}

/// Everything about a device.
pub(crate) async fn device(sql: &mut dyn Sql, id: &DeviceId) -> Result<Option<StoredDevice>> {
    let key = || vec![text(id.as_str())];
    let query = format!("SELECT {COLUMNS} FROM device WHERE id = $1");
    let Some((row, _)) = sql::one(sql, &query, key(), device_row).await? else { return Ok(None) };
    let query = "SELECT identity FROM device_identity WHERE device = $1";
    let identity = sql::one(sql, query, key(), |row| row.text()).await?;
    let query = "SELECT anchor FROM anchor WHERE device = $1 ORDER BY anchor";
    let anchors = sql::all(sql, query, key(), |row| row.text()).await?;
    let query = "SELECT station FROM device_station WHERE device = $1 ORDER BY station";
    let stations = sql::all(sql, query, key(), |row| station_of(&row.bytes()?)).await?;
    let parts = parts(sql, id).await?;
    let asserted = stated(sql, id, &parts).await?;
    let patient = statement::patient(sql, id).await?;
    let identity = identity.ok_or(Error::Unreadable { what: "a device without identity" })?;
    Ok(Some(StoredDevice { row, identity, anchors, stations, parts, asserted, patient }))
}

/// The devices that are parts of a device, and the parts of these.
async fn parts(sql: &mut dyn Sql, id: &DeviceId) -> Result<Vec<DeviceId>> {
    let query = "SELECT id FROM device WHERE part_of = $1 ORDER BY id";
    let mut parts: Vec<DeviceId> = Vec::new();
    let mut wholes = vec![id.clone()];
    while let Some(whole) = wholes.pop() {
        let found = sql::all(sql, query, vec![text(whole.as_str())], |row| row.parsed("a device id")).await?;
        wholes.extend(found.iter().cloned());
        parts.extend(found);
    }
    parts.sort_unstable();
    Ok(parts)
}

/// What is stated about a device; what nobody stated about it, its parts say.
async fn stated(sql: &mut dyn Sql, id: &DeviceId, parts: &[DeviceId]) -> Result<Vec<Asserted>> {
    let own = statement::of_device(sql, id).await?;
    let mut all = own.clone();
    for part in parts {
        let said = statement::of_device(sql, part).await?;
        all.extend(said.into_iter().filter(|said| !own.iter().any(|own| own.attribute == said.attribute)));
    }
    all.sort_by(|a, b| (&a.attribute, &a.source).cmp(&(&b.attribute, &b.source)));
    Ok(all)
}

/// Every anchor and whose it is.
pub(crate) async fn anchors(sql: &mut dyn Sql) -> Result<Vec<(String, DeviceId)>> {
    let query = "SELECT anchor, device FROM anchor ORDER BY anchor";
    sql::all(sql, query, Vec::new(), |row| Ok((row.text()?, row.parsed("a device id")?))).await
}

/// The digest of every device's identity.
pub(crate) async fn digests(sql: &mut dyn Sql) -> Result<Vec<(DeviceId, [u8; 32])>> {
    let query = "SELECT device, digest FROM device_identity";
    let unreadable = Error::Unreadable { what: "a digest" };
    sql::all(sql, query, Vec::new(), |row| {
        let device = row.parsed("a device id")?;
        Ok((device, row.bytes()?.try_into().map_err(|_| unreadable.clone())?))
    })
    .await
}

/// The device that is found by an anchor.
pub(crate) async fn device_of(sql: &mut dyn Sql, anchor: String) -> Result<Option<DeviceId>> {
    let query = "SELECT device FROM anchor WHERE anchor = $1";
    sql::one(sql, query, vec![text(anchor)], |row| row.parsed("a device id")).await
}

/// The device that a station is.
pub(crate) async fn stations(sql: &mut dyn Sql) -> Result<Vec<(model::Endpoint, DeviceId)>> {
    let query = "SELECT station, device FROM device_station ORDER BY station";
    sql::all(sql, query, Vec::new(), |row| Ok((station_of(&row.bytes()?)?, row.parsed("a device id")?))).await
}
