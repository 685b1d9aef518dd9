//! TCP reassembly (RFC 9293, 3.4 and 3.10): bytes of each side in order, from a tap that sees copies, not promises.
//!
//! Segments may come late, twice, overlapping, or never; the start may be missing; only one direction may be seen.
//! The first copy of a byte wins, also over one that would be next. A hole is given up when the other side acknowledged what is behind it (so only the
//! tap lost it), when too much waits behind it, or when the flow ends.

use wire::Limit;

use crate::ledger::When;

const PENDING_BYTES: Limit =
    Limit::new("tcp_pending_bytes", 256 << 10, "a full window behind one lost segment");
const PENDING_SEGMENTS: Limit = Limit::new("tcp_pending_segments", 256, "a window of small segments");

/// One direction of a connection.
#[derive(Debug, Default)]
pub(crate) struct Direction {
    /// Next sequence number to deliver; `None` until the first segment.
    next: Option<u32>,
    /// In order of sequence, without overlap.
    pending: Vec<Segment>,
    pending_bytes: usize,
    /// Whether bytes were overwritten with others.
    pub(crate) conflict: bool,
}

#[derive(Debug)]
struct Segment {
    seq: u32,
    when: When,
    bytes: Box<[u8]>,
}

/// What was waiting and is delivered now.
#[derive(Debug)]
pub(crate) struct Released {
    /// Bytes lost before it.
    pub(crate) lost: u64,
    /// How many of its bytes were delivered before.
    pub(crate) known: usize,
    /// The frame that brought it.
    pub(crate) when: When,
    bytes: Box<[u8]>,
}

impl Released {
    /// The bytes that are new.
    pub(crate) fn fresh(&self) -> &[u8] {
        self.bytes.get(self.known..).unwrap_or_default()
    }
}

/// Where a segment stands to what is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// The next bytes, after leaving out so many that were delivered before.
    Now(usize),
    /// Nothing new.
    Old,
    /// Behind a hole.
    Later,
}

/// Serial number arithmetic (RFC 1982): whether `a` is before `b`.
pub(crate) const fn before(a: u32, b: u32) -> bool {
    b.wrapping_sub(a).wrapping_sub(1) < 0x7FFF_FFFF
}

/// Sequence number behind `length` bytes at `seq`.
fn wrapping_end(seq: u32, length: usize) -> u32 {
    seq.wrapping_add(u32::try_from(length).unwrap_or(u32::MAX))
}

/// How far `to` is behind `from`.
fn distance(from: u32, to: u32) -> usize {
    usize::try_from(to.wrapping_sub(from)).unwrap_or(usize::MAX)
}

impl Segment {
    fn end(&self) -> u32 {
        wrapping_end(self.seq, self.bytes.len())
    }
}

impl Direction {
    /// Sequence numbers start here.
    pub(crate) const fn start(&mut self, seq: u32) {
        self.next = Some(seq);
    }

    /// Whether a sequence number is known.
    pub(crate) const fn is_started(&self) -> bool {
        self.next.is_some()
    }

    /// Whether the byte after a segment of `length` bytes at `seq` is the next to deliver.
    pub(crate) fn is_next(&self, seq: u32, length: usize) -> bool {
        self.next == u32::try_from(length).ok().map(|length| seq.wrapping_add(length))
    }

    /// Whether segments wait behind a hole.
    pub(crate) const fn has_pending(&self) -> bool {
        !self.pending.is_empty()
    }

    /// Bytes of heap held.
    pub(crate) const fn memory(&self) -> usize {
        self.pending_bytes
    }

    /// Where a segment of `length` bytes at `seq` stands. The first segment ever is the start.
    pub(crate) fn place(&mut self, seq: u32, length: usize) -> Place {
        let next = *self.next.get_or_insert(seq);
        if before(next, seq) {
            return Place::Later;
        }
        let known = distance(seq, next);
        if known >= length {
            return Place::Old;
        }
        // What waits came first: it wins where they overlap, so the segment has to be held beside it.
        match self.pending.first() {
            Some(first) if distance(seq, first.seq) < length => Place::Later,
            Some(_) | None => Place::Now(known),
        }
    }

    /// `count` bytes were delivered.
    pub(crate) fn advance(&mut self, count: usize) {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        self.next = self.next.map(|next| next.wrapping_add(count));
    }

    /// Keeps of a segment that stands behind a hole what is not held already.
    pub(crate) fn hold(&mut self, seq: u32, bytes: &[u8], when: When) {
        let (mut seq, mut rest) = self.unread(seq, bytes);
        let mut index = self.pending.partition_point(|held| !before(seq, held.end()));
        while !rest.is_empty() {
            let Some(held) = self.pending.get(index) else { break };
            let free = if before(seq, held.seq) { distance(seq, held.seq) } else { 0 };
            let Some((fresh, tail)) = rest.split_at_checked(free) else { break };
            let inside = if free > 0 { 0 } else { distance(held.seq, seq) };
            let overlap = tail.len().min(held.bytes.len().saturating_sub(inside));
            let (again, tail) = tail.split_at_checked(overlap).unwrap_or((tail, &[]));
            self.conflict |= held.bytes.get(inside..).is_some_and(|known| !known.starts_with(again));
            index = self.keep(index, seq, fresh, when) + 1;
            seq = wrapping_end(seq, fresh.len() + overlap);
            rest = tail;
        }
        self.keep(index, seq, rest, when);
    }

