//! Sensors: their health, and those on other machines, which are enrolled with a token and can be shut out.

use std::collections::HashMap;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use model::{SensorId, Timestamp};
use relay::Token;
use store::{EnrolledSensor, Enrolment, SensorRow, TokenHash};

use super::act::ActHeaders;
use super::devices::decision;
use super::sensor_view::{
    EnrolmentRequest, EnrolmentToken, OpenEnrolment, OpenEnrolmentList, RevokeRequest, Sensor, SensorList,
};
use crate::app::App;
use crate::auth::Visitor;
use crate::envelope::RequestId;
use crate::events::Event;
use crate::extract::{Body, Id};
use crate::problem::{Answer, Problem};

/// A token is worth something for so long.
const TOKEN_NS: u64 = 60 * 60 * 1_000_000_000;
/// Bytes of a sensor's name.
const NAME_MAX: usize = 64;

/// Sensors and their health.
#[utoipa::path(get, path = "/api/v1/sensors", responses((status = 200, body = SensorList), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn sensors(State(app): State<App>) -> Answer<Json<SensorList>> {
    let rows = app.store.sensors().await?;
    Ok(Json(SensorList { items: views(&app, rows).await? }))
}

/// Every sensor that reported or was enrolled, by its id.
pub(super) async fn views(app: &App, rows: Vec<SensorRow>) -> Answer<Vec<Sensor>> {
    let enrolled = app.store.enrolled_sensors().await?;
    let mut enrolled: HashMap<SensorId, EnrolledSensor> =
        enrolled.into_iter().map(|sensor| (sensor.sensor.clone(), sensor)).collect();
    let mut all: Vec<(SensorRow, Option<EnrolledSensor>)> = rows
        .into_iter()
        .map(|row| {
            let known = enrolled.remove(&row.id);
            (row, known)
        })
        .collect();
    all.extend(enrolled.into_values().map(|known| (never_heard(known.sensor.clone()), Some(known))));
    all.sort_by(|(a, _), (b, _)| a.id.cmp(&b.id));
    let now = app.world.moment();
    Ok(all.iter().map(|(row, known)| app.arrivals.view(row, known.as_ref(), now)).collect())
}

fn never_heard(id: SensorId) -> SensorRow {
    SensorRow { id, sequence: 0, until: Timestamp::default(), frames: 0, dropped: 0, lost_batches: 0 }
}

/// Let a sensor on another machine be enrolled. The token is shown in this answer only, serves once, for one hour.
#[utoipa::path(
    post, path = "/api/v1/sensors/enrolments", request_body = EnrolmentRequest,
    params(ActHeaders),
    responses((status = 201, body = EnrolmentToken), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn enrol(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    Body(wanted): Body<EnrolmentRequest>,
) -> Answer<Response> {
    let asked = format!("enrol {}", wanted.name);
    let why = "a sensor is to be enrolled".to_owned();
    let decision = decision(&app, &visitor, &request, why)?;
    let work = async {
        let token = make_token(&app, &visitor, &wanted.name, decision).await?;
        serde_json::to_string(&token).map_err(|error| Problem::internal(&error))
    };
    let answer =
        app.answers.once(&visitor.name, &headers, asked.as_bytes(), app.world.steady(), work).await?;
    Ok((StatusCode::CREATED, [(header::CONTENT_TYPE, "application/json")], answer).into_response())
}

async fn make_token(
    app: &App,
    visitor: &Visitor,
    name: &str,
    decision: store::Decision,
) -> Answer<EnrolmentToken> {
    let name = name.trim();
    if name.is_empty() || name.len() > NAME_MAX || name.chars().any(char::is_control) {
        return Err(Problem::refused("/name", format!("name the sensor, in at most {NAME_MAX} bytes")));
    }
    let Some(authority) = &app.authority else {
        let detail = "this hub does not listen for sensors; start it with `--sensors ADDRESS`";
        return Err(Problem::new(StatusCode::CONFLICT, "no sensors on other machines", detail));
    };
    let now = app.world.moment();
    let id = SensorId::new(format!("{}{}", SensorId::PREFIX, app.world.uuid()?));
    let sensor = id.map_err(|error| Problem::internal(&error))?;
    let token = Token { secret: app.world.bytes()?, authority: authority.sha256() };
    let expires = |from: Timestamp| Timestamp::from_nanos(from.nanos().saturating_add(TOKEN_NS));
    let enrolment = Enrolment {
        hash: TokenHash(Token::hash(&token.secret)),
        sensor: sensor.clone(),
        name: name.to_owned(),
        made_by: visitor.name.clone(),
        created: now.steady,
        expires: expires(now.steady),
    };
    app.store.put_enrolment(enrolment, decision).await?;
    tracing::info!(%sensor, by = visitor.name, "a sensor may be enrolled");
    let name = name.to_owned();
    Ok(EnrolmentToken {
        sensor: sensor.to_string(),
        name,
        token: token.text(),
        expires_at: expires(now.wall).to_string(),
    })
}

/// Tokens that no sensor used yet, the latest first.
#[utoipa::path(get, path = "/api/v1/sensors/enrolments", responses((status = 200, body = OpenEnrolmentList), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn enrolments(State(app): State<App>) -> Answer<Json<OpenEnrolmentList>> {
    let now = app.world.moment();
    let open = app.store.open_enrolments(now.steady).await?;
    let view = |open: Enrolment| OpenEnrolment {
        sensor: open.sensor.to_string(),
        name: open.name,
        made_by: open.made_by,
        expires_at: Timestamp::from_nanos(now.wall.nanos().saturating_add(open.expires.since(now.steady)))
            .to_string(),
    };
    Ok(Json(OpenEnrolmentList { items: open.into_iter().map(view).collect() }))
}

