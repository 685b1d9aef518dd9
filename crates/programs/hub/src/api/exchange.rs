//! The inventory for other programs and from them.

use axum::body::{Body as Stream, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use futures_util::stream::{StreamExt as _, unfold};
use model::{DeviceId, StatementSource};
use serde::{Deserialize, Serialize};
use store::{Cursor, DeviceQuery};
use utoipa::ToSchema;

use super::act::ActHeaders;
use super::devices::decision;
use super::filter;
use crate::app::App;
use crate::auth::Visitor;
use crate::envelope::RequestId;
use crate::events::Event;
use crate::exchange::import::{Before, Index, Plan, RowChange, RowError};
use crate::exchange::mapping::{Mapping, MappingError};
use crate::exchange::{csv, fhir, import};
use crate::extract::{Body, Id, Parameters};
use crate::problem::{Answer, Problem};

/// Changes and errors that an answer names; the counts are of all.
const NAMED_MAX: usize = 1_000;
/// FHIR resources as JSON.
const FHIR_JSON: &str = "application/fhir+json";

/// A file to be imported.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ImportRequest {
    /// Name of where it comes from, such as `cmms`; its statements carry it.
    name: String,
    /// The file.
    csv: String,
    /// What its columns are here; without one they are called as here.
    #[serde(default)]
    mapping: Option<Mapping>,
    /// The same in TOML.
    #[serde(default)]
    mapping_toml: Option<String>,
    /// Only say what would change.
    dry_run: bool,
    /// 1 to 2000 bytes.
    #[schema(min_length = 1, max_length = 2000)]
    why: String,
}

/// What an import did, or would do.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImportResult {
    dry_run: bool,
    /// Rows without the header.
    rows: u64,
    /// Rows whose device was found and in which nothing is wrong; only these are taken.
    matched: u64,
    /// Devices about which something else is stated afterwards.
    devices_changed: u64,
    changes_total: u64,
    /// At most 1,000.
    changes: Vec<RowChange>,
    errors_total: u64,
    /// At most 1,000.
    errors: Vec<RowError>,
    /// Columns that were not looked at.
    ignored_columns: Vec<String>,
}

/// The devices of a filter as CSV. Cells that a spreadsheet would run begin with `'`.
#[utoipa::path(
    get, path = "/api/v1/devices/export",
    params(
        ("filter" = Option<String>, Query), ("q" = Option<String>, Query),
        ("lifecycle" = Option<Vec<String>>, Query), ("class" = Option<Vec<String>>, Query),
        ("type" = Option<Vec<String>>, Query), ("manufacturer" = Option<Vec<String>>, Query),
        ("unknown" = Option<bool>, Query), ("sort" = Option<String>, Query),
    ),
    responses((status = 200, body = String, content_type = "text/csv"), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn export(State(app): State<App>, parameters: Parameters) -> Answer<Response> {
    let query = filter::whole(parameters)?;
    let first = lines(&app, &query).await?;
    let header = csv::header().map_err(|error| Problem::internal(&error))?;
    let begin = Lines { app, query, next: first.1, text: Some(header + &first.0) };
    // Compression asks once more after the end.
    let body = Stream::from_stream(unfold(begin, more).fuse());
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"devices.csv\""),
    ];
    Ok((headers, body).into_response())
}

/// An export on its way.
struct Lines {
    app: App,
    query: DeviceQuery,
    next: Option<Cursor>,
    text: Option<String>,
}

async fn more(mut lines: Lines) -> Option<(Result<Bytes, std::io::Error>, Lines)> {
    if let Some(text) = lines.text.take() {
        return Some((Ok(text.into()), lines));
    }
    lines.query.cursor = Some(lines.next.take()?);
    match self::lines(&lines.app, &lines.query).await {
        Ok((text, next)) => {
            lines.next = next;
            Some((Ok(text.into()), lines))
        }
        // The answer has begun; it breaks off, so that nobody takes a part for the whole.
        Err(_) => Some((Err(std::io::Error::other("the export broke off")), lines)),
    }
}

async fn lines(app: &App, query: &DeviceQuery) -> Answer<(String, Option<Cursor>)> {
    let page = app.store.devices(query.clone()).await?.page;
    let lines = page.items.iter().map(csv::device).collect::<Result<String, _>>();
    Ok((lines.map_err(|error| Problem::internal(&error))?, page.next))
}

