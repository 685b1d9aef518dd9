//! What came of a capture: everything that was seen, in a fixed order, whatever the number of lanes and threads.

use std::collections::BTreeMap;

use dissect::AnomalyNote;
use model::{
    AddressClaim, Endpoint, Field, FrameNumber, Observation, Sighting, Timestamp, Usage, Weakness,
    WeaknessSighting,
};
use rayon::prelude::*;
use wire::Limit;

use crate::decode::DropReason;
use crate::ledger::{Ledger, VALUES};
use crate::{CommunityId, Transport, community_id};

/// Names of protocols that are not read: a sender can make up 2^40 of them.
const NOT_READ: Limit =
    Limit::new("unread_protocols", 256, "per lane; a network speaks a dozen beside those that are read");
/// What is beyond that.
const NOT_READ_OTHER: &str = "other";

/// Everything that was seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Stations by address.
    pub sightings: Vec<Sighting>,
    /// Facts.
    pub observations: Vec<Observation>,
    /// Which address belongs to whom.
    pub claims: Vec<AddressClaim>,
    /// Weaknesses.
    pub weaknesses: Vec<WeaknessSighting>,
    /// Who talked with whom, by first frame.
    pub conversations: Vec<Conversation>,
    /// Counters.
    pub tally: Tally,
}

/// What makes flows one conversation: the stations, the service, the protocol. A lane knows its stations by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ConversationKey<E = Endpoint> {
    /// Who opened it.
    pub originator: E,
    /// Who was called.
    pub responder: E,
    /// IP protocol.
    pub transport: Transport,
    /// Port of the service; 0 without ports.
    pub port: u16,
    /// Protocol by its bytes; `None` is unknown.
    pub protocol: Option<&'static str>,
}

/// Flows between the same stations for the same service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conversation<E = Endpoint> {
    /// What it is.
    pub key: ConversationKey<E>,
    /// How many flows.
    pub flows: u64,
    /// Packets from the originator and from the responder.
    pub packets: [u64; 2],
    /// Bytes of network payload in each direction as on the wire.
    pub bytes: [u64; 2],
    /// First frame.
    pub first_frame: FrameNumber,
    /// Time of the first frame.
    pub first_seen: Timestamp,
    /// Time of the last frame.
    pub last_seen: Timestamp,
    /// Originator's port in the first flow, for its Community ID.
    pub originator_port: u16,
    /// Whether every flow with content was encrypted.
    pub encrypted: bool,
    /// Whether patient data went by that a listener could read.
    pub patient_data: bool,
    /// Weaknesses as bits in the order of [`Weakness::ALL`].
    pub weaknesses: u32,
    /// Bytes that the tap lost in streams that were read.
    pub lost_bytes: u64,
}

/// Counters. `received = processed + dropped` holds exactly.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Frames handed in.
    pub received: u64,
    /// Frames that were processed.
    pub processed: u64,
    /// Frames that could not be, by reason.
    pub dropped: BTreeMap<DropReason, u64>,
    /// Frames that the capture cut short (they are processed as far as they go).
    pub cut_short: u64,
    /// Frames that came in a tunnel or mirror encapsulation.
    pub tunnelled: u64,
    /// Frames with a protocol that is not read, by a name such as `ethertype_0x88cc` or `ip_proto_89`.
    pub not_read: BTreeMap<String, u64>,
    /// Messages read and flows seen, by protocol.
    pub protocols: BTreeMap<&'static str, ProtocolTally>,
    /// Flows seen.
    pub flows: u64,
    /// Flows whose protocol is unknown.
    pub unknown_flows: u64,
    /// Flows that made room for others before they ended.
    pub evicted_flows: u64,
    /// Datagrams put together from fragments.
    pub reassembled: u64,
    /// Datagrams whose fragments never were complete.
    pub incomplete_datagrams: u64,
    /// Fragments that contradict each other.
    pub fragment_anomalies: u64,
    /// TCP flows in which a byte came twice with different values.
    pub tcp_conflicts: u64,
    /// Bytes of streams that the tap lost.
    pub lost_bytes: u64,
    /// Deviations: how often, and the first frame.
    pub anomalies: BTreeMap<AnomalyNote, (u64, FrameNumber)>,
    /// Limits reached, by name.
    pub limits: BTreeMap<&'static str, u64>,
}

/// How much of a protocol was seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ProtocolTally {
    /// Flows, or 0 for what has none.
    pub flows: u64,
    /// Messages of protocols that come whole.
    pub messages: u64,
}

impl ProtocolTally {
    pub(crate) const fn absorb(&mut self, more: Self) {
        self.flows += more.flows;
        self.messages += more.messages;
    }
}

impl<E: Copy> Conversation<E> {
    /// The same with other names for the stations.
    pub(crate) fn renamed<F>(&self, name: impl Fn(E) -> F) -> Conversation<F> {
        let ConversationKey { originator, responder, transport, port, protocol } = self.key;
        let (originator, responder) = (name(originator), name(responder));
        let Self { flows, packets, bytes, first_frame, first_seen, last_seen, originator_port, .. } = *self;
        Conversation {
            key: ConversationKey { originator, responder, transport, port, protocol },
            flows,
            packets,
            bytes,
            first_frame,
            first_seen,
            last_seen,
            originator_port,
            encrypted: self.encrypted,
            patient_data: self.patient_data,
            weaknesses: self.weaknesses,
            lost_bytes: self.lost_bytes,
        }
    }

