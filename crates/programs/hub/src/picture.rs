//! Who talks with whom as a whole: zones, conduits and counts, made anew with every derivation.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::LazyLock;

use identify::{Ends, Inventory};
use model::{ClinicalClass, Conversation, Identity, Sighting, Timestamp, VlanId, Zone};

use crate::api::view::{self, Conduit, ConversationCounts, NetworkMap, ProtocolCount, ZoneKind};
use crate::sensors::share;

/// What the last derivation says about the whole.
#[derive(Debug, Clone, Default)]
pub(crate) struct Picture {
    /// Its zones are those of the devices that lists show.
    pub(crate) map: NetworkMap,
    pub(crate) conversations: ConversationCounts,
    pub(crate) cleartext_clinical: u64,
    pub(crate) protocols: Vec<ProtocolCount>,
    /// Packet time of the latest frame.
    pub(crate) as_of: Timestamp,
}

/// A conduit that is still being filled.
#[derive(Debug, Default)]
struct Pipe {
    flows: u64,
    bytes: u64,
    encrypted_bytes: u64,
    cleartext_clinical: u64,
    protocols: BTreeSet<&'static str>,
}

impl Picture {
    /// From the conversations between devices at these places; it has no zones yet.
    pub(crate) fn of(places: &[Zone], conversations: &[Conversation], ends: &[Ends]) -> Self {
        let place_of = |device: Option<u32>| places.get(usize::try_from(device?).ok()?).copied();
        let mut pipes: BTreeMap<(Zone, Zone), Pipe> = BTreeMap::new();
        for (conversation, ends) in conversations.iter().zip(ends) {
            if let (Some(from), Some(to)) = (place_of(ends.originator), place_of(ends.responder)) {
                pipes.entry((from, to)).or_default().add(conversation);
            }
        }
        let conduits = pipes.into_iter().map(|((from, to), pipe)| pipe.finish(from, to)).collect();
        let as_of = conversations.iter().map(|seen| seen.last_seen).max().unwrap_or_default();
        Self {
            map: NetworkMap { zones: Vec::new(), conduits },
            conversations: counts(conversations),
            cleartext_clinical: count(conversations.iter().filter(|seen| is_cleartext_clinical(seen))),
            protocols: protocols(conversations),
            as_of,
        }
    }
}

/// Whether a conversation of a clinical protocol, or any that carried patient data, can be read by a listener.
pub(crate) fn is_cleartext_clinical(conversation: &Conversation) -> bool {
    static CLINICAL: LazyLock<Vec<&str>> = LazyLock::new(|| {
        let all = dissect::protocols().into_iter().filter(|protocol| protocol.carries_patient_data);
        all.map(|protocol| protocol.name).collect()
    });
    let is_clinical = |protocol: &str| CLINICAL.contains(&protocol);
    conversation.patient_data || !conversation.encrypted && conversation.key.protocol.is_some_and(is_clinical)
}

/// Where each device is: by the tag that most of its own frames carried, else by its lowest subnet.
pub(crate) fn places(devices: &[Identity], sightings: &[Sighting], inventory: &Inventory) -> Vec<Zone> {
    let mut tags: HashMap<&str, BTreeMap<VlanId, u64>> = HashMap::new();
    for seen in sightings {
        let Some((vlan, mac)) = seen.vlan.zip(seen.endpoint.mac) else { continue };
        // A frame of somebody else's card carries the tag of that card's network.
        let device = inventory.device_of(seen.endpoint, seen.last_seen);
        if let Some(device) = device.filter(|device| device.macs.contains(&mac)) {
            *tags.entry(device.id.as_str()).or_default().entry(vlan).or_default() += seen.packets_sent;
        }
    }
    let tag = |device: &Identity| {
        let counts = tags.get(device.id.as_str())?;
        counts.iter().max_by_key(|(vlan, count)| (**count, Reverse(**vlan))).map(|(vlan, _)| *vlan)
    };
    devices.iter().map(|device| place(device, tag(device))).collect()
}

