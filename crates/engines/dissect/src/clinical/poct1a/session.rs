//! The state of a POCT1-A conversation: which message each side is in.

use wire::Limit;

use super::anomaly::Poct1aAnomaly;
use super::message::{Kind, Tag};
use super::{PROTOCOL, observe};
use crate::{Chunk, Notes, Session, Side, Step};

/// Tags longer than this are passed over.
const TAG: Limit = Limit::new("poct1a_tag", 2_048, "names and short values");

#[derive(Debug, Default)]
pub(super) struct Poct1a {
    originator: Reading,
    responder: Reading,
}

/// Where one side is.
#[derive(Debug, Default, Clone, Copy)]
struct Reading {
    message: Option<Kind>,
    /// In a tag that is too long to be read.
    in_long_tag: bool,
    saw_patient: bool,
}

impl Session for Poct1a {
    fn data(&mut self, chunk: Chunk<'_>, notes: &mut Notes) -> Step {
        let reading = match chunk.side {
            Side::Originator => &mut self.originator,
            Side::Responder => &mut self.responder,
        };
        if reading.in_long_tag {
            return reading.pass(chunk.bytes);
        }
        match chunk.bytes.iter().position(|byte| *byte == b'<') {
            None => Step::Consumed(chunk.bytes.len()),
            Some(0) => reading.tag(chunk.bytes, notes),
            Some(text) => Step::Consumed(text),
        }
    }

    fn resync(&mut self, _: Side, bytes: &[u8]) -> Option<usize> {
        bytes.iter().position(|byte| *byte == b'<')
    }
}

impl Reading {
    fn tag(&mut self, bytes: &[u8], notes: &mut Notes) -> Step {
        let Some(end) = bytes.iter().position(|byte| *byte == b'>') else {
            if TAG.allows(bytes.len()) {
                return Step::Need(bytes.len().saturating_add(1));
            }
            return self.too_long(notes);
        };
        if !TAG.allows(end) {
            return self.too_long(notes);
        }
        if let Some(tag) = bytes.get(1..end).and_then(Tag::of) {
            self.said(&tag, notes);
        }
        Step::Consumed(end.saturating_add(1))
    }

    fn too_long(&mut self, notes: &mut Notes) -> Step {
        notes.anomaly(PROTOCOL.protocol.name, Poct1aAnomaly::TagTooLong.name());
        self.in_long_tag = true;
        Step::Consumed(1)
    }

    fn pass(&mut self, bytes: &[u8]) -> Step {
        match bytes.iter().position(|byte| *byte == b'>') {
            None => Step::Consumed(bytes.len()),
            Some(end) => {
                self.in_long_tag = false;
                Step::Consumed(end.saturating_add(1))
            }
        }
    }

    fn said(&mut self, tag: &Tag<'_>, notes: &mut Notes) {
        if let Some(kind) = Kind::of(tag.name) {
            self.message = Some(kind);
            self.saw_patient = false;
            observe::message(kind, notes);
        } else if self.message == Some(Kind::Hello) {
            observe::device(tag, notes);
        } else if tag.name == b"PT" && !self.saw_patient {
            self.saw_patient = true;
            observe::patient(notes);
        }
    }
}
