//! What people state shows in lists, filters, searches, exports and on the map.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::support::{Hub, Person, says, ward};
use crate::derive::Ledger;
use crate::events::{DeviceEvent, Event};

/// A ward whose scanner says where it stands, and the ledger of a derivation.
async fn ready() -> (Hub, Person, String, Option<Ledger>) {
    let hub = Hub::ready().await;
    let mut batch = ward();
    batch.observations.push(says(1, "bacapp.location", "room 9", 4));
    hub.ingest(&batch).await;
    let mut ledger = None;
    hub.derive_with(&mut ledger).await;
    let person = hub.log_in().await;
    let list = hub.get(&person, "/api/v1/devices?q=ct-room-4").await.json();
    let id = list["items"][0]["id"].as_str().expect("an id").to_owned();
    (hub, person, id, ledger)
}

async fn state(hub: &Hub, person: &Person, id: &str, values: Value) -> Value {
    let body = json!({ "asserted": values, "why": "biomed round" });
    let answer = hub.write(person, Method::PATCH, &format!("/api/v1/devices/{id}"), "*", &body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.json()
}

/// Ids of what a list with these parameters shows.
async fn found(hub: &Hub, person: &Person, parameters: &str) -> Vec<String> {
    let list = hub.get(person, &format!("/api/v1/devices?{parameters}")).await.json();
    let items = list["items"].as_array().unwrap_or_else(|| panic!("{list}"));
    items.iter().map(|row| row["id"].as_str().expect("an id").to_owned()).collect()
}

/// Ids of all changes.
async fn changes(hub: &Hub, person: &Person) -> Vec<Value> {
    let page = hub.get(person, "/api/v1/changes").await.json();
    page["items"].as_array().expect("items").iter().map(|change| change["id"].clone()).collect()
}

async fn row(hub: &Hub, person: &Person, id: &str) -> Value {
    let list = hub.get(person, "/api/v1/devices").await.json();
    list["items"].as_array().expect("items").iter().find(|row| row["id"] == id).expect("the device").clone()
}

#[tokio::test]
async fn lists_show_and_find_what_is_stated_and_what_is_derived_again_when_it_is_taken_back() {
    let (hub, person, id, mut ledger) = ready().await;
    let before = row(&hub, &person, &id).await;
    assert_eq!((&before["name"], &before["location"]), (&json!("ct-room-4"), &json!("room 9")));
    let values = json!({
        "name": "CT East", "location": "Room 12", "serial": "SN-77", "manufacturer": "Aperture",
        "model": "Portal 2", "device_type": "ct_scanner", "clinical_class": "therapeutic", "os": "Windows 7",
    });
    let page = state(&hub, &person, &id, values.clone()).await;
    for (attribute, value) in values.as_object().expect("values") {
        assert_eq!(&page[attribute], value, "the device's page shows it at once");
    }
    let changes = changes(&hub, &person).await;
    hub.relist(&mut ledger).await;
    let listed = row(&hub, &person, &id).await;
    for (attribute, value) in values.as_object().expect("values") {
        assert_eq!(&listed[attribute], value);
    }
    assert_eq!(listed["version"], page["version"], "the statement counted, showing it does not");
    assert_eq!(self::changes(&hub, &person).await, changes, "nor is it a change");
    let only = [id.clone()];
    for parameters in [
        "filter=location%3D%22room%2012%22",
        "filter=class%3Dtherapeutic",
        "class=therapeutic",
        "type=ct_scanner",
        "manufacturer=Aperture",
        "filter=serial%3Dsn-77",
        "q=SN-77",
        "q=ct+east",
    ] {
        assert_eq!(found(&hub, &person, parameters).await, only, "{parameters}");
    }
    assert_eq!(found(&hub, &person, "q=ct-room-4").await, [""; 0], "it is called otherwise");
    let facets = hub.get(&person, "/api/v1/devices/facets").await.json();
    assert!(
        facets["class"].as_array().expect("a facet").contains(&json!({ "value": "therapeutic", "count": 1 }))
    );
    let csv = hub.get(&person, "/api/v1/devices/export").await.text;
    assert!(
        csv.contains("CT East,Aperture,Portal 2,ct_scanner,therapeutic,Windows 7,SN-77,Room 12,"),
        "{csv}"
    );
    let map = hub.get(&person, "/api/v1/map").await.json();
    assert_eq!(map["zones"][0]["by_class"]["therapeutic"], 1, "{map}");

    // After a start, and after a derivation, it is the same.
    hub.derive_with(&mut ledger).await;
    hub.derive_with(&mut None).await;
    assert_eq!(row(&hub, &person, &id).await, listed);
    assert_eq!(self::changes(&hub, &person).await, changes);

    let nothing: serde_json::Map<String, Value> =
        values.as_object().expect("values").keys().map(|name| (name.clone(), Value::Null)).collect();
    state(&hub, &person, &id, Value::Object(nothing)).await;
    hub.relist(&mut ledger).await;
    let mut after = row(&hub, &person, &id).await;
    after["version"] = before["version"].clone();
    assert_eq!(after, before);
}

#[tokio::test]
async fn the_class_of_a_model_shows_in_lists_unless_a_device_has_its_own() {
    let (hub, person, id, mut ledger) = ready().await;
    let derived = row(&hub, &person, &id).await["clinical_class"].clone();
    state(&hub, &person, &id, json!({ "manufacturer": "Aperture", "model": "Portal 2" })).await;
    let body = json!({
        "manufacturer": "APERTURE", "model": "portal 2", "why": "instructions for use",
        "defaults": { "clinical_class": "life_sustaining" },
    });
    assert_eq!(hub.post(&person, "/api/v1/models", "model", &body).await.status, StatusCode::OK);
    hub.relist(&mut ledger).await;
    assert_eq!(found(&hub, &person, "class=life_sustaining").await, [&*id]);
    state(&hub, &person, &id, json!({ "clinical_class": "support" })).await;
    hub.relist(&mut ledger).await;
    assert_eq!(found(&hub, &person, "class=life_sustaining").await, [""; 0]);
    assert_eq!(found(&hub, &person, "class=support").await, [&*id]);
    state(&hub, &person, &id, json!({ "clinical_class": null, "model": "Cube" })).await;
    hub.relist(&mut ledger).await;
    assert_eq!(row(&hub, &person, &id).await["clinical_class"], derived, "it is of no such model now");
}

#[tokio::test]
async fn a_whole_shows_what_is_stated_about_its_parts_and_its_own_first() {
    let (hub, person, id, mut ledger) = ready().await;
    let all = found(&hub, &person, "sort=name").await;
    let part = all.into_iter().find(|other| *other != id).expect("another");
    state(&hub, &person, &part, json!({ "serial": "P-1", "location": "cellar" })).await;
    state(&hub, &person, &id, json!({ "location": "room 12" })).await;
    let body = json!({ "other": part, "why": "two cards of one scanner" });
    let made = hub.post(&person, &format!("/api/v1/devices/{id}/merge"), "merge", &body).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text);
    hub.derive_with(&mut ledger).await;
    let whole = row(&hub, &person, &id).await;
    assert_eq!((&whole["serial"], &whole["location"]), (&json!("P-1"), &json!("room 12")));
    state(&hub, &person, &part, json!({ "serial": "P-2" })).await;
    hub.relist(&mut ledger).await;
    assert_eq!(row(&hub, &person, &id).await["serial"], "P-2");
    let page = hub.get(&person, &format!("/api/v1/devices/{id}")).await.json();
    assert_eq!((&page["serial"], &page["location"]), (&json!("P-2"), &json!("room 12")));
}

