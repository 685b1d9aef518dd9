//! Sensors on other machines: tokens with which one is enrolled once, and who was enrolled.

use std::fmt;

use audit::Subject;
use model::{SensorId, Timestamp};

use crate::audit_log::{self, Trace};
use crate::change::Decision;
use crate::convert::{text, time};
use crate::evidence;
use crate::sql::{self, Row, Sql, Value};
use crate::{Error, Result};

/// Hash of the secret of a token; the secret itself is nowhere.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TokenHash(pub [u8; 32]);

/// A sensor that may be enrolled, once, until the token expires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// Hash of the token's secret.
    pub hash: TokenHash,
    /// The id that the sensor gets.
    pub sensor: SensorId,
    /// What people call it.
    pub name: String,
    /// Account that made the token.
    pub made_by: String,
    /// When it was made.
    pub created: Timestamp,
    /// From when on it is worth nothing.
    pub expires: Timestamp,
}

/// A sensor that has a certificate of the hub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrolledSensor {
    /// Which one.
    pub sensor: SensorId,
    /// What people call it.
    pub name: String,
    /// When it was enrolled.
    pub enrolled: Timestamp,
    /// Account whose token it was.
    pub enrolled_by: String,
    /// End of its latest certificate.
    pub certificate_ends: Timestamp,
    /// When it was revoked, by whom and why; from then on nothing of it is taken.
    pub revoked: Option<Revocation>,
}

/// That a sensor was shut out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    /// When.
    pub at: Timestamp,
    /// Which account did it.
    pub by: String,
    /// Why.
    pub why: String,
}

const ENROLLED: &str = "SELECT sensor, name, enrolled, enrolled_by, certificate_ends, revoked, revoked_by, revoked_why \
    FROM enrolled_sensor";

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(..)")
    }
}

impl TokenHash {
    fn value(self) -> Value {
        Value::Bytes(self.0.to_vec())
    }
}

pub(crate) async fn put(sql: &mut dyn Sql, enrolment: Enrolment, decision: Decision) -> Result<()> {
    let subject = Subject::of("sensor", enrolment.sensor.as_str());
    let made = audit_log::entry(&decision, "enrolment_made", subject, [None, Some(&enrolment.name)]);
    audit_log::append(sql, vec![made]).await?;
    let insert = "INSERT INTO enrolment (hash, sensor, name, made_by, created, expires) \
        VALUES ($1, $2, $3, $4, $5, $6)";
    let values = vec![
        enrolment.hash.value(),
        text(enrolment.sensor.as_str()),
        text(enrolment.name),
        text(enrolment.made_by),
        time(enrolment.created),
        time(enrolment.expires),
    ];
    sql.execute(insert, values).await.map(drop)
}

pub(crate) async fn pending(sql: &mut dyn Sql, hash: TokenHash, now: Timestamp) -> Result<Option<Enrolment>> {
    let query =
        "SELECT sensor, name, made_by, created, expires FROM enrolment WHERE hash = $1 AND expires > $2";
    sql::one(sql, query, vec![hash.value(), time(now)], |row| enrolment(row, hash)).await
}

fn enrolment(row: &mut Row, hash: TokenHash) -> Result<Enrolment> {
    Ok(Enrolment {
        hash,
        sensor: row.parsed("a sensor")?,
        name: row.text()?,
        made_by: row.text()?,
        created: evidence::time(row)?,
        expires: evidence::time(row)?,
    })
}

/// Tokens that nobody used yet, the latest first.
pub(crate) async fn open(sql: &mut dyn Sql, now: Timestamp) -> Result<Vec<Enrolment>> {
    let query = "SELECT hash, sensor, name, made_by, created, expires FROM enrolment WHERE expires > $1 \
        ORDER BY created DESC, sensor";
    sql::all(sql, query, vec![time(now)], |row| {
        let hash = row.bytes()?.try_into().map_err(|_| Error::Unreadable { what: "a hash of a token" })?;
        enrolment(row, TokenHash(hash))
    })
    .await
}

/// Takes a token back; says whether it was still open.
pub(crate) async fn cancel(
    sql: &mut dyn Sql,
    sensor: SensorId,
    now: Timestamp,
    decision: Decision,
) -> Result<bool> {
    sql.alone().await?;
    let delete = "DELETE FROM enrolment WHERE sensor = $1 AND expires > $2";
    if sql.execute(delete, vec![text(sensor.as_str()), time(now)]).await? == 0 {
        return Ok(false);
    }
    let subject = Subject::of("sensor", sensor.as_str());
    let cancelled = audit_log::entry(&decision, "enrolment_cancelled", subject, [None, None]);
    audit_log::append(sql, vec![cancelled]).await?;
    Ok(true)
}

