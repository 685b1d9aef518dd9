//! Sensors on other machines: real TLS on this machine's own address.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::http::StatusCode;
use model::{Batch, SensorId, Timestamp};
use relay::message::{
    Acknowledged, BATCHES, ENROL, Expected, Known, RENEW, SHIPMENT_TYPE, STATE, Shipment, StateReport,
};
use relay::{
    Backoff, Client, ClientError, HubAddress, Identity, Limits, SharedSpool, Shipping, Spool, Token,
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::support::{Hub, ward};
use crate::remote;

mod chaos;
mod disk;
mod wire;

/// A hub of today that listens for sensors.
struct Remote {
    hub: Hub,
    address: SocketAddr,
    listening: JoinHandle<()>,
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    Timestamp::from_nanos(u64::try_from(since.as_nanos()).expect("before 2554"))
}

async fn listen(hub: &Hub, address: SocketAddr) -> (SocketAddr, JoinHandle<()>) {
    let listener = TcpListener::bind(address).await.expect("bound");
    let address = listener.local_addr().expect("an address");
    let authority = hub.app.authority.as_ref().expect("an authority");
    (address, remote::listen(&hub.app, authority, listener).expect("listening"))
}

impl Remote {
    async fn new() -> Self {
        let hub = Hub::begun_at(now().nanos() / 1_000_000_000).await;
        hub.derive().await;
        let (address, listening) = listen(&hub, SocketAddr::from(([127, 0, 0, 1], 0))).await;
        Self { hub, address, listening }
    }

    fn url(&self) -> HubAddress {
        url(self.address)
    }

    async fn token(&self) -> Token {
        let id = self.hub.app.world.uuid().expect("an id");
        let secret: [u8; 32] = self.hub.app.world.bytes().expect("bytes");
        let now = self.hub.app.world.now();
        let enrolment = store::Enrolment {
            hash: store::TokenHash(Token::hash(&secret)),
            sensor: format!("sen_{id}").parse().expect("an id"),
            name: "Ward 3".to_owned(),
            made_by: "admin".to_owned(),
            created: now,
            expires: Timestamp::from_nanos(now.nanos() + 3_600_000_000_000),
        };
        self.hub.app.store.put_enrolment(enrolment, crate::tests::support::decision()).await.expect("kept");
        Token { secret, authority: self.hub.app.authority.as_ref().expect("an authority").sha256() }
    }

    async fn enrolled(&self) -> Identity {
        relay::enrol(&self.url(), &self.token().await).await.expect("enrolled")
    }

    /// Sequence, frames, and lost batches of a sensor.
    async fn row(&self, identity: &Identity) -> (u64, u64, u64) {
        let rows = self.hub.app.store.sensors().await.expect("read");
        let row = rows.iter().find(|row| row.id.as_str() == identity.sensor);
        row.map_or((0, 0, 0), |row| (row.sequence, row.frames, row.lost_batches))
    }

    async fn revoke(&self, identity: &Identity) {
        let decision = store::Decision {
            actor: model::Actor::Person("admin".to_owned()),
            at: self.hub.app.world.now(),
            why: "stolen".to_owned(),
            request: None,
            origin: audit::Origin::default(),
        };
        let id = identity.sensor.parse().expect("an id");
        assert!(self.hub.app.store.revoke_sensor(id, decision).await.expect("written").is_some());
    }
}

fn url(address: SocketAddr) -> HubAddress {
    format!("https://{address}").parse().expect("an address")
}

/// Batch `sequence` of this sensor: 100 frames.
fn batch(sensor: &str, sequence: u64) -> Batch {
    Batch { sensor: sensor.parse::<SensorId>().expect("an id"), sequence, until: now(), ..ward() }
}

async fn send(client: &mut Client, batch: &Batch, gone_from: u64) -> relay::HubAnswer {
    let bytes = relay::encode(batch).expect("encoded");
    let shipment = Shipment { state: StateReport::default(), gone_from, batch: &bytes };
    client.post(BATCHES, SHIPMENT_TYPE, shipment.encode().expect("encoded")).await.expect("an answer")
}

fn refusal(outcome: Result<impl Sized, ClientError>) -> (u16, String) {
    match outcome.err().expect("refused") {
        ClientError::Refused { status, detail } => (status, detail),
        other => panic!("{other:?}"),
    }
}

/// A sensor's folder, with a spool, and what ships from it.
struct Sensor {
    temporary: TempDir,
    folder: std::path::PathBuf,
    spool: Arc<SharedSpool>,
    stop: watch::Sender<bool>,
    shipping: JoinHandle<Result<(), relay::ShipError>>,
    id: String,
}

impl Sensor {
    fn start(identity: Identity) -> Self {
        let temporary = TempDir::new().expect("a folder");
        let folder = temporary.path().to_owned();
        identity.write(&folder).expect("written");
        Spool::create(&folder.join("spool")).expect("a spool");
        let (spool, _) = Spool::open(&folder.join("spool"), Limits::DEFAULT).expect("opened");
        let (spool, id) = (SharedSpool::new(spool), identity.sensor.clone());
        let (stop, stopped) = watch::channel(false);
        let backoff = Backoff::new(Duration::from_millis(5), Duration::from_millis(50));
        let shipping = Shipping {
            spool: Arc::clone(&spool),
            identity,
            folder: folder.clone(),
            backoff,
            now,
            stop: stopped,
        };
        let shipping = tokio::spawn(relay::ship(shipping));
        Self { temporary, folder, spool, stop, shipping, id }
    }

    fn capture(&self, batches: u64) {
        for _ in 0..batches {
            let sequence = self.spool.with(|spool| spool.last()) + 1;
            let bytes = relay::encode(&batch(&self.id, sequence)).expect("encoded");
            self.spool.with(|spool| spool.append(sequence, 100, &bytes, now())).expect("kept");
            self.spool.filled();
        }
    }

    fn waiting(&self) -> u64 {
        self.spool.with(|spool| spool.backlog()).batches
    }

    async fn wait_until_sent(&self) {
        wait_for(async || self.waiting() == 0).await;
    }

    /// Its folder stays until it is dropped.
    async fn end(self) -> TempDir {
        self.stop.send_replace(true);
        self.shipping.await.expect("no panic").expect("a clean end");
        self.temporary
    }
}

/// Until something is true; a minute is an error.
async fn wait_for(condition: impl AsyncFn() -> bool) {
    let wait = async {
        while !condition().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), wait).await.expect("it never became true");
}

