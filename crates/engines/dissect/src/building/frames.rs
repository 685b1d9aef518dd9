//! Streams of frames that say in their first bytes how long they are: most industrial protocols over TCP.

use crate::{Chunk, Match, Notes, Session, Side, Step};

/// How a protocol frames its messages on a stream, and what it reads of them.
pub(crate) trait Framing: Default + Send + 'static {
    /// Bytes after which the length of a frame is known.
    const HEADER: usize;
    /// Longer frames are passed over without a look.
    const LARGEST: usize;

    /// Length of the whole frame that `header` (at least [`Framing::HEADER`] bytes) begins; `None` when it begins none.
    fn length(header: &[u8]) -> Option<usize>;

    /// Reads a whole frame.
    fn frame(&mut self, frame: &[u8], side: Side, notes: &mut Notes);

    /// Bytes of heap held.
    fn memory(&self) -> usize {
        0
    }
}

/// The session of such a protocol.
#[derive(Debug)]
pub(crate) struct Framed<F: Framing>(F);

impl<F: Framing> Framed<F> {
    /// A new conversation.
    pub(crate) fn start() -> Box<dyn Session> {
        Box::new(Self(F::default()))
    }
}

impl<F: Framing> Session for Framed<F> {
    fn data(&mut self, chunk: Chunk<'_>, notes: &mut Notes) -> Step {
        if chunk.bytes.len() < F::HEADER {
            return Step::Need(F::HEADER);
        }
        let Some(length) = F::length(chunk.bytes) else { return Step::NotMine };
        if length > F::LARGEST {
            return Step::Skip(u64::try_from(length).unwrap_or(u64::MAX));
        }
        match chunk.bytes.get(..length) {
            Some(frame) => {
                self.0.frame(frame, chunk.side, notes);
                Step::Consumed(length.max(1))
            }
            None => Step::Need(length),
        }
    }

    /// A segment whose frames follow each other to its end is in step.
    fn resync(&mut self, _: Side, bytes: &[u8]) -> Option<usize> {
        fits::<F>(bytes).then_some(0)
    }

    fn memory(&self) -> usize {
        self.0.memory()
    }
}

/// Whether `bytes` are whole frames one after another.
pub(crate) fn fits<F: Framing>(bytes: &[u8]) -> bool {
    in_step::<F>(bytes) == Match::Yes
}

/// Whether `bytes` are whole frames one after another, may become so with more bytes, or cannot.
pub(crate) fn in_step<F: Framing>(bytes: &[u8]) -> Match {
    let mut rest = bytes;
    while rest.len() >= F::HEADER {
        let Some(length) = F::length(rest).filter(|length| *length > 0) else { return Match::No };
        let Some(left) = rest.get(length..) else { return Match::NeedMore };
        rest = left;
    }
    if rest.is_empty() && !bytes.is_empty() { Match::Yes } else { Match::NeedMore }
}

/// What a probe says of bytes whose frames have a telling header: nothing before the header is there.
pub(crate) fn probe<F: Framing>(bytes: &[u8]) -> Match {
    if bytes.len() < F::HEADER {
        return Match::NeedMore;
    }
    if F::length(bytes).is_some() { Match::Yes } else { Match::No }
}

/// Whether the bytes at hand agree with the beginning of `magic`.
pub(crate) fn begins(bytes: &[u8], magic: &[u8]) -> bool {
    let known = bytes.len().min(magic.len());
    bytes.get(..known) == magic.get(..known)
}
