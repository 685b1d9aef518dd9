//! Commands and answers of POP3.

use super::PROTOCOL;
use crate::infra::text::{command, contains, is_one_of, is_text, probe_line, starts_with, starts_with_word};
use crate::{Match, Probe, Side};

const COMMANDS: &[&[u8]] = &[
    b"USER", b"PASS", b"APOP", b"AUTH", b"CAPA", b"STLS", b"STAT", b"LIST", b"RETR", b"DELE", b"NOOP",
    b"RSET", b"TOP", b"UIDL", b"QUIT", b"XTND", b"UTF8", b"LANG",
];
/// Commands that no other protocol has.
const OWN_COMMANDS: &[&[u8]] = &[b"CAPA", b"STLS", b"APOP", b"UIDL"];

/// Whether a positive answer is a greeting; others can name users.
pub(super) fn is_greeting(text: &[u8]) -> bool {
    [b"pop".as_slice(), b"ready", b"server"].iter().any(|word| contains(text, word))
}

/// `+OK` from its port or with its name; commands that are POP3's own or go to its port.
pub(super) fn probe(probe: &Probe<'_>) -> Match {
    let own_port = probe.responder_port_is(PROTOCOL.ports);
    if own_port && probe.midstream && is_text(probe.bytes) {
        return Match::Yes;
    }
    match (probe.side, probe.bytes.first()) {
        (Side::Responder, Some(b'+' | b'-')) => probe_line(probe.bytes, |line| {
            starts_with(line, b"+OK") && (own_port || contains(line, b"pop"))
                || own_port && starts_with(line, b"-ERR")
        }),
        (Side::Originator, _) if starts_with_word(probe.bytes) => probe_line(probe.bytes, |line| {
            is_one_of(command(line).0, if own_port { COMMANDS } else { OWN_COMMANDS })
        }),
        _ => Match::No,
    }
}
