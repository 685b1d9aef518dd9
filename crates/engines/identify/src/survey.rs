//! Who was there, before anybody concludes what they are: devices by address, and the facts about each.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use hashbrown::HashMap;
use model::{AddressClaim, Endpoint, FrameNumber, Observation, Sighting, Timestamp, Usage};

use crate::fact::{self, Fact};
use crate::resolve::{Addresses, Adjustments, Anchor};

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

/// The devices that sent something or that something is known about, in order, and whose each address is.
#[derive(Debug)]
pub struct Survey<'a> {
    seen: Seen<'a>,
    pub(crate) addresses: Addresses,
    anchors: Vec<Anchor>,
    pub(crate) places: HashMap<Anchor, u32>,
}

/// A service that was offered or used, with the places of the device and of whom it spoke with.
#[derive(Debug, Clone, Copy)]
pub struct Used {
    /// The service.
    pub usage: Usage,
    /// The device that offers or uses it.
    pub device: Option<u32>,
    /// Whom it speaks with.
    pub peer: Option<u32>,
}

/// The places of the devices at both ends of a conversation.
#[derive(Debug, Clone, Copy)]
pub struct Ends {
    /// Who opened it.
    pub originator: Option<u32>,
    /// Who was called.
    pub responder: Option<u32>,
}

impl Ends {
    /// Whose a service of this conversation is: who was called offers it, who called uses it.
    #[must_use]
    pub const fn used(self, usage: Usage) -> Used {
        let Self { originator, responder } = self;
        if usage.offered {
            Used { usage, device: responder, peer: originator }
        } else {
            Used { usage, device: originator, peer: responder }
        }
    }
}

/// What is gathered about a device before it is derived.
#[derive(Debug)]
pub(crate) struct Gathered<'a> {
    pub(crate) facts: Vec<Fact<'a>>,
    protocols: BTreeSet<&'static str>,
    services: BTreeMap<(&'static str, bool), Vec<Usage>>,
    pub(crate) first_frame: FrameNumber,
    pub(crate) first_seen: Timestamp,
    pub(crate) last_seen: Timestamp,
}

impl<'a> Survey<'a> {
    /// Decides which addresses are one device.
    #[must_use]
    pub fn new(seen: Seen<'a>) -> Self {
        Self::adjusted(seen, &Adjustments::default())
    }

    /// Decides which addresses are one device, with what people say about it.
    #[must_use]
    pub fn adjusted(seen: Seen<'a>, adjustments: &Adjustments) -> Self {
        let addresses = Addresses::resolve(seen.sightings, seen.claims).adjusted(adjustments);
        let senders = seen.sightings.iter().filter(|sighting| sighting.packets_sent > 0);
        let sending = senders.filter_map(|sender| addresses.anchor(sender.endpoint, sender.first_seen));
        let known = seen.observations.iter().filter_map(|fact| addresses.anchor(fact.endpoint, fact.at));
        let mut anchors: Vec<Anchor> = sending.chain(known).collect();
        anchors.sort_unstable();
        anchors.dedup();
        let places = anchors.iter().copied().zip(0..).collect();
        Self { seen, addresses, anchors, places }
    }

    /// The place of the device at an endpoint of a packet seen at `at`.
    #[must_use]
    pub fn place(&self, endpoint: Endpoint, at: Timestamp) -> Option<u32> {
        self.places.get(&self.addresses.anchor(endpoint, at)?).copied()
    }

    /// The devices at the ends of a conversation that was first seen at `at`.
    #[must_use]
    pub fn ends(&self, originator: Endpoint, responder: Endpoint, at: Timestamp) -> Ends {
        Ends { originator: self.place(originator, at), responder: self.place(responder, at) }
    }

    /// Whose a service is.
    #[must_use]
    pub fn locate(&self, usage: Usage) -> Used {
        let (device, peer) = (self.place(usage.endpoint, usage.at), self.place(usage.peer, usage.at));
        Used { usage, device, peer }
    }

