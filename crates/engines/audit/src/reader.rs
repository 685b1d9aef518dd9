//! Reads what [`crate::export`] writes, piece by piece, and says of which line and field something is wrong.

use std::collections::BTreeMap;
use std::fmt;

use model::Timestamp;
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};

use crate::checkpoint::{Checkpoint, RECORDS_MAX, Tag};
use crate::export::HEADER;
use crate::hex::{unhex, unhex_array};
use crate::key::{KeyId, Signature};
use crate::record::{Detail, Entry, Hash, Origin, Outcome, Record, Subject, Who};
use crate::text::{Text, Word};

/// Bytes of a line at most: eight texts of which every byte is escaped, and as much again.
pub const LINE_MAX: usize = 96 << 10;

/// A line of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// A record.
    Record(Box<Record>),
    /// A checkpoint.
    Checkpoint(Box<Checkpoint>),
}

/// What is wrong in a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ReadError {
    /// Line, from 1.
    pub line: u64,
    /// Field of it, when it is one.
    pub field: Option<String>,
    /// What is wrong with it.
    pub why: String,
}

/// Reads lines out of pieces of a file. Holds one line and the piece.
#[derive(Debug, Default)]
pub struct Reader {
    buffer: Vec<u8>,
    /// So many bytes of it were read.
    read: usize,
    line: u64,
}

/// A flat object of JSON.
struct Fields(BTreeMap<String, Value>);

#[derive(Debug)]
enum Value {
    Null,
    Number(u64),
    Text(String),
}

/// What is wrong within a line: which field, and what.
type Wrong = (Option<String>, String);

impl Reader {
    /// At the beginning of a file.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The next piece of the file. Ask [`Self::poll`] until it has nothing before the next piece.
    pub fn handle_bytes(&mut self, piece: &[u8]) {
        self.buffer.drain(..self.read.min(self.buffer.len()));
        self.read = 0;
        self.buffer.extend_from_slice(piece);
    }

    /// The next line that is whole; `None` when it needs another piece.
    ///
    /// # Errors
    /// When the line is none of a log, or too long.
    pub fn poll(&mut self) -> Result<Option<Item>, ReadError> {
        loop {
            let rest = self.buffer.get(self.read..).unwrap_or_default();
            let end = rest.iter().position(|byte| *byte == b'\n');
            let line = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
            let number = self.line.saturating_add(1);
            let at = |(field, why)| ReadError { line: number, field, why };
            if line.len() > LINE_MAX {
                return Err(at((None, format!("it is longer than {LINE_MAX} bytes"))));
            }
            let Some(end) = end else { return Ok(None) };
            let item = if number == 1 { header(line).map(|()| None) } else { item(line).map(Some) };
            let item = item.map_err(at)?;
            self.read = self.read.saturating_add(end).saturating_add(1);
            self.line = number;
            if let Some(item) = item {
                return Ok(Some(item));
            }
        }
    }

    /// The file ends here.
    ///
    /// # Errors
    /// When it ends within a line, or before the first one.
    pub fn finish(self) -> Result<(), ReadError> {
        let is_within = self.read < self.buffer.len();
        let line = self.line.saturating_add(1);
        let error = |why: &str| Err(ReadError { line, field: None, why: why.to_owned() });
        match self.line {
            _ if is_within => error("the file ends within it"),
            0 => error("the file is empty"),
            _ => Ok(()),
        }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, field, why } = self;
        match field {
            Some(field) => write!(f, "line {line}, `{field}`: {why}"),
            None => write!(f, "line {line}: {why}"),
        }
    }
}

fn header(line: &[u8]) -> Result<(), Wrong> {
    if line == HEADER.as_bytes() {
        return Ok(());
    }
    Err((None, format!("this is no audit log of a version that is known; its first line is `{HEADER}`")))
}

fn item(line: &[u8]) -> Result<Item, Wrong> {
    let mut fields: Fields = serde_json::from_slice(line).map_err(|error| (None, error.to_string()))?;
    let item = if fields.0.contains_key("checkpoint") {
        Item::Checkpoint(Box::new(checkpoint(&mut fields)?))
    } else {
        Item::Record(Box::new(record(&mut fields)?))
    };
    match fields.0.into_keys().next() {
        Some(unknown) => Err((Some(Text::of(&unknown).to_string()), "there is no such field".to_owned())),
        None => Ok(item),
    }
}