#[tokio::test]
async fn a_sensor_is_enrolled_and_ships() {
    let remote = Remote::new().await;
    let identity = remote.enrolled().await;
    assert_eq!(identity.name, "Ward 3");
    let days = (identity.ends_s - now().nanos() / 1_000_000_000) / 86_400;
    assert!((89..=90).contains(&days), "{days} days");
    let sensor = Sensor::start(identity.clone());
    sensor.capture(5);
    sensor.wait_until_sent().await;
    sensor.capture(1);
    sensor.wait_until_sent().await;
    assert_eq!(remote.row(&identity).await, (6, 600, 0));
    let person = remote.hub.log_in().await;
    let list = remote.hub.get(&person, "/api/v1/sensors").await.json();
    let view = &list["items"][0];
    assert_eq!((&view["state"], &view["name"]), (&json!("connected"), &json!("Ward 3")), "{view}");
    assert_eq!((&view["backlog"]["batches"], &view["lost_batches"]), (&json!(0), &json!(0)), "{view}");
    let folder = sensor.end().await;
    let status = relay::Status::read(folder.path()).expect("read").expect("written");
    assert_eq!((status.line, status.last_batch, status.waiting.batches), (relay::Line::Connected, 6, 0));
}

#[tokio::test]
async fn a_token_serves_once_for_an_hour_and_at_its_own_hub() {
    let (remote, other) = (Remote::new().await, Remote::new().await);
    let token = remote.token().await;
    relay::enrol(&remote.url(), &token).await.expect("enrolled");
    assert_eq!(refusal(relay::enrol(&remote.url(), &token).await).0, 403, "twice");
    let elsewhere = remote.token().await;
    let error = relay::enrol(&other.url(), &elsewhere).await.expect_err("another hub");
    assert!(
        matches!(&error, ClientError::Trust { source, .. } if source.to_string().contains("is not the hub")),
        "{error:?}"
    );
    let late = remote.token().await;
    remote.hub.clock.advance_s(3_600);
    assert_eq!(refusal(relay::enrol(&remote.url(), &late).await).0, 403, "late");
    assert_eq!(remote.hub.app.store.enrolled_sensors().await.expect("read").len(), 1);
}

#[tokio::test]
async fn tokens_cannot_be_guessed_for_long() {
    let remote = Remote::new().await;
    let good = remote.token().await;
    let statuses = async |token: Token| refusal(relay::enrol(&remote.url(), &token).await).0;
    for number in 0..5 {
        assert_eq!(statuses(Token { secret: [number; 32], ..good.clone() }).await, 403);
    }
    assert_eq!(statuses(good.clone()).await, 429, "even the right one");
    remote.hub.clock.advance_s(2);
    relay::enrol(&remote.url(), &good).await.expect("enrolled after a pause");
}

