//! The hub: its service for sensors on a store in memory-backed files, and who breaks it.

use std::fs::{self, OpenOptions};
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, header};
use http_body_util::BodyExt as _;
use relay::HubAnswer;
use rustls::pki_types::CertificateDer;
use store::{Location, SensorRow, Store};
use tempfile::TempDir;
use tower::ServiceExt as _;

use crate::app::{App, Setup};
use crate::authority::Authority;
use crate::remote::{self, SensorPeer};
use crate::tests::support::{Dice as Chance, Hand, NOBODY};
use crate::world::World;

/// A hub that runs.
pub(super) struct Place {
    pub(super) app: App,
    service: Router,
    folder: TempDir,
}

/// A store as it lies on the disk.
pub(super) struct Image(TempDir);

/// A folder in memory where there is one: what the disk makes durable is what a simulation decides.
pub(super) fn root() -> PathBuf {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() }
}

async fn open_store(folder: &Path) -> Store {
    let (fields, protocols) = crate::run::names();
    let options = store::Options {
        location: Location::Sqlite(folder.join("bedrail.db")),
        key: Some(store::Key::new([7; 32])),
        fields: &fields,
        protocols: &protocols,
    };
    Store::open(options).await.expect("a store that opens")
}

fn copy(from: &Path) -> TempDir {
    let to = TempDir::new_in(root()).expect("a folder");
    for name in ["bedrail.db", "bedrail.db-wal", "ca.pem", "ca.key"] {
        // A closed store has no log.
        if from.join(name).exists() {
            fs::copy(from.join(name), to.path().join(name)).expect("copied");
        }
    }
    to
}

impl Image {
    /// An empty store and an authority: made once, and every simulation begins with a copy.
    pub(super) async fn fresh() -> Self {
        let folder = TempDir::new_in(root()).expect("a folder");
        let store = open_store(folder.path()).await;
        let world = World::new(Arc::new(Hand::at(super::BEGIN_S)), Arc::new(Chance(AtomicU64::new(1))));
        Authority::open(&world, folder.path()).expect("an authority");
        let user = store::User {
            name: "admin".to_owned(),
            role: "admin".to_owned(),
            password: store::PasswordHash(NOBODY.to_owned()),
            created: world.now(),
            last_visit: None,
            version: 1,
        };
        store.create_user(user, crate::tests::support::decision()).await.expect("an account");
        store.close().await.expect("closed");
        Self(folder)
    }

    /// Its log ends here: what follows was not on the disk.
    pub(super) fn cut_log(&self, length: u64) {
        let file = OpenOptions::new().write(true).open(self.0.path().join("bedrail.db-wal"));
        file.and_then(|file| file.set_len(length)).expect("cut");
    }

    pub(super) fn again(&self) -> Self {
        Self(copy(self.0.path()))
    }
}

impl Place {
    pub(super) async fn open(image: Image, clock: &Arc<Hand>, chance: u64) -> Self {
        let Image(folder) = image;
        let world = World::new(clock.clone(), Arc::new(Chance(AtomicU64::new(chance))));
        let authority = Authority::open(&world, folder.path()).expect("an authority");
        let setup = Setup {
            store: open_store(folder.path()).await,
            store_kind: "SQLite, encrypted",
            world,
            secure: true,
            authority: Some(authority),
            data: folder.path().to_owned(),
            nobody: NOBODY.to_owned(),
            metrics_token: None,
        };
        let app = App::new(setup);
        let service = remote::router(&app);
        Self { app, service, folder }
    }

    /// What would be there if the power went now.
    pub(super) fn image(&self) -> Image {
        Image(copy(self.folder.path()))
    }

    /// Bytes of the log.
    pub(super) fn log(&self) -> u64 {
        fs::metadata(self.folder.path().join("bedrail.db-wal")).map_or(0, |file| file.len())
    }

    /// An orderly end.
    pub(super) async fn close(self) -> Image {
        self.app.store.close().await.expect("closed");
        self.image()
    }

    /// What it answers to who shows this certificate.
    pub(super) async fn ask(
        &self,
        path: &str,
        kind: &str,
        body: Vec<u8>,
        certificate: Option<CertificateDer<'static>>,
    ) -> HubAnswer {
        let peer = SensorPeer::new(SocketAddr::from(([10, 0, 0, 7], 40_000)), certificate);
        let request = Request::builder().method(Method::POST).uri(path).header(header::CONTENT_TYPE, kind);
        let mut request = request.body(Body::from(body)).expect("a request");
        request.extensions_mut().insert(ConnectInfo(peer));
        let (parts, body) = self.service.clone().oneshot(request).await.expect("an answer").into_parts();
        HubAnswer::new(parts.status, body.collect().await.expect("a body").to_bytes())
    }

    pub(super) async fn row(&self, sensor: &model::SensorId) -> SensorRow {
        let rows = self.app.store.sensors().await.expect("read");
        rows.into_iter().find(|row| row.id == *sensor).unwrap_or_else(|| SensorRow {
            id: sensor.clone(),
            sequence: 0,
            until: model::Timestamp::default(),
            frames: 0,
            dropped: 0,
            lost_batches: 0,
        })
    }

    /// Somebody logs in; gives the cookie.
    pub(super) async fn log_in(&self) -> HeaderMap {
        let user = self.app.store.user_by_name("admin").await.expect("read").expect("an account");
        let begun =
            self.app.sessions.begin(&self.app.store, &self.app.world, &user, store::Trace::default()).await;
        let (secret, _) = begun.unwrap_or_else(|_| panic!("no session"));
        let cookie = crate::auth::cookie(&secret, true);
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, cookie.split(';').next().expect("a cookie").parse().expect("text"));
        headers
    }

    pub(super) async fn is_logged_in(&self, headers: &HeaderMap) -> bool {
        self.app.visitor(headers).await.unwrap_or_else(|_| panic!("not asked")).is_some()
    }

    /// Seconds that this account has to wait for its next try.
    pub(super) fn wait_s(&self) -> u64 {
        let limiter = self.app.limiter.lock().expect("a limiter");
        limiter.wait_s("admin", HERE, self.app.world.steady())
    }

    pub(super) fn fail_to_log_in(&self, times: u32) {
        let mut limiter = self.app.limiter.lock().expect("a limiter");
        (0..times).for_each(|_| limiter.tried("admin", HERE, self.app.world.steady()));
    }
}

const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 9));
