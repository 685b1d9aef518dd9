//! What was appended is there in order until it is acknowledged, whatever happens to the files.

use std::collections::BTreeMap;
use std::fs;
use std::io::Seek as _;

use proptest::collection::vec;
use proptest::prelude::{Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};
use proptest::sample::Index;
use tempfile::TempDir;

use super::*;

const ROOMY: Limits = Limits { bytes: 64 << 20, age_s: 72 * 3_600 };

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_nanos((1_767_225_600 + seconds) * 1_000_000_000)
}

fn folder() -> TempDir {
    let folder = TempDir::new().expect("a folder");
    Spool::create(folder.path()).expect("created");
    folder
}

fn open(folder: &TempDir, limits: Limits) -> (Spool, Vec<Notice>) {
    Spool::open(folder.path(), limits).expect("opened")
}

fn payload(sequence: u64, size: usize) -> Vec<u8> {
    sequence.to_le_bytes().into_iter().cycle().take(size).collect()
}

fn append(spool: &mut Spool, size: usize, seconds: u64) -> Vec<Notice> {
    let sequence = spool.last() + 1;
    spool.append(sequence, 10, &payload(sequence, size), at(seconds)).expect("appended")
}

fn oldest(spool: &mut Spool) -> Option<Waiting> {
    let (waiting, notices) = spool.oldest().expect("read");
    assert_eq!(notices, []);
    waiting
}

/// Everything that waits, in order, taking it away.
fn drain(spool: &mut Spool) -> Vec<u64> {
    let mut numbers = Vec::new();
    while let (Some(waiting), _) = spool.oldest().expect("read") {
        assert_eq!(
            waiting.bytes,
            payload(waiting.sequence, waiting.bytes.len()),
            "what is read is what was written"
        );
        numbers.push(waiting.sequence);
        spool.acknowledge(waiting.sequence).expect("acknowledged");
    }
    numbers
}

fn segments(folder: &TempDir) -> Vec<PathBuf> {
    file::segments(folder.path()).expect("segments")
}

#[test]
fn what_was_appended_waits_in_order_until_it_is_acknowledged() {
    let folder = folder();
    let (mut spool, notices) = open(&folder, ROOMY);
    assert_eq!((notices, oldest(&mut spool), spool.last()), (Vec::new(), None, 0));
    for second in 0..3 {
        append(&mut spool, 100, second);
    }
    let first = oldest(&mut spool).expect("one waits");
    assert_eq!((first.sequence, first.gone_from), (1, 1));
    assert_eq!(first.bytes, payload(1, 100));
    spool.acknowledge(1).expect("acknowledged");
    spool.acknowledge(1).expect("once more");
    assert_eq!(oldest(&mut spool).map(|waiting| (waiting.sequence, waiting.gone_from)), Some((2, 2)));
    assert_eq!(spool.backlog(), Backlog { batches: 2, bytes: 200, ..Backlog::default() });
    drop(spool);
    let (mut spool, notices) = open(&folder, ROOMY);
    assert_eq!((notices, spool.last(), spool.frames(), spool.acknowledged()), (Vec::new(), 3, 30, 1));
    assert_eq!(drain(&mut spool), [2, 3]);
}

#[test]
fn a_spool_goes_on_after_everything_was_sent() {
    let folder = folder();
    let (mut spool, _) = open(&folder, Limits { bytes: 80_000, ..ROOMY });
    for second in 0..20 {
        append(&mut spool, 3_000, second);
        drain(&mut spool);
    }
    assert!(segments(&folder).len() <= 2, "{:?}", segments(&folder));
    drop(spool);
    let (spool, _) = open(&folder, ROOMY);
    assert_eq!((spool.last(), spool.frames(), spool.backlog()), (20, 200, Backlog::default()));
}

