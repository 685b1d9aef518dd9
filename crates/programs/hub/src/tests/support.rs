//! A hub in a folder that goes away, with a clock that is set by hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use identify::Knowledge;
use model::{
    Batch, Conversation, ConversationHour, ConversationKey, Endpoint, Field, MacAddr, Observation, Sighting,
    Timestamp, Weakness, WeaknessSighting,
};
use serde_json::Value;
use store::{Location, Store};
use tempfile::TempDir;
use tower::ServiceExt as _;

use crate::app::{App, Setup};
use crate::authority::Authority;
use crate::derive::Ledger;
use crate::world::{Chance, Clock, NoChance, World};

/// Where the clock begins: 2026-01-01.
const BEGIN_S: u64 = 1_767_225_600;

/// Opens `/metrics`.
pub(super) const METRICS_TOKEN: &str = "0123456789abcdef0123456789abcdef\n";

/// Hash of a password that nobody has, with the parameters of every other one.
pub(super) const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A hub without jobs; tests derive when they want to.
pub(super) struct Hub {
    pub(super) app: App,
    pub(super) clock: Arc<Hand>,
    pub(super) password: String,
    service: Router,
    knowledge: Arc<Knowledge>,
    _folder: TempDir,
}

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub(super) struct Hand {
    wall: AtomicU64,
    running: AtomicU64,
}

/// Numbers from a seed.
pub(super) struct Dice(pub(super) AtomicU64);

/// An answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
}

/// Somebody who is logged in.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) cookie: String,
    pub(super) csrf: String,
}

impl Hand {
    pub(super) fn at(second: u64) -> Self {
        Self { wall: AtomicU64::new(second * 1_000_000_000), running: AtomicU64::new(0) }
    }

    /// Time passes.
    pub(super) fn advance_s(&self, seconds: u64) {
        self.wall.fetch_add(seconds * 1_000_000_000, Ordering::Relaxed);
        self.running.fetch_add(seconds * 1_000_000_000, Ordering::Relaxed);
    }

    /// Somebody sets the clock.
    pub(super) fn go_back_s(&self, seconds: u64) {
        self.wall.fetch_sub(seconds * 1_000_000_000, Ordering::Relaxed);
    }

    /// It runs for so long and shows this.
    pub(super) fn set(&self, running: Duration, wall: Timestamp) {
        let nanos = u64::try_from(running.as_nanos()).expect("less than five centuries");
        self.running.store(nanos, Ordering::Relaxed);
        self.wall.store(wall.nanos(), Ordering::Relaxed);
    }
}

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        Timestamp::from_nanos(self.wall.load(Ordering::Relaxed))
    }

    fn running(&self) -> Duration {
        Duration::from_nanos(self.running.load(Ordering::Relaxed))
    }
}

impl Chance for Dice {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoChance> {
        for chunk in bytes.chunks_mut(8) {
            // SplitMix64.
            let state = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
            let mixed = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&mixed.to_le_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}

impl Hub {
    pub(super) async fn new() -> Self {
        Self::begun_at(BEGIN_S).await
    }

    /// With a clock that begins at this second since 1970.
    pub(super) async fn begun_at(second: u64) -> Self {
        let folder = TempDir::new().expect("a folder");
        let (fields, protocols) = crate::run::names();
        let options = store::Options {
            location: Location::Sqlite(folder.path().join("bedrail.db")),
            key: Some(store::Key::new([7; 32])),
            fields: &fields,
            protocols: &protocols,
        };
        let store = Store::open(options).await.expect("a store");
        let clock = Arc::new(Hand::at(second));
        let world = World::new(clock.clone(), Arc::new(Dice(AtomicU64::new(1))));
        let token = folder.path().join("token");
        std::fs::write(&token, METRICS_TOKEN).expect("written");
        let authority = Some(Authority::open(&world, folder.path()).expect("an authority"));
        let setup = Setup {
            store,
            store_kind: "SQLite, encrypted",
            world,
            secure: true,
            authority,
            data: folder.path().to_owned(),
            nobody: NOBODY.to_owned(),
            metrics_token: Some(crate::MetricsToken::from_file(&token).expect("a token")),
        };
        let app = App::new(setup);
        let first = crate::api::first_account(&app).await.expect("an account").expect("the first");
        let service = crate::run::service(&app);
        let knowledge = Arc::new(Knowledge::builtin().expect("rules"));
        Self { app, clock, password: first.1, service, knowledge, _folder: folder }
    }

