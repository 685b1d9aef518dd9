//! Figures of a store, for `docs/decisions`: rows a second into it, and lists and searches over many devices.
//!
//! `cargo run --release -p store --example figures -- [devices] [postgres address]`; files go to the folder for
//! temporary ones.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement")]

use std::net::Ipv4Addr;
use std::path::Path;
use std::time::{Duration, Instant};

use model::{
    Batch, ClinicalClass, Conversation, ConversationHour, ConversationKey, DeviceType, Endpoint, Field,
    MacAddr, Observation, Sighting, Timestamp, Weakness,
};
use store::{DeviceQuery, DeviceUpdate, Key, Listing, Location, Options, Sort, Store};

const BATCHES: u64 = 40;
const ROWS: u32 = 1_000;

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let devices: u32 = arguments.next().map_or(20_000, |count| count.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    for (name, key) in [("sqlite, readable", None), ("sqlite, encrypted", Some(Key::new([7; 32])))] {
        let location = Location::Sqlite(folder.path().join(name));
        measure(name, location, key, devices, Some(folder.path())).await;
    }
    if let Some(address) = arguments.next() {
        measure("postgresql", Location::Postgres(address), None, devices, None).await;
    }
}

async fn measure(name: &str, location: Location, key: Option<Key>, devices: u32, folder: Option<&Path>) {
    let options = Options { location, key, fields: &["dicom.ae"], protocols: &["dicom"] };
    let begin = Instant::now();
    let store = Store::open(options.clone()).await.unwrap();
    println!("{name}: opened in {:?}", begin.elapsed());
    ingest(&store).await;
    commits(&store).await;
    put(&store, devices).await;
    lists(&store).await;
    let begin = Instant::now();
    let evidence = store.evidence().await.unwrap();
    println!("  evidence: {} observations in {:?}", evidence.observations.len(), begin.elapsed());
    store.close().await.unwrap();
    let begin = Instant::now();
    let store = Store::open(options).await.unwrap();
    println!("  opened again in {:?}", begin.elapsed());
    store.close().await.unwrap();
    if let Some(folder) = folder {
        let size: u64 =
            std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().metadata().unwrap().len()).sum();
        println!("  files so far: {} MiB", size >> 20);
    }
}

/// Four sensors at once, batches of new stations and of ones that are known.
async fn ingest(store: &Store) {
    for (what, share) in [("new rows", 1), ("rows that grow", 0)] {
        let begin = Instant::now();
        let sensors =
            ["sen_a", "sen_b", "sen_c", "sen_d"].into_iter().zip(0_u32..).map(|(sensor, place)| async move {
                for number in 0..BATCHES {
                    let sequence = number + 1 + if share == 0 { BATCHES } else { 0 };
                    let first = (place * 100 + u32::try_from(number).unwrap()) * ROWS;
                    store.ingest(&batch(sensor, sequence, first)).await.unwrap();
                }
            });
        futures_util::future::join_all(sensors).await;
        let rows = 4.0 * f64::from(ROWS) * 4.0 * f64::from(u32::try_from(BATCHES).unwrap());
        println!("  {what}: {:.0} a second", rows / begin.elapsed().as_secs_f64());
    }
}

/// Small batches of many sensors: what the group commit is for.
async fn commits(store: &Store) {
    let names: Vec<String> = (0..32).map(|number| format!("sen_small-{number}")).collect();
    let begin = Instant::now();
    let sensors = names.iter().map(|name| async {
        for sequence in 1..=20 {
            let small =
                Batch { sightings: Vec::new(), conversations: Vec::new(), ..batch(name, sequence, 0) };
            let small = Batch { observations: small.observations.into_iter().take(1).collect(), ..small };
            store.ingest(&small).await.unwrap();
        }
    });
    futures_util::future::join_all(sensors).await;
    println!("  small batches, 32 at once: {:.0} a second", 640.0 / begin.elapsed().as_secs_f64());
}

async fn put(store: &Store, devices: u32) {
    let begin = Instant::now();
    let all: Vec<u32> = (0..devices).collect();
    for part in all.chunks(1_000) {
        let updates: Vec<DeviceUpdate> = part.iter().map(|number| device(*number)).collect();
        store.put_devices(&updates, Vec::new()).await.unwrap();
    }
    println!("  {devices} devices put: {:.0} a second", f64::from(devices) / begin.elapsed().as_secs_f64());
}