#[test]
fn only_one_process_holds_a_spool_and_it_is_not_made_twice() {
    let folder = folder();
    let held = open(&folder, ROOMY);
    assert!(matches!(Spool::open(folder.path(), ROOMY), Err(SpoolError::Held { .. })));
    assert!(matches!(Spool::create(folder.path()), Err(SpoolError::Exists { .. })));
    drop(held);
    open(&folder, ROOMY);
    let empty = TempDir::new().expect("a folder");
    assert!(matches!(Spool::open(empty.path(), ROOMY), Err(SpoolError::Missing { .. })));
    assert!(!Spool::exists(empty.path()).expect("read") && Spool::exists(folder.path()).expect("read"));
}

#[test]
fn what_does_not_fit_goes_oldest_first_and_is_told() {
    let folder = folder();
    let limits = Limits { bytes: 80_000, ..ROOMY };
    let (mut spool, _) = open(&folder, limits);
    let mut told = (0, 0);
    for second in 0..100 {
        for notice in append(&mut spool, 3_000, second) {
            let Notice::GivenUp { batches, frames, because: Full::Bytes } = notice else {
                panic!("{notice:?}")
            };
            told = (told.0 + batches, told.1 + frames);
        }
        let bytes: u64 = segments(&folder).iter().map(|path| fs::metadata(path).expect("a file").len()).sum();
        assert!(bytes <= limits.bytes, "{bytes} bytes");
    }
    let backlog = spool.backlog();
    assert_eq!((backlog.given_up_batches, backlog.given_up_frames), told);
    let first = oldest(&mut spool).expect("one waits");
    assert_eq!((first.sequence, first.gone_from), (told.0 + 1, 1), "the hub is told what is gone");
    assert_eq!(drain(&mut spool), (told.0 + 1..=100).collect::<Vec<_>>());
    drop(spool);
    let (spool, _) = open(&folder, limits);
    assert_eq!(spool.backlog().given_up_batches, told.0, "it is remembered");
}

#[test]
fn three_days_are_kept_and_more_is_not() {
    let folder = folder();
    let (mut spool, _) = open(&folder, ROOMY);
    let five_minutes = |count: u64| count * 300;
    for step in 0..=(72 * 12) {
        assert_eq!(append(&mut spool, 50, five_minutes(step)), [], "72 hours wait");
    }
    let mut given_up = 0;
    for step in (72 * 12 + 1)..(80 * 12) {
        for notice in append(&mut spool, 50, five_minutes(step)) {
            let Notice::GivenUp { batches, because: Full::Age, .. } = notice else { panic!("{notice:?}") };
            given_up += batches;
        }
    }
    let expected = 7 * 12;
    assert!(given_up.abs_diff(expected) <= 14, "{given_up} of some {expected} given up: whole hours go");
    assert_eq!(spool.backlog().batches, 80 * 12 - given_up);
}

#[test]
fn a_clock_that_is_set_ages_nothing() {
    let folder = folder();
    let (mut spool, _) = open(&folder, ROOMY);
    for second in [0, 10_000_000, 20_000_000, 5, 30_000_000] {
        assert_eq!(append(&mut spool, 50, second), []);
    }
    assert_eq!(drain(&mut spool), [1, 2, 3, 4, 5]);
}

#[test]
fn a_hub_that_lost_batches_gets_again_what_is_still_here() {
    let folder = folder();
    let (mut spool, _) = open(&folder, ROOMY);
    (0..5).for_each(|second| drop(append(&mut spool, 50, second)));
    spool.acknowledge(4).expect("acknowledged");
    spool.rewind(3);
    assert_eq!(oldest(&mut spool).map(|waiting| waiting.sequence), Some(3));
    spool.rewind(5);
    assert_eq!(oldest(&mut spool).map(|waiting| waiting.sequence), Some(3), "it only goes back");
}

#[test]
fn a_hub_that_has_more_than_was_ever_here_is_an_error() {
    let folder = folder();
    let (mut spool, _) = open(&folder, ROOMY);
    append(&mut spool, 50, 0);
    let error = spool.acknowledge(2).expect_err("it was never here");
    assert!(matches!(error, SpoolError::Ahead { acknowledged: 2, last: 1 }));
    assert_eq!(drain(&mut spool), [1]);
}

