//! The state of an FTP control connection.

use wire::Limit;

use super::anomaly::FtpAnomaly;
use super::message::Topic;
use super::{PROTOCOL, observe};
use crate::infra::dialogue::{After, Dialogue};
use crate::infra::text::{Reply, command, is_one_of};
use crate::{Notes, Side};

/// Lines of a reply that are read.
const LINES: Limit = Limit::new("ftp_reply_lines", 64, "servers list up to three dozen features");

/// Who logs in, and which reply is being read.
#[derive(Debug, Default)]
pub(super) struct Ftp {
    user: User,
    /// Code and topic of a reply whose last line has not come, and its lines so far.
    open: Option<(u16, Topic, usize)>,
}

/// What the last USER said.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum User {
    #[default]
    Unknown,
    Anonymous,
    Named,
}

impl Dialogue for Ftp {
    const PROTOCOL: &'static str = PROTOCOL.protocol.name;
    const LINE: Limit = Limit::new(FtpAnomaly::LineTooLong.name(), 2_048, "servers refuse longer commands");

    fn line(&mut self, side: Side, line: &[u8], notes: &mut Notes) -> After {
        match side {
            Side::Originator => self.command(line, notes),
            Side::Responder => self.reply(line, notes),
        }
        After::Line
    }
}

impl Ftp {
    fn command(&mut self, line: &[u8], notes: &mut Notes) {
        let (word, rest) = command(line);
        if is_one_of(word, &[b"USER"]) {
            self.user = if is_one_of(rest, &[b"anonymous", b"ftp"]) { User::Anonymous } else { User::Named };
            observe::user(self.user == User::Anonymous, notes);
        } else if is_one_of(word, &[b"PASS"]) {
            observe::password(self.user == User::Anonymous, notes);
        } else if is_one_of(word, &[b"CLNT"]) {
            observe::client(rest, notes);
        }
    }

    fn reply(&mut self, line: &[u8], notes: &mut Notes) {
        let reply = Reply::read(line);
        match (self.open, reply) {
            (Some((code, topic, _)), Some(reply)) if reply.code == code => {
                observe::reply(topic, reply.text, notes);
                if !reply.more {
                    self.open = None;
                }
            }
            (Some((code, topic, lines)), _) => self.inner_line(code, topic, lines, line, notes),
            (None, Some(reply)) => {
                let topic = Topic::of(&reply);
                observe::reply(topic, reply.text, notes);
                if reply.code == 230 && self.user == User::Anonymous {
                    observe::anonymous_access(notes);
                }
                self.open = reply.more.then_some((reply.code, topic, 0));
            }
            (None, None) => {}
        }
    }

    fn inner_line(&mut self, code: u16, topic: Topic, lines: usize, line: &[u8], notes: &mut Notes) {
        if lines == LINES.max && topic != Topic::Other {
            notes.anomaly(Self::PROTOCOL, FtpAnomaly::TooManyLines.name());
        } else if lines < LINES.max {
            observe::reply(topic, line, notes);
        }
        self.open = Some((code, topic, lines.saturating_add(1)));
    }
}
