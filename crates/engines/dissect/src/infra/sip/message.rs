//! Start lines of SIP (RFC 3261, 7).

use crate::Match;
use crate::infra::text::{command, first_line, is_text, number};

const VERSION: &[u8] = b"SIP/2.0";

/// Methods in the registry; others are not taken for SIP.
const METHODS: &[&str] = &[
    "ACK",
    "BYE",
    "CANCEL",
    "INFO",
    "INVITE",
    "MESSAGE",
    "NOTIFY",
    "OPTIONS",
    "PRACK",
    "PUBLISH",
    "REFER",
    "REGISTER",
    "SUBSCRIBE",
    "UPDATE",
];

/// First line of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StartLine {
    Request(&'static str),
    Status(u16),
}

impl StartLine {
    pub(super) fn read(line: &[u8]) -> Option<Self> {
        let (word, rest) = command(line);
        if word == VERSION {
            let code = number(command(rest).0)?;
            return u16::try_from(code).ok().filter(|code| (100..700).contains(code)).map(Self::Status);
        }
        let method = method(word)?;
        let version = rest.strip_suffix(VERSION)?;
        let is_uri = version.ends_with(b" ") && version.contains(&b':');
        is_uri.then_some(Self::Request(method))
    }
}

/// A known method.
pub(super) fn method(word: &[u8]) -> Option<&'static str> {
    METHODS.iter().copied().find(|method| method.as_bytes() == word)
}

/// Whether a message starts here.
pub(super) fn starts(bytes: &[u8]) -> Match {
    let known = bytes.len().min(VERSION.len());
    let is_status = bytes.get(..known) == VERSION.get(..known);
    let could_be_method = METHODS.iter().any(|method| {
        let known = bytes.len().min(method.len());
        bytes.get(..known) == method.as_bytes().get(..known)
    });
    if !is_status && !could_be_method || !is_text(bytes.get(..256).unwrap_or(bytes)) {
        return Match::No;
    }
    match first_line(bytes) {
        (_, false) => Match::NeedMore,
        (line, true) if StartLine::read(line).is_some() => Match::Yes,
        (_, true) => Match::No,
    }
}
