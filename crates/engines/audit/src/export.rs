//! A log as JSON Lines: a header, then records and checkpoints in order, one a line.
//!
//! Whole numbers are numbers, times are RFC 3339 in UTC with microseconds, hashes and signatures are hexadecimal, what
//! is not known is left out. A checkpoint stands behind its last record.

use serde::Serialize;

use crate::checkpoint::Checkpoint;
use crate::hex::hex;
use crate::record::{Entry, Record};
use crate::text::Text;

/// The first line, without its end.
pub const HEADER: &str = r#"{"format":"bedrail-audit","version":1}"#;

#[derive(Debug, Serialize)]
struct RecordLine<'r> {
    record: u64,
    at: &'r str,
    who: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'r str>,
    act: &'r str,
    subject: &'r str,
    id: &'r str,
    outcome: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'r str>,
    previous: String,
    hash: String,
}

#[derive(Debug, Serialize)]
struct CheckpointLine<'c> {
    checkpoint: u64,
    last: u64,
    hash: String,
    tags: String,
    at: &'c str,
    key: String,
    signature: String,
}

/// A record as a line, without its end.
#[must_use]
pub fn record_line(record: &Record) -> String {
    let Record { number, entry, previous, hash } = record;
    let Entry { at, who, act, subject, outcome, origin, request, detail } = entry;
    let at = at.rfc3339();
    let text = |text: &'_ Option<Text>| text.as_ref().map(|text| text.as_str().to_owned());
    let [address, session, request] = [&origin.address, &origin.session, request].map(text);
    let [before, after, why] = [&detail.before, &detail.after, &detail.why].map(text);
    let line = RecordLine {
        record: *number,
        at: at.as_str(),
        who: who.kind(),
        name: who.name().map(Text::as_str),
        act: act.as_str(),
        subject: subject.kind.as_str(),
        id: subject.id.as_str(),
        outcome: outcome.name(),
        address: address.as_deref(),
        session: session.as_deref(),
        request: request.as_deref(),
        before: before.as_deref(),
        after: after.as_deref(),
        why: why.as_deref(),
        previous: previous.to_string(),
        hash: hash.to_string(),
    };
    // A struct of texts and numbers always has a JSON.
    serde_json::to_string(&line).unwrap_or_default()
}

/// A checkpoint as a line, without its end.
#[must_use]
pub fn checkpoint_line(checkpoint: &Checkpoint) -> String {
    let at = checkpoint.at.rfc3339();
    let line = CheckpointLine {
        checkpoint: checkpoint.number,
        last: checkpoint.last,
        hash: checkpoint.hash.to_string(),
        tags: hex(&checkpoint.tags.iter().flat_map(|tag| tag.0).collect::<Vec<u8>>()),
        at: at.as_str(),
        key: checkpoint.key.to_string(),
        signature: hex(&checkpoint.signature.0),
    };
    serde_json::to_string(&line).unwrap_or_default()
}