#[tokio::test]
async fn a_batch_counts_once_however_often_it_comes() {
    let remote = Remote::new().await;
    let identity = remote.enrolled().await;
    let mut client = Client::new(&identity).expect("a client");
    for (sequence, acknowledged) in [(1, 1), (1, 1), (2, 2), (1, 2), (2, 2), (3, 3)] {
        let answer = send(&mut client, &batch(&identity.sensor, sequence), sequence).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.json::<Acknowledged>().expect("an answer").acknowledged, acknowledged);
    }
    assert_eq!(remote.row(&identity).await, (3, 300, 0));
    let known: Known = client.ask(STATE, &StateReport::default()).await.expect("an answer");
    assert_eq!(known, Known { acknowledged: 3, frames: 300 });
}

#[tokio::test]
async fn a_gap_is_named_and_taken_when_nothing_else_is_left() {
    let remote = Remote::new().await;
    let identity = remote.enrolled().await;
    let mut client = Client::new(&identity).expect("a client");
    send(&mut client, &batch(&identity.sensor, 1), 1).await;
    let answer = send(&mut client, &batch(&identity.sensor, 4), 4).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert_eq!(answer.json::<Expected>().expect("an answer").expected, 2);
    assert_eq!(remote.row(&identity).await, (1, 100, 0), "nothing is given up yet");
    let answer = send(&mut client, &batch(&identity.sensor, 4), 2).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(remote.row(&identity).await, (4, 200, 2));
}

#[tokio::test]
async fn what_is_sent_again_after_its_acknowledgement_counts_once() {
    let remote = Remote::new().await;
    let identity = remote.enrolled().await;
    let sensor = Sensor::start(identity.clone());
    sensor.capture(3);
    sensor.wait_until_sent().await;
    sensor.spool.with(|spool| spool.rewind(1));
    sensor.capture(1);
    sensor.wait_until_sent().await;
    assert_eq!(remote.row(&identity).await, (4, 400, 0));
    sensor.end().await;
}

#[tokio::test]
async fn a_revoked_sensor_is_refused_on_the_line_that_it_has() {
    let remote = Remote::new().await;
    let identity = remote.enrolled().await;
    let mut client = Client::new(&identity).expect("a client");
    assert_eq!(send(&mut client, &batch(&identity.sensor, 1), 1).await.status, StatusCode::OK);
    remote.revoke(&identity).await;
    assert_eq!(send(&mut client, &batch(&identity.sensor, 2), 2).await.status, StatusCode::FORBIDDEN);
    let renewed = client.ask::<Value>(RENEW, &json!({ "request": "x" })).await;
    assert_eq!(refusal(renewed).0, 403);
    assert_eq!(refusal(client.ask::<Known>(STATE, &StateReport::default()).await).0, 403);
    let mut fresh = Client::new(&identity).expect("a client");
    assert_eq!(send(&mut fresh, &batch(&identity.sensor, 2), 2).await.status, StatusCode::FORBIDDEN);
    assert_eq!(remote.row(&identity).await, (1, 100, 0));
}

#[tokio::test]
async fn a_certificate_that_ended_is_refused_on_the_line_that_it_has() {
    let remote = Remote::new().await;
    let identity = remote.enrolled().await;
    let mut client = Client::new(&identity).expect("a client");
    assert_eq!(send(&mut client, &batch(&identity.sensor, 1), 1).await.status, StatusCode::OK);
    remote.hub.clock.advance_s(91 * 86_400);
    assert_eq!(send(&mut client, &batch(&identity.sensor, 2), 2).await.status, StatusCode::UNAUTHORIZED);
}

/// The same identity with one part of another.
fn with(identity: &Identity, part: &str, of: &Identity) -> Identity {
    let mut json = serde_json::to_value(identity).expect("JSON");
    json[part] = serde_json::to_value(of).expect("JSON")[part].clone();
    serde_json::from_value(json).expect("an identity")
}

#[tokio::test]
async fn a_certificate_of_another_authority_opens_nothing() {
    let (remote, other) = (Remote::new().await, Remote::new().await);
    let (own, foreign) = (remote.enrolled().await, other.enrolled().await);
    // It trusts the hub, and shows what another one signed.
    let forged = with(&with(&own, "certificate", &foreign), "key", &foreign);
    let mut client = Client::new(&forged).expect("a client");
    let refused = client.ask::<Known>(STATE, &StateReport::default()).await;
    assert!(matches!(refused, Err(ClientError::Broken(_))), "{refused:?}");
    // And the sensor does not talk to a hub that is not its own.
    let astray = with(&own, "hub", &foreign);
    let refused = Client::new(&astray).expect("a client").ask::<Known>(STATE, &StateReport::default()).await;
    assert!(matches!(refused, Err(ClientError::Trust { .. })), "{refused:?}");
    // Its certificate and its key belong together.
    assert!(Client::new(&with(&own, "key", &foreign)).is_err());
}

