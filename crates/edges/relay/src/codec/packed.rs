//! What is written of a batch, in the order in which it is written.

use std::collections::HashMap;
use std::net::IpAddr;

use model::{
    AddressClaim, Batch, Conversation, ConversationHour, ConversationKey, Endpoint, Field, MacAddr,
    Observation, SensorId, Sighting, Timestamp, VlanId, Weakness, WeaknessSighting,
};
use serde::{Deserialize, Serialize};

use super::{CodecError, Vocabulary};

/// A batch with words by their place in `names`.
#[derive(Serialize, Deserialize)]
pub(super) struct Packed<'a> {
    sensor: &'a str,
    sequence: u64,
    until: u64,
    frames: u64,
    dropped: u64,
    #[serde(borrow)]
    names: Vec<&'a str>,
    sightings: Vec<PackedSighting>,
    claims: Vec<PackedClaim>,
    #[serde(borrow)]
    observations: Vec<PackedObservation<'a>>,
    weaknesses: Vec<PackedWeakness>,
    conversations: Vec<PackedConversation>,
}

/// Link-layer and network address.
type Station = (Option<[u8; 6]>, Option<IpAddr>);
/// Place in the table of words.
type Name = u32;

#[derive(Serialize, Deserialize)]
struct PackedSighting {
    station: Station,
    first_frame: u64,
    first_seen: u64,
    last_seen: u64,
    packets: [u64; 2],
    hops: Option<u8>,
    vlan: Option<u16>,
}

#[derive(Serialize, Deserialize)]
struct PackedClaim {
    mac: [u8; 6],
    ip: IpAddr,
    field: Name,
    frame: u64,
    at: u64,
    last_seen: u64,
    count: u64,
}

#[derive(Serialize, Deserialize)]
struct PackedObservation<'a> {
    frame: u64,
    at: u64,
    station: Station,
    field: Name,
    value: &'a str,
    last_frame: u64,
    count: u64,
}

#[derive(Serialize, Deserialize)]
struct PackedWeakness {
    station: Station,
    weakness: Name,
    field: Name,
    frame: u64,
    at: u64,
    count: u64,
}

#[derive(Serialize, Deserialize)]
struct PackedConversation {
    hour: u64,
    originator: Station,
    responder: Station,
    transport: u8,
    port: u16,
    protocol: Option<Name>,
    flows: u64,
    packets: [u64; 2],
    bytes: [u64; 2],
    first_frame: u64,
    first_seen: u64,
    last_seen: u64,
    encrypted: bool,
    patient_data: bool,
    weaknesses: Vec<Name>,
    lost_bytes: u64,
}

/// Longest value of an observation in bytes: twice what a parser keeps of one.
const VALUE_MAX: usize = 1_024;

/// Gives words their places, in the order in which they are met first.
#[derive(Default)]
struct Table<'a> {
    names: Vec<&'a str>,
    places: HashMap<&'a str, Name>,
}

impl<'a> Table<'a> {
    fn place(&mut self, name: &'a str) -> Name {
        let next = Name::try_from(self.names.len()).unwrap_or(Name::MAX);
        *self.places.entry(name).or_insert_with(|| {
            self.names.push(name);
            next
        })
    }
}

/// A word as everything that it can be.
struct Meaning<'a> {
    name: &'a str,
    field: Option<Field>,
    protocol: Option<&'static str>,
    weakness: Option<Weakness>,
}

struct Meanings<'a>(Vec<Meaning<'a>>);

impl<'a> Packed<'a> {
    pub(super) fn of(batch: &'a Batch) -> Self {
        let mut table = Table::default();
        let claims = batch.claims.iter().map(|claim| pack_claim(claim, &mut table)).collect();
        let observations = batch.observations.iter().map(|seen| pack_observation(seen, &mut table)).collect();
        let weaknesses = batch.weaknesses.iter().map(|seen| pack_weakness(seen, &mut table)).collect();
        let conversations =
            batch.conversations.iter().map(|held| pack_conversation(held, &mut table)).collect();
        Self {
            sensor: batch.sensor.as_str(),
            sequence: batch.sequence,
            until: batch.until.nanos(),
            frames: batch.frames,
            dropped: batch.dropped,
            names: table.names,
            sightings: batch.sightings.iter().map(pack_sighting).collect(),
            claims,
            observations,
            weaknesses,
            conversations,
        }
    }

