//! Who may what, for every route of the document.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use serde_json::{Value, json};

use super::support::{Hub, Person, get, json as with_json};
use crate::auth::{Permission, Role};

/// What answers everybody.
const OPEN: &[(&str, &str)] = &[("post", "/api/v1/session"), ("get", "/livez"), ("get", "/readyz")];

/// Method, path and operation of every route.
fn routes(hub: &Hub) -> Vec<(String, String, Value)> {
    let document: Value =
        serde_json::from_str(&crate::openapi_json(&hub.app).expect("a document")).expect("JSON");
    let paths = document["paths"].as_object().expect("paths").clone();
    let methods = |(path, item): (String, Value)| {
        let item = item.as_object().expect("an item").clone();
        item.into_iter().map(move |(method, operation)| (method, path.clone(), operation))
    };
    paths.into_iter().flat_map(methods).collect()
}

fn request(method: &str, path: &str, person: Option<&Person>) -> Request<Body> {
    let path = path.replace("{id}", "dev_1");
    let method: Method = method.to_uppercase().parse().expect("a method");
    let mut request = Request::builder().method(method).uri(path).header("content-type", "application/json");
    if let Some(person) = person {
        request = request.header("cookie", &person.cookie);
    }
    request.body(Body::from("{}")).expect("a request")
}

#[tokio::test]
async fn no_route_but_the_open_ones_answers_without_a_session() {
    let hub = Hub::ready().await;
    let routes = routes(&hub);
    assert!(routes.len() >= 19, "{} routes", routes.len());
    for (method, path, operation) in &routes {
        let is_open = OPEN.contains(&(method.as_str(), path.as_str()));
        assert_eq!(operation["x-permission"].is_null(), is_open, "{method} {path} names no permission");
        if is_open {
            continue;
        }
        let forged = Person { cookie: "bedrail_session=AAAA".to_owned(), csrf: String::new() };
        for person in [None, Some(&forged)] {
            let answer = hub.send(request(method, path, person)).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{method} {path}");
            answer.assert_problem(401, None);
        }
    }
}

#[tokio::test]
async fn other_methods_and_unknown_addresses_do_not_answer_without_a_session_either() {
    let hub = Hub::ready().await;
    for path in ["/api", "/api/v1", "/api/v1/nothing", "/api/v2/devices", "/api/v1/devices/dev_1/x"] {
        hub.send(get(path, None)).await.assert_problem(401, None);
    }
    for (method, path) in [("PUT", "/api/v1/devices"), ("DELETE", "/api/v1/summary"), ("PATCH", "/metrics")] {
        let answer = hub.send(request(method, path, None)).await;
        assert!(answer.status == 401 || answer.status == 405, "{method} {path}: {}", answer.status);
        assert!(!answer.text.contains("items"));
    }
    let person = hub.log_in().await;
    hub.get(&person, "/api/v1/nothing").await.assert_problem(404, None);
}

#[tokio::test]
async fn the_open_routes_and_the_shell_answer_everybody_and_hold_nothing() {
    let hub = Hub::ready().await;
    for path in ["/livez", "/readyz"] {
        assert_eq!(hub.send(get(path, None)).await.status, StatusCode::NO_CONTENT, "{path}");
    }
    for path in ["/", "/devices/dev_1", "/../../etc/passwd", "/%2e%2e/%2e%2e/Cargo.toml"] {
        let answer = hub.send(get(path, None)).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert_eq!(answer.headers["content-type"], "text/html; charset=utf-8", "{path}");
        assert!(!answer.text.contains("root:") && !answer.text.contains("[package]"), "{path}");
    }
    hub.send(request("post", "/devices", None)).await.assert_problem(405, None);
}

#[tokio::test]
async fn every_write_needs_the_token_of_its_session() {
    let hub = Hub::ready().await;
    let person = hub.log_in().await;
    for (method, path, _) in routes(&hub) {
        if method == "get" || OPEN.contains(&(method.as_str(), path.as_str())) {
            continue;
        }
        hub.send(request(&method, &path, Some(&person))).await.assert_problem(403, Some("/x-csrf-token"));
        let other = Person { csrf: "A".repeat(43), ..person.clone() };
        let forged = with_json(
            method.to_uppercase().parse().expect("a method"),
            &path.replace("{id}", "dev_1"),
            &json!({}),
            Some(&other),
        );
        hub.send(forged).await.assert_problem(403, Some("/x-csrf-token"));
    }
}

#[tokio::test]
async fn every_role_gets_exactly_what_its_permissions_say() {
    let hub = Hub::ready().await;
    let password = crate::auth::hash(&hub.app.world, "viewing").expect("a hash");
    for role in Role::ALL {
        let user = store::User {
            name: format!("a-{}", role.name()),
            role: role.name().to_owned(),
            password: store::PasswordHash(password.clone()),
            created: hub.app.world.now(),
            last_visit: None,
            version: 1,
        };
        hub.app.store.create_user(user, super::support::decision()).await.expect("an account");
    }
    let mut seen = BTreeSet::new();
    for role in Role::ALL {
        let mut person = hub.log_in_as(&format!("a-{}", role.name()), "viewing").await;
        for (method, path, operation) in routes(&hub) {
            let Some(word) = operation["x-permission"].as_str() else { continue };
            let permission = Permission::ALL.iter().find(|all| all.name() == word).expect("a permission");
            seen.insert(*permission);
            let path = path.replace("{id}", "dev_1");
            let method: Method = method.to_uppercase().parse().expect("a method");
            let status = hub.open(with_json(method.clone(), &path, &json!({}), Some(&person))).await.status();
            assert_eq!(status == 403, !role.may(*permission), "{role:?} {method} {path}: {status}");
            assert!(status.as_u16() < 500, "{role:?} {method} {path}: {status}");
            if method == Method::DELETE {
                person = hub.log_in_as(&format!("a-{}", role.name()), "viewing").await;
            }
        }
    }
    assert_eq!(seen.len(), Permission::ALL.len(), "a permission without a route");
}
