//! What a lane has seen so far, each thing once: stations, observations, claims, weaknesses, conversations.
//!
//! Every entry is the smallest frame and a sum, so ledgers of several lanes merge into the same report whatever the
//! order. Everything that a sender can grow is bounded; what does not fit is counted.

mod pour;

use std::collections::BTreeMap;
use std::hash::Hash;
use std::net::IpAddr;

use ahash::RandomState;
use compact_str::CompactString;
use dissect::Notes;
use model::{
    AddressClaim, Endpoint, Field, FrameNumber, MacAddr, Sighting, Subject, Timestamp, VlanId, Weakness,
};
use wire::Limit;

use crate::chunks::Chunks;
use crate::hash_index::HashIndex;
use crate::report::{Conversation, ConversationKey, ProtocolTally, Tally};

/// Values of one field of one station.
pub(crate) const VALUES: Limit =
    Limit::new("values_of_a_field", 64, "a server with 64 names is a hosting server");
const STATIONS: Limit = Limit::new("stations", 1 << 17, "per lane; two million in all, twenty hospitals");
const OBSERVATIONS: Limit = Limit::new("observations", 1 << 17, "per lane; two million in all");
const CLAIMS: Limit =
    Limit::new("address_claims", 1 << 16, "per lane; an ARP storm of a million is an attack");
const CONVERSATIONS: Limit = Limit::new("conversations", 1 << 16, "per lane; a million in all");

/// Number of a station in its ledger.
pub(crate) type StationId = u32;

/// Frame and time of what is written down; the earlier frame is the lesser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct When {
    pub(crate) frame: FrameNumber,
    pub(crate) at: Timestamp,
}

/// The two stations of a packet.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parties {
    pub(crate) sender: StationId,
    pub(crate) receiver: StationId,
}

/// What a lane has seen; [`Report::of`] makes a report of several.
pub struct Ledger {
    hasher: RandomState,
    stations: Index<Station>,
    observations: Index<Noted>,
    /// How many values a field of a station has.
    values: Index<(StationId, Field, usize)>,
    claims: Index<AddressClaim>,
    weaknesses: BTreeMap<(StationId, Weakness), WeaknessSeen>,
    conversations: Index<Conversation<StationId>>,
    protocols: ProtocolTallies,
    pub(crate) tally: Tally,
    /// Whether stations were seen in a tunnel whose packets came in fragments: their pair may have another lane.
    pub(crate) has_strays: bool,
}

/// A station, and up to which time a report told of it.
struct Station {
    sighting: Sighting,
    told: Option<Timestamp>,
}

/// A weakness of a station.
#[derive(Debug, Clone, Copy)]
struct WeaknessSeen {
    field: Field,
    first: When,
    count: u64,
}

/// An observation of a station that is known by its number.
struct Noted {
    station: StationId,
    field: Field,
    /// Most values are short and lie here, not behind a pointer.
    value: CompactString,
    first: When,
    last_frame: FrameNumber,
    count: u64,
}

/// A list with a hash index over it: entries keep their place, look-up is one probe.
struct Index<T> {
    entries: Chunks<T>,
    table: HashIndex,
}

impl<T> Index<T> {
    const fn new() -> Self {
        Self { entries: Chunks::new(), table: HashIndex::new() }
    }

    fn find(&self, hash: u64, same: impl Fn(&T) -> bool) -> Option<u32> {
        self.table.find(hash, |index| self.get(index).is_some_and(&same))
    }

    /// Adds an entry under its hash.
    fn insert(&mut self, hash: u64, entry: T) -> u32 {
        let number = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        self.entries.push(entry);
        self.table.insert(hash, number);
        number
    }

    fn get(&self, index: u32) -> Option<&T> {
        self.entries.get(usize::try_from(index).ok()?)
    }

    fn get_mut(&mut self, index: u32) -> Option<&mut T> {
        self.entries.get_mut(usize::try_from(index).ok()?)
    }
}

