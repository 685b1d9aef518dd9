//! What a batch may hold, and what all batches together say: kept by maps, as no part of the product does it.

use std::collections::BTreeMap;
use std::net::IpAddr;

use model::{
    AddressClaim, Batch, Conversation, ConversationHour, ConversationKey, Endpoint, Field, MacAddr,
    Observation, SensorId, Sighting, Timestamp, VlanId, Weakness, WeaknessSighting,
};
use store::EvidenceSet;

use super::dice::Dice;
use crate::tests::support::station;

const FIELDS: [&str; 3] = ["dhcp.option.hostname", "dicom.command", "http.server"];
const PROTOCOLS: [Option<&str>; 3] = [None, Some("dicom"), Some("hl7")];

/// What a sensor saw from frame `first` on: nothing in one of six cases.
pub(super) fn seen(dice: &mut Dice, sensor: &SensorId, sequence: u64, first: u64, until: Timestamp) -> Batch {
    let frames = if dice.percent(16) { 0 } else { dice.within(1, 8) };
    let mut folded = Fold::default();
    for frame in first..first + frames {
        let at = Timestamp::from_nanos(until.nanos().saturating_sub(dice.within(0, 7_200_000_000_000)));
        folded.frame(dice, frame, at);
    }
    Batch {
        sensor: sensor.clone(),
        sequence,
        until,
        sightings: folded.sightings.into_values().collect(),
        claims: folded.claims.into_values().collect(),
        observations: folded.observations.into_values().collect(),
        weaknesses: folded.weaknesses.into_values().collect(),
        conversations: folded
            .hours
            .into_iter()
            .map(|((hour, _), conversation)| ConversationHour { hour, conversation })
            .collect(),
        frames,
        dropped: dice.within(0, 3),
    }
}

/// All batches so far as one.
#[derive(Debug, Default)]
pub(super) struct Fold {
    sightings: BTreeMap<Endpoint, Sighting>,
    claims: BTreeMap<(IpAddr, MacAddr, Field), AddressClaim>,
    observations: BTreeMap<(Endpoint, Field, String), Observation>,
    weaknesses: BTreeMap<(Endpoint, Weakness), WeaknessSighting>,
    hours: BTreeMap<(Timestamp, ConversationKey), Conversation>,
}

impl Fold {
    fn frame(&mut self, dice: &mut Dice, frame: u64, at: Timestamp) {
        let endpoint = station(u8::try_from(dice.within(1, 6)).expect("small"));
        let field = Field::new(dice.pick(&FIELDS));
        match dice.within(0, 5) {
            0 => self.sighting(Sighting {
                endpoint,
                first_frame: frame,
                first_seen: at,
                last_seen: at,
                packets_sent: dice.within(0, 9),
                packets_received: dice.within(0, 9),
                hops: dice.percent(50).then(|| u8::try_from(dice.within(0, 5)).expect("small")),
                vlan: VlanId::new(u16::try_from(dice.within(1, 4)).expect("small")).ok(),
            }),
            1 => self.claim(AddressClaim {
                mac: endpoint.mac.expect("it has one"),
                ip: endpoint.ip.expect("it has one"),
                field,
                frame,
                at,
                last_seen: at,
                count: 1,
            }),
            2 => self.observation(Observation {
                frame,
                at,
                endpoint,
                field,
                value: format!("value {}", dice.within(0, 3)),
                last_frame: frame,
                count: 1,
            }),
            3 => {
                let weakness = dice.pick(Weakness::ALL);
                self.weakness(WeaknessSighting { endpoint, weakness, field, frame, at, count: 1 });
            }
            _ => self.conversation(at.hour(), conversation(dice, endpoint, frame, at)),
        }
    }

