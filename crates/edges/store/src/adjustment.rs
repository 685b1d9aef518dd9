//! What people say about which addresses are one device: merges and splits, each of which can be taken back.
//!
//! A device that was merged into another is hidden, not gone: its row, its anchors and what was stated about it stay
//! as they are, so that taking the merge back brings it back. Active merges are a forest: a hidden device cannot be
//! merged again.

use model::{Actor, AdjustmentId, ChangeKind, DeviceId, Endpoint, MacAddr, Timestamp};

use crate::change::{Decision, Draft, actor, record_drafts, uuid_of};
use crate::convert::{flag, small, station_of, text, text_or_null, time};
use crate::evidence;
use crate::page::{Cursor, Page, limit};
use crate::sql::{self, Row, Sql, Value};
use crate::{Error, Result};

/// What a person said about which addresses are one device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adjustment {
    /// Which one.
    pub id: AdjustmentId,
    /// What was said.
    pub kind: AdjustmentKind,
    /// The device that the other one is, or that was split.
    pub device: DeviceId,
    /// The device that is hidden by a merge, or that came of a split.
    pub part: DeviceId,
    /// Who said it.
    pub actor: Actor,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub why: String,
    /// Who took it back, when and why.
    pub undone: Option<(Actor, Timestamp, String)>,
}

/// A merge or a split.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AdjustmentKind {
    /// Two devices are one.
    Merge,
    /// What is at this anchor is a device of its own.
    Split {
        /// `ip:..`.
        anchor: String,
    },
}

/// Which adjustments.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AdjustmentQuery {
    /// That this device has a part in.
    pub device: Option<DeviceId>,
    /// That nobody took back.
    pub active: bool,
    /// After the page that gave this.
    pub cursor: Option<Cursor>,
    /// At most so many; 0 is as many as a page holds.
    pub limit: u32,
}

/// A device as far as this matters.
struct Held {
    part_of: Option<String>,
    ips: String,
    macs: String,
}

const COLUMNS: &str = "number, id, kind, device, part, anchor, at, actor_kind, actor_name, why, undone_at, \
    undone_actor_kind, undone_actor_name, undone_why";

/// Two devices are one from now on: `device`, of which `part` becomes a part.
pub(crate) async fn merge(
    sql: &mut dyn Sql,
    device: DeviceId,
    part: DeviceId,
    decision: Decision,
) -> Result<Adjustment> {
    sql.alone().await?;
    if device == part {
        return Err(refused("a device cannot be merged with itself"));
    }
    for id in [&device, &part] {
        visible(sql, id).await?;
    }
    let made = insert(sql, (AdjustmentKind::Merge, &device, &part), None, &decision).await?;
    hide(sql, &part, Some(&device)).await?;
    bump(sql, &device).await?;
    let drafts = [&device, &part].map(|id| draft(id, ChangeKind::Merged, &part, &device));
    record_drafts(sql, drafts.into(), &decision).await?;
    Ok(made)
}

/// What is at `anchor` of `device` is a device of its own from now on; `fresh` is its id unless it had one before.
pub(crate) async fn split(
    sql: &mut dyn Sql,
    device: DeviceId,
    anchor: String,
    fresh: DeviceId,
    decision: Decision,
) -> Result<Adjustment> {
    sql.alone().await?;
    let held = visible(sql, &device).await?;
    let before = may_split(sql, &device, &held, &anchor).await?;
    let query =
        "SELECT part FROM adjustment WHERE kind = 'split' AND anchor = $1 ORDER BY number DESC LIMIT 1";
    let earlier = sql::one(sql, query, vec![text(&*anchor)], |row| row.parsed("a device id")).await?;
    let part = earlier.unwrap_or(fresh);
    let kind = AdjustmentKind::Split { anchor: anchor.clone() };
    let made = insert(sql, (kind, &device, &part), before, &decision).await?;
    let own = "INSERT INTO anchor (anchor, device) VALUES ($1, $2) \
        ON CONFLICT (anchor) DO UPDATE SET device = excluded.device";
    sql.execute(own, vec![text(&*anchor), text(part.as_str())]).await?;
    hide(sql, &part, None).await?;
    bump(sql, &device).await?;
    let drafts = vec![draft(&device, ChangeKind::Split, &device, &part)];
    record_drafts(sql, drafts, &decision).await?;
    Ok(made)
}

