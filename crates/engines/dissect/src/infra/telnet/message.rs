//! Commands and options of Telnet (RFC 854).

use std::fmt;

use wire::Limit;

use super::PROTOCOL;
use crate::infra::text::{contains, first_line};
use crate::{Match, Probe};

/// Interpret as command.
pub(super) const IAC: u8 = 0xff;

/// Longest subnegotiation that is read.
pub(super) const SUBNEGOTIATION: Limit =
    Limit::new("telnet_subnegotiation", 1_024, "names and variables of an environment fit");

/// Command after IAC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Command(pub(super) u8);

impl Command {
    pub(super) const SE: Self = Self(0xf0);
    pub(super) const SB: Self = Self(0xfa);
    pub(super) const WILL: Self = Self(0xfb);
    pub(super) const WONT: Self = Self(0xfc);
    pub(super) const DO: Self = Self(0xfd);
    pub(super) const DONT: Self = Self(0xfe);

    /// Whether an option follows.
    pub(super) const fn has_option(self) -> bool {
        matches!(self, Self::WILL | Self::WONT | Self::DO | Self::DONT)
    }
}

/// Telnet option, by its number in the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TelnetOption(pub(super) u8);

impl TelnetOption {
    pub(super) const TERMINAL_TYPE: Self = Self(24);
    pub(super) const ENCRYPT: Self = Self(38);
    pub(super) const START_TLS: Self = Self(46);
    /// Options above are rare; a probe does not take them for Telnet.
    const HIGHEST_COMMON: u8 = 49;
}

/// One piece of a side's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// What is not a command.
    Text(&'a [u8]),
    Negotiation(Negotiation),
    Subnegotiation(TelnetOption, &'a [u8]),
    /// A command without option.
    Other,
    /// The start of a subnegotiation that is too long.
    Endless,
    /// So many bytes are missing at least.
    Missing(usize),
}

/// `DO 24`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Negotiation(pub(super) Command, pub(super) TelnetOption);

impl fmt::Display for Negotiation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = match self.0 {
            Command::WILL => "WILL",
            Command::WONT => "WONT",
            Command::DO => "DO",
            _ => "DONT",
        };
        write!(f, "{verb} {}", self.1.0)
    }
}

/// The first piece, and its length in bytes.
pub(super) fn read_piece(bytes: &[u8]) -> (Piece<'_>, usize) {
    match bytes {
        [IAC] => (Piece::Missing(1), 0),
        [IAC, command, rest @ ..] => match (Command(*command), rest) {
            (Command::SB, rest) => read_subnegotiation(rest),
            (command, [option, ..]) if command.has_option() => {
                (Piece::Negotiation(Negotiation(command, TelnetOption(*option))), 3)
            }
            (command, []) if command.has_option() => (Piece::Missing(1), 0),
            _ => (Piece::Other, 2),
        },
        text => {
            let length = text.iter().position(|&byte| byte == IAC).unwrap_or(text.len());
            (Piece::Text(text.get(..length).unwrap_or_default()), length)
        }
    }
}

fn read_subnegotiation(rest: &[u8]) -> (Piece<'_>, usize) {
    let window = rest.get(..SUBNEGOTIATION.max).unwrap_or(rest);
    let end = window.windows(2).position(|pair| pair == [IAC, Command::SE.0]);
    match (end.and_then(|end| window.get(..end)), window.len() == SUBNEGOTIATION.max) {
        (Some([option, value @ ..]), _) => {
            (Piece::Subnegotiation(TelnetOption(*option), value), value.len().saturating_add(5))
        }
        (Some([]), _) => (Piece::Other, 4),
        (None, true) => (Piece::Endless, window.len().saturating_add(2)),
        (None, false) => (Piece::Missing(1), 0),
    }
}

/// On its port a command or text; elsewhere two option negotiations in a row.
pub(super) fn probe(probe: &Probe<'_>) -> Match {
    match (probe.bytes.first(), probe.responder_port_is(PROTOCOL.ports)) {
        (Some(&IAC), own_port) => probe_negotiations(probe.bytes, if own_port { 1 } else { 2 }),
        (Some(_), true) if is_terminal_text(probe.bytes) => Match::Yes,
        _ => Match::No,
    }
}

fn probe_negotiations(bytes: &[u8], enough: usize) -> Match {
    let mut rest = bytes;
    for _ in 0..enough {
        rest = match rest {
            [IAC, command, option, rest @ ..] if is_common(Command(*command), *option) => rest,
            [] | [IAC] => return Match::NeedMore,
            [IAC, command] if is_common(Command(*command), 0) => return Match::NeedMore,
            _ => return Match::No,
        };
    }
    Match::Yes
}

const fn is_common(command: Command, option: u8) -> bool {
    (command.has_option() || matches!(command, Command::SB)) && option <= TelnetOption::HIGHEST_COMMON
}

/// Text as terminals get it, that no other protocol with text first would send.
fn is_terminal_text(bytes: &[u8]) -> bool {
    let (line, _) = first_line(bytes);
    let is_other = line.starts_with(b"SSH-") || line.starts_with(b"RFB ") || contains(line, b" HTTP/");
    !is_other && bytes.iter().all(|byte| matches!(byte, b' '..=b'~' | 0 | 7..=13 | 0x1b | 0x7f | 0xa0..=0xff))
}
