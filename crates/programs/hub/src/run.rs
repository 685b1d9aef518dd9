//! The whole program: opens the store, starts the jobs, serves until it is told to stop.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use identify::Knowledge;
use model::{Batch, SensorId};
use store::{Location, Store};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{interval, timeout};
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate as _};

use crate::app::{App, Setup};
use crate::authority::Authority;
use crate::retention::Retention;
use crate::scrape::MetricsToken;
use crate::serve::{Peer, Tls};
use crate::world::World;
use crate::{Error, api, auth, backup, certificate, derive, files, ingest, remote, signing};

/// How the hub runs.
#[derive(Debug)]
pub struct Options {
    /// Folder of everything that it keeps: made if there is none.
    pub data: PathBuf,
    /// Where it listens.
    pub listen: SocketAddr,
    /// Where it listens for sensors on other machines, if it does.
    pub sensors: Option<SocketAddr>,
    /// HTTP without encryption; on this machine only.
    pub insecure_http: bool,
    /// `postgres://..` instead of a file in `data`.
    pub store_url: Option<String>,
    /// Clock and chance.
    pub world: World,
    /// For how long what happened in which hour is kept.
    pub retention: Retention,
    /// What opens `/metrics` without a session.
    pub metrics_token: Option<MetricsToken>,
}

/// What there is to say when the hub runs.
#[derive(Debug, Clone)]
pub struct Started {
    /// Where it listens.
    pub address: SocketAddr,
    /// What to open in a browser.
    pub url: String,
    /// SHA-256 of its certificate, if it has one.
    pub fingerprint: Option<String>,
    /// The account that was just made, with its password, which is kept nowhere and shown this once.
    pub first_login: Option<FirstLogin>,
    /// Where it listens for sensors on other machines, if it does.
    pub sensor_listener: Option<SocketAddr>,
    /// The sensors that reported before, each with the number of its last batch.
    pub sensors: Vec<(SensorId, u64)>,
}

/// A login that can be used at once. It is not printed by accident.
#[derive(Clone)]
pub struct FirstLogin {
    /// Name of the account.
    pub name: String,
    /// Its password.
    pub password: String,
}

/// Sessions that are over are forgotten this often.
const SWEEP: Duration = Duration::from_secs(10 * 60);
/// Requests that run when the hub stops get so long to end, and so do batches.
const GRACE: Duration = Duration::from_secs(10);

