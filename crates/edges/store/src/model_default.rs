//! What is stated about a whole model: devices of it inherit what nobody stated about themselves.

use model::{DeviceModelId, StatementSource, SubjectKind};

use crate::change::{Decision, actor};
use crate::convert::{small, text};
use crate::evidence;
use crate::page::{Cursor, Page, limit};
use crate::site::{self, Draft};
use crate::sql::{self, Row, Sql};
use crate::statement::{Asserted, Statements, stated};
use crate::{Error, Result};

/// A model with what is stated about every device of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelDefaults {
    /// Which one.
    pub id: DeviceModelId,
    /// Maker or brand; capitals do not count.
    pub manufacturer: String,
    /// Model; capitals do not count.
    pub model: String,
    /// What is stated, by attribute.
    pub stated: Vec<Asserted>,
    /// Counts up with every change.
    pub version: u64,
}

const COLUMNS: &str = "id, manufacturer, model, version, manufacturer_key, model_key";

/// Makes a model of version 1 with its defaults.
pub(crate) async fn create(
    sql: &mut dyn Sql,
    (id, manufacturer, model): (DeviceModelId, String, String),
    values: Statements,
    decision: Decision,
) -> Result<()> {
    sql.alone().await?;
    let insert = "INSERT INTO device_model (id, manufacturer, model, manufacturer_key, model_key, version) \
        VALUES ($1, $2, $3, $4, $5, 1) ON CONFLICT (manufacturer_key, model_key) DO NOTHING";
    let row = vec![
        text(id.as_str()),
        text(&*manufacturer),
        text(&*model),
        text(manufacturer.to_lowercase()),
        text(model.to_lowercase()),
    ];
    if sql.execute(insert, row).await? == 0 {
        return Err(Error::ModelExists { manufacturer, model });
    }
    let (kind, subject, after) =
        (SubjectKind::DeviceModel, id.to_string(), format!("{manufacturer} {model}"));
    let made = Draft { kind, subject, what: "model".to_owned(), before: None, after: Some(after) };
    site::record(sql, vec![made], &decision).await?;
    put(sql, &id, values, &decision).await.map(drop)
}

/// States defaults or takes them back; gives the version afterwards.
pub(crate) async fn set(
    sql: &mut dyn Sql,
    id: DeviceModelId,
    expected: Option<u64>,
    values: Statements,
    decision: Decision,
) -> Result<u64> {
    sql.alone().await?;
    let query = "SELECT version FROM device_model WHERE id = $1";
    let found = sql::one(sql, query, vec![text(id.as_str())], |row| row.uint()).await?;
    let found = found.ok_or_else(|| Error::Missing { what: "model", id: id.to_string() })?;
    site::expect(found, expected)?;
    if !put(sql, &id, values, &decision).await? {
        return Ok(found);
    }
    let update = "UPDATE device_model SET version = version + 1 WHERE id = $1";
    sql.execute(update, vec![text(id.as_str())]).await?;
    Ok(found + 1)
}

/// Says whether anything changed.
async fn put(sql: &mut dyn Sql, id: &DeviceModelId, values: Statements, decision: &Decision) -> Result<bool> {
    let mut drafts = Vec::new();
    for (attribute, value) in values {
        let key = || vec![text(id.as_str()), text(&*attribute)];
        let query = "SELECT value FROM model_default WHERE device_model = $1 AND attribute = $2";
        let before = sql::one(sql, query, key(), |row| row.text()).await?;
        if before == value {
            continue;
        }
        sql.execute("DELETE FROM model_default WHERE device_model = $1 AND attribute = $2", key()).await?;
        if let Some(value) = &value {
            let insert = "INSERT INTO model_default (device_model, attribute, value, actor_kind, actor_name, at, why) \
                VALUES ($1, $2, $3, $4, $5, $6, $7)";
            let mut row = key();
            row.extend(stated(value, decision));
            sql.execute(insert, row).await?;
        }
        let (kind, subject) = (SubjectKind::DeviceModel, id.to_string());
        drafts.push(Draft { kind, subject, what: attribute, before, after: value });
    }
    let is_changed = !drafts.is_empty();
    site::record(sql, drafts, decision).await?;
    Ok(is_changed)
}

/// Models with defaults, by manufacturer and model.
pub(crate) async fn page(
    sql: &mut dyn Sql,
    cursor: Option<Cursor>,
    asked: u32,
) -> Result<Page<ModelDefaults>> {
    let limit = limit(asked);
    let [manufacturer, model] = match &cursor {
        Some(cursor) => cursor.parts("model_default")?,
        None => [String::new(), String::new()],
    };
    let query = format!(
        "SELECT {COLUMNS} FROM device_model WHERE (manufacturer_key, model_key) > ($1, $2) \
         ORDER BY manufacturer_key, model_key LIMIT $3"
    );
    let values = vec![text(manufacturer), text(model), small(limit + 1)];
    let found = sql::all(sql, &query, values, |row| {
        let found = device_model(row)?;
        Ok((found, [row.text()?, row.text()?]))
    });
    let mut found = found.await?;
    for (found, _) in &mut found {
        found.stated = defaults(sql, &found.id).await?;
    }
    let cursor = |(_, [manufacturer, model]): &(ModelDefaults, [String; 2])| {
        Cursor::new("model_default", &[manufacturer, model])
    };
    Ok(Page::of(found, limit, cursor).map(|(found, _)| found))
}

/// One model.
pub(crate) async fn one(sql: &mut dyn Sql, id: DeviceModelId) -> Result<Option<ModelDefaults>> {
    let query = format!("SELECT {COLUMNS} FROM device_model WHERE id = $1");
    let found = sql::one(sql, &query, vec![text(id.as_str())], device_model).await?;
    with_defaults(sql, found).await
}

/// The model of this name.
pub(crate) async fn of(sql: &mut dyn Sql, manufacturer: &str, model: &str) -> Result<Option<ModelDefaults>> {
    let query = format!("SELECT {COLUMNS} FROM device_model WHERE manufacturer_key = $1 AND model_key = $2");
    let key = vec![text(manufacturer.to_lowercase()), text(model.to_lowercase())];
    let found = sql::one(sql, &query, key, device_model).await?;
    with_defaults(sql, found).await
}

async fn with_defaults(sql: &mut dyn Sql, found: Option<ModelDefaults>) -> Result<Option<ModelDefaults>> {
    let Some(found) = found else { return Ok(None) };
    let stated = defaults(sql, &found.id).await?;
    Ok(Some(ModelDefaults { stated, ..found }))
}

async fn defaults(sql: &mut dyn Sql, id: &DeviceModelId) -> Result<Vec<Asserted>> {
    let query = "SELECT attribute, value, actor_kind, actor_name, at, why FROM model_default \
        WHERE device_model = $1 ORDER BY attribute";
    sql::all(sql, query, vec![text(id.as_str())], |row| {
        Ok(Asserted {
            attribute: row.text()?,
            source: StatementSource::Person,
            value: row.text()?,
            actor: actor(row)?,
            at: evidence::time(row)?,
            why: row.text()?,
        })
    })
    .await
}

fn device_model(row: &mut Row) -> Result<ModelDefaults> {
    Ok(ModelDefaults {
        id: row.parsed("a model id")?,
        manufacturer: row.text()?,
        model: row.text()?,
        version: row.uint()?,
        stated: Vec::new(),
    })
}