    pub(super) fn unpack(self, vocabulary: &Vocabulary) -> Result<Batch, CodecError> {
        let names = Meanings::of(&self.names, vocabulary);
        if self.sequence == 0 {
            return Err(CodecError::Malformed("its sequence is 0"));
        }
        Ok(Batch {
            sensor: SensorId::new(self.sensor).map_err(|_| CodecError::Malformed("its sensor is none"))?,
            sequence: self.sequence,
            until: Timestamp::from_nanos(self.until),
            frames: self.frames,
            dropped: self.dropped,
            sightings: self.sightings.into_iter().map(unpack_sighting).collect::<Result<_, _>>()?,
            claims: self
                .claims
                .into_iter()
                .map(|claim| unpack_claim(&claim, &names))
                .collect::<Result<_, _>>()?,
            observations: self
                .observations
                .into_iter()
                .map(|seen| unpack_observation(&seen, &names))
                .collect::<Result<_, _>>()?,
            weaknesses: self
                .weaknesses
                .into_iter()
                .map(|seen| unpack_weakness(&seen, &names))
                .collect::<Result<_, _>>()?,
            conversations: self
                .conversations
                .into_iter()
                .map(|held| unpack_conversation(&held, &names))
                .collect::<Result<_, _>>()?,
        })
    }
}

impl<'a> Meanings<'a> {
    fn of(names: &[&'a str], vocabulary: &Vocabulary) -> Self {
        let meaning = |name: &&'a str| Meaning {
            name,
            field: vocabulary.fields.get(*name).copied().map(Field::new),
            protocol: vocabulary.protocols.get(*name).copied(),
            weakness: name.parse().ok(),
        };
        Self(names.iter().map(meaning).collect())
    }

    fn find<T>(
        &self,
        place: Name,
        kind: &'static str,
        read: impl Fn(&Meaning<'a>) -> Option<T>,
    ) -> Result<T, CodecError> {
        let meaning = usize::try_from(place).ok().and_then(|place| self.0.get(place));
        let meaning = meaning.ok_or(CodecError::Malformed("a word is missing"))?;
        read(meaning).ok_or_else(|| CodecError::UnknownName { kind, name: meaning.name.to_owned() })
    }

    fn field(&self, place: Name) -> Result<Field, CodecError> {
        self.find(place, "field", |meaning| meaning.field)
    }

    fn protocol(&self, place: Name) -> Result<&'static str, CodecError> {
        self.find(place, "protocol", |meaning| meaning.protocol)
    }

    fn weakness(&self, place: Name) -> Result<Weakness, CodecError> {
        self.find(place, "weakness", |meaning| meaning.weakness)
    }
}

fn pack_station(endpoint: Endpoint) -> Station {
    (endpoint.mac.map(MacAddr::octets), endpoint.ip)
}

fn unpack_station((mac, ip): Station) -> Endpoint {
    Endpoint { mac: mac.map(MacAddr::new), ip }
}

fn pack_sighting(seen: &Sighting) -> PackedSighting {
    PackedSighting {
        station: pack_station(seen.endpoint),
        first_frame: seen.first_frame,
        first_seen: seen.first_seen.nanos(),
        last_seen: seen.last_seen.nanos(),
        packets: [seen.packets_sent, seen.packets_received],
        hops: seen.hops,
        vlan: seen.vlan.map(VlanId::get),
    }
}

fn unpack_sighting(seen: PackedSighting) -> Result<Sighting, CodecError> {
    let [packets_sent, packets_received] = seen.packets;
    let vlan = seen.vlan.map(VlanId::new).transpose().map_err(|_| CodecError::Malformed("a VLAN is none"))?;
    Ok(Sighting {
        endpoint: unpack_station(seen.station),
        first_frame: seen.first_frame,
        first_seen: Timestamp::from_nanos(seen.first_seen),
        last_seen: Timestamp::from_nanos(seen.last_seen),
        packets_sent,
        packets_received,
        hops: seen.hops,
        vlan,
    })
}

fn pack_claim(claim: &AddressClaim, table: &mut Table<'_>) -> PackedClaim {
    PackedClaim {
        mac: claim.mac.octets(),
        ip: claim.ip,
        field: table.place(claim.field.name()),
        frame: claim.frame,
        at: claim.at.nanos(),
        last_seen: claim.last_seen.nanos(),
        count: claim.count,
    }
}

