//! All devices of a capture.

use std::collections::{BTreeMap, BTreeSet};

use hashbrown::HashMap;
use model::{
    AddressClaim, AttributeName, Endpoint, FrameNumber, Identity, MacAddr, Observation, Sighting, Timestamp,
    Usage,
};

use crate::Knowledge;
use crate::derive::{Attributes, Deriver, Unmet, clinical_class, contradictions};
use crate::fact::{self, Fact};
use crate::resolve::{Addresses, Anchor};

/// What `flow` saw.
#[derive(Debug, Clone, Copy, Default)]
pub struct Seen<'a> {
    /// Stations by address.
    pub sightings: &'a [Sighting],
    /// Who claims which address.
    pub claims: &'a [AddressClaim],
    /// Facts.
    pub observations: &'a [Observation],
}

/// Devices, and which of them an address is.
#[derive(Debug, Clone, Default)]
pub struct Inventory {
    /// Devices in the order of their ids.
    pub devices: Vec<Identity>,
    places: HashMap<Anchor, usize>,
    addresses: Addresses,
}

/// What is gathered about a device before it is derived.
#[derive(Debug)]
struct Gathered<'a> {
    facts: Vec<Fact<'a>>,
    services: BTreeSet<&'static str>,
    first_frame: FrameNumber,
    first_seen: Timestamp,
    last_seen: Timestamp,
}

/// Every device that sent something or that something is known about; `usages` are the services offered and used.
#[must_use]
pub fn identify(
    seen: &Seen<'_>,
    usages: impl IntoIterator<Item = Usage>,
    knowledge: &Knowledge,
) -> Inventory {
    let addresses = Addresses::resolve(seen.sightings, seen.claims);
    let gathered = gather(seen, usages, &addresses);
    let mut deriver = Deriver::new(&knowledge.rules, &knowledge.makers);
    let mut inventory = Inventory { addresses, ..Inventory::default() };
    for (anchor, mut gathered) in gathered {
        add_address_facts(anchor, &mut gathered, &inventory.addresses, knowledge);
        let attributes = deriver.attributes(&gathered.facts);
        let identity = inventory.identity(anchor, &gathered, attributes);
        inventory.places.insert(anchor, inventory.devices.len());
        inventory.devices.push(identity);
    }
    inventory
}

/// The rules that a value of the device `id` matched but that say nothing, because another condition was not met.
#[must_use]
pub fn unmet(
    seen: &Seen<'_>,
    usages: impl IntoIterator<Item = Usage>,
    knowledge: &Knowledge,
    inventory: &Inventory,
    id: &str,
) -> Vec<Unmet> {
    let place = inventory.devices.iter().position(|device| device.id == id);
    let anchor = inventory.places.iter().find(|(_, held)| Some(**held) == place).map(|(anchor, _)| *anchor);
    let Some(anchor) = anchor else { return Vec::new() };
    let Some(mut gathered) = gather(seen, usages, &inventory.addresses).remove(&anchor) else {
        return Vec::new();
    };
    add_address_facts(anchor, &mut gathered, &inventory.addresses, knowledge);
    crate::derive::unmet(&knowledge.rules, &gathered.facts)
}

fn gather<'a>(
    seen: &Seen<'a>,
    usages: impl IntoIterator<Item = Usage>,
    addresses: &Addresses,
) -> BTreeMap<Anchor, Gathered<'a>> {
    let mut devices: BTreeMap<Anchor, Gathered<'a>> = BTreeMap::new();
    for sighting in seen.sightings.iter().filter(|sighting| sighting.packets_sent > 0) {
        let Some(anchor) = addresses.anchor(sighting.endpoint, sighting.first_seen) else { continue };
        let device =
            devices.entry(anchor).or_insert_with(|| Gathered::new(sighting.first_frame, sighting.first_seen));
        device.appear(sighting.first_frame, sighting.first_seen, sighting.last_seen);
    }
    for observation in seen.observations {
        let Some(anchor) = addresses.anchor(observation.endpoint, observation.at) else { continue };
        let device =
            devices.entry(anchor).or_insert_with(|| Gathered::new(observation.frame, observation.at));
        device.appear(observation.frame, observation.at, observation.at);
        device.facts.push(Fact::observed(observation));
    }
    let names = certificate_names(seen, addresses);
    for usage in usages {
        let anchor = addresses.anchor(usage.endpoint, usage.at);
        let Some(device) = anchor.and_then(|anchor| devices.get_mut(&anchor)) else { continue };
        device.service(&usage);
        if !usage.offered {
            let peer = addresses.anchor(usage.peer, usage.at);
            device.peer(peer.and_then(|peer| names.get(&peer)).map_or(&[], Vec::as_slice));
        }
    }
    devices
}

