//! Every batch round-trips, and nothing else is taken for one.

use std::net::IpAddr;

use model::{
    AddressClaim, Conversation, ConversationHour, ConversationKey, Endpoint, Field, MacAddr, Observation,
    Sighting, Timestamp, VlanId, Weakness, WeaknessSighting,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{BoxedStrategy, Just, Strategy, any, prop_assert, prop_assert_eq, proptest};
use proptest::sample::select;

use super::*;

const FIELDS: &[&str] = &["dicom.assoc.ae.calling", "dhcp.option.hostname", "arp.src.proto_ipv4"];
const PROTOCOLS: &[&str] = &["dicom", "hl7", "tls"];

fn vocabulary() -> Vocabulary {
    Vocabulary::new(FIELDS.iter().copied(), PROTOCOLS.iter().copied())
}

fn mac() -> impl Strategy<Value = MacAddr> {
    any::<[u8; 6]>().prop_map(MacAddr::new)
}

fn station() -> impl Strategy<Value = Endpoint> {
    (option::of(mac()), option::of(any::<IpAddr>())).prop_map(|(mac, ip)| Endpoint { mac, ip })
}

fn at() -> impl Strategy<Value = Timestamp> {
    any::<u64>().prop_map(Timestamp::from_nanos)
}

fn field() -> impl Strategy<Value = Field> {
    select(FIELDS).prop_map(Field::new)
}

fn sighting() -> impl Strategy<Value = Sighting> {
    let numbers = (any::<u64>(), any::<u64>(), any::<u64>());
    let vlan = option::of((1..4_095_u16).prop_map(|id| VlanId::new(id).expect("a VLAN")));
    (station(), numbers, at(), at(), option::of(any::<u8>()), vlan).prop_map(
        |(endpoint, (first_frame, packets_sent, packets_received), first_seen, last_seen, hops, vlan)| {
            Sighting {
                endpoint,
                first_frame,
                first_seen,
                last_seen,
                packets_sent,
                packets_received,
                hops,
                vlan,
            }
        },
    )
}

fn claim() -> impl Strategy<Value = AddressClaim> {
    (mac(), any::<IpAddr>(), field(), any::<u64>(), at(), at(), any::<u64>()).prop_map(
        |(mac, ip, field, frame, at, last_seen, count)| AddressClaim {
            mac,
            ip,
            field,
            frame,
            at,
            last_seen,
            count,
        },
    )
}

fn observation() -> impl Strategy<Value = Observation> {
    (any::<u64>(), at(), station(), field(), ".{0,40}", any::<u64>(), any::<u64>()).prop_map(
        |(frame, at, endpoint, field, value, last_frame, count)| Observation {
            frame,
            at,
            endpoint,
            field,
            value,
            last_frame,
            count,
        },
    )
}

fn weakness() -> impl Strategy<Value = WeaknessSighting> {
    (station(), select(Weakness::ALL), field(), any::<u64>(), at(), any::<u64>()).prop_map(
        |(endpoint, weakness, field, frame, at, count)| WeaknessSighting {
            endpoint,
            weakness,
            field,
            frame,
            at,
            count,
        },
    )
}

fn conversation() -> BoxedStrategy<ConversationHour> {
    let key = (station(), station(), any::<u8>(), any::<u16>(), option::of(select(PROTOCOLS)));
    let weaknesses = vec(select(Weakness::ALL), 0..4);
    (key, any::<[u64; 7]>(), at(), at(), any::<[bool; 2]>(), weaknesses)
        .prop_map(|(key, numbers, first_seen, last_seen, [encrypted, patient_data], weaknesses)| {
            let (originator, responder, transport, port, protocol) = key;
            let [flows, out, back, bytes_out, bytes_back, first_frame, lost_bytes] = numbers;
            let conversation = Conversation {
                key: ConversationKey { originator, responder, transport, port, protocol },
                flows,
                packets: [out, back],
                bytes: [bytes_out, bytes_back],
                first_frame,
                first_seen,
                last_seen,
                encrypted,
                patient_data,
                weaknesses: weaknesses.into_iter().fold(0, |bits, weakness| bits | weakness.bit()),
                lost_bytes,
            };
            ConversationHour { hour: last_seen.hour(), conversation }
        })
        .boxed()
}

fn batch() -> impl Strategy<Value = Batch> {
    let parts = (
        vec(sighting(), 0..6),
        vec(claim(), 0..6),
        vec(observation(), 0..6),
        vec(weakness(), 0..6),
        vec(conversation(), 0..6),
    );
    (Just("sen_ward-3"), 1..u64::MAX, at(), parts, any::<u64>(), any::<u64>()).prop_map(
        |(sensor, sequence, until, parts, frames, dropped)| {
            let (sightings, claims, observations, weaknesses, conversations) = parts;
            let sensor = sensor.parse().expect("an id");
            Batch {
                sensor,
                sequence,
                until,
                sightings,
                claims,
                observations,
                weaknesses,
                conversations,
                frames,
                dropped,
            }
        },
    )
}

proptest! {
    #[test]
    fn a_batch_round_trips_and_always_gives_the_same_bytes(batch in batch()) {
        let bytes = encode(&batch).expect("encoded");
        let read = decode(&bytes, &vocabulary()).expect("decoded");
        prop_assert_eq!(&read, &batch);
        prop_assert_eq!(encode(&read).expect("encoded"), bytes);
    }

    #[test]
    fn a_batch_that_was_cut_is_none(batch in batch(), cut in any::<proptest::sample::Index>()) {
        let bytes = encode(&batch).expect("encoded");
        prop_assert!(decode(&bytes[..cut.index(bytes.len())], &vocabulary()).is_err());
    }

    #[test]
    fn what_is_read_from_damaged_bytes_is_a_batch_or_an_error(
        batch in batch(), place in any::<proptest::sample::Index>(), bit in 0..8_u8
    ) {
        let mut plain = postcard::to_stdvec(&Packed::of(&batch)).expect("packed");
        let place = place.index(plain.len());
        plain[place] ^= 1 << bit;
        let mut bytes = vec![VERSION];
        bytes.extend(zstd::bulk::compress(&plain, LEVEL).expect("compressed"));
        if let Ok(read) = decode(&bytes, &vocabulary()) {
            let again = encode(&read).expect("encoded");
            prop_assert_eq!(decode(&again, &vocabulary()), Ok(read));
        }
    }
}

fn one_name(name: &'static str) -> Vec<u8> {
    let observation = Observation {
        frame: 1,
        at: Timestamp::from_nanos(1),
        endpoint: Endpoint::default(),
        field: Field::new(name),
        value: "x".to_owned(),
        last_frame: 1,
        count: 1,
    };
    let sensor = "sen_1".parse().expect("an id");
    let batch = Batch {
        sensor,
        sequence: 1,
        until: Timestamp::from_nanos(1),
        sightings: Vec::new(),
        claims: Vec::new(),
        observations: vec![observation],
        weaknesses: Vec::new(),
        conversations: Vec::new(),
        frames: 1,
        dropped: 0,
    };
    encode(&batch).expect("encoded")
}

#[test]
fn words_and_forms_of_a_newer_version_say_so() {
    let unknown = decode(&one_name("future.field"), &vocabulary()).expect_err("unknown");
    assert_eq!(unknown, CodecError::UnknownName { kind: "field", name: "future.field".to_owned() });
    assert!(unknown.is_newer());
    let protocol = decode(&one_name("dicom"), &vocabulary()).expect_err("a protocol is no field");
    assert!(matches!(protocol, CodecError::UnknownName { kind: "field", .. }));
    let mut bytes = one_name(FIELDS[0]);
    bytes[0] = 2;
    assert_eq!(decode(&bytes, &vocabulary()), Err(CodecError::Version(2)));
    assert_eq!(decode(&[], &vocabulary()), Err(CodecError::Malformed("there are none")));
}

#[test]
fn what_follows_a_batch_is_refused() {
    let mut bytes = one_name(FIELDS[0]);
    bytes.push(0);
    assert!(decode(&bytes, &vocabulary()).is_err(), "after the compressed frame");
    let mut plain = decompress(&one_name(FIELDS[0])[1..]).expect("decompressed");
    plain.push(0);
    let mut bytes = vec![VERSION];
    bytes.extend(zstd::bulk::compress(&plain, LEVEL).expect("compressed"));
    assert_eq!(decode(&bytes, &vocabulary()), Err(CodecError::Malformed("something follows it")));
}

#[test]
fn a_small_message_that_grows_without_end_is_cut_off() {
    let mut bytes = vec![VERSION];
    bytes.extend(zstd::bulk::compress(&vec![0; PLAIN_MAX + 1], LEVEL).expect("compressed"));
    assert!(bytes.len() < 100_000);
    assert_eq!(decode(&bytes, &vocabulary()), Err(CodecError::TooLarge { limit: PLAIN_MAX }));
}

#[test]
fn a_list_that_claims_to_be_long_takes_no_memory() {
    let batch = decode(&one_name(FIELDS[0]), &vocabulary()).expect("decoded");
    let mut plain = postcard::to_stdvec(&Packed::of(&batch)).expect("packed");
    // The last five lists are empty or hold one; the very last count becomes 2^63.
    plain.pop();
    plain.extend([0xff; 9]);
    plain.push(0x01);
    let mut bytes = vec![VERSION];
    bytes.extend(zstd::bulk::compress(&plain, LEVEL).expect("compressed"));
    assert_eq!(decode(&bytes, &vocabulary()), Err(CodecError::Malformed("they do not have its form")));
}
