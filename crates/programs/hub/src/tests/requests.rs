//! Requests that are wrong: each answer names the place, and none is the fault of the hub.

use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::json;

use super::support::{Hub, json as with_json, text, ward};

#[tokio::test]
async fn wrong_parameters_are_named() {
    let hub = Hub::ready().await;
    let person = hub.log_in().await;
    let wrong = [
        ("/api/v1/devices?cursor=zz", "/cursor"),
        ("/api/v1/devices?cursor=6162", "/cursor"),
        ("/api/v1/devices?limit=0", "/limit"),
        ("/api/v1/devices?limit=501", "/limit"),
        ("/api/v1/devices?limit=many", "/limit"),
        ("/api/v1/devices?limit=5&limit=6", "/limit"),
        ("/api/v1/devices?sort=colour", "/sort"),
        ("/api/v1/devices?lifecycle=asleep", "/lifecycle"),
        ("/api/v1/devices?class=first", "/class"),
        ("/api/v1/devices?type=spaceship", "/type"),
        ("/api/v1/devices?unknown=perhaps", "/unknown"),
        ("/api/v1/devices?colour=red", "/colour"),
        ("/api/v1/devices?filter=class", "/filter"),
        ("/api/v1/devices?filter=zone%3Dicu", "/filter"),
        ("/api/v1/devices/facets?cursor=zz", "/cursor"),
        ("/api/v1/devices/sen_1", "/id"),
        ("/api/v1/devices/dev_%00", "/id"),
        ("/api/v1/devices/dev_%F0", "/id"),
        ("/api/v1/devices/dev_1/conversations?x=1", "/x"),
        ("/api/v1/changes?cursor=6465766963651f31", "/cursor"),
        ("/api/v1/changes?limit=-1", "/limit"),
    ];
    for (path, pointer) in wrong {
        let answer = hub.get(&person, path).await;
        assert_eq!(answer.status, 400, "{path}: {}", answer.text);
        answer.assert_problem(400, Some(pointer));
    }
    for path in
        ["/api/v1/devices/dev_1", "/api/v1/devices/dev_1/changes", "/api/v1/devices/dev_1/conversations"]
    {
        hub.get(&person, path).await.assert_problem(404, None);
    }
}

#[tokio::test]
async fn wrong_bodies_are_named() {
    let hub = Hub::ready().await;
    let person = hub.log_in().await;
    let path = "/api/v1/devices/lifecycle";
    let wrong = [
        ("{", ""),
        ("", ""),
        ("[]", ""),
        (r#"{"ids":[],"to":"approved"}"#, ""),
        (r#"{"ids":[],"to":"approved","why":"x","more":1}"#, "/more"),
        (r#"{"ids":["dev_1",2],"to":"approved","why":"x"}"#, "/ids/1"),
        (r#"{"ids":["dev_1"],"to":"asleep","why":"x"}"#, "/to"),
        (r#"{"ids":["dev_1","oops"],"to":"approved","why":"x"}"#, "/ids/1"),
        (r#"{"ids":["dev_1"],"to":"approved","why":"x"} x"#, ""),
    ];
    for (place, (body, pointer)) in wrong.into_iter().enumerate() {
        let mut request = text(Method::POST, path, body.to_owned(), Some(&person));
        let key = format!("key-{place}").parse().expect("a header");
        request.headers_mut().insert("idempotency-key", key);
        hub.send(request).await.assert_problem(400, Some(pointer));
    }
    let why = json!({ "ids": ["dev_1"], "to": "approved", "why": " " });
    hub.send(with_json(Method::POST, path, &why, Some(&person)))
        .await
        .assert_problem(400, Some("/idempotency-key"));
    let mut request = with_json(Method::POST, path, &why, Some(&person));
    request.headers_mut().insert("idempotency-key", "k".parse().expect("a header"));
    hub.send(request).await.assert_problem(422, Some("/why"));
}

#[tokio::test]
async fn what_is_no_json_or_too_long_is_refused() {
    let hub = Hub::ready().await;
    let person = hub.log_in().await;
    let plain = Request::post("/api/v1/session").body(Body::from("name=admin")).expect("a request");
    hub.send(plain).await.assert_problem(415, Some("/content-type"));
    let long = format!(r#"{{"name":"{}","password":""}}"#, "a".repeat(2 * 1024 * 1024));
    hub.send(text(Method::POST, "/api/v1/session", long, None)).await.assert_problem(413, None);
    let long = "a".repeat(10_000);
    let answer = hub.get(&person, &format!("/api/v1/devices?q={long}")).await;
    answer.assert_problem(400, Some("/q"));
    hub.log_in_with(&long, "x").await.assert_problem(401, None);
}

#[tokio::test]
async fn statements_need_a_version_and_a_vocabulary() {
    let hub = Hub::ready().await;
    hub.ingest(&ward()).await;
    hub.derive().await;
    let person = hub.log_in().await;
    let list = hub.get(&person, "/api/v1/devices").await.json();
    let id = list["items"][0]["id"].as_str().expect("an id");
    let path = format!("/api/v1/devices/{id}");
    let patch = |body: &serde_json::Value, tag: Option<&str>| {
        let mut request = with_json(Method::PATCH, &path, body, Some(&person));
        if let Some(tag) = tag {
            request.headers_mut().insert("if-match", tag.parse().expect("a header"));
        }
        request
    };
    let good = json!({ "asserted": { "location": "room 4" }, "why": "seen there" });
    hub.send(patch(&good, None)).await.assert_problem(428, Some("/if-match"));
    hub.send(patch(&good, Some("1"))).await.assert_problem(400, Some("/if-match"));
    hub.send(patch(&good, Some("\"77\""))).await.assert_problem(412, Some("/if-match"));
    let wrong = json!({ "asserted": { "colour": "red" }, "why": "x" });
    hub.send(patch(&wrong, Some("\"1\""))).await.assert_problem(422, Some("/asserted/colour"));
    let wrong = json!({ "asserted": { "reaction_time": "soon" }, "why": "x" });
    hub.send(patch(&wrong, Some("\"1\""))).await.assert_problem(422, Some("/asserted/reaction_time"));
    let wrong = json!({ "asserted": {}, "why": "x" });
    hub.send(patch(&wrong, Some("\"1\""))).await.assert_problem(422, Some("/asserted"));
}
