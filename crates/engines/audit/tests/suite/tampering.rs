//! Every way of tampering that there is no key for, from a seed: found, with the first bad record named. And logs that
//! nobody touched, with the tails that a crash leaves: no alarm.

use std::collections::BTreeMap;

use audit::{Checkpoint, Hash, Head, Item, Record, Signature, SigningKey, Tag, Text, Verified, Word};
use model::Timestamp;

use crate::support::{Dice, Log, entry, first_bad, key, keys, number_of, read, verify, who, written};

type Way = fn(&mut Dice, &mut Log);

/// How a log is tampered with; the number of records of a kind is chosen at random.
const WAYS: &[(&str, Way)] = &[
    ("a field of a record", edit),
    ("number, hashes", edit_chain),
    ("a record gone", delete),
    ("a record put in", insert),
    ("two records swapped", swap),
    ("a record twice", duplicate),
    ("a record and its hash", edit_and_hash_it),
    ("a record and all hashes", edit_and_hash_all),
    ("a record gone, all hashes", delete_and_hash_all),
    ("a record put in, all hashes", insert_and_hash_all),
    ("the end gone", cut),
    ("two checkpoints swapped", swap_checkpoints),
    ("a checkpoint gone", delete_checkpoint),
    ("a field of a checkpoint", edit_checkpoint),
    ("a checkpoint twice", duplicate_checkpoint),
    ("checkpoints of another key", sign_anew),
    ("the end of another log", splice),
];

#[test]
fn every_tampering_is_found_and_its_first_record_named() {
    let (count, from) = (number_of("BEDRAIL_AUDIT_TAMPERINGS", 1_000), number_of("BEDRAIL_AUDIT_SEED", 1));
    let mut found = BTreeMap::<&str, u64>::new();
    for seed in from..from + count {
        let mut dice = Dice(seed);
        let (name, tamper) = *dice.pick(WAYS);
        let owner = key(1);
        let records = 24 + dice.below(40);
        let log = Log::write(&mut dice, &owner, records, 12, 6);
        let mut bad = log.clone();
        tamper(&mut dice, &mut bad);
        let Some(expected) = first_bad(&log, &bad) else { panic!("seed {seed}: {name} changed nothing") };
        // What is kept elsewhere: every checkpoint, the latest, or none where the log's own are enough.
        let copies: Vec<Checkpoint> = log.checkpoints().into_iter().cloned().collect();
        let copies = match dice.below(3) {
            0 if !matches!(name, "the end gone" | "the end of another log") => &[],
            1 if name != "the end of another log" => &copies[copies.len() - 1..],
            _ => &copies[..],
        };
        let items = match dice.below(8) {
            0 => read(written(&bad.items).as_bytes(), 1 + dice.below(5_000)).unwrap(),
            _ => bad.items,
        };
        match verify(&items, &keys(&owner), copies) {
            Ok(verified) => panic!("seed {seed}: {name} of record {expected} was not found: {verified:?}"),
            Err(fault) => assert_eq!(fault.record, expected, "seed {seed}: {name}: {fault}"),
        }
        *found.entry(name).or_default() += 1;
    }
    let kinds = found.len();
    println!("tamperings: {count} of {kinds} kinds, each found with its first record: {found:?}");
    println!("executions: {count}");
}

#[test]
fn a_log_that_nobody_touched_is_no_alarm_whatever_a_crash_left() {
    let (count, from) = (number_of("BEDRAIL_AUDIT_CLEAN", 300), number_of("BEDRAIL_AUDIT_SEED", 1));
    let mut lost = 0;
    for seed in from..from + count {
        let mut dice = Dice(seed ^ 0x00c1_ea00);
        let owner = key(1);
        let (records, tail) = (1 + dice.below(60), dice.below(20));
        let mut log = Log::write(&mut dice, &owner, records, 15, tail);
        // What was not acknowledged: records after the last checkpoint.
        let open = log.records().len() - log.signed;
        let kept = log.items.len() - dice.below(open + 1);
        lost += log.items.len() - kept;
        log.items.truncate(kept);
        let copies: Vec<Checkpoint> = log.checkpoints().into_iter().cloned().collect();
        let copies = if dice.coin() { &copies[..] } else { &[] };
        if dice.coin() {
            delay(&mut dice, &mut log.items);
        }
        let items = read(written(&log.items).as_bytes(), 1 + dice.below(9_000)).unwrap();
        assert_eq!(items, log.items, "seed {seed}: it reads back");
        let verified =
            verify(&items, &keys(&owner), copies).unwrap_or_else(|fault| panic!("seed {seed}: {fault}"));
        let (records, checkpoints) = (log.records().len() as u64, log.checkpoints().len() as u64);
        let Verified { head, went_back, .. } = verified;
        let expected = Verified { records, checkpoints, signed: log.signed as u64, head, went_back };
        assert_eq!(verified, expected, "seed {seed}");
        assert_eq!(verified.unsigned(), records - log.signed as u64);
        assert_eq!(head, log.records().last().map_or(Head::default(), |record| record.head()));
    }
    println!("clean logs: {count}, {lost} records lost in crashes, no alarm");
    println!("executions: {count}");
}