fn place(device: &Identity, tag: Option<VlanId>) -> Zone {
    if device.external {
        return Zone::Outside;
    }
    let subnets = device.ips.iter().filter_map(|ip| Zone::subnet(*ip));
    tag.map(Zone::Vlan).or_else(|| subnets.min()).unwrap_or(Zone::Link)
}

/// Stable, and fit for an address of a page.
fn id(zone: Zone) -> String {
    match zone {
        Zone::Subnet(ip) => format!("subnet-{}", ip.to_string().replace([':', '.'], "-")),
        Zone::Vlan(_) | Zone::Link | Zone::Outside => zone.to_string(),
    }
}

fn name(zone: Zone) -> String {
    match zone {
        Zone::Vlan(vlan) => format!("VLAN {vlan}"),
        Zone::Link => "no network address".to_owned(),
        Zone::Subnet(_) | Zone::Outside => zone.to_string(),
    }
}

const fn kind(zone: Zone) -> ZoneKind {
    match zone {
        Zone::Vlan(_) => ZoneKind::Vlan,
        Zone::Subnet(_) | Zone::Link => ZoneKind::Subnet,
        Zone::Outside => ZoneKind::Outside,
    }
}

/// The zones of devices, by where each is and what it means for a patient.
pub(crate) fn zones(devices: impl Iterator<Item = (Zone, ClinicalClass)>) -> Vec<view::Zone> {
    let mut classes: BTreeMap<Zone, BTreeMap<&'static str, u64>> = BTreeMap::new();
    for (place, class) in devices {
        *classes.entry(place).or_default().entry(class.name()).or_default() += 1;
    }
    let zone = |(place, by_class): (Zone, BTreeMap<_, u64>)| view::Zone {
        id: id(place),
        name: name(place),
        kind: kind(place),
        devices: by_class.values().sum(),
        by_class,
    };
    classes.into_iter().map(zone).collect()
}

impl Pipe {
    fn add(&mut self, conversation: &Conversation) {
        let bytes = conversation.bytes.iter().sum::<u64>();
        self.flows += conversation.flows;
        self.bytes += bytes;
        self.encrypted_bytes += if conversation.encrypted { bytes } else { 0 };
        self.cleartext_clinical += u64::from(is_cleartext_clinical(conversation));
        self.protocols.extend(conversation.key.protocol);
    }

    fn finish(self, from: Zone, to: Zone) -> Conduit {
        let Self { flows, bytes, encrypted_bytes, cleartext_clinical, protocols } = self;
        Conduit {
            from: id(from),
            to: id(to),
            flows,
            bytes,
            encrypted_share: share(encrypted_bytes, bytes),
            cleartext_clinical,
            protocols: protocols.into_iter().collect(),
        }
    }
}

fn counts(conversations: &[Conversation]) -> ConversationCounts {
    let mut counts = ConversationCounts::default();
    for conversation in conversations {
        match (conversation.encrypted, conversation.key.protocol) {
            (true, _) => counts.encrypted += 1,
            (false, Some(_)) => counts.clear += 1,
            (false, None) => counts.unknown += 1,
        }
    }
    counts
}

fn protocols(conversations: &[Conversation]) -> Vec<ProtocolCount> {
    let mut sums: BTreeMap<&'static str, (u64, u64)> = BTreeMap::new();
    for conversation in conversations {
        let (flows, packets) = sums.entry(conversation.key.protocol.unwrap_or("unknown")).or_default();
        *flows += conversation.flows;
        *packets += conversation.packets.iter().sum::<u64>();
    }
    let count = |(name, (flows, packets))| ProtocolCount { name, flows, packets };
    let mut all: Vec<ProtocolCount> = sums.into_iter().map(count).collect();
    all.sort_by_key(|protocol| std::cmp::Reverse(protocol.flows));
    all
}

fn count(items: impl Iterator) -> u64 {
    u64::try_from(items.count()).unwrap_or(u64::MAX)
}
