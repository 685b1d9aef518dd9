//! Protocols that speak over a byte stream.

use model::Timestamp;
use wire::Limit;

use crate::{Notes, Protocol};

/// Which end of a stream sent the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The end that opened the connection.
    Originator,
    /// The end that was connected to.
    Responder,
}

/// Bytes of one side, in order and without gap, starting where the last step ended.
#[derive(Debug, Clone, Copy)]
pub struct Chunk<'a> {
    /// Who sent them.
    pub side: Side,
    /// The bytes; never empty.
    pub bytes: &'a [u8],
    /// Time of the packet that brought the last of them.
    pub at: Timestamp,
}

/// What a session wants after it looked at a chunk.
#[derive(Debug, Clone, Copy)]
pub enum Step {
    /// So many bytes were read (at least one); the rest is offered again.
    Consumed(usize),
    /// Nothing was read: offer it again when at least so many bytes are there in all (more than now).
    Need(usize),
    /// The next so many bytes are of no interest, whether they are here already or not (at least one).
    Skip(u64),
    /// This side has nothing more to say.
    Done,
    /// Neither side has anything more to say.
    AllDone,
    /// So many bytes were read; what follows on both sides is another protocol (STARTTLS).
    Switch {
        /// Bytes read before it.
        consumed: usize,
        /// The protocol that follows.
        to: &'static StreamProtocol,
    },
    /// This is not the protocol after all.
    NotMine,
}

/// The state of one conversation of a stream protocol. Sans-IO: bytes and packet time in, notes out.
pub trait Session: Send {
    /// Looks at the bytes that come next on one side.
    fn data(&mut self, chunk: Chunk<'_>, notes: &mut Notes) -> Step;

    /// After lost bytes: where in `bytes` the next message of `side` starts for sure, if it does. The default gives
    /// the side up.
    fn resync(&mut self, side: Side, bytes: &[u8]) -> Option<usize> {
        let _ = (side, bytes);
        None
    }

    /// The last of the bytes of `side` that were to be skipped has gone by, or is lost.
    fn skipped(&mut self, side: Side, notes: &mut Notes) {
        let _ = (side, notes);
    }

    /// `side` says no more of the message it is in: what was kept back until the message's end is noted now. Notes
    /// belong to the frame that ends their message, as reassembled messages do in Wireshark.
    fn end(&mut self, side: Side, notes: &mut Notes) {
        let _ = (side, notes);
    }

    /// Bytes of heap that the session holds, for the bound on memory.
    fn memory(&self) -> usize {
        0
    }
}

/// What a probe sees: the first bytes of a side.
#[derive(Debug, Clone, Copy)]
pub struct Probe<'a> {
    /// The bytes; never empty.
    pub bytes: &'a [u8],
    /// Who sent them.
    pub side: Side,
    /// Port of the originator.
    pub originator_port: u16,
    /// Port of the responder.
    pub responder_port: u16,
    /// Whether the start of the connection was not seen.
    pub midstream: bool,
}

/// What a probe says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    /// Not this protocol.
    No,
    /// So far it could be.
    NeedMore,
    /// It is.
    Yes,
}

/// A protocol over a byte stream.
#[derive(Debug)]
pub struct StreamProtocol {
    /// What it is.
    pub protocol: Protocol,
    /// Well-known TCP ports: only to decide between protocols whose first bytes look alike.
    pub ports: &'static [u16],
    /// Recognizes the first bytes of a side.
    pub probe: fn(&Probe<'_>) -> Match,
    /// A session for a new conversation.
    pub start: fn() -> Box<dyn Session>,
}

/// A session with what its sides sent and it has not read yet.
pub struct Stream {
    protocol: &'static StreamProtocol,
    session: Box<dyn Session>,
    originator: Half,
    responder: Half,
}

#[derive(Default)]
struct Half {
    buffer: Vec<u8>,
    need: usize,
    skip: u64,
    /// Whether the session was not told yet that everything is skipped.
    skipping: bool,
    lost: bool,
    done: bool,
}

impl Stream {
    /// Most bytes of one side that wait for the rest of their message.
    pub const BUFFER: Limit =
        Limit::new("stream_buffer", 128 << 10, "a DICOM PDU fragment, a TLS handshake and an HTTP head fit");

    /// Most steps on one chunk without a byte being read: a session that asks for less breaks its contract.
    const STEPS_PER_BYTE: usize = 4;

