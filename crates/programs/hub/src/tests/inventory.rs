//! From a batch to what people see.

use axum::http::{Method, StatusCode};
use http_body_util::BodyExt as _;
use model::Batch;
use serde_json::{Value, json};

use super::support::{Hub, Person, batch, cleartext, get, json as with_json, says, sighting, station, ward};

async fn devices(hub: &Hub, person: &Person) -> Vec<Value> {
    hub.get(person, "/api/v1/devices?sort=first_seen").await.json()["items"]
        .as_array()
        .expect("items")
        .clone()
}

async fn move_to(hub: &Hub, person: &Person, ids: &[&str], to: &str, key: &str) -> Value {
    let body = json!({ "ids": ids, "to": to, "why": "round of the ward" });
    let mut request = with_json(Method::POST, "/api/v1/devices/lifecycle", &body, Some(person));
    request.headers_mut().insert("idempotency-key", key.parse().expect("a header"));
    let answer = hub.send(request).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.json()
}

fn id_of(device: &Value) -> &str {
    device["id"].as_str().expect("an id")
}

#[tokio::test]
async fn what_a_sensor_sees_becomes_devices_with_evidence_and_a_record() {
    let hub = Hub::ready().await;
    hub.ingest(&ward()).await;
    hub.derive().await;
    let person = hub.log_in().await;
    let all = devices(&hub, &person).await;
    assert_eq!(all.len(), 2, "{all:?}");
    let ct = all.iter().find(|device| device["name"] == "ct-room-4").expect("the named one");
    assert_eq!(ct["ips"], json!(["10.0.1.1"]));
    assert_eq!((&ct["lifecycle"], &ct["serial"]), (&json!("discovered"), &Value::Null));
    let answer = hub.get(&person, &format!("/api/v1/devices/{}", id_of(ct))).await;
    assert_eq!(answer.headers["etag"], format!("\"{}\"", ct["version"]).as_str());
    let device = answer.json();
    let reason = &device["attributes"]["hostname"][0]["evidence"][0];
    assert_eq!((&reason["frame"], &reason["sensor"]), (&json!(3), &json!("sen_ward")));
    assert_eq!(device["anchors"], json!(["mac:00:09:fb:00:00:01"]));
    assert_eq!(device["clinical"]["patient_state"], "unknown");
    let changes = hub.get(&person, "/api/v1/changes").await.json();
    let kinds: Vec<_> =
        changes["items"].as_array().expect("items").iter().map(|c| c["kind"].clone()).collect();
    assert_eq!(kinds, ["discovered", "discovered"]);
}

#[tokio::test]
async fn deriving_again_changes_nothing_and_news_are_recorded() {
    let hub = Hub::ready().await;
    hub.ingest(&ward()).await;
    hub.derive().await;
    hub.derive().await;
    let person = hub.log_in().await;
    let before = devices(&hub, &person).await;
    assert!(before.iter().all(|device| device["version"] == 1), "{before:?}");
    let seen_again = Batch { sightings: vec![sighting(1, 60)], ..batch(2) };
    hub.ingest(&seen_again).await;
    hub.derive().await;
    let after = devices(&hub, &person).await;
    assert!(after.iter().all(|device| device["version"] == 1), "being seen is no change");
    assert_ne!(before, after, "but it is shown");
    let named = Batch { observations: vec![says(2, "dhcp.option.hostname", "pacs", 40)], ..batch(3) };
    hub.ingest(&named).await;
    hub.derive().await;
    let pacs = devices(&hub, &person).await.into_iter().find(|device| device["name"] == "pacs").expect("it");
    assert_eq!(pacs["version"], 2);
    let path = format!("/api/v1/devices/{}/changes", id_of(&pacs));
    let changes = hub.get(&person, &path).await.json();
    let change = &changes["items"][0];
    assert_eq!(
        (&change["what"], &change["before"], &change["after"]),
        (&json!("name"), &Value::Null, &json!("pacs"))
    );
    assert_eq!((&change["kind"], &change["actor"]["kind"]), (&json!("derived"), &json!("system")));
}