    fn sighting(&mut self, new: Sighting) {
        let held = self.sightings.entry(new.endpoint);
        held.and_modify(|held| {
            if new.first_frame < held.first_frame {
                (held.first_frame, held.first_seen, held.vlan) = (new.first_frame, new.first_seen, new.vlan);
            }
            held.last_seen = held.last_seen.max(new.last_seen);
            held.packets_sent += new.packets_sent;
            held.packets_received += new.packets_received;
            held.hops = [held.hops, new.hops].into_iter().flatten().min();
        })
        .or_insert(new);
    }

    fn claim(&mut self, new: AddressClaim) {
        let held = self.claims.entry((new.ip, new.mac, new.field));
        held.and_modify(|held| {
            if new.frame < held.frame {
                (held.frame, held.at) = (new.frame, new.at);
            }
            held.last_seen = held.last_seen.max(new.last_seen);
            held.count += new.count;
        })
        .or_insert(new);
    }

    fn observation(&mut self, new: Observation) {
        let held = self.observations.entry((new.endpoint, new.field, new.value.clone()));
        held.and_modify(|held| {
            if new.frame < held.frame {
                (held.frame, held.at) = (new.frame, new.at);
            }
            held.last_frame = held.last_frame.max(new.last_frame);
            held.count += new.count;
        })
        .or_insert(new);
    }

    fn weakness(&mut self, new: WeaknessSighting) {
        let held = self.weaknesses.entry((new.endpoint, new.weakness));
        held.and_modify(|held| {
            if new.frame < held.frame {
                (held.frame, held.at, held.field) = (new.frame, new.at, new.field);
            }
            held.count += new.count;
        })
        .or_insert(new);
    }

    fn conversation(&mut self, hour: Timestamp, new: Conversation) {
        self.hours.entry((hour, new.key)).and_modify(|held| held.absorb(&new)).or_insert(new);
    }

    /// Adds a whole batch.
    pub(super) fn add(&mut self, batch: &Batch) {
        batch.sightings.iter().for_each(|new| self.sighting(*new));
        batch.claims.iter().for_each(|new| self.claim(*new));
        batch.observations.iter().for_each(|new| self.observation(new.clone()));
        batch.weaknesses.iter().for_each(|new| self.weakness(*new));
        batch.conversations.iter().for_each(|new| self.conversation(new.hour, new.conversation));
    }

    /// In the order of a report.
    pub(super) fn evidence(&self) -> EvidenceSet {
        let mut observations: Vec<_> = self.observations.values().cloned().collect();
        observations.sort_by(|a, b| {
            (a.endpoint, a.field, a.frame, &a.value).cmp(&(b.endpoint, b.field, b.frame, &b.value))
        });
        EvidenceSet {
            sightings: self.sightings.values().copied().collect(),
            claims: self.claims.values().copied().collect(),
            observations,
            weaknesses: self.weaknesses.values().copied().collect(),
        }
    }

    /// Conversations over all hours, by their keys.
    pub(super) fn totals(&self) -> Vec<Conversation> {
        let mut totals: BTreeMap<ConversationKey, Conversation> = BTreeMap::new();
        for ((_, key), more) in &self.hours {
            totals.entry(*key).and_modify(|held| held.absorb(more)).or_insert(*more);
        }
        totals.into_values().collect()
    }
}

fn conversation(dice: &mut Dice, originator: Endpoint, frame: u64, at: Timestamp) -> Conversation {
    let responder = station(u8::try_from(dice.within(1, 6)).expect("small"));
    let encrypted = dice.percent(50);
    Conversation {
        key: ConversationKey {
            originator,
            responder,
            transport: 6,
            port: 104,
            protocol: dice.pick(&PROTOCOLS),
        },
        flows: dice.within(1, 4),
        packets: [dice.within(0, 9), dice.within(0, 9)],
        bytes: [dice.within(0, 900), dice.within(0, 900)],
        first_frame: frame,
        first_seen: at,
        last_seen: at,
        encrypted,
        patient_data: !encrypted,
        weaknesses: u32::from(dice.percent(20)),
        lost_bytes: dice.within(0, 2),
    }
}
