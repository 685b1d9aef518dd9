//! Batches of sensors into rows, each batch once.
//!
//! A row is what one sensor said about one thing; adding to it means what folding a report means: the earlier first
//! frame stays, the later last one, counts add up, the fewest hops count.

use model::{AddressClaim, Batch, Conversation, Observation, Sighting, WeaknessSighting};

use crate::convert::{count, flag, ip, small, station, text, time};
use crate::names::Names;
use crate::sql::{self, Sql, Value};
use crate::{Error, Result};

/// What came of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ingested {
    /// Whether it is new. One that was ingested before changes nothing.
    pub fresh: bool,
}

/// A batch as rows: checked and converted before the writer sees it.
#[derive(Debug)]
pub(crate) struct Prepared {
    batch: Head,
    sightings: Vec<Vec<Value>>,
    claims: Vec<Vec<Value>>,
    observations: Vec<Vec<Value>>,
    weaknesses: Vec<Vec<Value>>,
    conversations: Vec<Vec<Value>>,
    hours: Vec<Vec<Value>>,
}

#[derive(Debug)]
struct Head {
    sensor: model::SensorId,
    sequence: u64,
    values: Vec<Value>,
}

const NEW_SENSOR: &str = "INSERT INTO sensor (id, sequence, until, frames, dropped, lost_batches) \
    VALUES ($1, 0, 0, 0, 0, 0) ON CONFLICT (id) DO NOTHING";

const ADVANCE: &str = "UPDATE sensor SET sequence = $2, \
    until = CASE WHEN $3 > until THEN $3 ELSE until END, frames = frames + $4, dropped = dropped + $5 \
    WHERE id = $1 AND sequence + 1 = $2";

const SIGHTING: &str = "INSERT INTO sighting \
    (station, sensor, first_frame, first_seen, last_seen, packets_sent, packets_received, hops, vlan) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (station, sensor) DO UPDATE SET \
    first_seen = CASE WHEN excluded.first_frame < sighting.first_frame THEN excluded.first_seen ELSE sighting.first_seen END, \
    vlan = CASE WHEN excluded.first_frame < sighting.first_frame THEN excluded.vlan ELSE sighting.vlan END, \
    first_frame = CASE WHEN excluded.first_frame < sighting.first_frame THEN excluded.first_frame ELSE sighting.first_frame END, \
    last_seen = CASE WHEN excluded.last_seen > sighting.last_seen THEN excluded.last_seen ELSE sighting.last_seen END, \
    packets_sent = sighting.packets_sent + excluded.packets_sent, \
    packets_received = sighting.packets_received + excluded.packets_received, \
    hops = CASE WHEN sighting.hops IS NULL OR excluded.hops < sighting.hops THEN excluded.hops ELSE sighting.hops END";

const CLAIM: &str = "INSERT INTO claim (ip, mac, field, sensor, frame, at, last_seen, count) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (ip, mac, field, sensor) DO UPDATE SET \
    at = CASE WHEN excluded.frame < claim.frame THEN excluded.at ELSE claim.at END, \
    frame = CASE WHEN excluded.frame < claim.frame THEN excluded.frame ELSE claim.frame END, \
    last_seen = CASE WHEN excluded.last_seen > claim.last_seen THEN excluded.last_seen ELSE claim.last_seen END, \
    count = claim.count + excluded.count";

const OBSERVATION: &str = "INSERT INTO observation (station, field, value, sensor, frame, at, last_frame, count) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (station, field, value, sensor) DO UPDATE SET \
    at = CASE WHEN excluded.frame < observation.frame THEN excluded.at ELSE observation.at END, \
    frame = CASE WHEN excluded.frame < observation.frame THEN excluded.frame ELSE observation.frame END, \
    last_frame = CASE WHEN excluded.last_frame > observation.last_frame THEN excluded.last_frame ELSE observation.last_frame END, \
    count = observation.count + excluded.count";

const WEAKNESS: &str = "INSERT INTO weakness (station, weakness, sensor, field, frame, at, count) \
    VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (station, weakness, sensor) DO UPDATE SET \
    field = CASE WHEN excluded.frame < weakness.frame THEN excluded.field ELSE weakness.field END, \
    at = CASE WHEN excluded.frame < weakness.frame THEN excluded.at ELSE weakness.at END, \
    frame = CASE WHEN excluded.frame < weakness.frame THEN excluded.frame ELSE weakness.frame END, \
    count = weakness.count + excluded.count";

