//! SASL exchanges inside text protocols (RFC 4422): which mechanism, and whether it lets a listener read a secret.

use model::Weakness;

use super::text::is_one_of;

/// An exchange whose lines the client may still send. Their values are never looked at.
#[derive(Debug, Default)]
pub(super) struct Sasl {
    weakness: Option<Weakness>,
    lines: u8,
}

/// What a line of the client was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    /// A command; the exchange is over.
    Command,
    /// A line of the exchange, and what it shows.
    Response(Option<Weakness>),
}

impl Sasl {
    /// The client chose `mechanism`, perhaps with a first response. Returns what that shows already.
    pub(super) fn begin(&mut self, mechanism: &[u8], initial: &[u8]) -> Option<Weakness> {
        let (weakness, lines) = if is_one_of(mechanism, &[b"LOGIN"]) {
            (Some(Weakness::CleartextCredentials), 2)
        } else if is_one_of(mechanism, &[b"PLAIN", b"XOAUTH2", b"OAUTHBEARER", b"X-PLAIN"]) {
            (Some(Weakness::CleartextCredentials), 1)
        } else if is_one_of(mechanism, &[b"NTLM"]) {
            (Some(Weakness::Ntlm), 2)
        } else {
            (None, 4)
        };
        *self = Self { weakness, lines };
        match initial {
            [] | b"=" => None,
            _ => self.response(),
        }
    }

    /// A line of the client.
    pub(super) fn line(&mut self, line: &[u8]) -> Line {
        if self.lines == 0 || line.contains(&b' ') || line == b"*" {
            self.end();
            return Line::Command;
        }
        Line::Response(self.response())
    }

    /// The server ended the exchange.
    pub(super) const fn end(&mut self) {
        self.lines = 0;
        self.weakness = None;
    }

    fn response(&mut self) -> Option<Weakness> {
        self.lines = self.lines.saturating_sub(1);
        // LOGIN sends the name first, then the password.
        let is_name = self.lines > 0 && self.weakness == Some(Weakness::CleartextCredentials);
        if is_name { None } else { self.weakness.take() }
    }
}
