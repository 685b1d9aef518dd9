//! Accounts, and the mark of quarantine.

use axum::http::{Method, StatusCode};
use serde_json::json;

use super::support::{Hub, Person, get, ward};

async fn make(hub: &Hub, admin: &Person, name: &str, role: &str) {
    let body = json!({ "name": name, "role": role, "password": "a long password", "why": "hired" });
    let answer = hub.post(admin, "/api/v1/users", name, &body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert_eq!((&answer.json()["role"], &answer.json()["version"]), (&json!(role), &json!(1)));
}

#[tokio::test]
async fn an_administrator_makes_accounts_and_gives_roles_and_passwords() {
    let hub = Hub::ready().await;
    let admin = hub.log_in().await;
    make(&hub, &admin, "otto", "viewer").await;
    let otto = hub.log_in_as("otto", "a long password").await;
    hub.get(&otto, "/api/v1/users").await.assert_problem(403, None);
    let list = hub.get(&admin, "/api/v1/users").await;
    let names: Vec<_> =
        list.json()["items"].as_array().expect("items").iter().map(|user| user["name"].clone()).collect();
    assert_eq!(names, ["admin", "otto"]);
    assert!(!list.text.contains("argon2"), "no hash leaves the hub");

    let path = "/api/v1/users/otto";
    assert_eq!(hub.get(&admin, path).await.headers["etag"], "\"1\"");
    let role = json!({ "role": "admin", "why": "deputy" });
    let given = hub.write(&admin, Method::PUT, &format!("{path}/role"), "\"1\"", &role).await;
    assert_eq!((given.status, &given.json()["role"]), (StatusCode::OK, &json!("admin")));
    assert_eq!(hub.get(&otto, "/api/v1/users").await.status, StatusCode::OK, "the role counts at once");
    let stale = hub.write(&admin, Method::PUT, &format!("{path}/role"), "\"1\"", &role).await;
    stale.assert_problem(412, Some("/if-match"));

    let password = json!({ "password": "another long one", "why": "forgotten" });
    let given = hub.write(&admin, Method::PUT, &format!("{path}/password"), "\"2\"", &password).await;
    assert_eq!(given.status, StatusCode::OK, "{}", given.text);
    hub.get(&otto, "/api/v1/session").await.assert_problem(401, None);
    hub.log_in_with("otto", "a long password").await.assert_problem(401, None);
    hub.log_in_as("otto", "another long one").await;

    let changes = hub.get(&admin, "/api/v1/site-changes?kind=account").await;
    let told: Vec<_> = changes.json()["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|change| (change["subject"].clone(), change["what"].clone(), change["actor"]["name"].clone()))
        .collect();
    let by_admin = |what: &str| (json!("otto"), json!(what), json!("admin"));
    let first = (json!("admin"), json!("account"), json!(null));
    assert_eq!(told, [by_admin("password"), by_admin("role"), by_admin("account"), first]);
    assert!(!changes.text.contains("long"), "no record holds a password");
}

#[tokio::test]
async fn the_last_administrator_stays_and_what_is_wrong_is_named() {
    let hub = Hub::ready().await;
    let admin = hub.log_in().await;
    let role = json!({ "role": "viewer", "why": "tired" });
    let refused = hub.write(&admin, Method::PUT, "/api/v1/users/admin/role", "*", &role).await;
    refused.assert_problem(422, Some("/role"));
    let nobody = hub.write(&admin, Method::PUT, "/api/v1/users/nobody/role", "*", &role).await;
    nobody.assert_problem(404, None);
    let with = |name: &str, role: &str, password: &str, why: &str| json!({ "name": name, "role": role, "password": password, "why": why });
    let wrong = [
        (with("otto", "viewer", "short", "x"), 422, "/password"),
        (with("Otto", "viewer", "a long password", "x"), 422, "/name"),
        (with("otto", "king", "a long password", "x"), 400, "/role"),
        (with("otto", "viewer", "a long password", " "), 422, "/why"),
        (with("admin", "viewer", "a long password", "x"), 409, "/name"),
    ];
    for (place, (body, status, pointer)) in wrong.into_iter().enumerate() {
        let answer = hub.post(&admin, "/api/v1/users", &format!("key-{place}"), &body).await;
        answer.assert_problem(status, Some(pointer));
        assert!(!answer.text.contains("a long password"));
    }
    assert_eq!(hub.get(&admin, "/api/v1/users").await.json()["items"].as_array().expect("items").len(), 1);
    hub.get(&admin, "/api/v1/site-changes?kind=moon").await.assert_problem(400, Some("/kind"));
}

#[tokio::test]
async fn the_own_password_needs_the_old_one_and_ends_every_other_session() {
    let hub = Hub::ready().await;
    let (here, there) = (hub.log_in().await, hub.log_in().await);
    let change = |current: &str, password: &str| {
        let body = json!({ "current": current, "password": password });
        super::support::json(Method::PUT, "/api/v1/session/password", &body, Some(&here))
    };
    hub.send(change("wrong", "a long password")).await.assert_problem(403, Some("/current"));
    hub.send(change(&hub.password, "short")).await.assert_problem(422, Some("/password"));
    let changed = hub.send(change(&hub.password, "a long password")).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text);
    for old in [&here, &there] {
        hub.get(old, "/api/v1/session").await.assert_problem(401, None);
    }
    let cookie = changed.headers["set-cookie"].to_str().expect("text");
    let cookie = cookie.split(';').next().expect("a cookie").to_owned();
    let csrf = changed.json()["csrf_token"].as_str().expect("a token").to_owned();
    let fresh = Person { cookie, csrf };
    assert_eq!(hub.send(get("/api/v1/session", Some(&fresh))).await.status, StatusCode::OK);
    hub.log_in_with("admin", &hub.password).await.assert_problem(401, None);
    hub.log_in_as("admin", "a long password").await;
}

#[tokio::test]
async fn quarantine_is_a_mark_that_says_it_does_nothing_on_the_network() {
    let hub = Hub::ready().await;
    hub.ingest(&ward()).await;
    hub.derive().await;
    let person = hub.log_in().await;
    let list = hub.get(&person, "/api/v1/devices").await.json();
    let id = list["items"][0]["id"].as_str().expect("an id");
    let path = format!("/api/v1/devices/{id}/quarantine");
    let body = json!({ "quarantined": true, "why": "talks to the outside" });
    let marked = hub.write(&person, Method::PUT, &path, "\"1\"", &body).await;
    assert_eq!((marked.status, &marked.headers["etag"]), (StatusCode::OK, &"\"2\"".parse().expect("text")));
    assert_eq!(
        (&marked.json()["quarantined"], &marked.json()["network_effect"]),
        (&json!(true), &json!("none"))
    );
    assert!(marked.json()["detail"].as_str().expect("text").contains("nothing on the network"));
    hub.write(&person, Method::PUT, &path, "\"1\"", &body).await.assert_problem(412, Some("/if-match"));
    let again = hub.write(&person, Method::PUT, &path, "\"2\"", &body).await;
    assert_eq!(again.json()["version"], 2, "nothing changed");
    let device = hub.get(&person, &format!("/api/v1/devices/{id}")).await.json();
    assert_eq!((&device["quarantined"], &device["lifecycle"]), (&json!(true), &json!("discovered")));
    let changes = hub.get(&person, &format!("/api/v1/devices/{id}/changes")).await.json();
    let change = &changes["items"][0];
    assert_eq!((&change["kind"], &change["why"]), (&json!("quarantine"), &json!("talks to the outside")));
    let nobody = hub.write(&person, Method::PUT, "/api/v1/devices/dev_1/quarantine", "*", &body).await;
    nobody.assert_problem(404, None);
}

#[tokio::test]
async fn one_act_over_25_devices_writes_25_records_with_one_request() {
    let hub = Hub::ready().await;
    let sightings = (1..=25).map(|last| super::support::sighting(last, u64::from(last))).collect();
    hub.ingest(&model::Batch { sightings, ..super::support::batch(1) }).await;
    hub.derive().await;
    let person = hub.log_in().await;
    let list = hub.get(&person, "/api/v1/devices?limit=100").await.json();
    let ids: Vec<_> =
        list["items"].as_array().expect("items").iter().map(|device| device["id"].clone()).collect();
    assert_eq!(ids.len(), 25);
    let body = json!({ "ids": ids, "to": "approved", "why": "delivery of today" });
    let answer = hub.post(&person, "/api/v1/devices/lifecycle", "bulk", &body).await;
    assert_eq!(answer.json()["done"].as_array().expect("done").len(), 25, "{}", answer.text);
    let changes = hub.get(&person, "/api/v1/changes?limit=25").await.json();
    let changes = changes["items"].as_array().expect("items");
    let request = answer.headers["x-request-id"].to_str().expect("text");
    assert_eq!(changes.len(), 25);
    let mut devices: Vec<_> = changes.iter().map(|change| change["device"].to_string()).collect();
    devices.sort_unstable();
    devices.dedup();
    assert_eq!(devices.len(), 25, "one record for each");
    for change in changes {
        assert_eq!((&change["kind"], &change["request"]), (&json!("lifecycle"), &json!(request)));
        assert_eq!((&change["why"], &change["after"]), (&json!("delivery of today"), &json!("approved")));
    }
}
