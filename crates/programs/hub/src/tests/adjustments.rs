//! Two devices are one, or one is two: said, kept, and taken back.

use std::collections::BTreeMap;

use axum::http::{Method, StatusCode};
use model::{AddressClaim, Batch, DeviceId, Endpoint, Field};
use proptest::prelude::{Strategy, any, prop_assert, prop_assert_eq, proptest};
use proptest::test_runner::{Config, TestCaseError};
use serde_json::{Value, json};
use store::{AdjustmentKind, DeviceQuery, Error};

use super::support::{Hub, Person, at, batch, decision, dicom, says, sighting, station, ward};

fn ip(text: &str) -> std::net::IpAddr {
    text.parse().expect("an address")
}

/// Six stations of which two have a second address, and two that are behind a router.
fn site() -> Batch {
    let mut sightings: Vec<_> = (1..=6).map(|last| sighting(last, u64::from(last))).collect();
    let mut claims = Vec::new();
    for last in [1, 2] {
        let second = ip(&format!("10.0.1.{}", 100 + last));
        let mut seen = sighting(last, 20);
        seen.endpoint.ip = Some(second);
        sightings.push(seen);
        for address in [station(last).ip.expect("an address"), second] {
            claims.push(AddressClaim {
                mac: station(last).mac.expect("a MAC"),
                ip: address,
                field: Field::new("arp.src.proto_ipv4"),
                frame: 5,
                at: at(1),
                last_seen: at(3),
                count: 1,
            });
        }
    }
    for last in [1, 2] {
        let mut far = sighting(50 + last, 30);
        far.endpoint = Endpoint { mac: None, ip: Some(ip(&format!("10.0.9.{last}"))) };
        sightings.push(far);
    }
    let observations = (1..=6)
        .map(|last| says(last, "dhcp.option.hostname", &format!("host-{last}"), 40 + u64::from(last)))
        .collect();
    Batch { sightings, claims, observations, conversations: vec![dicom(1, 3), dicom(4, 2)], ..batch(1) }
}

async fn stations(hub: &Hub) -> BTreeMap<Endpoint, DeviceId> {
    hub.app.store.stations().await.expect("stations").into_iter().collect()
}

/// Everything that lists and pages show, but for versions, which only grow.
async fn inventory(hub: &Hub) -> Vec<(store::DeviceRow, String, Vec<store::Asserted>)> {
    let query = DeviceQuery { sort: store::Sort::FirstSeen, ..DeviceQuery::default() };
    let mut all = Vec::new();
    for mut row in hub.app.store.devices(query).await.expect("devices").page.items {
        let device = hub.app.store.device(&row.id).await.expect("read").expect("there");
        row.version = 0;
        all.push((row, device.identity, device.asserted));
    }
    all.sort_by(|a, b| a.0.id.cmp(&b.0.id));
    all
}

/// What somebody does next; numbers choose among what there is.
#[derive(Debug, Clone, Copy)]
enum Step {
    Merge(u8, u8),
    Split(u8, u8),
    Undo(u8),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (0..5_u8, any::<u8>(), any::<u8>()).prop_map(|(kind, one, other)| match kind {
        0 | 1 => Step::Merge(one, other),
        2 | 3 => Step::Split(one, other),
        _ => Step::Undo(one),
    });
    proptest::collection::vec(step, 1..12)
}

/// What it should come to, kept as simply as possible.
#[derive(Debug, Default)]
struct Reference {
    home: BTreeMap<Endpoint, DeviceId>,
    active: Vec<store::Adjustment>,
}

impl Reference {
    fn expected(&self) -> BTreeMap<Endpoint, DeviceId> {
        self.home.iter().map(|(station, home)| (*station, self.root(*station, home))).collect()
    }

    fn root(&self, station: Endpoint, home: &DeviceId) -> DeviceId {
        let mut root = home.clone();
        for made in &self.active {
            if let AdjustmentKind::Split { anchor } = &made.kind
                && station.ip.is_some_and(|ip| format!("ip:{ip}") == *anchor)
            {
                root = made.part.clone();
            }
        }
        while let Some(merge) =
            self.active.iter().find(|made| made.kind == AdjustmentKind::Merge && made.part == root)
        {
            root = merge.device.clone();
        }
        root
    }
}

fn pick<T>(all: &[T], number: u8) -> Option<&T> {
    all.get(usize::from(number) % all.len().max(1))
}