/// Take a token back: no sensor can be enrolled with it any more.
#[utoipa::path(
    delete, path = "/api/v1/sensors/enrolments/{id}",
    params(("id" = String, Path, description = "Id that the sensor would have"), ("X-CSRF-Token" = String, Header)),
    responses((status = 204, description = "Taken back"), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn cancel_enrolment(
    State(app): State<App>,
    Id(id): Id<SensorId>,
    Extension(visitor): Extension<Visitor>,
    Extension(request): Extension<RequestId>,
) -> Answer<StatusCode> {
    let decision = decision(&app, &visitor, &request, "the token is taken back".to_owned())?;
    if !app.store.cancel_enrolment(id.clone(), app.world.steady(), decision).await? {
        return Err(Problem::not_found(format!("no token waits for a sensor `{id}`")));
    }
    tracing::info!(sensor = %id, by = visitor.name, "a token is taken back");
    Ok(StatusCode::NO_CONTENT)
}

/// Shut a sensor out, for ever: from the next request on nothing of it is taken. What it reported stays.
#[utoipa::path(
    post, path = "/api/v1/sensors/{id}/revoke", request_body = RevokeRequest,
    params(("id" = String, Path), ActHeaders),
    responses((status = 200, body = Sensor), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn revoke(
    State(app): State<App>,
    Id(id): Id<SensorId>,
    Extension(visitor): Extension<Visitor>,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    Body(wanted): Body<RevokeRequest>,
) -> Answer<Response> {
    let asked = format!("revoke {id} {}", wanted.why);
    let decision = decision(&app, &visitor, &request, wanted.why)?;
    let work = async {
        let refuse = || Problem::not_found(format!("no sensor `{id}` was enrolled here"));
        let known = app.store.revoke_sensor(id.clone(), decision).await?.ok_or_else(refuse)?;
        tracing::warn!(sensor = %id, by = visitor.name, "a sensor is revoked");
        app.events.tell(Event::Summary);
        let row = app.store.sensors().await?.into_iter().find(|row| row.id == id);
        let row = row.unwrap_or_else(|| never_heard(id.clone()));
        let view = app.arrivals.view(&row, Some(&known), app.world.moment());
        serde_json::to_string(&view).map_err(|error| Problem::internal(&error))
    };
    let answer =
        app.answers.once(&visitor.name, &headers, asked.as_bytes(), app.world.steady(), work).await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], answer).into_response())
}