    /// What of a segment is behind the bytes that were delivered.
    fn unread<'a>(&self, seq: u32, bytes: &'a [u8]) -> (u32, &'a [u8]) {
        match self.next {
            Some(next) if before(seq, next) => (next, bytes.get(distance(seq, next)..).unwrap_or_default()),
            Some(_) | None => (seq, bytes),
        }
    }

    /// Puts bytes before the segment at `index`. Returns where that one is then.
    fn keep(&mut self, index: usize, seq: u32, bytes: &[u8], when: When) -> usize {
        if bytes.is_empty() {
            return index;
        }
        self.pending_bytes = self.pending_bytes.saturating_add(bytes.len());
        self.pending.insert(index.min(self.pending.len()), Segment { seq, when, bytes: bytes.into() });
        index + 1
    }

    /// Whether more waits than is allowed, so that the hole before it has to be given up.
    pub(crate) const fn is_overfull(&self) -> bool {
        !PENDING_BYTES.allows(self.pending_bytes) || !PENDING_SEGMENTS.allows(self.pending.len())
    }

    /// Whether the other side's acknowledgement `ack` shows that it received what is missing here.
    pub(crate) fn is_acknowledged(&self, ack: u32) -> bool {
        match (self.next, self.pending.first()) {
            (Some(next), Some(first)) => before(next, ack) && !before(ack, first.seq),
            (None, _) | (_, None) => false,
        }
    }

    /// Takes what waits and is next; with `give_up` also across one hole, whose length comes with it. `None` when
    /// nothing is next.
    pub(crate) fn release(&mut self, give_up: bool) -> Option<Released> {
        let (next, first) = (self.next?, self.pending.first()?);
        let mut lost = 0;
        if before(next, first.seq) {
            if !give_up {
                return None;
            }
            lost = u64::from(first.seq.wrapping_sub(next));
            self.next = Some(first.seq);
        }
        let segment = self.pending.remove(0);
        self.pending_bytes = self.pending_bytes.saturating_sub(segment.bytes.len());
        let known = match self.place(segment.seq, segment.bytes.len()) {
            Place::Now(known) => known,
            Place::Old | Place::Later => segment.bytes.len(),
        };
        self.advance(segment.bytes.len().saturating_sub(known));
        Some(Released { lost, known, when: segment.when, bytes: segment.bytes })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use model::Timestamp;

    use super::*;

    /// Feeds segments as `flow` does and gives what is delivered; holes become `None`.
    fn feed(direction: &mut Direction, segments: &[(u32, &[u8])]) -> Vec<Option<u8>> {
        let mut out = Vec::new();
        for (seq, bytes) in segments {
            match direction.place(*seq, bytes.len()) {
                Place::Now(known) => {
                    out.extend(bytes[known..].iter().map(|byte| Some(*byte)));
                    direction.advance(bytes.len() - known);
                }
                Place::Old => {}
                Place::Later => direction.hold(*seq, bytes, WHEN),
            }
            while let Some(released) = direction.release(false) {
                push(&mut out, &released);
            }
        }
        while let Some(released) = direction.release(true) {
            push(&mut out, &released);
        }
        out
    }

    const WHEN: When = When { frame: 1, at: Timestamp::from_nanos(0) };

    fn push(out: &mut Vec<Option<u8>>, released: &Released) {
        out.extend((0..released.lost).map(|_| None));
        out.extend(released.fresh().iter().map(|byte| Some(*byte)));
    }

    fn text(bytes: &[Option<u8>]) -> String {
        bytes.iter().map(|byte| byte.map_or('?', char::from)).collect()
    }

    #[test]
    fn puts_late_segments_in_their_place() {
        let out = feed(&mut Direction::default(), &[(0, b"ab"), (6, b"gh"), (4, b"ef"), (2, b"cd")]);
        assert_eq!(text(&out), "abcdefgh");
    }

    #[test]
    fn first_copy_of_a_byte_wins() {
        let out = feed(&mut Direction::default(), &[(0, b"abcd"), (2, b"XXef"), (8, b"ij"), (6, b"ghZZ")]);
        assert_eq!(text(&out), "abcdefghij");
    }

    #[test]
    fn gap_is_told_with_its_length() {
        let out = feed(&mut Direction::default(), &[(0, b"ab"), (5, b"fg")]);
        assert_eq!(text(&out), "ab???fg");
    }

    #[test]
    fn sequence_numbers_wrap() {
        let out = feed(&mut Direction::default(), &[(u32::MAX - 1, b"ab"), (2, b"ef"), (0, b"cd")]);
        assert_eq!(text(&out), "abcdef");
    }

    #[test]
    fn acknowledgement_beyond_a_hole_gives_it_up() {
        let mut direction = Direction::default();
        direction.start(0);
        direction.hold(5, b"fg", WHEN);
        assert!(!direction.is_acknowledged(0));
        assert!(direction.is_acknowledged(7));
    }

    proptest! {
        /// Whatever the cutting, order and repetition: when every byte came once, the stream is whole.
        #[test]
        fn any_order_of_any_cutting_is_the_same_stream(
            start in any::<u32>(),
            cuts in prop::collection::vec(1usize..20, 1..30),
            order in any::<prop::sample::Index>(),
            seed in any::<u64>(),
        ) {
            let total: usize = cuts.iter().sum();
            let stream: Vec<u8> = (0..total).map(|index| (index % 251) as u8).collect();
            let mut segments = Vec::new();
            let mut at = 0;
            for length in &cuts {
                segments.push((start.wrapping_add(at as u32), &stream[at..at + length]));
                at += length;
            }
            let mut rest = segments.split_off(1);
            let copy = order.index(rest.len() + 1);
            if let Some(segment) = rest.get(copy).copied() { rest.push(segment); }
            let mut state = seed;
            for index in (1..rest.len()).rev() {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                rest.swap(index, (state >> 33) as usize % (index + 1));
            }
            segments.extend(rest);
            let out = feed(&mut Direction::default(), &segments);
            prop_assert_eq!(out, stream.into_iter().map(Some).collect::<Vec<_>>());
        }
    }
}