#[tokio::test]
async fn who_listens_is_told_even_when_a_derivation_comes_first() {
    let (hub, person, id, mut ledger) = ready().await;
    state(&hub, &person, &id, json!({ "location": "room 12" })).await;
    let mut news = hub.app.events.listen();
    hub.derive_with(&mut ledger).await;
    let told: Vec<Event> = std::iter::from_fn(|| news.try_recv().ok()).collect();
    let changed = Event::Device(id.parse().expect("an id"), DeviceEvent::Changed);
    assert!(told.contains(&changed), "{told:?}");
}

#[tokio::test]
async fn an_import_shows_in_lists_while_the_hub_runs() {
    let (hub, person, id, _) = ready().await;
    let job = tokio::spawn(crate::derive::run(hub.app.clone(), hub.knowledge()));
    let body = json!({ "name": "cmms", "csv": format!("id,location\n{id},Ward 7\n"), "dry_run": false, "why": "weekly" });
    let answer = hub.post(&person, "/api/v1/devices/import", "import", &body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let mut shown = Vec::new();
    for _ in 0..400 {
        shown = found(&hub, &person, "filter=location%3D%22ward%207%22").await;
        if !shown.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    hub.app.stopping.send_replace(true);
    job.await.expect("no panic");
    assert_eq!(shown, [id]);
}
