//! The hub: takes what sensors report, keeps the inventory, shows it over HTTP.
//!
//! [`run`] is the whole program. Two jobs beside the server: `ingest` writes batches into the store, `derive` makes the
//! inventory from what is stored and records every change. Each route names the permission that it needs; nothing
//! but the login, the two probes and the empty shell of the UI answers who is not logged in.

mod api;
mod app;
mod auth;
mod authority;
pub mod backup;
mod certificate;
mod derive;
mod door;
mod envelope;
mod error;
mod events;
mod exchange;
mod extract;
mod files;
mod filter;
mod idempotency;
mod ingest;
mod metrics;
mod operations;
mod picture;
mod problem;
mod remote;
mod retention;
mod run;
mod scrape;
mod sensors;
mod serve;
mod shell;
mod signing;
mod statements;
mod trail;
mod world;

#[cfg(test)]
mod tests;

use app::App;
pub use error::Error;
pub use files::is_in_use;
pub use retention::Retention;
pub use run::{FirstLogin, Options, Started, run};
pub use scrape::MetricsToken;
pub use world::{Chance, Clock, NoChance, World};

/// The OpenAPI document that is committed, as text.
///
/// # Errors
/// When it cannot be written as JSON.
pub(crate) fn openapi_json(app: &App) -> Result<String, serde_json::Error> {
    api::document(app.clone()).to_pretty_json().map(|text| text + "\n")
}
