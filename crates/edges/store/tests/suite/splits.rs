//! However a report is cut into batches, over however many sensors, the store holds what the whole says.

use std::collections::BTreeMap;

use model::{AddressClaim, Batch, Conversation, ConversationHour, WeaknessSighting};
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use store::EvidenceSet;

use super::*;

/// Something in one frame.
#[derive(Debug, Clone)]
enum Event {
    Seen { station: u8, hops: Option<u8>, vlan: u16 },
    Claimed { mac: u8, ip: u8, field: usize },
    Said { station: u8, field: usize, value: u8 },
    Weak { station: u8, weakness: usize, field: usize },
    Talked { ends: [u8; 2], protocol: Option<&'static str>, encrypted: bool, weaknesses: u32 },
}

/// A frame: its time need not go with its number.
#[derive(Debug, Clone)]
struct Frame {
    number: u64,
    at: Timestamp,
    event: Event,
}

fn events() -> impl Strategy<Value = Event> {
    let protocol = prop_oneof![Just(None), Just(Some("dicom")), Just(Some("hl7"))];
    prop_oneof![
        (0..4_u8, any::<Option<u8>>(), 1..4_u16).prop_map(|(station, hops, vlan)| Event::Seen {
            station,
            hops,
            vlan
        }),
        (0..3_u8, 0..3_u8, 0..2_usize).prop_map(|(mac, ip, field)| Event::Claimed { mac, ip, field }),
        (0..3_u8, 0..2_usize, 0..3_u8).prop_map(|(station, field, value)| Event::Said {
            station,
            field,
            value
        }),
        (0..3_u8, 0..3_usize, 0..3_usize).prop_map(|(station, weakness, field)| Event::Weak {
            station,
            weakness,
            field
        }),
        ([0..3_u8, 0..3_u8], protocol, any::<bool>(), 0..16_u32).prop_map(
            |(ends, protocol, encrypted, weaknesses)| Event::Talked { ends, protocol, encrypted, weaknesses }
        ),
    ]
}

/// The whole as one batch, folded as a report is: by maps, in the order of frames.
#[derive(Default)]
struct Folded {
    sightings: BTreeMap<Endpoint, Sighting>,
    claims: BTreeMap<(IpAddr, MacAddr, Field), AddressClaim>,
    observations: BTreeMap<(Endpoint, Field, String), Observation>,
    weaknesses: BTreeMap<(Endpoint, Weakness), WeaknessSighting>,
    conversations: BTreeMap<(Timestamp, ConversationKey), Conversation>,
}

impl Folded {
    fn of(frames: &[Frame]) -> Self {
        let mut sorted = frames.to_vec();
        sorted.sort_by_key(|frame| frame.number);
        let mut all = Self::default();
        for frame in &sorted {
            all.add(frame);
        }
        all
    }

    fn add(&mut self, frame: &Frame) {
        let (number, time) = (frame.number, frame.at);
        match &frame.event {
            Event::Seen { station: last, hops, vlan } => {
                let new = Sighting {
                    packets_sent: 0,
                    packets_received: 0,
                    hops: None,
                    vlan: VlanId::new(*vlan).ok(),
                    first_seen: time,
                    last_seen: time,
                    ..sighting(*last, number)
                };
                let seen = self.sightings.entry(new.endpoint).or_insert(new);
                seen.packets_sent += 1;
                seen.packets_received += 2;
                seen.last_seen = seen.last_seen.max(time);
                seen.hops = [seen.hops, *hops].into_iter().flatten().min();
            }
            Event::Claimed { mac: of, ip: claimed, field: by } => {
                let (mac, ip, field) = (mac(*of), ip(*claimed), field(*by));
                let new = AddressClaim { mac, ip, field, frame: number, at: time, last_seen: time, count: 0 };
                let claim = self.claims.entry((ip, mac, field)).or_insert(new);
                claim.count += 1;
                claim.last_seen = claim.last_seen.max(time);
            }
            Event::Said { station: last, field: by, value } => {
                let (endpoint, field, value) = (station(*last), field(*by), format!("value {value}"));
                let mut new = observation(*last, &value, number);
                (new.at, new.field, new.count) = (time, field, 0);
                let said = self.observations.entry((endpoint, field, value)).or_insert(new);
                said.count += 1;
                said.last_frame = number;
            }
            Event::Weak { station: last, weakness, field: by } => {
                let (endpoint, weakness, field) = (station(*last), Weakness::ALL[*weakness], field(*by));
                let new = WeaknessSighting { endpoint, weakness, field, frame: number, at: time, count: 0 };
                self.weaknesses.entry((endpoint, weakness)).or_insert(new).count += 1;
            }
            Event::Talked { ends: [from, to], protocol, encrypted, weaknesses } => {
                let mut new = conversation(*from, *to, number);
                new.key.protocol = *protocol;
                (new.first_seen, new.last_seen) = (time, time);
                (new.encrypted, new.patient_data, new.weaknesses) = (*encrypted, !*encrypted, *weaknesses);
                let held = self.conversations.entry((time.hour(), new.key));
                held.and_modify(|held| held.absorb(&new)).or_insert(new);
            }
        }
    }