    /// Adds another flow.
    pub(crate) fn absorb(&mut self, other: &Self) {
        if other.first_frame < self.first_frame {
            self.first_frame = other.first_frame;
            self.first_seen = other.first_seen;
            self.originator_port = other.originator_port;
        }
        self.flows += other.flows;
        for (sum, more) in self.packets.iter_mut().zip(other.packets) {
            *sum += more;
        }
        for (sum, more) in self.bytes.iter_mut().zip(other.bytes) {
            *sum += more;
        }
        self.last_seen = self.last_seen.max(other.last_seen);
        self.encrypted &= other.encrypted;
        self.patient_data |= other.patient_data;
        self.weaknesses |= other.weaknesses;
        self.lost_bytes += other.lost_bytes;
    }
}

impl Conversation {
    /// The weaknesses shown in it.
    pub fn weaknesses(&self) -> impl Iterator<Item = Weakness> + '_ {
        Weakness::ALL.iter().copied().filter(|weakness| self.weaknesses & weakness.bit() != 0)
    }

    /// Community ID of its first flow; `None` for what is not IP.
    #[must_use]
    pub fn community_id(&self) -> Option<CommunityId> {
        let originator = (self.key.originator.ip?, self.originator_port);
        let responder = (self.key.responder.ip?, self.key.port);
        Some(community_id(originator, responder, self.key.transport))
    }

    /// As other crates know it, without the originator's port.
    #[must_use]
    pub const fn plain(&self) -> model::Conversation {
        let ConversationKey { originator, responder, transport: Transport(transport), port, protocol } =
            self.key;
        model::Conversation {
            key: model::ConversationKey { originator, responder, transport, port, protocol },
            flows: self.flows,
            packets: self.packets,
            bytes: self.bytes,
            first_frame: self.first_frame,
            first_seen: self.first_seen,
            last_seen: self.last_seen,
            encrypted: self.encrypted,
            patient_data: self.patient_data,
            weaknesses: self.weaknesses,
            lost_bytes: self.lost_bytes,
        }
    }

    /// The service as used by the one and offered by the other: see [`model::Conversation::usages`].
    pub fn usages(&self) -> impl Iterator<Item = Usage> + use<> {
        self.plain().usages()
    }
}

impl Tally {
    /// Frames dropped for any reason.
    #[must_use]
    pub fn dropped_total(&self) -> u64 {
        self.dropped.values().sum()
    }

    /// Whether every frame is accounted for.
    #[must_use]
    pub fn adds_up(&self) -> bool {
        self.received == self.processed + self.dropped_total()
    }

    pub(crate) fn limit(&mut self, limit: &Limit) {
        *self.limits.entry(limit.name).or_default() += 1;
    }

    pub(crate) fn anomaly(&mut self, anomaly: AnomalyNote, frame: FrameNumber) {
        let entry = self.anomalies.entry(anomaly).or_insert((0, frame));
        entry.0 += 1;
    }

    /// Counts a frame with a protocol that is not read.
    pub(crate) fn unread(&mut self, name: String) {
        if self.not_read.contains_key(&name) || NOT_READ.allows(self.not_read.len() + 1) {
            *self.not_read.entry(name).or_default() += 1;
        } else {
            *self.not_read.entry(NOT_READ_OTHER.to_owned()).or_default() += 1;
            self.limit(&NOT_READ);
        }
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.received += other.received;
        self.processed += other.processed;
        self.cut_short += other.cut_short;
        self.tunnelled += other.tunnelled;
        self.flows += other.flows;
        self.unknown_flows += other.unknown_flows;
        self.evicted_flows += other.evicted_flows;
        self.reassembled += other.reassembled;
        self.incomplete_datagrams += other.incomplete_datagrams;
        self.fragment_anomalies += other.fragment_anomalies;
        self.tcp_conflicts += other.tcp_conflicts;
        self.lost_bytes += other.lost_bytes;
        add_all(&mut self.dropped, other.dropped);
        add_all(&mut self.not_read, other.not_read);
        add_all(&mut self.limits, other.limits);
        for (name, more) in other.protocols {
            self.protocols.entry(name).or_default().absorb(more);
        }
        for (anomaly, (count, frame)) in other.anomalies {
            let entry = self.anomalies.entry(anomaly).or_insert((0, frame));
            *entry = (entry.0 + count, entry.1.min(frame));
        }
    }
}

fn add_all<K: Ord>(sums: &mut BTreeMap<K, u64>, more: BTreeMap<K, u64>) {
    for (key, count) in more {
        *sums.entry(key).or_default() += count;
    }
}

