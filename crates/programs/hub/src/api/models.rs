//! Models, and what is stated about every device of one.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use model::DeviceModelId;
use serde::{Deserialize, Serialize};
use store::ModelDefaults;
use utoipa::ToSchema;

use super::act::{ActHeaders, EditHeaders};
use super::devices::decision;
use super::filter::{self, PAGE};
use super::view::Asserted;
use crate::app::App;
use crate::auth::Visitor;
use crate::derive::Document;
use crate::envelope::RequestId;
use crate::extract::{Body, Id, Parameters, if_match, tag};
use crate::problem::{Answer, Problem};
use crate::statements;

/// Bytes of a manufacturer and of a model.
const NAME_MAX: usize = 200;

/// What is stated about every device of a model. A device inherits what nobody stated about itself.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeviceModel {
    id: String,
    manufacturer: String,
    model: String,
    defaults: Vec<Asserted>,
    /// Counts up with every change.
    version: u64,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeviceModelPage {
    items: Vec<DeviceModel>,
    #[schema(required)]
    next_cursor: Option<String>,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewDeviceModel {
    /// As devices show it; capitals do not count.
    #[schema(min_length = 1, max_length = 200)]
    manufacturer: String,
    #[schema(min_length = 1, max_length = 200)]
    model: String,
    /// Clinical attributes and their values.
    defaults: BTreeMap<String, String>,
    /// 1 to 2000 bytes.
    #[schema(min_length = 1, max_length = 2000)]
    why: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeviceModelPatch {
    /// By attribute; `null` takes a default back.
    defaults: BTreeMap<String, Option<String>>,
    /// 1 to 2000 bytes.
    #[schema(min_length = 1, max_length = 2000)]
    why: String,
}

/// Models with defaults, by manufacturer and model.
#[utoipa::path(
    get, path = "/api/v1/models",
    params(("cursor" = Option<String>, Query), ("limit" = Option<u32>, Query, minimum = 1, maximum = 500)),
    responses((status = 200, body = DeviceModelPage), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn models(State(app): State<App>, parameters: Parameters) -> Answer<Json<DeviceModelPage>> {
    let parameters = parameters.only(PAGE)?;
    let page = app.store.model_defaults(parameters.parsed("cursor")?, filter::limit(&parameters)?).await?;
    let items = page.items.into_iter().map(DeviceModel::from).collect();
    Ok(Json(DeviceModelPage { items, next_cursor: page.next.map(|cursor| cursor.to_string()) }))
}

/// A model with its defaults.
#[utoipa::path(
    get, path = "/api/v1/models/{id}", params(("id" = String, Path)),
    responses((status = 200, body = DeviceModel, headers(("ETag" = String))), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn model(State(app): State<App>, Id(id): Id<DeviceModelId>) -> Answer<Response> {
    show(&app, id).await
}

/// State something about every device of a model.
#[utoipa::path(
    post, path = "/api/v1/models", request_body = NewDeviceModel,
    params(ActHeaders),
    responses((status = 200, body = DeviceModel), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn create_model(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    Body(wanted): Body<NewDeviceModel>,
) -> Answer<Response> {
    let body = serde_json::to_value(&wanted).map_err(|error| Problem::internal(&error))?;
    app.once(&visitor, &headers, "models", &body, async {
        let decision = decision(&app, &visitor, &request, wanted.why)?;
        let (manufacturer, model) =
            (name("/manufacturer", &wanted.manufacturer)?, name("/model", &wanted.model)?);
        let values = wanted.defaults.into_iter().map(|(attribute, value)| (attribute, Some(value))).collect();
        check(&values)?;
        let id = DeviceModelId::new(format!("{}{}", DeviceModelId::PREFIX, app.world.uuid()?))
            .map_err(|error| Problem::internal(&error))?;
        let made = (id.clone(), manufacturer, model);
        app.store.create_model_defaults(made, values.into_iter().collect(), decision).await?;
        app.stated.notify_one();
        Ok(DeviceModel::from(read(&app, id).await?))
    })
    .await
}

/// State something else about every device of a model, or take it back.
#[utoipa::path(
    patch, path = "/api/v1/models/{id}", request_body = DeviceModelPatch,
    params(("id" = String, Path), EditHeaders),
    responses((status = 200, body = DeviceModel, headers(("ETag" = String))), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn change_model(
    State(app): State<App>,
    Id(id): Id<DeviceModelId>,
    Extension(visitor): Extension<Visitor>,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    Body(wanted): Body<DeviceModelPatch>,
) -> Answer<Response> {
    let expected = if_match(&headers)?;
    let decision = decision(&app, &visitor, &request, wanted.why)?;
    check(&wanted.defaults)?;
    let values = wanted.defaults.into_iter().collect();
    app.store.set_model_defaults(id.clone(), expected, values, decision).await?;
    app.stated.notify_one();
    show(&app, id).await
}

/// What a device inherits: by its manufacturer and model as stated, else as derived.
pub(super) async fn defaults(
    app: &App,
    stated: &[store::Asserted],
    document: &Document,
) -> Answer<Option<ModelDefaults>> {
    let known = |attribute: &str| {
        let said = statements::best(stated, attribute).map(|said| said.value.as_str());
        said.or_else(|| document.best(attribute))
    };
    match known("manufacturer").zip(known("model")) {
        Some((manufacturer, model)) => Ok(app.store.model_defaults_of(manufacturer, model).await?),
        None => Ok(None),
    }
}

async fn read(app: &App, id: DeviceModelId) -> Answer<ModelDefaults> {
    let missing = Problem::not_found(format!("there is no model `{id}`"));
    app.store.model_defaults_by_id(id).await?.ok_or(missing)
}

async fn show(app: &App, id: DeviceModelId) -> Answer<Response> {
    let found = read(app, id).await?;
    Ok(([(header::ETAG, tag(found.version))], Json(DeviceModel::from(found))).into_response())
}

fn name(pointer: &'static str, text: &str) -> Answer<String> {
    let name = text.trim();
    if name.is_empty() || name.len() > NAME_MAX || name.chars().any(char::is_control) {
        let detail = format!("it has 1 to {NAME_MAX} bytes without control characters");
        return Err(Problem::refused(pointer, detail));
    }
    Ok(name.to_owned())
}

fn check(values: &BTreeMap<String, Option<String>>) -> Answer<()> {
    for (attribute, value) in values {
        let pointer = format!("/defaults/{}", attribute.replace('~', "~0").replace('/', "~1"));
        if !statements::is_clinical(attribute) {
            let detail = format!("`{attribute}` is no clinical attribute, so a model has no default for it");
            return Err(Problem::refused(pointer, detail));
        }
        statements::check(attribute, value.as_deref())
            .map_err(|error| Problem::refused(pointer, error.to_string()))?;
    }
    Ok(())
}

impl From<ModelDefaults> for DeviceModel {
    fn from(found: ModelDefaults) -> Self {
        let ModelDefaults { id, manufacturer, model, stated, version } = found;
        let defaults = stated.into_iter().map(Asserted::from).collect();
        Self { id: id.to_string(), manufacturer, model, defaults, version }
    }
}