#[tokio::test]
async fn a_device_keeps_its_id_when_its_hardware_address_becomes_known() {
    let hub = Hub::ready().await;
    let mut far = sighting(9, 1);
    far.endpoint.mac = None;
    hub.ingest(&Batch { sightings: vec![far], ..batch(1) }).await;
    hub.derive().await;
    let person = hub.log_in().await;
    let before = devices(&hub, &person).await;
    assert_eq!(before.len(), 1, "{before:?}");
    let claim = model::AddressClaim {
        mac: station(9).mac.expect("a MAC"),
        ip: station(9).ip.expect("an address"),
        field: model::Field::new("arp.src.proto_ipv4"),
        frame: 5,
        at: super::support::at(1),
        last_seen: super::support::at(3),
        count: 1,
    };
    hub.ingest(&Batch { sightings: vec![sighting(9, 2)], claims: vec![claim], ..batch(2) }).await;
    hub.derive().await;
    let after = devices(&hub, &person).await;
    assert_eq!(after.len(), 1, "{after:?}");
    assert_eq!(id_of(&before[0]), id_of(&after[0]));
    assert_eq!(after[0]["macs"], json!(["00:09:fb:00:00:09"]));
}

#[tokio::test]
async fn the_map_and_the_summary_show_what_goes_in_clear() {
    let hub = Hub::ready().await;
    hub.ingest(&Batch { weaknesses: vec![cleartext(1)], ..ward() }).await;
    hub.derive().await;
    let person = hub.log_in().await;
    let map = hub.get(&person, "/api/v1/map").await.json();
    assert_eq!(map["zones"][0]["name"], "10.0.1.0/24");
    assert_eq!((&map["zones"][0]["kind"], &map["zones"][0]["devices"]), (&json!("subnet"), &json!(2)));
    let conduit = &map["conduits"][0];
    assert_eq!((&conduit["from"], &conduit["to"]), (&map["zones"][0]["id"], &map["zones"][0]["id"]));
    assert_eq!((&conduit["bytes"], &conduit["cleartext_clinical"]), (&json!(900), &json!(1)));
    let summary = hub.get(&person, "/api/v1/summary").await.json();
    assert_eq!(summary["devices"]["total"], 2);
    assert_eq!(
        (&summary["awaiting_approval"], &summary["cleartext_clinical_conversations"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(summary["conversations"], json!({ "encrypted": 0, "clear": 1, "unknown": 0 }));
    assert_eq!(summary["protocols"][0], json!({ "name": "dicom", "flows": 2, "packets": 9 }));
    assert_eq!(summary["weaknesses"][0], json!({ "weakness": "cleartext_patient_data", "devices": 1 }));
    assert_eq!(summary["new_since_last_visit"].as_array().expect("devices").len(), 2);
    assert_eq!(summary["sensors"][0]["state"], "connected");
    let weak = hub.get(&person, "/api/v1/devices?filter=weakness%3Dcleartext_patient_data").await.json();
    assert_eq!((&weak["total"], &weak["items"][0]["name"]), (&json!(1), &json!("ct-room-4")));
    assert_eq!(hub.get(&person, "/api/v1/devices?filter=weakness%3Dsmb1").await.json()["total"], 0);
    let facets = hub.get(&person, "/api/v1/devices/facets").await.json();
    assert_eq!(facets["lifecycle"], json!([{ "value": "discovered", "count": 2 }]));
}

#[tokio::test]
async fn conversations_are_seen_from_both_ends() {
    let hub = Hub::ready().await;
    hub.ingest(&ward()).await;
    hub.derive().await;
    let person = hub.log_in().await;
    for device in devices(&hub, &person).await {
        let path = format!("/api/v1/devices/{}/conversations", id_of(&device));
        let page = hub.get(&person, &path).await.json();
        let conversation = &page["items"][0];
        let (direction, bytes) =
            if device["name"] == "ct-room-4" { ("out", [500, 400]) } else { ("in", [400, 500]) };
        assert_eq!((&conversation["direction"], &conversation["bytes"]), (&json!(direction), &json!(bytes)));
        assert_eq!((&conversation["transport"], &conversation["protocol"]), (&json!("tcp"), &json!("dicom")));
        assert_eq!(conversation["cleartext_clinical"], true);
        assert!(conversation["peer"]["device"].is_string(), "{conversation}");
    }
}

#[tokio::test]
async fn an_act_is_done_once_however_often_it_is_asked_for() {
    let hub = Hub::ready().await;
    hub.ingest(&ward()).await;
    hub.derive().await;
    let person = hub.log_in().await;
    let all = devices(&hub, &person).await;
    let ids = [id_of(&all[0]), id_of(&all[1]), "dev_nobody"];
    let first = move_to(&hub, &person, &ids, "approved", "one").await;
    assert_eq!(first["done"], json!(ids[..2]));
    assert_eq!(first["refused"], json!([{ "id": "dev_nobody", "reason": "there is no such device" }]));
    assert_eq!(move_to(&hub, &person, &ids, "approved", "one").await, first, "the first answer");
    let again = move_to(&hub, &person, &ids[..1], "approved", "two").await;
    assert_eq!(again["refused"][0]["reason"], "it is `approved` already");
    let body = json!({ "ids": ids, "to": "retired", "why": "x" });
    let mut other = with_json(Method::POST, "/api/v1/devices/lifecycle", &body, Some(&person));
    other.headers_mut().insert("idempotency-key", "one".parse().expect("a header"));
    hub.send(other).await.assert_problem(422, Some("/idempotency-key"));
    let changes = hub.get(&person, &format!("/api/v1/devices/{}/changes", ids[0])).await.json();
    let change = &changes["items"][0];
    assert_eq!((&change["kind"], &change["after"]), (&json!("lifecycle"), &json!("approved")));
    assert_eq!((&change["actor"]["name"], &change["why"]), (&json!("admin"), &json!("round of the ward")));
    assert!(change["request"].as_str().expect("a request").starts_with("req_"));
}

#[tokio::test]
async fn what_people_state_stands_beside_what_is_observed() {
    let hub = Hub::ready().await;
    hub.ingest(&ward()).await;
    hub.derive().await;
    let person = hub.log_in().await;
    let all = devices(&hub, &person).await;
    let ct = all.iter().find(|device| device["name"] == "ct-room-4").expect("the named one");
    let path = format!("/api/v1/devices/{}", id_of(ct));
    let body = json!({ "asserted": { "name": "CT 2", "reaction_time": "minutes", "clinical_owner": "radiology" }, "why": "inventory" });
    let mut request = with_json(Method::PATCH, &path, &body, Some(&person));
    request.headers_mut().insert("if-match", "\"1\"".parse().expect("a header"));
    let answer = hub.send(request).await;
    assert_eq!(
        (answer.status, &answer.headers["etag"]),
        (StatusCode::OK, &"\"2\"".parse().expect("a header"))
    );
    let device = answer.json();
    assert_eq!(device["name"], "CT 2", "what a person says counts");
    assert_eq!(device["attributes"]["hostname"][0]["value"], "ct-room-4", "what is observed stays");
    assert_eq!(
        device["differences"],
        json!([{ "attribute": "name", "observed": "ct-room-4", "asserted": "CT 2", "says": [
            { "source": "observed name", "value": "ct-room-4" },
            { "source": "person", "value": "CT 2" },
        ] }])
    );
    assert_eq!(
        (&device["clinical"]["reaction_time"], &device["clinical"]["owner"]),
        (&json!("minutes"), &json!("radiology"))
    );
    assert_eq!(device["asserted"].as_array().expect("statements").len(), 3);
    hub.derive().await;
    assert_eq!(hub.get(&person, &path).await.json()["asserted"], device["asserted"], "deriving leaves it");
}

#[tokio::test]
async fn pages_follow_each_other_without_a_gap() {
    let hub = Hub::ready().await;
    let sightings = (1..=23).map(|last| sighting(last, u64::from(last))).collect();
    hub.ingest(&Batch { sightings, ..batch(1) }).await;
    hub.derive().await;
    let person = hub.log_in().await;
    for sort in [
        "last_seen",
        "-name",
        "-manufacturer",
        "first_seen",
        "-os",
        "device_type",
        "clinical_class",
        "lifecycle",
    ] {
        let mut seen = Vec::new();
        let mut cursor = String::new();
        loop {
            let path = format!("/api/v1/devices?sort={sort}&limit=5&cursor={cursor}");
            let page = hub.get(&person, &path).await.json();
            assert_eq!(page["total"], 23);
            seen.extend(page["items"].as_array().expect("items").iter().map(|d| id_of(d).to_owned()));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => break,
            }
        }
        let count = seen.len();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!((count, seen.len()), (23, 23), "{sort}");
    }
}

#[tokio::test]
async fn news_come_live_and_end_with_the_session() {
    let hub = Hub::ready().await;
    let person = hub.log_in().await;
    let response = hub.open(get("/api/v1/events", Some(&person))).await;
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut body = response.into_body();
    hub.ingest(&ward()).await;
    hub.derive().await;
    let mut text = String::new();
    while !text.contains("event: summary") {
        let frame = body.frame().await.expect("more").expect("a frame");
        text.push_str(&String::from_utf8_lossy(frame.data_ref().expect("data")));
    }
    assert!(text.contains("event: device\n") && text.contains("\"kind\":\"discovered\""), "{text}");
    hub.app.stopping.send_replace(true);
    // What was on its way may still come.
    let rest = async { while body.frame().await.is_some() {} };
    assert!(
        tokio::time::timeout(std::time::Duration::from_secs(20), rest).await.is_ok(),
        "it ends when the hub stops"
    );
}

#[tokio::test]
async fn zones_are_vlans_where_tags_were_seen_and_the_filter_and_the_map_agree() {
    let hub = Hub::ready().await;
    let mut tagged = ward();
    tagged.sightings[0].vlan = model::VlanId::new(12).ok();
    hub.ingest(&tagged).await;
    hub.derive().await;
    let person = hub.log_in().await;
    for (zone, name) in [("vlan-12", json!("ct-room-4")), ("10.0.1.0/24", Value::Null)] {
        let found = hub.get(&person, &format!("/api/v1/devices?filter=zone%3D{zone}")).await.json();
        assert_eq!((&found["total"], &found["items"][0]["name"]), (&json!(1), &name), "{zone}");
        assert_eq!(found["items"][0]["zone"], zone);
    }
    let map = hub.get(&person, "/api/v1/map").await.json();
    let zones: Vec<_> = map["zones"]
        .as_array()
        .expect("zones")
        .iter()
        .map(|zone| (zone["id"].clone(), zone["name"].clone(), zone["kind"].clone()))
        .collect();
    let vlan = (json!("vlan-12"), json!("VLAN 12"), json!("vlan"));
    assert_eq!(zones, [vlan, (json!("subnet-10-0-1-0"), json!("10.0.1.0/24"), json!("subnet"))]);
    let either = "/api/v1/devices?filter=zone%3Dvlan-12%20or%20zone%3D10.0.1.0%2F24&sort=ip";
    let both = hub.get(&person, either).await.json();
    assert_eq!((&both["total"], &both["items"][0]["ips"]), (&json!(2), &json!(["10.0.1.1"])));
    let wrong = hub.get(&person, "/api/v1/devices?filter=zone%3Dvlan-12%20or%20zone%3Dicu").await;
    wrong.assert_problem(400, Some("/filter"));
    assert!(wrong.text.contains("character 22"), "{}", wrong.text);
}