#[test]
fn what_cannot_be_kept_is_counted_and_its_number_is_used() {
    let folder = folder();
    let (mut spool, _) = open(&folder, Limits { bytes: 80_000, ..ROOMY });
    append(&mut spool, 50, 0);
    let error = spool.append(2, 7, &[0; 50_000], at(1)).expect_err("too large");
    assert!(matches!(error, SpoolError::TooLarge { .. }));
    spool.skip(3, 5);
    append(&mut spool, 50, 2);
    let backlog = spool.backlog();
    assert_eq!((backlog.given_up_batches, backlog.given_up_frames), (2, 12));
    spool.acknowledge(1).expect("acknowledged");
    // The first is in a file of its own, which the hub does not need any more.
    assert_eq!(oldest(&mut spool).map(|waiting| (waiting.sequence, waiting.gone_from)), Some((4, 1)));
    assert!(matches!(spool.append(4, 1, b"", at(3)), Err(SpoolError::Order { expected: 5, found: 4 })));
    spool.give_up(4);
    assert_eq!((oldest(&mut spool), spool.backlog().given_up_batches), (None, 3));
}

/// Lets nothing have this name.
fn block(folder: &TempDir, name: &str) {
    fs::create_dir(folder.path().join(name)).expect("a folder in its place");
}

#[test]
fn frames_that_were_given_up_are_counted_after_a_start_too() {
    let folder = folder();
    let (mut spool, _) = open(&folder, ROOMY);
    append(&mut spool, 50, 0);
    spool.skip(2, 7);
    append(&mut spool, 50, 1);
    assert_eq!(spool.frames(), 27);
    drop(spool);
    let (mut spool, _) = open(&folder, ROOMY);
    assert_eq!((spool.last(), spool.frames()), (3, 27));
    assert_eq!(drain(&mut spool), [1, 3]);
}

#[test]
fn half_a_record_that_cannot_be_cut_off_hides_nothing_that_comes_after_it() {
    let folder = folder();
    let (mut spool, _) = open(&folder, ROOMY);
    append(&mut spool, 100, 0);
    let path = segments(&folder).pop().expect("a file");
    // The disk takes a part, and then neither the rest nor that the part is cut off.
    let mut works = std::mem::replace(&mut spool.file, File::open(&path).expect("opened"));
    let error = spool.append(2, 10, &payload(2, 100), at(1)).expect_err("not written");
    assert!(error.is_of_disk(), "{error}");
    let mut bytes = fs::read(&path).expect("read");
    bytes.extend([7; 50]);
    fs::write(&path, bytes).expect("written");
    works.seek(std::io::SeekFrom::End(0)).expect("at the end");
    spool.file = works;
    append(&mut spool, 100, 2);
    assert_eq!(spool.backlog().given_up_batches, 1);
    drop(spool);
    let (mut spool, notices) = open(&folder, ROOMY);
    assert_eq!((notices, spool.last(), spool.frames()), (Vec::new(), 3, 30));
    assert_eq!(drain(&mut spool), [1, 3]);
}

#[test]
fn acknowledging_frees_room_even_when_nothing_new_can_be_written() {
    let folder = folder();
    let limits = Limits { bytes: 80_000, ..ROOMY };
    let (mut spool, _) = open(&folder, limits);
    (0..12).for_each(|second| drop(append(&mut spool, 3_000, second)));
    assert_eq!(segments(&folder).len(), 3);
    let next = format!("{:020}.new", 13);
    block(&folder, &next);
    block(&folder, "state.new");
    let error = spool.acknowledge(12).expect_err("it cannot be written down");
    assert!(error.is_of_disk(), "{error}");
    assert_eq!((segments(&folder).len(), spool.acknowledged(), oldest(&mut spool)), (1, 12, None));
    spool.append(13, 10, &payload(13, 3_000), at(12)).expect_err("there is no new segment");
    fs::remove_dir(folder.path().join(&next)).expect("removed");
    append(&mut spool, 3_000, 13);
    assert_eq!(drain_without_state(&mut spool), [14]);
    drop(spool);
    fs::remove_dir(folder.path().join("state.new")).expect("removed");
    let (spool, notices) = open(&folder, limits);
    assert_eq!((notices, spool.last(), spool.frames()), (Vec::new(), 14, 140));
}

