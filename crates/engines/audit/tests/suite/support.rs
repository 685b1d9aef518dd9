//! Logs from a seed, and an oracle that knows what was written.

use audit::{
    Checkpoint, Detail, Entry, Fault, Head, Item, Keys, Link, Origin, Outcome, PublicKey, Reader, Record,
    SigningKey, Subject, Text, Verified, Verifier, Who, Word,
};
use model::Timestamp;

/// SplitMix64.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    pub(crate) fn pick<'t, T>(&mut self, all: &'t [T]) -> &'t T {
        &all[self.below(all.len())]
    }

    pub(crate) fn coin(&mut self) -> bool {
        self.next() & 1 == 1
    }
}

pub(crate) fn number_of(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).map_or(otherwise, |text| text.parse().expect("a number"))
}

pub(crate) fn key(number: u8) -> SigningKey {
    SigningKey::from_seed(&[number; 32]).expect("a key")
}

pub(crate) fn text(dice: &mut Dice) -> Text {
    const TEXTS: &[&str] =
        &["", "ines", "dev_7", "CT 1 → CT 2", "\u{1}\"\\\n", "192.0.2.7", "é…", "null", "because"];
    Text::of(&format!("{}{}", dice.pick(TEXTS), dice.below(3)))
}

pub(crate) fn maybe(dice: &mut Dice) -> Option<Text> {
    dice.coin().then(|| text(dice))
}

pub(crate) fn who(dice: &mut Dice) -> Who {
    match dice.below(5) {
        0 => Who::Person(text(dice)),
        1 => Who::Rule(text(dice)),
        2 => Who::Sensor(text(dice)),
        3 => Who::System,
        _ => Who::Nobody,
    }
}

pub(crate) fn entry(dice: &mut Dice, at: u64) -> Entry {
    Entry {
        at: Timestamp::from_nanos(at),
        who: who(dice),
        act: Word::of(dice.pick::<&str>(&["role_set", "login", "device_approved", "export"])),
        subject: Subject::of(dice.pick::<&str>(&["device", "account", "audit_log"]), text(dice).as_str()),
        outcome: *dice.pick(Outcome::ALL),
        origin: Origin { address: maybe(dice), session: maybe(dice) },
        request: maybe(dice),
        detail: Detail { before: maybe(dice), after: maybe(dice), why: maybe(dice) },
    }
}

/// A log as its writer wrote it: records, and behind them checkpoints.
#[derive(Clone)]
pub(crate) struct Log {
    pub(crate) items: Vec<Item>,
    /// Last record that is signed.
    pub(crate) signed: usize,
}

impl Log {
    /// `records` records, signed in spans of at most `span`; at most `tail` at the end are not.
    pub(crate) fn write(dice: &mut Dice, key: &SigningKey, records: usize, span: usize, tail: usize) -> Self {
        let mut log = Self { items: Vec::new(), signed: 0 };
        let mut now = 1_764_000_000_000_000_000;
        let mut head = Head::default();
        let mut before = (0, 0);
        let mut links = Vec::new();
        let mut next = 1 + dice.below(span);
        for number in 1..=records {
            // The clock is set back at times, and stands still at others.
            now = if dice.below(20) == 0 { now - 90_000_000_000 } else { now + dice.next() % 3_000_000_000 };
            let record = Record::next(&head, entry(dice, now));
            head = record.head();
            links.push(Link { hash: record.hash, at: record.entry.at });
            log.items.push(Item::Record(Box::new(record)));
            if links.len() >= next && number + tail <= records.max(tail + 1) {
                let now = Timestamp::from_nanos(now - dice.next() % 2 * 5_000_000_000);
                let made = Checkpoint::sign(before, &links, now, key).expect("a key").expect("records");
                before = (made.number, made.last);
                log.signed = made.last as usize;
                links.clear();
                next = 1 + dice.below(span);
                log.items.push(Item::Checkpoint(Box::new(made)));
            }
        }
        log
    }

    pub(crate) fn records(&self) -> Vec<&Record> {
        let records = self.items.iter().filter_map(|item| match item {
            Item::Record(record) => Some(&**record),
            Item::Checkpoint(_) => None,
        });
        records.collect()
    }

    pub(crate) fn checkpoints(&self) -> Vec<&Checkpoint> {
        let checkpoints = self.items.iter().filter_map(|item| match item {
            Item::Checkpoint(checkpoint) => Some(&**checkpoint),
            Item::Record(_) => None,
        });
        checkpoints.collect()
    }

    /// The place of record `number` among all items.
    pub(crate) fn place(&self, number: usize) -> usize {
        let is_it = |item: &Item| matches!(item, Item::Record(record) if record.number == number as u64);
        self.items.iter().position(is_it).expect("a record")
    }
}

/// The first record that is not as it was written; else the first of those whose checkpoint is not.
pub(crate) fn first_bad(written: &Log, found: &Log) -> Option<u64> {
    let (a, b) = (written.records(), found.records());
    let other = (0..a.len().max(b.len())).find(|place| a.get(*place) != b.get(*place));
    let (c, d) = (written.checkpoints(), found.checkpoints());
    let checkpoint =
        (0..c.len()).find(|place| c.get(*place) != d.get(*place)).or((d.len() > c.len()).then_some(c.len()));
    let first =
        |place: usize| c.get(place).map_or(written.signed as u64 + 1, |checkpoint| checkpoint.first());
    match (other.map(|place| place as u64 + 1), checkpoint.map(first)) {
        (Some(record), _) => Some(record),
        (None, checkpoint) => checkpoint,
    }
}

pub(crate) fn verify(items: &[Item], keys: &dyn Keys, copies: &[Checkpoint]) -> Result<Verified, Fault> {
    let mut verifier = Verifier::new(keys);
    for copy in copies {
        verifier.expect(copy.clone())?;
    }
    for item in items {
        match item {
            Item::Record(record) => verifier.record(record)?,
            Item::Checkpoint(checkpoint) => verifier.checkpoint(checkpoint)?,
        }
    }
    verifier.finish()
}

pub(crate) fn keys(key: &SigningKey) -> Vec<PublicKey> {
    vec![key.public()]
}

/// The log as a file.
pub(crate) fn written(items: &[Item]) -> String {
    let lines = items.iter().map(|item| match item {
        Item::Record(record) => audit::record_line(record),
        Item::Checkpoint(checkpoint) => audit::checkpoint_line(checkpoint),
    });
    std::iter::once(audit::HEADER.to_owned()).chain(lines).map(|line| line + "\n").collect()
}

/// The file as a log, read in pieces of `size` bytes.
pub(crate) fn read(file: &[u8], size: usize) -> Result<Vec<Item>, audit::ReadError> {
    let mut reader = Reader::new();
    let mut items = Vec::new();
    for piece in file.chunks(size) {
        reader.handle_bytes(piece);
        while let Some(item) = reader.poll()? {
            items.push(item);
        }
    }
    reader.finish()?;
    Ok(items)
}