/// The same for the table of totals and for that of hours, which has one key column more.
macro_rules! conversation_upsert {
    ($table:literal, $key:literal, $places:literal) => {
        concat!(
            "INSERT INTO ",
            $table,
            " (",
            $key,
            "originator, responder, transport, port, protocol, sensor, ",
            "flows, packets_out, packets_back, bytes_out, bytes_back, first_frame, first_seen, last_seen, ",
            "encrypted, patient_data, weaknesses, lost_bytes) VALUES (",
            $places,
            ") ",
            "ON CONFLICT (",
            $key,
            "originator, responder, transport, port, protocol, sensor) DO UPDATE SET ",
            "flows = ",
            $table,
            ".flows + excluded.flows, ",
            "packets_out = ",
            $table,
            ".packets_out + excluded.packets_out, ",
            "packets_back = ",
            $table,
            ".packets_back + excluded.packets_back, ",
            "bytes_out = ",
            $table,
            ".bytes_out + excluded.bytes_out, ",
            "bytes_back = ",
            $table,
            ".bytes_back + excluded.bytes_back, ",
            "first_seen = CASE WHEN excluded.first_frame < ",
            $table,
            ".first_frame ",
            "THEN excluded.first_seen ELSE ",
            $table,
            ".first_seen END, ",
            "first_frame = CASE WHEN excluded.first_frame < ",
            $table,
            ".first_frame ",
            "THEN excluded.first_frame ELSE ",
            $table,
            ".first_frame END, ",
            "last_seen = CASE WHEN excluded.last_seen > ",
            $table,
            ".last_seen ",
            "THEN excluded.last_seen ELSE ",
            $table,
            ".last_seen END, ",
            "encrypted = ",
            $table,
            ".encrypted & excluded.encrypted, ",
            "patient_data = ",
            $table,
            ".patient_data | excluded.patient_data, ",
            "weaknesses = ",
            $table,
            ".weaknesses | excluded.weaknesses, ",
            "lost_bytes = ",
            $table,
            ".lost_bytes + excluded.lost_bytes"
        )
    };
}

const CONVERSATION: &str = conversation_upsert!(
    "conversation",
    "",
    "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18"
);

const CONVERSATION_HOUR: &str = conversation_upsert!(
    "conversation_hour",
    "hour, ",
    "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19"
);

impl Prepared {
    pub(crate) fn of(names: &Names, batch: &Batch) -> Result<Self> {
        let sensor = text(batch.sensor.as_str());
        let values = vec![
            sensor.clone(),
            count("the sequence", batch.sequence)?,
            time(batch.until),
            count("frames", batch.frames)?,
            count("dropped frames", batch.dropped)?,
        ];
        let conversations: Vec<Vec<Value>> = batch
            .conversations
            .iter()
            .map(|hour| conversation(names, &sensor, &hour.conversation))
            .collect::<Result<_>>()?;
        let hours = batch.conversations.iter().zip(&conversations).map(|(hour, values)| {
            let mut row = Vec::with_capacity(values.len() + 1);
            row.push(time(hour.hour));
            row.extend_from_slice(values);
            row
        });
        Ok(Self {
            batch: Head { sensor: batch.sensor.clone(), sequence: batch.sequence, values },
            sightings: batch.sightings.iter().map(|seen| sighting(&sensor, seen)).collect::<Result<_>>()?,
            claims: batch.claims.iter().map(|seen| claim(names, &sensor, seen)).collect::<Result<_>>()?,
            observations: batch
                .observations
                .iter()
                .map(|seen| observation(names, &sensor, seen))
                .collect::<Result<_>>()?,
            weaknesses: batch
                .weaknesses
                .iter()
                .map(|seen| weakness(names, &sensor, seen))
                .collect::<Result<_>>()?,
            hours: hours.collect(),
            conversations,
        })
    }
}

/// Adds a batch, unless it was added before.
pub(crate) async fn ingest(sql: &mut dyn Sql, batch: Prepared) -> Result<Ingested> {
    if !advance(sql, batch.batch).await? {
        return Ok(Ingested { fresh: false });
    }
    sql.execute_all(SIGHTING, batch.sightings).await?;
    sql.execute_all(CLAIM, batch.claims).await?;
    sql.execute_all(OBSERVATION, batch.observations).await?;
    sql.execute_all(WEAKNESS, batch.weaknesses).await?;
    sql.execute_all(CONVERSATION, batch.conversations).await?;
    sql.execute_all(CONVERSATION_HOUR, batch.hours).await?;
    Ok(Ingested { fresh: true })
}

