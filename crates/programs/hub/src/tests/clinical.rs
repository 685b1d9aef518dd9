//! What a device means for a patient: stated, inherited, derived, unknown.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::support::{Hub, Person, ward};

async fn state(hub: &Hub, person: &Person, id: &str, values: Value) -> Value {
    let body = json!({ "asserted": values, "why": "biomed round" });
    let answer = hub.write(person, Method::PATCH, &format!("/api/v1/devices/{id}"), "*", &body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.json()
}

async fn ready() -> (Hub, Person, String) {
    let hub = Hub::ready().await;
    hub.ingest(&ward()).await;
    hub.derive().await;
    let person = hub.log_in().await;
    let list = hub.get(&person, "/api/v1/devices?sort=name").await.json();
    let id = list["items"][0]["id"].as_str().expect("an id").to_owned();
    (hub, person, id)
}

#[tokio::test]
async fn what_nobody_said_is_unknown_and_nothing_is_permitted() {
    let (hub, person, id) = ready().await;
    let device = hub.get(&person, &format!("/api/v1/devices/{id}")).await.json();
    let clinical = &device["clinical"];
    for word in ["network_loss_effect", "reaction_time", "patient_state"] {
        assert_eq!(clinical[word], "unknown", "{word}");
    }
    for word in ["owner", "biomed_owner", "maintenance_window", "patient_report"] {
        assert_eq!(clinical[word], Value::Null, "{word}");
    }
    assert_eq!(clinical["manufacturer_permissions"], json!([]));
    assert!(clinical["origins"]["reaction_time"].is_null());
}

#[tokio::test]
async fn a_device_inherits_what_is_stated_about_its_model_until_somebody_says_otherwise() {
    let (hub, person, id) = ready().await;
    state(&hub, &person, &id, json!({ "manufacturer": "Aperture", "model": "Portal 2" })).await;
    let body = json!({
        "manufacturer": "APERTURE", "model": "portal 2", "why": "instructions for use",
        "defaults": { "clinical_class": "therapeutic", "reaction_time": "minutes", "permission_patch_ok": "MDS2, page 4" },
    });
    let made = hub.post(&person, "/api/v1/models", "model", &body).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text);
    let model = made.json()["id"].as_str().expect("an id").to_owned();
    let path = format!("/api/v1/devices/{id}");
    let clinical = hub.get(&person, &path).await.json()["clinical"].clone();
    assert_eq!((&clinical["class"], &clinical["reaction_time"]), (&json!("therapeutic"), &json!("minutes")));
    assert_eq!(clinical["origins"]["reaction_time"], json!({ "kind": "model_default", "source": model }));
    let permission = json!([{ "permission": "patch_ok", "document": "MDS2, page 4" }]);
    assert_eq!(clinical["manufacturer_permissions"], permission);

    let device = state(&hub, &person, &id, json!({ "reaction_time": "seconds" })).await;
    assert_eq!(device["clinical"]["reaction_time"], "seconds");
    let origin = json!({ "kind": "stated", "source": "person" });
    assert_eq!(device["clinical"]["origins"]["reaction_time"], origin);

    let patch = json!({ "defaults": { "clinical_class": null }, "why": "not sure" });
    let path = format!("/api/v1/models/{model}");
    hub.write(&person, Method::PATCH, &path, "\"2\"", &patch).await.assert_problem(412, Some("/if-match"));
    let changed = hub.write(&person, Method::PATCH, &path, "\"1\"", &patch).await;
    assert_eq!((changed.status, &changed.json()["version"]), (StatusCode::OK, &json!(2)));
    let device = hub.get(&person, &format!("/api/v1/devices/{id}")).await.json();
    assert_eq!(device["clinical"]["class"], device["clinical_class"], "what is derived counts again");
    assert_eq!(device["clinical"]["origins"]["clinical_class"]["kind"], "derived");
    let list = hub.get(&person, "/api/v1/models").await.json();
    assert_eq!((list["items"].as_array().expect("items").len(), &list["next_cursor"]), (1, &Value::Null));
}

#[tokio::test]
async fn wrong_defaults_are_named() {
    let (hub, person, _) = ready().await;
    let with = |manufacturer: &str, defaults: Value| json!({ "manufacturer": manufacturer, "model": "X", "defaults": defaults, "why": "x" });
    let wrong = [
        (with(" ", json!({})), 422, "/manufacturer"),
        (with("A", json!({ "serial": "1" })), 422, "/defaults/serial"),
        (with("A", json!({ "reaction_time": "soon" })), 422, "/defaults/reaction_time"),
        (with("A", json!({ "reaction_time": 1 })), 400, "/defaults/reaction_time"),
    ];
    for (place, (body, status, pointer)) in wrong.into_iter().enumerate() {
        let answer = hub.post(&person, "/api/v1/models", &format!("key-{place}"), &body).await;
        answer.assert_problem(status, Some(pointer));
    }
    let good = with("A", json!({}));
    assert_eq!(hub.post(&person, "/api/v1/models", "one", &good).await.status, StatusCode::OK);
    hub.post(&person, "/api/v1/models", "two", &good).await.assert_problem(409, Some("/model"));
    hub.get(&person, "/api/v1/models/mdl_none").await.assert_problem(404, None);
}

#[tokio::test]
async fn a_report_about_a_patient_counts_for_ten_minutes() {
    let (hub, person, id) = ready().await;
    let path = format!("/api/v1/devices/{id}/patient-state");
    let body = json!({ "state": "connected", "why": "seen at the bedside" });
    let told = hub.post(&person, &path, "one", &body).await;
    assert_eq!((told.status, &told.json()["patient_state"]), (StatusCode::OK, &json!("connected")));
    let device = format!("/api/v1/devices/{id}");
    for (after_s, state, age_s) in [(9 * 60, "connected", 540), (60, "connected", 600), (60, "unknown", 660)]
    {
        hub.clock.advance_s(after_s);
        let clinical = hub.get(&person, &device).await.json()["clinical"].clone();
        assert_eq!(
            (&clinical["patient_state"], &clinical["patient_report"]["age_s"]),
            (&json!(state), &json!(age_s))
        );
        assert_eq!(
            (&clinical["patient_report"]["source"], &clinical["patient_report"]["by"]),
            (&json!("person"), &json!("admin"))
        );
    }
    let wrong = json!({ "state": "well", "why": "x" });
    hub.post(&person, &path, "two", &wrong).await.assert_problem(400, Some("/state"));
    hub.post(&person, "/api/v1/devices/dev_1/patient-state", "three", &body).await.assert_problem(404, None);
}