/// Refuses an anchor that is not an address of the device, or without which one would be known by nothing; gives the
/// device that it stands for.
async fn may_split(
    sql: &mut dyn Sql,
    device: &DeviceId,
    held: &Held,
    anchor: &str,
) -> Result<Option<String>> {
    let is_own =
        anchor.strip_prefix("ip:").is_some_and(|ip| held.ips.split_whitespace().any(|own| own == ip));
    if !is_own {
        let is_mac =
            anchor.strip_prefix("mac:").is_some_and(|mac| held.macs.split_whitespace().any(|own| own == mac));
        let merge = if is_mac { merge_of(sql, anchor).await? } else { None };
        return Err(match merge {
            Some(merge) => refused(format!("`{anchor}` came with merge `{merge}`; take that back instead")),
            None => {
                refused(format!("`{anchor}` is no network address of `{device}`; write it as `ip:10.0.0.1`"))
            }
        });
    }
    let query = "SELECT id FROM adjustment WHERE kind = 'split' AND anchor = $1 AND undone_at IS NULL";
    if sql::one(sql, query, vec![text(anchor)], |row| row.text()).await?.is_some() {
        return Err(refused(format!("`{anchor}` is split off already")));
    }
    let home =
        sql::one(sql, "SELECT device FROM anchor WHERE anchor = $1", vec![text(anchor)], |row| row.text());
    let home = home.await?;
    let known_by = home.clone().unwrap_or_else(|| device.to_string());
    let query = "SELECT anchor FROM anchor WHERE device = $1 AND anchor LIKE 'mac:%' LIMIT 1";
    if sql::one(sql, query, vec![text(&*known_by)], |row| row.text()).await?.is_none() {
        return Err(match merge_of(sql, anchor).await? {
            Some(merge) => refused(format!("`{anchor}` came with merge `{merge}`; take that back instead")),
            None => refused(format!("`{anchor}` is all that `{known_by}` is known by")),
        });
    }
    if !leaves_something(sql, device, held, anchor).await? {
        return Err(refused(format!(
            "`{anchor}` is the only address of its station, of which nothing would be left"
        )));
    }
    Ok(home)
}

/// Whether each of the device's own stations that has this address was seen with another one or with none, too.
async fn leaves_something(sql: &mut dyn Sql, device: &DeviceId, held: &Held, anchor: &str) -> Result<bool> {
    let query = "SELECT station FROM device_station WHERE device = $1";
    let stations = sql::all(sql, query, vec![text(device.as_str())], |row| station_of(&row.bytes()?)).await?;
    let query = "SELECT anchor FROM adjustment WHERE kind = 'split' AND undone_at IS NULL";
    let split = sql::all(sql, query, Vec::new(), |row| row.text()).await?;
    let anchor_of = |station: &Endpoint| station.ip.map(|ip| format!("ip:{ip}"));
    let is_own = |mac: &MacAddr| held.macs.split_whitespace().any(|own| own == mac.text().as_str());
    let with_it = stations.iter().filter(|station| anchor_of(station).as_deref() == Some(anchor));
    let mut own = with_it.filter_map(|station| station.mac).filter(is_own);
    Ok(own.all(|mac| {
        stations.iter().filter(|station| station.mac == Some(mac)).any(|station| match anchor_of(station) {
            Some(other) => other != anchor && !split.contains(&other),
            None => true,
        })
    }))
}

/// The active merge that hides the device of an anchor.
async fn merge_of(sql: &mut dyn Sql, anchor: &str) -> Result<Option<String>> {
    let query = "SELECT j.id FROM adjustment j JOIN anchor a ON a.device = j.part \
        WHERE a.anchor = $1 AND j.kind = 'merge' AND j.undone_at IS NULL";
    sql::one(sql, query, vec![text(anchor)], |row| row.text()).await
}

