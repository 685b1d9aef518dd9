//! Audits of a part of the inventory: every device is looked at by a person until a day, and one signs it off.

use audit::Subject;
use model::{Actor, AuditOutcome, CampaignId, DeviceId, SubjectKind, Timestamp};

use crate::audit_log;
use crate::change::{Decision, actor};
use crate::convert::{small, text, text_or_null, time};
use crate::evidence;
use crate::filter::Filter;
use crate::page::{Cursor, Page, limit};
use crate::query::{Conditions, SHOWN};
use crate::site::{self, Draft};
use crate::sql::{self, Row, Sql, Value};
use crate::{Error, Result};

/// An audit of the devices that passed a filter when it began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Campaign {
    /// Which one.
    pub id: CampaignId,
    /// What it is called.
    pub name: String,
    /// Which devices: a filter as text.
    pub filter: String,
    /// To be done by then.
    pub due: Timestamp,
    /// Days after which it is due again; `None` is once.
    pub every_days: Option<u32>,
    /// When it began.
    pub at: Timestamp,
    /// Who signed it off, when, and the note.
    pub signed: Option<(Actor, Timestamp, String)>,
    /// How far it is.
    pub progress: Progress,
}

/// How many devices of an audit are in which state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Nobody looked yet.
    pub open: u64,
    /// There and right.
    pub confirmed: u64,
    /// Not there.
    pub not_found: u64,
    /// There, with something wrong.
    pub wrong: u64,
}

/// A device of an audit, and what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditItem {
    /// Which device.
    pub device: DeviceId,
    /// What was found, with a note, by whom, when; `None` is open.
    pub answer: Option<(AuditOutcome, String, Actor, Timestamp)>,
}

/// Which audits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CampaignQuery {
    /// Due before this and not signed off.
    pub overdue_at: Option<Timestamp>,
    /// After the page that gave this.
    pub cursor: Option<Cursor>,
    /// At most so many; 0 is as many as a page holds.
    pub limit: u32,
}

/// Which devices of an audit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ItemQuery {
    /// Only open ones, or only answered ones.
    pub open: Option<bool>,
    /// After the page that gave this.
    pub cursor: Option<Cursor>,
    /// At most so many; 0 is as many as a page holds.
    pub limit: u32,
}

const COLUMNS: &str = "id, name, filter, due, every_days, at, signed_at, signed_actor_kind, signed_actor_name, \
    signed_note";

/// Begins an audit of the devices that pass `filter` now; gives how many these are.
pub(crate) async fn create(
    sql: &mut dyn Sql,
    campaign: Campaign,
    filter: Filter,
    decision: Decision,
) -> Result<u64> {
    sql.alone().await?;
    let insert =
        "INSERT INTO campaign (id, name, filter, due, every_days, at) VALUES ($1, $2, $3, $4, $5, $6)";
    let values = vec![
        text(campaign.id.as_str()),
        text(&*campaign.name),
        text(&*campaign.filter),
        time(campaign.due),
        campaign.every_days.map_or(Value::Null, small),
        time(campaign.at),
    ];
    sql.execute(insert, values).await?;
    let mut conditions = Conditions::default();
    let id = conditions.bind(text(campaign.id.as_str()));
    conditions.and(SHOWN);
    let passes = filter.sql(&mut conditions);
    conditions.and(passes);
    let insert = format!(
        "INSERT INTO campaign_item (campaign, device) SELECT {id}, id FROM device {}",
        conditions.text()
    );
    let devices = sql.execute(&insert, conditions.into_values()).await?;
    let after = format!("{}: {devices} devices of `{}` by {}", campaign.name, campaign.filter, campaign.due);
    record(sql, &campaign.id, "campaign", Some(after), &decision).await?;
    Ok(devices)
}

