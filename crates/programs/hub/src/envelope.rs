//! What every answer gets, whatever it is: an id, strict headers, a line in the log, and where it is an error, the form
//! of one.

use std::time::Duration;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::time::{Instant, timeout};

use crate::app::App;
use crate::problem::Problem;

/// Id of a request, as in the log, the answer and the changes that come of it.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(pub(crate) String);

/// Longest time to an answer; only the beginning of a stream counts.
const ANSWER_MAX: Duration = Duration::from_secs(30);

static HEADERS: [(HeaderName, &str); 7] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; \
         base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
];
const HSTS: &str = "max-age=31536000";

/// Wraps every request.
pub(crate) async fn wrap(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let id = match app.world.uuid() {
        Ok(uuid) => RequestId(format!("req_{uuid}")),
        Err(error) => return Problem::internal(&error).into_response(),
    };
    request.extensions_mut().insert(id.clone());
    let method = request.method().clone();
    // The pattern and not the path: ids and searches do not belong in a log.
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let response = match timeout(ANSWER_MAX, next.run(request)).await {
        Ok(response) => as_problem(response),
        Err(_) => {
            Problem::new(StatusCode::GATEWAY_TIMEOUT, "took too long", "the hub gave up on this request")
                .into_response()
        }
    };
    let status = response.status().as_u16();
    app.metrics.answered(status);
    let elapsed_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    let route = route.as_deref().unwrap_or("shell");
    if matches!(method, Method::GET | Method::HEAD) {
        tracing::debug!(request = id.0, %method, route, status, elapsed_ms, "answered");
    } else {
        tracing::info!(request = id.0, %method, route, status, elapsed_ms, "answered");
    }
    dress(response, &id, app.secure)
}

fn dress(mut response: Response, id: &RequestId, secure: bool) -> Response {
    let headers = response.headers_mut();
    for (name, value) in &HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if secure {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(HSTS));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if let Ok(id) = HeaderValue::from_str(&id.0) {
        headers.insert("x-request-id", id);
    }
    response
}

/// Gives errors that come from below the form of all others.
fn as_problem(response: Response) -> Response {
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) || is_problem(response.headers()) {
        return response;
    }
    let title = status.canonical_reason().unwrap_or("error").to_lowercase();
    Problem::new(status, title, "the request was not done").into_response()
}

fn is_problem(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/problem+json")
}
