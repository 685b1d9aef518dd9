//! The one door: every route goes through it and names what it needs.

use audit::{Detail, Entry, Outcome, Subject, Text, Who};
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{Extensions, HeaderMap, Method, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::path::{Operation, PathItem, Paths};
use utoipa::openapi::security::SecurityRequirement;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use crate::app::App;
use crate::auth::{COOKIE, Permission, Visitor};
use crate::envelope::RequestId;
use crate::problem::{Answer, Problem};
use crate::trail;

/// Name of the bearer token for figures in the document.
pub(crate) const METRICS_TOKEN: &str = "metrics_token";

/// Routes, each behind the door or named as open.
pub(crate) struct Doors {
    app: App,
    router: OpenApiRouter<App>,
}

impl Doors {
    pub(crate) fn new(app: App, router: OpenApiRouter<App>) -> Self {
        Self { app, router }
    }

    /// Routes for who is logged in and has `permission`.
    pub(crate) fn guarded(mut self, permission: Permission, routes: UtoipaMethodRouter<App>) -> Self {
        let (schemas, mut paths, methods) = routes;
        name_permission(&mut paths, permission);
        let methods = methods.layer(from_fn_with_state((self.app.clone(), permission), pass));
        self.router = self.router.routes((schemas, paths, methods));
        self
    }

    /// Routes for who is logged in and has `permission`, or brings the token for figures.
    pub(crate) fn scraped(mut self, permission: Permission, routes: UtoipaMethodRouter<App>) -> Self {
        let (schemas, mut paths, methods) = routes;
        name_permission(&mut paths, permission);
        for operation in paths.paths.values_mut().flat_map(operations) {
            let token = SecurityRequirement::new(METRICS_TOKEN, Vec::<String>::new());
            operation.security.get_or_insert_default().push(token);
        }
        let methods = methods.layer(from_fn_with_state((self.app.clone(), permission), pass_or_token));
        self.router = self.router.routes((schemas, paths, methods));
        self
    }

    /// Routes for who is logged in and has `permission`, with a body of up to `bytes`.
    pub(crate) fn guarded_with_body(
        self,
        permission: Permission,
        bytes: usize,
        (schemas, paths, methods): UtoipaMethodRouter<App>,
    ) -> Self {
        self.guarded(permission, (schemas, paths, methods.layer(DefaultBodyLimit::max(bytes))))
    }

    /// Routes for everybody. There are few, and a test knows them all.
    pub(crate) fn open(mut self, routes: UtoipaMethodRouter<App>) -> Self {
        self.router = self.router.routes(routes);
        self
    }

    pub(crate) fn into_router(self) -> OpenApiRouter<App> {
        self.router
    }
}

async fn pass(
    State((app, permission)): State<(App, Permission)>,
    mut request: Request,
    next: Next,
) -> Response {
    match check(&app, permission, Asked::of(&request)).await {
        Ok(visitor) => {
            request.extensions_mut().insert(visitor);
            next.run(request).await
        }
        Err(problem) => problem.into_response(),
    }
}

async fn pass_or_token(
    State((app, permission)): State<(App, Permission)>,
    request: Request,
    next: Next,
) -> Response {
    let is_known = app.metrics_token.as_ref().is_some_and(|token| token.is_in(request.headers()));
    if is_known && request.method() == Method::GET {
        return next.run(request).await;
    }
    pass(State((app, permission)), request, next).await
}

/// What the door looks at of a request; a body cannot be shared.
#[derive(Clone, Copy)]
struct Asked<'r> {
    method: &'r Method,
    path: &'r str,
    headers: &'r HeaderMap,
    extensions: &'r Extensions,
}

impl<'r> Asked<'r> {
    fn of(request: &'r Request) -> Self {
        let (method, path) = (request.method(), request.uri().path());
        Self { method, path, headers: request.headers(), extensions: request.extensions() }
    }
}

async fn check(app: &App, permission: Permission, asked: Asked<'_>) -> Answer<Visitor> {
    let Asked { method, headers, .. } = asked;
    let mut visitor = app.visitor(headers).await?.ok_or_else(Problem::not_logged_in)?;
    visitor.origin.address = trail::address(asked.extensions);
    if !visitor.role.may(permission) {
        trail::write(app, refused(app, permission, &visitor, asked)).await?;
        return Err(Problem::forbidden(format!("this needs the permission `{permission}`")));
    }
    let is_read = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
    if !is_read && !visitor.is_own_request(headers) {
        let detail = "send the token of `GET /api/v1/session` in `X-CSRF-Token`";
        return Err(Problem::at(StatusCode::FORBIDDEN, "request refused", "/x-csrf-token", detail));
    }
    Ok(visitor)
}

/// Somebody asks for what the role does not allow.
fn refused(app: &App, permission: Permission, visitor: &Visitor, asked: Asked<'_>) -> Entry {
    let route = format!("{} {}", asked.method, asked.path);
    let trace = trail::trace(app, visitor.origin.clone(), asked.extensions.get::<RequestId>());
    let who = Who::Person(Text::of(&visitor.name));
    let entry = trail::entry(trace, who, "request", Subject::of("route", &route));
    let why = Some(Text::of(&format!("it needs the permission {permission}")));
    Entry { outcome: Outcome::Refused, detail: Detail { why, ..Detail::default() }, ..entry }
}

/// Writes into the document what a route needs.
fn name_permission(paths: &mut Paths, permission: Permission) {
    for operation in paths.paths.values_mut().flat_map(operations) {
        operation.extensions = Some(ExtensionsBuilder::new().add("x-permission", permission.name()).build());
        operation.security = Some(vec![SecurityRequirement::new(COOKIE, Vec::<String>::new())]);
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, put, post, delete, options, head, patch, trace, .. } = item;
    [get, put, post, delete, options, head, patch, trace].into_iter().flatten()
}