/// Some checkpoints come later, as they do where records and checkpoints come on two ways.
fn delay(dice: &mut Dice, items: &mut [Item]) {
    for place in (1..items.len()).rev() {
        if matches!(items[place - 1], Item::Checkpoint(_))
            && matches!(items[place], Item::Record(_))
            && dice.coin()
        {
            items.swap(place - 1, place);
        }
    }
}

/// A record up to the last checkpoint.
fn signed(dice: &mut Dice, log: &Log) -> usize {
    1 + dice.below(log.signed)
}

fn record(log: &mut Log, number: usize) -> &mut Record {
    let place = log.place(number);
    match &mut log.items[place] {
        Item::Record(record) => record,
        Item::Checkpoint(_) => unreachable!("a record is there"),
    }
}

/// Changes one field of what the record says.
fn alter(dice: &mut Dice, record: &mut Record) {
    let before = record.entry.clone();
    while record.entry == before {
        let entry = &mut record.entry;
        let other = Some(Text::of(&dice.next().to_string()));
        match dice.below(12) {
            0 => entry.at = Timestamp::from_nanos(entry.at.nanos() + 1_000),
            1 => entry.who = who(dice),
            2 => entry.act = Word::of("another_act"),
            3 => entry.subject.kind = Word::of("another_kind"),
            4 => entry.subject.id = Text::of("another"),
            5 => entry.outcome = *dice.pick(audit::Outcome::ALL),
            6 => entry.origin.address = other,
            7 => entry.origin.session = other,
            8 => entry.request = other,
            9 => entry.detail.before = other,
            10 => entry.detail.after = other,
            // A text moves into the next field.
            _ => std::mem::swap(&mut entry.detail.after, &mut entry.detail.why),
        }
    }
}

fn edit(dice: &mut Dice, log: &mut Log) {
    let number = 1 + dice.below(log.records().len());
    alter(dice, record(log, number));
}

fn edit_chain(dice: &mut Dice, log: &mut Log) {
    let number = 1 + dice.below(log.records().len());
    let (bit, byte) = (1 << dice.below(8), dice.below(32));
    let record = record(log, number);
    match dice.below(3) {
        0 => record.number ^= bit,
        1 => record.previous.0[byte] ^= bit as u8,
        _ => record.hash.0[byte] ^= bit as u8,
    }
}

fn delete(dice: &mut Dice, log: &mut Log) {
    // The last record of all is a tail that a crash could have lost, unless it is signed.
    let last = log.signed.max(log.records().len() - 1);
    let place = log.place(1 + dice.below(last));
    log.items.remove(place);
}

/// A record of somebody's making, or of another log, that follows the one before it as it should or not.
fn foreign(dice: &mut Dice, log: &Log, number: usize) -> Record {
    let head = log.records().get(number.wrapping_sub(2)).map_or(Head::default(), |record| record.head());
    let other = Head { hash: Hash([7; 32]), ..head };
    let entry = entry(dice, 1_764_000_000_000_000_000);
    Record::next(if dice.coin() { &head } else { &other }, entry)
}

fn insert(dice: &mut Dice, log: &mut Log) {
    let number = signed(dice, log);
    let made = foreign(dice, log, number);
    let place = log.place(number);
    log.items.insert(place, Item::Record(Box::new(made)));
}

fn swap(dice: &mut Dice, log: &mut Log) {
    let count = log.records().len();
    let (a, b) = (1 + dice.below(count), 1 + dice.below(count - 1));
    let b = if b >= a { b + 1 } else { b };
    let (a, b) = (log.place(a), log.place(b));
    log.items.swap(a, b);
}

fn duplicate(dice: &mut Dice, log: &mut Log) {
    let count = log.records().len();
    let (number, after) = (1 + dice.below(count), 1 + dice.below(count));
    let copy = record(log, number).clone();
    let place = log.place(after.max(number));
    log.items.insert(place + 1, Item::Record(Box::new(copy)));
}

