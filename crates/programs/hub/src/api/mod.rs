//! The routes. Each is behind the door with what it needs; the few that are open are named here.

mod act;
mod adjustments;
mod audit_log;
mod backups;
mod campaigns;
mod changes;
mod clinical;
mod convert;
mod device;
mod devices;
mod events;
mod exchange;
mod filter;
mod labels;
mod models;
mod operations;
mod quarantine;
pub(crate) mod sensor_view;
mod sensors;
mod session;
mod site;
mod system;
mod users;
pub(crate) mod view;
mod views;
mod whole;
mod windows;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::auth::{COOKIE, Permission};
use crate::door::{Doors, METRICS_TOKEN};
use crate::problem::Problem;
use crate::{envelope, shell};

pub(crate) use session::first_account;

/// Bytes of a request's body.
const BODY_MAX: usize = 1024 * 1024;
/// Bytes of an import: some 100,000 rows of a CMMS.
const IMPORT_MAX: usize = 32 * 1024 * 1024;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Bedrail hub",
        version = "1",
        description = "The inventory of a hospital's networked devices.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    servers((url = "/"))
)]
struct Document;

/// Everything that the hub answers.
pub(crate) fn router(app: &App) -> Router {
    let (router, _) = doors(app.clone()).split_for_parts();
    let unknown = any(unknown_route).layer(middleware::from_fn_with_state(app.clone(), behind_login));
    router
        .route("/api", unknown.clone())
        .route("/api/{*rest}", unknown)
        .method_not_allowed_fallback(wrong_method)
        .fallback(shell::serve)
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .layer(CatchPanicLayer::new())
        .layer(middleware::from_fn_with_state(app.clone(), envelope::wrap))
        .with_state(app.clone())
}

/// The OpenAPI document.
pub(crate) fn document(app: App) -> utoipa::openapi::OpenApi {
    let mut document = doors(app).into_openapi();
    let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(COOKIE)));
    let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    let schemes = &mut document.components.get_or_insert_default().security_schemes;
    schemes.insert(COOKIE.to_owned(), cookie.into());
    schemes.insert(METRICS_TOKEN.to_owned(), bearer.into());
    document
}

fn doors(app: App) -> OpenApiRouter<App> {
    use Permission::{
        AssertAttributes, ChangeLifecycle, ManageBackups, ManageSensors, OwnSession, ReadChanges,
        ReadInventory, ReadSensors, ReadSystem,
    };
    let doors = Doors::new(app, OpenApiRouter::with_openapi(Document::openapi()))
        .open(routes!(session::log_in))
        .open(routes!(system::livez))
        .open(routes!(system::readyz))
        .guarded(OwnSession, routes!(session::session, session::log_out))
        .guarded(ReadInventory, routes!(whole::summary))
        .guarded(ReadInventory, routes!(whole::map))
        .guarded(ReadInventory, routes!(devices::devices))
        .guarded(ReadInventory, routes!(devices::facets))
        .guarded(ChangeLifecycle, routes!(devices::set_lifecycle))
        .guarded(ReadInventory, routes!(device::device))
        .guarded(AssertAttributes, routes!(device::assert))
        .guarded(ReadInventory, routes!(device::conversations))
        .guarded(ReadChanges, routes!(changes::device_changes))
        .guarded(ReadChanges, routes!(changes::changes))
        .guarded(ReadSensors, routes!(sensors::sensors))
        .guarded(ManageSensors, routes!(sensors::enrolments, sensors::enrol))
        .guarded(ManageSensors, routes!(sensors::cancel_enrolment))
        .guarded(ManageSensors, routes!(sensors::revoke))
        .guarded(ReadInventory, routes!(events::events))
        .guarded(OwnSession, routes!(system::about))
        .guarded(OwnSession, routes!(system::openapi))
        .scraped(ReadSystem, routes!(system::metrics))
        .guarded(ManageBackups, routes!(backups::backups, backups::make))
        .guarded(ManageBackups, routes!(backups::fetch, backups::remove))
        .guarded(OwnSession, routes!(operations::operation));
    people_doors(management_doors(doors)).into_router()
}

