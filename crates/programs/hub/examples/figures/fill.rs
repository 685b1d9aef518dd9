//! A hub that takes what four sensors say about many devices within an hour.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use hub::{Options, World};
use model::{
    Batch, Conversation, ConversationHour, ConversationKey, Endpoint, Field, MacAddr, Observation, SensorId,
    Sighting, Timestamp,
};
use tokio::sync::{mpsc, oneshot};

use crate::ask::Client;

/// Sensors, each with its part of the devices.
const SENSORS: u32 = 4;
/// Devices in one batch: what a busy sensor tells in some seconds.
const BATCH: u32 = 500;
/// Servers that each device talks with, in an hour.
const PEERS: u32 = 10;
const SERVERS: u32 = 200;
/// What devices say of themselves: fields, and values in turn.
const SAYS: &[(&str, &[&str])] = &[
    (
        "dhcp.option.vendor_class_id",
        &["MSFT 5.0", "udhcp 1.20.2", "Cisco AP c3800", "Hewlett-Packard JetDirect"],
    ),
    (
        "http.user_agent",
        &["Mozilla/5.0 (Windows NT 10.0; Win64; x64)", "curl/7.88.1", "Wget/1.21", "python-requests/2.31"],
    ),
    ("http.server", &["nginx", "Apache/2.4.57 (Debian)", "Microsoft-IIS/10.0", "lighttpd/1.4.69"]),
    (
        "ssh.protocol",
        &[
            "SSH-2.0-OpenSSH_9.2p1 Debian-2",
            "SSH-2.0-dropbear_2020.81",
            "SSH-2.0-OpenSSH_7.4",
            "SSH-2.0-Cisco-1.25",
        ],
    ),
    (
        "dhcp.option.request_list_item",
        &["1,3,6,15,31,33,43,44,46,47", "1,3,6,12,15,28,42", "1,28,2,3,15,6", "6,3,1,15,66,67"],
    ),
];
/// Beginnings of addresses whose makers are registered.
const OUIS: &[[u8; 3]] = &[[0x00, 0x09, 0xfb], [0x00, 0x1d, 0xe6], [0x00, 0x50, 0x56], [0x00, 0x11, 0x85]];

/// How it went.
pub(crate) struct Filled {
    pub(crate) name: String,
    pub(crate) password: String,
    /// What devices said, each with a sighting.
    pub(crate) observations: Phase,
    /// Whom they talked with, each as an hour and a total.
    pub(crate) conversations: Phase,
    /// From the first batch until the list had every device.
    pub(crate) listed: Duration,
}

/// Rows of a kind, and how long it took until the last was on the disk.
#[derive(Default)]
pub(crate) struct Phase {
    pub(crate) count: u64,
    taken: Duration,
}

impl Phase {
    pub(crate) fn per_second(&self) -> f64 {
        u32::try_from(self.count).map_or(f64::INFINITY, f64::from) / self.taken.as_secs_f64()
    }
}

/// Tells everything about devices, or everything about conversations.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Observations,
    Conversations,
}

