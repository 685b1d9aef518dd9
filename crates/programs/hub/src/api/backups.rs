//! Backups: made in the data folder, encrypted for whom the request names, fetched as they are.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::UNIX_EPOCH;

use axum::body::{Body as Content, Bytes};
use axum::extract::State as AppState;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use futures_util::stream::{StreamExt as _, unfold};
use model::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::fs::File;
use tokio::io::AsyncReadExt as _;
use utoipa::ToSchema;
use uuid::Uuid;

use super::act::ActHeaders;
use super::operations::Operation;
use crate::app::App;
use crate::auth::Visitor;
use crate::backup::{self, EXTENSION, FOLDER, Protection};
use crate::extract::{Body, Id};
use crate::operations::{self, Busy, State};
use crate::problem::{Answer, Problem, chain};

/// Bytes that are sent at once.
const CHUNK: usize = 64 * 1024;

/// Who can open the backup: recipients, or who knows a passphrase.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BackupRequest {
    /// age recipients (`age1..`), at most 20.
    #[serde(default)]
    recipients: Vec<String>,
    /// Instead of recipients; at least 12 characters.
    #[serde(default)]
    passphrase: Option<String>,
}

/// A backup that lies in the data folder.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Backup {
    id: String,
    created: String,
    bytes: u64,
}

/// The latest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BackupList {
    items: Vec<Backup>,
}

/// Names a backup: `bak_` and a UUID.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BackupId(Uuid);

/// A text that names no backup.
#[derive(Debug, thiserror::Error)]
#[error("an id of a backup is `bak_` and a UUID")]
pub(crate) struct NoBackupId;

impl FromStr for BackupId {
    type Err = NoBackupId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let uuid = text.strip_prefix("bak_").and_then(|rest| Uuid::try_parse(rest).ok());
        uuid.filter(|uuid| format!("bak_{uuid}") == text).map(Self).ok_or(NoBackupId)
    }
}

impl fmt::Display for BackupId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "bak_{}", self.0)
    }
}

impl BackupId {
    fn path(self, data: &Path) -> PathBuf {
        data.join(FOLDER).join(self.to_string()).with_extension(EXTENSION)
    }
}

/// Backups in the data folder.
#[utoipa::path(get, path = "/api/v1/backups", responses((status = 200, body = BackupList), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn backups(AppState(app): AppState<App>) -> Answer<Json<BackupList>> {
    let folder = app.data.join(FOLDER);
    let listed = tokio::task::spawn_blocking(move || list(&folder)).await;
    let items =
        listed.map_err(|error| Problem::internal(&error))?.map_err(|error| Problem::internal(&error))?;
    Ok(Json(BackupList { items }))
}

fn list(folder: &Path) -> io::Result<Vec<Backup>> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry?;
        let path = entry.path();
        let stem = path.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| stem.parse().ok());
        let Some(id) = stem.filter(|_: &BackupId| path.extension().is_some_and(|end| end == EXTENSION))
        else {
            continue;
        };
        let metadata = entry.metadata()?;
        let since = metadata.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
        let created = Timestamp::from_nanos(u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)).to_string();
        found.push(Backup { id: id.to_string(), created, bytes: metadata.len() });
    }
    found.sort_by(|a, b| b.id.cmp(&a.id));
    Ok(found)
}

