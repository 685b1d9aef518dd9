//! What people and imports state about devices, kept beside what is derived.

use std::collections::BTreeMap;

use model::{ChangeKind, DeviceId, PatientReport, StatementSource, Timestamp};

use crate::Result;
use crate::change::{Decision, Draft, actor, expect_version, record_drafts};
use crate::convert::{small, text, text_or_null, time};
use crate::evidence;
use crate::page::{Cursor, Page};
use crate::sql::{self, Row, Sql, Value};

/// What somebody stated about a device or about a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asserted {
    /// About which attribute.
    pub attribute: String,
    /// What.
    pub value: String,
    /// Where it comes from.
    pub source: StatementSource,
    /// Who.
    pub actor: model::Actor,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub why: String,
}

/// A statement without who made it and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated {
    /// About which device.
    pub device: DeviceId,
    /// About which attribute.
    pub attribute: String,
    /// What.
    pub value: String,
    /// Where it comes from.
    pub source: StatementSource,
    /// When.
    pub at: Timestamp,
}

/// Statements in one read.
const PAGE: u32 = 10_000;

/// Values by attribute; `None` takes a statement back.
pub type Statements = Vec<(String, Option<String>)>;

const INSERT: &str = "INSERT INTO statement (device, attribute, source, value, actor_kind, actor_name, at, why) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

/// States values of attributes, or takes statements back; gives the version of the device after it.
pub(crate) async fn assert(
    sql: &mut dyn Sql,
    id: DeviceId,
    expected: Option<u64>,
    (source, values): (StatementSource, Statements),
    decision: Decision,
) -> Result<u64> {
    sql.alone().await?;
    let found = expect_version(sql, &id, expected).await?;
    let mut drafts = Vec::new();
    for (attribute, value) in values {
        let key = || vec![text(id.as_str()), text(&*attribute), text(source.to_string())];
        let query = "SELECT value FROM statement WHERE device = $1 AND attribute = $2 AND source = $3";
        let before = sql::one(sql, query, key(), |row| row.text()).await?;
        if before == value {
            continue;
        }
        let delete = "DELETE FROM statement WHERE device = $1 AND attribute = $2 AND source = $3";
        sql.execute(delete, key()).await?;
        if let Some(value) = &value {
            let mut row = key();
            row.extend(stated(value, &decision));
            sql.execute(INSERT, row).await?;
        }
        let (device, kind) = (id.clone(), ChangeKind::Asserted);
        drafts.push(Draft { device, kind, what: attribute, before, after: value });
    }
    if drafts.is_empty() {
        return Ok(found);
    }
    record_drafts(sql, drafts, &decision).await?;
    sql.execute("UPDATE device SET version = version + 1 WHERE id = $1", vec![text(id.as_str())]).await?;
    Ok(found + 1)
}

/// The columns from `value` on.
pub(crate) fn stated(value: &str, decision: &Decision) -> [Value; 5] {
    [
        text(value),
        text(decision.actor.kind()),
        text_or_null(decision.actor.name()),
        time(decision.at),
        text(&*decision.why),
    ]
}

/// States values about many devices at once, whatever their versions.
pub(crate) async fn assert_all(
    sql: &mut dyn Sql,
    source: StatementSource,
    all: BTreeMap<DeviceId, Statements>,
    decision: Decision,
) -> Result<()> {
    for (id, values) in all {
        assert(sql, id, None, (source.clone(), values), decision.clone()).await?;
    }
    Ok(())
}

/// Everything that is stated, by device, attribute and source.
pub(crate) async fn all(sql: &mut dyn Sql) -> Result<Vec<(DeviceId, Asserted)>> {
    let query = "SELECT device, attribute, source, value, actor_kind, actor_name, at, why FROM statement \
        ORDER BY device, attribute, source";
    sql::all(sql, query, Vec::new(), |row| Ok((row.parsed("a device id")?, asserted(row)?))).await
}

