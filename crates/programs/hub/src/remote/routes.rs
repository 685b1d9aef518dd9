//! What sensors ask.

use axum::body::Bytes;
use axum::extract::{ConnectInfo, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use model::{Batch, SensorId, Timestamp};
use relay::message::{Acknowledged, EnrolRequest, Issued, Known, RenewRequest, Shipment, StateReport};
use relay::{CodecError, Token};
use rustls::pki_types::CertificateDer;
use serde_json::json;
use store::{Ingested, TokenHash};

use super::Remote;
use super::door::{Sender, SensorPeer};
use crate::api::sensor_view::SensorBacklog;
use crate::app::App;
use crate::authority::{Authority, Signed};
use crate::events::Event;
use crate::extract::Body;
use crate::problem::{Answer, Problem, chain};
use crate::trail;

/// What tries to enrol are counted under, beside their address.
const ENROLMENT: &str = "enrolment";

/// The first certificate, for a token. It is used up by that.
pub(super) async fn enrol(
    State(Remote { app, .. }): State<Remote>,
    ConnectInfo(peer): ConnectInfo<SensorPeer>,
    Body(wanted): Body<EnrolRequest>,
) -> Answer<Json<Issued>> {
    let now = app.world.steady();
    may_try(&app, &peer, now)?;
    let refuse =
        || Problem::forbidden("this token is not valid: it was used, has expired, or is of another hub");
    let hash =
        Token::secret(&wanted.secret).map(|secret| TokenHash(Token::hash(&secret))).ok_or_else(refuse)?;
    let pending = app.store.enrolment(hash, now).await?;
    // One that is not made yet is of a run of the hub whose clock was ahead: it must not live longer.
    let pending = pending.filter(|pending| pending.created <= now).ok_or_else(refuse)?;
    let signed = sign(&app, &pending.sensor, &wanted.request)?;
    if !app.store.redeem(hash, now, signed.ends, trace(&app, &peer)).await? {
        return Err(refuse());
    }
    if let Ok(mut limiter) = app.enrolment_limiter.lock() {
        limiter.succeeded(ENROLMENT, peer.address.ip());
    }
    tracing::info!(sensor = %pending.sensor, peer = %peer.address, "a sensor is enrolled");
    app.events.tell(Event::Summary);
    issued(&app, pending.sensor, pending.name, &signed).map(Json)
}

fn may_try(app: &App, peer: &SensorPeer, now: Timestamp) -> Answer<()> {
    let Ok(mut limiter) = app.enrolment_limiter.lock() else {
        return Err(Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "not now",
            "the hub cannot enrol; restart it",
        ));
    };
    let wait_s = limiter.wait_s(ENROLMENT, peer.address.ip(), now);
    if wait_s > 0 {
        let detail = format!("too many tries to enrol from this address; wait {wait_s} s");
        let status = StatusCode::TOO_MANY_REQUESTS;
        return Err(Problem::new(status, "too many tries", detail).retry_after(wait_s));
    }
    limiter.tried(ENROLMENT, peer.address.ip(), now);
    Ok(())
}

/// The next certificate. The old one stays valid until it ends, so that nothing is lost on the way.
pub(super) async fn renew(
    State(Remote { app, .. }): State<Remote>,
    Extension(sender): Extension<Sender>,
    ConnectInfo(peer): ConnectInfo<SensorPeer>,
    Body(wanted): Body<RenewRequest>,
) -> Answer<Json<Issued>> {
    let signed = sign(&app, &sender.sensor, &wanted.request)?;
    app.store.renewed_certificate(sender.sensor.clone(), signed.ends, trace(&app, &peer)).await?;
    tracing::info!(sensor = %sender.sensor, ends = %signed.ends, "the certificate of a sensor is renewed");
    issued(&app, sender.sensor, sender.name, &signed).map(Json)
}

fn trace(app: &App, peer: &SensorPeer) -> store::Trace {
    trail::trace(app, trail::from(peer.address.ip()), None)
}

fn authority(app: &App) -> Answer<&Authority> {
    let missing =
        || Problem::new(StatusCode::CONFLICT, "no sensors", "this hub has no authority for sensors");
    app.authority.as_ref().ok_or_else(missing)
}

fn sign(app: &App, sensor: &SensorId, request: &str) -> Answer<Signed> {
    authority(app)?.sign_sensor(&app.world, sensor, request).map_err(|error| {
        Problem::invalid("/request", format!("it is no certificate signing request: {}", chain(&error)))
    })
}

fn issued(app: &App, sensor: SensorId, name: String, signed: &Signed) -> Answer<Issued> {
    Ok(Issued {
        sensor: sensor.to_string(),
        name,
        certificate: pem(&signed.certificate),
        authority: pem(authority(app)?.certificate()),
        begins_s: signed.begins.nanos() / 1_000_000_000,
        ends_s: signed.ends.nanos() / 1_000_000_000,
    })
}

