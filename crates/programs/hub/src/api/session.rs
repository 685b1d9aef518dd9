//! Logging in and out.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use audit::Subject;
use axum::extract::{ConnectInfo, FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};

use super::view::{Credentials, Session, User};
use crate::app::App;
use crate::auth::{self, Visitor};
use crate::envelope::RequestId;
use crate::extract::Body;
use crate::problem::{Answer, Problem};
use crate::serve::Peer;
use crate::trail;

/// Characters of a password: more only costs time.
const PASSWORD_MAX: usize = 1024;
/// Characters of a name.
const NAME_MAX: usize = 255;

/// Where a request comes from. Requests that come over no network are from here.
pub(crate) struct Address(pub(super) IpAddr);

impl<S: Send + Sync> FromRequestParts<S> for Address {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let peer = parts.extensions.get::<ConnectInfo<Peer>>();
        Ok(Self(peer.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |ConnectInfo(Peer(address))| address.ip())))
    }
}

/// Who is logged in.
#[utoipa::path(get, path = "/api/v1/session", responses((status = 200, body = Session), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn session(Extension(visitor): Extension<Visitor>) -> Json<Session> {
    Json(view(&visitor))
}

/// Log in: gives a cookie.
#[utoipa::path(post, path = "/api/v1/session", request_body = Credentials, responses((status = 200, body = Session), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn log_in(
    State(app): State<App>,
    Address(address): Address,
    Extension(request): Extension<RequestId>,
    Body(given): Body<Credentials>,
) -> Answer<Response> {
    if given.name.len() > NAME_MAX {
        return Err(wrong());
    }
    let trace = trail::trace(&app, trail::from(address), Some(&request));
    let user = prove(&app, &given.name, given.password, address).await?;
    let Some(user) = user else {
        // What is no name of an account may be a password in the wrong place: it is not written down.
        let known = app.store.user_by_name(&given.name).await?.map(|user| user.name).unwrap_or_default();
        let wait_s = wait_s(&app, &given.name, address);
        trail::write(&app, trail::failed_login(trace, &known, wait_s)).await?;
        return Err(wrong());
    };
    app.metrics.logins.add(1);
    let (secret, visitor) = app.sessions.begin(&app.store, &app.world, &user, trace).await?;
    Ok(([(header::SET_COOKIE, auth::cookie(&secret, app.secure))], Json(view(&visitor))).into_response())
}

/// Log out: takes the cookie away.
#[utoipa::path(delete, path = "/api/v1/session", params(("X-CSRF-Token" = String, Header)), responses((status = 204, description = "Logged out"), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn log_out(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
    Extension(request): Extension<RequestId>,
) -> Answer<Response> {
    let logout = trail::by(&app, &visitor, &request, "logout", Subject::of("account", &visitor.name));
    app.sessions.end(&app.store, &visitor, logout).await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, auth::clearing_cookie(app.secure))]).into_response())
}

pub(super) fn view(visitor: &Visitor) -> Session {
    let user = User { name: visitor.name.clone(), role: visitor.role.name() };
    Session { user, csrf_token: visitor.csrf.clone() }
}

fn wrong() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "login refused", "the name or the password is wrong")
}

/// The account of this name, if the password is its own. Who tries too often waits.
pub(super) async fn prove(
    app: &App,
    name: &str,
    password: String,
    address: IpAddr,
) -> Answer<Option<store::User>> {
    if password.len() > PASSWORD_MAX {
        return Ok(None);
    }
    admit(app, name, address)?;
    let user = app.store.user_by_name(name).await?;
    let kept = user.as_ref().map_or_else(|| app.nobody.clone(), |user| user.password.0.clone());
    let is_right = verify(app, kept, password).await?;
    let Some(user) = user.filter(|_| is_right) else {
        app.metrics.failed_logins.add(1);
        return Ok(None);
    };
    if let Ok(mut limiter) = app.limiter.lock() {
        limiter.succeeded(&user.name, address);
    }
    Ok(Some(user))
}

/// Seconds that this name has to wait for its next try from there.
fn wait_s(app: &App, name: &str, address: IpAddr) -> u64 {
    app.limiter.lock().map_or(0, |limiter| limiter.wait_s(name, address, app.world.steady()))
}

/// Refuses who tried too often.
fn admit(app: &App, name: &str, address: IpAddr) -> Answer<()> {
    let now = app.world.steady();
    let Ok(mut limiter) = app.limiter.lock() else { return Ok(()) };
    let wait_s = limiter.wait_s(name, address, now);
    if wait_s > 0 {
        let detail = format!("too many wrong passwords from here; try again in {wait_s} s");
        let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "login refused", detail);
        return Err(problem.retry_after(wait_s));
    }
    limiter.tried(name, address, now);
    Ok(())
}

async fn verify(app: &App, kept: String, password: String) -> Answer<bool> {
    // The semaphore is never closed.
    let _permit = app.hashing.acquire().await.map_err(|error| Problem::internal(&error))?;
    let work = tokio::task::spawn_blocking(move || auth::verify(&kept, &password));
    work.await.map_err(|error| Problem::internal(&error))
}

/// Makes the first account when there is none; gives its name and password.
pub(crate) async fn first_account(app: &App) -> Result<Option<(String, String)>, crate::Error> {
    if !app.store.users().await?.is_empty() {
        return Ok(None);
    }
    let password = auth::random(&app.world)?;
    let (world, given) = (app.world.clone(), password.clone());
    let hash = tokio::task::spawn_blocking(move || auth::hash(&world, &given));
    let hash = hash.await.map_err(|error| crate::Error::Broken(Arc::new(error)))??;
    let user = store::User {
        name: FIRST_ACCOUNT.to_owned(),
        role: auth::Role::Admin.name().to_owned(),
        password: store::PasswordHash(hash),
        created: app.world.now(),
        last_visit: None,
        version: 1,
    };
    let decision = store::Decision {
        actor: model::Actor::System,
        at: user.created,
        why: "the first start makes it".to_owned(),
        request: None,
        origin: audit::Origin::default(),
    };
    app.store.create_user(user, decision).await?;
    Ok(Some((FIRST_ACCOUNT.to_owned(), password)))
}

/// Name of the account that the first start makes.
const FIRST_ACCOUNT: &str = "admin";
