//! The record of changes.

use std::collections::HashMap;

use axum::Json;
use axum::extract::State;
use model::DeviceId;
use store::{ChangeQuery, Listing};

use super::filter::{self, PAGE};
use super::view::{Change, ChangePage};
use crate::app::App;
use crate::extract::{Id, Parameters};
use crate::problem::{Answer, Problem};

/// Every change, the latest first.
#[utoipa::path(
    get, path = "/api/v1/changes",
    params(("expected" = Option<bool>, Query, description = "Only changes that a window expected, or only the others"), ("cursor" = Option<String>, Query), ("limit" = Option<u32>, Query, minimum = 1, maximum = 500)),
    responses((status = 200, body = ChangePage), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn changes(State(app): State<App>, parameters: Parameters) -> Answer<Json<ChangePage>> {
    page(&app, None, parameters).await
}

/// The changes of a device, the latest first.
#[utoipa::path(
    get, path = "/api/v1/devices/{id}/changes",
    params(("id" = String, Path), ("expected" = Option<bool>, Query, description = "Only changes that a window expected, or only the others"), ("cursor" = Option<String>, Query), ("limit" = Option<u32>, Query, minimum = 1, maximum = 500)),
    responses((status = 200, body = ChangePage), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn device_changes(
    State(app): State<App>,
    Id(id): Id<DeviceId>,
    parameters: Parameters,
) -> Answer<Json<ChangePage>> {
    if app.store.device(&id).await?.is_none() {
        return Err(Problem::not_found(format!("there is no device `{id}`")));
    }
    page(&app, Some(id), parameters).await
}

async fn page(app: &App, device: Option<DeviceId>, parameters: Parameters) -> Answer<Json<ChangePage>> {
    let parameters = parameters.only(&[PAGE, &["expected"]].concat())?;
    let query = ChangeQuery {
        device,
        expected: parameters.parsed("expected")?,
        cursor: parameters.parsed("cursor")?,
        limit: filter::limit(&parameters)?,
    };
    let page = app.store.changes(query).await?;
    let mut names = Names::new();
    for change in &page.items {
        if !names.contains_key(&change.device) {
            let called = app.store.device(&change.device).await?.map(|found| called(found.row.listing));
            names.insert(change.device.clone(), called.unwrap_or_default());
        }
    }
    let items = page.items.into_iter().map(|change| view(change, &names)).collect();
    Ok(Json(ChangePage { items, next_cursor: page.next.map(|cursor| cursor.to_string()) }))
}

/// The name and the first address of devices.
type Names = HashMap<DeviceId, (Option<String>, Option<String>)>;

fn called(listing: Listing) -> (Option<String>, Option<String>) {
    let ip = listing.ips.first().map(ToString::to_string);
    (listing.name, ip.or_else(|| listing.macs.first().map(ToString::to_string)))
}

fn view(change: model::Change, names: &Names) -> Change {
    let model::Change { id, device, at, actor, kind, what, before, after, why, request, expected_by } =
        change;
    let (device_name, device_address) = names.get(&device).cloned().unwrap_or_default();
    Change {
        id: id.to_string(),
        device_name,
        device_address,
        device: device.to_string(),
        at: at.to_string(),
        actor: actor.into(),
        kind: kind.name(),
        what,
        before,
        after,
        why,
        request,
        expected_by: expected_by.map(|window| window.to_string()),
    }
}
