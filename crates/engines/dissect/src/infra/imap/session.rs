//! The state of an IMAP session.

use wire::Limit;

use super::anomaly::ImapAnomaly;
use super::message::literal;
use super::{PROTOCOL, observe};
use crate::infra::dialogue::{After, Dialogue};
use crate::infra::sasl::{self, Sasl};
use crate::infra::text::{command, is_one_of, starts_with};
use crate::{Notes, Side};

/// What the sides are about.
#[derive(Debug, Default)]
pub(super) struct Imap {
    sasl: Sasl,
    greeted: bool,
}

impl Dialogue for Imap {
    const PROTOCOL: &'static str = PROTOCOL.protocol.name;
    const LINE: Limit = Limit::new(ImapAnomaly::LineTooLong.name(), 12_288, "RFC 7162, 4 asks for 8192");

    fn line(&mut self, side: Side, line: &[u8], notes: &mut Notes) -> After {
        match side {
            Side::Originator => self.client(line, notes),
            Side::Responder => self.server(line, notes),
        }
        literal(line).map_or(After::Line, After::Bytes)
    }
}

impl Imap {
    fn client(&mut self, line: &[u8], notes: &mut Notes) {
        if let sasl::Line::Response(shown) = self.sasl.line(line) {
            observe::authentication(shown, notes);
            return;
        }
        let (_, rest) = command(line);
        let (word, rest) = command(rest);
        if is_one_of(word, &[b"LOGIN"]) {
            observe::login(notes);
        } else if is_one_of(word, &[b"AUTHENTICATE"]) {
            let (mechanism, initial) = command(rest);
            observe::authentication(self.sasl.begin(mechanism, initial), notes);
        } else if is_one_of(word, &[b"ID"]) {
            observe::software(rest, notes);
        }
    }

    fn server(&mut self, line: &[u8], notes: &mut Notes) {
        let (tag, rest) = command(line);
        if !matches!(tag, b"*" | b"+") {
            self.sasl.end();
        } else if starts_with(rest, b"ID (") {
            observe::software(rest, notes);
        } else if starts_with(rest, b"CAPABILITY ") || !self.greeted && is_greeting(rest) {
            observe::server_line(line, notes);
        }
        self.greeted = true;
    }
}

fn is_greeting(rest: &[u8]) -> bool {
    is_one_of(command(rest).0, &[b"OK", b"PREAUTH", b"BYE"])
}
