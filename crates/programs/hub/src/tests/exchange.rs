//! CSV out and in, and FHIR.

use axum::http::StatusCode;
use model::Batch;
use serde_json::{Value, json};

use super::support::{Hub, Person, batch, says, sighting};

/// Three named stations, one of which says that it stands where a spreadsheet would run it.
async fn ready() -> (Hub, Person) {
    let hub = Hub::ready().await;
    let sightings = (1..=3).map(|last| sighting(last, u64::from(last))).collect();
    let names = [(1, "ct-1"), (2, "mr-2"), (3, "us-3")];
    let mut observations: Vec<_> =
        names.map(|(last, name)| says(last, "dhcp.option.hostname", name, 10 + u64::from(last))).into();
    observations.push(says(3, "bacapp.location", "=cmd|x", 20));
    hub.ingest(&Batch { sightings, observations, ..batch(1) }).await;
    hub.derive().await;
    let person = hub.log_in().await;
    (hub, person)
}

async fn import(hub: &Hub, person: &Person, key: &str, body: &Value) -> Value {
    let answer = hub.post(person, "/api/v1/devices/import", key, body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.json()
}

async fn device(hub: &Hub, person: &Person, q: &str) -> Value {
    let list = hub.get(person, &format!("/api/v1/devices?q={q}")).await.json();
    let id = list["items"][0]["id"].as_str().expect("an id");
    hub.get(person, &format!("/api/v1/devices/{id}")).await.json()
}

#[tokio::test]
async fn an_export_holds_what_the_filter_finds_and_runs_nothing() {
    let (hub, person) = ready().await;
    let answer = hub.get(&person, "/api/v1/devices/export").await;
    assert_eq!(answer.headers["content-type"], "text/csv; charset=utf-8; header=present");
    let lines: Vec<&str> = answer.text.split("\r\n").collect();
    assert!(lines[0].starts_with("id,name,manufacturer,"), "{}", lines[0]);
    assert_eq!(lines.len(), 1 + 3 + 1, "{}", answer.text);
    assert!(answer.text.contains(",'=cmd|x,") && !answer.text.contains(",=cmd"), "{}", answer.text);
    let one = hub.get(&person, "/api/v1/devices/export?filter=name%3Dmr-2").await;
    assert_eq!(one.text.split("\r\n").count(), 1 + 1 + 1, "{}", one.text);
    assert!(one.text.contains(",10.0.1.2,00:09:fb:00:00:02,discovered,"), "{}", one.text);
    hub.get(&person, "/api/v1/devices/export?limit=3").await.assert_problem(400, Some("/limit"));
}

#[tokio::test]
async fn an_import_says_first_what_it_would_do_and_then_does_it() {
    let (hub, person) = ready().await;
    let csv = "Serial,MAC,Room,Risk,Price\n\
        S1,00-09-FB-00-00-01,room 4,Life support,1\n\
        S2,0009.fb00.0002,room 5,odd,2\n\
        S3,,room 6,,3\n\
        S4,00:09:fb:00:00:03,,,\n\
        short\n";
    let mapping = json!({
        "columns": { "Serial": "serial", "MAC": "mac", "Room": "location", "Risk": "clinical_class" },
        "values": { "clinical_class": { "life support": "life_sustaining" } },
    });
    let with = |dry_run| json!({ "name": "cmms", "csv": csv, "mapping": mapping, "dry_run": dry_run, "why": "weekly" });
    let dry = import(&hub, &person, "dry", &with(true)).await;
    assert_eq!(
        (&dry["rows"], &dry["matched"], &dry["changes_total"]),
        (&json!(5), &json!(2), &json!(4)),
        "{dry}"
    );
    assert_eq!((&dry["devices_changed"], &dry["ignored_columns"]), (&json!(2), &json!(["Price"])));
    let errors: Vec<_> = dry["errors"]
        .as_array()
        .expect("errors")
        .iter()
        .map(|error| (error["line"].clone(), error["column"].clone()))
        .collect();
    assert_eq!(
        errors,
        [(json!(3), json!("Risk")), (json!(4), Value::Null), (json!(6), Value::Null)],
        "{dry}"
    );
    assert_eq!(device(&hub, &person, "ct-1").await["asserted"], json!([]), "nothing happened");

    let done = import(&hub, &person, "real", &with(false)).await;
    assert_eq!((&done["changes"], &done["errors"]), (&dry["changes"], &dry["errors"]));
    let ct = device(&hub, &person, "ct-1").await;
    let said: Vec<_> = ct["asserted"].as_array().expect("statements").iter().collect();
    assert_eq!(said.len(), 3);
    assert!(said.iter().all(|said| said["source"] == "import cmms" && said["by"] == "admin"), "{said:?}");
    assert_eq!(said[0]["why"], "import cmms: weekly");
    assert_eq!(ct["clinical"]["class"], "life_sustaining");
    let again = import(&hub, &person, "again", &with(false)).await;
    assert_eq!((&again["changes_total"], &again["matched"]), (&json!(0), &json!(2)));
    let by_serial =
        json!({ "name": "cmms", "csv": "serial,location\ns1,room 9\n", "dry_run": false, "why": "moved" });
    let moved = import(&hub, &person, "moved", &by_serial).await;
    assert_eq!(moved["changes"][0]["before"], "room 4", "{moved}");
    assert_eq!(moved["changes"][0]["after"], "room 9");
}

#[tokio::test]
async fn what_was_exported_is_imported_without_an_error() {
    let (hub, person) = ready().await;
    let csv = hub.get(&person, "/api/v1/devices/export").await.text;
    let body = json!({ "name": "roundtrip", "csv": csv, "dry_run": false, "why": "x" });
    let result = import(&hub, &person, "all", &body).await;
    assert_eq!((&result["matched"], &result["errors"]), (&json!(3), &json!([])), "{result}");
    let named = device(&hub, &person, "us-3").await;
    let said = named["asserted"].as_array().expect("said").iter();
    let place = said.clone().find(|said| said["attribute"] == "location");
    assert_eq!(place.expect("a place")["value"], "=cmd|x", "the guard is taken off");
    assert_eq!(named["differences"], json!([]));
}

#[tokio::test]
async fn rows_that_find_no_one_device_are_named_and_a_wrong_file_is_refused() {
    let (hub, person) = ready().await;
    let csv = "mac,ip,location\n\
        00:09:fb:00:00:01,10.0.1.2,x\n\
        zz,,x\n\
        ,,x\n\
        ,10.0.1.1 10.0.1.2,x\n\
        00:09:fb:00:00:01,10.0.1.1,x\n\
        00:09:fb:00:00:01,,y\n";
    let body = json!({ "name": "cmms", "csv": csv, "dry_run": true, "why": "x" });
    let result = import(&hub, &person, "rows", &body).await;
    let details: Vec<_> = result["errors"]
        .as_array()
        .expect("errors")
        .iter()
        .map(|error| {
            (error["line"].as_u64(), error["column"].as_str(), error["detail"].as_str().expect("text"))
        })
        .collect();
    for (error, (line, column, part)) in details.iter().zip([
        (2, Some("ip"), "but its mac finds"),
        (3, Some("mac"), "not a MAC address"),
        (4, None, "nothing in it finds a device"),
        (5, Some("ip"), "several devices"),
        (7, None, "an earlier row"),
    ]) {
        assert_eq!((error.0, error.1), (Some(line), column), "{details:?}");
        assert!(error.2.contains(part), "{error:?}");
    }
    assert_eq!((details.len(), &result["matched"]), (5, &json!(1)));

    let wrong = [
        (json!({ "name": "a b", "csv": "mac\n", "dry_run": true, "why": "x" }), "/name"),
        (json!({ "name": "a", "csv": "room\n", "dry_run": true, "why": "x" }), "/csv"),
        (
            json!({ "name": "a", "csv": "mac\n", "mapping": { "columns": { "Serial": "serial" } }, "dry_run": true, "why": "x" }),
            "/csv",
        ),
        (
            json!({ "name": "a", "csv": "mac\n", "mapping": { "columns": { "mac": "colour" } }, "dry_run": true, "why": "x" }),
            "/mapping/columns/mac",
        ),
        (
            json!({ "name": "a", "csv": "mac\n", "mapping_toml": "[columns]\nmac = 1", "dry_run": true, "why": "x" }),
            "/mapping_toml",
        ),
        (json!({ "name": "a", "csv": "mac\n", "dry_run": true, "why": " " }), "/why"),
    ];
    for (place, (body, pointer)) in wrong.into_iter().enumerate() {
        let answer = hub.post(&person, "/api/v1/devices/import", &format!("key-{place}"), &body).await;
        answer.assert_problem(422, Some(pointer));
    }
}

#[tokio::test]
async fn a_device_and_a_list_are_read_as_fhir() {
    let (hub, person) = ready().await;
    let list = hub.get(&person, "/api/v1/devices?filter=name%3Dct-1").await.json();
    let id = list["items"][0]["id"].as_str().expect("an id");
    let answer = hub.get(&person, &format!("/api/v1/devices/{id}/fhir")).await;
    assert_eq!(answer.headers["content-type"], "application/fhir+json");
    let resource = answer.json();
    assert_eq!((&resource["resourceType"], &resource["status"]), (&json!("Device"), &json!("unknown")));
    assert_eq!(resource["id"], json!(id.replace('_', "-")));
    let first = hub.get(&person, "/api/v1/devices/fhir?sort=name&limit=2").await.json();
    assert_eq!(
        (&first["type"], first["entry"].as_array().expect("entries").len()),
        (&json!("collection"), 2)
    );
    let next = first["link"][1]["url"].as_str().expect("a link");
    let rest = hub.get(&person, next).await.json();
    assert_eq!((rest["entry"].as_array().expect("entries").len(), &rest["link"][1]), (1, &Value::Null));
    hub.get(&person, "/api/v1/devices/dev_1/fhir").await.assert_problem(404, None);
}
