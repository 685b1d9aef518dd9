//! What a sensor tells bit by bit is what an inspection says at once: every capture of the corpus.

use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use ::sensor::{Options, Sensor};
use capture::Files;
use flow::{Conversation, ConversationKey, Report, Transport};
use model::{Batch, SensorId};

use super::{captures, inspect, knowledge, sources};
use crate::inspection::Inspection;
use crate::report::document::Document;

#[test]
fn a_sensor_tells_in_pieces_what_an_inspection_says_at_once() {
    let knowledge = knowledge();
    let mut batches_in_all = 0;
    for path in sources().iter().flat_map(|(_, folder)| captures(folder)) {
        let Ok(whole) = inspect(&path, 1, &knowledge) else { continue };
        let batches = tell(&path);
        batches_in_all += batches.len();
        let numbers: Vec<u64> = batches.iter().map(|batch| batch.sequence).collect();
        assert!(numbers.iter().copied().eq(1..=numbers.len() as u64), "{}: {numbers:?}", path.display());
        let frames: u64 = batches.iter().map(|batch| batch.frames).sum();
        assert_eq!(frames, whole.report.tally.received, "{}", path.display());
        let pieces = Inspection::new(Report::together(batches.into_iter().map(report)), &knowledge);
        same(&pieces.report.sightings, &whole.report.sightings, &path);
        same(&pieces.report.claims, &whole.report.claims, &path);
        same(&pieces.report.observations, &whole.report.observations, &path);
        same(&pieces.report.weaknesses, &whole.report.weaknesses, &path);
        same(&devices(&pieces), &devices(&whole), &path);
    }
    assert!(batches_in_all == 0 || batches_in_all > 5_000, "captures are told in pieces: {batches_in_all}");
}

/// Names the first entry that differs.
pub(super) fn same<T: PartialEq + std::fmt::Debug>(pieces: &[T], whole: &[T], path: &Path) {
    let differing = pieces.iter().zip(whole).find(|(a, b)| a != b);
    assert!(differing.is_none(), "{}: {differing:#?}", path.display());
    assert_eq!(pieces.len(), whole.len(), "{}", path.display());
}

/// The batches of a sensor that tells every half second.
pub(super) fn tell(path: &Path) -> Vec<Batch> {
    let options = Options { interval: Duration::from_millis(500), flows: 262_144, seed: 5 };
    let mut sensor = Sensor::new("sen_1".parse::<SensorId>().unwrap(), 0, options);
    let mut files = Files::open(&[path.to_path_buf()]).unwrap();
    let mut batches = Vec::new();
    let run = ::sensor::run(&mut files, &mut sensor, &AtomicBool::new(false), |batch| {
        batches.push(batch);
        true
    });
    run.unwrap();
    batches
}

/// A conversation as `flow` holds it.
pub(super) fn conversation(held: model::Conversation) -> Conversation {
    let model::ConversationKey { originator, responder, transport, port, protocol } = held.key;
    Conversation {
        key: ConversationKey { originator, responder, transport: Transport(transport), port, protocol },
        flows: held.flows,
        packets: held.packets,
        bytes: held.bytes,
        first_frame: held.first_frame,
        first_seen: held.first_seen,
        last_seen: held.last_seen,
        originator_port: 0,
        encrypted: held.encrypted,
        patient_data: held.patient_data,
        weaknesses: held.weaknesses,
        lost_bytes: held.lost_bytes,
    }
}

/// A batch as the report that it was made from.
fn report(batch: Batch) -> Report {
    Report {
        sightings: batch.sightings,
        observations: batch.observations,
        claims: batch.claims,
        weaknesses: batch.weaknesses,
        conversations: batch.conversations.into_iter().map(|hour| conversation(hour.conversation)).collect(),
        ..Report::default()
    }
}

pub(super) fn devices(inspection: &Inspection) -> Vec<String> {
    let document = Document::new(inspection, None);
    document.devices.iter().map(|device| serde_json::to_string(device).unwrap()).collect()
}
