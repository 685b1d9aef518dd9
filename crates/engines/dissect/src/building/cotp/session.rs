//! The state of a transport connection: none; what is carried takes over.

use super::anomaly::CotpAnomaly;
use super::message::{HEADER, Kind, is_session, length, read};
use super::{PROTOCOL, observe};
use crate::building::s7comm;
use crate::{Chunk, Notes, Session, Side, Step};

#[derive(Debug)]
pub(super) struct Cotp;

impl Session for Cotp {
    fn data(&mut self, chunk: Chunk<'_>, notes: &mut Notes) -> Step {
        if chunk.bytes.len() < HEADER {
            return Step::Need(HEADER);
        }
        let Some(length) = length(chunk.bytes) else { return Step::NotMine };
        let Some(frame) = chunk.bytes.get(..length) else { return Step::Need(length) };
        match read(frame) {
            Ok(Kind::Connection { selectors }) => {
                observe::selectors(&selectors, chunk.side == Side::Originator, notes);
            }
            Ok(Kind::Data { payload, .. }) if s7comm::is_mine(payload) => {
                return Step::Switch { consumed: 0, to: &s7comm::PROTOCOL };
            }
            Ok(Kind::Data { payload, .. }) if is_session(payload) => {
                notes.refine("mms");
                return Step::AllDone;
            }
            Ok(Kind::Data { payload: [], .. } | Kind::Other) => {}
            Ok(Kind::Data { .. }) => return Step::AllDone,
            Err(_) => notes.anomaly(PROTOCOL.protocol.name, CotpAnomaly::Malformed.name()),
        }
        Step::Consumed(length)
    }

    fn resync(&mut self, _: Side, bytes: &[u8]) -> Option<usize> {
        length(bytes).map(|_| 0)
    }
}
