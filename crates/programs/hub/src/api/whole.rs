//! The whole at a glance: summary and map.

use axum::extract::State;
use axum::{Extension, Json};
use model::{ClinicalClass, DeviceType, Lifecycle, Timestamp};
use store::{DeviceQuery, Sort};

use super::sensors::views;
use super::view::{DeviceCounts, DeviceRow, NetworkMap, Summary, WeaknessCount};
use crate::app::App;
use crate::auth::Visitor;
use crate::problem::{Answer, Problem};

/// New devices that a summary names.
const NEW_MAX: u32 = 25;

/// The whole at a glance.
#[utoipa::path(get, path = "/api/v1/summary", responses((status = 200, body = Summary), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn summary(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
) -> Answer<Json<Summary>> {
    let picture = app.picture()?;
    let found = app.store.summary().await?;
    let waiting = found.lifecycle.iter().find(|(state, _)| *state == Lifecycle::Discovered);
    Ok(Json(Summary {
        awaiting_approval: waiting.map_or(0, |(_, count)| *count),
        new_since_last_visit: new_since(&app, visitor.last_visit).await?,
        cleartext_clinical_conversations: picture.cleartext_clinical,
        conversations: picture.conversations,
        protocols: picture.protocols.clone(),
        weaknesses: found
            .weaknesses
            .iter()
            .map(|(weakness, devices)| WeaknessCount { weakness: weakness.name(), devices: *devices })
            .collect(),
        sensors: views(&app, found.sensors).await?,
        as_of: picture.as_of.to_string(),
        devices: DeviceCounts {
            total: found.devices,
            external: found.external,
            unknown: found.unknown,
            by_lifecycle: found.lifecycle.into_iter().map(|(state, n)| (Lifecycle::name(state), n)).collect(),
            by_class: found
                .clinical_class
                .into_iter()
                .map(|(class, n)| (ClinicalClass::name(class), n))
                .collect(),
            by_type: found.device_type.into_iter().map(|(kind, n)| (DeviceType::name(kind), n)).collect(),
        },
    }))
}

async fn new_since(app: &App, last_visit: Option<Timestamp>) -> Answer<Vec<DeviceRow>> {
    let query = DeviceQuery {
        first_seen_after: last_visit,
        sort: Sort::FirstSeen,
        descending: true,
        limit: NEW_MAX,
        ..DeviceQuery::default()
    };
    Ok(app.store.devices(query).await?.page.items.into_iter().map(DeviceRow::from).collect())
}

/// Zones as observed, and what goes between them.
#[utoipa::path(get, path = "/api/v1/map", responses((status = 200, body = NetworkMap), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn map(State(app): State<App>) -> Answer<Json<NetworkMap>> {
    Ok(Json(app.picture()?.map.clone()))
}