    pub(crate) fn anchor(&self, place: usize) -> Option<Anchor> {
        self.anchors.get(place).copied()
    }

    /// The facts about each device, in the order of devices.
    pub(crate) fn gather(&self, used: impl IntoIterator<Item = Used>) -> Vec<Gathered<'a>> {
        let mut devices: Vec<Gathered<'a>> = self.anchors.iter().map(|_| Gathered::new()).collect();
        let of = |place: Option<u32>| usize::try_from(place?).ok();
        for sighting in self.seen.sightings.iter().filter(|sighting| sighting.packets_sent > 0) {
            let place = of(self.place(sighting.endpoint, sighting.first_seen));
            if let Some(device) = place.and_then(|place| devices.get_mut(place)) {
                device.appear(sighting.first_frame, sighting.first_seen, sighting.last_seen);
            }
        }
        for observation in self.seen.observations {
            let place = of(self.place(observation.endpoint, observation.at));
            if let Some(device) = place.and_then(|place| devices.get_mut(place)) {
                device.appear(observation.frame, observation.at, observation.at);
                device.facts.push(Fact::observed(observation));
            }
        }
        let names = self.certificate_names();
        for used in used {
            let Some(device) = of(used.device).and_then(|place| devices.get_mut(place)) else { continue };
            device.service(&used.usage);
            if let Some(names) = used.peer.filter(|_| !used.usage.offered).and_then(|peer| names.get(&peer)) {
                device.peer(names);
            }
        }
        for device in &mut devices {
            device.add_service_facts();
        }
        devices
    }

    /// The names in the certificates of servers outside, by server. Those of many names serve many customers and name
    /// nobody.
    fn certificate_names(&self) -> HashMap<u32, Vec<&'a Observation>> {
        let mut names: HashMap<u32, Vec<&Observation>> = HashMap::new();
        for observation in self.seen.observations.iter().filter(|seen| seen.field == fact::CERTIFICATE_NAME) {
            let anchor = self.addresses.anchor(observation.endpoint, observation.at);
            let outside = anchor.filter(|anchor| match anchor {
                Anchor::Ip(ip) => self.addresses.is_external(*ip),
                Anchor::Mac(_) => false,
            });
            if let Some(place) = outside.and_then(|anchor| self.places.get(&anchor)) {
                names.entry(*place).or_default().push(observation);
            }
        }
        names.retain(|_, held| held.len() <= CERTIFICATE_NAMES_MAX);
        names
    }
}

impl<'a> Gathered<'a> {
    const fn new() -> Self {
        Self {
            facts: Vec::new(),
            protocols: BTreeSet::new(),
            services: BTreeMap::new(),
            first_frame: FrameNumber::MAX,
            first_seen: Timestamp::from_nanos(u64::MAX),
            last_seen: Timestamp::from_nanos(0),
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
        let services = self.services.entry((usage.protocol, usage.offered));
        let services = match services {
            Entry::Occupied(held) => held.into_mut(),
            Entry::Vacant(_)
                if self.protocols.len() >= SERVICES_MAX && !self.protocols.contains(usage.protocol) =>
            {
                return;
            }
            Entry::Vacant(free) => {
                self.protocols.insert(usage.protocol);
                free.insert(Vec::new())
            }
        };
        let more = services.len() < PORTS_MAX;
        match services.iter_mut().find(|held| !usage.offered || held.port == usage.port) {
            Some(held) if usage.frame < held.frame => *held = *usage,
            None if more => services.push(*usage),
            Some(_) | None => {}
        }
    }

    fn add_service_facts(&mut self) {
        for usages in self.services.values() {
            for fact in usages.iter().flat_map(fact::of_usage) {
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
}

/// A certificate of more names belongs to a hoster.
const CERTIFICATE_NAMES_MAX: usize = 4;
/// Protocols noted for one device.
const SERVICES_MAX: usize = 64;
/// Ports noted for one protocol of one device.
const PORTS_MAX: usize = 64;