/// Uses a token up. Of two who try at the same time one deletes the row.
pub(crate) async fn redeem(
    sql: &mut dyn Sql,
    hash: TokenHash,
    now: Timestamp,
    certificate_ends: Timestamp,
    trace: Trace,
) -> Result<bool> {
    sql.alone().await?;
    let Some(enrolment) = pending(sql, hash, now).await? else { return Ok(false) };
    if sql.execute("DELETE FROM enrolment WHERE hash = $1", vec![hash.value()]).await? != 1 {
        return Ok(false);
    }
    let sensor = &enrolment.sensor;
    let entry =
        audit_log::sensor_entry(trace, "sensor_enrolled", sensor, &certificate_until(certificate_ends));
    audit_log::append(sql, vec![entry]).await?;
    let insert = "INSERT INTO enrolled_sensor (sensor, name, enrolled, enrolled_by, certificate_ends) \
        VALUES ($1, $2, $3, $4, $5)";
    let values = vec![
        text(enrolment.sensor.as_str()),
        text(enrolment.name),
        time(now),
        text(enrolment.made_by),
        time(certificate_ends),
    ];
    sql.execute(insert, values).await?;
    Ok(true)
}

pub(crate) async fn forget_expired(sql: &mut dyn Sql, now: Timestamp) -> Result<u64> {
    sql.execute("DELETE FROM enrolment WHERE expires <= $1", vec![time(now)]).await
}

pub(crate) async fn enrolled(sql: &mut dyn Sql, sensor: &SensorId) -> Result<Option<EnrolledSensor>> {
    let query = format!("{ENROLLED} WHERE sensor = $1");
    sql::one(sql, &query, vec![text(sensor.as_str())], read).await
}

pub(crate) async fn all_enrolled(sql: &mut dyn Sql) -> Result<Vec<EnrolledSensor>> {
    let query = format!("{ENROLLED} ORDER BY sensor");
    sql::all(sql, &query, Vec::new(), read).await
}

/// A certificate never ends earlier because of a request that was late.
pub(crate) async fn renewed(
    sql: &mut dyn Sql,
    sensor: SensorId,
    ends: Timestamp,
    trace: Trace,
) -> Result<()> {
    let entry = audit_log::sensor_entry(trace, "certificate_renewed", &sensor, &certificate_until(ends));
    audit_log::append(sql, vec![entry]).await?;
    let update =
        "UPDATE enrolled_sensor SET certificate_ends = $2 WHERE sensor = $1 AND certificate_ends < $2";
    sql.execute(update, vec![text(sensor.as_str()), time(ends)]).await.map(drop)
}

fn certificate_until(ends: Timestamp) -> String {
    format!("a certificate until {ends}")
}

/// The first revocation stays.
pub(crate) async fn revoke(
    sql: &mut dyn Sql,
    sensor: SensorId,
    decision: Decision,
) -> Result<Option<EnrolledSensor>> {
    let update = "UPDATE enrolled_sensor SET revoked = $2, revoked_by = $3, revoked_why = $4 \
        WHERE sensor = $1 AND revoked IS NULL";
    sql.alone().await?;
    let by = decision.actor.to_string();
    let values = vec![text(sensor.as_str()), time(decision.at), text(by), text(&*decision.why)];
    if sql.execute(update, values).await? == 1 {
        let subject = Subject::of("sensor", sensor.as_str());
        let entry = audit_log::entry(&decision, "sensor_revoked", subject, [None, None]);
        audit_log::append(sql, vec![entry]).await?;
    }
    enrolled(sql, &sensor).await
}

fn read(row: &mut Row) -> Result<EnrolledSensor> {
    Ok(EnrolledSensor {
        sensor: row.parsed("a sensor")?,
        name: row.text()?,
        enrolled: evidence::time(row)?,
        enrolled_by: row.text()?,
        certificate_ends: evidence::time(row)?,
        revoked: revocation(row)?,
    })
}

fn revocation(row: &mut Row) -> Result<Option<Revocation>> {
    let (at, by, why) = (row.int_or_null()?, row.text_or_null()?, row.text_or_null()?);
    let Some(at) = at else { return Ok(None) };
    let nanos = u64::try_from(at).map_err(|_| Error::Unreadable { what: "a time" })?;
    let (by, why) = (by.unwrap_or_default(), why.unwrap_or_default());
    Ok(Some(Revocation { at: Timestamp::from_nanos(nanos), by, why }))
}