async fn take(hub: &Hub, reference: &mut Reference, step: Step) -> Result<(), Error> {
    let query = DeviceQuery { sort: store::Sort::FirstSeen, ..DeviceQuery::default() };
    let rows = hub.app.store.devices(query).await?.page.items;
    let row = |number| pick(&rows, number).expect("there are always devices");
    match step {
        Step::Merge(one, other) => {
            let (one, other) = (row(one).id.clone(), row(other).id.clone());
            reference.active.push(hub.app.store.merge(one, other, decision()).await?);
        }
        Step::Split(one, other) => {
            let row = row(one);
            let address = *pick(&row.listing.ips, other).expect("an address");
            let fresh = format!("dev_{}", hub.app.world.uuid().expect("chance")).parse().expect("an id");
            let split = hub.app.store.split(row.id.clone(), format!("ip:{address}"), fresh, decision());
            reference.active.push(split.await?);
        }
        Step::Undo(one) => {
            let Some(made) = pick(&reference.active, one) else { return Ok(()) };
            let id = made.id.clone();
            hub.app.store.undo_adjustment(id.clone(), decision()).await?;
            reference.active.retain(|made| made.id != id);
        }
    }
    Ok(())
}

async fn run(all: Vec<Step>) -> Result<(), TestCaseError> {
    let hub = Hub::new().await;
    hub.ingest(&site()).await;
    hub.derive().await;
    let before = inventory(&hub).await;
    prop_assert_eq!(before.len(), 8);
    let mut reference = Reference { home: stations(&hub).await, ..Reference::default() };
    for step in all {
        match take(&hub, &mut reference, step).await {
            Ok(()) | Err(Error::Refused { .. }) => {}
            Err(other) => prop_assert!(false, "{step:?}: {other}"),
        }
        hub.derive().await;
        prop_assert_eq!(stations(&hub).await, reference.expected(), "after {:?}", step);
        let shown = inventory(&hub).await;
        let ids: Vec<_> = shown.iter().map(|(row, _, _)| row.id.clone()).collect();
        prop_assert!(
            reference.expected().values().all(|id| ids.contains(id)),
            "a station of a hidden device"
        );
        let mut ips: Vec<_> = shown.iter().flat_map(|(row, _, _)| row.listing.ips.clone()).collect();
        ips.sort_unstable();
        prop_assert!(
            ips.windows(2).all(|pair| pair[0] != pair[1]),
            "two devices with one address: {:?}",
            ips
        );
    }
    // A split stays while its part is merged, so several rounds may be needed.
    for _ in 0..=reference.active.len() {
        for number in 0..u8::try_from(reference.active.len()).unwrap_or(u8::MAX) {
            match take(&hub, &mut reference, Step::Undo(number)).await {
                Ok(()) | Err(Error::Refused { .. }) => {}
                Err(other) => prop_assert!(false, "{}", other),
            }
        }
    }
    prop_assert!(reference.active.is_empty(), "left: {:?}", reference.active);
    hub.derive().await;
    prop_assert_eq!(stations(&hub).await, reference.home.clone());
    prop_assert_eq!(inventory(&hub).await, before);
    Ok(())
}

proptest! {
    #![proptest_config(Config { cases: 24, failure_persistence: None, ..Config::default() })]

    #[test]
    fn every_station_is_one_device_and_taking_all_back_gives_the_inventory_from_before(all in steps()) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        runtime.expect("a runtime").block_on(run(all))?;
    }
}

async fn both(hub: &Hub, person: &Person) -> (String, String) {
    let list = hub.get(person, "/api/v1/devices?sort=name").await.json();
    let id = |place: usize| list["items"][place]["id"].as_str().expect("an id").to_owned();
    assert_eq!(list["total"], 2);
    (id(0), id(1))
}