async fn lists(store: &Store) {
    let search = |text: &str| DeviceQuery { search: text.to_owned(), limit: 50, ..DeviceQuery::default() };
    let sorted = |sort| DeviceQuery { sort, descending: true, limit: 50, ..DeviceQuery::default() };
    let queries = [
        ("list by last seen", sorted(Sort::LastSeen)),
        ("list by name", sorted(Sort::Name)),
        ("search, many", search("aperture")),
        ("search, one", search("sn0000777")),
        ("search, part of an address", search("53:00:07")),
        ("search, none", search("nothing like it")),
    ];
    for (what, query) in queries {
        let mut times = Vec::new();
        for _ in 0..20 {
            let begin = Instant::now();
            store.devices(query.clone()).await.unwrap();
            times.push(begin.elapsed());
        }
        times.sort();
        println!("  {what}: p50 {:?}, p95 {:?}", times.get(10).unwrap(), times.get(18).unwrap());
    }
    for what in ["facets", "summary"] {
        let begin = Instant::now();
        if what == "facets" {
            drop(store.facets(DeviceQuery::default()).await)
        } else {
            drop(store.summary().await)
        }
        let took: Duration = begin.elapsed();
        println!("  {what}: {took:?}");
    }
}

fn station(number: u32) -> Endpoint {
    let [_, a, b, c] = number.to_be_bytes();
    Endpoint { mac: Some(MacAddr::new([0, 0, 0x53, a, b, c])), ip: Some(Ipv4Addr::new(10, a, b, c).into()) }
}

fn time(seconds: u64) -> Timestamp {
    Timestamp::from_nanos(1_764_000_000_000_000_000 + seconds * 1_000_000_000)
}

/// A thousand stations, each with two facts and a conversation with one server.
fn batch(sensor: &str, sequence: u64, first: u32) -> Batch {
    let at = time(sequence);
    let stations = (first..first + ROWS).map(station);
    let sighting = |endpoint| Sighting {
        endpoint,
        first_frame: sequence,
        first_seen: at,
        last_seen: at,
        packets_sent: 10,
        packets_received: 10,
        hops: Some(0),
        vlan: None,
    };
    let said = |endpoint, value: &str| Observation {
        frame: sequence,
        at,
        endpoint,
        field: Field::new("dicom.ae"),
        value: value.to_owned(),
        last_frame: sequence,
        count: 1,
    };
    let talk = |originator| Conversation {
        key: ConversationKey {
            originator,
            responder: station(0),
            transport: 6,
            port: 104,
            protocol: Some("dicom"),
        },
        flows: 1,
        packets: [5, 5],
        bytes: [500, 500],
        first_frame: sequence,
        first_seen: at,
        last_seen: at,
        encrypted: false,
        patient_data: true,
        weaknesses: 1,
        lost_bytes: 0,
    };
    Batch {
        sensor: sensor.parse().unwrap(),
        sequence,
        until: at,
        sightings: stations.clone().map(sighting).collect(),
        claims: Vec::new(),
        observations: stations.clone().flat_map(|of| [said(of, "CT_NORTH_7"), said(of, "ARCHIVE")]).collect(),
        weaknesses: Vec::new(),
        conversations: stations
            .map(|of| ConversationHour { hour: at.hour(), conversation: talk(of) })
            .collect(),
        frames: 20_000,
        dropped: 0,
    }
}

fn device(number: u32) -> DeviceUpdate {
    let endpoint = station(number);
    let kinds = DeviceType::ALL;
    let kind = kinds.get(usize::try_from(number).unwrap() % kinds.len()).copied();
    DeviceUpdate {
        id: format!("dev_{number:08}").parse().unwrap(),
        listing: Listing {
            name: Some(format!("ward-{}-device-{number}", number % 97)),
            manufacturer: Some(format!("Aperture {}", number % 41)),
            model: Some(format!("Portal {}", number % 211)),
            device_type: kind,
            clinical_class: kind.map_or(ClinicalClass::Unknown, DeviceType::clinical_class),
            os: Some("Windows 10".to_owned()),
            serial: Some(format!("SN{number:07}")),
            location: None,
            zone: None,
            ips: endpoint.ip.into_iter().collect(),
            macs: endpoint.mac.into_iter().collect(),
            weaknesses: vec![Weakness::CleartextPatientData],
            external: false,
            first_seen: time(u64::from(number)),
            last_seen: time(u64::from(number.reverse_bits() >> 8)),
        },
        // As long as a typical one with its evidence.
        identity: format!("{{\"attributes\":\"{}\"}}", "evidence ".repeat(200)),
        anchors: vec![format!("mac:{}", endpoint.mac.unwrap())],
        stations: vec![endpoint],
        absorbs: Vec::new(),
    }
}
