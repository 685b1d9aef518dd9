//! Commands, answers, literals and parameter lists of IMAP.

use super::PROTOCOL;
use crate::infra::text::{command, is_one_of, is_text, number, probe_line, starts_with};
use crate::{Match, Probe, Side};

/// Longest tag of a command that a probe accepts.
const TAG: usize = 16;

/// Commands that no other protocol has behind a tag.
const COMMANDS: &[&[u8]] = &[
    b"LOGIN",
    b"AUTHENTICATE",
    b"CAPABILITY",
    b"STARTTLS",
    b"ID",
    b"SELECT",
    b"EXAMINE",
    b"LOGOUT",
    b"NOOP",
    b"LIST",
    b"LSUB",
    b"STATUS",
    b"FETCH",
    b"UID",
    b"IDLE",
    b"NAMESPACE",
    b"CREATE",
    b"APPEND",
    b"CHECK",
    b"CLOSE",
    b"EXPUNGE",
    b"SEARCH",
    b"STORE",
    b"COPY",
    b"ENABLE",
    b"GETQUOTAROOT",
    b"SUBSCRIBE",
    b"COMPRESS",
];

/// Length of the literal that a line announces at its end: `{12}` or `{12+}` (RFC 3501, 4.3; RFC 7888).
pub(super) fn literal(line: &[u8]) -> Option<u64> {
    let inner = line.strip_suffix(b"}")?;
    let start = inner.iter().rposition(|&byte| byte == b'{')?;
    let digits = inner.get(start.saturating_add(1)..)?;
    number(digits.strip_suffix(b"+").unwrap_or(digits))
}

/// Names and values of `("name" "Example" "version" NIL)`; what is not quoted has no value.
pub(super) fn parameters(list: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut strings = QuotedStrings(list);
    std::iter::from_fn(move || Some((strings.next()?, strings.next()?)))
}

/// Quoted strings and NIL, which is empty. Escapes are left as they are.
struct QuotedStrings<'a>(&'a [u8]);

impl<'a> Iterator for QuotedStrings<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let start = self.0.iter().position(|byte| matches!(byte, b'"' | b'N' | b'n'))?;
        let (first, rest) = self.0.get(start..)?.split_first()?;
        if *first != b'"' {
            self.0 = rest.strip_prefix(b"IL").or_else(|| rest.strip_prefix(b"il"))?;
            return Some(&[]);
        }
        let end = rest.iter().position(|&byte| byte == b'"')?;
        self.0 = rest.get(end.saturating_add(1)..)?;
        rest.get(..end)
    }
}

/// `* OK` of a server, a tag and a command of a client.
pub(super) fn probe(probe: &Probe<'_>) -> Match {
    let own_port = probe.responder_port_is(PROTOCOL.ports);
    if own_port && probe.midstream && is_text(probe.bytes) {
        return Match::Yes;
    }
    match (probe.side, probe.bytes.first()) {
        (Side::Responder, Some(b'*')) => probe_line(probe.bytes, |line| {
            starts_with(line, b"* OK") || starts_with(line, b"* PREAUTH") || starts_with(line, b"* BYE")
        }),
        (Side::Originator, Some(byte)) if byte.is_ascii_alphanumeric() => {
            probe_line(probe.bytes, is_tagged_command)
        }
        _ => Match::No,
    }
}

fn is_tagged_command(line: &[u8]) -> bool {
    let (tag, rest) = command(line);
    let is_tag = tag.len() <= TAG && tag.iter().all(|&byte| byte.is_ascii_alphanumeric() || byte == b'.');
    is_tag && is_one_of(command(rest).0, COMMANDS)
}
