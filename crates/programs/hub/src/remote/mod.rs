//! Sensors on other machines: a listener of its own, with its own few routes (`relay::message`).
//!
//! Who comes shows a certificate of the hub's authority; the one route that answers without is the one that gives the
//! first certificate for a token. Whether a sensor is revoked is asked of the store at every request.

mod door;
mod routes;
mod tls;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use relay::message::{BATCHES, ENROL, RENEW, SHIPMENT_HEAD_MAX, STATE};
use relay::{ENCODED_MAX, Vocabulary};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tower_http::catch_panic::CatchPanicLayer;

use crate::Error;
use crate::app::App;
use crate::authority::Authority;
use crate::problem::Problem;
use crate::serve::Tls;

pub(crate) use door::SensorPeer;

/// Bytes of a body that is no batch.
const BODY_MAX: usize = 32 << 10;
/// Longest time to an answer, the body included: a little less than a sensor waits.
const ANSWER_MAX: Duration = Duration::from_secs(25);
/// Batches that are decoded at the same time: each may take hundreds of megabytes.
const DECODED_MAX: usize = 2;

/// What the routes share.
#[derive(Clone)]
struct Remote {
    app: App,
    vocabulary: Arc<Vocabulary>,
    decoding: Arc<Semaphore>,
}

/// Everything that the listener for sensors answers. Each request brings its [`SensorPeer`].
pub(crate) fn router(app: &App) -> Router {
    let (fields, protocols) = crate::run::names();
    let vocabulary = Arc::new(Vocabulary::new(fields, protocols));
    let remote = Remote { app: app.clone(), vocabulary, decoding: Arc::new(Semaphore::new(DECODED_MAX)) };
    let guarded = Router::new()
        .route(BATCHES, post(routes::batches).layer(DefaultBodyLimit::max(ENCODED_MAX + SHIPMENT_HEAD_MAX)))
        .route(RENEW, post(routes::renew))
        .route(STATE, post(routes::state))
        .fallback(unknown)
        .layer(from_fn_with_state(app.clone(), door::pass));
    Router::new()
        .route(ENROL, post(routes::enrol))
        .merge(guarded)
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .layer(CatchPanicLayer::new())
        .layer(from_fn(in_time))
        .with_state(remote)
}

/// Listens for sensors; gives the task that does, which ends when the hub stops.
pub(crate) fn listen(
    app: &App,
    authority: &Authority,
    listener: TcpListener,
) -> Result<JoinHandle<()>, Error> {
    let address = listener.local_addr();
    let refuse =
        |source| Error::Listen { address: address.unwrap_or_else(|_| ([0, 0, 0, 0], 0).into()), source };
    let tls = Tls::new(listener, tls::config(app, authority)?).map_err(refuse)?;
    let service = router(app).into_make_service_with_connect_info::<SensorPeer>();
    let stopped = app.clone();
    let server = axum::serve(tls, service).with_graceful_shutdown(async move { stopped.stopped().await });
    Ok(tokio::spawn(async move {
        if let Err(error) = server.await {
            tracing::error!(%error, "the listener for sensors broke off");
        }
    }))
}

async fn unknown(request: Request) -> Problem {
    Problem::not_found(format!("there is no `{}` for sensors", request.uri().path()))
}

async fn in_time(request: Request, next: Next) -> Response {
    match timeout(ANSWER_MAX, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            let detail = "the hub gave up on this request";
            Problem::new(StatusCode::GATEWAY_TIMEOUT, "took too long", detail).into_response()
        }
    }
}