/// Takes an adjustment back.
pub(crate) async fn undo(sql: &mut dyn Sql, id: AdjustmentId, decision: Decision) -> Result<Adjustment> {
    sql.alone().await?;
    let made =
        one(sql, &id).await?.ok_or_else(|| Error::Missing { what: "adjustment", id: id.to_string() })?;
    if made.undone.is_some() {
        return Err(refused(format!("`{id}` is taken back already")));
    }
    let Adjustment { device, part, .. } = &made;
    let kind = match &made.kind {
        AdjustmentKind::Merge => {
            hide(sql, part, None).await?;
            ChangeKind::Split
        }
        AdjustmentKind::Split { anchor } => {
            undo_split(sql, &id, device, part, anchor).await?;
            ChangeKind::Merged
        }
    };
    bump(sql, device).await?;
    let update = "UPDATE adjustment SET undone_at = $2, undone_actor_kind = $3, undone_actor_name = $4, \
        undone_why = $5 WHERE id = $1";
    let values = vec![
        text(id.as_str()),
        time(decision.at),
        text(decision.actor.kind()),
        text_or_null(decision.actor.name()),
        text(&*decision.why),
    ];
    sql.execute(update, values).await?;
    let (before, after) = if kind == ChangeKind::Split { (device, part) } else { (part, device) };
    let drafts = [device, part].map(|id| draft(id, kind, before, after));
    record_drafts(sql, drafts.into(), &decision).await?;
    let undone = Some((decision.actor, decision.at, decision.why));
    Ok(Adjustment { undone, ..made })
}

/// What was split off is hidden again, and its anchor stands for who it stood for before.
async fn undo_split(
    sql: &mut dyn Sql,
    id: &AdjustmentId,
    device: &DeviceId,
    part: &DeviceId,
    anchor: &str,
) -> Result<()> {
    let query = "SELECT id FROM adjustment WHERE kind = 'merge' AND undone_at IS NULL \
        AND (device = $1 OR part = $1) LIMIT 1";
    if let Some(merge) = sql::one(sql, query, vec![text(part.as_str())], |row| row.text()).await? {
        return Err(refused(format!("`{part}` has a part in merge `{merge}`; take that back first")));
    }
    let query = "SELECT anchor_before FROM adjustment WHERE id = $1";
    let before = sql::one(sql, query, vec![text(id.as_str())], |row| row.text_or_null()).await?.flatten();
    match before {
        Some(before) => {
            let back = "UPDATE anchor SET device = $2 WHERE anchor = $1";
            sql.execute(back, vec![text(anchor), text(before)]).await?;
        }
        None => {
            sql.execute("DELETE FROM anchor WHERE anchor = $1", vec![text(anchor)]).await?;
        }
    }
    hide(sql, part, Some(device)).await
}

/// Adjustments, the latest first.
pub(crate) async fn page(sql: &mut dyn Sql, query: AdjustmentQuery) -> Result<Page<Adjustment>> {
    let limit = limit(query.limit);
    let before = match &query.cursor {
        Some(cursor) => {
            let [number] = cursor.parts::<1>("adjustment")?;
            number.parse().map_err(|_| Error::BadCursor)?
        }
        None => i64::MAX,
    };
    let mut values = vec![Value::Int(before), small(limit + 1)];
    let of_device = query.device.map(|device| values.push(text(device.as_str())));
    let device = of_device.map_or("", |()| "AND (device = $3 OR part = $3)");
    let active = if query.active { "AND undone_at IS NULL" } else { "" };
    let statement = format!(
        "SELECT {COLUMNS} FROM adjustment WHERE number < $1 {device} {active} ORDER BY number DESC LIMIT $2"
    );
    let found = sql::all(sql, &statement, values, adjustment).await?;
    Ok(Page::of(found, limit, |(number, _)| Cursor::new("adjustment", &[&number.to_string()]))
        .map(|(_, made)| made))
}

/// Every adjustment that nobody took back, in the order in which they were made.
pub(crate) async fn active(sql: &mut dyn Sql) -> Result<Vec<Adjustment>> {
    let query = format!("SELECT {COLUMNS} FROM adjustment WHERE undone_at IS NULL ORDER BY number");
    let found = sql::all(sql, &query, Vec::new(), adjustment).await?;
    Ok(found.into_iter().map(|(_, made)| made).collect())
}

/// One adjustment.
pub(crate) async fn one(sql: &mut dyn Sql, id: &AdjustmentId) -> Result<Option<Adjustment>> {
    let query = format!("SELECT {COLUMNS} FROM adjustment WHERE id = $1");
    let found = sql::one(sql, &query, vec![text(id.as_str())], adjustment).await?;
    Ok(found.map(|(_, made)| made))
}

