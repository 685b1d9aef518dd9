//! What every request and job shares.

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock};

use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use store::Store;
use tokio::sync::{Notify, Semaphore, watch};

use crate::auth::{Limiter, Sessions, Visitor};
use crate::authority::Authority;
use crate::events::Events;
use crate::idempotency::Answers;
use crate::metrics::Metrics;
use crate::operations::Operations;
use crate::picture::Picture;
use crate::problem::{Answer, Problem, chain};
use crate::scrape::MetricsToken;
use crate::sensors::Arrivals;
use crate::world::World;

/// Passwords that are hashed at the same time: each takes 19 MiB and a core.
const HASHING_MAX: usize = 2;

/// Seconds after which it is worth trying again when the disk did not take something.
const RETRY_S: u64 = 10;

/// The hub, shared.
#[derive(Clone)]
pub(crate) struct App(Arc<Parts>);

/// Its parts.
pub(crate) struct Parts {
    pub(crate) store: Store,
    pub(crate) world: World,
    /// Whether cookies are only for encrypted lines.
    pub(crate) secure: bool,
    /// What the store is, in words.
    pub(crate) store_kind: &'static str,
    /// Folder of everything that it keeps.
    pub(crate) data: PathBuf,
    /// What opens `/metrics` without a session.
    pub(crate) metrics_token: Option<MetricsToken>,
    pub(crate) sessions: Sessions,
    pub(crate) limiter: Mutex<Limiter>,
    /// Tries to enrol a sensor.
    pub(crate) enrolment_limiter: Mutex<Limiter>,
    /// Signs certificates of sensors; `None` where the hub does not listen for any.
    pub(crate) authority: Option<Authority>,
    /// Where the hub listens for sensors, once it does.
    pub(crate) sensor_port: OnceLock<u16>,
    /// The public key that signs the audit log, once it is known.
    pub(crate) audit_key: OnceLock<audit::PublicKey>,
    pub(crate) hashing: Semaphore,
    /// Verified against when there is no such account, so that both take the same time.
    pub(crate) nobody: String,
    pub(crate) events: Events,
    pub(crate) answers: Answers,
    pub(crate) operations: Operations,
    pub(crate) metrics: Metrics,
    pub(crate) arrivals: Arrivals,
    /// What the last derivation gave; `None` before the first.
    pub(crate) picture: watch::Sender<Option<Arc<Picture>>>,
    /// Something was ingested.
    pub(crate) grown: Notify,
    /// Something was stated about devices or models.
    pub(crate) stated: Notify,
    /// Turns true when the hub stops.
    pub(crate) stopping: watch::Sender<bool>,
    /// The OpenAPI document, when somebody asked for it.
    pub(crate) document: OnceLock<String>,
}

/// What an app is made of.
#[derive(Debug)]
pub(crate) struct Setup {
    /// The store, open.
    pub(crate) store: Store,
    /// What it is, in words.
    pub(crate) store_kind: &'static str,
    /// Clock and chance.
    pub(crate) world: World,
    /// Whether cookies are only for encrypted lines.
    pub(crate) secure: bool,
    /// Folder of everything that it keeps.
    pub(crate) data: PathBuf,
    /// What opens `/metrics` without a session.
    pub(crate) metrics_token: Option<MetricsToken>,
    /// Signs certificates of sensors, if it listens for any.
    pub(crate) authority: Option<Authority>,
    /// The hash of a password that nobody has.
    pub(crate) nobody: String,
}

impl App {
    /// An app without jobs.
    pub(crate) fn new(setup: Setup) -> Self {
        let Setup { store, store_kind, world, secure, data, metrics_token, authority, nobody } = setup;
        Self(Arc::new(Parts {
            store,
            world,
            secure,
            store_kind,
            data,
            metrics_token,
            nobody,
            document: OnceLock::new(),
            sensor_port: OnceLock::new(),
            audit_key: OnceLock::new(),
            sessions: Sessions::default(),
            limiter: Mutex::default(),
            enrolment_limiter: Mutex::default(),
            authority,
            hashing: Semaphore::new(HASHING_MAX),
            events: Events::new(),
            answers: Answers::default(),
            operations: Operations::default(),
            metrics: Metrics::default(),
            arrivals: Arrivals::default(),
            picture: watch::Sender::new(None),
            grown: Notify::new(),
            stated: Notify::new(),
            stopping: watch::Sender::new(false),
        }))
    }

