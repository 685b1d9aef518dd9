//! Planned changes, audits, labels, saved views.

use axum::http::{Method, StatusCode};
use model::Batch;
use serde_json::{Value, json};

use super::support::{Hub, Person, batch, decision, says, ward};

async fn ready() -> (Hub, Person) {
    let hub = Hub::ready().await;
    hub.ingest(&ward()).await;
    hub.derive().await;
    let person = hub.log_in().await;
    (hub, person)
}

async fn ok(hub: &Hub, person: &Person, path: &str, key: &str, body: &Value) -> Value {
    let answer = hub.post(person, path, key, body).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
    answer.json()
}

async fn ids(hub: &Hub, person: &Person) -> (String, String) {
    let list = hub.get(person, "/api/v1/devices?sort=name").await.json();
    let id = |place: usize| list["items"][place]["id"].as_str().expect("an id").to_owned();
    (id(0), id(1))
}

#[tokio::test]
async fn a_change_within_a_window_is_marked_and_others_are_not() {
    let (hub, person) = ready().await;
    let window = json!({
        "name": "new names", "filter": "name=pacs", "what": ["name"],
        "from": "2026-01-01T00:00:00Z", "to": "2026-01-01T02:00:00Z", "why": "planned",
    });
    let made = ok(&hub, &person, "/api/v1/change-windows", "plan", &window).await;
    assert_eq!(made["open"], true);
    let news =
        [says(1, "dhcp.option.hostname", "ct-room-5", 50), says(2, "dhcp.option.hostname", "pacs", 51)];
    hub.ingest(&Batch { observations: news.into(), ..batch(2) }).await;
    hub.derive().await;
    let expected = hub.get(&person, "/api/v1/changes?expected=true").await.json();
    let items = expected["items"].as_array().expect("items");
    assert_eq!(items.len(), 1, "{expected}");
    assert_eq!((&items[0]["after"], &items[0]["expected_by"]), (&json!("pacs"), &made["id"]));
    let others = hub.get(&person, "/api/v1/changes?expected=false").await.json();
    assert!(others["items"].as_array().expect("items").iter().all(|change| change["expected_by"].is_null()));

    hub.clock.advance_s(3 * 60 * 60);
    let late = says(2, "dhcp.option.hostname", "pacs-2", 60);
    hub.ingest(&Batch { observations: vec![late], ..batch(3) }).await;
    hub.derive().await;
    let person = hub.log_in().await;
    let expected = hub.get(&person, "/api/v1/changes?expected=true").await.json();
    assert_eq!(expected["items"].as_array().expect("items").len(), 1, "the window is over");
    let path = format!("/api/v1/change-windows/{}", made["id"].as_str().expect("an id"));
    assert_eq!(hub.get(&person, &path).await.json()["open"], false);
    let cancelled = ok(&hub, &person, &format!("{path}/cancel"), "cancel", &json!({ "why": "over" })).await;
    assert!(cancelled["cancelled"].is_string());
    let list = hub.get(&person, "/api/v1/change-windows").await.json();
    assert_eq!(list["items"].as_array().expect("items").len(), 1);
}

#[tokio::test]
async fn wrong_windows_are_named() {
    let (hub, person) = ready().await;
    let with = |filter: &str, what: Value, to: &str| json!({ "name": "x", "filter": filter, "what": what, "from": "2026-01-01T01:00:00Z", "to": to, "why": "x" });
    let later = "2026-01-01T02:00:00Z";
    for (place, (body, status, pointer)) in [
        (with("zone=icu", json!([]), later), 400, "/filter"),
        (with("", json!(["colour"]), later), 422, "/what/0"),
        (with("", json!([]), "2026-01-01T01:00:00Z"), 422, "/to"),
        (with("", json!([]), "tomorrow"), 400, "/to"),
    ]
    .into_iter()
    .enumerate()
    {
        let answer = hub.post(&person, "/api/v1/change-windows", &format!("key-{place}"), &body).await;
        answer.assert_problem(status, Some(pointer));
    }
    hub.get(&person, "/api/v1/change-windows/win_none").await.assert_problem(404, None);
}