fn pem(certificate: &CertificateDer<'_>) -> String {
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(certificate);
    let mut pem = "-----BEGIN CERTIFICATE-----\n".to_owned();
    for line in text.as_bytes().chunks(64) {
        pem.extend(line.iter().copied().map(char::from));
        pem.push('\n');
    }
    pem + "-----END CERTIFICATE-----\n"
}

/// A sign of life, for which a sensor learns what the hub has of it.
pub(super) async fn state(
    State(Remote { app, .. }): State<Remote>,
    Extension(sender): Extension<Sender>,
    Body(report): Body<StateReport>,
) -> Answer<Json<Known>> {
    let row = app.store.sensors().await?.into_iter().find(|row| row.id == sender.sensor);
    let (known, until) = row.map_or((Known::default(), Timestamp::default()), |row| {
        (Known { acknowledged: row.sequence, frames: row.frames }, row.until)
    });
    app.arrivals.note_remote(&sender.sensor, app.world.moment(), until, backlog(report));
    Ok(Json(known))
}

fn backlog(report: StateReport) -> SensorBacklog {
    let StateReport { batches, bytes, given_up_batches, given_up_frames } = report;
    SensorBacklog { batches, bytes, given_up_batches, given_up_frames }
}

/// A batch. The answer comes when it is on the disk; one that was sent before changes nothing.
pub(super) async fn batches(
    State(remote): State<Remote>,
    Extension(sender): Extension<Sender>,
    body: Bytes,
) -> Answer<Response> {
    let (state, gone_from, batch) = read(&remote, body).await?;
    let app = remote.app;
    if batch.sensor != sender.sensor {
        tracing::warn!(sensor = %sender.sensor, named = %batch.sensor, "a sensor speaks for another");
        return Err(Problem::forbidden("a sensor reports for itself only"));
    }
    let mut waiting = state;
    let taken = match app.store.ingest(&batch).await {
        Err(store::Error::Gap { expected, found, .. }) if gone_from <= expected => {
            tracing::warn!(sensor = %batch.sensor, expected, found, "batches of a sensor are lost");
            app.store.accept_gap(&batch.sensor, found).await?;
            app.store.ingest(&batch).await
        }
        other => other,
    };
    match taken {
        Ok(Ingested { fresh }) => {
            // What it says of what waits was true before this one was taken.
            waiting.batches = waiting.batches.saturating_sub(1);
            app.arrivals.note_remote(&batch.sensor, app.world.moment(), batch.until, backlog(waiting));
            acknowledge(&app, &batch, fresh).await.map(|answer| Json(answer).into_response())
        }
        Err(store::Error::Gap { expected, .. }) => Ok(missing(expected)),
        Err(error) => Err(refused(&app, &batch, error)),
    }
}

async fn read(remote: &Remote, body: Bytes) -> Answer<(StateReport, u64, Batch)> {
    let vocabulary = remote.vocabulary.clone();
    let closed = |_| Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not now", "the hub stops");
    let permit = remote.decoding.clone().acquire_owned().await.map_err(closed)?;
    let decode = move || {
        let _permit = permit;
        let shipment = Shipment::decode(&body)?;
        let batch = relay::decode(shipment.batch, &vocabulary)?;
        Ok::<_, CodecError>((shipment.state, shipment.gone_from, batch))
    };
    let read = tokio::task::spawn_blocking(decode).await.map_err(|error| Problem::internal(&error))?;
    read.map_err(|error| {
        remote.app.metrics.refused_batches.add(1);
        if error.is_newer() { newer(&error) } else { Problem::invalid("", error.to_string()) }
    })
}

/// It is worth keeping: a newer hub can read it.
fn newer(error: &dyn std::error::Error) -> Problem {
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "the hub is older than the sensor", error.to_string())
}

async fn acknowledge(app: &App, batch: &Batch, fresh: bool) -> Answer<Acknowledged> {
    if fresh {
        app.metrics.batches.add(1);
        app.grown.notify_one();
        return Ok(Acknowledged { acknowledged: batch.sequence });
    }
    app.metrics.repeated_batches.add(1);
    let row = app.store.sensors().await?.into_iter().find(|row| row.id == batch.sensor);
    Ok(Acknowledged { acknowledged: row.map_or(batch.sequence, |row| row.sequence) })
}

/// 409 with the batch that should come next.
fn missing(expected: u64) -> Response {
    let detail = format!("batch {expected} is missing before this one");
    let problem = json!({
        "type": "about:blank", "title": "a batch is missing", "status": 409, "detail": detail, "expected": expected,
    });
    (StatusCode::CONFLICT, [(header::CONTENT_TYPE, "application/problem+json")], problem.to_string())
        .into_response()
}

fn refused(app: &App, batch: &Batch, error: store::Error) -> Problem {
    match &error {
        store::Error::UnknownName { .. } => newer(&error),
        store::Error::Implausible { .. } => {
            app.metrics.refused_batches.add(1);
            tracing::error!(sensor = %batch.sensor, error = %chain(&error), "batch refused");
            Problem::refused("", chain(&error))
        }
        _ => error.into(),
    }
}