fn unpack_claim(claim: &PackedClaim, names: &Meanings<'_>) -> Result<AddressClaim, CodecError> {
    Ok(AddressClaim {
        mac: MacAddr::new(claim.mac),
        ip: claim.ip,
        field: names.field(claim.field)?,
        frame: claim.frame,
        at: Timestamp::from_nanos(claim.at),
        last_seen: Timestamp::from_nanos(claim.last_seen),
        count: claim.count,
    })
}

fn pack_observation<'a>(seen: &'a Observation, table: &mut Table<'a>) -> PackedObservation<'a> {
    PackedObservation {
        frame: seen.frame,
        at: seen.at.nanos(),
        station: pack_station(seen.endpoint),
        field: table.place(seen.field.name()),
        value: &seen.value,
        last_frame: seen.last_frame,
        count: seen.count,
    }
}

fn unpack_observation(seen: &PackedObservation<'_>, names: &Meanings<'_>) -> Result<Observation, CodecError> {
    if seen.value.len() > VALUE_MAX {
        return Err(CodecError::Malformed("a value is too long"));
    }
    Ok(Observation {
        frame: seen.frame,
        at: Timestamp::from_nanos(seen.at),
        endpoint: unpack_station(seen.station),
        field: names.field(seen.field)?,
        value: seen.value.to_owned(),
        last_frame: seen.last_frame,
        count: seen.count,
    })
}

fn pack_weakness(seen: &WeaknessSighting, table: &mut Table<'_>) -> PackedWeakness {
    PackedWeakness {
        station: pack_station(seen.endpoint),
        weakness: table.place(seen.weakness.name()),
        field: table.place(seen.field.name()),
        frame: seen.frame,
        at: seen.at.nanos(),
        count: seen.count,
    }
}

fn unpack_weakness(seen: &PackedWeakness, names: &Meanings<'_>) -> Result<WeaknessSighting, CodecError> {
    Ok(WeaknessSighting {
        endpoint: unpack_station(seen.station),
        weakness: names.weakness(seen.weakness)?,
        field: names.field(seen.field)?,
        frame: seen.frame,
        at: Timestamp::from_nanos(seen.at),
        count: seen.count,
    })
}

fn pack_conversation(held: &ConversationHour, table: &mut Table<'_>) -> PackedConversation {
    let ConversationHour { hour, conversation } = held;
    let ConversationKey { originator, responder, transport, port, protocol } = conversation.key;
    PackedConversation {
        hour: hour.nanos(),
        originator: pack_station(originator),
        responder: pack_station(responder),
        transport,
        port,
        protocol: protocol.map(|protocol| table.place(protocol)),
        flows: conversation.flows,
        packets: conversation.packets,
        bytes: conversation.bytes,
        first_frame: conversation.first_frame,
        first_seen: conversation.first_seen.nanos(),
        last_seen: conversation.last_seen.nanos(),
        encrypted: conversation.encrypted,
        patient_data: conversation.patient_data,
        weaknesses: conversation.weaknesses().map(|weakness| table.place(weakness.name())).collect(),
        lost_bytes: conversation.lost_bytes,
    }
}

fn unpack_conversation(
    held: &PackedConversation,
    names: &Meanings<'_>,
) -> Result<ConversationHour, CodecError> {
    let hour = Timestamp::from_nanos(held.hour);
    if hour != hour.hour() {
        return Err(CodecError::Malformed("an hour begins within one"));
    }
    let weaknesses = held
        .weaknesses
        .iter()
        .try_fold(0, |bits, place| names.weakness(*place).map(|weakness| bits | weakness.bit()))?;
    let key = ConversationKey {
        originator: unpack_station(held.originator),
        responder: unpack_station(held.responder),
        transport: held.transport,
        port: held.port,
        protocol: held.protocol.map(|place| names.protocol(place)).transpose()?,
    };
    let conversation = Conversation {
        key,
        flows: held.flows,
        packets: held.packets,
        bytes: held.bytes,
        first_frame: held.first_frame,
        first_seen: Timestamp::from_nanos(held.first_seen),
        last_seen: Timestamp::from_nanos(held.last_seen),
        encrypted: held.encrypted,
        patient_data: held.patient_data,
        weaknesses,
        lost_bytes: held.lost_bytes,
    };
    Ok(ConversationHour { hour, conversation })
}