/// What is done to the inventory and with it.
fn management_doors(doors: Doors) -> Doors {
    use Permission::{
        AnswerAudits, AssertAttributes, ChangeModelDefaults, ChangeQuarantine, ManageAudits, MergeDevices,
        PlanChanges, ReadInventory, ReportPatientState, SaveViews,
    };
    doors
        .guarded(ReadInventory, routes!(exchange::export))
        .guarded(ReadInventory, routes!(exchange::devices_as_fhir))
        .guarded(ReadInventory, routes!(exchange::device_as_fhir))
        .guarded_with_body(AssertAttributes, IMPORT_MAX, routes!(exchange::import_file))
        .guarded(ChangeQuarantine, routes!(quarantine::set_quarantined))
        .guarded(ReadInventory, routes!(adjustments::adjustments))
        .guarded(MergeDevices, routes!(adjustments::merge_devices))
        .guarded(MergeDevices, routes!(adjustments::split_device))
        .guarded(MergeDevices, routes!(adjustments::undo_adjustment))
        .guarded(AssertAttributes, routes!(labels::set_labels))
        .guarded(ReadInventory, routes!(windows::windows))
        .guarded(ReadInventory, routes!(windows::window))
        .guarded(PlanChanges, routes!(windows::create_window))
        .guarded(PlanChanges, routes!(windows::cancel_window))
        .guarded(ReadInventory, routes!(campaigns::campaigns))
        .guarded(ReadInventory, routes!(campaigns::campaign))
        .guarded(ReadInventory, routes!(campaigns::campaign_items))
        .guarded(ManageAudits, routes!(campaigns::create_campaign))
        .guarded(AnswerAudits, routes!(campaigns::answer_campaign))
        .guarded(ManageAudits, routes!(campaigns::sign_off_campaign))
        .guarded(SaveViews, routes!(views::saved_views, views::create_view))
        .guarded(SaveViews, routes!(views::saved_view, views::change_view, views::delete_view))
        .guarded(ReportPatientState, routes!(clinical::report_patient))
        .guarded(ReadInventory, routes!(models::models))
        .guarded(ReadInventory, routes!(models::model))
        .guarded(ChangeModelDefaults, routes!(models::create_model))
        .guarded(ChangeModelDefaults, routes!(models::change_model))
}

/// Accounts, and what is done to them.
fn people_doors(doors: Doors) -> Doors {
    use Permission::{ManageAccounts, OwnSession, ReadAuditLog, ReadSiteChanges};
    doors
        .guarded(OwnSession, routes!(users::set_own_password))
        .guarded(ManageAccounts, routes!(users::users, users::create_user))
        .guarded(ManageAccounts, routes!(users::user))
        .guarded(ManageAccounts, routes!(users::set_user_role))
        .guarded(ManageAccounts, routes!(users::set_user_password))
        .guarded(ReadSiteChanges, routes!(site::site_changes))
        .guarded(ReadAuditLog, routes!(audit_log::audit_log))
        .guarded(ReadAuditLog, routes!(audit_log::export_audit_log))
        .guarded(ReadAuditLog, routes!(audit_log::verify_audit_log))
}

/// Who is not logged in does not learn which addresses there are.
async fn behind_login(State(app): State<App>, request: Request, next: middleware::Next) -> Response {
    match app.visitor(request.headers()).await {
        Ok(Some(_)) => next.run(request).await,
        Ok(None) => Problem::not_logged_in().into_response(),
        Err(problem) => problem.into_response(),
    }
}

async fn unknown_route(request: Request) -> Problem {
    Problem::not_found(format!("there is no `{}`", request.uri().path()))
}

async fn wrong_method(method: Method, request: Request) -> Problem {
    let detail = format!("`{}` does not know {method}", request.uri().path());
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method not allowed", detail)
}
