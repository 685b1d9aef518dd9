//! Targets of files, frames, the whole pipeline, rules and filters.

use std::collections::BTreeSet;
use std::io::{self, Cursor, Read};
use std::path::Path;
use std::str;
use std::sync::OnceLock;

use capture::{Block, FileSource, Filter, LinkType, Progress, Source};
use flow::{Frame, LANES, Lane, LaneOptions, Ledger, Report, decode, lane_of};
use identify::{RuleSet, fact};
use model::{Field, Timestamp};
use relay::Vocabulary;
use relay::message::Shipment;

use crate::parsers;

/// Link types that are read, and one that is not.
const LINKS: [u16; 14] = [1, 0, 9, 12, 14, 101, 105, 108, 113, 127, 228, 229, 276, 999];

/// A frame as a capture holds it.
type Captured = (u64, Timestamp, u16, u32, Vec<u8>);

/// Hands out few bytes at once.
struct Trickle(Cursor<Vec<u8>>, usize);

impl Read for Trickle {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = buffer.len().min(self.1);
        self.0.read(buffer.get_mut(..wanted).unwrap_or_default())
    }
}

/// Decodes a frame: link type, whether it was cut short, bytes.
pub(crate) fn frame(input: &[u8]) {
    let Some((&[link, cut], bytes)) = input.split_first_chunk::<2>() else { return };
    let link = LINKS[usize::from(link) % LINKS.len()];
    let original_length = bytes.len() as u32 + u32::from(cut);
    let frame = Frame { number: 1, at: Timestamp::default(), link, original_length, bytes };
    if let Ok(headers) = decode(&frame) {
        assert!(headers.start <= headers.end && headers.end as usize <= bytes.len());
        assert!(lane_of(&headers) < LANES);
        assert_eq!(headers.payload(bytes).len() as u32, headers.end - headers.start);
    }
}

/// Reads a capture file whole and in small pieces.
pub(crate) fn capture_file(input: &[u8]) {
    let whole = read(input, usize::MAX);
    let piece = 1 + input.len() % 37;
    assert_eq!(read(input, piece), whole, "in pieces of {piece}");
}

/// Reads gzip or zstd. What comes out may be much more than went in and is looked at piece by piece.
pub(crate) fn compressed(input: &[u8]) {
    let reader = Trickle(Cursor::new(input.to_vec()), usize::MAX);
    let Ok(mut source) = FileSource::from_reader(Path::new("input"), reader, 1) else { return };
    let mut block = Block::new();
    let mut frames = 0;
    while source.read(&mut block).is_ok_and(|progress| progress != Progress::End) {
        frames += block.frames().count() as u64;
    }
    assert_eq!(frames, source.counters().frames);
}

/// Runs a capture file through lanes with two seeds and merges what they saw in two orders.
pub(crate) fn pipeline(input: &[u8]) {
    let Some((frames, _)) = read(input, usize::MAX) else { return };
    let first = Report::of(ledgers(&frames, 1));
    assert!(first.tally.adds_up());
    assert_eq!(first.tally.received, frames.len() as u64);
    let mut again = ledgers(&frames, u64::MAX);
    again.reverse();
    assert_eq!(Report::of(again), first, "another seed, another order of lanes");
}

fn ledgers(frames: &[Captured], seed: u64) -> Vec<Ledger> {
    // Few flows, so that the table runs full.
    let options = LaneOptions { flows: 4, seed };
    let mut lanes: Vec<Lane> = (0..LANES).map(|_| Lane::new(parsers(), options)).collect();
    for (number, at, link, original_length, bytes) in frames {
        let frame = Frame { number: *number, at: *at, link: *link, original_length: *original_length, bytes };
        match decode(&frame) {
            Ok(headers) => lanes[lane_of(&headers)].handle_frame(&frame, &headers),
            Err(reason) => lanes[0].handle_dropped(reason),
        }
    }
    lanes.into_iter().map(Lane::into_ledger).collect()
}

/// Loads a rule file; every fault can be shown.
pub(crate) fn rules(input: &[u8]) {
    static FIELDS: OnceLock<BTreeSet<Field>> = OnceLock::new();
    let fields = FIELDS.get_or_init(|| {
        fact::known_fields(dissect::protocols().into_iter().flat_map(|protocol| protocol.fields).copied())
    });
    let Ok(text) = str::from_utf8(input) else { return };
    let mut rules = RuleSet::default();
    match rules.add("input", text, fields) {
        Ok(count) => assert_eq!(count, rules.len()),
        Err(faults) => {
            assert!(rules.is_empty() && !faults.is_empty());
            assert!(faults.iter().all(|fault| !fault.to_string().is_empty()));
        }
    }
}

