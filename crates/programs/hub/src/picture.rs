//! Who talks with whom as a whole: zones, conduits and counts, made anew with every derivation.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::LazyLock;

use identify::Ends;
use model::{ClinicalClass, Conversation, Identity, Timestamp};

use crate::api::view::{Conduit, ConversationCounts, NetworkMap, ProtocolCount, Zone, ZoneKind};
use crate::sensors::share;

/// What the last derivation says about the whole.
#[derive(Debug, Default)]
pub(crate) struct Picture {
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

/// A zone as observed. Sorts by what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// IPv4 /24 or IPv6 /64.
    Subnet(IpAddr),
    /// Without a network address.
    Link,
    Outside,
}

impl Picture {
    /// From the devices and the conversations between them.
    pub(crate) fn of(devices: &[Identity], conversations: &[Conversation], ends: &[Ends]) -> Self {
        let places: Vec<Place> = devices.iter().map(Place::of).collect();
        let place_of = |device: Option<u32>| places.get(usize::try_from(device?).ok()?).copied();
        let mut pipes: BTreeMap<(Place, Place), Pipe> = BTreeMap::new();
        for (conversation, ends) in conversations.iter().zip(ends) {
            if let (Some(from), Some(to)) = (place_of(ends.originator), place_of(ends.responder)) {
                pipes.entry((from, to)).or_default().add(conversation);
            }
        }
        let conduits = pipes.into_iter().map(|((from, to), pipe)| pipe.finish(from, to)).collect();
        let as_of = conversations.iter().map(|seen| seen.last_seen).max().unwrap_or_default();
        Self {
            map: NetworkMap { zones: zones(devices, &places), conduits },
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

impl Place {
    fn of(device: &Identity) -> Self {
        if device.external {
            return Self::Outside;
        }
        let mut subnets = device.ips.iter().filter_map(|ip| subnet(*ip)).collect::<Vec<_>>();
        subnets.sort_unstable();
        subnets.first().map_or(Self::Link, |subnet| Self::Subnet(*subnet))
    }

    fn id(self) -> String {
        match self {
            Self::Subnet(ip) => format!("subnet-{}", ip.to_string().replace([':', '.'], "-")),
            Self::Link => "link".to_owned(),
            Self::Outside => "outside".to_owned(),
        }
    }

    fn name(self) -> String {
        match self {
            Self::Subnet(ip @ IpAddr::V4(_)) => format!("{ip}/24"),
            Self::Subnet(ip @ IpAddr::V6(_)) => format!("{ip}/64"),
            Self::Link => "no network address".to_owned(),
            Self::Outside => "outside".to_owned(),
        }
    }

    const fn kind(self) -> ZoneKind {
        match self {
            Self::Subnet(_) | Self::Link => ZoneKind::Subnet,
            Self::Outside => ZoneKind::Outside,
        }
    }
}

/// The subnet of an address as far as one can tell; link-local addresses tell nothing.
fn subnet(ip: IpAddr) -> Option<IpAddr> {
    match ip {
        IpAddr::V4(v4) if v4.is_link_local() || v4.is_unspecified() => None,
        IpAddr::V4(v4) => Some(IpAddr::V4((v4.to_bits() & 0xffff_ff00).into())),
        IpAddr::V6(v6) if v6.is_unicast_link_local() || v6.is_unspecified() => None,
        IpAddr::V6(v6) => Some(IpAddr::V6((v6.to_bits() >> 64 << 64).into())),
    }
}

fn zones(devices: &[Identity], places: &[Place]) -> Vec<Zone> {
    let mut classes: BTreeMap<Place, BTreeMap<&'static str, u64>> = BTreeMap::new();
    for (device, place) in devices.iter().zip(places) {
        let class: ClinicalClass = device.clinical_class.value;
        *classes.entry(*place).or_default().entry(class.name()).or_default() += 1;
    }
    let zone = |(place, by_class): (Place, BTreeMap<_, u64>)| Zone {
        id: place.id(),
        name: place.name(),
        kind: place.kind(),
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

    fn finish(self, from: Place, to: Place) -> Conduit {
        let Self { flows, bytes, encrypted_bytes, cleartext_clinical, protocols } = self;
        Conduit {
            from: from.id(),
            to: to.id(),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_subnets_as_observed() {
        let subnet =
            |text: &str| subnet(text.parse().expect("an address")).map(|ip| Place::Subnet(ip).name());
        assert_eq!(subnet("10.1.2.3").as_deref(), Some("10.1.2.0/24"));
        assert_eq!(subnet("2001:db8:1:2:3::4").as_deref(), Some("2001:db8:1:2::/64"));
        assert_eq!(subnet("fe80::1"), None);
        assert_eq!(subnet("169.254.3.4"), None);
    }
}
