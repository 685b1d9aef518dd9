//! What all sensors saw, read back in the order of a report.

use model::{
    AddressClaim, Conversation, ConversationKey, Observation, SensorId, Sighting, Timestamp, VlanId,
    Weakness, WeaknessSighting,
};

use crate::convert::{ip_of, mac_of, station_of};
use crate::names::Names;
use crate::sql::{self, Row, Sql};
use crate::{Error, Result};

/// What is known from the wire, over all sensors.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EvidenceSet {
    /// Stations by address.
    pub sightings: Vec<Sighting>,
    /// Which address belongs to whom, by address.
    pub claims: Vec<AddressClaim>,
    /// Facts, by station, field and first frame.
    pub observations: Vec<Observation>,
    /// Weaknesses, by station.
    pub weaknesses: Vec<WeaknessSighting>,
}

/// A sensor as the store knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SensorRow {
    /// Which one.
    pub id: SensorId,
    /// Its last batch.
    pub sequence: u64,
    /// Packet time up to which it reported.
    pub until: Timestamp,
    /// Frames that it got.
    pub frames: u64,
    /// Frames that it could not process or never got.
    pub dropped: u64,
    /// Batches that were given up as lost.
    pub lost_batches: u64,
}

pub(crate) async fn evidence(sql: &mut dyn Sql, names: &Names) -> Result<EvidenceSet> {
    Ok(EvidenceSet {
        sightings: sightings(sql).await?,
        claims: claims(sql, names).await?,
        observations: observations(sql, names).await?,
        weaknesses: weaknesses(sql, names).await?,
    })
}

async fn sightings(sql: &mut dyn Sql) -> Result<Vec<Sighting>> {
    let query = "SELECT station, first_frame, first_seen, last_seen, packets_sent, packets_received, hops, vlan \
        FROM sighting";
    let read = |row: &mut Row| {
        Ok(Sighting {
            endpoint: station_of(&row.bytes()?)?,
            first_frame: row.uint()?,
            first_seen: time(row)?,
            last_seen: time(row)?,
            packets_sent: row.uint()?,
            packets_received: row.uint()?,
            hops: narrow(row.int_or_null()?)?,
            vlan: vlan(row.int_or_null()?)?,
        })
    };
    let mut all = sql::all(sql, query, Vec::new(), read).await?;
    all.sort_by_key(|seen| (seen.endpoint, seen.first_frame));
    fold(&mut all, |sum, more| {
        let same = sum.endpoint == more.endpoint;
        if same {
            sum.last_seen = sum.last_seen.max(more.last_seen);
            sum.packets_sent += more.packets_sent;
            sum.packets_received += more.packets_received;
            sum.hops = [sum.hops, more.hops].into_iter().flatten().min();
        }
        same
    });
    Ok(all)
}

async fn claims(sql: &mut dyn Sql, names: &Names) -> Result<Vec<AddressClaim>> {
    let query = "SELECT ip, mac, field, frame, at, last_seen, count FROM claim";
    let read = |row: &mut Row| {
        Ok(AddressClaim {
            ip: ip_of(&row.bytes()?)?,
            mac: mac_of(&row.bytes()?)?,
            field: names.field(&row.text()?)?,
            frame: row.uint()?,
            at: time(row)?,
            last_seen: time(row)?,
            count: row.uint()?,
        })
    };
    let mut all = sql::all(sql, query, Vec::new(), read).await?;
    all.sort_by_key(|claim| (claim.ip, claim.mac, claim.field, claim.frame));
    fold(&mut all, |sum, more| {
        let same = (sum.ip, sum.mac, sum.field) == (more.ip, more.mac, more.field);
        if same {
            sum.count += more.count;
            sum.last_seen = sum.last_seen.max(more.last_seen);
        }
        same
    });
    Ok(all)
}

async fn observations(sql: &mut dyn Sql, names: &Names) -> Result<Vec<Observation>> {
    let query = "SELECT station, field, value, frame, at, last_frame, count FROM observation";
    let read = |row: &mut Row| {
        Ok(Observation {
            endpoint: station_of(&row.bytes()?)?,
            field: names.field(&row.text()?)?,
            value: row.text()?,
            frame: row.uint()?,
            at: time(row)?,
            last_frame: row.uint()?,
            count: row.uint()?,
        })
    };
    let mut all = sql::all(sql, query, Vec::new(), read).await?;
    all.sort_by(|a, b| {
        (a.endpoint, a.field, &a.value, a.frame).cmp(&(b.endpoint, b.field, &b.value, b.frame))
    });
    fold(&mut all, |sum, more| {
        let same = sum.endpoint == more.endpoint && sum.field == more.field && sum.value == more.value;
        if same {
            sum.count += more.count;
            sum.last_frame = sum.last_frame.max(more.last_frame);
        }
        same
    });
    all.sort_by(|a, b| {
        (a.endpoint, a.field, a.frame, &a.value).cmp(&(b.endpoint, b.field, b.frame, &b.value))
    });
    Ok(all)
}