    /// With a first derivation done.
    pub(super) async fn ready() -> Self {
        let hub = Self::new().await;
        hub.derive().await;
        hub
    }

    /// A derivation as after a start.
    pub(super) async fn derive(&self) {
        self.derive_with(&mut None).await;
    }

    /// A derivation after others.
    pub(super) async fn derive_with(&self, ledger: &mut Option<Ledger>) {
        crate::derive::derive(&self.app, &self.knowledge, ledger).await.expect("a derivation");
    }

    /// What follows when something was stated.
    pub(super) async fn relist(&self, ledger: &mut Option<Ledger>) {
        crate::derive::relist(&self.app, ledger).await.expect("listed anew");
    }

    pub(super) fn knowledge(&self) -> Arc<Knowledge> {
        Arc::clone(&self.knowledge)
    }

    pub(super) async fn ingest(&self, batch: &Batch) {
        assert!(self.app.store.ingest(batch).await.expect("ingested").fresh);
        self.app.arrivals.note(&batch.sensor, self.app.world.moment(), batch.until);
    }

    pub(super) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.service.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a body").to_bytes();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status: parts.status, headers: parts.headers, text }
    }

    /// The answer as it begins: its body may never end.
    pub(super) async fn open(&self, request: Request<Body>) -> axum::response::Response {
        self.service.clone().oneshot(request).await.expect("an answer")
    }

    pub(super) async fn log_in_with(&self, name: &str, password: &str) -> Answer {
        let body = serde_json::json!({ "name": name, "password": password });
        self.send(json(Method::POST, "/api/v1/session", &body, None)).await
    }

    pub(super) async fn log_in(&self) -> Person {
        self.log_in_as("admin", &self.password).await
    }

    pub(super) async fn log_in_as(&self, name: &str, password: &str) -> Person {
        let answer = self.log_in_with(name, password).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        let cookie = answer.headers["set-cookie"].to_str().expect("text");
        let cookie = cookie.split(';').next().expect("a cookie").to_owned();
        let csrf = answer.json()["csrf_token"].as_str().expect("a token").to_owned();
        Person { cookie, csrf }
    }

    /// A write that is done once for its key.
    pub(super) async fn post(&self, person: &Person, path: &str, key: &str, body: &Value) -> Answer {
        let mut request = json(Method::POST, path, body, Some(person));
        request.headers_mut().insert("idempotency-key", key.parse().expect("a header"));
        self.send(request).await
    }

    /// A write for a version.
    pub(super) async fn write(
        &self,
        person: &Person,
        method: Method,
        path: &str,
        tag: &str,
        body: &Value,
    ) -> Answer {
        let mut request = json(method, path, body, Some(person));
        request.headers_mut().insert("if-match", tag.parse().expect("a header"));
        self.send(request).await
    }