    /// A new conversation of `protocol`.
    #[must_use]
    pub fn new(protocol: &'static StreamProtocol) -> Self {
        Self {
            protocol,
            session: (protocol.start)(),
            originator: Half::default(),
            responder: Half::default(),
        }
    }

    /// The protocol spoken now.
    #[must_use]
    pub const fn protocol(&self) -> &'static StreamProtocol {
        self.protocol
    }

    /// Whether `side` has nothing more to say.
    #[must_use]
    pub const fn is_done(&self, side: Side) -> bool {
        self.half(side).done
    }

    /// Whether neither side has anything more to say.
    #[must_use]
    pub const fn is_finished(&self) -> bool {
        self.originator.done && self.responder.done
    }

    /// How many of the next bytes of `side` are of no interest and need not be delivered.
    #[must_use]
    pub const fn skippable(&self, side: Side) -> u64 {
        let half = self.half(side);
        if half.done { u64::MAX } else { half.skip }
    }

    /// Passes over `count` bytes of `side` that were skippable, delivered or lost.
    pub const fn skipped(&mut self, side: Side, count: u64) {
        let half = self.half_mut(side);
        half.skip = half.skip.saturating_sub(count);
    }

    /// Bytes of heap held.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.originator.buffer.capacity() + self.responder.buffer.capacity() + self.session.memory()
    }

    /// The next bytes of a side, in order.
    pub fn data(&mut self, chunk: Chunk<'_>, notes: &mut Notes) {
        if self.half(chunk.side).done {
            return;
        }
        let Some(bytes) = self.pass_skipped(chunk.side, chunk.bytes, notes) else { return };
        let half = self.half_mut(chunk.side);
        if half.buffer.is_empty() {
            let left = self.offer(Chunk { bytes, ..chunk }, notes);
            self.keep(chunk.side, bytes.get(bytes.len().saturating_sub(left)..).unwrap_or_default(), notes);
            return;
        }
        half.buffer.extend_from_slice(bytes);
        if half.buffer.len() < half.need {
            self.check_limit(chunk.side, notes);
            return;
        }
        let mut buffer = std::mem::take(&mut half.buffer);
        let left = self.offer(Chunk { bytes: &buffer, ..chunk }, notes);
        let read = buffer.len().saturating_sub(left);
        buffer.drain(..read);
        if buffer.is_empty() && buffer.capacity() > 4_096 {
            buffer = Vec::new();
        }
        self.half_mut(chunk.side).buffer = buffer;
        self.check_limit(chunk.side, notes);
    }

    /// `count` bytes of `side` were lost.
    pub fn gap(&mut self, side: Side, count: u64) {
        let half = self.half_mut(side);
        if half.done {
            return;
        }
        if half.buffer.is_empty() && half.skip >= count {
            half.skip -= count;
            return;
        }
        half.skip = 0;
        half.need = 0;
        half.buffer.clear();
        half.lost = true;
    }

    /// `side` ended, or is not read any more: a message that it did not end is what it is.
    pub fn end(&mut self, side: Side, notes: &mut Notes) {
        self.session.end(side, notes);
    }

    /// Offers bytes until the session has enough. Returns how many bytes at the end wait for more.
    fn offer(&mut self, chunk: Chunk<'_>, notes: &mut Notes) -> usize {
        let mut bytes = chunk.bytes;
        if self.half(chunk.side).lost {
            self.session.end(chunk.side, notes);
            let Some(rest) = self.session.resync(chunk.side, bytes).and_then(|start| bytes.get(start..))
            else {
                return 0;
            };
            self.half_mut(chunk.side).lost = false;
            bytes = rest;
        }
        let mut steps = bytes.len().saturating_mul(Self::STEPS_PER_BYTE).saturating_add(16);
        while !bytes.is_empty() && !self.half(chunk.side).done {
            steps = steps.saturating_sub(1);
            debug_assert!(steps > 0, "`{}` steps without reading", self.protocol.protocol.name);
            let step =
                if steps == 0 { Step::NotMine } else { self.session.data(Chunk { bytes, ..chunk }, notes) };
            match step {
                Step::Consumed(count) => bytes = bytes.get(count..).unwrap_or_default(),
                Step::Need(total) => {
                    self.half_mut(chunk.side).need = total.max(bytes.len().saturating_add(1));
                    return bytes.len();
                }
                Step::Skip(count) => {
                    let half = self.half_mut(chunk.side);
                    (half.skip, half.skipping) = (count, true);
                    bytes = self.pass_skipped(chunk.side, bytes, notes).unwrap_or_default();
                }
                Step::Done => self.finish(chunk.side, notes),
                Step::AllDone | Step::NotMine => {
                    self.finish(Side::Originator, notes);
                    self.finish(Side::Responder, notes);
                }
                Step::Switch { consumed, to } => {
                    self.session.end(Side::Originator, notes);
                    self.session.end(Side::Responder, notes);
                    bytes = bytes.get(consumed..).unwrap_or_default();
                    self.protocol = to;
                    self.session = (to.start)();
                    // What waits on the other side waits for a message of the former protocol.
                    self.half_mut(chunk.side.other()).need = 0;
                }
            }
        }
        0
    }

    /// Passes over what is to be skipped. `None` when nothing is left.
    fn pass_skipped<'a>(&mut self, side: Side, bytes: &'a [u8], notes: &mut Notes) -> Option<&'a [u8]> {
        let half = self.half_mut(side);
        let rest = half.pass_skipped(bytes);
        if half.skipping && half.skip == 0 {
            half.skipping = false;
            self.session.skipped(side, notes);
        }
        rest
    }

    fn keep(&mut self, side: Side, bytes: &[u8], notes: &mut Notes) {
        if bytes.is_empty() {
            return;
        }
        self.half_mut(side).buffer.extend_from_slice(bytes);
        self.check_limit(side, notes);
    }

    fn check_limit(&mut self, side: Side, notes: &mut Notes) {
        let name = self.protocol.protocol.name;
        let half = self.half_mut(side);
        if !Self::BUFFER.allows(half.need.max(half.buffer.len())) && !half.buffer.is_empty() {
            notes.anomaly(name, Self::BUFFER.name);
            self.finish(side, notes);
        }
    }

    fn finish(&mut self, side: Side, notes: &mut Notes) {
        self.session.end(side, notes);
        *self.half_mut(side) = Half { done: true, ..Half::default() };
    }

    const fn half(&self, side: Side) -> &Half {
        match side {
            Side::Originator => &self.originator,
            Side::Responder => &self.responder,
        }
    }

    const fn half_mut(&mut self, side: Side) -> &mut Half {
        match side {
            Side::Originator => &mut self.originator,
            Side::Responder => &mut self.responder,
        }
    }
}

