//! Heads of syslog messages (RFC 3164, 4.1; RFC 5424, 6).

use crate::infra::text::{is_text, number};
use crate::{Match, Probe};

/// Longest host name or program name that is kept (RFC 5424, 6: 255 and 48).
const NAME: usize = 64;

const MONTHS: [&[u8]; 12] =
    [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];

/// What the head of a message says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Head<'a> {
    pub(super) host: &'a [u8],
    pub(super) program: &'a [u8],
    /// Private enterprise number in a structured data identifier.
    pub(super) enterprise: &'a [u8],
    /// What follows; never kept as a whole.
    pub(super) text: &'a [u8],
}

/// `<34>` and what follows it, if the priority is at most 191.
pub(super) fn priority(bytes: &[u8]) -> Option<&[u8]> {
    let rest = bytes.strip_prefix(b"<")?;
    let end = rest.iter().take(4).position(|&byte| byte == b'>')?;
    let digits = rest.get(..end)?;
    (digits.iter().all(u8::is_ascii_digit) && number(digits)? <= 191)
        .then(|| rest.get(end.saturating_add(1)..))?
}

/// Whether what follows the priority is a version, or a time stamp as devices write them.
pub(super) fn has_time_stamp(rest: &[u8]) -> bool {
    rest.starts_with(b"1 ") || after_time_stamp(rest).is_some()
}

impl<'a> Head<'a> {
    /// Of what follows the priority.
    pub(super) fn read(rest: &'a [u8]) -> Self {
        match rest.strip_prefix(b"1 ") {
            Some(rest) => Self::read_5424(rest),
            None => Self::read_3164(rest),
        }
    }

    fn read_5424(rest: &'a [u8]) -> Self {
        let mut words = rest.splitn(6, |&byte| byte == b' ');
        let mut word = || words.next().filter(|word| *word != b"-").unwrap_or_default();
        let (_time, host, program, _process, _message) = (word(), word(), word(), word(), word());
        let text = words.next().unwrap_or_default();
        Self { host: name(host), program: name(program), enterprise: enterprise(text), text }
    }

    /// Devices leave parts out: without a time stamp nothing is taken for a host name.
    fn read_3164(rest: &'a [u8]) -> Self {
        let Some(rest) = after_time_stamp(rest) else { return Self { text: rest, ..Self::default() } };
        if rest.starts_with(b"%") {
            return Self { text: rest, ..Self::default() };
        }
        let (first, text) = word(rest);
        if let Some(program) = tag(first) {
            return Self { program, text, ..Self::default() };
        }
        let (second, after) = word(text);
        match tag(second) {
            Some(program) => Self { host: name(first), program, text: after, ..Self::default() },
            None => Self { host: name(first), text, ..Self::default() },
        }
    }
}

/// `su[12]:` and `su:` name a program; `%ASA-6-1:` does not.
fn tag(word: &[u8]) -> Option<&[u8]> {
    let tag = word.strip_suffix(b":")?;
    let end = tag.iter().position(|&byte| byte == b'[').unwrap_or(tag.len());
    let program = name(tag.get(..end)?);
    (!program.is_empty()).then_some(program)
}

fn word(bytes: &[u8]) -> (&[u8], &[u8]) {
    let end = bytes.iter().position(|&byte| byte == b' ').unwrap_or(bytes.len());
    let (word, rest) = bytes.split_at_checked(end).unwrap_or((bytes, &[]));
    (word, rest.trim_ascii_start())
}

/// A host name, an address or a program name; anything else is nothing.
fn name(word: &[u8]) -> &[u8] {
    let is_name =
        |&byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b':' | b'/');
    let fits = word.len() <= NAME && word.iter().all(is_name) && word.iter().any(u8::is_ascii_alphabetic);
    if fits || is_address(word) { word } else { &[] }
}

fn is_address(word: &[u8]) -> bool {
    word.iter().filter(|&&byte| byte == b'.').count() == 3
        && word.iter().all(|&byte| byte.is_ascii_digit() || byte == b'.')
}

