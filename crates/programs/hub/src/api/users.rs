//! Accounts: an administrator makes them and gives roles and passwords; everybody changes the own password.

use std::str::FromStr;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::act::{ActHeaders, EditHeaders};
use super::devices::decision;
use super::session::{self, Address};
use super::view::Session;
use crate::app::App;
use crate::auth::{self, Role, Visitor};
use crate::envelope::RequestId;
use crate::extract::{Body, Id, if_match, tag};
use crate::problem::{Answer, Problem};
use crate::trail;

/// Bytes of a password: who may choose one of fewer is guessed; more only costs time.
const PASSWORD: std::ops::RangeInclusive<usize> = 12..=1024;
/// Characters of the name of an account.
const NAME_MAX: usize = 64;

/// An account of a person.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Account {
    name: String,
    role: Role,
    created: String,
    #[schema(required)]
    last_visit: Option<String>,
    /// Counts up with every change.
    version: u64,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccountList {
    items: Vec<Account>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAccount {
    /// 1 to 64 small letters, digits and `.`, `-`, `_`, `@`.
    #[schema(pattern = "^[a-z0-9._@-]{1,64}$")]
    name: String,
    role: Role,
    /// 12 to 1024 bytes.
    #[schema(min_length = 12, max_length = 1024)]
    password: String,
    /// 1 to 2000 bytes.
    #[schema(min_length = 1, max_length = 2000)]
    why: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RoleRequest {
    role: Role,
    /// 1 to 2000 bytes.
    #[schema(min_length = 1, max_length = 2000)]
    why: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordRequest {
    /// 12 to 1024 bytes.
    #[schema(min_length = 12, max_length = 1024)]
    password: String,
    /// 1 to 2000 bytes.
    #[schema(min_length = 1, max_length = 2000)]
    why: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OwnPasswordRequest {
    current: String,
    /// 12 to 1024 bytes.
    #[schema(min_length = 12, max_length = 1024)]
    password: String,
}

/// The name of an account.
#[derive(Debug)]
pub(crate) struct UserName(String);

/// A name that no account can have.
#[derive(Debug, thiserror::Error)]
#[error("a name has 1 to {NAME_MAX} small letters, digits and `.`, `-`, `_`, `@`")]
pub(crate) struct BadUserName;

impl FromStr for UserName {
    type Err = BadUserName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_plain =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-_@".contains(&byte);
        let is_name = (1..=NAME_MAX).contains(&text.len()) && text.bytes().all(is_plain);
        is_name.then(|| Self(text.to_owned())).ok_or(BadUserName)
    }
}

/// Every account.
#[utoipa::path(get, path = "/api/v1/users", responses((status = 200, body = AccountList), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn users(State(app): State<App>) -> Answer<Json<AccountList>> {
    let items = app.store.users().await?.into_iter().map(account).collect::<Answer<_>>()?;
    Ok(Json(AccountList { items }))
}

/// An account.
#[utoipa::path(
    get, path = "/api/v1/users/{id}", params(("id" = String, Path, description = "Name of the account")),
    responses((status = 200, body = Account, headers(("ETag" = String))), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn user(State(app): State<App>, Id(name): Id<UserName>) -> Answer<Response> {
    show(&app, &name.0).await
}

/// Make an account.
#[utoipa::path(
    post, path = "/api/v1/users", request_body = NewAccount,
    params(ActHeaders),
    responses((status = 200, body = Account), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn create_user(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    Body(wanted): Body<NewAccount>,
) -> Answer<Response> {
    // The password is no part of what is remembered of a request.
    let body = (wanted.name.clone(), wanted.role.name());
    app.once(&visitor, &headers, "users", &body, async {
        let name: UserName = wanted.name.parse().map_err(|error: BadUserName| refused("/name", &error))?;
        let decision = decision(&app, &visitor, &request, wanted.why)?;
        let user = store::User {
            name: name.0.clone(),
            role: wanted.role.name().to_owned(),
            password: hash(&app, wanted.password).await?,
            created: app.world.now(),
            last_visit: None,
            version: 1,
        };
        app.store.create_user(user, decision).await?;
        let made = app.store.user_by_name(&name.0).await?.ok_or_else(|| missing(&name.0))?;
        account(made)
    })
    .await
}

/// Give an account another role; it counts from the next request on.
#[utoipa::path(
    put, path = "/api/v1/users/{id}/role", request_body = RoleRequest,
    params(("id" = String, Path), EditHeaders),
    responses((status = 200, body = Account, headers(("ETag" = String))), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn set_user_role(
    State(app): State<App>,
    Id(name): Id<UserName>,
    Extension(visitor): Extension<Visitor>,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    Body(wanted): Body<RoleRequest>,
) -> Answer<Response> {
    let expected = if_match(&headers)?;
    let decision = decision(&app, &visitor, &request, wanted.why)?;
    let roles = (wanted.role.name(), Role::Admin.name());
    app.store.set_role(&name.0, expected, roles, decision).await?;
    show(&app, &name.0).await
}

/// Give an account a new password; every session of it ends.
#[utoipa::path(
    put, path = "/api/v1/users/{id}/password", request_body = PasswordRequest,
    params(("id" = String, Path), EditHeaders),
    responses((status = 200, body = Account, headers(("ETag" = String))), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn set_user_password(
    State(app): State<App>,
    Id(name): Id<UserName>,
    Extension(visitor): Extension<Visitor>,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    Body(wanted): Body<PasswordRequest>,
) -> Answer<Response> {
    let expected = if_match(&headers)?;
    let decision = decision(&app, &visitor, &request, wanted.why)?;
    let password = hash(&app, wanted.password).await?;
    app.store.set_password(&name.0, expected, password, decision).await?;
    show(&app, &name.0).await
}

/// Change the own password: every session ends, and this one goes on with a new cookie and token.
#[utoipa::path(
    put, path = "/api/v1/session/password", request_body = OwnPasswordRequest,
    params(("X-CSRF-Token" = String, Header)),
    responses((status = 200, body = Session), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn set_own_password(
    State(app): State<App>,
    Address(address): Address,
    Extension(visitor): Extension<Visitor>,
    Extension(request): Extension<RequestId>,
    Body(wanted): Body<OwnPasswordRequest>,
) -> Answer<Response> {
    check(&wanted.password)?;
    let user = session::prove(&app, &visitor.name, wanted.current, address).await?;
    let trace = trail::trace(&app, visitor.origin.clone(), Some(&request));
    let Some(user) = user else {
        trail::write(&app, trail::failed_login(trace, &visitor.name, 0)).await?;
        let detail = "this is not the password of this account";
        return Err(Problem::at(StatusCode::FORBIDDEN, "request refused", "/current", detail));
    };
    let why = "the person chose a new one".to_owned();
    let decision = decision(&app, &visitor, &request, why)?;
    let password = hash(&app, wanted.password).await?;
    // What was proven is the password of this version.
    app.store.set_password(&user.name, Some(user.version), password, decision).await?;
    let (secret, visitor) = app.sessions.begin(&app.store, &app.world, &user, trace).await?;
    let cookie = [(header::SET_COOKIE, auth::cookie(&secret, app.secure))];
    Ok((cookie, Json(session::view(&visitor))).into_response())
}

async fn show(app: &App, name: &str) -> Answer<Response> {
    let user = app.store.user_by_name(name).await?.ok_or_else(|| missing(name))?;
    Ok(([(header::ETAG, tag(user.version))], Json(account(user)?)).into_response())
}

fn missing(name: &str) -> Problem {
    Problem::not_found(format!("there is no user `{name}`"))
}

fn account(user: store::User) -> Answer<Account> {
    let store::User { name, role, created, last_visit, version, .. } = user;
    let role = role.parse().map_err(|_| Problem::forbidden(format!("the account `{name}` has no role")))?;
    let last_visit = last_visit.map(|at| at.to_string());
    Ok(Account { name, role, created: created.to_string(), last_visit, version })
}

fn refused(pointer: &'static str, error: &dyn std::error::Error) -> Problem {
    Problem::refused(pointer, error.to_string())
}

fn check(password: &str) -> Answer<()> {
    if PASSWORD.contains(&password.len()) {
        return Ok(());
    }
    let (least, most) = (PASSWORD.start(), PASSWORD.end());
    Err(Problem::refused("/password", format!("a password has {least} to {most} bytes")))
}

async fn hash(app: &App, password: String) -> Answer<store::PasswordHash> {
    check(&password)?;
    // The semaphore is never closed.
    let _permit = app.hashing.acquire().await.map_err(|error| Problem::internal(&error))?;
    let world = app.world.clone();
    let work = tokio::task::spawn_blocking(move || auth::hash(&world, &password));
    let hash = work.await.map_err(|error| Problem::internal(&error))?;
    hash.map(store::PasswordHash).map_err(|error| Problem::internal(&error))
}
