//! Two devices are one, or one is two: said by a person, kept when the inventory is derived again, and taken back.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::{Extension, Json};
use model::{AdjustmentId, DeviceId};
use serde::{Deserialize, Serialize};
use store::{AdjustmentKind, AdjustmentQuery};
use utoipa::ToSchema;

use super::act::ActHeaders;
use super::devices::decision;
use super::filter::{self, PAGE};
use crate::app::App;
use crate::auth::Visitor;
use crate::envelope::RequestId;
use crate::events::{DeviceEvent, Event};
use crate::extract::{Body, Id, Parameters};
use crate::problem::{Answer, Problem};

/// What a person said about which addresses are one device.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Adjustment {
    id: String,
    kind: KindWord,
    /// The device that the other one is, or that was split.
    device: String,
    /// The device that the merge hides, or that came of the split.
    part: String,
    /// Of a split: the address that stands apart.
    #[schema(required)]
    anchor: Option<String>,
    by: String,
    at: String,
    why: String,
    #[schema(required)]
    undone: Option<Undone>,
}

/// Who took it back.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Undone {
    by: String,
    at: String,
    why: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AdjustmentKind)]
pub(crate) enum KindWord {
    Merge,
    Split,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AdjustmentPage {
    items: Vec<Adjustment>,
    #[schema(required)]
    next_cursor: Option<String>,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MergeRequest {
    /// The device that is the same as the one in the address; it is hidden from then on.
    other: String,
    /// 1 to 2000 bytes.
    #[schema(min_length = 1, max_length = 2000)]
    why: String,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SplitRequest {
    /// A network address of the device as an anchor: `ip:10.0.0.9`.
    #[schema(pattern = "^ip:")]
    anchor: String,
    /// 1 to 2000 bytes.
    #[schema(min_length = 1, max_length = 2000)]
    why: String,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UndoRequest {
    /// 1 to 2000 bytes.
    #[schema(min_length = 1, max_length = 2000)]
    why: String,
}

/// Merges and splits, the latest first.
#[utoipa::path(
    get, path = "/api/v1/adjustments",
    params(
        ("device" = Option<String>, Query, description = "That this device has a part in"),
        ("active" = Option<bool>, Query, description = "That nobody took back"),
        ("cursor" = Option<String>, Query), ("limit" = Option<u32>, Query, minimum = 1, maximum = 500),
    ),
    responses((status = 200, body = AdjustmentPage), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn adjustments(
    State(app): State<App>,
    parameters: Parameters,
) -> Answer<Json<AdjustmentPage>> {
    let parameters = parameters.only(&[PAGE, &["device", "active"]].concat())?;
    let query = AdjustmentQuery {
        device: parameters.parsed("device")?,
        active: parameters.parsed("active")?.unwrap_or_default(),
        cursor: parameters.parsed("cursor")?,
        limit: filter::limit(&parameters)?,
    };
    let page = app.store.adjustments(query).await?;
    let items = page.items.into_iter().map(Adjustment::from).collect();
    Ok(Json(AdjustmentPage { items, next_cursor: page.next.map(|cursor| cursor.to_string()) }))
}

/// Say that another device is this one. The evidence of both becomes one; the other is hidden until this is taken back.
#[utoipa::path(
    post, path = "/api/v1/devices/{id}/merge", request_body = MergeRequest,
    params(("id" = String, Path), ActHeaders),
    responses((status = 200, body = Adjustment), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn merge_devices(
    State(app): State<App>,
    Id(id): Id<DeviceId>,
    Extension(visitor): Extension<Visitor>,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    Body(wanted): Body<MergeRequest>,
) -> Answer<Response> {
    let body = (id.as_str().to_owned(), wanted.other.clone(), wanted.why.clone());
    app.once(&visitor, &headers, "merge", &body, async {
        let other: DeviceId = wanted
            .other
            .parse()
            .map_err(|error: model::IdError| Problem::invalid("/other", error.to_string()))?;
        let decision = decision(&app, &visitor, &request, wanted.why)?;
        let made = app.store.merge(id, other, decision).await?;
        Ok(told(&app, made, DeviceEvent::Merged))
    })
    .await
}

/// Say that an address of a device is a device of its own.
#[utoipa::path(
    post, path = "/api/v1/devices/{id}/split", request_body = SplitRequest,
    params(("id" = String, Path), ActHeaders),
    responses((status = 200, body = Adjustment), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn split_device(
    State(app): State<App>,
    Id(id): Id<DeviceId>,
    Extension(visitor): Extension<Visitor>,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    Body(wanted): Body<SplitRequest>,
) -> Answer<Response> {
    let body = (id.as_str().to_owned(), wanted.anchor.clone(), wanted.why.clone());
    app.once(&visitor, &headers, "split", &body, async {
        let decision = decision(&app, &visitor, &request, wanted.why)?;
        let fresh = DeviceId::new(format!("{}{}", DeviceId::PREFIX, app.world.uuid()?))
            .map_err(|error| Problem::internal(&error))?;
        let made = app.store.split(id, wanted.anchor, fresh, decision).await?;
        Ok(told(&app, made, DeviceEvent::Changed))
    })
    .await
}

/// Take a merge or a split back. What it hid is there again, with everything that was stated about it.
#[utoipa::path(
    post, path = "/api/v1/adjustments/{id}/undo", request_body = UndoRequest,
    params(("id" = String, Path), ActHeaders),
    responses((status = 200, body = Adjustment), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn undo_adjustment(
    State(app): State<App>,
    Id(id): Id<AdjustmentId>,
    Extension(visitor): Extension<Visitor>,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    Body(wanted): Body<UndoRequest>,
) -> Answer<Response> {
    let body = (id.as_str().to_owned(), wanted.why.clone());
    app.once(&visitor, &headers, "undo", &body, async {
        let decision = decision(&app, &visitor, &request, wanted.why)?;
        let made = app.store.undo_adjustment(id, decision).await?;
        Ok(told(&app, made, DeviceEvent::Changed))
    })
    .await
}

/// The evidence is derived anew, and who listens looks again.
fn told(app: &App, made: store::Adjustment, part: DeviceEvent) -> Adjustment {
    app.grown.notify_one();
    app.events.tell(Event::Device(made.device.clone(), DeviceEvent::Changed));
    app.events.tell(Event::Device(made.part.clone(), part));
    app.events.tell(Event::Summary);
    made.into()
}

impl From<store::Adjustment> for Adjustment {
    fn from(made: store::Adjustment) -> Self {
        let store::Adjustment { id, kind, device, part, actor, at, why, undone } = made;
        let (kind, anchor) = match kind {
            AdjustmentKind::Merge => (KindWord::Merge, None),
            AdjustmentKind::Split { anchor } => (KindWord::Split, Some(anchor)),
        };
        let undone = undone.map(|(actor, at, why)| Undone { by: actor.to_string(), at: at.to_string(), why });
        let (by, at) = (actor.to_string(), at.to_string());
        let (device, part) = (device.to_string(), part.to_string());
        Self { id: id.to_string(), kind, device, part, anchor, by, at, why, undone }
    }
}
