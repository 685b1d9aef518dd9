//! Forks, long logs, and files of them.

use std::time::Instant;

use audit::{Checkpoint, Detail, Entry, FaultKind, Head, Item, Link, Origin, Record, Text, Verifier};
use proptest::prelude::*;

use crate::support::{Dice, Log, entry, key, keys, read, verify, written};

#[test]
fn a_log_that_was_set_back_and_went_on_is_found_with_copies_of_its_checkpoints() {
    let mut dice = Dice(7);
    let log = Log::write(&mut dice, &key(1), 60, 8, 0);
    let copies: Vec<Checkpoint> = log.checkpoints().into_iter().cloned().collect();
    let backed_up = copies[3].last;
    // The same key signs another history from there on.
    let mut items: Vec<Item> = log.items[..=log.place(backed_up as usize) + 1].to_vec();
    let (mut head, mut links) = (log.records()[backed_up as usize - 1].head(), Vec::new());
    for _ in 0..70 {
        let record = Record::next(&head, entry(&mut dice, 1_764_000_000_000_000_000));
        head = record.head();
        links.push(Link { hash: record.hash, at: record.entry.at });
        items.push(Item::Record(Box::new(record)));
    }
    let next =
        Checkpoint::sign((copies[3].number, backed_up), &links, links[0].at, &key(1)).unwrap().unwrap();
    items.push(Item::Checkpoint(Box::new(next)));
    assert!(verify(&items, &keys(&key(1)), &[]).is_ok(), "alone it is a whole log");
    let fault = verify(&items, &keys(&key(1)), &copies).unwrap_err();
    assert_eq!(
        (fault.record, fault.kind),
        (backed_up + 1, FaultKind::Rewritten { checkpoint: copies[4].number })
    );
}

#[test]
fn a_copy_that_no_trusted_key_signed_is_refused() {
    let mut dice = Dice(8);
    let log = Log::write(&mut dice, &key(1), 20, 8, 0);
    let copy = log.checkpoints()[1].clone();
    let fault = verify(&log.items, &keys(&key(2)), std::slice::from_ref(&copy)).unwrap_err();
    assert_eq!((fault.record, fault.kind), (copy.first(), FaultKind::UnknownKey { checkpoint: 2 }));
    let both = vec![key(2).public(), key(1).public()];
    assert!(
        verify(&log.items, &both, &[copy]).is_ok(),
        "keys of both are trusted while one follows the other"
    );
}

#[test]
fn what_is_not_signed_is_told() {
    let mut dice = Dice(9);
    let log = Log::write(&mut dice, &key(1), 40, 8, 10);
    let verified = verify(&log.items, &keys(&key(1)), &[]).unwrap();
    assert_eq!(verified.unsigned(), 40 - log.signed as u64);
    assert!(verified.unsigned() >= 10);
    // In it two records that do not fit together are both under suspicion, and the earlier one is named.
    let mut other = log.clone();
    let place = other.place(38);
    let Item::Record(record) = &mut other.items[place] else { panic!("a record") };
    record.entry.detail.why = Some(Text::of("nothing of that"));
    record.hash = record.digest();
    let fault = verify(&other.items, &keys(&key(1)), &[]).unwrap_err();
    assert_eq!((fault.record, fault.kind), (38, FaultKind::Unchained));
    assert!(verify(&[], &keys(&key(1)), &[]).is_ok_and(|verified| verified.head == Head::default()));
}

