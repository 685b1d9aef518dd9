//! Messages of a head and a counted body over a stream: what RTSP and SIP have in common with HTTP's first form.
//!
//! A head is held until its empty line and shown to a [`Heads`]; the body behind it is passed over by length.

use wire::{Limit, Reader};

use super::text::{fields, find_head_end, is_one_of, number};
use crate::{Chunk, Match, Notes, Session, Side, Step};

/// A protocol as a reader of heads.
pub(super) trait Heads: Default + Send {
    /// Name of the protocol.
    const PROTOCOL: &'static str;
    /// Longest head; a longer one ends the side.
    const HEAD: Limit;
    /// Whether binary data comes between messages: `$`, a channel, a length (RFC 7826, 14).
    const INTERLEAVED: bool;

    /// Whether a message starts here.
    fn starts(bytes: &[u8]) -> Match;

    /// A head with its empty line.
    fn head(&mut self, side: Side, head: &[u8], notes: &mut Notes);
}

/// The session of [`Heads`].
#[derive(Debug, Default)]
pub(super) struct Messages<H> {
    heads: H,
    /// Bytes of each side that hold no end of a head.
    searched: [usize; 2],
    /// What heads say whose bodies have not ended.
    kept: [Notes; 2],
}

impl<H: Heads> Session for Messages<H> {
    fn data(&mut self, chunk: Chunk<'_>, notes: &mut Notes) -> Step {
        let blanks = chunk.bytes.iter().take_while(|byte| matches!(byte, b'\r' | b'\n' | 0)).count();
        if blanks > 0 {
            return Step::Consumed(blanks);
        }
        if H::INTERLEAVED && chunk.bytes.first() == Some(&b'$') {
            return skip_interleaved(chunk.bytes);
        }
        let searched = self.searched(chunk.side);
        let Some(end) = find_head_end(chunk.bytes, *searched) else {
            if H::HEAD.allows(chunk.bytes.len()) {
                *searched = chunk.bytes.len().saturating_sub(3);
                return Step::need(chunk.bytes.len(), 1);
            }
            notes.anomaly(H::PROTOCOL, H::HEAD.name);
            return Step::Done;
        };
        *searched = 0;
        let head = chunk.bytes.get(..end).unwrap_or_default();
        if H::starts(head) != Match::Yes {
            return Step::NotMine;
        }
        let length = u64::try_from(end).unwrap_or(u64::MAX).saturating_add(body_length(head));
        let is_whole = length <= u64::try_from(chunk.bytes.len()).unwrap_or(u64::MAX);
        let mark = notes.mark();
        self.heads.head(chunk.side, head, notes);
        if !is_whole {
            *self.kept(chunk.side) = notes.take_since(mark);
        }
        if length == 0 { Step::Consumed(end) } else { Step::Skip(length) }
    }

    fn skipped(&mut self, side: Side, notes: &mut Notes) {
        notes.append(self.kept(side));
    }

    fn end(&mut self, side: Side, notes: &mut Notes) {
        notes.append(self.kept(side));
    }

    fn memory(&self) -> usize {
        self.kept.iter().map(Notes::memory).sum()
    }

    fn resync(&mut self, side: Side, bytes: &[u8]) -> Option<usize> {
        *self.searched(side) = 0;
        let mut at = 0;
        loop {
            let rest = bytes.get(at..)?;
            if H::starts(rest) == Match::Yes {
                return Some(at);
            }
            at += rest.iter().position(|&byte| byte == b'\n')? + 1;
        }
    }
}

impl<H> Messages<H> {
    const fn kept(&mut self, side: Side) -> &mut Notes {
        let [originator, responder] = &mut self.kept;
        match side {
            Side::Originator => originator,
            Side::Responder => responder,
        }
    }

    const fn searched(&mut self, side: Side) -> &mut usize {
        let [originator, responder] = &mut self.searched;
        match side {
            Side::Originator => originator,
            Side::Responder => responder,
        }
    }
}

/// Content-Length, or `l` as SIP shortens it (RFC 3261, 20.14).
fn body_length(head: &[u8]) -> u64 {
    fields(head)
        .flatten()
        .find(|(name, _)| is_one_of(name, &[b"CONTENT-LENGTH", b"L"]))
        .and_then(|(_, value)| number(value))
        .unwrap_or(0)
}

fn skip_interleaved(bytes: &[u8]) -> Step {
    let mut reader = Reader::open(bytes);
    let length = reader.skip(2).and_then(|()| reader.u16_be());
    match length {
        Ok(length) => Step::Skip(u64::from(length).saturating_add(4)),
        Err(_) => Step::Need(4),
    }
}
