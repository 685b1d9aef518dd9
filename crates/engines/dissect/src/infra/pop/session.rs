//! The state of a POP3 session.

use wire::Limit;

use super::anomaly::PopAnomaly;
use super::message::is_greeting;
use super::{PROTOCOL, observe};
use crate::infra::dialogue::{After, Dialogue};
use crate::infra::sasl::{self, Sasl};
use crate::infra::text::{command, is_one_of, starts_with};
use crate::{Notes, Side};

/// What the sides are about.
#[derive(Debug, Default)]
pub(super) struct Pop {
    sasl: Sasl,
    asked: Asked,
}

/// What the answer that comes next is for.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// Nothing yet: it is a greeting.
    #[default]
    Nothing,
    Capabilities,
    Mail,
    Other,
}

impl Dialogue for Pop {
    const PROTOCOL: &'static str = PROTOCOL.protocol.name;
    const LINE: Limit = Limit::new(PopAnomaly::LineTooLong.name(), 12_288, "RFC 5034, 4");

    fn line(&mut self, side: Side, line: &[u8], notes: &mut Notes) -> After {
        match side {
            Side::Originator => {
                self.client(line, notes);
                After::Line
            }
            Side::Responder => self.server(line, notes),
        }
    }
}

impl Pop {
    fn client(&mut self, line: &[u8], notes: &mut Notes) {
        if let sasl::Line::Response(shown) = self.sasl.line(line) {
            observe::authentication(shown, notes);
            return;
        }
        let (word, rest) = command(line);
        self.asked = Asked::Other;
        if is_one_of(word, &[b"USER", b"APOP"]) {
            observe::user(notes);
        } else if is_one_of(word, &[b"PASS"]) {
            observe::password(notes);
        } else if is_one_of(word, &[b"AUTH"]) {
            let (mechanism, initial) = command(rest);
            if !mechanism.is_empty() {
                observe::authentication(self.sasl.begin(mechanism, initial), notes);
            }
        } else if is_one_of(word, &[b"CAPA"]) {
            self.asked = Asked::Capabilities;
        } else if is_one_of(word, &[b"RETR", b"TOP"]) {
            self.asked = Asked::Mail;
        }
    }

    fn server(&mut self, line: &[u8], notes: &mut Notes) -> After {
        if starts_with(line, b"-ERR") {
            self.sasl.end();
        } else if starts_with(line, b"+OK") {
            self.sasl.end();
            let text = line.get(3..).unwrap_or_default();
            match self.asked {
                Asked::Nothing if is_greeting(text) => observe::greeting(text, notes),
                Asked::Mail => {
                    self.asked = Asked::Other;
                    return After::Content(Side::Responder);
                }
                Asked::Nothing | Asked::Capabilities | Asked::Other => {}
            }
        } else if self.asked == Asked::Capabilities && starts_with(line, b"IMPLEMENTATION ") {
            observe::implementation(line, notes);
        }
        After::Line
    }
}
