//! The state of an SMTP session.

use wire::Limit;

use super::anomaly::SmtpAnomaly;
use super::message::is_hello;
use super::{PROTOCOL, observe};
use crate::infra::dialogue::{After, Dialogue};
use crate::infra::sasl::{self, Sasl};
use crate::infra::text::{Reply, command, is_one_of, number};
use crate::{Notes, Side};

/// Lines of a reply that are kept.
const LINES: Limit = Limit::new("smtp_reply_lines", 32, "servers list up to two dozen extensions");

/// What the sides are about.
#[derive(Debug, Default)]
pub(super) struct Smtp {
    sasl: Sasl,
    /// Lines of the reply that is open.
    lines: usize,
}

impl Dialogue for Smtp {
    const PROTOCOL: &'static str = PROTOCOL.protocol.name;
    const LINE: Limit = Limit::new(SmtpAnomaly::LineTooLong.name(), 12_288, "RFC 4954, 4");

    fn line(&mut self, side: Side, line: &[u8], notes: &mut Notes) -> After {
        match side {
            Side::Originator => self.client(line, notes),
            Side::Responder => Reply::read(line).map_or(After::Line, |reply| self.reply(&reply, notes)),
        }
    }
}

impl Smtp {
    fn client(&mut self, line: &[u8], notes: &mut Notes) -> After {
        if let sasl::Line::Response(shown) = self.sasl.line(line) {
            observe::authentication(shown, notes);
            return After::Line;
        }
        let (word, rest) = command(line);
        if is_hello(word) {
            observe::hello(rest, notes);
        } else if is_one_of(word, &[b"AUTH"]) {
            let (mechanism, initial) = command(rest);
            observe::authentication(self.sasl.begin(mechanism, initial), notes);
        } else if is_one_of(word, &[b"DATA"]) && rest.is_empty() {
            return After::Content(Side::Originator);
        } else if is_one_of(word, &[b"BDAT"]) {
            let Some(length) = number(command(rest).0) else {
                notes.anomaly(Self::PROTOCOL, SmtpAnomaly::MalformedChunk.name());
                return After::Line;
            };
            return After::Bytes(length);
        }
        After::Line
    }

    fn reply(&mut self, reply: &Reply<'_>, notes: &mut Notes) -> After {
        if self.lines < LINES.max {
            observe::reply(reply, self.lines > 0, notes);
        }
        self.lines = if reply.more { self.lines.saturating_add(1) } else { 0 };
        match reply.code {
            354 => After::Content(Side::Originator),
            400..=599 => {
                self.sasl.end();
                After::NoContent(Side::Originator)
            }
            235 => {
                self.sasl.end();
                After::Line
            }
            _ => After::Line,
        }
    }
}