/// The names in the certificates of servers outside, by server. Those of many names serve many customers and name
/// nobody.
fn certificate_names<'a>(seen: &Seen<'a>, addresses: &Addresses) -> BTreeMap<Anchor, Vec<&'a Observation>> {
    let mut names: BTreeMap<Anchor, Vec<&Observation>> = BTreeMap::new();
    for observation in seen.observations.iter().filter(|seen| seen.field == fact::CERTIFICATE_NAME) {
        match addresses.anchor(observation.endpoint, observation.at) {
            Some(anchor @ Anchor::Ip(ip)) if addresses.is_external(ip) => {
                names.entry(anchor).or_default().push(observation);
            }
            Some(Anchor::Mac(_) | Anchor::Ip(_)) | None => {}
        }
    }
    names.retain(|_, held| held.len() <= CERTIFICATE_NAMES_MAX);
    names
}

impl<'a> Gathered<'a> {
    const fn new(frame: FrameNumber, at: Timestamp) -> Self {
        Self {
            facts: Vec::new(),
            services: BTreeSet::new(),
            first_frame: frame,
            first_seen: at,
            last_seen: at,
        }
    }

    fn appear(&mut self, frame: FrameNumber, first: Timestamp, last: Timestamp) {
        self.first_frame = self.first_frame.min(frame);
        self.first_seen = self.first_seen.min(first);
        self.last_seen = self.last_seen.max(last);
    }

    /// Notes the names of a server that the device speaks with.
    fn peer(&mut self, names: &[&'a Observation]) {
        for name in names {
            let fact = fact::of_peer(name);
            if !self.facts.contains(&fact) {
                self.facts.push(fact);
            }
        }
    }

    /// Notes a service once per protocol, direction and port, up to a limit: scanners use them all.
    fn service(&mut self, usage: &Usage) {
        if self.services.len() >= SERVICES_MAX && !self.services.contains(usage.protocol) {
            return;
        }
        self.services.insert(usage.protocol);
        for fact in fact::of_usage(usage) {
            let same =
                self.facts.iter_mut().find(|held| held.field == fact.field && held.value == fact.value);
            match same {
                Some(held) if held.frame <= fact.frame => {}
                Some(held) => *held = fact,
                None => self.facts.push(fact),
            }
        }
    }
}

fn add_address_facts(
    anchor: Anchor,
    gathered: &mut Gathered<'_>,
    addresses: &Addresses,
    knowledge: &Knowledge,
) {
    let Anchor::Mac(mac) = anchor else { return };
    gathered.facts.extend(fact::of_mac(mac, gathered.first_frame, &knowledge.oui, &knowledge.makers));
    if let Some((frame, ip)) = addresses.forwards(mac) {
        gathered.facts.push(fact::of_forwarding(frame, ip));
    }
}

impl Inventory {
    /// The device at an endpoint of a packet seen at `at`.
    #[must_use]
    pub fn device_of(&self, endpoint: Endpoint, at: Timestamp) -> Option<&Identity> {
        let anchor = self.addresses.anchor(endpoint, at)?;
        self.places.get(&anchor).and_then(|place| self.devices.get(*place))
    }

    /// Devices that `wanted` names: an id, an address, a host name, an AE title or a serial number.
    #[must_use]
    pub fn find(&self, wanted: &str) -> Vec<&Identity> {
        let mac: Option<MacAddr> = wanted.parse().ok();
        let ip = wanted.parse().ok();
        let named = |device: &Identity| {
            [AttributeName::Hostname, AttributeName::AeTitle, AttributeName::Serial].iter().any(|name| {
                device.all(*name).iter().any(|value| {
                    value.value.eq_ignore_ascii_case(wanted)
                        || value
                            .value
                            .split('.')
                            .next()
                            .is_some_and(|first| first.eq_ignore_ascii_case(wanted))
                })
            })
        };
        let is_wanted = |device: &&Identity| {
            device.id == wanted
                || mac.is_some_and(|mac| device.macs.contains(&mac))
                || ip.is_some_and(|ip| device.ips.contains(&ip))
                || named(device)
        };
        self.devices.iter().filter(is_wanted).collect()
    }

    fn identity(&self, anchor: Anchor, gathered: &Gathered<'_>, attributes: Attributes) -> Identity {
        let (id, macs, ips) = match anchor {
            Anchor::Mac(mac) => {
                let digits: String = mac.octets().iter().map(|octet| format!("{octet:02x}")).collect();
                (format!("dev_{digits}"), vec![mac], self.addresses.owned(mac))
            }
            Anchor::Ip(ip) => {
                (format!("dev_{}", ip.to_string().replace([':', '.'], "-")), Vec::new(), vec![ip])
            }
        };
        let external = matches!(anchor, Anchor::Ip(ip) if self.addresses.is_external(ip));
        Identity {
            id,
            randomised_mac: !macs.is_empty() && macs.iter().all(|mac| mac.is_local()),
            macs,
            ips,
            external,
            clinical_class: clinical_class(&attributes),
            contradictions: contradictions(&attributes),
            attributes,
            first_frame: gathered.first_frame,
            first_seen: gathered.first_seen,
            last_seen: gathered.last_seen,
        }
    }
}

/// A certificate of more names belongs to a hoster.
const CERTIFICATE_NAMES_MAX: usize = 4;
/// Protocols noted for one device.
const SERVICES_MAX: usize = 64;
