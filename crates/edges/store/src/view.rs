//! Filters with their order and columns that people saved.

use model::{SubjectKind, ViewId};

use crate::change::Decision;
use crate::convert::{flag, small, text};
use crate::page::{Cursor, Page, limit};
use crate::site::{self, Draft};
use crate::sql::{self, Row, Sql};
use crate::{Error, Result};

/// A filter with its order and columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedView {
    /// Which one.
    pub id: ViewId,
    /// Whose it is.
    pub owner: String,
    /// Whether everybody sees it.
    pub shared: bool,
    /// What it is called.
    pub name: String,
    /// Which devices: a filter as text.
    pub filter: String,
    /// What they are sorted by.
    pub sort: String,
    /// Which columns are shown, in order.
    pub columns: Vec<String>,
    /// Counts up with every change.
    pub version: u64,
}

const COLUMNS: &str = "id, owner, shared, name, filter, sort, shown_columns, version";

/// Makes a view of version 1, or changes the one of this id; only its owner does.
pub(crate) async fn put(
    sql: &mut dyn Sql,
    view: SavedView,
    expected: Option<Option<u64>>,
    decision: Decision,
) -> Result<SavedView> {
    sql.alone().await?;
    let before = match expected {
        Some(expected) => {
            let held = own(sql, &view.id, &view.owner).await?;
            site::expect(held.version, expected)?;
            Some(held)
        }
        None => None,
    };
    let version = before.as_ref().map_or(1, |held| held.version + 1);
    let put = "INSERT INTO saved_view (id, owner, shared, name, filter, sort, shown_columns, version) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, 1) ON CONFLICT (id) DO UPDATE SET shared = excluded.shared, \
        name = excluded.name, filter = excluded.filter, sort = excluded.sort, \
        shown_columns = excluded.shown_columns, version = saved_view.version + 1";
    let values = vec![
        text(view.id.as_str()),
        text(&*view.owner),
        flag(view.shared),
        text(&*view.name),
        text(&*view.filter),
        text(&*view.sort),
        text(view.columns.join(" ")),
    ];
    sql.execute(put, values).await?;
    record(sql, &view.id, (before.as_ref(), Some(&view)), &decision).await?;
    Ok(SavedView { version, ..view })
}

/// Deletes a view of `owner`.
pub(crate) async fn delete(
    sql: &mut dyn Sql,
    id: ViewId,
    owner: String,
    expected: Option<u64>,
    decision: Decision,
) -> Result<()> {
    sql.alone().await?;
    let held = own(sql, &id, &owner).await?;
    site::expect(held.version, expected)?;
    sql.execute("DELETE FROM saved_view WHERE id = $1", vec![text(id.as_str())]).await?;
    record(sql, &id, (Some(&held), None), &decision).await
}

async fn own(sql: &mut dyn Sql, id: &ViewId, owner: &str) -> Result<SavedView> {
    let held =
        one(sql, id, owner).await?.ok_or_else(|| Error::Missing { what: "view", id: id.to_string() })?;
    if held.owner != owner {
        return Err(Error::Refused { why: format!("`{id}` is somebody else's; save one of your own") });
    }
    Ok(held)
}

async fn record(
    sql: &mut dyn Sql,
    id: &ViewId,
    (before, after): (Option<&SavedView>, Option<&SavedView>),
    decision: &Decision,
) -> Result<()> {
    let told = |view: &SavedView| format!("{}: {}", view.name, view.filter);
    let (kind, subject, what) = (SubjectKind::SavedView, id.to_string(), "view".to_owned());
    let draft = Draft { kind, subject, what, before: before.map(told), after: after.map(told) };
    site::record(sql, vec![draft], decision).await
}

/// A view that `user` may see.
pub(crate) async fn one(sql: &mut dyn Sql, id: &ViewId, user: &str) -> Result<Option<SavedView>> {
    let query = format!("SELECT {COLUMNS} FROM saved_view WHERE id = $1 AND (owner = $2 OR shared = 1)");
    sql::one(sql, &query, vec![text(id.as_str()), text(user)], view).await
}

/// The views that `user` may see, in the order of their ids.
pub(crate) async fn page(
    sql: &mut dyn Sql,
    user: String,
    cursor: Option<Cursor>,
    asked: u32,
) -> Result<Page<SavedView>> {
    let limit = limit(asked);
    let [after] = match &cursor {
        Some(cursor) => cursor.parts("saved_view")?,
        None => [String::new()],
    };
    let query = format!(
        "SELECT {COLUMNS} FROM saved_view WHERE (owner = $1 OR shared = 1) AND id > $2 ORDER BY id LIMIT $3"
    );
    let found = sql::all(sql, &query, vec![text(user), text(after), small(limit + 1)], view).await?;
    Ok(Page::of(found, limit, |view| Cursor::new("saved_view", &[view.id.as_str()])))
}

fn view(row: &mut Row) -> Result<SavedView> {
    Ok(SavedView {
        id: row.parsed("a view id")?,
        owner: row.text()?,
        shared: row.flag()?,
        name: row.text()?,
        filter: row.text()?,
        sort: row.text()?,
        columns: row.text()?.split_whitespace().map(str::to_owned).collect(),
        version: row.uint()?,
    })
}
