//! Words that people put on devices.

use std::collections::BTreeSet;

use axum::Extension;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use model::DeviceId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::act::EditHeaders;
use super::device;
use super::devices::decision;
use super::view::Device;
use crate::app::App;
use crate::auth::Visitor;
use crate::envelope::RequestId;
use crate::events::{DeviceEvent, Event};
use crate::extract::{Body, Id, if_match};
use crate::problem::{Answer, Problem};

/// Labels of one device.
const LABELS_MAX: usize = 20;

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LabelsRequest {
    /// All labels that it has from then on: words of small letters, digits, `-`, `_`, `.` and `:`.
    #[schema(max_items = 20)]
    labels: Vec<String>,
    /// 1 to 2000 bytes.
    #[schema(min_length = 1, max_length = 2000)]
    why: String,
}

/// Put labels on a device; those that are not named are taken off.
#[utoipa::path(
    put, path = "/api/v1/devices/{id}/labels", request_body = LabelsRequest,
    params(("id" = String, Path), EditHeaders),
    responses((status = 200, body = Device, headers(("ETag" = String))), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn set_labels(
    State(app): State<App>,
    Id(id): Id<DeviceId>,
    Extension(visitor): Extension<Visitor>,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    Body(wanted): Body<LabelsRequest>,
) -> Answer<Response> {
    let expected = if_match(&headers)?;
    let decision = decision(&app, &visitor, &request, wanted.why)?;
    let mut labels = BTreeSet::new();
    for (place, label) in wanted.labels.iter().enumerate() {
        let refuse =
            |error: store::LabelError| Problem::refused(format!("/labels/{place}"), error.to_string());
        labels.insert(store::Label::new(label).map_err(refuse)?);
    }
    if labels.len() > LABELS_MAX {
        return Err(Problem::refused("/labels", format!("a device has at most {LABELS_MAX} labels")));
    }
    app.store.set_labels(id.clone(), expected, labels, decision).await?;
    app.events.tell(Event::Device(id.clone(), DeviceEvent::Changed));
    device::show(&app, &id).await
}