#[tokio::test]
async fn a_sensor_reports_for_itself_only() {
    let remote = Remote::new().await;
    let (one, other) = (remote.enrolled().await, remote.enrolled().await);
    let mut client = Client::new(&one).expect("a client");
    let answer = send(&mut client, &batch(&other.sensor, 1), 1).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(remote.row(&other).await, (0, 0, 0));
}

#[tokio::test]
async fn a_certificate_is_renewed_at_two_thirds_of_its_life() {
    let remote = Remote::new().await;
    let mut json = serde_json::to_value(remote.enrolled().await).expect("JSON");
    let now_s = now().nanos() / 1_000_000_000;
    json["begins_s"] = json!(now_s - 61 * 86_400);
    json["ends_s"] = json!(now_s + 29 * 86_400);
    let identity: Identity = serde_json::from_value(json).expect("an identity");
    remote.hub.clock.advance_s(60);
    let sensor = Sensor::start(identity.clone());
    sensor.capture(1);
    sensor.wait_until_sent().await;
    let renewed = Identity::read(&sensor.folder).expect("read");
    assert!(renewed.ends_s > now_s + 89 * 86_400, "{}", renewed.ends_s);
    assert_eq!(renewed.sensor, identity.sensor);
    let known = remote.hub.app.store.enrolled_sensors().await.expect("read");
    assert_eq!(known[0].certificate_ends.nanos() / 1_000_000_000, renewed.ends_s);
    let mut client = Client::new(&renewed).expect("the new key fits");
    client.ask::<Known>(STATE, &StateReport::default()).await.expect("the new one is good");
    sensor.end().await;
}

#[tokio::test]
async fn batches_wait_while_the_hub_is_away_and_arrive_in_order() {
    let remote = Remote::new().await;
    let identity = remote.enrolled().await;
    let sensor = Sensor::start(identity.clone());
    sensor.capture(2);
    sensor.wait_until_sent().await;
    // The listener goes, the lines with it.
    remote.hub.app.stopping.send_replace(true);
    remote.listening.await.expect("it ended");
    let lost = async || {
        let status = relay::Status::read(&sensor.folder).expect("read");
        status.is_some_and(|status| status.line == relay::Line::Away)
    };
    sensor.capture(20);
    wait_for(lost).await;
    assert_eq!(sensor.waiting(), 20);
    remote.hub.app.stopping.send_replace(false);
    let (_, listening) = listen(&remote.hub, remote.address).await;
    sensor.wait_until_sent().await;
    let rows = remote.hub.app.store.sensors().await.expect("read");
    assert_eq!((rows[0].sequence, rows[0].frames, rows[0].lost_batches), (22, 2_200, 0));
    sensor.end().await;
    listening.abort();
}

#[tokio::test]
async fn a_batch_that_can_never_be_taken_is_given_up_and_the_next_one_goes_on() {
    let remote = Remote::new().await;
    let identity = remote.enrolled().await;
    let sensor = Sensor::start(identity.clone());
    sensor.capture(1);
    sensor.wait_until_sent().await;
    sensor.spool.with(|spool| spool.append(2, 100, b"\x01no batch", now())).expect("kept");
    let impossible = Batch { frames: u64::MAX, ..batch(&sensor.id, 3) };
    let bytes = relay::encode(&impossible).expect("encoded");
    sensor.spool.with(|spool| spool.append(3, 100, &bytes, now())).expect("kept");
    sensor.capture(1);
    sensor.wait_until_sent().await;
    assert_eq!(remote.row(&identity).await, (4, 200, 2), "two are counted as lost");
    assert_eq!(sensor.spool.with(|spool| spool.backlog()).given_up_batches, 2);
    sensor.end().await;
}

#[tokio::test]
async fn a_spool_that_is_not_the_one_that_the_hub_knows_ends_the_sensor() {
    let remote = Remote::new().await;
    let identity = remote.enrolled().await;
    let mut client = Client::new(&identity).expect("a client");
    for sequence in 1..=3 {
        send(&mut client, &batch(&identity.sensor, sequence), sequence).await;
    }
    let sensor = Sensor::start(identity);
    sensor.capture(1);
    let error = sensor.shipping.await.expect("no panic").expect_err("it ends");
    assert!(format!("{error:?}").contains("Ahead"), "{error:?}");
}
