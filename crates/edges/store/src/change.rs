//! Changes: what people decide about devices, and the record of everything.

use audit::{Entry, Origin, Outcome, Subject};
use model::{Actor, Change, ChangeId, ChangeKind, DeviceId, Lifecycle, Timestamp, WindowId};

use crate::audit_log;
use crate::convert::{flag, small, text, text_or_null, time};
use crate::evidence;
use crate::page::{Cursor, Page};
use crate::sql::{self, Row, Sql, Value};
use crate::{Error, Result};

/// Who decides something, when and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Who.
    pub actor: Actor,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub why: String,
    /// Request that it came with.
    pub request: Option<String>,
    /// From where.
    pub origin: Origin,
}

/// Why a device does not move in its lifecycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such device.
    Missing,
    /// It may not go there from where it is.
    NotFrom(Lifecycle),
}

/// Which changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChangeQuery {
    /// Of this device only.
    pub device: Option<DeviceId>,
    /// Only those that a window expected, or only the others.
    pub expected: Option<bool>,
    /// After the page that gave this.
    pub cursor: Option<Cursor>,
    /// At most so many; 0 is as many as a page holds.
    pub limit: u32,
}

/// A change before it has a number.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) device: DeviceId,
    pub(crate) kind: ChangeKind,
    pub(crate) what: String,
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
}

const INSERT: &str = "INSERT INTO change (number, id, device, at, actor_kind, actor_name, kind, what, before_value, \
    after_value, why, request, expected_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";

/// Writes changes down, numbered in the order in which they come.
pub(crate) async fn record(sql: &mut dyn Sql, changes: Vec<Change>) -> Result<()> {
    if changes.is_empty() {
        return Ok(());
    }
    let first = next_number(sql).await?;
    let rows = (first..).zip(&changes).map(|(number, change)| {
        vec![
            Value::Int(number),
            text(change.id.as_str()),
            text(change.device.as_str()),
            time(change.at),
            text(change.actor.kind()),
            text_or_null(change.actor.name()),
            text(change.kind.name()),
            text(&*change.what),
            text_or_null(change.before.as_deref()),
            text_or_null(change.after.as_deref()),
            text(&*change.why),
            text_or_null(change.request.as_deref()),
            text_or_null(change.expected_by.as_ref().map(WindowId::as_str)),
        ]
    });
    sql.execute_all(INSERT, rows.collect()).await
}

async fn next_number(sql: &mut dyn Sql) -> Result<i64> {
    let query = "SELECT COALESCE(MAX(number), 0) FROM change";
    Ok(sql::one(sql, query, Vec::new(), |row| row.int()).await?.unwrap_or_default() + 1)
}

/// Records drafts that follow from one decision, as changes and in the audit log. Whoever calls it is alone.
pub(crate) async fn record_drafts(sql: &mut dyn Sql, drafts: Vec<Draft>, decision: &Decision) -> Result<()> {
    if drafts.is_empty() {
        return Ok(());
    }
    audit_log::append(sql, audited(&drafts, decision)).await?;
    let first = next_number(sql).await?;
    let changes = (first..).zip(drafts).map(|(number, draft)| {
        let Draft { device, kind, what, before, after } = draft;
        let Decision { actor, at, why, request, .. } = decision.clone();
        Ok(Change {
            id: change_id(at, number)?,
            device,
            at,
            actor,
            kind,
            what,
            before,
            after,
            why,
            request,
            expected_by: None,
        })
    });
    let changes = changes.collect::<Result<_>>()?;
    record(sql, changes).await
}

/// One entry for each device and kind of change that follow on each other.
fn audited(drafts: &[Draft], decision: &Decision) -> Vec<Entry> {
    let same = drafts.chunk_by(|one, next| (&one.device, one.kind) == (&next.device, next.kind));
    let entries = same.filter_map(|drafts| {
        let first = drafts.first()?;
        let told = |value: fn(&Draft) -> &Option<String>| {
            let values = drafts
                .iter()
                .filter_map(|draft| value(draft).as_ref().map(|it| format!("{}: {it}", draft.what)));
            Some(values.collect::<Vec<_>>().join("; ")).filter(|values| !values.is_empty())
        };
        let (before, after) = (told(|draft| &draft.before), told(|draft| &draft.after));
        let subject = Subject::of("device", first.device.as_str());
        Some(audit_log::entry(decision, act(first.kind), subject, [before.as_deref(), after.as_deref()]))
    });
    entries.collect()
}

/// What is done to a device, in the audit log.
const fn act(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Discovered => "device_discovered",
        ChangeKind::Derived => "device_derived",
        ChangeKind::Asserted => "device_stated",
        ChangeKind::Lifecycle => "lifecycle_set",
        ChangeKind::Quarantine => "quarantine_set",
        ChangeKind::Merged => "devices_merged",
        ChangeKind::Split => "device_split",
    }
}

/// An id of the form of a UUIDv7 (RFC 9562, 5.7) from the time and the number of the change, which never comes twice.
fn change_id(at: Timestamp, number: i64) -> Result<ChangeId> {
    let id = format!("{}{}", ChangeId::PREFIX, uuid_of(at, number));
    ChangeId::new(id).map_err(|_| Error::Unreadable { what: "a change id" })
}

/// A UUIDv7 without chance: for what is numbered and never comes twice.
pub(crate) fn uuid_of(at: Timestamp, number: i64) -> String {
    let millis = (at.nanos() / 1_000_000) & 0xffff_ffff_ffff;
    let number = number.unsigned_abs();
    let (high, middle) = (millis >> 16, millis & 0xffff);
    let (variant, low) = (0x8000 | (number >> 48), number & 0xffff_ffff_ffff);
    format!("{high:08x}-{middle:04x}-7000-{variant:04x}-{low:012x}")
}