    /// Who sends a request.
    pub(crate) async fn visitor(&self, headers: &HeaderMap) -> Answer<Option<Visitor>> {
        self.sessions.visitor(&self.store, self.world.steady(), headers).await
    }

    /// Does `work` unless this account did it before under the same `Idempotency-Key`; `what` names the act, `body` is
    /// what tells one request from another. The answer is JSON.
    pub(crate) async fn once<T: Serialize>(
        &self,
        visitor: &Visitor,
        headers: &HeaderMap,
        what: &str,
        body: &impl Serialize,
        work: impl Future<Output = Answer<T>>,
    ) -> Answer<Response> {
        let request = serde_json::to_vec(&(what, body)).map_err(|error| Problem::internal(&error))?;
        let work = async {
            let result = work.await?;
            serde_json::to_string(&result).map_err(|error| Problem::internal(&error))
        };
        let answer = self.answers.once(&visitor.name, headers, &request, self.world.steady(), work).await?;
        Ok(([(header::CONTENT_TYPE, "application/json")], answer).into_response())
    }

    /// Ends when the hub is to stop.
    pub(crate) async fn stopped(&self) {
        let mut stopping = self.stopping.subscribe();
        // Who sends it lives as long as the app.
        let _ = stopping.wait_for(|stopping| *stopping).await;
    }

    /// What the last derivation gave.
    pub(crate) fn picture(&self) -> Answer<Arc<Picture>> {
        let detail = "the hub still reads its store; try again in a moment";
        let refuse = || {
            Problem::new(axum::http::StatusCode::SERVICE_UNAVAILABLE, "not ready yet", detail).retry_after(1)
        };
        self.picture.borrow().clone().ok_or_else(refuse)
    }
}

impl std::ops::Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("App(..)")
    }
}

impl From<store::Error> for Problem {
    fn from(error: store::Error) -> Self {
        use axum::http::StatusCode;
        match error {
            store::Error::NoDevice(_) => Self::not_found(error.to_string()),
            store::Error::Stale { .. } => Self::at(
                StatusCode::PRECONDITION_FAILED,
                "changed meanwhile",
                "/if-match",
                "somebody changed this device meanwhile; look at it again",
            ),
            store::Error::Refused { .. } => Self::refused("", error.to_string()),
            store::Error::Missing { .. } => Self::not_found(error.to_string()),
            store::Error::ModelExists { .. } => {
                Self::at(StatusCode::CONFLICT, "exists already", "/model", error.to_string())
            }
            store::Error::NoUser(_) => Self::not_found(error.to_string()),
            store::Error::UserExists(_) => {
                Self::at(StatusCode::CONFLICT, "exists already", "/name", error.to_string())
            }
            store::Error::LastOfRole(_) => Self::refused("/role", error.to_string()),
            store::Error::Outdated { .. } => Self::at(
                StatusCode::PRECONDITION_FAILED,
                "changed meanwhile",
                "/if-match",
                "somebody changed this meanwhile; look at it again",
            ),
            store::Error::BadCursor => Self::invalid("/cursor", error.to_string()),
            store::Error::Full { .. } => {
                unwritten(&error, "the disk is full", "make room on the disk of the hub")
            }
            store::Error::Disk { .. } => {
                unwritten(&error, "the disk fails", "look at the system's log of the hub's machine")
            }
            store::Error::Busy(_) | store::Error::Closed => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "the store is busy", "try again in a moment")
                    .retry_after(1)
            }
            other => Self::internal(&other),
        }
    }
}

/// The disk does not take it now, and may later. Which file it is goes to the log.
fn unwritten(error: &store::Error, title: &'static str, next: &str) -> Problem {
    tracing::error!(error = %chain(error), "the store cannot use its disk");
    let detail = format!("nothing of this request was done; {next}, then try again");
    Problem::new(axum::http::StatusCode::SERVICE_UNAVAILABLE, title, detail).retry_after(RETRY_S)
}