#[test]
fn long_logs_are_verified_in_one_pass() {
    let mut dice = Dice(10);
    let log = Log::write(&mut dice, &key(1), 20_000, 1_000, 5_500);
    let begin = Instant::now();
    let verified = verify(&log.items, &keys(&key(1)), &[]).unwrap();
    let took = begin.elapsed();
    assert_eq!((verified.records, verified.signed), (20_000, log.signed as u64));
    println!("verified {} records a second", (20_000.0 / took.as_secs_f64()) as u64);
    let mut other = log.clone();
    let (place, number) = (other.place(9_876), 9_876);
    other.items.remove(place);
    let fault = verify(&other.items, &keys(&key(1)), &[]).unwrap_err();
    assert_eq!(fault.record, number);
    // Checkpoints that come thousands of records too late say that they do.
    let (late, rest): (Vec<Item>, Vec<Item>) =
        log.items.into_iter().partition(|item| matches!(item, Item::Checkpoint(_)));
    let fault = verify(&[rest, late].concat(), &keys(&key(1)), &[]).unwrap_err();
    assert_eq!((fault.record, fault.kind), (1, FaultKind::CheckpointLate { checkpoint: 1 }));
}

#[test]
fn a_verifier_holds_no_more_for_a_longer_log() {
    let keys = keys(&key(1));
    let mut verifier = Verifier::new(&keys);
    let (mut head, mut dice) = (Head::default(), Dice(11));
    for _ in 0..12_000 {
        let record = Record::next(&head, entry(&mut dice, 5_000));
        head = record.head();
        verifier.record(&record).unwrap();
    }
    assert!(format!("{verifier:?}").len() < 300);
    assert_eq!(verifier.finish().unwrap().head, head);
}

/// A record that is never to be encoded in another way.
#[test]
fn the_encoding_stays_as_it_is() {
    let entry = Entry {
        at: "2026-01-31T22:00:00.5Z".parse().unwrap(),
        who: audit::Who::Person(Text::of("ines")),
        act: audit::Word::of("role_set"),
        subject: audit::Subject::of("account", "tom"),
        outcome: audit::Outcome::Done,
        origin: Origin { address: Some(Text::of("192.0.2.7")), session: None },
        request: Some(Text::of("req_1")),
        detail: Detail { before: None, after: Some(Text::of("admin")), why: Some(Text::of("on call")) },
    };
    let record = Record::next(&Head::default(), entry);
    let line = audit::record_line(&record);
    let expected = r#"{"record":1,"at":"2026-01-31T22:00:00.500000Z","who":"person","name":"ines","act":"role_set","subject":"account","id":"tom","outcome":"done","address":"192.0.2.7","request":"req_1","after":"admin","why":"on call","previous":"0000000000000000000000000000000000000000000000000000000000000000","hash":"HASH"}"#;
    assert_eq!(line, expected.replace("HASH", &record.hash.to_string()));
    assert_eq!(record.hash.to_string(), independent(), "an encoder of the test's own");
}

/// The same record, encoded by hand as the documentation of `Record::digest` says.
fn independent() -> String {
    let mut bytes = Vec::new();
    let text = |bytes: &mut Vec<u8>, text: &[u8]| {
        bytes.extend((text.len() as u64).to_be_bytes());
        bytes.extend(text);
    };
    text(&mut bytes, b"bedrail audit record 1");
    bytes.extend(1_u64.to_be_bytes());
    bytes.extend(1_769_896_800_500_000_000_u64.to_be_bytes());
    text(&mut bytes, b"person");
    bytes.push(1);
    text(&mut bytes, b"ines");
    for field in ["role_set", "account", "tom", "done"] {
        text(&mut bytes, field.as_bytes());
    }
    for field in [Some("192.0.2.7"), None, Some("req_1"), None, Some("admin"), Some("on call")] {
        bytes.push(u8::from(field.is_some()));
        if let Some(field) = field {
            text(&mut bytes, field.as_bytes());
        }
    }
    text(&mut bytes, &[0; 32]);
    audit::Hash::of(&bytes).to_string()
}

