//! The audit log: who did what. Read, searched, exported and verified; never changed.

use audit::{Item, Record, Verified, Verifier, checkpoint_line, record_line};
use axum::body::{Body as Stream, Bytes};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use futures_util::stream::{StreamExt as _, unfold};
use serde::Serialize;
use store::{AuditPlace, AuditQuery};
use tokio::runtime::Handle;
use utoipa::ToSchema;

use super::filter::{self, PAGE};
use crate::app::App;
use crate::auth::Visitor;
use crate::envelope::RequestId;
use crate::extract::Parameters;
use crate::problem::{Answer, Problem};
use crate::trail;

/// What a page can be narrowed by.
const FILTERS: &[&str] = &["who", "act", "subject_kind", "subject", "outcome", "from", "to", "text"];

/// What somebody did, in its place in the chain.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditRecord {
    /// From 1, without gaps.
    number: u64,
    at: String,
    /// `person`, `rule`, `sensor`, `system`, or `nobody`: somebody of whom nothing is proven.
    #[schema(value_type = String)]
    who_kind: &'static str,
    #[schema(required)]
    who: Option<String>,
    /// A stable word such as `role_set`.
    act: String,
    subject_kind: String,
    /// Id or name; empty when there is one of its kind only.
    subject: String,
    /// `done`, `refused` or `failed`.
    #[schema(value_type = String)]
    outcome: &'static str,
    #[schema(required)]
    address: Option<String>,
    /// Names the session, and is no secret.
    #[schema(required)]
    session: Option<String>,
    #[schema(required)]
    request: Option<String>,
    #[schema(required)]
    before: Option<String>,
    #[schema(required)]
    after: Option<String>,
    #[schema(required)]
    why: Option<String>,
    /// SHA-256 over everything above and the hash of the record before.
    hash: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditPage {
    items: Vec<AuditRecord>,
    #[schema(required)]
    next_cursor: Option<String>,
}

/// Whether the log is as it was written.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditVerification {
    /// Whether nothing is wrong, as far as can be told from the log alone.
    whole: bool,
    records: u64,
    checkpoints: u64,
    /// The last record that is signed; those after it are chained only.
    signed: u64,
    /// The public key that signs it now; it verifies an export elsewhere.
    #[schema(required)]
    key: Option<String>,
    /// The first bad record, and what is wrong with it.
    #[schema(required)]
    fault: Option<AuditFault>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditFault {
    record: u64,
    /// A stable word such as `altered`.
    #[schema(value_type = String)]
    kind: &'static str,
    detail: String,
}

