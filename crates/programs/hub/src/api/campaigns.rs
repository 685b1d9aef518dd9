//! Audits of a part of the inventory.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::{Extension, Json};
use model::{AuditOutcome, CampaignId, DeviceId, Timestamp};
use serde::{Deserialize, Serialize};
use store::{CampaignQuery, Decision, ItemQuery};
use utoipa::ToSchema;

use super::act::ActHeaders;
use super::devices::decision;
use super::filter::{self, PAGE};
use super::windows::{name, time};
use crate::app::App;
use crate::auth::Visitor;
use crate::envelope::RequestId;
use crate::extract::{Body, Id, Parameters};
use crate::problem::{Answer, Problem};

/// Answers in one request.
const ANSWERS_MAX: usize = 500;
/// Bytes of a note.
const NOTE_MAX: usize = 2_000;
/// Days between two audits: ten years.
const EVERY_DAYS: std::ops::RangeInclusive<u32> = 1..=3_660;
const DAY_NS: u64 = 24 * 60 * 60 * 1_000_000_000;

/// An audit of the devices that passed a filter when it began.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Campaign {
    id: String,
    name: String,
    filter: String,
    due: String,
    /// Due by now, and not signed off.
    overdue: bool,
    /// Days after which it is due again; `null` is once.
    #[schema(required)]
    every_days: Option<u32>,
    at: String,
    progress: Progress,
    #[schema(required)]
    signed_off: Option<SignOff>,
}

/// How many devices are in which state.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditProgress)]
pub(crate) struct Progress {
    total: u64,
    open: u64,
    confirmed: u64,
    not_found: u64,
    wrong: u64,
}

/// Who says that the audit is done.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SignOff {
    by: String,
    at: String,
    note: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CampaignPage {
    items: Vec<Campaign>,
    #[schema(required)]
    next_cursor: Option<String>,
}

/// A device of an audit, and what was found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditItem {
    device: String,
    #[schema(required)]
    outcome: Option<OutcomeWord>,
    #[schema(required)]
    note: Option<String>,
    #[schema(required)]
    by: Option<String>,
    #[schema(required)]
    at: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditItemPage {
    items: Vec<AuditItem>,
    #[schema(required)]
    next_cursor: Option<String>,
}