/// What follows `Oct 11 22:14:15 ` or `Oct 11 2026 22:14:15: `, with what Cisco puts in front (`42: *`).
fn after_time_stamp(rest: &[u8]) -> Option<&[u8]> {
    let number = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let rest = rest.get(number..)?.strip_prefix(b": ").filter(|_| number > 0).unwrap_or(rest);
    let rest = rest.strip_prefix(b"*").or_else(|| rest.strip_prefix(b".")).unwrap_or(rest);
    let (month, rest) = rest.split_at_checked(4)?;
    if !MONTHS.iter().any(|known| month.strip_suffix(b" ") == Some(*known)) {
        return None;
    }
    let (_day, rest) = word(rest.trim_ascii_start());
    let (mut time, mut rest) = word(rest);
    if time.len() == 4 {
        (time, rest) = word(rest);
    }
    (time.get(2) == Some(&b':') && time.get(5) == Some(&b':')).then_some(rest)
}

/// `[id@32473 ..`: the number behind the at sign (RFC 5424, 7.2.2).
fn enterprise(structured: &[u8]) -> &[u8] {
    let Some(rest) = structured.strip_prefix(b"[") else { return &[] };
    let id = rest.split(|byte| matches!(byte, b' ' | b']')).next().unwrap_or_default();
    let number = id.iter().position(|&byte| byte == b'@').and_then(|at| id.get(at.saturating_add(1)..));
    number
        .filter(|number| number.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.'))
        .unwrap_or_default()
}

/// `%ASA` of `%ASA-6-302013: ...`, `%SYS` of `%SYS-5-CONFIG_I: ...`.
pub(super) fn cisco_facility(text: &[u8]) -> Option<&[u8]> {
    let start = text.iter().take(200).position(|&byte| byte == b'%')?;
    let message = text.get(start..)?;
    let mut parts = message.split(|&byte| byte == b'-');
    let facility = parts.next()?;
    let is_facility = (3..=24).contains(&facility.len())
        && facility
            .iter()
            .skip(1)
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_');
    let is_severity = parts.take(2).any(|part| matches!(part, [b'0'..=b'7']));
    (is_facility && is_severity).then_some(facility)
}

/// Maker, product and version of `CEF:0|Example|Monitor|7|...` or `LEEF:1.0|...`.
pub(super) fn event_format(text: &[u8]) -> Option<[&[u8]; 3]> {
    let start = [b"CEF:".as_slice(), b"LEEF:"].iter().find_map(|name| find(text, name))?;
    let mut parts = text.get(start..)?.split(|&byte| byte == b'|').skip(1);
    let found = [parts.next()?, parts.next()?, parts.next()?];
    parts.next().map(|_| found)
}

/// The value of `key="value"` or `key=value`.
pub(super) fn value_of<'a>(text: &'a [u8], key: &[u8]) -> Option<&'a [u8]> {
    let rest = text.get(find(text, key)?.saturating_add(key.len())..)?;
    match rest.strip_prefix(b"\"") {
        Some(rest) => rest.split(|&byte| byte == b'"').next(),
        None => rest.split(|&byte| byte == b' ').next(),
    }
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    let start = text.get(..256).unwrap_or(text);
    start.windows(part.len()).position(|window| window == part)
}

/// `123 <34>` or `<34>`: counted or in lines, with a time stamp off its ports.
pub(super) fn probe(probe: &Probe<'_>) -> Match {
    let digits = probe.bytes.iter().take(5).take_while(|byte| byte.is_ascii_digit()).count();
    let message = match probe.bytes.get(digits..) {
        Some([]) => return Match::NeedMore,
        Some([b' ', rest @ ..]) if digits > 0 => rest,
        Some(rest @ [b'<', ..]) if digits == 0 => rest,
        _ => return Match::No,
    };
    if message.len() < 24 && is_text(message) && matches!(message.first(), None | Some(b'<')) {
        return Match::NeedMore;
    }
    match priority(message) {
        Some(rest) if has_time_stamp(rest) || probe.responder_port_is(super::TCP.ports) => Match::Yes,
        Some(_) | None => Match::No,
    }
}
