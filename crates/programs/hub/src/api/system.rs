//! The hub about itself.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::view::About;
use crate::app::App;
use crate::problem::{Answer, Problem};

/// Version and licence.
#[utoipa::path(get, path = "/api/v1/about", responses((status = 200, body = About), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn about(State(app): State<App>) -> Json<About> {
    let sensor_port = app.sensor_port.get().copied();
    Json(About {
        version: env!("CARGO_PKG_VERSION"),
        store: app.store_kind,
        licence: "Apache-2.0",
        sensor_port,
    })
}

/// This document.
#[utoipa::path(get, path = "/api/v1/openapi.json", responses((status = 200, description = "OpenAPI 3.1", content_type = "application/json"), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn openapi(State(app): State<App>) -> Answer<Response> {
    let document = match app.document.get() {
        Some(document) => document.clone(),
        None => {
            let fresh = crate::openapi_json(&app).map_err(|error| Problem::internal(&error))?;
            app.document.get_or_init(|| fresh).clone()
        }
    };
    Ok(([(header::CONTENT_TYPE, "application/json")], document).into_response())
}

/// Whether the hub runs.
#[utoipa::path(get, path = "/livez", responses((status = 204, description = "It runs")))]
pub(crate) async fn livez() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// Whether the hub can answer.
#[utoipa::path(get, path = "/readyz", responses((status = 204, description = "It can"), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn readyz(State(app): State<App>) -> Answer<StatusCode> {
    app.picture()?;
    app.store.sensors().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Figures in the text format of Prometheus.
#[utoipa::path(get, path = "/metrics", responses((status = 200, body = String, content_type = "text/plain"), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn metrics(State(app): State<App>) -> Answer<Response> {
    let found = app.store.summary().await?;
    let sum = |of: fn(&store::SensorRow) -> u64| found.sensors.iter().map(of).sum();
    let listeners = u64::try_from(app.events.listeners()).unwrap_or(u64::MAX);
    let text = app.metrics.text(&[
        ("bedrail_devices", "Devices in the inventory.", found.devices),
        ("bedrail_sensors", "Sensors that ever reported.", sum(|_| 1)),
        ("bedrail_frames", "Frames that all sensors got.", sum(|sensor| sensor.frames)),
        ("bedrail_dropped_frames", "Frames that could not be read.", sum(|sensor| sensor.dropped)),
        ("bedrail_lost_batches", "Batches given up as lost.", sum(|sensor| sensor.lost_batches)),
        ("bedrail_listeners", "Listeners to live news.", listeners),
    ]);
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response())
}