impl Half {
    /// Passes over what is to be skipped. `None` when nothing is left.
    fn pass_skipped<'a>(&mut self, bytes: &'a [u8]) -> Option<&'a [u8]> {
        if self.skip == 0 {
            return Some(bytes);
        }
        let here = usize::try_from(self.skip).unwrap_or(usize::MAX).min(bytes.len());
        self.skip = self.skip.saturating_sub(u64::try_from(here).unwrap_or(u64::MAX));
        bytes.get(here..).filter(|rest| !rest.is_empty())
    }
}

impl Side {
    /// The other end.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Originator => Self::Responder,
            Self::Responder => Self::Originator,
        }
    }
}

impl Probe<'_> {
    /// Whether the responder's port is one of `ports`.
    #[must_use]
    pub fn responder_port_is(&self, ports: &[u16]) -> bool {
        ports.contains(&self.responder_port)
    }
}

impl Match {
    /// What `look` says of the first `most` bytes, which have to tell: what comes behind them changes nothing, and is
    /// not waited for.
    pub(crate) fn within(most: usize, bytes: &[u8], look: impl FnOnce(&[u8]) -> Self) -> Self {
        let Some(enough) = bytes.get(..most) else { return look(bytes) };
        match look(enough) {
            Self::NeedMore => Self::No,
            told @ (Self::No | Self::Yes) => told,
        }
    }
}

/// What a text protocol does with a reading error: wait for more, or give up.
impl From<wire::Error> for Step {
    /// Only for errors of an open reader over the whole chunk: `Incomplete` becomes a wait for one byte more than
    /// now at least; use [`Step::need`] where the total is known.
    fn from(error: wire::Error) -> Self {
        match error {
            wire::Error::Incomplete { .. } => Self::Need(0),
            wire::Error::Overrun { .. } | wire::Error::Trailing { .. } => Self::NotMine,
        }
    }
}

impl Step {
    /// Waits until `missing` more bytes than the `now` at hand are there.
    #[must_use]
    pub const fn need(now: usize, missing: usize) -> Self {
        Self::Need(now.saturating_add(missing))
    }
}
