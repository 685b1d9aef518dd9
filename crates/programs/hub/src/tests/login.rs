//! Logging in, staying, and being thrown out.

use axum::http::{Method, StatusCode};
use serde_json::json;

use super::support::{Hub, get, json as with_json};

#[tokio::test]
async fn the_cookie_is_for_this_site_only_and_the_store_holds_no_password() {
    let hub = Hub::ready().await;
    let answer = hub.log_in_with("admin", &hub.password).await;
    let cookie = answer.headers["set-cookie"].to_str().expect("text");
    for word in ["bedrail_session=", "HttpOnly", "Secure", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(word), "{cookie}");
    }
    assert!(!answer.text.contains(&hub.password));
    assert_eq!(answer.json()["user"], json!({ "name": "admin", "role": "admin" }));
    let user = hub.app.store.user_by_name("admin").await.expect("a store").expect("an account");
    assert!(user.password.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
}

#[tokio::test]
async fn who_is_wrong_learns_nothing_about_what_was_wrong() {
    let hub = Hub::ready().await;
    let wrong = hub.log_in_with("admin", "wrong").await;
    let nobody = hub.log_in_with("nobody", "wrong").await;
    wrong.assert_problem(401, None);
    assert_eq!(wrong.json(), nobody.json());
    assert!(!wrong.headers.contains_key("set-cookie"));
}

#[tokio::test]
async fn the_sixth_wrong_password_has_to_wait_and_so_does_the_right_one_from_there() {
    let hub = Hub::ready().await;
    for _ in 0..5 {
        hub.log_in_with("admin", "wrong").await.assert_problem(401, None);
    }
    let refused = hub.log_in_with("admin", &hub.password).await;
    refused.assert_problem(429, None);
    assert_eq!(refused.headers["retry-after"], "1");
    hub.clock.advance_s(2);
    hub.log_in().await;
}

#[tokio::test]
async fn a_session_ends_after_half_an_hour_without_a_request() {
    let hub = Hub::ready().await;
    let person = hub.log_in().await;
    for _ in 0..4 {
        hub.clock.advance_s(29 * 60);
        assert_eq!(hub.get(&person, "/api/v1/session").await.status, StatusCode::OK);
    }
    hub.clock.advance_s(31 * 60);
    hub.get(&person, "/api/v1/session").await.assert_problem(401, None);
    hub.clock.go_back_s(31 * 60);
    hub.get(&person, "/api/v1/session").await.assert_problem(401, None);
}

#[tokio::test]
async fn a_session_ends_after_twelve_hours_whatever_happens() {
    let hub = Hub::ready().await;
    let person = hub.log_in().await;
    for minutes in (20..12 * 60).step_by(20) {
        hub.clock.advance_s(20 * 60);
        assert_eq!(hub.get(&person, "/api/v1/session").await.status, StatusCode::OK, "{minutes} min");
    }
    hub.clock.advance_s(20 * 60);
    hub.get(&person, "/api/v1/session").await.assert_problem(401, None);
}

#[tokio::test]
async fn who_logged_out_is_out_everywhere() {
    let hub = Hub::ready().await;
    let (one, other) = (hub.log_in().await, hub.log_in().await);
    assert_ne!(one.cookie, other.cookie);
    let answer = hub.send(with_json(Method::DELETE, "/api/v1/session", &json!({}), Some(&one))).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert!(answer.headers["set-cookie"].to_str().expect("text").contains("Max-Age=0"));
    hub.get(&one, "/api/v1/session").await.assert_problem(401, None);
    assert_eq!(hub.get(&other, "/api/v1/session").await.status, StatusCode::OK, "the other session stays");
}

#[tokio::test]
async fn every_answer_has_strict_headers() {
    let hub = Hub::ready().await;
    let person = hub.log_in().await;
    for request in [
        get("/", None),
        get("/api/v1/devices", None),
        get("/api/v1/devices", Some(&person)),
        get("/assets/no.js", None),
    ] {
        let path = request.uri().clone();
        let answer = hub.send(request).await;
        let policy = answer.headers["content-security-policy"].to_str().expect("text");
        assert!(
            policy.starts_with("default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"),
            "{path}"
        );
        assert!(policy.contains("frame-ancestors 'none'"), "{path}");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(answer.headers["referrer-policy"], "no-referrer", "{path}");
        assert!(answer.headers["x-request-id"].to_str().expect("text").starts_with("req_"), "{path}");
        assert!(answer.headers.contains_key("strict-transport-security"), "{path}");
        assert!(answer.headers.contains_key("cache-control"), "{path}");
    }
}
