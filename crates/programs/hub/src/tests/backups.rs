//! Backups over the API, and what may be in them.

use std::io::Read as _;

use age::secrecy::ExposeSecret as _;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};

use super::support::{Answer, Hub, METRICS_TOKEN, Person, get, json as with_json, ward};
use crate::backup::{self, Opener, Protection};

const NAMES: [&str; 2] = ["ct-room-4", "planteduser"];

async fn post(hub: &Hub, person: &Person, body: &Value, key: &str) -> Answer {
    let mut request = with_json(Method::POST, "/api/v1/backups", body, Some(person));
    request.headers_mut().insert("idempotency-key", key.parse().expect("a header"));
    hub.send(request).await
}

/// Waits until an operation ended; each look lets the other tasks go on.
async fn ended(hub: &Hub, person: &Person, operation: &str) -> Value {
    for _ in 0..6_000 {
        let now = hub.get(person, &format!("/api/v1/operations/{operation}")).await.json();
        if now["state"] != "running" {
            return now;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the operation did not end within a minute");
}

async fn planted() -> (Hub, Person) {
    let hub = Hub::new().await;
    hub.ingest(&ward()).await;
    hub.derive().await;
    let user = store::User {
        name: "planteduser".to_owned(),
        role: "viewer".to_owned(),
        password: store::PasswordHash(String::new()),
        created: hub.app.world.now(),
        last_visit: None,
        version: 1,
    };
    hub.app.store.create_user(user, super::support::decision()).await.expect("an account");
    std::fs::write(hub.app.data.join(backup::KEY), [7; 32]).expect("the key of the store");
    let person = hub.log_in().await;
    (hub, person)
}

fn is_shown(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[tokio::test]
async fn a_backup_is_made_listed_fetched_and_removed() {
    let (hub, person) = planted().await;
    let identity = age::x25519::Identity::generate();
    let body = json!({ "recipients": [identity.to_public().to_string()] });
    let begun = post(&hub, &person, &body, "first").await;
    assert_eq!(begun.status, StatusCode::ACCEPTED, "{}", begun.text);
    let id = begun.json()["id"].as_str().expect("an id").to_owned();
    assert_eq!(begun.headers["location"], format!("/api/v1/operations/{id}"));
    assert_eq!(
        post(&hub, &person, &body, "first").await.json()["id"],
        *id,
        "a repeated request begins nothing"
    );
    let done = ended(&hub, &person, &id).await;
    assert_eq!(done["state"], "done", "{done}");
    let made = done["made"].as_str().expect("a backup").to_owned();
    let list = hub.get(&person, "/api/v1/backups").await.json();
    assert_eq!(
        (list["items"][0]["id"].as_str(), list["items"].as_array().map(Vec::len)),
        (Some(&*made), Some(1))
    );

    let path = format!("/api/v1/backups/{made}");
    let answer = hub.open(get(&path, Some(&person))).await;
    let bytes = answer.into_body().collect().await.expect("a body").to_bytes();
    assert_eq!(list["items"][0]["bytes"], bytes.len());
    assert!(bytes.starts_with(b"age-encryption.org/v1"));
    assert_eq!(NAMES.map(|name| is_shown(&bytes, name)), [false; 2]);

    let removed = hub.send(with_json(Method::DELETE, &path, &json!({}), Some(&person))).await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT);
    hub.get(&person, &path).await.assert_problem(404, None);
    let left = std::fs::read_dir(hub.app.data.join(backup::FOLDER)).expect("a folder").count();
    assert_eq!(left, 0, "no copy of the database stays");
}

#[tokio::test]
async fn only_who_it_was_made_for_opens_a_backup_and_the_store_in_it_is_still_encrypted() {
    let (hub, _) = planted().await;
    let to = hub.app.data.join("copy.age");
    let (mine, other) = (age::x25519::Identity::generate(), age::x25519::Identity::generate());
    let protection = Protection::recipients(&[mine.to_public().to_string()]).expect("a recipient");
    backup::make(&hub.app.store, &hub.app.data, &to, &protection, &hub.app.world).await.expect("a backup");

    let sealed = std::fs::read(&to).expect("a backup");
    let mut opened = Vec::new();
    let decryptor = age::Decryptor::new(&sealed[..]).expect("an age file");
    decryptor.decrypt([&mine as _].into_iter()).expect("opened").read_to_end(&mut opened).expect("read");
    assert!(is_shown(&opened, "manifest.json"), "it was opened");
    assert_eq!(NAMES.map(|name| is_shown(&opened, name)), [false; 2]);

    let folder = hub.app.data.join("restored");
    let opener = |identity: &age::x25519::Identity| Opener::identities(identity.to_string().expose_secret());
    let refused = backup::restore(&to, &folder, &opener(&other).expect("an identity"));
    assert!(matches!(refused, Err(backup::Error::Closed(_))), "{refused:?}");
    let restored = backup::restore(&to, &folder, &opener(&mine).expect("an identity")).expect("restored");
    assert!(restored.files >= 2, "{restored:?}");
    let again = backup::restore(&to, &folder, &opener(&mine).expect("an identity"));
    assert!(matches!(again, Err(backup::Error::NotEmpty(_))), "{again:?}");
    backup::check(&folder).expect("a sound store");
}

#[tokio::test]
async fn a_backup_that_was_changed_or_cut_short_leaves_nothing_behind() {
    let (hub, _) = planted().await;
    let (to, folder) = (hub.app.data.join("copy.age"), hub.app.data.join("restored"));
    let identity = age::x25519::Identity::generate();
    let protection = Protection::recipients(&[identity.to_public().to_string()]).expect("a recipient");
    backup::make(&hub.app.store, &hub.app.data, &to, &protection, &hub.app.world).await.expect("a backup");
    let whole = std::fs::read(&to).expect("a backup");
    let opener = Opener::identities(identity.to_string().expose_secret()).expect("an identity");
    for place in (0..whole.len()).step_by(whole.len() / 9) {
        let mut changed = whole.clone();
        changed[place] ^= 1;
        for bytes in [&changed[..], &whole[..place]] {
            std::fs::write(&to, bytes).expect("written");
            let refused = backup::restore(&to, &folder, &opener);
            assert!(refused.is_err(), "byte {place}");
            assert!(!folder.exists(), "byte {place}");
        }
    }
}

#[tokio::test]
async fn what_protects_nothing_is_refused_with_its_place() {
    let hub = Hub::ready().await;
    let person = hub.log_in().await;
    let wrong = [
        (json!({}), 422, "/recipients"),
        (json!({ "recipients": ["age1nobody"] }), 422, "/recipients"),
        (json!({ "recipients": vec![""; 21] }), 422, "/recipients"),
        (json!({ "passphrase": "short" }), 422, "/passphrase"),
        (json!({ "passphrase": "long enough for that", "recipients": ["age1x"] }), 422, "/passphrase"),
        (json!({ "recipient": "age1x" }), 400, "/recipient"),
    ];
    for (number, (body, status, pointer)) in wrong.into_iter().enumerate() {
        post(&hub, &person, &body, &format!("key-{number}")).await.assert_problem(status, Some(pointer));
    }
    for path in ["/api/v1/backups/bak_1", "/api/v1/backups/..%2F..%2Fstore.key"] {
        hub.get(&person, path).await.assert_problem(400, Some("/id"));
    }
    hub.get(&person, "/api/v1/operations/op_1").await.assert_problem(404, None);
}

#[tokio::test]
async fn an_operation_is_shown_to_who_began_it_alone() {
    let (hub, person) = planted().await;
    let password = crate::auth::hash(&hub.app.world, "another one").expect("a hash");
    let user = store::User {
        name: "other".to_owned(),
        role: "admin".to_owned(),
        password: store::PasswordHash(password),
        created: hub.app.world.now(),
        last_visit: None,
        version: 1,
    };
    hub.app.store.create_user(user, super::support::decision()).await.expect("an account");
    let body = json!({ "recipients": [age::x25519::Identity::generate().to_public().to_string()] });
    let id = post(&hub, &person, &body, "k").await.json()["id"].as_str().expect("an id").to_owned();
    let other = hub.log_in_as("other", "another one").await;
    hub.get(&other, &format!("/api/v1/operations/{id}")).await.assert_problem(404, None);
    assert_eq!(ended(&hub, &person, &id).await["state"], "done");
}

#[tokio::test]
async fn the_token_for_figures_opens_them_and_nothing_else() {
    let hub = Hub::ready().await;
    let with = |path: &str, line: &str| {
        Request::builder().uri(path).header("authorization", line).body(Body::empty()).expect("a request")
    };
    let right = format!("Bearer {}", METRICS_TOKEN.trim());
    let answer = hub.send(with("/metrics", &right)).await;
    assert!(answer.status == 200 && answer.text.contains("bedrail_devices "), "{}", answer.text);
    for line in ["Bearer ", "Bearer x", "Basic x", METRICS_TOKEN.trim(), &format!("{right}x")] {
        hub.send(with("/metrics", line)).await.assert_problem(401, None);
    }
    for path in ["/api/v1/devices", "/api/v1/about", "/api/v1/backups"] {
        hub.send(with(path, &right)).await.assert_problem(401, None);
    }
}