/// As [`drain`], where the state cannot be written.
fn drain_without_state(spool: &mut Spool) -> Vec<u64> {
    let mut numbers = Vec::new();
    while let Some(waiting) = oldest(spool) {
        numbers.push(waiting.sequence);
        spool.acknowledge(waiting.sequence).expect_err("the state cannot be written");
    }
    numbers
}

#[test]
fn the_oldest_make_room_even_when_the_state_cannot_be_written() {
    let folder = folder();
    let limits = Limits { bytes: 80_000, ..ROOMY };
    let (mut spool, _) = open(&folder, limits);
    block(&folder, "state.new");
    (0..60).for_each(|second| drop(append(&mut spool, 3_000, second)));
    let bytes: u64 = segments(&folder).iter().map(|path| fs::metadata(path).expect("a file").len()).sum();
    assert!(bytes <= limits.bytes, "{bytes} bytes");
}

/// Appends `count` batches, and the bytes of the only file.
fn one_file(count: u64) -> (TempDir, PathBuf, Vec<u8>) {
    let folder = folder();
    let (mut spool, _) = open(&folder, ROOMY);
    (0..count).for_each(|second| drop(append(&mut spool, 40, second)));
    drop(spool);
    let path = segments(&folder).pop().expect("a file");
    let bytes = fs::read(&path).expect("read");
    (folder, path, bytes)
}

/// Bytes of one record of [`one_file`], and of the head of the file.
const RECORD: usize = 36 + 40;
const HEAD: usize = 36;

#[test]
fn any_cut_of_the_file_loses_at_most_what_was_not_whole() {
    let (folder, path, bytes) = one_file(4);
    for cut in HEAD..=bytes.len() {
        fs::write(&path, &bytes[..cut]).expect("written");
        let (mut spool, notices) = open(&folder, ROOMY);
        let whole = (cut - HEAD) / RECORD;
        let torn = (cut - HEAD) % RECORD;
        let expected = (torn > 0).then_some(Notice::Torn { bytes: torn as u64 });
        assert_eq!(notices, expected.into_iter().collect::<Vec<_>>(), "cut at {cut}");
        assert_eq!(spool.last(), whole as u64);
        append(&mut spool, 40, 9);
        let mut numbers = Vec::new();
        while let Some(waiting) = oldest(&mut spool) {
            numbers.push(waiting.sequence);
            spool.state.acknowledged = waiting.sequence;
        }
        assert_eq!(numbers, (1..=whole as u64 + 1).collect::<Vec<_>>(), "cut at {cut}");
    }
}

#[test]
fn zeros_that_the_disk_put_after_the_last_record_are_cut_off() {
    let (folder, path, mut bytes) = one_file(2);
    bytes.resize(bytes.len() + 5_000, 0);
    fs::write(&path, &bytes).expect("written");
    let (mut spool, notices) = open(&folder, ROOMY);
    assert_eq!(notices, [Notice::Torn { bytes: 5_000 }]);
    append(&mut spool, 40, 9);
    assert_eq!(drain(&mut spool), [1, 2, 3]);
}

#[test]
fn the_state_may_be_lost_and_then_batches_are_sent_again() {
    let folder = folder();
    let (mut spool, _) = open(&folder, ROOMY);
    (0..3).for_each(|second| drop(append(&mut spool, 40, second)));
    spool.acknowledge(2).expect("acknowledged");
    drop(spool);
    for damaged in [b"".as_slice(), &[0xff; 28]] {
        fs::write(folder.path().join("state"), damaged).expect("written");
        let (mut spool, _) = open(&folder, ROOMY);
        assert_eq!(oldest(&mut spool).map(|waiting| waiting.sequence), Some(1));
    }
}

#[test]
fn a_head_that_is_damaged_stops_the_sensor_and_says_what_to_do() {
    let (folder, path, mut bytes) = one_file(2);
    bytes[9] ^= 1;
    fs::write(&path, &bytes).expect("written");
    let error = Spool::open(folder.path(), ROOMY).expect_err("damaged");
    assert!(error.to_string().contains("move it away"), "{error}");
}

