//! Filters with their order and columns that people saved.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use model::ViewId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::act::{ActHeaders, EditHeaders};
use super::filter::{self, PAGE};
use super::windows::name;
use crate::app::App;
use crate::auth::{Permission, Visitor};
use crate::envelope::RequestId;
use crate::extract::{Body, Id, Parameters, if_match, tag};
use crate::problem::{Answer, Problem};

/// Columns of one view.
const COLUMNS_MAX: usize = 40;
/// Bytes of the name of a column.
const COLUMN_MAX: usize = 40;

/// A filter with its order and columns.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SavedView {
    id: String,
    owner: String,
    /// Whether everybody sees it.
    shared: bool,
    name: String,
    filter: String,
    sort: String,
    columns: Vec<String>,
    /// Counts up with every change.
    version: u64,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SavedViewPage {
    items: Vec<SavedView>,
    #[schema(required)]
    next_cursor: Option<String>,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SavedViewRequest {
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// Empty is all devices.
    filter: String,
    /// As the parameter `sort` of lists.
    sort: String,
    /// Which columns are shown, in order; none is as the list has them.
    columns: Vec<String>,
    /// Whether everybody sees it; needs `assert_attributes`.
    shared: bool,
}

/// The own views and those that are shared.
#[utoipa::path(
    get, path = "/api/v1/views",
    params(("cursor" = Option<String>, Query), ("limit" = Option<u32>, Query, minimum = 1, maximum = 500)),
    responses((status = 200, body = SavedViewPage), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn saved_views(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
    parameters: Parameters,
) -> Answer<Json<SavedViewPage>> {
    let parameters = parameters.only(PAGE)?;
    let (cursor, limit) = (parameters.parsed("cursor")?, filter::limit(&parameters)?);
    let page = app.store.saved_views(&visitor.name, cursor, limit).await?;
    let items = page.items.into_iter().map(SavedView::from).collect();
    Ok(Json(SavedViewPage { items, next_cursor: page.next.map(|cursor| cursor.to_string()) }))
}

/// A view.
#[utoipa::path(
    get, path = "/api/v1/views/{id}", params(("id" = String, Path)),
    responses((status = 200, body = SavedView, headers(("ETag" = String))), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn saved_view(
    State(app): State<App>,
    Id(id): Id<ViewId>,
    Extension(visitor): Extension<Visitor>,
) -> Answer<Response> {
    let missing = Problem::not_found(format!("there is no view `{id}`"));
    Ok(shown(app.store.saved_view(id, &visitor.name).await?.ok_or(missing)?))
}

/// Save a view.
#[utoipa::path(
    post, path = "/api/v1/views", request_body = SavedViewRequest,
    params(ActHeaders),
    responses((status = 200, body = SavedView), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn create_view(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    Body(wanted): Body<SavedViewRequest>,
) -> Answer<Response> {
    let body = serde_json::to_value(&wanted).map_err(|error| Problem::internal(&error))?;
    app.once(&visitor, &headers, "views", &body, async {
        let id = ViewId::new(format!("{}{}", ViewId::PREFIX, app.world.uuid()?));
        let view = read(id.map_err(|error| Problem::internal(&error))?, &visitor, wanted)?;
        let made = app.store.put_saved_view(view, None, decision(&app, &visitor, &request)).await?;
        Ok(SavedView::from(made))
    })
    .await
}

/// Save a view anew.
#[utoipa::path(
    put, path = "/api/v1/views/{id}", request_body = SavedViewRequest,
    params(("id" = String, Path), EditHeaders),
    responses((status = 200, body = SavedView, headers(("ETag" = String))), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn change_view(
    State(app): State<App>,
    Id(id): Id<ViewId>,
    Extension(visitor): Extension<Visitor>,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    Body(wanted): Body<SavedViewRequest>,
) -> Answer<Response> {
    let expected = if_match(&headers)?;
    let view = read(id, &visitor, wanted)?;
    let changed = app.store.put_saved_view(view, Some(expected), decision(&app, &visitor, &request)).await?;
    Ok(shown(changed))
}

/// Delete a view.
#[utoipa::path(
    delete, path = "/api/v1/views/{id}",
    params(("id" = String, Path), EditHeaders),
    responses((status = 204, description = "Deleted"), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn delete_view(
    State(app): State<App>,
    Id(id): Id<ViewId>,
    Extension(visitor): Extension<Visitor>,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
) -> Answer<StatusCode> {
    let expected = if_match(&headers)?;
    let decision = decision(&app, &visitor, &request);
    app.store.delete_saved_view(id, &visitor.name, expected, decision).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Nobody has to give a reason for a view.
fn decision(app: &App, visitor: &Visitor, request: &RequestId) -> store::Decision {
    let actor = model::Actor::Person(visitor.name.clone());
    let why = "a view for lists".to_owned();
    store::Decision {
        actor,
        at: app.world.now(),
        why,
        request: Some(request.0.clone()),
        origin: visitor.origin.clone(),
    }
}

fn read(id: ViewId, visitor: &Visitor, wanted: SavedViewRequest) -> Answer<store::SavedView> {
    let SavedViewRequest { name: title, filter: text, sort, columns, shared } = wanted;
    filter::read(&text)?;
    filter::sort(&sort)?;
    if shared && !visitor.role.may(Permission::AssertAttributes) {
        return Err(Problem::forbidden(format!(
            "sharing a view needs the permission `{}`",
            Permission::AssertAttributes
        )));
    }
    let is_column = |column: &String| {
        (1..=COLUMN_MAX).contains(&column.len())
            && column.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    };
    if columns.len() > COLUMNS_MAX || !columns.iter().all(is_column) {
        let detail = format!("at most {COLUMNS_MAX} names of columns in small letters and `_`");
        return Err(Problem::refused("/columns", detail));
    }
    let owner = visitor.name.clone();
    Ok(store::SavedView { id, owner, shared, name: name(&title)?, filter: text, sort, columns, version: 1 })
}

fn shown(view: store::SavedView) -> Response {
    ([(header::ETAG, tag(view.version))], Json(SavedView::from(view))).into_response()
}

impl From<store::SavedView> for SavedView {
    fn from(view: store::SavedView) -> Self {
        let store::SavedView { id, owner, shared, name, filter, sort, columns, version } = view;
        Self { id: id.to_string(), owner, shared, name, filter, sort, columns, version }
    }
}
