//! Of a log line what names nobody: its time, level, place in the program, and numbers; of its message and of errors
//! the words of a small vocabulary.

use serde_json::{Map, Value, json};

/// Targets of our own crates; others say only that they are others.
const TARGETS: &[&str] = &["hub", "store", "sensor", "bedrail", "capture"];
const LEVELS: &[&str] = &["ERROR", "WARN", "INFO", "DEBUG", "TRACE"];
const METHODS: &[&str] = &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
/// Words that messages and errors are made of, and that are nobody's name.
const WORDS: &str = "a about accept accepted add again all already an and another answer answered answers any arrived as at \
    backup backups bad batch batches be because been before begin broken broke busy but by cannot certificate changed \
    checksum child close closed code connect connected connection constraint corrupt could created database decrypted \
    deny derivation derive derived descriptors device directory disk does down drop dropped empty end ended error exists \
    expired fails failed failure field file files for forget found from full gap gave get give given go handshake has have \
    held host hub in inventory invalid io is it its job key kind known late left limit listen lock locked log long lost \
    made make malformed many memory message migration missing mode more most name network new no not nothing of off old on \
    one only open operation or os out panicked parse password peer permission permitted port problem program protocol read \
    reader reading refused renewed report request requests reset resource restore retry room row rows running same schema \
    sensor sensors server session sessions shut sqlite start started stop stopped store stored such synced system table \
    temporarily that the their them there thread time timed timeout tls to too took transaction try unavailable unexpected \
    unknown until up used user using version wait was while with without work worker would write writer written wrong";

/// What may be kept of a line; nothing of one that is no line of ours.
pub(super) fn kept(line: &str) -> Option<String> {
    let entry = serde_json::from_str::<Map<String, Value>>(line)
        .ok()
        .map_or_else(|| plain(line), |line| fields(&line));
    entry.map(|entry| entry.to_string())
}

/// A line of `BEDRAIL_LOG_FORMAT=json`.
fn fields(line: &Map<String, Value>) -> Option<Value> {
    let text = |name: &str| line.get(name).and_then(Value::as_str);
    let mut kept = head(text("timestamp")?, text("level")?, text("target").unwrap_or_default())?;
    for (name, value) in line {
        let value = match (name.as_str(), value) {
            ("timestamp" | "level" | "target" | "request" | "spans" | "span", _) => continue,
            ("message" | "error" | "reason" | "why", Value::String(text)) => Value::from(vocabulary(text)),
            ("method", Value::String(text)) if METHODS.contains(&text.as_str()) => Value::from(text.as_str()),
            ("route", Value::String(text)) if is_pattern(text) => Value::from(text.as_str()),
            (_, Value::Number(_) | Value::Bool(_)) => value.clone(),
            _ => continue,
        };
        if is_word(name) {
            kept.insert(name.clone(), value);
        }
    }
    Some(Value::Object(kept))
}

/// A line for people: `2026-01-31T10:20:30.1Z  INFO hub::run: message name=value`.
fn plain(line: &str) -> Option<Value> {
    let mut words = line.split_whitespace();
    let (at, level, target) = (words.next()?, words.next()?, words.next()?);
    let mut kept = head(at, level, target.trim_end_matches(':'))?;
    let rest: Vec<&str> = words.take_while(|word| !word.contains('=')).collect();
    kept.insert("message".to_owned(), Value::from(vocabulary(&rest.join(" "))));
    for (name, value) in line.split_whitespace().filter_map(|word| word.split_once('=')) {
        if let Ok(number) = value.parse::<f64>()
            && is_word(name)
        {
            kept.insert(name.to_owned(), json!(number));
        }
    }
    Some(Value::Object(kept))
}

fn head(at: &str, level: &str, target: &str) -> Option<Map<String, Value>> {
    let is_time = at.len() >= 20 && at.chars().all(|c| c.is_ascii_digit() || "-:.TZ+".contains(c));
    if !is_time || !LEVELS.contains(&level) {
        return None;
    }
    let is_ours = target.split("::").next().is_some_and(|first| TARGETS.contains(&first));
    let is_plain = target.chars().all(|c| c.is_ascii_lowercase() || c == ':' || c == '_');
    let target = if is_ours && is_plain { target } else { "other" };
    let mut head = Map::new();
    head.insert("timestamp".to_owned(), Value::from(at));
    head.insert("level".to_owned(), Value::from(level));
    head.insert("target".to_owned(), Value::from(target));
    Some(head)
}

/// A text with every word that is not in the vocabulary, and no small number, as a dot.
fn vocabulary(text: &str) -> String {
    let shown = text.split_whitespace().map(|word| {
        let bare = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        let is_known = WORDS.split_whitespace().any(|known| known.eq_ignore_ascii_case(bare));
        let is_number = !bare.is_empty() && bare.len() <= 4 && bare.bytes().all(|byte| byte.is_ascii_digit());
        if is_known || is_number { bare } else { "." }
    });
    shown.collect::<Vec<_>>().join(" ")
}

/// A path as the API writes it down: with `{id}` where an id is.
fn is_pattern(route: &str) -> bool {
    let is_part = |part: &str| {
        part == "{id}"
            || part == "v1"
            || part.bytes().all(|byte| byte.is_ascii_lowercase() || b"_.*".contains(&byte))
    };
    (route == "shell" || route.starts_with('/')) && route.len() < 64 && route.split('/').all(is_part)
}

/// A name of a field of ours.
fn is_word(name: &str) -> bool {
    !name.is_empty() && name.len() <= 24 && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

/// A version without what a distribution or a site adds by name.
pub(super) fn version(text: &str) -> String {
    text.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_line_what_names_nobody_is_kept() {
        let line = r#"{"timestamp":"2026-01-31T10:20:30.1Z","level":"ERROR","target":"hub::serve","message":"cannot take a connection",
            "error":"Too many open files of nurse.miller at 10.2.7.31 (os error 24)","peer":"10.2.7.31:555","status":503,
            "request":"req_1","route":"/api/v1/devices/{id}","account":"nurse.miller","method":"GET"}"#;
        let kept = kept(&line.replace('\n', "")).unwrap();
        let value: Value = serde_json::from_str(&kept).unwrap();
        assert_eq!(value["message"], "cannot . a connection");
        assert_eq!(value["error"], "Too many open files of . at . os error 24");
        assert_eq!(
            (value["status"].as_u64(), value["route"].as_str()),
            (Some(503), Some("/api/v1/devices/{id}"))
        );
        assert!(!kept.contains("miller") && !kept.contains("10.2") && !kept.contains("req_"), "{kept}");
    }

    #[test]
    fn a_line_for_people_is_read_alike_and_any_other_is_left_out() {
        let line =
            "2026-01-31T10:20:30.123456Z  WARN hub::ingest: batch refused sensor=sen_ward4 sequence=12";
        let value: Value = serde_json::from_str(&kept(line).unwrap()).unwrap();
        assert_eq!(
            (value["message"].as_str(), value["sequence"].as_f64()),
            (Some("batch refused"), Some(12.0))
        );
        assert!(value.get("sensor").is_none());
        for other in ["Log in as admin with the password x", "", "{}", "ward4 is down", "\u{0}"] {
            assert_eq!(kept(other), None, "{other}");
        }
    }
}