impl Report {
    /// Services offered and used, in the order of the conversations.
    pub fn usages(&self) -> impl Iterator<Item = Usage> + '_ {
        self.conversations.iter().flat_map(Conversation::usages)
    }

    /// One report of what the lanes have seen, the same for any order of them.
    #[must_use]
    pub fn of(ledgers: Vec<Ledger>) -> Self {
        let total =
            |place: usize| ledgers.iter().filter_map(|ledger| ledger.sizes().get(place).copied()).sum();
        let mut all = Self::default();
        all.sightings.reserve_exact(total(0));
        all.observations.reserve_exact(total(1));
        all.conversations.reserve_exact(total(2));
        let strays = ledgers.iter().any(|ledger| ledger.has_strays);
        for mut ledger in ledgers {
            ledger.pour(&mut all);
        }
        all.settle(strays);
        all
    }

    /// What lanes have seen since the last such report: see [`crate::Lane::tell`].
    #[must_use]
    pub fn since_the_last<'l>(lanes: impl IntoIterator<Item = &'l mut crate::Lane>) -> Self {
        let mut all = Self::default();
        for lane in lanes {
            lane.tell(&mut all);
        }
        all.settle(true);
        all
    }

    /// One report of several, whatever their order: of the lanes of a sensor at different times, or of several sensors.
    #[must_use]
    pub fn together(reports: impl IntoIterator<Item = Self>) -> Self {
        let mut all = Self::default();
        for mut report in reports {
            all.sightings.append(&mut report.sightings);
            all.observations.append(&mut report.observations);
            all.claims.append(&mut report.claims);
            all.weaknesses.append(&mut report.weaknesses);
            all.conversations.append(&mut report.conversations);
            all.tally.merge(report.tally);
        }
        all.settle(true);
        all
    }

    /// Sorts, adds up what is the same, and holds the limits over all lanes. The same conversation may be there twice
    /// only with `strays`.
    fn settle(&mut self, strays: bool) {
        self.sightings.sort_unstable_by_key(|sighting| (sighting.endpoint, sighting.first_frame));
        fold(&mut self.sightings, |sum, more| {
            let same = sum.endpoint == more.endpoint;
            if same {
                sum.last_seen = sum.last_seen.max(more.last_seen);
                sum.packets_sent += more.packets_sent;
                sum.packets_received += more.packets_received;
                sum.hops = [sum.hops, more.hops].into_iter().flatten().min();
            }
            same
        });
        self.observations.par_sort_unstable_by(|a, b| {
            (a.endpoint, a.field, &a.value, a.frame).cmp(&(b.endpoint, b.field, &b.value, b.frame))
        });
        fold(&mut self.observations, |sum, more| {
            let same = sum.endpoint == more.endpoint && sum.field == more.field && sum.value == more.value;
            if same {
                sum.count += more.count;
                sum.last_frame = sum.last_frame.max(more.last_frame);
            }
            same
        });
        self.hold_values();
        self.claims.sort_unstable_by_key(|claim| (claim.ip, claim.mac, claim.field, claim.frame));
        fold(&mut self.claims, |sum, more| {
            let same = (sum.ip, sum.mac, sum.field) == (more.ip, more.mac, more.field);
            if same {
                sum.count += more.count;
                sum.last_seen = sum.last_seen.max(more.last_seen);
            }
            same
        });
        self.weaknesses
            .sort_unstable_by_key(|sighting| (sighting.endpoint, sighting.weakness, sighting.frame));
        fold(&mut self.weaknesses, |sum, more| {
            let same = (sum.endpoint, sum.weakness) == (more.endpoint, more.weakness);
            if same {
                sum.absorb(more);
            }
            same
        });
        if strays {
            self.fold_conversations();
        }
        self.conversations.par_sort_by_cached_key(|conversation| conversation.first_frame);
    }

    /// Makes one of conversations that several lanes saw: elsewhere no two are the same, a pair of stations has its lane.
    fn fold_conversations(&mut self) {
        self.conversations
            .par_sort_unstable_by_key(|conversation| (conversation.key, conversation.first_frame));
        fold(&mut self.conversations, |sum, more| {
            let same = sum.key == more.key;
            if same {
                sum.absorb(more);
            }
            same
        });
    }

    /// Of each field of each station keeps the values that came first, as many as the limit allows.
    fn hold_values(&mut self) {
        self.observations.par_sort_unstable_by(|a, b| {
            (a.endpoint, a.field, a.frame, &a.value).cmp(&(b.endpoint, b.field, b.frame, &b.value))
        });
        let mut current: Option<(Endpoint, Field)> = None;
        let mut count = 0;
        let mut over = 0;
        self.observations.retain(|observation| {
            let of = Some((observation.endpoint, observation.field));
            count = if current == of { count + 1 } else { 1 };
            current = of;
            let keep = VALUES.allows(count);
            over += u64::from(!keep);
            keep
        });
        if over > 0 {
            *self.tally.limits.entry(VALUES.name).or_default() += over;
        }
    }
}

/// Folds neighbours into the first of their kind: `absorb` says whether the second belongs to the first.
fn fold<T>(entries: &mut Vec<T>, absorb: impl Fn(&mut T, &T) -> bool) {
    entries.dedup_by(|later, kept| absorb(kept, later));
}
