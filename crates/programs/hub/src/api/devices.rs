//! Lists of devices, and what is done to many.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::{Extension, Json};
use model::DeviceId;
use store::Refusal;

use super::act::ActHeaders;
use super::filter;
use super::view::{DevicePage, DeviceRow, FacetValue, Facets, LifecycleRequest, LifecycleResult, Refused};
use crate::app::App;
use crate::auth::Visitor;
use crate::envelope::RequestId;
use crate::events::{DeviceEvent, Event};
use crate::extract::{Body, Parameters};
use crate::problem::{Answer, Problem};

/// Devices in one act.
const IDS_MAX: usize = 500;
/// Characters of a reason.
const WHY_MAX: usize = 2000;

/// A page of devices.
#[utoipa::path(
    get, path = "/api/v1/devices",
    params(
        ("filter" = Option<String>, Query, description = "Comparisons joined by `and`, `or`, `not` and parentheses, such as `zone=vlan-12 and not (class=support or name~\"ward 3\")`"),
        ("q" = Option<String>, Query, description = "Words that all occur in a name, an address, the serial number, the model or the manufacturer"),
        ("lifecycle" = Option<Vec<String>>, Query), ("class" = Option<Vec<String>>, Query),
        ("type" = Option<Vec<String>>, Query), ("manufacturer" = Option<Vec<String>>, Query),
        ("unknown" = Option<bool>, Query, description = "Whether the type is not known"),
        ("sort" = Option<String>, Query, description = "A column of text or time; `-` before it turns it round. `-last_seen` unless given"),
        ("cursor" = Option<String>, Query), ("limit" = Option<u32>, Query, minimum = 1, maximum = 500),
    ),
    responses((status = 200, body = DevicePage), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn devices(State(app): State<App>, parameters: Parameters) -> Answer<Json<DevicePage>> {
    let found = app.store.devices(filter::list(parameters)?).await?;
    Ok(Json(DevicePage {
        items: found.page.items.into_iter().map(DeviceRow::from).collect(),
        next_cursor: found.page.next.map(|cursor| cursor.to_string()),
        total: found.total,
    }))
}

/// How many devices have which value.
#[utoipa::path(
    get, path = "/api/v1/devices/facets",
    params(
        ("filter" = Option<String>, Query), ("q" = Option<String>, Query),
        ("lifecycle" = Option<Vec<String>>, Query), ("class" = Option<Vec<String>>, Query),
        ("type" = Option<Vec<String>>, Query), ("manufacturer" = Option<Vec<String>>, Query),
        ("unknown" = Option<bool>, Query),
    ),
    responses((status = 200, body = Facets), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn facets(State(app): State<App>, parameters: Parameters) -> Answer<Json<Facets>> {
    let found = app.store.facets(filter::facets(parameters)?).await?;
    let view = |values: Vec<(Option<String>, u64)>| {
        values.into_iter().map(|(value, count)| FacetValue { value, count }).collect()
    };
    Ok(Json(Facets {
        class: view(found.clinical_class),
        lifecycle: view(found.lifecycle),
        manufacturer: view(found.manufacturer),
        kind: view(found.device_type),
    }))
}

/// Move devices in their lifecycle.
#[utoipa::path(
    post, path = "/api/v1/devices/lifecycle", request_body = LifecycleRequest,
    params(ActHeaders),
    responses((status = 200, body = LifecycleResult), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn set_lifecycle(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    Body(wanted): Body<LifecycleRequest>,
) -> Answer<Response> {
    let LifecycleRequest { ids, to, why } = &wanted;
    let body = (ids.clone(), *to, why.clone());
    app.once(&visitor, &headers, "lifecycle", &body, move_devices(&app, &visitor, &request, wanted)).await
}

async fn move_devices(
    app: &App,
    visitor: &Visitor,
    request: &RequestId,
    wanted: LifecycleRequest,
) -> Answer<LifecycleResult> {
    let LifecycleRequest { ids, to, why } = wanted;
    if ids.is_empty() || ids.len() > IDS_MAX {
        return Err(Problem::refused("/ids", format!("name 1 to {IDS_MAX} devices")));
    }
    let parse = |(place, id): (usize, &String)| {
        id.parse::<DeviceId>().map_err(|error| Problem::invalid(format!("/ids/{place}"), error.to_string()))
    };
    let ids = ids.iter().enumerate().map(parse).collect::<Answer<Vec<DeviceId>>>()?;
    let decision = decision(app, visitor, request, why)?;
    let outcomes = app.store.set_lifecycle(ids, to.into(), decision).await?;
    let mut result = LifecycleResult { done: Vec::new(), refused: Vec::new() };
    for (id, outcome) in outcomes {
        match outcome {
            Ok(()) => {
                result.done.push(id.to_string());
                app.events.tell(Event::Device(id, DeviceEvent::Changed));
            }
            Err(refusal) => {
                let reason = reason(refusal, to.into());
                result.refused.push(Refused { id: id.to_string(), reason });
            }
        }
    }
    if !result.done.is_empty() {
        app.events.tell(Event::Summary);
    }
    Ok(result)
}

fn reason(refusal: Refusal, to: model::Lifecycle) -> String {
    match refusal {
        Refusal::Missing => "there is no such device".to_owned(),
        Refusal::NotFrom(from) if from == to => format!("it is `{to}` already"),
        Refusal::NotFrom(from) => format!("a device that is `{from}` cannot become `{to}`"),
    }
}

/// Who decides what a request asks for, and why; a reason is a must.
pub(super) fn decision(
    app: &App,
    visitor: &Visitor,
    request: &RequestId,
    why: String,
) -> Answer<store::Decision> {
    if why.trim().is_empty() || why.len() > WHY_MAX {
        let detail = format!("say why, in at most {WHY_MAX} bytes; it is kept with the change");
        return Err(Problem::refused("/why", detail));
    }
    let actor = model::Actor::Person(visitor.name.clone());
    Ok(store::Decision {
        actor,
        at: app.world.now(),
        why,
        request: Some(request.0.clone()),
        origin: visitor.origin.clone(),
    })
}
