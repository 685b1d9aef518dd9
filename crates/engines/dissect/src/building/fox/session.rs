//! The state of a Fox conversation: none; each side is read until its hello is over.

use wire::Limit;

use super::anomaly::FoxAnomaly;
use super::message::{END, is_hello, property};
use super::{PROTOCOL, observe};
use crate::{Chunk, Notes, Session, Side, Step};

/// A hello is some hundred bytes; its system information may be more.
const HELLO: Limit = Limit::new("fox_hello", 16 << 10, "names, versions and a time zone");

#[derive(Debug)]
pub(super) struct Fox;

impl Session for Fox {
    fn data(&mut self, chunk: Chunk<'_>, notes: &mut Notes) -> Step {
        let end = chunk.bytes.windows(END.len()).position(|bytes| bytes == END);
        let Some(frame) = end.and_then(|end| chunk.bytes.get(..end)) else {
            if HELLO.allows(chunk.bytes.len()) {
                return Step::Need(chunk.bytes.len().saturating_add(1));
            }
            notes.anomaly(PROTOCOL.protocol.name, FoxAnomaly::HelloTooLong.name());
            return Step::Done;
        };
        if is_hello(frame) {
            for (name, value) in frame.split(|byte| *byte == b'\n').filter_map(property) {
                observe::property(name, value, notes);
            }
            if chunk.side == Side::Responder {
                observe::cleartext(notes);
            }
        }
        Step::Done
    }
}