/// Moves devices in their lifecycle; says of each whether it moved.
pub(crate) async fn set_lifecycle(
    sql: &mut dyn Sql,
    ids: Vec<DeviceId>,
    to: Lifecycle,
    decision: Decision,
) -> Result<Vec<(DeviceId, std::result::Result<(), Refusal>)>> {
    sql.alone().await?;
    let mut outcomes = Vec::with_capacity(ids.len());
    let mut drafts = Vec::new();
    for id in ids {
        let query = "SELECT lifecycle FROM device WHERE id = $1";
        let read = |row: &mut Row| row.parsed::<Lifecycle>("a lifecycle");
        let outcome = match sql::one(sql, query, vec![text(id.as_str())], read).await? {
            None => Err(Refusal::Missing),
            Some(from) if !from.may_become(to) => Err(Refusal::NotFrom(from)),
            Some(from) => {
                let update = "UPDATE device SET lifecycle = $2, version = version + 1 WHERE id = $1";
                sql.execute(update, vec![text(id.as_str()), text(to.name())]).await?;
                let (before, after) = (Some(from.name().to_owned()), Some(to.name().to_owned()));
                let (device, kind) = (id.clone(), ChangeKind::Lifecycle);
                drafts.push(Draft { device, kind, what: "lifecycle".to_owned(), before, after });
                Ok(())
            }
        };
        outcomes.push((id, outcome));
    }
    record_drafts(sql, drafts, &decision).await?;
    let refused = outcomes.iter().filter(|(_, outcome)| outcome.is_err()).map(|(id, _)| {
        let after = format!("lifecycle: {to}");
        let subject = Subject::of("device", id.as_str());
        let tried = audit_log::entry(&decision, act(ChangeKind::Lifecycle), subject, [None, Some(&after)]);
        Entry { outcome: Outcome::Refused, ..tried }
    });
    let refused: Vec<Entry> = refused.collect();
    if !refused.is_empty() {
        audit_log::append(sql, refused).await?;
    }
    Ok(outcomes)
}

/// Puts the mark of quarantine on a device or takes it away; says whether that changed anything.
pub(crate) async fn set_quarantined(
    sql: &mut dyn Sql,
    id: DeviceId,
    expected: Option<u64>,
    quarantined: bool,
    decision: Decision,
) -> Result<bool> {
    sql.alone().await?;
    expect_version(sql, &id, expected).await?;
    let update =
        "UPDATE device SET quarantined = $2, version = version + 1 WHERE id = $1 AND quarantined <> $2";
    if sql.execute(update, vec![text(id.as_str()), flag(quarantined)]).await? == 0 {
        return Ok(false);
    }
    let (before, after) = (Some((!quarantined).to_string()), Some(quarantined.to_string()));
    let what = "quarantined".to_owned();
    let draft = Draft { device: id, kind: ChangeKind::Quarantine, what, before, after };
    record_drafts(sql, vec![draft], &decision).await?;
    Ok(true)
}

/// The version of a device, if it is the expected one.
pub(crate) async fn expect_version(sql: &mut dyn Sql, id: &DeviceId, expected: Option<u64>) -> Result<u64> {
    let query = "SELECT version FROM device WHERE id = $1";
    let found = sql::one(sql, query, vec![text(id.as_str())], |row| row.uint()).await?;
    let found = found.ok_or_else(|| Error::NoDevice(id.clone()))?;
    match expected.filter(|expected| *expected != found) {
        Some(expected) => Err(Error::Stale { device: id.clone(), expected, found }),
        None => Ok(found),
    }
}

/// Changes, the latest first.
pub(crate) async fn changes(sql: &mut dyn Sql, query: ChangeQuery) -> Result<Page<Change>> {
    let limit = crate::page::limit(query.limit);
    let before = match &query.cursor {
        Some(cursor) => cursor.parts::<1>("change")?[0].parse().map_err(|_| Error::BadCursor)?,
        None => i64::MAX,
    };
    let mut values = vec![Value::Int(before), small(limit + 1)];
    let of_device = query.device.map(|device| values.push(text(device.as_str())));
    let device = of_device.map_or("", |()| "AND device = $3");
    let expected = match query.expected {
        Some(true) => "AND expected_by IS NOT NULL",
        Some(false) => "AND expected_by IS NULL",
        None => "",
    };
    let statement = format!(
        "SELECT number, id, device, at, actor_kind, actor_name, kind, what, before_value, after_value, why, request, \
         expected_by FROM change WHERE number < $1 {device} {expected} ORDER BY number DESC LIMIT $2"
    );
    let found = sql::all(sql, &statement, values, |row| Ok((row.int()?, change(row)?))).await?;
    Ok(Page::of(found, limit, |(number, _)| Cursor::new("change", &[&number.to_string()]))
        .map(|(_, change)| change))
}

fn change(row: &mut Row) -> Result<Change> {
    Ok(Change {
        id: row.parsed("a change id")?,
        device: row.parsed("a device id")?,
        at: evidence::time(row)?,
        actor: actor(row)?,
        kind: row.parsed("a kind of change")?,
        what: row.text()?,
        before: row.text_or_null()?,
        after: row.text_or_null()?,
        why: row.text()?,
        request: row.text_or_null()?,
        expected_by: row
            .text_or_null()?
            .map(WindowId::new)
            .transpose()
            .map_err(|_| Error::Unreadable { what: "a window id" })?,
    })
}

/// Reads `actor_kind` and `actor_name`.
pub(crate) fn actor(row: &mut Row) -> Result<Actor> {
    let (kind, name) = (row.text()?, row.text_or_null()?);
    Actor::new(&kind, name.as_deref()).map_err(|_| Error::Unreadable { what: "an actor" })
}