/// Runs the hub until `shutdown` ends. `started` is told once, when it listens.
///
/// # Errors
/// When it cannot start, or cannot close what it keeps.
pub async fn run(
    options: Options,
    batches: mpsc::Receiver<Batch>,
    started: impl FnOnce(Started),
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Error> {
    if options.insecure_http && !options.listen.ip().is_loopback() {
        return Err(Error::InsecureBeyondLoopback(options.listen));
    }
    files::folder(&options.data)?;
    let _held = files::lock(&options.data)?;
    backup::sweep(&options.data)?;
    let knowledge = knowledge().await?;
    let (store, store_kind) = open(&options).await?;
    let world = options.world.clone();
    let (data, metrics_token) = (options.data.clone(), options.metrics_token.clone());
    let authority = options.sensors.map(|_| Authority::open(&options.world, &options.data)).transpose()?;
    let secure = !options.insecure_http;
    let nobody = auth::hash(&world, &auth::random(&world)?)?;
    let app = App::new(Setup { store, store_kind, world, secure, data, metrics_token, authority, nobody });
    let address = options.listen;
    let refuse = |source| Error::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(refuse)?;
    let address = listener.local_addr().map_err(refuse)?;
    let first_login = api::first_account(&app).await?.map(|(name, password)| FirstLogin { name, password });
    let rows = app.store.sensors().await?;
    let sensors = rows.into_iter().map(|row| (row.id, row.sequence)).collect();
    let key = signing::key(&options.world, &options.data)?;
    app.audit_key.get_or_init(|| key.public());
    let jobs = Jobs {
        sign: tokio::spawn(signing::run(app.clone(), Arc::clone(&key))),
        ingest: tokio::spawn(ingest::run(app.clone(), batches)),
        derive: tokio::spawn(derive::run(app.clone(), Arc::new(knowledge))),
        sweep: tokio::spawn(sweep(app.clone(), options.retention)),
    };
    let server = serve(&options, &app, listener)?;
    let remote = listen_for_sensors(&options, &app).await?;
    let (sensor_listener, remote) =
        remote.map_or((None, None), |(address, task)| (Some(address), Some(task)));
    let scheme = if options.insecure_http { "http" } else { "https" };
    let Server { task, fingerprint } = server;
    let url = format!("{scheme}://{address}/");
    started(Started { address, url, fingerprint, first_login, sensor_listener, sensors });
    shutdown.await;
    app.stopping.send_replace(true);
    // Who still holds a connection after that loses it.
    drop(timeout(GRACE, task).await);
    if let Some(remote) = remote {
        drop(timeout(GRACE, remote).await);
    }
    jobs.end().await;
    signing::sign_all(&app, &key).await?;
    app.store.close().await?;
    Ok(())
}

/// The jobs beside the server.
struct Jobs {
    ingest: JoinHandle<()>,
    derive: JoinHandle<()>,
    sweep: JoinHandle<()>,
    sign: JoinHandle<()>,
}

struct Server {
    task: JoinHandle<()>,
    fingerprint: Option<String>,
}

impl Jobs {
    /// Batches that are on their way are still taken, as long as somebody sends.
    async fn end(self) {
        self.sweep.abort();
        self.sign.abort();
        drop(timeout(GRACE, self.ingest).await);
        drop(timeout(GRACE, self.derive).await);
    }
}

/// Everything that the hub answers.
pub(crate) fn service(app: &App) -> Router {
    // What is encrypted does not get smaller.
    let is_worth_it = DefaultPredicate::new().and(NotForContentType::const_new("application/octet-stream"));
    api::router(app).layer(CompressionLayer::new().compress_when(is_worth_it))
}

fn serve(options: &Options, app: &App, listener: TcpListener) -> Result<Server, Error> {
    let service = service(app).into_make_service_with_connect_info::<Peer>();
    let stopped = app.clone();
    let stop = async move { stopped.stopped().await };
    let ended = |outcome: std::io::Result<()>| {
        if let Err(error) = outcome {
            tracing::error!(%error, "the server broke off");
        }
    };
    if options.insecure_http {
        let server = axum::serve(listener, service).with_graceful_shutdown(stop);
        let task = tokio::spawn(async move { ended(server.await) });
        return Ok(Server { task, fingerprint: None });
    }
    let (config, fingerprint) = certificate::config(&options.world, &options.data, options.listen.ip())?;
    let address = options.listen;
    let tls = Tls::new(listener, config).map_err(|source| Error::Listen { address, source })?;
    let server = axum::serve(tls, service).with_graceful_shutdown(stop);
    let task = tokio::spawn(async move { ended(server.await) });
    Ok(Server { task, fingerprint: Some(fingerprint) })
}

/// Serves sensors on other machines, if it should; says where.
async fn listen_for_sensors(
    options: &Options,
    app: &App,
) -> Result<Option<(SocketAddr, JoinHandle<()>)>, Error> {
    let (Some(address), Some(authority)) = (options.sensors, &app.authority) else { return Ok(None) };
    let refuse = |source| Error::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(refuse)?;
    let bound = listener.local_addr().map_err(refuse)?;
    app.sensor_port.get_or_init(|| bound.port());
    Ok(Some((bound, remote::listen(app, authority, listener)?)))
}

async fn sweep(app: App, retention: Retention) {
    let mut ticks = interval(SWEEP);
    loop {
        ticks.tick().await;
        if let Err(error) = app.sessions.sweep(&app.store, app.world.steady()).await {
            tracing::error!(%error, "cannot forget old sessions");
        }
        if let Err(error) = app.store.forget_enrolments(app.world.steady()).await {
            tracing::error!(%error, "cannot forget expired tokens");
        }
        if let Err(error) = retention.keep(&app).await {
            tracing::error!(%error, "cannot forget old hours of conversations");
        }
    }
}

async fn knowledge() -> Result<Knowledge, Error> {
    let read = tokio::task::spawn_blocking(Knowledge::builtin);
    let read = read.await.map_err(|error| Error::Broken(Arc::new(error)))?;
    read.map_err(|faults| Error::Knowledge(format!("{faults:?}")))
}

async fn open(options: &Options) -> Result<(Store, &'static str), Error> {
    let (location, key, kind) = match &options.store_url {
        Some(url) => (Location::Postgres(url.clone()), None, "PostgreSQL"),
        None => {
            let key = files::store_key(&options.world, &options.data.join(backup::KEY))?;
            (Location::Sqlite(options.data.join(backup::DATABASE)), Some(key), "SQLite, encrypted")
        }
    };
    let (fields, protocols) = names();
    let options = store::Options { location, key, fields: &fields, protocols: &protocols };
    Ok((Store::open(options).await?, kind))
}

/// Every field and protocol that this version knows.
pub(crate) fn names() -> (Vec<&'static str>, Vec<&'static str>) {
    let fields = identify::fact::known_fields(dissect::fields());
    (fields.into_iter().map(model::Field::name).collect(), dissect::names().into_iter().collect())
}

impl std::fmt::Debug for FirstLogin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FirstLogin").field("name", &self.name).finish_non_exhaustive()
    }
}
