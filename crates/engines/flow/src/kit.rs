//! What reassembly is held to, in tests and fuzz targets: a simple model that keeps every byte by its place.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use dissect::Carrier;
use model::Timestamp;

use crate::decode::{Fragment, Frame, Headers, decode};
use crate::fragments::Fragments;
use crate::ledger::When;
use crate::tcp::{Direction, Place};

/// Most segments and fragments of an input: below the limits, which the model does not know.
const OPERATIONS: usize = 96;
/// Operation of a TCP input: an acknowledgement, not a segment.
const ACKNOWLEDGE: u8 = 0x70;

/// A stream as it was put together; `None` is a byte that was lost.
type Bytes = Vec<Option<u8>>;

/// One direction of TCP as a table of bytes.
#[derive(Default)]
struct StreamModel {
    next: Option<i64>,
    waiting: BTreeMap<i64, u8>,
    out: Bytes,
}

impl StreamModel {
    fn segment(&mut self, at: i64, bytes: &[u8]) {
        let next = *self.next.get_or_insert(at);
        for (place, byte) in (at..).zip(bytes) {
            if place >= next {
                self.waiting.entry(place).or_insert(*byte);
            }
        }
        self.deliver();
    }

    fn deliver(&mut self) {
        let Some(mut next) = self.next else { return };
        while let Some(byte) = self.waiting.remove(&next) {
            self.out.push(Some(byte));
            next += 1;
        }
        self.next = Some(next);
    }

    fn acknowledge(&mut self, ack: i64) {
        if let (Some(next), Some((first, _))) = (self.next, self.waiting.first_key_value())
            && ack >= *first
            && ack > next
        {
            self.give_up();
        }
    }

    /// Across one hole. `false` when nothing waits.
    fn give_up(&mut self) -> bool {
        let (Some(next), Some((first, _))) = (self.next, self.waiting.first_key_value()) else {
            return false;
        };
        let first = *first;
        self.out.extend((next..first).map(|_| None));
        self.next = Some(first);
        self.deliver();
        true
    }
}

/// A direction and what it delivered, driven as a lane does.
#[derive(Default)]
struct Driven {
    direction: Direction,
    out: Bytes,
}

impl Driven {
    fn segment(&mut self, seq: u32, bytes: &[u8]) {
        match self.direction.place(seq, bytes.len()) {
            Place::Now(known) => {
                let fresh = bytes.get(known..).unwrap_or_default();
                self.out.extend(fresh.iter().copied().map(Some));
                self.direction.advance(fresh.len());
            }
            Place::Old => {}
            Place::Later => {
                self.direction.hold(seq, bytes, When { frame: 1, at: Timestamp::default() });
                while self.direction.is_overfull() && self.release(true) {}
            }
        }
        while self.release(false) {}
    }

    fn acknowledge(&mut self, ack: u32) {
        if self.direction.is_acknowledged(ack) {
            self.release(true);
            while self.release(false) {}
        }
    }

    fn release(&mut self, give_up: bool) -> bool {
        let Some(released) = self.direction.release(give_up) else { return false };
        // A sender can name any sequence number: a hole is told, not filled.
        self.out.extend((0..released.lost.min(1 << 9)).map(|_| None));
        self.out.extend(released.fresh().iter().copied().map(Some));
        true
    }
}

/// Reassembles segments and compares with the model.
///
/// The first four bytes are the sequence number at the start. An operation is a byte with kind and length, a place
/// relative to the start (signed), and the segment's bytes; or an acknowledgement and a place.
///
/// # Panics
/// When the streams differ, or bytes are held at the end.
pub fn tcp_input(input: &[u8]) {
    let Some((start, mut rest)) = input.split_first_chunk::<4>() else { return };
    let start = u32::from_be_bytes(*start);
    let (mut driven, mut model) = (Driven::default(), StreamModel::default());
    for _ in 0..OPERATIONS {
        let Some((&[kind, place], tail)) = rest.split_first_chunk::<2>() else { break };
        let place = i64::from(i8::from_be_bytes([place]));
        let seq = start.wrapping_add_signed(i32::try_from(place).unwrap_or_default());
        if kind & ACKNOWLEDGE == ACKNOWLEDGE {
            rest = tail;
            driven.acknowledge(seq);
            model.acknowledge(place);
            continue;
        }
        let length = usize::from(kind & 0x0F).min(tail.len());
        let (bytes, tail) = tail.split_at_checked(length).unwrap_or((tail, &[]));
        rest = tail;
        if !bytes.is_empty() {
            driven.segment(seq, bytes);
            model.segment(place, bytes);
        }
    }
    while driven.release(true) {}
    while model.give_up() {}
    assert_eq!(driven.out, model.out, "reassembled stream");
    assert_eq!(driven.direction.memory(), 0, "bytes held at the end");
}