/// Writes down what was found of a device; the last word counts until it is signed off.
pub(crate) async fn answer(
    sql: &mut dyn Sql,
    id: CampaignId,
    answers: Vec<(DeviceId, AuditOutcome, String)>,
    decision: Decision,
) -> Result<()> {
    sql.alone().await?;
    unsigned(sql, &id).await?;
    let mut entries = Vec::with_capacity(answers.len());
    for (device, outcome, note) in answers {
        let after = format!("{device}: {outcome}: {note}");
        let subject = Subject::of(SubjectKind::Campaign.name(), id.as_str());
        entries.push(audit_log::entry(&decision, "campaign_answered", subject, [None, Some(&after)]));
        let update = "UPDATE campaign_item SET outcome = $3, note = $4, actor_kind = $5, actor_name = $6, at = $7 \
            WHERE campaign = $1 AND device = $2";
        let values = vec![
            text(id.as_str()),
            text(device.as_str()),
            text(outcome.name()),
            text(note),
            text(decision.actor.kind()),
            text_or_null(decision.actor.name()),
            time(decision.at),
        ];
        if sql.execute(update, values).await? == 0 {
            return Err(Error::Refused { why: format!("`{device}` is not part of `{id}`") });
        }
    }
    audit_log::append(sql, entries).await.map(drop)
}

/// Signs an audit off; nothing may be open.
pub(crate) async fn sign(sql: &mut dyn Sql, id: CampaignId, decision: Decision) -> Result<Campaign> {
    sql.alone().await?;
    let held = unsigned(sql, &id).await?;
    if held.progress.open > 0 {
        let why = format!("{} devices of `{id}` are open; answer for them first", held.progress.open);
        return Err(Error::Refused { why });
    }
    let update = "UPDATE campaign SET signed_at = $2, signed_actor_kind = $3, signed_actor_name = $4, \
        signed_note = $5 WHERE id = $1";
    let values = vec![
        text(id.as_str()),
        time(decision.at),
        text(decision.actor.kind()),
        text_or_null(decision.actor.name()),
        text(&*decision.why),
    ];
    sql.execute(update, values).await?;
    let Progress { confirmed, not_found, wrong, .. } = held.progress;
    let after = format!("{confirmed} confirmed, {not_found} not found, {wrong} wrong");
    record(sql, &id, "signed_off", Some(after), &decision).await?;
    let signed = Some((decision.actor, decision.at, decision.why));
    Ok(Campaign { signed, ..held })
}

async fn unsigned(sql: &mut dyn Sql, id: &CampaignId) -> Result<Campaign> {
    let held = one(sql, id).await?.ok_or_else(|| Error::Missing { what: "campaign", id: id.to_string() })?;
    match held.signed {
        Some(_) => Err(Error::Refused { why: format!("`{id}` is signed off already") }),
        None => Ok(held),
    }
}

async fn record(
    sql: &mut dyn Sql,
    id: &CampaignId,
    what: &str,
    after: Option<String>,
    decision: &Decision,
) -> Result<()> {
    let (kind, subject) = (SubjectKind::Campaign, id.to_string());
    site::record(sql, vec![Draft { kind, subject, what: what.to_owned(), before: None, after }], decision)
        .await
}

/// One audit.
pub(crate) async fn one(sql: &mut dyn Sql, id: &CampaignId) -> Result<Option<Campaign>> {
    let query = format!("SELECT {COLUMNS} FROM campaign WHERE id = $1");
    let Some(found) = sql::one(sql, &query, vec![text(id.as_str())], campaign).await? else {
        return Ok(None);
    };
    let progress = progress(sql, &found.id).await?;
    Ok(Some(Campaign { progress, ..found }))
}

