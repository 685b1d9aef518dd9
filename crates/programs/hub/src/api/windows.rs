//! Times in which changes are expected.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::{Extension, Json};
use model::{Timestamp, WindowId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::act::ActHeaders;
use super::devices::decision;
use super::filter::{self, PAGE};
use crate::app::App;
use crate::auth::Visitor;
use crate::envelope::RequestId;
use crate::extract::{Body, Id, Parameters};
use crate::problem::{Answer, Problem};

/// Bytes of a name.
const NAME_MAX: usize = 200;
/// Attributes that one window names.
const WHAT_MAX: usize = 50;

/// A time in which changes to some devices are expected, such as a planned update.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChangeWindow {
    id: String,
    name: String,
    /// Whose changes.
    filter: String,
    /// Which attributes; none is all.
    what: Vec<String>,
    from: String,
    to: String,
    by: String,
    at: String,
    why: String,
    /// Whether it is open now.
    open: bool,
    #[schema(required)]
    cancelled: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChangeWindowPage {
    items: Vec<ChangeWindow>,
    #[schema(required)]
    next_cursor: Option<String>,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewChangeWindow {
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// Whose changes; empty is all devices.
    filter: String,
    /// Names of attributes as the record of changes has them, such as `firmware_version`; none is all.
    #[serde(default)]
    what: Vec<String>,
    /// RFC 3339.
    #[schema(format = DateTime)]
    from: String,
    /// RFC 3339, after `from`.
    #[schema(format = DateTime)]
    to: String,
    /// 1 to 2000 bytes.
    #[schema(min_length = 1, max_length = 2000)]
    why: String,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CancelRequest {
    /// 1 to 2000 bytes.
    #[schema(min_length = 1, max_length = 2000)]
    why: String,
}

/// Windows, the one that ends last first.
#[utoipa::path(
    get, path = "/api/v1/change-windows",
    params(("cursor" = Option<String>, Query), ("limit" = Option<u32>, Query, minimum = 1, maximum = 500)),
    responses((status = 200, body = ChangeWindowPage), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn windows(
    State(app): State<App>,
    parameters: Parameters,
) -> Answer<Json<ChangeWindowPage>> {
    let parameters = parameters.only(PAGE)?;
    let page = app.store.change_windows(parameters.parsed("cursor")?, filter::limit(&parameters)?).await?;
    let now = app.world.now();
    let items = page.items.into_iter().map(|window| view(window, now)).collect();
    Ok(Json(ChangeWindowPage { items, next_cursor: page.next.map(|cursor| cursor.to_string()) }))
}

/// A window.
#[utoipa::path(
    get, path = "/api/v1/change-windows/{id}", params(("id" = String, Path)),
    responses((status = 200, body = ChangeWindow), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn window(State(app): State<App>, Id(id): Id<WindowId>) -> Answer<Json<ChangeWindow>> {
    let missing = Problem::not_found(format!("there is no window `{id}`"));
    let found = app.store.change_window(id).await?.ok_or(missing)?;
    Ok(Json(view(found, app.world.now())))
}

/// Plan a window. Derived changes within it are marked as expected.
#[utoipa::path(
    post, path = "/api/v1/change-windows", request_body = NewChangeWindow,
    params(ActHeaders),
    responses((status = 200, body = ChangeWindow), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn create_window(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    Body(wanted): Body<NewChangeWindow>,
) -> Answer<Response> {
    let body = serde_json::to_value(&wanted).map_err(|error| Problem::internal(&error))?;
    app.once(&visitor, &headers, "change-windows", &body, async {
        let decision = decision(&app, &visitor, &request, wanted.why)?;
        let (from, to) = (time("/from", &wanted.from)?, time("/to", &wanted.to)?);
        if to <= from {
            return Err(Problem::refused("/to", "it is not after `from`"));
        }
        filter::read(&wanted.filter)?;
        check_what(&wanted.what)?;
        let id = WindowId::new(format!("{}{}", WindowId::PREFIX, app.world.uuid()?));
        let window = store::ChangeWindow {
            id: id.map_err(|error| Problem::internal(&error))?,
            name: name(&wanted.name)?,
            filter: wanted.filter,
            what: wanted.what,
            from,
            to,
            actor: decision.actor.clone(),
            at: decision.at,
            why: decision.why.clone(),
            cancelled: None,
        };
        app.store.create_change_window(window.clone(), decision).await?;
        Ok(view(window, app.world.now()))
    })
    .await
}

/// Cancel a window. What was marked as expected stays so.
#[utoipa::path(
    post, path = "/api/v1/change-windows/{id}/cancel", request_body = CancelRequest,
    params(("id" = String, Path), ActHeaders),
    responses((status = 200, body = ChangeWindow), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn cancel_window(
    State(app): State<App>,
    Id(id): Id<WindowId>,
    Extension(visitor): Extension<Visitor>,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    Body(wanted): Body<CancelRequest>,
) -> Answer<Response> {
    let body = (id.as_str().to_owned(), wanted.why.clone());
    app.once(&visitor, &headers, "cancel", &body, async {
        let decision = decision(&app, &visitor, &request, wanted.why)?;
        Ok(view(app.store.cancel_change_window(id, decision).await?, app.world.now()))
    })
    .await
}

/// What the record of changes calls what is derived.
fn check_what(what: &[String]) -> Answer<()> {
    let lists = ["clinical_class", "device", "external", "ips", "macs", "name", "weaknesses"];
    for (place, word) in what.iter().enumerate() {
        if place >= WHAT_MAX
            || !lists.contains(&word.as_str()) && word.parse::<model::AttributeName>().is_err()
        {
            let detail = format!(
                "`{word}` is nothing that the record of changes names, or there are more than {WHAT_MAX}"
            );
            return Err(Problem::refused(format!("/what/{place}"), detail));
        }
    }
    Ok(())
}

/// A time in a body.
pub(super) fn time(pointer: &'static str, text: &str) -> Answer<Timestamp> {
    text.parse().map_err(|error: model::TimestampError| Problem::invalid(pointer, error.to_string()))
}

/// The name of something that people make.
pub(super) fn name(text: &str) -> Answer<String> {
    let name = text.trim();
    if name.is_empty() || name.len() > NAME_MAX || name.chars().any(char::is_control) {
        let detail = format!("it has 1 to {NAME_MAX} bytes without control characters");
        return Err(Problem::refused("/name", detail));
    }
    Ok(name.to_owned())
}

fn view(window: store::ChangeWindow, now: Timestamp) -> ChangeWindow {
    let store::ChangeWindow { id, name, filter, what, from, to, actor, at, why, cancelled } = window;
    ChangeWindow {
        id: id.to_string(),
        name,
        filter,
        what,
        open: cancelled.is_none() && from <= now && now < to,
        from: from.to_string(),
        to: to.to_string(),
        by: actor.to_string(),
        at: at.to_string(),
        why,
        cancelled: cancelled.map(|at| at.to_string()),
    }
}