#[tokio::test]
async fn a_merge_is_kept_when_it_is_derived_again_and_taken_back_with_everything_stated() {
    let hub = Hub::ready().await;
    hub.ingest(&ward()).await;
    hub.derive().await;
    let person = hub.log_in().await;
    let (ct, other) = both(&hub, &person).await;
    let say = json!({ "asserted": { "location": "room 9" }, "why": "seen there" });
    let stated = hub.write(&person, Method::PATCH, &format!("/api/v1/devices/{other}"), "*", &say).await;
    assert_eq!(stated.status, StatusCode::OK, "{}", stated.text);
    let body = json!({ "other": other, "why": "two cards of one scanner" });
    let made = hub.post(&person, &format!("/api/v1/devices/{ct}/merge"), "merge", &body).await;
    assert_eq!((made.status, &made.json()["kind"]), (StatusCode::OK, &json!("merge")));
    assert_eq!((&made.json()["device"], &made.json()["part"]), (&json!(ct), &json!(other)));
    for _ in 0..2 {
        hub.derive().await;
        let list = hub.get(&person, "/api/v1/devices").await.json();
        assert_eq!((&list["total"], &list["items"][0]["id"]), (&json!(1), &json!(ct)));
        assert_eq!(list["items"][0]["macs"], json!(["00:09:fb:00:00:01", "00:09:fb:00:00:02"]));
        assert_eq!(list["items"][0]["ips"], json!(["10.0.1.1", "10.0.1.2"]));
    }
    assert_eq!(hub.get(&person, "/api/v1/summary").await.json()["devices"]["total"], 1);
    let device = hub.get(&person, &format!("/api/v1/devices/{ct}")).await.json();
    assert_eq!((&device["parts"], &device["part_of"]), (&json!([other]), &Value::Null));
    let part = hub.get(&person, &format!("/api/v1/devices/{other}")).await.json();
    assert_eq!(part["part_of"], json!(ct));
    let twice = hub.post(&person, &format!("/api/v1/devices/{ct}/merge"), "twice", &body).await;
    twice.assert_problem(422, None);

    let undo = format!("/api/v1/adjustments/{}/undo", made.json()["id"].as_str().expect("an id"));
    let undone = hub.post(&person, &undo, "undo", &json!({ "why": "they are two after all" })).await;
    assert_eq!(undone.status, StatusCode::OK, "{}", undone.text);
    assert_eq!(undone.json()["undone"]["by"], "admin");
    hub.derive().await;
    assert_eq!(both(&hub, &person).await, (ct.clone(), other.clone()));
    let back = hub.get(&person, &format!("/api/v1/devices/{other}")).await.json();
    assert_eq!((&back["asserted"][0]["value"], &back["ips"]), (&json!("room 9"), &json!(["10.0.1.2"])));
    let again = hub.post(&person, &undo, "again", &json!({ "why": "x" })).await;
    again.assert_problem(422, None);

    let list = hub.get(&person, &format!("/api/v1/adjustments?device={other}")).await.json();
    assert_eq!(list["items"].as_array().expect("items").len(), 1);
    assert_eq!(hub.get(&person, "/api/v1/adjustments?active=true").await.json()["items"], json!([]));
    let changes = hub.get(&person, &format!("/api/v1/devices/{other}/changes")).await.json();
    let told: Vec<_> = changes["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|change| (change["kind"].clone(), change["why"].clone()))
        .collect();
    assert_eq!(told[0], (json!("split"), json!("they are two after all")));
    assert!(told.contains(&(json!("merged"), json!("two cards of one scanner"))), "{told:?}");
}

#[tokio::test]
async fn an_address_is_split_off_and_what_cannot_be_is_said() {
    let hub = Hub::ready().await;
    hub.ingest(&site()).await;
    hub.derive().await;
    let person = hub.log_in().await;
    let find = async |q: &str| {
        let list = hub.get(&person, &format!("/api/v1/devices?q={q}")).await.json();
        assert_eq!(list["total"], 1, "{q}: {list}");
        list["items"][0].clone()
    };
    let one = find("host-1").await;
    assert_eq!(one["ips"], json!(["10.0.1.1", "10.0.1.101"]));
    let path = format!("/api/v1/devices/{}/split", one["id"].as_str().expect("an id"));
    let split = async |key: &str, anchor: &str| {
        hub.post(&person, &path, key, &json!({ "anchor": anchor, "why": "a converter behind it" })).await
    };
    for (key, anchor) in [("a", "ip:10.0.1.2"), ("b", "10.0.1.101"), ("c", "mac:00:09:fb:00:00:01")] {
        split(key, anchor).await.assert_problem(422, None);
    }
    let made = split("d", "ip:10.0.1.101").await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text);
    hub.derive().await;
    let part = find("10.0.1.101").await;
    assert_eq!((&part["id"], &part["macs"]), (&made.json()["part"], &json!([])));
    assert_eq!(find("host-1").await["ips"], json!(["10.0.1.1"]));
    let far = find("10.0.9.1").await;
    let lone = format!("/api/v1/devices/{}/split", far["id"].as_str().expect("an id"));
    let refused = hub.post(&person, &lone, "e", &json!({ "anchor": "ip:10.0.9.1", "why": "x" })).await;
    refused.assert_problem(422, None);

    let merge = format!("/api/v1/devices/{}/merge", far["id"].as_str().expect("an id"));
    let merged = hub.post(&person, &merge, "f", &json!({ "other": part["id"], "why": "one" })).await;
    assert_eq!(merged.status, StatusCode::OK, "{}", merged.text);
    hub.derive().await;
    assert_eq!(find("10.0.1.101").await["id"], far["id"]);
    let undo = format!("/api/v1/adjustments/{}/undo", made.json()["id"].as_str().expect("an id"));
    let held = hub.post(&person, &undo, "g", &json!({ "why": "x" })).await;
    held.assert_problem(422, None);
    assert!(held.text.contains(merged.json()["id"].as_str().expect("an id")), "it names what holds it");
    hub.post(&person, "/api/v1/adjustments/adj_none/undo", "h", &json!({ "why": "x" }))
        .await
        .assert_problem(404, None);
}
