//! What a store promises, whatever holds it: every case is run on SQLite and on PostgreSQL.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

pub(crate) mod accounts;
pub(crate) mod adjustments;
pub(crate) mod audit_log;
pub(crate) mod audits;
pub(crate) mod devices;
pub(crate) mod enrolments;
pub(crate) mod filters;
pub(crate) mod promises;
pub(crate) mod splits;
pub(crate) mod statements;
pub(crate) mod wire;

use std::net::{IpAddr, Ipv4Addr};

use model::{
    Actor, Batch, ClinicalClass, Conversation, ConversationHour, ConversationKey, DeviceId, DeviceType,
    Endpoint, Field, MacAddr, Observation, SensorId, Sighting, Timestamp, VlanId, Weakness, Zone,
};
use store::{Decision, DeviceUpdate, Key, Listing, Location, Options, Store};

pub(crate) const FIELDS: &[&str] =
    &["dicom.pdu.ae.calling", "dhcp.option.hostname", "arp.src.proto_ipv4", "ip.src"];
pub(crate) const PROTOCOLS: &[&str] = &["dicom", "hl7", "tls"];

/// Something that holds stores.
pub(crate) trait Backend {
    /// Where a new, empty store can be.
    fn place(&mut self) -> Location;
}

pub(crate) fn key() -> Key {
    Key::new([0x5a; 32])
}

pub(crate) async fn open(location: &Location) -> Store {
    try_open(location).await.unwrap()
}

pub(crate) async fn try_open(location: &Location) -> store::Result<Store> {
    let key = matches!(location, Location::Sqlite(_)).then(key);
    Store::open(Options { location: location.clone(), key, fields: FIELDS, protocols: PROTOCOLS }).await
}

pub(crate) fn sensor(name: &str) -> SensorId {
    format!("sen_{name}").parse().unwrap()
}

pub(crate) fn device_id(name: &str) -> DeviceId {
    format!("dev_{name}").parse().unwrap()
}

pub(crate) fn at(nanos: u64) -> Timestamp {
    Timestamp::from_nanos(nanos)
}

pub(crate) fn ip(last: u8) -> IpAddr {
    Ipv4Addr::new(192, 0, 2, last).into()
}

pub(crate) fn mac(last: u8) -> MacAddr {
    MacAddr::new([0, 0, 0x5e, 0, 0x53, last])
}

pub(crate) fn station(last: u8) -> Endpoint {
    Endpoint { mac: Some(mac(last)), ip: Some(ip(last)) }
}

pub(crate) fn field(place: usize) -> Field {
    Field::new(FIELDS[place])
}

pub(crate) fn empty_batch(name: &str, sequence: u64) -> Batch {
    Batch {
        sensor: sensor(name),
        sequence,
        until: at(sequence * 1_000),
        sightings: Vec::new(),
        claims: Vec::new(),
        observations: Vec::new(),
        weaknesses: Vec::new(),
        conversations: Vec::new(),
        frames: 10,
        dropped: 1,
    }
}

/// A station that was seen, said its name and talked: once in every batch.
pub(crate) fn batch(name: &str, sequence: u64) -> Batch {
    Batch {
        sightings: vec![sighting(1, sequence)],
        observations: vec![observation(1, "MODALITY_7", sequence)],
        conversations: vec![ConversationHour { hour: at(0), conversation: conversation(1, 2, sequence) }],
        ..empty_batch(name, sequence)
    }
}

pub(crate) fn sighting(last: u8, frame: u64) -> Sighting {
    Sighting {
        endpoint: station(last),
        first_frame: frame,
        first_seen: at(frame * 10),
        last_seen: at(frame * 10),
        packets_sent: 1,
        packets_received: 2,
        hops: Some(0),
        vlan: VlanId::new(12).ok(),
    }
}

pub(crate) fn observation(last: u8, value: &str, frame: u64) -> Observation {
    Observation {
        frame,
        at: at(frame * 10),
        endpoint: station(last),
        field: field(0),
        value: value.to_owned(),
        last_frame: frame,
        count: 1,
    }
}

pub(crate) fn conversation(originator: u8, responder: u8, frame: u64) -> Conversation {
    Conversation {
        key: ConversationKey {
            originator: station(originator),
            responder: station(responder),
            transport: 6,
            port: 104,
            protocol: Some("dicom"),
        },
        flows: 1,
        packets: [3, 2],
        bytes: [300, 200],
        first_frame: frame,
        first_seen: at(frame * 10),
        last_seen: at(frame * 10 + 5),
        encrypted: false,
        patient_data: true,
        weaknesses: Weakness::CleartextPatientData.bit(),
        lost_bytes: 0,
    }
}

pub(crate) fn listing(number: u8) -> Listing {
    Listing {
        name: Some(format!("CT-{number:02}")),
        manufacturer: Some("Aperture".to_owned()),
        model: Some("Portal 2".to_owned()),
        device_type: DeviceType::ALL.first().copied(),
        clinical_class: ClinicalClass::Diagnostic,
        os: None,
        serial: Some(format!("SN{number:05}")),
        location: None,
        zone: Zone::subnet(ip(number)),
        ips: vec![ip(number), "2001:db8::7".parse().unwrap()],
        macs: vec![mac(number)],
        weaknesses: vec![Weakness::CleartextPatientData, Weakness::Smb1],
        external: false,
        first_seen: at(u64::from(number)),
        last_seen: at(1_000 + u64::from(number)),
    }
}

pub(crate) fn update(number: u8) -> DeviceUpdate {
    DeviceUpdate {
        id: device_id(&format!("{number:03}")),
        listing: listing(number),
        identity: format!("{{\"number\":{number}}}"),
        digest: [number; 32],
        anchors: vec![format!("mac:{}", mac(number))],
        stations: vec![station(number)],
        absorbs: Vec::new(),
    }
}

pub(crate) fn decision(why: &str) -> Decision {
    Decision {
        actor: Actor::Person("ines".to_owned()),
        at: at(1_764_000_000_000_000_000),
        why: why.to_owned(),
        request: Some("req-1".to_owned()),
        origin: audit::Origin { address: Some(audit::Text::of("192.0.2.9")), session: None },
    }
}
