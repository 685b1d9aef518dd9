//! The audit log: who did what, written with what was done, in one transaction. Nothing here changes or deletes a record.

use audit::{
    Checkpoint, Detail, Entry, Hash, Head, Item, KeyId, Link, Origin, Outcome, RECORDS_MAX, Record,
    Signature, Signer, Subject, Tag, Text, Who, Word,
};
use model::{SensorId, Timestamp};

use crate::change::Decision;
use crate::convert::{count, small, text, time};
use crate::evidence;
use crate::page::{Cursor, Page, limit};
use crate::query::Conditions;
use crate::sql::{self, Row, Sql, Value};
use crate::{Error, Result};

/// When and from where something came that nobody decided, such as what a sensor asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Trace {
    /// When, by the hub's clock.
    pub at: Timestamp,
    /// From where.
    pub origin: Origin,
    /// Request that it came with.
    pub request: Option<String>,
}

/// Which records.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditQuery {
    /// Of who has this name.
    pub who: Option<String>,
    /// Of this act.
    pub act: Option<String>,
    /// About things of this kind.
    pub subject_kind: Option<String>,
    /// About the thing with this id or name.
    pub subject: Option<String>,
    /// That ended so.
    pub outcome: Option<Outcome>,
    /// Not before this.
    pub from: Option<Timestamp>,
    /// Before this.
    pub to: Option<Timestamp>,
    /// That hold this in subject, before, after, reason, address or request. Capitals count.
    pub text: Option<String>,
    /// After the page that gave this.
    pub cursor: Option<Cursor>,
    /// At most so many; 0 is as many as a page holds.
    pub limit: u32,
}

/// Where reading the whole log goes on: behind this record and this checkpoint.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AuditPlace {
    /// The last record that was read.
    pub record: u64,
    /// The last checkpoint that was read.
    pub checkpoint: u64,
}

/// How the log stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AuditState {
    /// Its end.
    pub head: Head,
    /// Checkpoints that there are.
    pub checkpoints: u64,
    /// The last record that is signed.
    pub signed: u64,
    /// Time of the first record that is not.
    pub unsigned_since: Option<Timestamp>,
}

const COLUMNS: &str = "number, at, who_kind, who_name, act, subject_kind, subject, outcome, address, session, request, \
    before_value, after_value, why, previous, hash";
const INSERT: &str = "INSERT INTO audit_record (number, at, who_kind, who_name, act, subject_kind, subject, outcome, \
    address, session, request, before_value, after_value, why, previous, hash) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
const CHECKPOINT: &str = "number, last, hash, tags, at, key_id, signature";

/// What a decision did, as an entry.
pub(crate) fn entry(decision: &Decision, act: &str, subject: Subject, change: [Option<&str>; 2]) -> Entry {
    let Decision { actor, at, why, request, origin } = decision;
    let [before, after] = change.map(|value| value.map(Text::of));
    Entry {
        at: *at,
        who: Who::from(actor),
        act: Word::of(act),
        subject,
        outcome: Outcome::Done,
        origin: origin.clone(),
        request: request.as_deref().map(Text::of),
        detail: Detail { before, after, why: Some(Text::of(why)).filter(|why| !why.as_str().is_empty()) },
    }
}

/// What a sensor did, as an entry.
pub(crate) fn sensor_entry(trace: Trace, act: &str, sensor: &SensorId, after: &str) -> Entry {
    let name = Text::of(sensor.as_str());
    Entry {
        at: trace.at,
        who: Who::Sensor(name.clone()),
        act: Word::of(act),
        subject: Subject { kind: Word::of("sensor"), id: name },
        outcome: Outcome::Done,
        origin: trace.origin,
        request: trace.request.as_deref().map(Text::of),
        detail: Detail { before: None, after: Some(Text::of(after)), why: None },
    }
}

