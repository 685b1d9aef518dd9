//! Start lines of RTSP (RFC 2326, 6 and 7).

use crate::Match;
use crate::infra::text::{command, first_line, is_text, number};

/// Methods of both versions; others are not taken for RTSP.
const METHODS: &[&[u8]] = &[
    b"ANNOUNCE",
    b"DESCRIBE",
    b"GET_PARAMETER",
    b"OPTIONS",
    b"PAUSE",
    b"PLAY",
    b"PLAY_NOTIFY",
    b"RECORD",
    b"REDIRECT",
    b"SETUP",
    b"SET_PARAMETER",
    b"TEARDOWN",
];
const STATUS: &[u8] = b"RTSP/";

/// First line of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StartLine<'a> {
    Request { method: &'a [u8], url: &'a [u8] },
    Status(u16),
}

impl<'a> StartLine<'a> {
    pub(super) fn read(line: &'a [u8]) -> Option<Self> {
        let (word, rest) = command(line);
        if is_version(word) {
            return number(command(rest).0).and_then(|code| u16::try_from(code).ok()).map(Self::Status);
        }
        let (url, version) = command(rest);
        (METHODS.contains(&word) && is_version(version)).then_some(Self::Request { method: word, url })
    }
}

fn is_version(word: &[u8]) -> bool {
    matches!(word, b"RTSP/1.0" | b"RTSP/2.0")
}

/// Whether a message starts here.
pub(super) fn starts(bytes: &[u8]) -> Match {
    let could_be = |word: &[u8]| {
        let known = bytes.len().min(word.len());
        bytes.get(..known) == word.get(..known)
    };
    let fits = could_be(STATUS) || METHODS.iter().any(|method| could_be(method));
    if !fits || !is_text(bytes.get(..256).unwrap_or(bytes)) {
        return Match::No;
    }
    match first_line(bytes) {
        (_, false) => Match::NeedMore,
        (line, true) if StartLine::read(line).is_some() => Match::Yes,
        (_, true) => Match::No,
    }
}