impl Ledger {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            hasher: RandomState::with_seeds(
                seed,
                seed.rotate_left(17),
                seed.rotate_left(31),
                seed.rotate_left(47),
            ),
            stations: Index::new(),
            observations: Index::new(),
            values: Index::new(),
            claims: Index::new(),
            weaknesses: BTreeMap::new(),
            conversations: Index::new(),
            protocols: ProtocolTallies(Vec::new()),
            tally: Tally::default(),
            has_strays: false,
        }
    }

    /// The number of a station; it is sighted here for the first time or again.
    pub(crate) fn station(&mut self, endpoint: Endpoint, when: When, vlan: u16) -> StationId {
        let hash = self.hasher.hash_one(endpoint);
        if let Some(found) = self.stations.find(hash, |held| held.sighting.endpoint == endpoint) {
            self.traffic(found, 0, 0, when.at);
            return found;
        }
        if !STATIONS.allows(self.stations.entries.len() + 1) {
            self.tally.limit(&STATIONS);
            return StationId::MAX;
        }
        let sighting = Sighting {
            endpoint,
            first_frame: when.frame,
            first_seen: when.at,
            last_seen: when.at,
            packets_sent: 0,
            packets_received: 0,
            hops: None,
            vlan: VlanId::new(vlan).ok(),
        };
        self.stations.insert(hash, Station { sighting, told: None })
    }

    /// A station sent and received packets up to a time.
    pub(crate) fn traffic(&mut self, station: StationId, sent: u64, received: u64, last: Timestamp) {
        if let Some(Station { sighting, .. }) = self.stations.get_mut(station) {
            sighting.packets_sent += sent;
            sighting.packets_received += received;
            sighting.last_seen = sighting.last_seen.max(last);
        }
    }

    /// A packet of a station had this time to live, and was or was not for a group.
    pub(crate) fn hops(&mut self, station: StationId, ttl: u8, to_group: bool) {
        if let Some(Station { sighting, .. }) = self.stations.get_mut(station) {
            let passed =
                if to_group && ttl <= GROUP_TTL_MAX { 0 } else { hops_passed(ttl, sighting.endpoint.ip) };
            sighting.hops = Some(sighting.hops.map_or(passed, |fewest| fewest.min(passed)));
        }
    }

    /// Writes down what a parser noted about a packet. Returns the weaknesses as bits of [`Weakness::bit`].
    pub(crate) fn write(&mut self, notes: &Notes, parties: Parties, when: When) -> u32 {
        for fact in notes.facts() {
            let station = self.subject(fact.subject, parties, when);
            self.observe(station, fact.field, fact.value, when);
        }
        for binding in notes.bindings() {
            self.claim(binding.mac, binding.ip, binding.field, when);
        }
        for anomaly in notes.anomalies() {
            self.tally.anomaly(*anomaly, when.frame);
        }
        let mut bits = 0;
        for note in notes.weaknesses() {
            let station = self.subject(note.subject, parties, when);
            self.weakness(station, note.weakness, note.field, when);
            bits |= note.weakness.bit();
        }
        bits
    }

    fn subject(&mut self, subject: Subject, parties: Parties, when: When) -> StationId {
        match subject {
            Subject::Sender => parties.sender,
            Subject::Receiver => parties.receiver,
            Subject::Mac(mac) => self.station(Endpoint { mac: Some(mac), ip: None }, when, 0),
            Subject::Ip(ip) => self.station(Endpoint { mac: None, ip: Some(ip) }, when, 0),
        }
    }

    fn observe(&mut self, station: StationId, field: Field, value: &str, when: When) {
        let hash = self.hasher.hash_one((station, field, value));
        let same = |noted: &Noted| noted.station == station && noted.field == field && *noted.value == *value;
        if let Some(found) = self.observations.find(hash, same) {
            if let Some(noted) = self.observations.get_mut(found) {
                noted.count += 1;
                noted.first = noted.first.min(when);
                noted.last_frame = noted.last_frame.max(when.frame);
            }
            return;
        }
        if !OBSERVATIONS.allows(self.observations.entries.len() + 1) {
            self.tally.limit(&OBSERVATIONS);
            return;
        }
        if !self.one_more_value(station, field) {
            self.tally.limit(&VALUES);
            return;
        }
        let noted =
            Noted { station, field, value: value.into(), first: when, last_frame: when.frame, count: 1 };
        self.observations.insert(hash, noted);
    }

    fn one_more_value(&mut self, station: StationId, field: Field) -> bool {
        let hash = self.hasher.hash_one((station, field));
        if let Some(found) = self.values.find(hash, |(held, name, _)| *held == station && *name == field) {
            let Some((_, _, count)) = self.values.get_mut(found) else { return false };
            *count += 1;
            return VALUES.allows(*count);
        }
        self.values.insert(hash, (station, field, 1));
        true
    }

    fn claim(&mut self, mac: MacAddr, ip: IpAddr, field: Field, when: When) {
        let hash = self.hasher.hash_one((mac, ip, field));
        let same = |claim: &AddressClaim| claim.mac == mac && claim.ip == ip && claim.field == field;
        if let Some(found) = self.claims.find(hash, same) {
            if let Some(claim) = self.claims.get_mut(found) {
                claim.count += 1;
                claim.last_seen = claim.last_seen.max(when.at);
            }
            return;
        }
        if !CLAIMS.allows(self.claims.entries.len() + 1) {
            self.tally.limit(&CLAIMS);
            return;
        }
        let claim =
            AddressClaim { mac, ip, field, frame: when.frame, at: when.at, last_seen: when.at, count: 1 };
        self.claims.insert(hash, claim);
    }

    fn weakness(&mut self, station: StationId, weakness: Weakness, field: Field, at: When) {
        let first = WeaknessSeen { field, first: at, count: 0 };
        let seen = self.weaknesses.entry((station, weakness)).or_insert(first);
        seen.count += 1;
        if at < seen.first {
            (seen.first, seen.field) = (at, field);
        }
    }

    /// A message of a protocol that comes whole was read.
    pub(crate) fn count_message(&mut self, protocol: &'static str) {
        self.protocols.count(protocol, ProtocolTally { flows: 0, messages: 1 });
    }

    /// A flow of a protocol ended.
    pub(crate) fn count_flow(&mut self, protocol: &'static str) {
        self.protocols.count(protocol, ProtocolTally { flows: 1, messages: 0 });
    }

    /// Adds a finished flow to its conversation.
    pub(crate) fn conversation(&mut self, flow: Conversation<StationId>) {
        let hash = self.hasher.hash_one(flow.key);
        if let Some(found) = self.conversations.find(hash, |held| held.key == flow.key) {
            if let Some(held) = self.conversations.get_mut(found) {
                held.absorb(&flow);
            }
            return;
        }
        if !CONVERSATIONS.allows(self.conversations.entries.len() + 1) {
            self.tally.limit(&CONVERSATIONS);
            return;
        }
        self.conversations.insert(hash, flow);
    }

    /// How many stations, observations and conversations there are.
    pub(crate) const fn sizes(&self) -> [usize; 3] {
        [self.stations.entries.len(), self.observations.entries.len(), self.conversations.entries.len()]
    }
}