/// Counts the batch; says whether it is the next one.
async fn advance(sql: &mut dyn Sql, head: Head) -> Result<bool> {
    let sensor = text(head.sensor.as_str());
    sql.execute(NEW_SENSOR, vec![sensor.clone()]).await?;
    if sql.execute(ADVANCE, head.values).await? == 1 {
        return Ok(true);
    }
    let query = "SELECT sequence FROM sensor WHERE id = $1";
    let last = sql::one(sql, query, vec![sensor], |row| row.uint()).await?.unwrap_or_default();
    if head.sequence <= last {
        return Ok(false);
    }
    Err(Error::Gap { sensor: head.sensor, expected: last + 1, found: head.sequence })
}

/// Lets `sensor` go on after batch `last` although batches up to it are lost; they are counted.
pub(crate) async fn accept_gap(sql: &mut dyn Sql, sensor: Value, last: i64) -> Result<()> {
    sql.execute(NEW_SENSOR, vec![sensor.clone()]).await?;
    let update = "UPDATE sensor SET lost_batches = lost_batches + ($2 - sequence), sequence = $2 \
        WHERE id = $1 AND sequence < $2";
    sql.execute(update, vec![sensor, Value::Int(last)]).await?;
    Ok(())
}

fn sighting(sensor: &Value, seen: &Sighting) -> Result<Vec<Value>> {
    Ok(vec![
        station(seen.endpoint),
        sensor.clone(),
        count("a frame number", seen.first_frame)?,
        time(seen.first_seen),
        time(seen.last_seen),
        count("packets", seen.packets_sent)?,
        count("packets", seen.packets_received)?,
        seen.hops.map_or(Value::Null, small),
        seen.vlan.map_or(Value::Null, |vlan| small(vlan.get())),
    ])
}

fn claim(names: &Names, sensor: &Value, seen: &AddressClaim) -> Result<Vec<Value>> {
    Ok(vec![
        ip(seen.ip),
        Value::Bytes(seen.mac.octets().to_vec()),
        text(names.field(seen.field.name())?.name()),
        sensor.clone(),
        count("a frame number", seen.frame)?,
        time(seen.at),
        time(seen.last_seen),
        count("claims", seen.count)?,
    ])
}

fn observation(names: &Names, sensor: &Value, seen: &Observation) -> Result<Vec<Value>> {
    Ok(vec![
        station(seen.endpoint),
        text(names.field(seen.field.name())?.name()),
        text(&*seen.value),
        sensor.clone(),
        count("a frame number", seen.frame)?,
        time(seen.at),
        count("a frame number", seen.last_frame)?,
        count("observations", seen.count)?,
    ])
}

fn weakness(names: &Names, sensor: &Value, seen: &WeaknessSighting) -> Result<Vec<Value>> {
    Ok(vec![
        station(seen.endpoint),
        text(seen.weakness.name()),
        sensor.clone(),
        text(names.field(seen.field.name())?.name()),
        count("a frame number", seen.frame)?,
        time(seen.at),
        count("weaknesses", seen.count)?,
    ])
}

fn conversation(names: &Names, sensor: &Value, seen: &Conversation) -> Result<Vec<Value>> {
    let [packets_out, packets_back] = seen.packets;
    let [bytes_out, bytes_back] = seen.bytes;
    Ok(vec![
        station(seen.key.originator),
        station(seen.key.responder),
        small(seen.key.transport),
        small(seen.key.port),
        text(names.protocol(seen.key.protocol.unwrap_or_default())?.unwrap_or_default()),
        sensor.clone(),
        count("flows", seen.flows)?,
        count("packets", packets_out)?,
        count("packets", packets_back)?,
        count("bytes", bytes_out)?,
        count("bytes", bytes_back)?,
        count("a frame number", seen.first_frame)?,
        time(seen.first_seen),
        time(seen.last_seen),
        flag(seen.encrypted),
        flag(seen.patient_data),
        small(seen.weaknesses),
        count("lost bytes", seen.lost_bytes)?,
    ])
}