#[tokio::test]
async fn an_audit_is_answered_signed_off_and_begins_anew() {
    let (hub, person) = ready().await;
    let (one, two) = ids(&hub, &person).await;
    let body = json!({
        "name": "ward 4", "filter": "external=no", "due": "2026-01-02T00:00:00Z", "every_days": 365, "why": "yearly",
    });
    let made = ok(&hub, &person, "/api/v1/campaigns", "begin", &body).await;
    let progress = json!({ "total": 2, "open": 2, "confirmed": 0, "not_found": 0, "wrong": 0 });
    assert_eq!((&made["progress"], &made["overdue"]), (&progress, &json!(false)));
    let path = format!("/api/v1/campaigns/{}", made["id"].as_str().expect("an id"));
    let answers = |all: Value| json!({ "answers": all });
    let first = answers(json!([{ "device": one, "outcome": "wrong", "note": "room 5" }]));
    let after = ok(&hub, &person, &format!("{path}/answers"), "one", &first).await;
    assert_eq!((&after["progress"]["open"], &after["progress"]["wrong"]), (&json!(1), &json!(1)));
    let silent = answers(json!([{ "device": two, "outcome": "wrong" }]));
    let refused = hub.post(&person, &format!("{path}/answers"), "two", &silent).await;
    refused.assert_problem(422, Some("/answers/0/note"));
    let stranger = answers(json!([{ "device": "dev_1", "outcome": "confirmed" }]));
    hub.post(&person, &format!("{path}/answers"), "three", &stranger).await.assert_problem(422, None);
    let early = hub.post(&person, &format!("{path}/sign-off"), "four", &json!({ "why": "done" })).await;
    early.assert_problem(422, None);
    let open = hub.get(&person, &format!("{path}/items?open=true")).await.json();
    assert_eq!(
        (open["items"].as_array().expect("items").len(), &open["items"][0]["device"]),
        (1, &json!(two))
    );

    hub.clock.advance_s(2 * 24 * 60 * 60);
    let person = hub.log_in().await;
    let overdue = hub.get(&person, "/api/v1/campaigns?overdue=true").await.json();
    assert_eq!((&overdue["items"][0]["id"], &overdue["items"][0]["overdue"]), (&made["id"], &json!(true)));
    let last = answers(json!([{ "device": two, "outcome": "confirmed" }]));
    ok(&hub, &person, &format!("{path}/answers"), "five", &last).await;
    let signed = ok(&hub, &person, &format!("{path}/sign-off"), "six", &json!({ "why": "done" })).await;
    assert_eq!(
        (&signed["campaign"]["signed_off"]["by"], &signed["campaign"]["overdue"]),
        (&json!("admin"), &json!(false))
    );
    assert_eq!(signed["next"]["due"], "2027-01-03T00:00:00.000000Z", "a year after it was done");
    assert_eq!(signed["next"]["progress"]["open"], 2);
    let overdue = hub.get(&person, "/api/v1/campaigns?overdue=true").await.json();
    assert_eq!(overdue["items"], json!([]));
    assert_eq!(
        hub.get(&person, "/api/v1/campaigns").await.json()["items"].as_array().expect("items").len(),
        2
    );
    let record = hub.get(&person, "/api/v1/site-changes?kind=campaign").await.json();
    assert_eq!(record["items"].as_array().expect("items").len(), 3, "begun, signed off, begun anew");
}

#[tokio::test]
async fn labels_are_put_on_devices_and_found() {
    let (hub, person) = ready().await;
    let (one, _) = ids(&hub, &person).await;
    let path = format!("/api/v1/devices/{one}/labels");
    let body = json!({ "labels": ["Loan", "icu"], "why": "on loan" });
    let put = hub.write(&person, Method::PUT, &path, "\"1\"", &body).await;
    assert_eq!(
        (put.status, &put.json()["labels"]),
        (StatusCode::OK, &json!(["icu", "loan"])),
        "{}",
        put.text
    );
    hub.write(&person, Method::PUT, &path, "\"1\"", &body).await.assert_problem(412, Some("/if-match"));
    let found = hub.get(&person, "/api/v1/devices?filter=label%3Dloan").await.json();
    assert_eq!((&found["total"], &found["items"][0]["id"]), (&json!(1), &json!(one)));
    assert_eq!(hub.get(&person, "/api/v1/devices?filter=label%21%3Dloan").await.json()["total"], 1);
    let wrong = json!({ "labels": ["a", "two words"], "why": "x" });
    hub.write(&person, Method::PUT, &path, "*", &wrong).await.assert_problem(422, Some("/labels/1"));
}

#[tokio::test]
async fn a_view_is_saved_shared_changed_and_deleted() {
    let (hub, person) = ready().await;
    let hash = crate::auth::hash(&hub.app.world, "viewing").expect("a hash");
    let user = store::User {
        name: "vera".to_owned(),
        role: "viewer".to_owned(),
        password: store::PasswordHash(hash),
        created: hub.app.world.now(),
        last_visit: None,
        version: 1,
    };
    hub.app.store.create_user(user, decision()).await.expect("an account");
    let vera = hub.log_in_as("vera", "viewing").await;
    let body = |shared| json!({ "name": "mine", "filter": "class=unknown or zone=link", "sort": "-ip", "columns": ["name", "ips"], "shared": shared });
    hub.post(&vera, "/api/v1/views", "one", &body(true)).await.assert_problem(403, None);
    let own = ok(&hub, &vera, "/api/v1/views", "two", &body(false)).await;
    let shared = ok(&hub, &person, "/api/v1/views", "three", &body(true)).await;
    let list = hub.get(&vera, "/api/v1/views").await.json();
    assert_eq!(list["items"].as_array().expect("items").len(), 2);
    assert_eq!(hub.get(&person, "/api/v1/views").await.json()["items"], json!([shared]));
    let path = format!("/api/v1/views/{}", own["id"].as_str().expect("an id"));
    hub.get(&person, &path).await.assert_problem(404, None);
    let changed = hub.write(&vera, Method::PUT, &path, "\"1\"", &body(false)).await;
    assert_eq!((changed.status, &changed.json()["version"]), (StatusCode::OK, &json!(2)));
    hub.write(&vera, Method::DELETE, &path, "\"1\"", &json!({})).await.assert_problem(412, Some("/if-match"));
    assert_eq!(
        hub.write(&vera, Method::DELETE, &path, "\"2\"", &json!({})).await.status,
        StatusCode::NO_CONTENT
    );
    hub.get(&vera, &path).await.assert_problem(404, None);
    let others = format!("/api/v1/views/{}", shared["id"].as_str().expect("an id"));
    hub.write(&vera, Method::DELETE, &others, "*", &json!({})).await.assert_problem(422, None);
    let mut wrong = body(false);
    wrong["filter"] = json!("zone=icu");
    hub.post(&vera, "/api/v1/views", "four", &wrong).await.assert_problem(400, Some("/filter"));
    wrong = body(false);
    wrong["sort"] = json!("colour");
    hub.post(&vera, "/api/v1/views", "five", &wrong).await.assert_problem(400, Some("/sort"));
}
