//! Sensors on other machines, as people enrol them and shut them out.

use axum::http::Method;
use relay::Token;
use serde_json::{Value, json};

use super::support::{Answer, Hub, Person, json as with_json, ward};

async fn post(hub: &Hub, person: &Person, path: &str, body: Value, key: &str) -> Answer {
    let mut request = with_json(Method::POST, path, &body, Some(person));
    request.headers_mut().insert("idempotency-key", key.parse().expect("a header"));
    hub.send(request).await
}

async fn enrolment(hub: &Hub, person: &Person, key: &str) -> Answer {
    post(hub, person, "/api/v1/sensors/enrolments", json!({ "name": "Ward 3" }), key).await
}

#[tokio::test]
async fn a_token_names_the_hub_and_is_kept_as_a_hash() {
    let hub = Hub::ready().await;
    let person = hub.log_in().await;
    let answer = enrolment(&hub, &person, "one").await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let answer = answer.json();
    let token: Token = answer["token"].as_str().expect("a token").parse().expect("a token");
    assert_eq!(token.authority, hub.app.authority.as_ref().expect("an authority").sha256());
    assert_eq!(answer["expires_at"], "2026-01-01T01:00:00.000000Z");
    let hash = store::TokenHash(Token::hash(&token.secret));
    let pending = hub.app.store.enrolment(hash, hub.app.world.now()).await.expect("read").expect("pending");
    assert_eq!(
        (pending.sensor.to_string(), pending.made_by.as_str()),
        (answer["sensor"].as_str().expect("an id").to_owned(), "admin")
    );
    assert_eq!(enrolment(&hub, &person, "one").await.json(), answer, "a request that is repeated");
    assert_ne!(enrolment(&hub, &person, "two").await.json()["token"], answer["token"]);
}

#[tokio::test]
async fn a_token_that_nobody_used_is_listed_until_it_is_taken_back_used_or_over() {
    let hub = Hub::ready().await;
    let person = hub.log_in().await;
    let list = async || hub.get(&person, "/api/v1/sensors/enrolments").await.json()["items"].clone();
    assert_eq!(list().await, json!([]));
    let first = enrolment(&hub, &person, "one").await.json();
    hub.clock.advance_s(60);
    let second = enrolment(&hub, &person, "two").await.json();
    let open = |made: &Value, expires: &str| json!({ "sensor": made["sensor"], "name": "Ward 3", "made_by": "admin", "expires_at": expires });
    let (one, two) = ("2026-01-01T01:00:00.000000Z", "2026-01-01T01:01:00.000000Z");
    assert_eq!(list().await, json!([open(&second, two), open(&first, one)]));
    // What is shown follows the clock on the wall; how long it is good does not.
    hub.clock.go_back_s(30);
    assert_eq!(list().await[0]["expires_at"], "2026-01-01T01:00:30.000000Z");

    let path = format!("/api/v1/sensors/enrolments/{}", second["sensor"].as_str().expect("an id"));
    let take_back = async || hub.send(with_json(Method::DELETE, &path, &json!({}), Some(&person))).await;
    assert_eq!(take_back().await.status, 204);
    take_back().await.assert_problem(404, None);
    let token: Token = second["token"].as_str().expect("a token").parse().expect("a token");
    let hash = store::TokenHash(Token::hash(&token.secret));
    assert_eq!(hub.app.store.enrolment(hash, hub.app.world.steady()).await.expect("read"), None);
    assert_eq!(list().await.as_array().expect("items").len(), 1);
    hub.clock.advance_s(3_600);
    let later = hub.log_in().await;
    assert_eq!(hub.get(&later, "/api/v1/sensors/enrolments").await.json()["items"], json!([]));
}

#[tokio::test]
async fn a_sensor_needs_a_name_and_a_request_its_key() {
    let hub = Hub::ready().await;
    let person = hub.log_in().await;
    for (key, name) in [("1", ""), ("2", "  "), ("3", "a\nb"), ("4", &*"a".repeat(65))] {
        let body = json!({ "name": name });
        post(&hub, &person, "/api/v1/sensors/enrolments", body, key).await.assert_problem(422, Some("/name"));
    }
    let body = json!({ "name": "Ward 3" });
    let request = with_json(Method::POST, "/api/v1/sensors/enrolments", &body, Some(&person));
    hub.send(request).await.assert_problem(400, Some("/idempotency-key"));
}

#[tokio::test]
async fn a_sensor_that_is_enrolled_is_listed_and_can_be_revoked() {
    let hub = Hub::ready().await;
    let person = hub.log_in().await;
    hub.ingest(&ward()).await;
    let answer = enrolment(&hub, &person, "one").await.json();
    let id = answer["sensor"].as_str().expect("an id").to_owned();
    let token: Token = answer["token"].as_str().expect("a token").parse().expect("a token");
    let now = hub.app.world.now();
    let hash = store::TokenHash(Token::hash(&token.secret));
    assert!(
        hub.app
            .store
            .redeem(hash, now, super::support::at(90 * 86_400), store::Trace::default())
            .await
            .expect("redeemed")
    );

    let list = hub.get(&person, "/api/v1/sensors").await.json();
    let items = list["items"].as_array().expect("a list");
    assert_eq!(items.len(), 2, "{list}");
    let find = |id: &str| items.iter().find(|item| item["id"] == id).expect("listed").clone();
    assert_eq!(find("sen_ward")["enrolment"], Value::Null);
    let fresh = find(&id);
    assert_eq!((&fresh["state"], &fresh["name"]), (&json!("waiting"), &json!("Ward 3")));
    assert_eq!(fresh["enrolment"]["certificate_ends"], "2026-04-01T00:00:00.000000Z");

    let path = format!("/api/v1/sensors/{id}/revoke");
    let unfounded = post(&hub, &person, &path, json!({ "why": " " }), "no").await;
    unfounded.assert_problem(422, Some("/why"));
    let answer = post(&hub, &person, &path, json!({ "why": "it was stolen" }), "yes").await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.json()["state"], "revoked");
    assert_eq!(answer.json()["enrolment"]["revoked"]["by"], "admin");
    let unknown =
        post(&hub, &person, "/api/v1/sensors/sen_ward/revoke", json!({ "why": "x" }), "other").await;
    unknown.assert_problem(404, None);
}