#[derive(Debug, Clone)]
enum Act {
    Append(usize),
    Acknowledge(Index),
    Rewind(Index),
    Restart,
    Crash(Index),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (0_usize..4_000).prop_map(Act::Append),
        2 => any::<Index>().prop_map(Act::Acknowledge),
        1 => any::<Index>().prop_map(Act::Rewind),
        1 => proptest::strategy::Just(Act::Restart),
        1 => any::<Index>().prop_map(Act::Crash),
    ]
}

proptest! {
    #[test]
    fn it_behaves_as_a_plain_list_does(acts in vec(act(), 1..60)) {
        let folder = folder();
        let (mut spool, _) = open(&folder, Limits { bytes: 1 << 20, ..ROOMY });
        let mut model: BTreeMap<u64, usize> = BTreeMap::new();
        let mut acknowledged = 0;
        for (second, act) in (0..).zip(acts) {
            let last = spool.last();
            match act {
                Act::Append(size) => {
                    prop_assert_eq!(append(&mut spool, size, second), []);
                    model.insert(last + 1, size);
                }
                Act::Acknowledge(index) => {
                    let sequence = index.index(usize::try_from(last).expect("few") + 1) as u64;
                    spool.acknowledge(sequence).expect("acknowledged");
                    acknowledged = acknowledged.max(sequence);
                }
                // What was removed cannot come back, but nothing that was not acknowledged is ever removed.
                Act::Rewind(index) => {
                    spool.rewind(index.index(usize::try_from(last).expect("few") + 1) as u64 + 1);
                    let back = oldest(&mut spool);
                    prop_assert!(back.is_none_or(|back| model.contains_key(&back.sequence)));
                    spool.acknowledge(acknowledged).expect("acknowledged");
                }
                Act::Restart | Act::Crash(_) => {
                    drop(spool);
                    if let Act::Crash(index) = act {
                        // Half of a record that nobody counted on.
                        let path = segments(&folder).pop().expect("a file");
                        let mut bytes = fs::read(&path).expect("read");
                        let mut whole = bytes.clone();
                        let record = Record::new(last + 1, 1, 0, &[7; 30]).expect("a record");
                        whole.extend(record.head_bytes());
                        whole.extend([7; 30]);
                        bytes.extend(&whole[bytes.len()..][..index.index(whole.len() - bytes.len())]);
                        fs::write(&path, &bytes).expect("written");
                    }
                    spool = open(&folder, Limits { bytes: 1 << 20, ..ROOMY }).0;
                    prop_assert_eq!(spool.last(), last);
                }
            }
            let expected = model.range(acknowledged + 1..).next();
            let found = oldest(&mut spool).map(|waiting| (waiting.sequence, waiting.bytes));
            prop_assert_eq!(found, expected.map(|(sequence, size)| (*sequence, payload(*sequence, *size))));
        }
        let rest: Vec<u64> = model.range(acknowledged + 1..).map(|(sequence, _)| *sequence).collect();
        prop_assert_eq!(drain(&mut spool), rest);
    }

    #[test]
    fn no_damage_gives_a_batch_that_was_not_written_or_a_number_twice(place in any::<Index>(), bit in 0..8_u8) {
        let (folder, path, mut bytes) = one_file(5);
        let place = HEAD + place.index(bytes.len() - HEAD);
        bytes[place] ^= 1 << bit;
        fs::write(&path, &bytes).expect("written");
        let (mut spool, notices) = open(&folder, ROOMY);
        prop_assert!(!notices.is_empty(), "damage is said");
        let is_in_the_last_payload = place >= bytes.len() - 40;
        prop_assert!(is_in_the_last_payload || spool.last() >= 5, "{} is given again", spool.last() + 1);
        let mut found = Vec::new();
        while let (Some(waiting), _) = spool.oldest().expect("read") {
            prop_assert_eq!(&waiting.bytes, &payload(waiting.sequence, 40));
            found.push(waiting.sequence);
            spool.acknowledge(waiting.sequence).expect("acknowledged");
        }
        prop_assert!(found.len() < 5 && found.is_sorted());
    }
}
