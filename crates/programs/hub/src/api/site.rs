//! The record of changes to what is not a device.

use axum::Json;
use axum::extract::State;
use model::SiteChange;
use serde::Serialize;
use store::SiteChangeQuery;
use utoipa::ToSchema;

use super::filter::{self, PAGE};
use super::view::Actor;
use crate::app::App;
use crate::extract::Parameters;
use crate::problem::{Answer, Problem};

/// A record of a change to something that is not a device.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SiteChangeView {
    id: String,
    /// What kind of thing: `account`, ...
    #[schema(value_type = String)]
    kind: &'static str,
    /// Its name or id.
    subject: String,
    at: String,
    actor: Actor,
    what: String,
    #[schema(required)]
    before: Option<String>,
    #[schema(required)]
    after: Option<String>,
    why: String,
    #[schema(required)]
    request: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SiteChangePage {
    items: Vec<SiteChangeView>,
    #[schema(required)]
    next_cursor: Option<String>,
}

/// Every change to accounts and the like, the latest first.
#[utoipa::path(
    get, path = "/api/v1/site-changes",
    params(("kind" = Option<String>, Query), ("cursor" = Option<String>, Query), ("limit" = Option<u32>, Query, minimum = 1, maximum = 500)),
    responses((status = 200, body = SiteChangePage), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn site_changes(
    State(app): State<App>,
    parameters: Parameters,
) -> Answer<Json<SiteChangePage>> {
    let parameters = parameters.only(&[PAGE, &["kind"]].concat())?;
    let query = SiteChangeQuery {
        kind: parameters.parsed("kind")?,
        cursor: parameters.parsed("cursor")?,
        limit: filter::limit(&parameters)?,
    };
    let page = app.store.site_changes(query).await?;
    let items = page.items.into_iter().map(SiteChangeView::from).collect();
    Ok(Json(SiteChangePage { items, next_cursor: page.next.map(|cursor| cursor.to_string()) }))
}

impl From<SiteChange> for SiteChangeView {
    fn from(change: SiteChange) -> Self {
        let SiteChange { id, kind, subject, at, actor, what, before, after, why, request } = change;
        Self {
            id: id.to_string(),
            kind: kind.name(),
            subject,
            at: at.to_string(),
            actor: actor.into(),
            what,
            before,
            after,
            why,
            request,
        }
    }
}