/// What a person found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AuditOutcome)]
pub(crate) enum OutcomeWord {
    Confirmed,
    NotFound,
    Wrong,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewCampaign {
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// Which devices; empty is all.
    filter: String,
    /// RFC 3339.
    #[schema(format = DateTime)]
    due: String,
    /// Days after which it is due again, once it is signed off.
    #[serde(default)]
    every_days: Option<u32>,
    /// 1 to 2000 bytes.
    #[schema(min_length = 1, max_length = 2000)]
    why: String,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AnswersRequest {
    #[schema(min_items = 1, max_items = 500)]
    answers: Vec<AuditAnswer>,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AuditAnswer {
    device: String,
    outcome: OutcomeWord,
    /// What is wrong; not empty then.
    #[serde(default)]
    note: String,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignOffRequest {
    /// 1 to 2000 bytes.
    #[schema(min_length = 1, max_length = 2000)]
    why: String,
}

/// An audit that is signed off, and the one that follows.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SignedOff {
    campaign: Campaign,
    #[schema(required)]
    next: Option<Campaign>,
}

/// Audits, the one that is due first first.
#[utoipa::path(
    get, path = "/api/v1/campaigns",
    params(
        ("overdue" = Option<bool>, Query, description = "Only those that are due by now and not signed off"),
        ("cursor" = Option<String>, Query), ("limit" = Option<u32>, Query, minimum = 1, maximum = 500),
    ),
    responses((status = 200, body = CampaignPage), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn campaigns(State(app): State<App>, parameters: Parameters) -> Answer<Json<CampaignPage>> {
    let parameters = parameters.only(&[PAGE, &["overdue"]].concat())?;
    let (now, overdue) = (app.world.now(), parameters.parsed("overdue")?.unwrap_or_default());
    let query = CampaignQuery {
        overdue_at: if overdue { Some(now) } else { None },
        cursor: parameters.parsed("cursor")?,
        limit: filter::limit(&parameters)?,
    };
    let page = app.store.campaigns(query).await?;
    let items = page.items.into_iter().map(|campaign| view(campaign, now)).collect();
    Ok(Json(CampaignPage { items, next_cursor: page.next.map(|cursor| cursor.to_string()) }))
}

/// An audit and how far it is.
#[utoipa::path(
    get, path = "/api/v1/campaigns/{id}", params(("id" = String, Path)),
    responses((status = 200, body = Campaign), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn campaign(State(app): State<App>, Id(id): Id<CampaignId>) -> Answer<Json<Campaign>> {
    Ok(Json(view(read(&app, id).await?, app.world.now())))
}

/// The devices of an audit.
#[utoipa::path(
    get, path = "/api/v1/campaigns/{id}/items",
    params(
        ("id" = String, Path), ("open" = Option<bool>, Query, description = "Only open ones, or only answered ones"),
        ("cursor" = Option<String>, Query), ("limit" = Option<u32>, Query, minimum = 1, maximum = 500),
    ),
    responses((status = 200, body = AuditItemPage), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn campaign_items(
    State(app): State<App>,
    Id(id): Id<CampaignId>,
    parameters: Parameters,
) -> Answer<Json<AuditItemPage>> {
    let parameters = parameters.only(&[PAGE, &["open"]].concat())?;
    let query = ItemQuery {
        open: parameters.parsed("open")?,
        cursor: parameters.parsed("cursor")?,
        limit: filter::limit(&parameters)?,
    };
    read(&app, id.clone()).await?;
    let page = app.store.campaign_items(id, query).await?;
    let items = page.items.into_iter().map(item).collect();
    Ok(Json(AuditItemPage { items, next_cursor: page.next.map(|cursor| cursor.to_string()) }))
}

/// Begin an audit of the devices that pass a filter now.
#[utoipa::path(
    post, path = "/api/v1/campaigns", request_body = NewCampaign,
    params(ActHeaders),
    responses((status = 200, body = Campaign), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn create_campaign(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    Body(wanted): Body<NewCampaign>,
) -> Answer<Response> {
    let body = serde_json::to_value(&wanted).map_err(|error| Problem::internal(&error))?;
    app.once(&visitor, &headers, "campaigns", &body, async {
        let decision = decision(&app, &visitor, &request, wanted.why)?;
        let due = time("/due", &wanted.due)?;
        if due <= decision.at {
            return Err(Problem::refused("/due", "it is not in the future"));
        }
        if wanted.every_days.is_some_and(|days| !EVERY_DAYS.contains(&days)) {
            let detail = format!("it is between {} and {}", EVERY_DAYS.start(), EVERY_DAYS.end());
            return Err(Problem::refused("/every_days", detail));
        }
        let name = name(&wanted.name)?;
        let begun = begin(&app, (name, wanted.filter), (due, wanted.every_days), decision).await?;
        if begun.progress.total == 0 {
            tracing::info!(campaign = begun.id, "an audit of no device begins");
        }
        Ok(begun)
    })
    .await
}

async fn begin(
    app: &App,
    (name, filter): (String, String),
    (due, every_days): (Timestamp, Option<u32>),
    decision: Decision,
) -> Answer<Campaign> {
    let passes = filter::read(&filter)?;
    let id = CampaignId::new(format!("{}{}", CampaignId::PREFIX, app.world.uuid()?))
        .map_err(|error| Problem::internal(&error))?;
    let at = decision.at;
    let progress = store::Progress::default();
    let campaign =
        store::Campaign { id: id.clone(), name, filter, due, every_days, at, signed: None, progress };
    app.store.create_campaign(campaign, passes, decision).await?;
    Ok(view(read(app, id).await?, app.world.now()))
}

/// Write down what was found; the last word counts until the audit is signed off.
#[utoipa::path(
    post, path = "/api/v1/campaigns/{id}/answers", request_body = AnswersRequest,
    params(("id" = String, Path), ActHeaders),
    responses((status = 200, body = Campaign), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn answer_campaign(
    State(app): State<App>,
    Id(id): Id<CampaignId>,
    Extension(visitor): Extension<Visitor>,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    Body(wanted): Body<AnswersRequest>,
) -> Answer<Response> {
    let body = (id.as_str().to_owned(), &wanted);
    let body = serde_json::to_value(&body).map_err(|error| Problem::internal(&error))?;
    app.once(&visitor, &headers, "answers", &body, async {
        let decision = decision(&app, &visitor, &request, "audit".to_owned())?;
        if wanted.answers.is_empty() || wanted.answers.len() > ANSWERS_MAX {
            return Err(Problem::refused("/answers", format!("give 1 to {ANSWERS_MAX} answers")));
        }
        let answers =
            wanted.answers.into_iter().enumerate().map(|(place, answer)| read_answer(place, answer));
        let answers = answers.collect::<Answer<Vec<_>>>()?;
        app.store.answer_campaign(id.clone(), answers, decision).await?;
        Ok(view(read(&app, id).await?, app.world.now()))
    })
    .await
}

fn read_answer(place: usize, answer: AuditAnswer) -> Answer<(DeviceId, AuditOutcome, String)> {
    let AuditAnswer { device, outcome, note } = answer;
    let at = |name: &str| format!("/answers/{place}/{name}");
    let device =
        device.parse().map_err(|error: model::IdError| Problem::invalid(at("device"), error.to_string()))?;
    if note.len() > NOTE_MAX || outcome == OutcomeWord::Wrong && note.trim().is_empty() {
        let detail = format!("say what is wrong, in at most {NOTE_MAX} bytes");
        return Err(Problem::refused(at("note"), detail));
    }
    let outcome = match outcome {
        OutcomeWord::Confirmed => AuditOutcome::Confirmed,
        OutcomeWord::NotFound => AuditOutcome::NotFound,
        OutcomeWord::Wrong => AuditOutcome::Wrong,
    };
    Ok((device, outcome, note))
}

/// Say that an audit is done: nothing may be open. A periodic one begins anew.
#[utoipa::path(
    post, path = "/api/v1/campaigns/{id}/sign-off", request_body = SignOffRequest,
    params(("id" = String, Path), ActHeaders),
    responses((status = 200, body = SignedOff), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn sign_off_campaign(
    State(app): State<App>,
    Id(id): Id<CampaignId>,
    Extension(visitor): Extension<Visitor>,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    Body(wanted): Body<SignOffRequest>,
) -> Answer<Response> {
    let body = (id.as_str().to_owned(), wanted.why.clone());
    app.once(&visitor, &headers, "sign-off", &body, async {
        let decision = decision(&app, &visitor, &request, wanted.why)?;
        let signed = app.store.sign_campaign(id, decision.clone()).await?;
        let next = match signed.every_days {
            Some(days) => {
                let from = signed.due.max(decision.at).nanos();
                let due = Timestamp::from_nanos(from.saturating_add(u64::from(days).saturating_mul(DAY_NS)));
                let what = (signed.name.clone(), signed.filter.clone());
                let why = format!("follows {}", signed.id);
                Some(begin(&app, what, (due, signed.every_days), Decision { why, ..decision }).await?)
            }
            None => None,
        };
        Ok(SignedOff { campaign: view(signed, app.world.now()), next })
    })
    .await
}

async fn read(app: &App, id: CampaignId) -> Answer<store::Campaign> {
    let missing = Problem::not_found(format!("there is no campaign `{id}`"));
    app.store.campaign(id).await?.ok_or(missing)
}

fn view(campaign: store::Campaign, now: Timestamp) -> Campaign {
    let store::Campaign { id, name, filter, due, every_days, at, signed, progress } = campaign;
    let store::Progress { open, confirmed, not_found, wrong } = progress;
    let signed_off =
        signed.map(|(actor, at, note)| SignOff { by: actor.to_string(), at: at.to_string(), note });
    Campaign {
        id: id.to_string(),
        name,
        filter,
        overdue: due <= now && signed_off.is_none(),
        due: due.to_string(),
        every_days,
        at: at.to_string(),
        progress: Progress { total: open + confirmed + not_found + wrong, open, confirmed, not_found, wrong },
        signed_off,
    }
}

fn item(item: store::AuditItem) -> AuditItem {
    let store::AuditItem { device, answer } = item;
    let device = device.to_string();
    match answer {
        None => AuditItem { device, outcome: None, note: None, by: None, at: None },
        Some((outcome, note, actor, at)) => {
            let outcome = match outcome {
                AuditOutcome::Confirmed => OutcomeWord::Confirmed,
                AuditOutcome::NotFound => OutcomeWord::NotFound,
                AuditOutcome::Wrong => OutcomeWord::Wrong,
            };
            let (by, at) = (Some(actor.to_string()), Some(at.to_string()));
            AuditItem { device, outcome: Some(outcome), note: Some(note), by, at }
        }
    }
}