/// Group packets start this low when they are meant for the link: 1 (IGMP, RFC 3376), 2 or 4 (SSDP).
const GROUP_TTL_MAX: u8 = 8;

/// Routers passed, guessed: hosts start at 32, 64, 128 or 255; controllers also at 30 or 60, which is believed of
/// private addresses only, because what came over a few routers from the Internet looks the same.
fn hops_passed(ttl: u8, source: Option<IpAddr>) -> u8 {
    let private = matches!(source, Some(IpAddr::V4(v4)) if v4.is_private());
    let start: u8 = match ttl {
        30 | 60 if private => ttl,
        0..=32 => 32,
        33..=64 => 64,
        65..=128 => 128,
        129..=255 => 255,
    };
    start - ttl
}

impl Hash for ConversationKey<StationId> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        state.write_u64(u64::from(self.originator) << 32 | u64::from(self.responder));
        state.write_u32(u32::from(self.port) << 8 | u32::from(self.transport.0));
        self.protocol.map(Field::new).hash(state);
    }
}

/// Counts by protocol: a few dozen names, nearly always found by where they lie.
struct ProtocolTallies(Vec<(&'static str, ProtocolTally)>);

impl ProtocolTallies {
    fn count(&mut self, name: &'static str, more: ProtocolTally) {
        let held = &mut self.0;
        let place = held.iter().position(|(known, _)| std::ptr::eq(*known, name));
        let place = place.or_else(|| held.iter().position(|(known, _)| *known == name));
        match place.and_then(|place| held.get_mut(place)) {
            Some((_, sum)) => sum.absorb(more),
            None => held.push((name, more)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Report;

    /// Others name devices, too; whoever was named was there.
    #[test]
    fn a_station_that_is_named_again_was_seen_again() {
        let mut ledger = Ledger::new(1);
        let endpoint = Endpoint { mac: Some(MacAddr::new([0, 0, 0x5e, 0, 0x53, 1])), ip: None };
        let at = |frame| When { frame, at: Timestamp::from_nanos(frame * 10) };
        for frame in [1, 5, 3] {
            ledger.station(endpoint, at(frame), 0);
        }
        let mut report = Report::default();
        ledger.pour(&mut report);
        let seen: Vec<_> =
            report.sightings.iter().map(|seen| (seen.first_frame, seen.last_seen.nanos())).collect();
        assert_eq!(seen, [(1, 50)]);
    }
}
