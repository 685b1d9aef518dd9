//! Live news as server-sent events.

use std::convert::Infallible;
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::response::sse::{self, Sse};
use futures_util::Stream;
use futures_util::stream::{StreamExt as _, unfold};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, sleep_until};

use crate::app::App;
use crate::auth::Visitor;
use crate::events::Event;
use crate::problem::{Answer, Problem};

/// A comment goes out this often, and the session is looked at.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Listeners at the same time.
const LISTENERS_MAX: usize = 500;

/// Someone who listens.
struct Listener {
    app: App,
    visitor: Visitor,
    news: Receiver<Event>,
    heartbeat: Instant,
}

/// News: `device` with `{id, kind}`, `summary` with `{}`.
#[utoipa::path(get, path = "/api/v1/events", responses((status = 200, body = String, content_type = "text/event-stream"), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn events(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
) -> Answer<Sse<impl Stream<Item = Result<sse::Event, Infallible>> + use<>>> {
    if app.events.listeners() >= LISTENERS_MAX {
        let status = axum::http::StatusCode::SERVICE_UNAVAILABLE;
        return Err(Problem::new(status, "too many listen", "try again later").retry_after(30));
    }
    let news = app.events.listen();
    let listener = Listener { app, visitor, news, heartbeat: Instant::now() };
    Ok(Sse::new(unfold(listener, next).fuse()))
}

/// The next event; none when the session is over or the hub stops.
async fn next(mut listener: Listener) -> Option<(Result<sse::Event, Infallible>, Listener)> {
    let event = tokio::select! {
        news = listener.news.recv() => match news {
            Ok(event) => event_of(event),
            // Who missed something looks at everything.
            Err(RecvError::Lagged(_)) => event_of(Event::Summary),
            Err(RecvError::Closed) => return None,
        },
        () = sleep_until(listener.heartbeat) => {
            let Listener { app, visitor, .. } = &listener;
            if !app.sessions.is_alive(&app.store, app.world.steady(), visitor).await {
                return None;
            }
            listener.heartbeat = Instant::now() + HEARTBEAT;
            sse::Event::default().comment("beat")
        }
        () = listener.app.stopped() => return None,
    };
    Some((Ok(event), listener))
}

fn event_of(event: Event) -> sse::Event {
    match event {
        Event::Device(id, kind) => {
            let data = serde_json::json!({ "id": id.as_str(), "kind": kind.name() });
            sse::Event::default().event("device").data(data.to_string())
        }
        Event::Summary => sse::Event::default().event("summary").data("{}"),
    }
}
