//! The mark of quarantine.

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use model::DeviceId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::act::EditHeaders;
use super::devices::decision;
use crate::app::App;
use crate::auth::Visitor;
use crate::envelope::RequestId;
use crate::events::{DeviceEvent, Event};
use crate::extract::{Body, Id, if_match, tag};
use crate::problem::{Answer, Problem};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct QuarantineRequest {
    quarantined: bool,
    /// 1 to 2000 bytes.
    #[schema(min_length = 1, max_length = 2000)]
    why: String,
}

/// The mark of a device, and what it does.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Quarantine {
    id: String,
    quarantined: bool,
    version: u64,
    /// What the network does about it: nothing.
    network_effect: NetworkEffect,
    #[schema(value_type = String)]
    detail: &'static str,
}

/// What the network does because of a mark.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum NetworkEffect {
    None,
}

/// Nobody may believe that a device was cut off when it was not.
const DETAIL: &str = "a mark in the inventory beside the lifecycle; the hub does nothing on the network, so the device still talks";

/// Mark a device as quarantined, or take the mark away. It is a mark in the inventory; nothing happens on the network.
#[utoipa::path(
    put, path = "/api/v1/devices/{id}/quarantine", request_body = QuarantineRequest,
    params(("id" = String, Path), EditHeaders),
    responses((status = 200, body = Quarantine, headers(("ETag" = String))), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn set_quarantined(
    State(app): State<App>,
    Id(id): Id<DeviceId>,
    Extension(visitor): Extension<Visitor>,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    Body(wanted): Body<QuarantineRequest>,
) -> Answer<Response> {
    let expected = if_match(&headers)?;
    let decision = decision(&app, &visitor, &request, wanted.why)?;
    if app.store.set_quarantined(id.clone(), expected, wanted.quarantined, decision).await? {
        app.events.tell(Event::Device(id.clone(), DeviceEvent::Changed));
        app.events.tell(Event::Summary);
    }
    let missing = || Problem::not_found(format!("there is no device `{id}`"));
    let row = app.store.device(&id).await?.ok_or_else(missing)?.row;
    let mark = Quarantine {
        id: id.to_string(),
        quarantined: row.quarantined,
        version: row.version,
        network_effect: NetworkEffect::None,
        detail: DETAIL,
    };
    Ok(([(header::ETAG, tag(row.version))], Json(mark)).into_response())
}