fn record(fields: &mut Fields) -> Result<Record, Wrong> {
    let number = fields.number("record")?;
    let kind = fields.required("who")?;
    let name = fields.text("name")?;
    let who = Who::new(&kind, name)
        .ok_or_else(|| wrong("who", "there is no such kind with, or without, a name"))?;
    let entry = Entry {
        at: fields.time("at")?,
        who,
        act: fields.word("act")?,
        subject: Subject { kind: fields.word("subject")?, id: fields.required_text("id")? },
        outcome: fields.parsed("outcome", |word| word.parse::<Outcome>().ok())?,
        origin: Origin { address: fields.text("address")?, session: fields.text("session")? },
        request: fields.text("request")?,
        detail: Detail {
            before: fields.text("before")?,
            after: fields.text("after")?,
            why: fields.text("why")?,
        },
    };
    let [previous, hash] = [fields.hash("previous")?, fields.hash("hash")?];
    Ok(Record { number, entry, previous, hash })
}

fn checkpoint(fields: &mut Fields) -> Result<Checkpoint, Wrong> {
    let tags = fields.parsed("tags", |digits| {
        let bytes = unhex(digits)?;
        let (tags, rest) = bytes.as_chunks::<8>();
        let fits = rest.is_empty() && (1..=RECORDS_MAX).contains(&tags.len());
        fits.then(|| tags.iter().map(|tag| Tag(*tag)).collect())
    })?;
    Ok(Checkpoint {
        number: fields.number("checkpoint")?,
        last: fields.number("last")?,
        hash: fields.hash("hash")?,
        tags,
        at: fields.time("at")?,
        key: fields.parsed("key", |digits| unhex_array(digits).map(KeyId))?,
        signature: fields.parsed("signature", |digits| unhex_array(digits).map(Signature))?,
    })
}

fn wrong(field: &str, why: impl fmt::Display) -> Wrong {
    (Some(field.to_owned()), why.to_string())
}

impl Fields {
    /// What is missing and what is null are the same.
    fn take(&mut self, field: &str) -> Option<Value> {
        self.0.remove(field).filter(|value| !matches!(value, Value::Null))
    }

    fn number(&mut self, field: &str) -> Result<u64, Wrong> {
        match self.take(field) {
            Some(Value::Number(number)) => Ok(number),
            Some(_) => Err(wrong(field, "it is no whole number")),
            None => Err(wrong(field, "it is missing")),
        }
    }

    fn maybe(&mut self, field: &str) -> Result<Option<String>, Wrong> {
        match self.take(field) {
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(_) => Err(wrong(field, "it is no text")),
            None => Ok(None),
        }
    }

    fn required(&mut self, field: &str) -> Result<String, Wrong> {
        self.maybe(field)?.ok_or_else(|| wrong(field, "it is missing"))
    }

    fn text(&mut self, field: &str) -> Result<Option<Text>, Wrong> {
        let text = self.maybe(field)?;
        text.map(|text| Text::read(&text).map_err(|error| wrong(field, error))).transpose()
    }

    fn required_text(&mut self, field: &str) -> Result<Text, Wrong> {
        self.text(field)?.ok_or_else(|| wrong(field, "it is missing"))
    }

    fn word(&mut self, field: &str) -> Result<Word, Wrong> {
        Word::read(&self.required(field)?).map_err(|error| wrong(field, error))
    }

    fn parsed<T>(&mut self, field: &str, read: impl FnOnce(&str) -> Option<T>) -> Result<T, Wrong> {
        let text = self.required(field)?;
        read(&text).ok_or_else(|| wrong(field, "it is not of its form"))
    }

    fn hash(&mut self, field: &str) -> Result<Hash, Wrong> {
        self.parsed(field, |digits| digits.parse().ok())
    }

    /// A time in the one way that it is written.
    fn time(&mut self, field: &str) -> Result<Timestamp, Wrong> {
        self.parsed(field, |text| {
            let read: Timestamp = text.parse().ok()?;
            (read == Entry::rounded(read) && read.rfc3339().as_str() == text).then_some(read)
        })
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Flat;
        impl<'de> Visitor<'de> for Flat {
            type Value = Fields;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut fields = BTreeMap::new();
                while let Some(name) = map.next_key::<String>()? {
                    let shown = || Text::of(&name);
                    let value = map
                        .next_value()
                        .map_err(|error| A::Error::custom(format!("`{}`: {error}", shown())))?;
                    if fields.contains_key(&name) {
                        return Err(A::Error::custom(format!("`{}` is there twice", shown())));
                    }
                    fields.insert(name, value);
                }
                Ok(Fields(fields))
            }
        }
        from.deserialize_map(Flat)
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Plain;
        impl Visitor<'_> for Plain {
            type Value = Value;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, a whole number or null")
            }

            fn visit_unit<E>(self) -> Result<Value, E> {
                Ok(Value::Null)
            }

            fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
                Ok(Value::Number(number))
            }

            fn visit_str<E>(self, text: &str) -> Result<Value, E> {
                Ok(Value::Text(text.to_owned()))
            }
        }
        from.deserialize_any(Plain)
    }
}
