//! Commands and replies of SMTP.

use super::PROTOCOL;
use crate::infra::text::{Reply, command, contains, is_one_of, probe_replies, starts_with};
use crate::{Match, Probe};

const COMMANDS: &[&[u8]] = &[
    b"MAIL",
    b"RCPT",
    b"DATA",
    b"BDAT",
    b"RSET",
    b"VRFY",
    b"EXPN",
    b"HELP",
    b"NOOP",
    b"QUIT",
    b"AUTH",
    b"STARTTLS",
    b"TURN",
    b"ETRN",
    b"SEND",
];
/// How a client introduces itself.
const HELLO: &[&[u8]] = &[b"EHLO", b"HELO", b"LHLO"];

/// Whether a command is the client's introduction.
pub(super) fn is_hello(word: &[u8]) -> bool {
    is_one_of(word, HELLO)
}

/// The greeting names SMTP or comes from its port; commands are SMTP's own or go to its port.
pub(super) fn probe(probe: &Probe<'_>) -> Match {
    probe_replies(probe, PROTOCOL.ports, is_greeting_of_smtp, is_command)
}

fn is_greeting_of_smtp(reply: &Reply<'_>) -> bool {
    reply.code == 220 && contains(reply.text, b"smtp")
}

fn is_command(line: &[u8], own_port: bool) -> bool {
    let (word, rest) = command(line);
    is_hello(word) && !rest.is_empty()
        || starts_with(line, b"MAIL FROM:")
        || starts_with(line, b"RCPT TO:")
        || own_port && (is_hello(word) || is_one_of(word, COMMANDS))
}