/// Audits, the one that is due first first.
pub(crate) async fn page(sql: &mut dyn Sql, query: CampaignQuery) -> Result<Page<Campaign>> {
    let limit = limit(query.limit);
    let mut conditions = Conditions::default();
    if let Some(now) = query.overdue_at {
        let now = conditions.bind(time(now));
        conditions.and(format!("due < {now} AND signed_at IS NULL"));
    }
    if let Some(cursor) = &query.cursor {
        let [due, id] = cursor.parts("campaign")?;
        let due: u64 = due.parse().map_err(|_| Error::BadCursor)?;
        let (due, id) = (conditions.bind(time(Timestamp::from_nanos(due))), conditions.bind(text(id)));
        conditions.and(format!("(due, id) > ({due}, {id})"));
    }
    let at_most = conditions.bind(small(limit + 1));
    let statement =
        format!("SELECT {COLUMNS} FROM campaign {} ORDER BY due, id LIMIT {at_most}", conditions.text());
    let mut found = sql::all(sql, &statement, conditions.into_values(), campaign).await?;
    for found in &mut found {
        found.progress = progress(sql, &found.id).await?;
    }
    let cursor =
        |found: &Campaign| Cursor::new("campaign", &[&found.due.nanos().to_string(), found.id.as_str()]);
    Ok(Page::of(found, limit, cursor))
}

/// The devices of an audit, in the order of their ids.
pub(crate) async fn items(sql: &mut dyn Sql, id: CampaignId, query: ItemQuery) -> Result<Page<AuditItem>> {
    let limit = limit(query.limit);
    let mut conditions = Conditions::default();
    let campaign = conditions.bind(text(id.as_str()));
    conditions.and(format!("campaign = {campaign}"));
    match query.open {
        Some(true) => conditions.and("outcome IS NULL"),
        Some(false) => conditions.and("outcome IS NOT NULL"),
        None => {}
    }
    if let Some(cursor) = &query.cursor {
        let [device] = cursor.parts("campaign_item")?;
        let device = conditions.bind(text(device));
        conditions.and(format!("device > {device}"));
    }
    let at_most = conditions.bind(small(limit + 1));
    let statement = format!(
        "SELECT device, outcome, note, actor_kind, actor_name, at FROM campaign_item {} ORDER BY device LIMIT {at_most}",
        conditions.text()
    );
    let found = sql::all(sql, &statement, conditions.into_values(), item).await?;
    Ok(Page::of(found, limit, |item| Cursor::new("campaign_item", &[item.device.as_str()])))
}

async fn progress(sql: &mut dyn Sql, id: &CampaignId) -> Result<Progress> {
    let query = "SELECT outcome, COUNT(*) FROM campaign_item WHERE campaign = $1 GROUP BY outcome";
    let read = |row: &mut Row| Ok((row.text_or_null()?, row.uint()?));
    let counts = sql::all(sql, query, vec![text(id.as_str())], read).await?;
    let count = |outcome: Option<AuditOutcome>| {
        let of_it = |word: &Option<String>| word.as_deref() == outcome.map(AuditOutcome::name);
        counts.iter().find(|(word, _)| of_it(word)).map_or(0, |(_, count)| *count)
    };
    Ok(Progress {
        open: count(None),
        confirmed: count(Some(AuditOutcome::Confirmed)),
        not_found: count(Some(AuditOutcome::NotFound)),
        wrong: count(Some(AuditOutcome::Wrong)),
    })
}

fn campaign(row: &mut Row) -> Result<Campaign> {
    let (id, name, filter) = (row.parsed("a campaign id")?, row.text()?, row.text()?);
    let due = evidence::time(row)?;
    let every_days = row.int_or_null()?.map(u32::try_from).transpose();
    let every_days = every_days.map_err(|_| Error::Unreadable { what: "a number of days" })?;
    let at = evidence::time(row)?;
    let signed = match evidence::time_or_null(row)? {
        Some(at) => Some((actor(row)?, at, row.text()?)),
        None => None,
    };
    Ok(Campaign { id, name, filter, due, every_days, at, signed, progress: Progress::default() })
}

fn item(row: &mut Row) -> Result<AuditItem> {
    let device = row.parsed("a device id")?;
    let answer = match row.text_or_null()? {
        Some(outcome) => {
            let outcome =
                outcome.parse().map_err(|_| Error::Unreadable { what: "an outcome of an audit" })?;
            Some((outcome, row.text()?, actor(row)?, evidence::time(row)?))
        }
        None => None,
    };
    Ok(AuditItem { device, answer })
}