/// Reads a capture filter, compiles it, and tests a frame against it.
pub(crate) fn capture_filter(input: &[u8]) {
    let (frame, text) = input.split_at_checked(input.len() / 3).unwrap_or_default();
    let Ok(text) = str::from_utf8(text) else { return };
    match Filter::parse(text) {
        Ok(filter) => {
            let first = filter.passes(LinkType::ETHERNET, frame);
            assert_eq!(Filter::parse(text).map(|same| same.passes(LinkType::ETHERNET, frame)), Ok(first));
            if let Err(error) = filter.compile() {
                assert!(!error.to_string().is_empty());
            }
        }
        Err(error) => assert!(error.column >= 1 && error.column <= text.chars().count() + 1, "{error}"),
    }
}

/// Decodes a batch: the input as it is sent, and as what it is once it is decompressed. What is read encodes to what
/// decodes to the same.
pub(crate) fn batch(input: &[u8]) {
    static WORDS: OnceLock<Vocabulary> = OnceLock::new();
    let words = WORDS.get_or_init(|| {
        let fields = fact::known_fields(dissect::fields());
        Vocabulary::new(fields.into_iter().map(Field::name), dissect::names())
    });
    let mut packed = vec![1];
    // What is in memory is always compressed.
    packed.extend(zstd::bulk::compress(input, 1).unwrap_or_default());
    for bytes in [input, &packed] {
        match relay::decode(bytes, words) {
            Ok(batch) => {
                let again = relay::encode(&batch).map(|bytes| (relay::decode(&bytes, words), bytes));
                let (read, bytes) = again.expect("it is as small as before");
                assert_eq!(read.as_ref(), Ok(&batch));
                assert_eq!(read.map(|read| relay::encode(&read)), Ok(Ok(bytes)));
            }
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
}

/// Reads what a sensor sends beside a batch.
pub(crate) fn shipment(input: &[u8]) {
    if let Ok(shipment) = Shipment::decode(input) {
        let bytes = shipment.encode().expect("encoded");
        assert_eq!(Shipment::decode(&bytes), Ok(shipment));
    }
}

/// Reads an audit log whole and in pieces, verifies what it says, and writes what was read: it reads back.
pub(crate) fn audit_log(input: &[u8]) {
    let whole = audit_items(input, input.len());
    assert_eq!(audit_items(input, 7), whole);
    let Ok(items) = whole else { return };
    let keys: &[audit::PublicKey] = &[];
    let mut verifier = audit::Verifier::new(&keys);
    let mut file = format!("{}\n", audit::HEADER);
    for item in &items {
        let (line, fault) = match item {
            audit::Item::Record(record) => (audit::record_line(record), verifier.record(record)),
            audit::Item::Checkpoint(checkpoint) => {
                (audit::checkpoint_line(checkpoint), verifier.checkpoint(checkpoint))
            }
        };
        if let Err(fault) = fault {
            assert!(fault.record >= 1 && !fault.to_string().is_empty());
        }
        file.push_str(&line);
        file.push('\n');
    }
    assert_eq!(audit_items(file.as_bytes(), 1_000), Ok(items));
    let _ = verifier.finish();
}

fn audit_items(input: &[u8], piece: usize) -> Result<Vec<audit::Item>, audit::ReadError> {
    let (mut reader, mut items) = (audit::Reader::new(), Vec::new());
    for piece in input.chunks(piece.max(1)) {
        reader.handle_bytes(piece);
        while let Some(item) = reader.poll()? {
            items.push(item);
        }
    }
    reader.finish().map(|()| items)
}

fn read(input: &[u8], piece: usize) -> Option<(Vec<Captured>, u64)> {
    let reader = Trickle(Cursor::new(input.to_vec()), piece);
    let mut source = FileSource::from_reader(Path::new("input"), reader, 1).ok()?;
    let mut block = Block::new();
    let mut frames = Vec::new();
    while source.read(&mut block).is_ok_and(|progress| progress != Progress::End) {
        frames.extend(block.frames().map(|frame| {
            (frame.number, frame.at, frame.link.number(), frame.original_len, frame.bytes.to_vec())
        }));
    }
    let counters = source.counters();
    assert_eq!(frames.len() as u64, counters.frames);
    Some((frames, counters.lost))
}