/// Appends entries in order. Whoever else wants to waits until this transaction ends.
pub(crate) async fn append(sql: &mut dyn Sql, entries: Vec<Entry>) -> Result<Head> {
    sql.alone().await?;
    let mut end = head(sql).await?;
    let mut rows = Vec::with_capacity(entries.len());
    for entry in entries {
        let record = Record::next(&end, entry);
        end = record.head();
        rows.push(row(record)?);
    }
    sql.execute_all(INSERT, rows).await?;
    Ok(end)
}

fn row(record: Record) -> Result<Vec<Value>> {
    let Record { number, entry, previous, hash } = record;
    let optional =
        |text: Option<&Text>| text.map_or(Value::Null, |known| Value::Text(known.as_str().to_owned()));
    Ok(vec![
        count("the number of a record", number)?,
        time(entry.at),
        text(entry.who.kind()),
        optional(entry.who.name()),
        text(entry.act.as_str()),
        text(entry.subject.kind.as_str()),
        text(entry.subject.id.as_str()),
        text(entry.outcome.name()),
        optional(entry.origin.address.as_ref()),
        optional(entry.origin.session.as_ref()),
        optional(entry.request.as_ref()),
        optional(entry.detail.before.as_ref()),
        optional(entry.detail.after.as_ref()),
        optional(entry.detail.why.as_ref()),
        Value::Bytes(previous.0.to_vec()),
        Value::Bytes(hash.0.to_vec()),
    ])
}

/// The end of the log.
pub(crate) async fn head(sql: &mut dyn Sql) -> Result<Head> {
    let query = "SELECT number, hash FROM audit_record ORDER BY number DESC LIMIT 1";
    let read = |row: &mut Row| Ok(Head { number: row.uint()?, hash: hash(row)? });
    Ok(sql::one(sql, query, Vec::new(), read).await?.unwrap_or_default())
}

/// The end of the log, and how far it is signed.
pub(crate) async fn state(sql: &mut dyn Sql) -> Result<AuditState> {
    let head = head(sql).await?;
    let (checkpoints, signed) = last_checkpoint(sql).await?;
    let after = count("a record", signed)?;
    let query = "SELECT at FROM audit_record WHERE number > $1 ORDER BY number LIMIT 1";
    let unsigned_since = sql::one(sql, query, vec![after], evidence::time).await?;
    Ok(AuditState { head, checkpoints, signed, unsigned_since })
}

/// Number and last record of the last checkpoint; zeros when there is none.
async fn last_checkpoint(sql: &mut dyn Sql) -> Result<(u64, u64)> {
    let query = "SELECT number, last FROM audit_checkpoint ORDER BY number DESC LIMIT 1";
    let read = |row: &mut Row| Ok((row.uint()?, row.uint()?));
    Ok(sql::one(sql, query, Vec::new(), read).await?.unwrap_or_default())
}

/// Signs the records after the last checkpoint, a checkpoint's worth of them; `None` when there are none.
pub(crate) async fn sign(
    sql: &mut dyn Sql,
    now: Timestamp,
    signer: &dyn SyncSigner,
) -> Result<Option<Checkpoint>> {
    sql.alone().await?;
    let before = last_checkpoint(sql).await?;
    let query = "SELECT hash, at FROM audit_record WHERE number > $1 ORDER BY number LIMIT $2";
    let most = i64::try_from(RECORDS_MAX).unwrap_or(i64::MAX);
    let values = vec![count("a record", before.1)?, Value::Int(most)];
    let read = |row: &mut Row| Ok(Link { hash: hash(row)?, at: evidence::time(row)? });
    let links = sql::all(sql, query, values, read).await?;
    let unusable = |_| Error::Refused { why: "the key that signs the audit log cannot be used".to_owned() };
    let Some(made) = Checkpoint::sign(before, &links, now, signer).map_err(unusable)? else {
        return Ok(None);
    };
    let insert = format!("INSERT INTO audit_checkpoint ({CHECKPOINT}) VALUES ($1, $2, $3, $4, $5, $6, $7)");
    let values = vec![
        count("the number of a checkpoint", made.number)?,
        count("a record", made.last)?,
        Value::Bytes(made.hash.0.to_vec()),
        Value::Bytes(made.tags.iter().flat_map(|tag| tag.0).collect()),
        time(made.at),
        Value::Bytes(made.key.0.to_vec()),
        Value::Bytes(made.signature.0.to_vec()),
    ];
    sql.execute(&insert, values).await?;
    Ok(Some(made))
}