/// Make a backup: gives an operation that makes it.
#[utoipa::path(
    post, path = "/api/v1/backups", request_body = BackupRequest,
    params(ActHeaders),
    responses((status = 202, body = Operation, headers(("Location" = String))), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn make(
    AppState(app): AppState<App>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
    Body(wanted): Body<BackupRequest>,
) -> Answer<Response> {
    // A passphrase is compared by nothing that is kept.
    let body = serde_json::to_vec(&(&wanted.recipients, wanted.passphrase.is_some()))
        .map_err(|error| Problem::internal(&error))?;
    let work = async {
        let operation = begin(&app, &visitor, wanted)?;
        serde_json::to_string(&operation).map_err(|error| Problem::internal(&error))
    };
    let answer = app.answers.once(&visitor.name, &headers, &body, app.world.steady(), work).await?;
    let id = serde_json::from_str::<serde_json::Value>(&answer).map_err(|error| Problem::internal(&error))?;
    let place = format!("/api/v1/operations/{}", id.get("id").and_then(|id| id.as_str()).unwrap_or_default());
    let headers = [(header::CONTENT_TYPE, "application/json".to_owned()), (header::LOCATION, place)];
    Ok((StatusCode::ACCEPTED, headers, answer).into_response())
}

fn begin(app: &App, visitor: &Visitor, wanted: BackupRequest) -> Answer<Operation> {
    let protection = protection(wanted)?;
    let id = BackupId(app.world.uuid()?);
    let operation = operations::Operation {
        id: format!("op_{}", app.world.uuid()?),
        kind: "backup",
        account: visitor.name.clone(),
        created: app.world.now(),
        state: State::Running,
    };
    app.operations.begin(operation.clone()).map_err(|Busy| {
        let detail = "a backup is being made already; wait until it is done";
        Problem::new(StatusCode::CONFLICT, "busy", detail).retry_after(5)
    })?;
    let (app, operation_id) = (app.clone(), operation.id.clone());
    tokio::spawn(async move {
        let to = id.path(&app.data);
        let made = backup::make(&app.store, &app.data, &to, &protection, &app.world).await;
        let at = app.world.now();
        let state = match made {
            Ok(made) => {
                tracing::info!(backup = %id, bytes = made.bytes, "made a backup");
                State::Done { at, made: id.to_string() }
            }
            Err(error) => {
                let why = chain(&error);
                tracing::error!(error = why, "cannot make a backup");
                State::Failed { at, why }
            }
        };
        app.operations.end(&operation_id, state);
    });
    Ok(operation.into())
}

fn protection(wanted: BackupRequest) -> Answer<Protection> {
    match (wanted.recipients.as_slice(), wanted.passphrase) {
        ([], Some(passphrase)) => Protection::passphrase(passphrase)
            .map_err(|error| Problem::refused("/passphrase", error.to_string())),
        (_, Some(_)) => Err(Problem::refused("/passphrase", "give recipients or a passphrase, not both")),
        (recipients, None) => Protection::recipients(recipients)
            .map_err(|error| Problem::refused("/recipients", error.to_string())),
    }
}

/// A backup as it is: encrypted.
#[utoipa::path(
    get, path = "/api/v1/backups/{id}", params(("id" = String, Path)),
    responses((status = 200, description = "An age file", content_type = "application/octet-stream"), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn fetch(AppState(app): AppState<App>, Id(id): Id<BackupId>) -> Answer<Response> {
    let file = File::open(id.path(&app.data)).await.map_err(|error| missing(id, &error))?;
    let bytes = file.metadata().await.map_err(|error| Problem::internal(&error))?.len();
    let chunks = unfold(file, |mut file| async move {
        let mut chunk = vec![0; CHUNK];
        match file.read(&mut chunk).await {
            Ok(0) => None,
            Ok(count) => {
                chunk.truncate(count);
                Some((Ok(Bytes::from(chunk)), file))
            }
            Err(error) => Some((Err(error), file)),
        }
    });
    let chunks = chunks.fuse();
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_LENGTH, bytes.to_string()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{id}.{EXTENSION}\"")),
    ];
    Ok((headers, Content::from_stream(chunks)).into_response())
}

/// Remove a backup from the data folder.
#[utoipa::path(
    delete, path = "/api/v1/backups/{id}", params(("id" = String, Path), ("X-CSRF-Token" = String, Header)),
    responses((status = 204, description = "Removed"), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn remove(AppState(app): AppState<App>, Id(id): Id<BackupId>) -> Answer<StatusCode> {
    tokio::fs::remove_file(id.path(&app.data)).await.map_err(|error| missing(id, &error))?;
    tracing::info!(backup = %id, "removed a backup");
    Ok(StatusCode::NO_CONTENT)
}

fn missing(id: BackupId, error: &io::Error) -> Problem {
    match error.kind() {
        io::ErrorKind::NotFound => Problem::not_found(format!("there is no backup `{id}`")),
        _ => Problem::internal(error),
    }
}