#[test]
fn what_is_wrong_in_a_file_is_said_by_line_and_field() {
    let mut dice = Dice(12);
    let log = Log::write(&mut dice, &key(1), 3, 3, 0);
    let file = written(&log.items);
    let said = |wrong: &str| read(wrong.as_bytes(), 100).unwrap_err().to_string();
    assert_eq!(said(""), "line 1: the file is empty");
    assert!(said("{}\n").starts_with("line 1: this is no audit log"), "{}", said("{}\n"));
    assert_eq!(
        said(&file[..file.len() - 1]),
        format!("line {}: the file ends within it", file.lines().count())
    );
    let header = audit::HEADER;
    let line = file.lines().nth(1).unwrap();
    let with = |field: &str, value: &str| {
        let mut object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(line).unwrap();
        object.insert(field.to_owned(), serde_json::from_str(value).unwrap());
        said(&format!("{header}\n{}\n", serde_json::to_string(&object).unwrap()))
    };
    assert_eq!(with("record", "\"1\""), "line 2, `record`: it is no whole number");
    assert_eq!(with("act", "\"Role Set\""), "line 2, `act`: it is no word of small letters, digits and `_`");
    assert_eq!(with("hash", "\"00\""), "line 2, `hash`: it is not of its form");
    assert_eq!(with("at", "\"2026-01-31T22:00:00Z\""), "line 2, `at`: it is not of its form");
    assert_eq!(with("id", "null"), "line 2, `id`: it is missing");
    assert_eq!(with("colour", "1"), "line 2, `colour`: there is no such field");
    assert!(with("why", "{}").contains("`why`: invalid type: map"), "{}", with("why", "{}"));
    assert_eq!(with("who", "\"cat\""), "line 2, `who`: there is no such kind with, or without, a name");
    let twice = format!("{header}\n{}\n", line.replace("\"act\":", "\"act\":\"a\",\"act\":"));
    assert!(said(&twice).contains("`act` is there twice"), "{}", said(&twice));
    let long = format!("{header}\n{{\"why\":\"{}\"}}\n", "x".repeat(audit::LINE_MAX));
    assert_eq!(said(&long), format!("line 2: it is longer than {} bytes", audit::LINE_MAX));
}

#[test]
fn the_longest_record_fits_into_a_line() {
    let longest = Text::of(&"\u{1}".repeat(audit::TEXT_MAX));
    let some = Some(longest.clone());
    let mut entry = entry(&mut Dice(1), 7);
    entry.who = audit::Who::Person(longest.clone());
    entry.subject.id = longest;
    entry.origin = Origin { address: some.clone(), session: some.clone() };
    entry.request = some.clone();
    entry.detail = Detail { before: some.clone(), after: some.clone(), why: some };
    let items = [Item::Record(Box::new(Record::next(&Head::default(), entry)))];
    let file = written(&items);
    assert!(file.lines().all(|line| line.len() <= audit::LINE_MAX));
    assert_eq!(read(file.as_bytes(), 1_000).unwrap(), items);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn files_read_back_in_any_pieces(seed: u64, size in 1..4_000_usize) {
        let mut dice = Dice(seed);
        let log = Log::write(&mut dice, &key(1), 30, 7, 5);
        let file = written(&log.items);
        prop_assert_eq!(read(file.as_bytes(), size).unwrap(), log.items);
    }

    #[test]
    fn no_file_is_read_in_two_ways(seed: u64, place: prop::sample::Index, byte: u8, size in 1..400_usize) {
        let log = Log::write(&mut Dice(seed), &key(1), 6, 3, 1);
        let mut file = written(&log.items).into_bytes();
        let place = place.index(file.len());
        let is_other = file[place] != byte;
        file[place] = byte;
        let (whole, pieces) = (read(&file, file.len()), read(&file, size));
        prop_assert_eq!(&whole, &pieces);
        if let Ok(items) = whole {
            // Only another form of the same, such as an escaped letter, verifies.
            let verified = verify(&items, &keys(&key(1)), &[]);
            prop_assert!(!is_other || verified.is_err() || items == log.items || verified.is_ok_and(|v| v.unsigned() > 0));
        }
    }

    #[test]
    fn no_two_entries_have_one_hash(a: u64, b: u64) {
        let [one, other] = [a, b].map(|seed| Record::next(&Head::default(), entry(&mut Dice(seed), 7_000)));
        prop_assert_eq!(one.entry == other.entry, one.hash == other.hash);
    }
}