/// A signer that is handed to the thread that writes.
pub trait SyncSigner: Signer + Send + Sync {}

impl<S: Signer + Send + Sync> SyncSigner for S {}

/// Records, the latest first.
pub(crate) async fn page(sql: &mut dyn Sql, query: AuditQuery) -> Result<Page<Record>> {
    let most = limit(query.limit);
    let mut all = Conditions::default();
    if let Some(cursor) = &query.cursor {
        let [number] = cursor.parts::<1>("audit")?;
        let place = all.bind(Value::Int(number.parse().map_err(|_| Error::BadCursor)?));
        all.and(format!("number < {place}"));
    }
    let equal = [
        ("who_name", query.who),
        ("act", query.act),
        ("subject_kind", query.subject_kind),
        ("subject", query.subject),
        ("outcome", query.outcome.map(|outcome| outcome.name().to_owned())),
    ];
    for (column, value) in equal {
        let Some(value) = value else { continue };
        let place = all.bind(text(value));
        all.and(format!("{column} = {place}"));
    }
    for (operator, value) in [(">=", query.from), ("<", query.to)] {
        let Some(value) = value else { continue };
        let place = all.bind(time(value));
        all.and(format!("at {operator} {place}"));
    }
    if let Some(part) = query.text.filter(|part| !part.is_empty()) {
        let place = all.bind(text(part));
        let columns = ["subject", "before_value", "after_value", "why", "address", "request"];
        let holds = columns.map(|column| format!("strpos(COALESCE({column}, ''), {place}) > 0"));
        all.and(format!("({})", holds.join(" OR ")));
    }
    let places = all.bind(small(most + 1));
    let statement =
        format!("SELECT {COLUMNS} FROM audit_record {} ORDER BY number DESC LIMIT {places}", all.text());
    let found = sql::all(sql, &statement, all.into_values(), record).await?;
    Ok(Page::of(found, most, |record| Cursor::new("audit", &[&record.number.to_string()])))
}

/// Records and checkpoints from a place on, each checkpoint behind its last record unless it came later; as many as a
/// page holds. None is the end.
pub(crate) async fn items(sql: &mut dyn Sql, from: AuditPlace) -> Result<Vec<Item>> {
    let most = limit(0);
    let query = format!("SELECT {COLUMNS} FROM audit_record WHERE number > $1 ORDER BY number LIMIT $2");
    let records = sql::all(sql, &query, vec![count("a record", from.record)?, small(most)], record).await?;
    let is_whole = records.len() < usize::try_from(most).unwrap_or(usize::MAX);
    let upto = if is_whole {
        i64::MAX
    } else {
        records.last().map_or(0, |last| i64::try_from(last.number).unwrap_or(i64::MAX))
    };
    let query = format!(
        "SELECT {CHECKPOINT} FROM audit_checkpoint WHERE number > $1 AND last <= $2 ORDER BY number LIMIT $3"
    );
    let values = vec![count("a checkpoint", from.checkpoint)?, Value::Int(upto), small(most)];
    let checkpoints = sql::all(sql, &query, values, checkpoint).await?;
    let mut items = Vec::with_capacity(records.len() + checkpoints.len());
    let mut checkpoints = checkpoints.into_iter().peekable();
    for record in records {
        while let Some(earlier) = checkpoints.next_if(|checkpoint| checkpoint.last < record.number) {
            items.push(Item::Checkpoint(Box::new(earlier)));
        }
        items.push(Item::Record(Box::new(record)));
    }
    items.extend(checkpoints.map(|checkpoint| Item::Checkpoint(Box::new(checkpoint))));
    Ok(items)
}