async fn insert(
    sql: &mut dyn Sql,
    (kind, device, part): (AdjustmentKind, &DeviceId, &DeviceId),
    anchor_before: Option<String>,
    decision: &Decision,
) -> Result<Adjustment> {
    let query = "SELECT COALESCE(MAX(number), 0) FROM adjustment";
    let number = sql::one(sql, query, Vec::new(), |row| row.int()).await?.unwrap_or_default() + 1;
    let id = AdjustmentId::new(format!("{}{}", AdjustmentId::PREFIX, uuid_of(decision.at, number)))
        .map_err(|_| Error::Unreadable { what: "an adjustment id" })?;
    let (word, anchor) = match &kind {
        AdjustmentKind::Merge => ("merge", None),
        AdjustmentKind::Split { anchor } => ("split", Some(anchor.as_str())),
    };
    let insert = "INSERT INTO adjustment (number, id, kind, device, part, anchor, anchor_before, at, actor_kind, \
        actor_name, why) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let values = vec![
        Value::Int(number),
        text(id.as_str()),
        text(word),
        text(device.as_str()),
        text(part.as_str()),
        text_or_null(anchor),
        text_or_null(anchor_before.as_deref()),
        time(decision.at),
        text(decision.actor.kind()),
        text_or_null(decision.actor.name()),
        text(&*decision.why),
    ];
    sql.execute(insert, values).await?;
    let Decision { actor, at, why, .. } = decision.clone();
    Ok(Adjustment { id, kind, device: device.clone(), part: part.clone(), actor, at, why, undone: None })
}

/// A device that lists show.
async fn visible(sql: &mut dyn Sql, id: &DeviceId) -> Result<Held> {
    let query = "SELECT part_of, ips, macs FROM device WHERE id = $1";
    let read = |row: &mut Row| Ok(Held { part_of: row.text_or_null()?, ips: row.text()?, macs: row.text()? });
    let held = sql::one(sql, query, vec![text(id.as_str())], read).await?;
    let held = held.ok_or_else(|| Error::NoDevice(id.clone()))?;
    match &held.part_of {
        Some(whole) => Err(refused(format!("`{id}` is a part of `{whole}`"))),
        None => Ok(held),
    }
}

/// Hides a device as a part of another, or shows it again. Its stations are the other's until they are derived anew.
async fn hide(sql: &mut dyn Sql, id: &DeviceId, part_of: Option<&DeviceId>) -> Result<()> {
    let update = "UPDATE device SET part_of = $2, hidden = $3, version = version + 1 WHERE id = $1";
    let whole = text_or_null(part_of.map(DeviceId::as_str));
    sql.execute(update, vec![text(id.as_str()), whole, flag(part_of.is_some())]).await?;
    if let Some(whole) = part_of {
        let update = "UPDATE device_station SET device = $2 WHERE device = $1";
        sql.execute(update, vec![text(id.as_str()), text(whole.as_str())]).await?;
    }
    Ok(())
}

async fn bump(sql: &mut dyn Sql, id: &DeviceId) -> Result<()> {
    let update = "UPDATE device SET version = version + 1 WHERE id = $1";
    sql.execute(update, vec![text(id.as_str())]).await.map(drop)
}

fn draft(device: &DeviceId, kind: ChangeKind, before: &DeviceId, after: &DeviceId) -> Draft {
    let (before, after) = (Some(before.to_string()), Some(after.to_string()));
    Draft { device: device.clone(), kind, what: "device".to_owned(), before, after }
}

fn refused(why: impl Into<String>) -> Error {
    Error::Refused { why: why.into() }
}

fn adjustment(row: &mut Row) -> Result<(i64, Adjustment)> {
    let (number, id, word) = (row.int()?, row.parsed("an adjustment id")?, row.text()?);
    let (device, part) = (row.parsed("a device id")?, row.parsed("a device id")?);
    let kind = match (word.as_str(), row.text_or_null()?) {
        ("merge", None) => AdjustmentKind::Merge,
        ("split", Some(anchor)) => AdjustmentKind::Split { anchor },
        _ => return Err(Error::Unreadable { what: "an adjustment" }),
    };
    let (at, by, why) = (evidence::time(row)?, actor(row)?, row.text()?);
    let undone = match row.int_or_null()? {
        Some(at) => {
            let at = u64::try_from(at).map_err(|_| Error::Unreadable { what: "a time" })?;
            Some((actor(row)?, Timestamp::from_nanos(at), row.text()?))
        }
        None => None,
    };
    Ok((number, Adjustment { id, kind, device, part, actor: by, at, why, undone }))
}