    fn batch(&self, sensor: &str, sequence: u64) -> Batch {
        let hours = self.conversations.iter();
        Batch {
            sightings: self.sightings.values().copied().collect(),
            claims: self.claims.values().copied().collect(),
            observations: self.observations.values().cloned().collect(),
            weaknesses: self.weaknesses.values().copied().collect(),
            conversations: hours
                .map(|((hour, _), conversation)| ConversationHour {
                    hour: *hour,
                    conversation: *conversation,
                })
                .collect(),
            ..empty_batch(sensor, sequence)
        }
    }

    /// In the order of a report.
    fn evidence(&self) -> EvidenceSet {
        let batch = self.batch("whole", 1);
        let mut observations = batch.observations;
        observations.sort_by(|a, b| {
            (a.endpoint, a.field, a.frame, &a.value).cmp(&(b.endpoint, b.field, b.frame, &b.value))
        });
        let Batch { sightings, claims, weaknesses, .. } = batch;
        EvidenceSet { sightings, claims, observations, weaknesses }
    }

    fn totals(&self) -> Vec<Conversation> {
        let mut totals: BTreeMap<ConversationKey, Conversation> = BTreeMap::new();
        for ((_, key), more) in &self.conversations {
            totals.entry(*key).and_modify(|held| held.absorb(more)).or_insert(*more);
        }
        totals.into_values().collect()
    }
}

/// Frames, each with the sensor that saw it and the batch that it went into.
fn splits() -> impl Strategy<Value = Vec<(Frame, usize, usize)>> {
    let hour = 3_600_000_000_000_u64;
    let one = (events(), 0..3 * hour, 0..2_usize, 0..5_usize);
    proptest::collection::vec(one, 1..120).prop_map(|all| {
        let frames = (1..).zip(all).map(|(number, (event, nanos, sensor, batch))| {
            (Frame { number, at: at(nanos), event }, sensor, batch)
        });
        frames.collect()
    })
}

pub(crate) async fn any_split_gives_the_same_evidence(backend: &mut impl Backend) {
    let cases = std::env::var("BEDRAIL_STORE_SPLITS").map_or(12, |cases| cases.parse().unwrap());
    // The same cases in every run.
    let mut runner = TestRunner::deterministic();
    for case in 0..cases {
        let split = splits().new_tree(&mut runner).unwrap().current();
        let store = open(&backend.place()).await;
        for (sensor, name) in ["a", "b"].into_iter().enumerate() {
            for batch in 0..5 {
                let part = split.iter().filter(|(_, seen_by, place)| (*seen_by, *place) == (sensor, batch));
                let part: Vec<Frame> = part.map(|(frame, ..)| frame.clone()).collect();
                let batch = Folded::of(&part).batch(name, batch as u64 + 1);
                assert!(store.ingest(&batch).await.unwrap().fresh);
            }
        }
        let whole: Vec<Frame> = split.iter().map(|(frame, ..)| frame.clone()).collect();
        let whole = Folded::of(&whole);
        assert_eq!(store.evidence().await.unwrap(), whole.evidence(), "case {case}: {split:#?}");
        assert_eq!(store.conversation_totals().await.unwrap(), whole.totals(), "case {case}: {split:#?}");
        store.close().await.unwrap();
    }
}
