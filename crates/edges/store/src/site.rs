//! The record of changes to what is not a device.

use audit::{Entry, Subject};
use model::{SiteChange, SiteChangeId, SubjectKind};

use crate::audit_log;
use crate::change::{Decision, actor, uuid_of};
use crate::convert::{small, text, text_or_null, time};
use crate::evidence;
use crate::page::{Cursor, Page, limit};
use crate::sql::{self, Row, Sql, Value};
use crate::{Error, Result};

/// Which changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SiteChangeQuery {
    /// To things of this kind only.
    pub kind: Option<SubjectKind>,
    /// After the page that gave this.
    pub cursor: Option<Cursor>,
    /// At most so many; 0 is as many as a page holds.
    pub limit: u32,
}

/// A change before it has a number.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) kind: SubjectKind,
    pub(crate) subject: String,
    pub(crate) what: String,
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
}

const INSERT: &str = "INSERT INTO site_change (number, id, subject_kind, subject, at, actor_kind, actor_name, what, \
    before_value, after_value, why, request) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";

/// Writes down what follows from one decision, as changes and in the audit log. Whoever calls it is alone.
pub(crate) async fn record(sql: &mut dyn Sql, drafts: Vec<Draft>, decision: &Decision) -> Result<()> {
    if drafts.is_empty() {
        return Ok(());
    }
    audit_log::append(sql, drafts.iter().map(|draft| audited(draft, decision)).collect()).await?;
    let query = "SELECT COALESCE(MAX(number), 0) FROM site_change";
    let last = sql::one(sql, query, Vec::new(), |row| row.int()).await?.unwrap_or_default();
    let rows = (last + 1..).zip(drafts).map(|(number, draft)| {
        vec![
            Value::Int(number),
            text(format!("{}{}", SiteChangeId::PREFIX, uuid_of(decision.at, number))),
            text(draft.kind.name()),
            text(draft.subject),
            time(decision.at),
            text(decision.actor.kind()),
            text_or_null(decision.actor.name()),
            text(draft.what),
            text_or_null(draft.before.as_deref()),
            text_or_null(draft.after.as_deref()),
            text(&*decision.why),
            text_or_null(decision.request.as_deref()),
        ]
    });
    sql.execute_all(INSERT, rows.collect()).await
}

fn audited(draft: &Draft, decision: &Decision) -> Entry {
    let subject = Subject::of(draft.kind.name(), &draft.subject);
    let change = [draft.before.as_deref(), draft.after.as_deref()];
    match (draft.kind, act(draft)) {
        (SubjectKind::DeviceModel, act) => {
            let [before, after] = change.map(|value| value.map(|value| format!("{}: {value}", draft.what)));
            audit_log::entry(decision, act, subject, [before.as_deref(), after.as_deref()])
        }
        (_, act) => audit_log::entry(decision, act, subject, change),
    }
}

/// What is done, in the audit log.
fn act(draft: &Draft) -> &'static str {
    match (draft.kind, draft.what.as_str(), draft.before.is_some(), draft.after.is_some()) {
        (SubjectKind::Account, "account", ..) => "account_made",
        (SubjectKind::Account, "password", ..) => "password_set",
        (SubjectKind::Account, "role", ..) => "role_set",
        (SubjectKind::Account, ..) => "account_changed",
        (SubjectKind::DeviceModel, ..) => "model_default_set",
        (SubjectKind::ChangeWindow, "cancelled", ..) => "window_cancelled",
        (SubjectKind::ChangeWindow, ..) => "window_planned",
        (SubjectKind::Campaign, "signed_off", ..) => "campaign_signed_off",
        (SubjectKind::Campaign, ..) => "campaign_begun",
        (SubjectKind::SavedView, _, false, _) => "view_saved",
        (SubjectKind::SavedView, _, true, true) => "view_changed",
        (SubjectKind::SavedView, _, true, false) => "view_deleted",
    }
}

/// Changes, the latest first.
pub(crate) async fn site_changes(sql: &mut dyn Sql, query: SiteChangeQuery) -> Result<Page<SiteChange>> {
    let limit = limit(query.limit);
    let before = match &query.cursor {
        Some(cursor) => {
            let [number] = cursor.parts::<1>("site_change")?;
            number.parse().map_err(|_| Error::BadCursor)?
        }
        None => i64::MAX,
    };
    let mut values = vec![Value::Int(before), small(limit + 1)];
    let of_kind = query.kind.map(|kind| values.push(text(kind.name())));
    let filter = of_kind.map_or("", |()| "AND subject_kind = $3");
    let statement = format!(
        "SELECT number, id, subject_kind, subject, at, actor_kind, actor_name, what, before_value, after_value, why, \
         request FROM site_change WHERE number < $1 {filter} ORDER BY number DESC LIMIT $2"
    );
    let found = sql::all(sql, &statement, values, |row| Ok((row.int()?, site_change(row)?))).await?;
    Ok(Page::of(found, limit, |(number, _)| Cursor::new("site_change", &[&number.to_string()]))
        .map(|(_, change)| change))
}

fn site_change(row: &mut Row) -> Result<SiteChange> {
    Ok(SiteChange {
        id: row.parsed("a change id")?,
        kind: row.parsed("a kind of thing with a record")?,
        subject: row.text()?,
        at: evidence::time(row)?,
        actor: actor(row)?,
        what: row.text()?,
        before: row.text_or_null()?,
        after: row.text_or_null()?,
        why: row.text()?,
        request: row.text_or_null()?,
    })
}

/// Refuses a change that was meant for another version.
pub(crate) fn expect(found: u64, expected: Option<u64>) -> Result<()> {
    match expected.filter(|expected| *expected != found) {
        Some(expected) => Err(Error::Outdated { expected, found }),
        None => Ok(()),
    }
}