/// What is stated about some attributes, by device, attribute and source.
pub(crate) async fn about(
    sql: &mut dyn Sql,
    attributes: &[&str],
    cursor: Option<Cursor>,
) -> Result<Page<Stated>> {
    let [device, attribute, source] = match &cursor {
        Some(cursor) => cursor.parts("stated")?,
        None => Default::default(),
    };
    let mut values = vec![text(device), text(attribute), text(source), small(PAGE + 1)];
    let first = values.len() + 1;
    let places: Vec<String> = (first..).zip(attributes).map(|(place, _)| format!("${place}")).collect();
    values.extend(attributes.iter().map(|attribute| text(*attribute)));
    let query = format!(
        "SELECT device, attribute, value, source, at FROM statement \
         WHERE (device, attribute, source) > ($1, $2, $3) AND attribute IN ({}) \
         ORDER BY device, attribute, source LIMIT $4",
        places.join(", ")
    );
    let read = |row: &mut Row| {
        Ok(Stated {
            device: row.parsed("a device id")?,
            attribute: row.text()?,
            value: row.text()?,
            source: row.parsed("a source of a statement")?,
            at: evidence::time(row)?,
        })
    };
    let found = sql::all(sql, &query, values, read).await?;
    let cursor = |last: &Stated| {
        Cursor::new("stated", &[last.device.as_str(), &last.attribute, &last.source.to_string()])
    };
    Ok(Page::of(found, PAGE, cursor))
}

/// What was stated about a device, by attribute and source.
pub(crate) async fn of_device(sql: &mut dyn Sql, id: &DeviceId) -> Result<Vec<Asserted>> {
    let query = "SELECT attribute, source, value, actor_kind, actor_name, at, why FROM statement \
        WHERE device = $1 ORDER BY attribute, source";
    sql::all(sql, query, vec![text(id.as_str())], asserted).await
}

/// Reads attribute, source, value, actor, time and reason.
pub(crate) fn asserted(row: &mut Row) -> Result<Asserted> {
    let (attribute, source) = (row.text()?, row.parsed("a source of a statement")?);
    Ok(Asserted {
        attribute,
        source,
        value: row.text()?,
        actor: actor(row)?,
        at: evidence::time(row)?,
        why: row.text()?,
    })
}

/// Somebody said whether a patient depends on a device.
pub(crate) async fn report_patient(
    sql: &mut dyn Sql,
    id: DeviceId,
    report: PatientReport,
    decision: Decision,
) -> Result<()> {
    sql.alone().await?;
    expect_version(sql, &id, None).await?;
    let before = patient(sql, &id).await?;
    let put = "INSERT INTO patient_state (device, state, source, told_by, at) VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT (device) DO UPDATE SET state = excluded.state, source = excluded.source, \
        told_by = excluded.told_by, at = excluded.at";
    let values = vec![
        text(id.as_str()),
        text(report.state.name()),
        text(report.source.name()),
        text(report.by),
        time(report.at),
    ];
    sql.execute(put, values).await?;
    let before = before.map(|before| before.state.name().to_owned());
    let (kind, what) = (ChangeKind::Asserted, "patient_state".to_owned());
    let draft = Draft { device: id, kind, what, before, after: Some(report.state.name().to_owned()) };
    record_drafts(sql, vec![draft], &decision).await
}

/// The last report about the patient at a device, however old.
pub(crate) async fn patient(sql: &mut dyn Sql, id: &DeviceId) -> Result<Option<PatientReport>> {
    let query = "SELECT state, source, told_by, at FROM patient_state WHERE device = $1";
    let read = |row: &mut Row| {
        Ok(PatientReport {
            state: row.parsed("a state of a patient")?,
            source: row.parsed("a source of a patient's state")?,
            by: row.text()?,
            at: evidence::time(row)?,
        })
    };
    sql::one(sql, query, vec![text(id.as_str())], read).await
}

/// Takes over what was stated about a device that turned out to be another, where that one has no such statement.
pub(crate) const ABSORB: &str = "UPDATE statement SET device = $1 WHERE device = $2 \
    AND NOT EXISTS (SELECT 1 FROM statement own WHERE own.device = $1 AND own.attribute = statement.attribute)";