/// State what a CSV file says about devices, or say what that would change.
#[utoipa::path(
    post, path = "/api/v1/devices/import", request_body = ImportRequest,
    params(ActHeaders),
    responses((status = 200, body = ImportResult), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn import_file(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    Body(wanted): Body<ImportRequest>,
) -> Answer<Response> {
    let body = serde_json::to_value(&wanted).map_err(|error| Problem::internal(&error))?;
    app.once(&visitor, &headers, "import", &body, async {
        let source = StatementSource::import(&wanted.name);
        let source = source.map_err(|error| Problem::refused("/name", error.to_string()))?;
        let mapping = mapping(wanted.mapping, wanted.mapping_toml.as_deref())?;
        let mut decision = decision(&app, &visitor, &request, wanted.why)?;
        decision.why = format!("{source}: {}", decision.why);
        let mut plan = plan(&app, &source, &wanted.csv, mapping.as_ref()).await?;
        let said = std::mem::take(&mut plan.statements);
        if !wanted.dry_run && !plan.changes.is_empty() {
            app.store.assert_all(source, said, decision).await?;
            app.stated.notify_one();
            app.events.tell(Event::Summary);
        }
        Ok(result(plan, wanted.dry_run))
    })
    .await
}

fn mapping(json: Option<Mapping>, text: Option<&str>) -> Answer<Option<Mapping>> {
    let refuse = |at: &str, error: &MappingError| {
        Problem::refused(format!("{at}{}", error.pointer), error.to_string())
    };
    match (json, text) {
        (Some(_), Some(_)) => Err(Problem::refused("/mapping_toml", "give one mapping, in JSON or in TOML")),
        (Some(mapping), None) => {
            mapping.check().map_err(|error| refuse("/mapping", &error))?;
            Ok(Some(mapping))
        }
        (None, Some(text)) => {
            Mapping::from_toml(text).map(Some).map_err(|error| refuse("/mapping_toml", &error))
        }
        (None, None) => Ok(None),
    }
}

async fn plan(app: &App, source: &StatementSource, text: &str, mapping: Option<&Mapping>) -> Answer<Plan> {
    let mut index = Index::default();
    let mut query = DeviceQuery { sort: store::Sort::FirstSeen, ..DeviceQuery::default() };
    loop {
        let page = app.store.devices(query.clone()).await?.page;
        page.items.iter().for_each(|row| index.add(row));
        query.cursor = page.next;
        if query.cursor.is_none() {
            break;
        }
    }
    let mut before = Before::new();
    for (id, said) in app.store.statements().await? {
        if said.attribute == "serial" {
            index.add_serial(&said.value, &id);
        }
        if said.source == *source {
            before.insert((id, said.attribute), said.value);
        }
    }
    import::plan(text, mapping, &index, &before).map_err(|error| {
        let column = error.column.map(|column| format!(", column `{column}`")).unwrap_or_default();
        Problem::refused("/csv", format!("line {}{column}: {}", error.line, error.detail))
    })
}

fn result(plan: Plan, dry_run: bool) -> ImportResult {
    let Plan { rows, matched, mut changes, mut errors, ignored, .. } = plan;
    let count = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
    let mut devices: Vec<&str> = changes.iter().map(|change| change.device.as_str()).collect();
    devices.dedup();
    let devices_changed = count(devices.len());
    let (changes_total, errors_total) = (count(changes.len()), count(errors.len()));
    changes.truncate(NAMED_MAX);
    errors.truncate(NAMED_MAX);
    ImportResult {
        dry_run,
        rows,
        matched,
        devices_changed,
        changes_total,
        changes,
        errors_total,
        errors,
        ignored_columns: ignored,
    }
}

/// A device as FHIR R4 `Device`.
#[utoipa::path(
    get, path = "/api/v1/devices/{id}/fhir", params(("id" = String, Path)),
    responses((status = 200, body = serde_json::Value, content_type = "application/fhir+json"), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn device_as_fhir(State(app): State<App>, Id(id): Id<DeviceId>) -> Answer<Response> {
    Ok(([(header::CONTENT_TYPE, FHIR_JSON)], Json(resource(&app, &id).await?)).into_response())
}

/// The devices of a filter as FHIR R4 `Bundle` of type `collection`; its link `next` is where the rest is.
#[utoipa::path(
    get, path = "/api/v1/devices/fhir",
    params(
        ("filter" = Option<String>, Query), ("q" = Option<String>, Query),
        ("lifecycle" = Option<Vec<String>>, Query), ("class" = Option<Vec<String>>, Query),
        ("type" = Option<Vec<String>>, Query), ("manufacturer" = Option<Vec<String>>, Query),
        ("unknown" = Option<bool>, Query), ("sort" = Option<String>, Query),
        ("cursor" = Option<String>, Query), ("limit" = Option<u32>, Query, minimum = 1, maximum = 500),
    ),
    responses((status = 200, body = serde_json::Value, content_type = "application/fhir+json"), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn devices_as_fhir(State(app): State<App>, parameters: Parameters) -> Answer<Response> {
    let address = |parameters: &Parameters| format!("/api/v1/devices/fhir{}", parameters.text());
    let own = address(&parameters);
    let page = app.store.devices(filter::list(parameters.clone())?).await?.page;
    let next = page.next.map(|cursor| address(&parameters.with("cursor", &cursor.to_string())));
    let mut entries = Vec::with_capacity(page.items.len());
    for row in &page.items {
        entries.push((resource(&app, &row.id).await?, fhir::full_url(row.id.as_str())));
    }
    Ok(([(header::CONTENT_TYPE, FHIR_JSON)], Json(fhir::bundle(entries, &own, next))).into_response())
}

async fn resource(app: &App, id: &DeviceId) -> Answer<serde_json::Value> {
    let missing = || Problem::not_found(format!("there is no device `{id}`"));
    let device = app.store.device(id).await?.ok_or_else(missing)?;
    Ok(fhir::device(&device, &super::device::document(&device)?))
}