/// Reassembles segments with any sequence numbers, which no model follows: nothing is held beyond the limits.
///
/// # Panics
/// When more is held than came, or bytes are held at the end.
pub fn tcp_any_input(input: &[u8]) {
    let mut driven = Driven::default();
    let mut came = 0;
    let mut rest = input;
    while let Some((&[kind, a, b, c, d], tail)) = rest.split_first_chunk::<5>() {
        let seq = u32::from_be_bytes([a, b, c, d]);
        let length = usize::from(kind & 0x0F).min(tail.len());
        let (bytes, tail) = tail.split_at_checked(length).unwrap_or((tail, &[]));
        rest = tail;
        if kind & ACKNOWLEDGE == ACKNOWLEDGE {
            driven.acknowledge(seq);
        } else if !bytes.is_empty() {
            driven.segment(seq, bytes);
        }
        came += bytes.len();
        assert!(driven.direction.memory() <= came, "more is held than came");
    }
    while driven.release(true) {}
    assert_eq!(driven.direction.memory(), 0, "bytes held at the end");
}

/// Puts fragments together and compares with the model.
///
/// An operation is a byte with the datagram, whether more follow, and the length in eights; an offset in eights; and
/// the fragment's bytes.
///
/// # Panics
/// When a datagram differs or is whole at another time.
pub fn fragment_input(input: &[u8]) {
    let Some(headers) = fragment_headers() else { return };
    let mut fragments = Fragments::default();
    let mut models: BTreeMap<u8, (BTreeMap<usize, u8>, Option<usize>)> = BTreeMap::new();
    let mut rest = input;
    for _ in 0..OPERATIONS {
        let Some((&[kind, offset], tail)) = rest.split_first_chunk::<2>() else { break };
        let (id, more, offset) = (kind >> 6, kind & 0x20 != 0, usize::from(offset) * 8);
        // The last fragment may have any length.
        let length = if more { usize::from(kind & 3) * 8 + 8 } else { usize::from(kind & 0x1F) + 1 };
        let (bytes, tail) = tail.split_at_checked(length).unwrap_or((tail, &[]));
        rest = tail;
        if bytes.is_empty() {
            break;
        }
        let fragment =
            Fragment { id: u32::from(id), offset: u32::try_from(offset).unwrap_or_default(), more };
        let whole = fragments.push(&headers, fragment, bytes, Timestamp::default());
        let (held, total) = models.entry(id).or_default();
        let end = offset + bytes.len();
        if more || *total.get_or_insert(end) == end {
            for (place, byte) in (offset..).zip(bytes) {
                held.entry(place).or_insert(*byte);
            }
        }
        let expected = total.and_then(|total| (0..total).map(|place| held.get(&place).copied()).collect());
        assert_eq!(whole, expected, "datagram {id}");
        if whole.is_some() {
            models.remove(&id);
        }
    }
}

fn fragment_headers() -> Option<Headers> {
    let frame = Frame { number: 1, at: Timestamp::default(), link: 101, original_length: 20, bytes: &IP };
    let addresses = Some((IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V4(Ipv4Addr::LOCALHOST)));
    Some(Headers { addresses, carrier: Carrier::Ip(17), ..decode(&frame).ok()? })
}

/// An IPv4 header without payload, of a protocol that is not read.
const IP: [u8; 20] = [0x45, 0, 0, 20, 0, 0, 0, 0, 64, 253, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_model_is_asked() {
        assert!(fragment_headers().is_some());
    }

    #[test]
    fn one_wait_behind_another_keeps_the_copy_that_came_first() {
        // Place 0 "a"; place 4 "XY"; place 2 "cdZZe": the first copies of places 4 and 5 are X and Y.
        tcp_input(b"\0\0\0\0\x01\x00a\x02\x04XY\x05\x02cdZZe\x02\x01bQ");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        #[test]
        fn streams_are_those_of_the_model(input in prop::collection::vec(any::<u8>(), 0..300)) {
            tcp_input(&input);
        }

        #[test]
        fn dense_segments_are_those_of_the_model(
            start in any::<u32>(),
            segments in prop::collection::vec((1_u8..15, -8_i8..40, any::<u8>()), 0..60),
        ) {
            let mut input = start.to_be_bytes().to_vec();
            for (length, place, fill) in segments {
                input.extend([if fill > 240 { ACKNOWLEDGE } else { length }, place.to_be_bytes()[0]]);
                if fill <= 240 {
                    input.extend((0..length).map(|index| fill.wrapping_add(index)));
                }
            }
            tcp_input(&input);
        }

        #[test]
        fn any_sequence_numbers_are_survived(input in prop::collection::vec(any::<u8>(), 0..600)) {
            tcp_any_input(&input);
        }

        #[test]
        fn datagrams_are_those_of_the_model(
            pieces in prop::collection::vec((any::<bool>(), 0_u8..4, 0_u8..8, any::<u8>()), 0..60),
        ) {
            let mut input = Vec::new();
            for (more, length, offset, fill) in pieces {
                let size = if more { usize::from(length) * 8 + 8 } else { usize::from(length) + 1 };
                input.extend([if more { 0x20 } else { 0 } | length, offset]);
                input.extend(std::iter::repeat_n(fill, size));
            }
            fragment_input(&input);
        }
    }
}
