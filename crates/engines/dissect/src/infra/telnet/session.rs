//! The state of a Telnet session.

use wire::Limit;

use super::anomaly::TelnetAnomaly;
use super::message::{IAC, Negotiation, Piece, TelnetOption, read_piece};
use super::{PROTOCOL, observe};
use crate::infra::tls;
use crate::{Chunk, Notes, Session, Side, Step};

/// Lines of a banner that are kept.
const LINES: Limit =
    Limit::new("telnet_banner_lines", 12, "what identifies stands in front of legal notices");
/// Bytes of a line that are kept.
const LINE: Limit = Limit::new("telnet_banner_line", 160, "two lines of a terminal");
/// Negotiations that are taken for the first ones.
const NEGOTIATIONS: Limit = Limit::new("telnet_negotiations", 16, "clients offer about eight options");
/// Text of a side that is watched for prompts.
const WATCHED: Limit =
    Limit::new("telnet_watched", 16 << 10, "prompts come after a banner, within a few screens");

/// Both sides of a session.
#[derive(Debug, Default)]
pub(super) struct Telnet {
    client: Half,
    server: Half,
    screen: Screen,
    prompt: Prompt,
}

#[derive(Debug, Default)]
struct Half {
    negotiated: Vec<Negotiation>,
    /// Whether the first negotiation was noted.
    told: bool,
    /// TLS may come next (START_TLS FOLLOWS was sent, and no text since).
    tls_follows: bool,
    text: usize,
}

/// The line a server writes at the moment, and what of it is shown.
#[derive(Debug, Default)]
struct Screen {
    line: Vec<u8>,
    lines: usize,
    /// In an escape sequence of a terminal.
    escape: bool,
    /// Somebody typed: what comes now may echo it.
    typed: bool,
}

/// What a server waits for.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Prompt {
    #[default]
    Nothing,
    UserName,
    Password,
}

impl Session for Telnet {
    fn data(&mut self, chunk: Chunk<'_>, notes: &mut Notes) -> Step {
        let half = self.half(chunk.side);
        if half.tls_follows && chunk.bytes.first() == Some(&0x16) {
            return Step::Switch { consumed: 0, to: &tls::PROTOCOL };
        }
        let (piece, length) = read_piece(chunk.bytes);
        match piece {
            Piece::Missing(missing) => return Step::need(chunk.bytes.len(), missing),
            Piece::Text(text) => return self.text(chunk.side, text, notes),
            Piece::Negotiation(negotiation) => half.negotiate(negotiation, notes),
            Piece::Subnegotiation(TelnetOption::ENCRYPT, [3, ..]) => {
                notes.encrypted();
                return Step::Done;
            }
            Piece::Subnegotiation(TelnetOption::START_TLS, _) => {
                self.client.tls_follows = true;
                self.server.tls_follows = true;
            }
            Piece::Subnegotiation(TelnetOption::TERMINAL_TYPE, [0, name @ ..]) => {
                observe::terminal_type(name, notes);
            }
            Piece::Subnegotiation(..) | Piece::Other => {}
            Piece::Endless => {
                notes.anomaly(PROTOCOL.protocol.name, TelnetAnomaly::SubnegotiationTooLong.name());
                return Step::Done;
            }
        }
        Step::Consumed(length)
    }

    /// Text goes on anywhere; a command that was cut is passed over as text, so what is typed is never mistaken.
    fn resync(&mut self, _side: Side, bytes: &[u8]) -> Option<usize> {
        self.screen.typed = true;
        self.prompt = Prompt::Nothing;
        bytes.iter().position(|&byte| byte == b'\n' || byte == IAC)
    }

    fn memory(&self) -> usize {
        let negotiated = self.client.negotiated.capacity() + self.server.negotiated.capacity();
        self.screen.line.capacity() + negotiated * size_of::<Negotiation>()
    }
}

impl Telnet {
    const fn half(&mut self, side: Side) -> &mut Half {
        match side {
            Side::Originator => &mut self.client,
            Side::Responder => &mut self.server,
        }
    }

    fn text(&mut self, side: Side, text: &[u8], notes: &mut Notes) -> Step {
        let half = self.half(side);
        half.tell(notes);
        half.tls_follows = false;
        let watched = half.text;
        half.text = watched.saturating_add(text.len());
        let text = text.get(..WATCHED.max.saturating_sub(watched)).unwrap_or(text);
        if text.is_empty() {
            return Step::AllDone;
        }
        let answered = match side {
            Side::Originator => self.typed(text, notes),
            Side::Responder => {
                for &byte in text {
                    self.written(byte, notes);
                }
                false
            }
        };
        if answered { Step::AllDone } else { Step::Consumed(text.len()) }
    }

    /// Whether a password was answered.
    fn typed(&mut self, text: &[u8], notes: &mut Notes) -> bool {
        self.screen.typed = true;
        if !text.iter().any(|byte| matches!(byte, b'\r' | b'\n')) {
            return false;
        }
        match std::mem::take(&mut self.prompt) {
            Prompt::Nothing => false,
            Prompt::UserName => {
                observe::user_name(notes);
                false
            }
            Prompt::Password => {
                observe::password(notes);
                true
            }
        }
    }

    fn written(&mut self, byte: u8, notes: &mut Notes) {
        if self.screen.escape {
            self.screen.escape = !byte.is_ascii_alphabetic();
            return;
        }
        match byte {
            0x1b => self.screen.escape = true,
            b'\n' | b'\r' => {
                self.screen.end_line(notes);
                if byte == b'\n' {
                    self.prompt = Prompt::Nothing;
                }
            }
            byte if LINE.allows(self.screen.line.len().saturating_add(1)) => {
                self.screen.line.push(byte);
                if byte == b':' {
                    self.prompted(notes);
                }
            }
            _ => {}
        }
    }

    /// A colon may end a prompt.
    fn prompted(&mut self, notes: &mut Notes) {
        match Prompt::of(&self.screen.line) {
            Prompt::Nothing => {}
            prompt => {
                observe::prompt(notes);
                self.screen.typed = true;
                self.prompt = prompt;
            }
        }
    }
}

impl Half {
    fn negotiate(&mut self, negotiation: Negotiation, notes: &mut Notes) {
        if self.told {
            return;
        }
        self.negotiated.push(negotiation);
        if self.negotiated.len() == NEGOTIATIONS.max {
            self.tell(notes);
        }
    }

    /// Notes the first negotiation, once text follows it or enough was seen.
    fn tell(&mut self, notes: &mut Notes) {
        if !self.told {
            self.told = true;
            observe::negotiation(&std::mem::take(&mut self.negotiated), notes);
        }
    }
}

impl Screen {
    fn end_line(&mut self, notes: &mut Notes) {
        if !self.line.trim_ascii().is_empty() && !self.typed && self.lines < LINES.max {
            self.lines += 1;
            observe::banner(&self.line, notes);
        }
        self.line.clear();
    }
}

impl Prompt {
    /// By the end of a line.
    fn of(line: &[u8]) -> Self {
        let line = line.to_ascii_lowercase();
        let ends = |known: &[&[u8]]| known.iter().any(|end| line.ends_with(end));
        if ends(&[b"last login:"]) {
            Self::Nothing
        } else if ends(&[b"login:", b"username:", b"user name:", b"user:", b"account:"]) {
            Self::UserName
        } else if ends(&[b"password:", b"passwd:", b"passcode:"]) {
            Self::Password
        } else {
            Self::Nothing
        }
    }
}