/// Runs a hub in `data` until it knows every device.
pub(crate) async fn fill(data: &Path, devices: u32) -> Result<Filled> {
    let (batches, receiver) = mpsc::channel(8);
    let (started, starts) = oneshot::channel();
    let (stop, stops) = oneshot::channel::<()>();
    let told = |news| drop(started.send(news));
    let hub = tokio::spawn(hub::run(options(data), receiver, told, async { drop(stops.await) }));
    let Ok(started) = starts.await else { bail!("the hub did not start: {:?}", hub.await) };
    let login = started.first_login.context("a fresh hub gives a login")?;
    let begun = Instant::now();
    let mut client = Client::log_in(&started.url, &login.name, &login.password)?;
    let mut told = 0.0;
    let mut phase = async |kind| -> Result<Phase> {
        let begun = Instant::now();
        let mut phase = Phase::default();
        for batch in batches_of(kind, devices)? {
            phase.count += u64::try_from(batch.observations.len() + batch.conversations.len())?;
            told += 1.0;
            batches.send(batch).await.context("the hub takes batches")?;
        }
        while client.metric("bedrail_batches_total")? < told {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(Phase { taken: begun.elapsed(), ..phase })
    };
    let (observations, conversations) = (phase(Kind::Observations).await?, phase(Kind::Conversations).await?);
    while client.total("/api/v1/devices?limit=1")? < u64::from(devices) {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let listed = begun.elapsed();
    drop((batches, stop));
    hub.await??;
    Ok(Filled { name: login.name, password: login.password, observations, conversations, listed })
}

pub(crate) fn options(data: &Path) -> Options {
    Options {
        data: data.to_owned(),
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        sensors: None,
        insecure_http: true,
        retention: hub::Retention::default(),
        metrics_token: None,
        store_url: None,
        world: World::system(),
    }
}

fn batches_of(kind: Kind, devices: u32) -> Result<Vec<Batch>> {
    let mut batches = Vec::new();
    for (number, first) in (0_u32..).zip((0..devices).step_by(usize::try_from(BATCH)?)) {
        let sensor = SensorId::new(format!("sen_{}", number % SENSORS))?;
        let before = match kind {
            Kind::Observations => 0,
            // As many batches of this sensor told the observations of the same devices.
            Kind::Conversations => {
                u64::from((devices.div_ceil(BATCH) + SENSORS - 1 - number % SENSORS) / SENSORS)
            }
        };
        let sequence = before + u64::from(number / SENSORS) + 1;
        batches.push(batch(sensor, sequence, kind, first..devices.min(first + BATCH))?);
    }
    Ok(batches)
}

fn batch(sensor: SensorId, sequence: u64, kind: Kind, devices: std::ops::Range<u32>) -> Result<Batch> {
    let at = time(sequence);
    let mut batch = Batch {
        sensor,
        sequence,
        until: at,
        sightings: Vec::new(),
        claims: Vec::new(),
        observations: Vec::new(),
        weaknesses: Vec::new(),
        conversations: Vec::new(),
        frames: 20_000,
        dropped: 0,
    };
    for (number, device) in devices.enumerate() {
        let frame = sequence * 100_000 + u64::try_from(number)? * 100;
        if kind == Kind::Observations {
            batch.sightings.push(sighting(device, frame, at)?);
            batch.observations.extend(observations(device, frame, at)?);
            continue;
        }
        for peer in 0..PEERS {
            let conversation = conversation(device, device.wrapping_mul(7) + peer, frame, at)?;
            batch.conversations.push(ConversationHour { hour: at.hour(), conversation });
        }
    }
    Ok(batch)
}

/// Within one hour.
fn time(sequence: u64) -> Timestamp {
    Timestamp::from_nanos(1_764_000_000_000_000_000 + sequence * 1_000_000_000)
}

fn pick<T: Copy>(all: &[T], number: u32) -> Result<T> {
    let place = usize::try_from(number)? % all.len();
    all.get(place).copied().context("a list with something in it")
}

fn station(device: u32) -> Result<Endpoint> {
    let [_, a, b, c] = device.to_be_bytes();
    let [x, y, z] = pick(OUIS, device)?;
    let ip = Ipv4Addr::new(10, a, b, c).into();
    Ok(Endpoint { mac: Some(MacAddr::new([x, y, z, a, b, c])), ip: Some(ip) })
}

fn server(number: u32) -> Result<Endpoint> {
    let low = u8::try_from(number % SERVERS)?;
    let ip = Ipv4Addr::new(10, 255, 0, low).into();
    Ok(Endpoint { mac: Some(MacAddr::new([0x00, 0x50, 0x56, 0xff, 0, low])), ip: Some(ip) })
}

fn sighting(device: u32, frame: u64, at: Timestamp) -> Result<Sighting> {
    Ok(Sighting {
        endpoint: station(device)?,
        first_frame: frame,
        first_seen: at,
        last_seen: at,
        packets_sent: 40,
        packets_received: 40,
        hops: Some(0),
        vlan: None,
    })
}

fn observations(device: u32, frame: u64, at: Timestamp) -> Result<Vec<Observation>> {
    let endpoint = station(device)?;
    let said = |field, value, frame| Observation {
        frame,
        at,
        endpoint,
        field: Field::new(field),
        value,
        last_frame: frame,
        count: 1,
    };
    let mut all =
        vec![said("dhcp.option.hostname", format!("ward-{}-device-{device:06}", device % 97), frame)];
    for ((field, values), place) in SAYS.iter().zip(1..) {
        all.push(said(field, pick(values, device / place)?.to_owned(), frame + u64::from(place)));
    }
    Ok(all)
}

fn conversation(device: u32, peer: u32, frame: u64, at: Timestamp) -> Result<Conversation> {
    let services = [(104, "dicom"), (2575, "hl7"), (443, "tls"), (53, "dns"), (123, "ntp")];
    let (port, protocol) = pick(&services, peer)?;
    let (originator, responder) = (station(device)?, server(peer)?);
    Ok(Conversation {
        key: ConversationKey { originator, responder, transport: 6, port, protocol: Some(protocol) },
        flows: 3,
        packets: [20, 20],
        bytes: [4_000, 9_000],
        first_frame: frame + 10,
        first_seen: at,
        last_seen: at,
        encrypted: port == 443,
        patient_data: port == 2575,
        weaknesses: 0,
        lost_bytes: 0,
    })
}
