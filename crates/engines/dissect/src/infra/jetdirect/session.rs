//! The state of a printing connection.

use wire::Limit;

use super::anomaly::JetDirectAnomaly;
use super::message::{PREFIX, Topic, language, without_uel};
use super::{PROTOCOL, observe};
use crate::infra::dialogue::{After, Dialogue};
use crate::infra::text::starts_with;
use crate::{Notes, Side};

/// Lines of an answer that are read.
const LINES: Limit = Limit::new("pjl_answer_lines", 64, "product information has three dozen lines");

/// What the printer answers at the moment.
#[derive(Debug, Default)]
pub(super) struct JetDirect {
    topic: Topic,
    lines: usize,
}

impl Dialogue for JetDirect {
    const PROTOCOL: &'static str = PROTOCOL.protocol.name;
    const LINE: Limit =
        Limit::new(JetDirectAnomaly::LineTooLong.name(), 1_024, "a PJL line has at most a few hundred bytes");

    fn line(&mut self, side: Side, line: &[u8], notes: &mut Notes) -> After {
        match side {
            Side::Originator => job(line, notes),
            Side::Responder => {
                self.answer(line, notes);
                After::Line
            }
        }
    }
}

/// What follows PJL is the contents of the job, to the end of the connection.
fn job(line: &[u8], notes: &mut Notes) -> After {
    let line = without_uel(line);
    if line.is_empty() {
        return After::Line;
    }
    let Some(rest) = line.strip_prefix(PREFIX) else { return After::Bytes(u64::MAX) };
    match language(rest) {
        Some(language) => {
            observe::language(language, notes);
            After::Bytes(u64::MAX)
        }
        None => After::Line,
    }
}

impl JetDirect {
    fn answer(&mut self, line: &[u8], notes: &mut Notes) {
        // A form feed ends an answer and may stand in front of the next one.
        let line = line.strip_prefix(b"\x0c").unwrap_or(line);
        if starts_with(line, PREFIX) {
            self.topic = Topic::of(line.get(PREFIX.len()..).unwrap_or_default());
            self.lines = 0;
            if self.topic == Topic::Files {
                observe::files(notes);
            }
            return;
        }
        self.lines = self.lines.saturating_add(1);
        if self.lines == LINES.max.saturating_add(1) && self.topic != Topic::Other {
            notes.anomaly(Self::PROTOCOL, JetDirectAnomaly::TooManyLines.name());
        }
        if LINES.allows(self.lines) {
            observe::answer(self.topic, line, notes);
        }
    }
}
