//! What a sensor on another machine tells over mutual TLS, and the hub stores, is what an inspection says at once.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use hub::{Started, World};
use relay::message::{Known, STATE, StateReport};
use relay::{Backoff, Client, HubAddress, Limits, SharedSpool, Shipping, Spool};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::{mpsc, oneshot, watch};

use super::sensor::{conversation, devices, same};
use super::*;

/// One request in plain HTTP; gives the head and the body of the answer.
fn ask(address: SocketAddr, method: &str, path: &str, headers: &str, body: &Value) -> (String, Value) {
    let body = body.to_string();
    let mut stream = TcpStream::connect(address).unwrap();
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: hub\r\nConnection: close\r\nContent-Type: application/json\r\n"
    );
    write!(stream, "{head}{headers}Content-Length: {length}\r\n\r\n{body}").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {answer}")))
}

/// A token for a sensor, as an admin makes one.
fn token(started: &Started) -> relay::Token {
    let login = started.first_login.as_ref().unwrap();
    let body = json!({ "name": login.name, "password": login.password });
    let (head, session) = ask(started.address, "POST", "/api/v1/session", "", &body);
    let cookie = head.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
    let cookie = cookie.split(';').next().unwrap();
    let csrf = session["csrf_token"].as_str().unwrap();
    let headers = format!("Cookie: {cookie}\r\nX-CSRF-Token: {csrf}\r\nIdempotency-Key: one\r\n");
    let path = "/api/v1/sensors/enrolments";
    let (_, answer) = ask(started.address, "POST", path, &headers, &json!({ "name": "Ward 3" }));
    answer["token"].as_str().unwrap().parse().unwrap()
}

/// Enrols a sensor at a hub, ships these batches to it and waits until it has them.
async fn ship(started: &Started, folder: &Path, batches: Vec<model::Batch>) {
    let hub: HubAddress = format!("https://{}", started.sensor_listener.unwrap()).parse().unwrap();
    let token = tokio::task::block_in_place(|| token(started));
    let identity = relay::enrol(&hub, &token).await.unwrap();
    let place = folder.join("spool");
    Spool::create(&place).unwrap();
    let (mut spool, _) = Spool::open(&place, Limits::DEFAULT).unwrap();
    let last = batches.len() as u64;
    for batch in batches {
        let batch = model::Batch { sensor: identity.sensor.parse().unwrap(), ..batch };
        let bytes = relay::encode(&batch).unwrap();
        spool.append(batch.sequence, batch.frames, &bytes, Timestamp::default()).unwrap();
    }
    let spool = SharedSpool::new(spool);
    let (stop, stopped) = watch::channel(false);
    let mut client = Client::new(&identity).unwrap();
    let shipping = Shipping {
        spool: Arc::clone(&spool),
        identity,
        folder: folder.to_owned(),
        backoff: Backoff::new(Duration::from_millis(10), Duration::from_millis(100)),
        now: || Timestamp::from_nanos(u64::from(u32::MAX)),
        stop: stopped,
    };
    let shipping = tokio::spawn(relay::ship(shipping));
    while spool.with(|spool| spool.backlog()).batches > 0 {
        assert!(!shipping.is_finished(), "{:?}", shipping.await);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    stop.send_replace(true);
    shipping.await.unwrap().unwrap();
    let known: Known = client.ask(STATE, &StateReport::default()).await.unwrap();
    assert_eq!(known.acknowledged, last);
}

/// Runs a hub, ships to it, and gives what it stored.
async fn stored(batches: Vec<model::Batch>) -> Report {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("hub");
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    let options = hub::Options {
        data: data.clone(),
        listen: any,
        sensors: Some(any),
        insecure_http: true,
        store_url: None,
        retention: hub::Retention::default(),
        metrics_token: None,
        world: World::system(),
    };
    let (_local, receiver) = mpsc::channel(1);
    let (started, starts) = oneshot::channel();
    let (stop, stops) = oneshot::channel::<()>();
    let told = |news| drop(started.send(news));
    let hub = tokio::spawn(hub::run(options, receiver, told, async { drop(stops.await) }));
    let started = starts.await.unwrap();
    ship(&started, folder.path(), batches).await;
    drop((stop, _local));
    hub.await.unwrap().unwrap();
    let key: [u8; 32] = fs::read(data.join("store.key")).unwrap().try_into().unwrap();
    let fields: Vec<&str> =
        identify::fact::known_fields(dissect::fields()).into_iter().map(model::Field::name).collect();
    let protocols: Vec<&str> = dissect::names().into_iter().collect();
    let options = store::Options {
        location: store::Location::Sqlite(data.join("bedrail.db")),
        key: Some(store::Key::new(key)),
        fields: &fields,
        protocols: &protocols,
    };
    let store = store::Store::open(options).await.unwrap();
    let evidence = store.evidence().await.unwrap();
    let conversations = store.conversation_totals().await.unwrap().into_iter().map(conversation).collect();
    let store::EvidenceSet { sightings, claims, observations, weaknesses } = evidence;
    Report::together([Report {
        sightings,
        claims,
        observations,
        weaknesses,
        conversations,
        ..Report::default()
    }])
}

#[test]
fn what_a_sensor_ships_over_mutual_tls_is_what_an_inspection_says_at_once() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("hospital.pcapng");
    Hospital::new(1).unwrap().write(File::create(&path).unwrap()).unwrap();
    let knowledge = knowledge();
    let whole = inspect(&path, 1, &knowledge).unwrap();
    let batches = super::sensor::tell(&path);
    assert!(batches.len() > 20, "{} batches", batches.len());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let pieces = Inspection::new(runtime.block_on(stored(batches)), &knowledge);
    same(&pieces.report.sightings, &whole.report.sightings, &path);
    same(&pieces.report.claims, &whole.report.claims, &path);
    same(&pieces.report.observations, &whole.report.observations, &path);
    same(&pieces.report.weaknesses, &whole.report.weaknesses, &path);
    let (pieces, whole) = (devices(&pieces), devices(&whole));
    assert!(whole.len() > 60);
    same(&pieces, &whole, &path);
}
