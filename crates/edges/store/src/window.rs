//! Times in which changes are expected, such as a planned update.

use model::{Actor, SubjectKind, Timestamp, WindowId};

use crate::change::{Decision, actor};
use crate::convert::{small, text, text_or_null, time};
use crate::evidence;
use crate::page::{Cursor, Page, limit};
use crate::site::{self, Draft};
use crate::sql::{self, Row, Sql};
use crate::{Error, Result};

/// A time in which changes to some devices are expected. It is cancelled, never changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeWindow {
    /// Which one.
    pub id: WindowId,
    /// What it is called.
    pub name: String,
    /// Whose changes: a filter as text.
    pub filter: String,
    /// Which attributes change, by name; none is all.
    pub what: Vec<String>,
    /// From then.
    pub from: Timestamp,
    /// Until before then.
    pub to: Timestamp,
    /// Who planned it.
    pub actor: Actor,
    /// When it was planned.
    pub at: Timestamp,
    /// Why.
    pub why: String,
    /// When it was cancelled.
    pub cancelled: Option<Timestamp>,
}

impl ChangeWindow {
    /// Whether it expects a change to `what` at `at`.
    #[must_use]
    pub fn expects(&self, what: &str, at: Timestamp) -> bool {
        let is_then = self.from <= at && at < self.to && self.cancelled.is_none();
        is_then && (self.what.is_empty() || self.what.iter().any(|name| name == what))
    }
}

const COLUMNS: &str = "id, name, filter, what, from_at, to_at, actor_kind, actor_name, at, why, cancelled_at";

/// Plans a window.
pub(crate) async fn create(sql: &mut dyn Sql, window: ChangeWindow, decision: Decision) -> Result<()> {
    sql.alone().await?;
    let insert = "INSERT INTO change_window (id, name, filter, what, from_at, to_at, actor_kind, actor_name, at, why) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let values = vec![
        text(window.id.as_str()),
        text(&*window.name),
        text(&*window.filter),
        text(window.what.join(" ")),
        time(window.from),
        time(window.to),
        text(decision.actor.kind()),
        text_or_null(decision.actor.name()),
        time(decision.at),
        text(&*decision.why),
    ];
    sql.execute(insert, values).await?;
    let after = format!("{} from {} to {} for `{}`", window.name, window.from, window.to, window.filter);
    record(sql, &window.id, "window", Some(after), &decision).await
}

/// Cancels a window; changes that were expected stay so.
pub(crate) async fn cancel(sql: &mut dyn Sql, id: WindowId, decision: Decision) -> Result<ChangeWindow> {
    sql.alone().await?;
    let update = "UPDATE change_window SET cancelled_at = $2 WHERE id = $1 AND cancelled_at IS NULL";
    let is_fresh = sql.execute(update, vec![text(id.as_str()), time(decision.at)]).await? == 1;
    let held = one(sql, &id).await?.ok_or_else(|| Error::Missing { what: "window", id: id.to_string() })?;
    if !is_fresh {
        return Err(Error::Refused { why: format!("`{id}` is cancelled already") });
    }
    record(sql, &id, "cancelled", None, &decision).await?;
    Ok(held)
}

async fn record(
    sql: &mut dyn Sql,
    id: &WindowId,
    what: &str,
    after: Option<String>,
    decision: &Decision,
) -> Result<()> {
    let (kind, subject) = (SubjectKind::ChangeWindow, id.to_string());
    site::record(sql, vec![Draft { kind, subject, what: what.to_owned(), before: None, after }], decision)
        .await
}

/// One window.
pub(crate) async fn one(sql: &mut dyn Sql, id: &WindowId) -> Result<Option<ChangeWindow>> {
    let query = format!("SELECT {COLUMNS} FROM change_window WHERE id = $1");
    sql::one(sql, &query, vec![text(id.as_str())], window).await
}

/// Windows that are open at `now`, in the order of their ids.
pub(crate) async fn open(sql: &mut dyn Sql, now: Timestamp) -> Result<Vec<ChangeWindow>> {
    let query = format!(
        "SELECT {COLUMNS} FROM change_window WHERE from_at <= $1 AND to_at > $1 AND cancelled_at IS NULL ORDER BY id"
    );
    sql::all(sql, &query, vec![time(now)], window).await
}

/// Windows, the one that ends last first.
pub(crate) async fn page(
    sql: &mut dyn Sql,
    cursor: Option<Cursor>,
    asked: u32,
) -> Result<Page<ChangeWindow>> {
    let limit = limit(asked);
    let mut values = vec![small(limit + 1)];
    let mut condition = String::new();
    if let Some(cursor) = cursor {
        let [to, id] = cursor.parts("change_window")?;
        let to: u64 = to.parse().map_err(|_| Error::BadCursor)?;
        values.extend([time(Timestamp::from_nanos(to)), text(id)]);
        condition.push_str("WHERE (to_at, id) < ($2, $3)");
    }
    let query =
        format!("SELECT {COLUMNS} FROM change_window {condition} ORDER BY to_at DESC, id DESC LIMIT $1");
    let found = sql::all(sql, &query, values, window).await?;
    let cursor = |window: &ChangeWindow| {
        Cursor::new("change_window", &[&window.to.nanos().to_string(), window.id.as_str()])
    };
    Ok(Page::of(found, limit, cursor))
}

fn window(row: &mut Row) -> Result<ChangeWindow> {
    Ok(ChangeWindow {
        id: row.parsed("a window id")?,
        name: row.text()?,
        filter: row.text()?,
        what: row.text()?.split_whitespace().map(str::to_owned).collect(),
        from: evidence::time(row)?,
        to: evidence::time(row)?,
        actor: actor(row)?,
        at: evidence::time(row)?,
        why: row.text()?,
        cancelled: evidence::time_or_null(row)?,
    })
}
