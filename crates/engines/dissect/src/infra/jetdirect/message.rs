//! Commands and answers of PJL.

use super::PROTOCOL;
use crate::infra::text::{command, is_one_of, starts_with};
use crate::{Match, Probe, Side};

/// Universal exit language: starts and ends a job.
pub(super) const UEL: &[u8] = b"\x1b%-12345X";
/// Start of a PJL line.
pub(super) const PREFIX: &[u8] = b"@PJL";

/// What an answer is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Topic {
    #[default]
    Other,
    Id,
    Product,
    /// Files of the printer.
    Files,
}

impl Topic {
    /// By the line that an answer starts with, which repeats the question.
    pub(super) fn of(rest: &[u8]) -> Self {
        let (word, rest) = command(rest.trim_ascii_start());
        if is_one_of(word, &[b"INFO"]) {
            let what = command(rest).0;
            return if is_one_of(what, &[b"ID"]) {
                Self::Id
            } else if is_one_of(what, &[b"PRODINFO"]) {
                Self::Product
            } else {
                Self::Other
            };
        }
        let is_file = is_one_of(word, &[b"FSDIRLIST", b"FSUPLOAD", b"FSQUERY"]);
        if is_file { Self::Files } else { Self::Other }
    }
}

/// A line without what starts a job in front of it.
pub(super) fn without_uel(line: &[u8]) -> &[u8] {
    line.strip_prefix(UEL).unwrap_or(line)
}

/// `ENTER LANGUAGE = PCL`: the language, after which the job's contents come.
pub(super) fn language(rest: &[u8]) -> Option<&[u8]> {
    let rest = rest.trim_ascii_start();
    if !starts_with(rest, b"ENTER") {
        return None;
    }
    let equals = rest.iter().position(|&byte| byte == b'=')?;
    rest.get(equals.saturating_add(1)..).map(<[u8]>::trim_ascii)
}

/// Key and value of `ProductName = Example`.
pub(super) fn pair(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let equals = line.iter().position(|&byte| byte == b'=')?;
    let (key, value) = line.split_at_checked(equals)?;
    Some((key.trim_ascii(), unquoted(value.get(1..)?)))
}

/// Text without the quotes around it.
pub(super) fn unquoted(text: &[u8]) -> &[u8] {
    let text = text.trim_ascii();
    text.strip_prefix(b"\"").and_then(|text| text.strip_suffix(b"\"")).unwrap_or(text)
}

/// A job or PJL anywhere; page languages only on the port.
pub(super) fn probe(probe: &Probe<'_>) -> Match {
    let could_be = |start: &[u8]| {
        let known = probe.bytes.len().min(start.len());
        (probe.bytes.get(..known) == start.get(..known)).then_some(known == start.len())
    };
    let is_job = probe.side == Side::Originator && probe.responder_port_is(PROTOCOL.ports);
    let pages: &[&[u8]] = if is_job { &[b"\x1bE", b"%!PS"] } else { &[] };
    let starts = [UEL, PREFIX].into_iter().chain(pages.iter().copied());
    starts.filter_map(could_be).fold(Match::No, |found, whole| match (found, whole) {
        (Match::Yes, _) | (_, true) => Match::Yes,
        (Match::No | Match::NeedMore, false) => Match::NeedMore,
    })
}