    pub(super) async fn get(&self, person: &Person, path: &str) -> Answer {
        self.send(get(path, Some(person))).await
    }
}

impl Answer {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// Fails unless it is an error of this status at this place.
    pub(super) fn assert_problem(&self, status: u16, pointer: Option<&str>) {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        assert_eq!(self.headers["content-type"], "application/problem+json", "{}", self.text);
        let json = self.json();
        assert_eq!(json["status"], status);
        assert!(json["title"].is_string() && json["detail"].is_string(), "{}", self.text);
        if let Some(pointer) = pointer {
            assert_eq!(json["errors"][0]["pointer"], pointer, "{}", self.text);
        }
    }
}

pub(super) fn get(path: &str, person: Option<&Person>) -> Request<Body> {
    let mut request = Request::builder().uri(path);
    if let Some(person) = person {
        request = request.header("cookie", &person.cookie);
    }
    request.body(Body::empty()).expect("a request")
}

pub(super) fn json(method: Method, path: &str, body: &Value, person: Option<&Person>) -> Request<Body> {
    text(method, path, body.to_string(), person)
}

pub(super) fn text(method: Method, path: &str, body: String, person: Option<&Person>) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path).header("content-type", "application/json");
    if let Some(person) = person {
        request = request.header("cookie", &person.cookie).header("x-csrf-token", &person.csrf);
    }
    request.body(Body::from(body)).expect("a request")
}

/// Somebody decides something.
pub(super) fn decision() -> store::Decision {
    let actor = model::Actor::Person("ines".to_owned());
    store::Decision {
        actor,
        at: at(0),
        why: "a test".to_owned(),
        request: None,
        origin: audit::Origin::default(),
    }
}

/// A station in 10.0.1.0/24 with a MAC address of its own.
pub(super) fn station(last: u8) -> Endpoint {
    let ip = std::net::IpAddr::from([10, 0, 1, last]);
    Endpoint { mac: Some(MacAddr::new([0x00, 0x09, 0xfb, 0, 0, last])), ip: Some(ip) }
}

pub(super) fn at(seconds: u64) -> Timestamp {
    Timestamp::from_nanos((BEGIN_S + seconds) * 1_000_000_000)
}

/// An empty batch.
pub(super) fn batch(sequence: u64) -> Batch {
    Batch {
        sensor: "sen_ward".parse().expect("an id"),
        sequence,
        until: at(sequence),
        sightings: Vec::new(),
        claims: Vec::new(),
        observations: Vec::new(),
        weaknesses: Vec::new(),
        conversations: Vec::new(),
        frames: 100,
        dropped: 0,
    }
}

pub(super) fn sighting(last: u8, seen: u64) -> Sighting {
    Sighting {
        endpoint: station(last),
        first_frame: u64::from(last),
        first_seen: at(seen),
        last_seen: at(seen),
        packets_sent: 3,
        packets_received: 2,
        hops: Some(0),
        vlan: None,
    }
}

pub(super) fn says(last: u8, field: &'static str, value: &str, frame: u64) -> Observation {
    Observation {
        frame,
        at: at(1),
        endpoint: station(last),
        field: Field::new(field),
        value: value.to_owned(),
        last_frame: frame,
        count: 1,
    }
}

/// DICOM in clear from one station to another.
pub(super) fn dicom(from: u8, to: u8) -> ConversationHour {
    let conversation = Conversation {
        key: ConversationKey {
            originator: station(from),
            responder: station(to),
            transport: 6,
            port: 104,
            protocol: Some("dicom"),
        },
        flows: 2,
        packets: [5, 4],
        bytes: [500, 400],
        first_frame: 10,
        first_seen: at(1),
        last_seen: at(2),
        encrypted: false,
        patient_data: true,
        weaknesses: Weakness::CleartextPatientData.bit(),
        lost_bytes: 0,
    };
    ConversationHour { hour: at(1).hour(), conversation }
}

pub(super) fn cleartext(last: u8) -> WeaknessSighting {
    WeaknessSighting {
        endpoint: station(last),
        weakness: Weakness::CleartextPatientData,
        field: Field::new("dicom.command"),
        frame: 12,
        at: at(1),
        count: 1,
    }
}

/// Two stations, one of which has a name, and images that go between them.
pub(super) fn ward() -> Batch {
    Batch {
        sightings: vec![sighting(1, 1), sighting(2, 1)],
        observations: vec![says(1, "dhcp.option.hostname", "ct-room-4", 3)],
        conversations: vec![dicom(1, 2)],
        ..batch(1)
    }
}