impl AuditPlace {
    /// The place behind an item.
    pub const fn pass(&mut self, item: &Item) {
        match item {
            Item::Record(record) => self.record = record.number,
            Item::Checkpoint(checkpoint) => self.checkpoint = checkpoint.number,
        }
    }
}

/// What cannot be read is bad, too: it is handed on as a record whose hash is not its own, so that it is named.
fn record(row: &mut Row) -> Result<Record> {
    let number = row.uint()?;
    let read =
        entry_of(row).and_then(|entry| Ok(Record { number, entry, previous: hash(row)?, hash: hash(row)? }));
    Ok(read.unwrap_or_else(|_| {
        let subject = Subject::of("audit_record", &number.to_string());
        let (act, detail) = (Word::of("unreadable"), Detail::default());
        let (origin, outcome) = (Origin::default(), Outcome::Failed);
        let at = Timestamp::default();
        let entry = Entry { at, who: Who::Nobody, act, subject, outcome, origin, request: None, detail };
        Record { number, entry, previous: Hash::default(), hash: Hash::default() }
    }))
}

fn entry_of(row: &mut Row) -> Result<Entry> {
    let at = evidence::time(row)?;
    let (kind, name) = (row.text()?, optional(row)?);
    let who = Who::new(&kind, name).ok_or(Error::Unreadable { what: "who did something" })?;
    Ok(Entry {
        at,
        who,
        act: word(row)?,
        subject: Subject { kind: word(row)?, id: text_of(&row.text()?)? },
        outcome: row.parsed("an outcome")?,
        origin: Origin { address: optional(row)?, session: optional(row)? },
        request: optional(row)?,
        detail: Detail { before: optional(row)?, after: optional(row)?, why: optional(row)? },
    })
}

/// As [`record`]: one that cannot be read is one that nobody signed.
fn checkpoint(row: &mut Row) -> Result<Checkpoint> {
    let (number, last) = (row.uint()?, row.uint()?);
    Ok(signed(number, last, row).unwrap_or_else(|_| Checkpoint {
        number,
        last,
        hash: Hash::default(),
        tags: Vec::new(),
        at: Timestamp::default(),
        key: KeyId([0; 16]),
        signature: Signature([0; 64]),
    }))
}

fn signed(number: u64, last: u64, row: &mut Row) -> Result<Checkpoint> {
    let (hash, bytes_of_tags) = (hash(row)?, row.bytes()?);
    let (tags, rest) = bytes_of_tags.as_chunks::<8>();
    if !rest.is_empty() {
        return Err(Error::Unreadable { what: "a tag" });
    }
    let (tags, at) = (tags.iter().map(|tag| Tag(*tag)).collect(), evidence::time(row)?);
    Ok(Checkpoint {
        number,
        last,
        hash,
        tags,
        at,
        key: KeyId(bytes(row)?),
        signature: Signature(bytes(row)?),
    })
}

fn optional(row: &mut Row) -> Result<Option<Text>> {
    row.text_or_null()?.as_deref().map(text_of).transpose()
}

fn text_of(held: &str) -> Result<Text> {
    Text::read(held).map_err(|_| Error::Unreadable { what: "a text of the audit log" })
}

fn word(row: &mut Row) -> Result<Word> {
    Word::read(&row.text()?).map_err(|_| Error::Unreadable { what: "a word of the audit log" })
}

fn hash(row: &mut Row) -> Result<Hash> {
    bytes(row).map(Hash)
}

fn bytes<const N: usize>(row: &mut Row) -> Result<[u8; N]> {
    row.bytes()?.try_into().map_err(|_| Error::Unreadable { what: "a hash, a key or a signature" })
}