fn edit_and_hash_it(dice: &mut Dice, log: &mut Log) {
    let number = signed(dice, log);
    let record = record(log, number);
    alter(dice, record);
    record.hash = record.digest();
}

/// Numbers and hashes all records anew, as whoever can write the log can do.
fn hash_all(log: &mut Log) {
    let mut head = Head::default();
    for item in &mut log.items {
        if let Item::Record(record) = item {
            **record = Record::next(&head, record.entry.clone());
            head = record.head();
        }
    }
}

fn edit_and_hash_all(dice: &mut Dice, log: &mut Log) {
    let number = signed(dice, log);
    alter(dice, record(log, number));
    hash_all(log);
}

fn delete_and_hash_all(dice: &mut Dice, log: &mut Log) {
    let place = log.place(signed(dice, log));
    log.items.remove(place);
    hash_all(log);
}

fn insert_and_hash_all(dice: &mut Dice, log: &mut Log) {
    insert(dice, log);
    hash_all(log);
}

/// Records from one on, with or without the checkpoints behind them.
fn cut(dice: &mut Dice, log: &mut Log) {
    let number = signed(dice, log);
    let place = log.place(number);
    let rest = log.items.split_off(place);
    if dice.coin() {
        log.items.extend(rest.into_iter().filter(|item| matches!(item, Item::Checkpoint(_))));
    }
}

fn checkpoint_places(log: &Log) -> Vec<usize> {
    (0..log.items.len()).filter(|place| matches!(log.items[*place], Item::Checkpoint(_))).collect()
}

fn swap_checkpoints(dice: &mut Dice, log: &mut Log) {
    let places = checkpoint_places(log);
    let [a, b] = [0, 1].map(|_| dice.below(places.len()));
    match a == b {
        false => log.items.swap(places[a], places[b]),
        // Signatures alone, or there is only one.
        true => edit_checkpoint(dice, log),
    }
}

fn delete_checkpoint(dice: &mut Dice, log: &mut Log) {
    let places = checkpoint_places(log);
    match places.len() {
        1 => edit_checkpoint(dice, log),
        // Without the last one it is a log with a longer tail.
        count => drop(log.items.remove(places[dice.below(count - 1)])),
    }
}

fn edit_checkpoint(dice: &mut Dice, log: &mut Log) {
    let place = *dice.pick(&checkpoint_places(log));
    let (bit, byte) = (1_u8 << dice.below(8), dice.below(16));
    let Item::Checkpoint(checkpoint) = &mut log.items[place] else { unreachable!("a checkpoint is there") };
    match dice.below(7) {
        0 => checkpoint.number ^= u64::from(bit),
        1 => checkpoint.last ^= u64::from(bit),
        2 => checkpoint.hash.0[byte] ^= bit,
        3 => checkpoint.tags.push(Tag([bit; 8])),
        4 => checkpoint.at = Timestamp::from_nanos(checkpoint.at.nanos() + 1_000),
        5 => checkpoint.key.0[byte] ^= bit,
        _ => checkpoint.signature.0[byte] ^= bit,
    }
}

fn duplicate_checkpoint(dice: &mut Dice, log: &mut Log) {
    let place = *dice.pick(&checkpoint_places(log));
    let copy = log.items[place].clone();
    log.items.insert(place + 1, copy);
}

/// Signs what a checkpoint says with a key of one's own, under its name or under that of the real one.
fn sign_anew(dice: &mut Dice, log: &mut Log) {
    let place = *dice.pick(&checkpoint_places(log));
    let Item::Checkpoint(checkpoint) = &mut log.items[place] else { unreachable!("a checkpoint is there") };
    let own: SigningKey = key(9);
    let links: Vec<_> =
        checkpoint.tags.iter().map(|_| audit::Link { hash: checkpoint.hash, at: checkpoint.at }).collect();
    let before = (checkpoint.number - 1, checkpoint.first() - 1);
    let made = Checkpoint::sign(before, &links, checkpoint.at, &own).unwrap().unwrap();
    let key = if dice.coin() { made.key } else { checkpoint.key };
    let Signature(signature) = made.signature;
    **checkpoint = Checkpoint { key, signature: Signature(signature), ..made };
}

/// From a record on the log of another hub.
fn splice(dice: &mut Dice, log: &mut Log) {
    let count = log.records().len();
    let other = Log::write(dice, &key(2), count, 12, 6);
    let number = signed(dice, log);
    let (from, to) = (other.place(number), log.place(number));
    log.items.truncate(to);
    log.items.extend_from_slice(&other.items[from..]);
}