async fn weaknesses(sql: &mut dyn Sql, names: &Names) -> Result<Vec<WeaknessSighting>> {
    let query = "SELECT station, weakness, field, frame, at, count FROM weakness";
    let read = |row: &mut Row| {
        Ok(WeaknessSighting {
            endpoint: station_of(&row.bytes()?)?,
            weakness: row.parsed::<Weakness>("a weakness")?,
            field: names.field(&row.text()?)?,
            frame: row.uint()?,
            at: time(row)?,
            count: row.uint()?,
        })
    };
    let mut all = sql::all(sql, query, Vec::new(), read).await?;
    all.sort_by_key(|seen| (seen.endpoint, seen.weakness, seen.frame));
    fold(&mut all, |sum, more| {
        let same = (sum.endpoint, sum.weakness) == (more.endpoint, more.weakness);
        if same {
            sum.absorb(more);
        }
        same
    });
    Ok(all)
}

/// The columns that [`conversation`] reads, in order.
pub(crate) const CONVERSATION_COLUMNS: &str = "c.originator, c.responder, c.transport, c.port, c.protocol, \
    c.flows, c.packets_out, c.packets_back, c.bytes_out, c.bytes_back, c.first_frame, c.first_seen, c.last_seen, \
    c.encrypted, c.patient_data, c.weaknesses, c.lost_bytes";

/// Reads [`CONVERSATION_COLUMNS`].
pub(crate) fn conversation(row: &mut Row, names: &Names) -> Result<Conversation> {
    Ok(Conversation {
        key: ConversationKey {
            originator: station_of(&row.bytes()?)?,
            responder: station_of(&row.bytes()?)?,
            transport: narrow(Some(row.int()?))?.unwrap_or_default(),
            port: narrow(Some(row.int()?))?.unwrap_or_default(),
            protocol: names.protocol(&row.text()?)?,
        },
        flows: row.uint()?,
        packets: [row.uint()?, row.uint()?],
        bytes: [row.uint()?, row.uint()?],
        first_frame: row.uint()?,
        first_seen: time(row)?,
        last_seen: time(row)?,
        encrypted: row.flag()?,
        patient_data: row.flag()?,
        weaknesses: narrow(Some(row.int()?))?.unwrap_or_default(),
        lost_bytes: row.uint()?,
    })
}

/// Every conversation over all hours and sensors, by key.
pub(crate) async fn conversation_totals(sql: &mut dyn Sql, names: &Names) -> Result<Vec<Conversation>> {
    let query = format!("SELECT {CONVERSATION_COLUMNS} FROM conversation c");
    let mut all = sql::all(sql, &query, Vec::new(), |row| conversation(row, names)).await?;
    all.sort_by_key(|seen| (seen.key, seen.first_frame));
    fold(&mut all, |sum, more| {
        let same = sum.key == more.key;
        if same {
            sum.absorb(more);
        }
        same
    });
    Ok(all)
}

pub(crate) async fn sensors(sql: &mut dyn Sql) -> Result<Vec<SensorRow>> {
    let query = "SELECT id, sequence, until, frames, dropped, lost_batches FROM sensor ORDER BY id";
    sql::all(sql, query, Vec::new(), |row| {
        Ok(SensorRow {
            id: row.parsed("a sensor")?,
            sequence: row.uint()?,
            until: time(row)?,
            frames: row.uint()?,
            dropped: row.uint()?,
            lost_batches: row.uint()?,
        })
    })
    .await
}

pub(crate) fn time(row: &mut Row) -> Result<Timestamp> {
    row.uint().map(Timestamp::from_nanos)
}

pub(crate) fn time_or_null(row: &mut Row) -> Result<Option<Timestamp>> {
    let nanos = row.int_or_null()?.map(u64::try_from).transpose();
    Ok(nanos.map_err(|_| Error::Unreadable { what: "a time" })?.map(Timestamp::from_nanos))
}

fn vlan(number: Option<i64>) -> Result<Option<VlanId>> {
    let id: Option<u16> = narrow(number)?;
    id.map(VlanId::new).transpose().map_err(|_| Error::Unreadable { what: "a VLAN" })
}

fn narrow<T: TryFrom<i64>>(number: Option<i64>) -> Result<Option<T>> {
    number.map(T::try_from).transpose().map_err(|_| Error::Unreadable { what: "a number" })
}

/// Folds neighbours into the first of their kind: `absorb` says whether the second belongs to the first.
fn fold<T>(entries: &mut Vec<T>, absorb: impl Fn(&mut T, &T) -> bool) {
    entries.dedup_by(|later, kept| absorb(kept, later));
}