/// Records of the audit log, the latest first.
#[utoipa::path(
    get, path = "/api/v1/audit-log",
    params(
        ("who" = Option<String>, Query, description = "Name of the account or the sensor"),
        ("act" = Option<String>, Query), ("subject_kind" = Option<String>, Query), ("subject" = Option<String>, Query),
        ("outcome" = Option<String>, Query, description = "`done`, `refused` or `failed`"),
        ("from" = Option<String>, Query, description = "Not before this (RFC 3339)"), ("to" = Option<String>, Query, description = "Before this (RFC 3339)"),
        ("text" = Option<String>, Query, description = "Part of subject, before, after, reason, address or request"),
        ("cursor" = Option<String>, Query), ("limit" = Option<u32>, Query, minimum = 1, maximum = 500)
    ),
    responses((status = 200, body = AuditPage), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn audit_log(State(app): State<App>, parameters: Parameters) -> Answer<Json<AuditPage>> {
    let parameters = parameters.only(&[PAGE, FILTERS].concat())?;
    let query = AuditQuery {
        who: parameters.parsed("who")?,
        act: parameters.parsed("act")?,
        subject_kind: parameters.parsed("subject_kind")?,
        subject: parameters.parsed("subject")?,
        outcome: parameters.parsed("outcome")?,
        from: parameters.parsed("from")?,
        to: parameters.parsed("to")?,
        text: parameters.parsed("text")?,
        cursor: parameters.parsed("cursor")?,
        limit: filter::limit(&parameters)?,
    };
    let page = app.store.audit_records(query).await?;
    let items = page.items.into_iter().map(AuditRecord::from).collect();
    Ok(Json(AuditPage { items, next_cursor: page.next.map(|cursor| cursor.to_string()) }))
}

/// The whole audit log as JSON Lines, with its checkpoints: it verifies elsewhere with the public key.
#[utoipa::path(
    get, path = "/api/v1/audit-log/export",
    responses((status = 200, body = String, content_type = "application/jsonl"), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn export_audit_log(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
    Extension(request): Extension<RequestId>,
    parameters: Parameters,
) -> Answer<Response> {
    parameters.only(&[])?;
    let subject = audit::Subject::of("audit_log", "");
    trail::write(&app, trail::by(&app, &visitor, &request, "audit_log_exported", subject)).await?;
    let header = format!("{}\n", audit::HEADER);
    let begin = (app, AuditPlace::default(), Some(header));
    // Compression asks once more after the end.
    let body = Stream::from_stream(unfold(begin, more).fuse());
    let headers = [
        (header::CONTENT_TYPE, "application/jsonl; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"audit-log.jsonl\""),
    ];
    Ok((headers, body).into_response())
}

type Place = (App, AuditPlace, Option<String>);

async fn more((app, mut place, header): Place) -> Option<(Result<Bytes, std::io::Error>, Place)> {
    if let Some(header) = header {
        return Some((Ok(header.into()), (app, place, None)));
    }
    let items = match app.store.audit_items(place).await {
        Ok(items) if items.is_empty() => return None,
        Ok(items) => items,
        // The answer has begun; it breaks off, so that nobody takes a part for the whole.
        Err(_) => return Some((Err(std::io::Error::other("the export broke off")), (app, place, None))),
    };
    let mut text = String::new();
    for item in &items {
        place.pass(item);
        text.push_str(&match item {
            Item::Record(record) => record_line(record),
            Item::Checkpoint(checkpoint) => checkpoint_line(checkpoint),
        });
        text.push('\n');
    }
    Some((Ok(text.into()), (app, place, None)))
}

/// Verify the whole audit log: every hash, the chain, and what is signed. It is itself written down.
#[utoipa::path(
    get, path = "/api/v1/audit-log/verification",
    responses((status = 200, body = AuditVerification), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn verify_audit_log(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
    Extension(request): Extension<RequestId>,
    parameters: Parameters,
) -> Answer<Json<AuditVerification>> {
    parameters.only(&[])?;
    let (hub, handle) = (app.clone(), Handle::current());
    // Hashing is work for a thread of its own.
    let work = tokio::task::spawn_blocking(move || handle.block_on(verify(&hub)));
    let found = work.await.map_err(|error| Problem::internal(&error))??;
    let subject = audit::Subject::of("audit_log", "");
    let told = trail::by(&app, &visitor, &request, "audit_log_verified", subject);
    trail::write(&app, trail::with_result(told, found.result())).await?;
    Ok(Json(found))
}

async fn verify(app: &App) -> Answer<AuditVerification> {
    let keys: Vec<audit::PublicKey> = app.audit_key.get().copied().into_iter().collect();
    let mut verifier = Verifier::new(&keys);
    let mut place = AuditPlace::default();
    let key = keys.first().map(ToString::to_string);
    loop {
        let items = app.store.audit_items(place).await?;
        if items.is_empty() {
            return Ok(AuditVerification::of(verifier.finish(), place, key));
        }
        for item in &items {
            place.pass(item);
            let read = match item {
                Item::Record(record) => verifier.record(record),
                Item::Checkpoint(checkpoint) => verifier.checkpoint(checkpoint),
            };
            if let Err(fault) = read {
                return Ok(AuditVerification::of(Err(fault), place, key));
            }
        }
    }
}

impl AuditVerification {
    /// Of a log that was read up to `place`.
    fn of(found: Result<Verified, audit::Fault>, place: AuditPlace, key: Option<String>) -> Self {
        match found {
            Ok(Verified { records, checkpoints, signed, .. }) => {
                Self { whole: true, records, checkpoints, signed, key, fault: None }
            }
            Err(fault) => {
                let told =
                    AuditFault { record: fault.record, kind: fault.kind.name(), detail: fault.to_string() };
                let AuditPlace { record, checkpoint } = place;
                Self {
                    whole: false,
                    records: record,
                    checkpoints: checkpoint,
                    signed: 0,
                    key,
                    fault: Some(told),
                }
            }
        }
    }

    /// In words, for the log itself.
    fn result(&self) -> String {
        match &self.fault {
            None => format!("whole: {} records, signed up to {}", self.records, self.signed),
            Some(fault) => fault.detail.clone(),
        }
    }
}

impl From<Record> for AuditRecord {
    fn from(record: Record) -> Self {
        let Record { number, entry, hash, .. } = record;
        let text = |text: Option<&audit::Text>| text.map(|text| text.as_str().to_owned());
        Self {
            number,
            at: entry.at.to_string(),
            who_kind: entry.who.kind(),
            who: text(entry.who.name()),
            act: entry.act.as_str().to_owned(),
            subject_kind: entry.subject.kind.as_str().to_owned(),
            subject: entry.subject.id.as_str().to_owned(),
            outcome: entry.outcome.name(),
            address: text(entry.origin.address.as_ref()),
            session: text(entry.origin.session.as_ref()),
            request: text(entry.request.as_ref()),
            before: text(entry.detail.before.as_ref()),
            after: text(entry.detail.after.as_ref()),
            why: text(entry.detail.why.as_ref()),
            hash: hash.to_string(),
        }
    }
}
