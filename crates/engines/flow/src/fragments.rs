//! Reassembly of IPv4 and IPv6 fragments, bounded in memory and time.
//!
//! First copy wins where fragments overlap (RFC 5722 forbids overlap in IPv6); an overlap with other bytes is an
//! anomaly. What never completes is counted.

use std::collections::VecDeque;
use std::net::IpAddr;

use dissect::Carrier;
use model::Timestamp;
use wire::Limit;

use crate::decode::{Fragment, Headers};

const DATAGRAMS: Limit =
    Limit::new("fragmented_datagrams", 256, "open at once per lane; the oldest makes room");
const PIECES: Limit =
    Limit::new("fragments_of_a_datagram", 128, "64 KiB in pieces of an Ethernet frame are 45");
const BYTES: Limit = Limit::new("datagram_bytes", 65_535, "the length field of IP has 16 bits");
/// RFC 8200, 4.5: give up 60 seconds after the first fragment.
const TIMEOUT_NANOS: u64 = 60_000_000_000;

/// Datagrams that wait for the rest of their fragments.
#[derive(Debug, Default)]
pub(crate) struct Fragments {
    open: VecDeque<Partial>,
    /// Datagrams given up.
    pub(crate) incomplete: u64,
    /// Datagrams put together.
    pub(crate) reassembled: u64,
    /// Fragments that contradict each other or the limits.
    pub(crate) anomalies: u64,
}

#[derive(Debug)]
struct Partial {
    key: (IpAddr, IpAddr, u32, u8),
    started: Timestamp,
    pieces: Vec<Piece>,
    total: Option<usize>,
}

#[derive(Debug)]
struct Piece {
    offset: usize,
    bytes: Vec<u8>,
}

impl Fragments {
    /// Takes a fragment; gives the datagram when it is whole.
    pub(crate) fn push(
        &mut self,
        headers: &Headers,
        fragment: Fragment,
        bytes: &[u8],
        at: Timestamp,
    ) -> Option<Vec<u8>> {
        let (source, destination) = headers.addresses?;
        let Carrier::Ip(protocol) = headers.carrier else { return None };
        self.expire(at);
        let key = (source, destination, fragment.id, protocol);
        let offset = usize::try_from(fragment.offset).unwrap_or(usize::MAX);
        if headers.truncated || bytes.is_empty() || !BYTES.allows(offset.saturating_add(bytes.len())) {
            self.anomalies += 1;
            return None;
        }
        let position =
            self.open.iter().position(|partial| partial.key == key).unwrap_or_else(|| self.begin(key, at));
        let partial = self.open.get_mut(position)?;
        if !partial.add(offset, bytes, fragment.more) {
            self.anomalies += 1;
        }
        let datagram = partial.whole()?;
        self.open.remove(position);
        self.reassembled += 1;
        Some(datagram)
    }

    /// Gives up what is left at the end of the capture.
    pub(crate) fn finish(&mut self) {
        self.incomplete += u64::try_from(self.open.len()).unwrap_or(u64::MAX);
        self.open.clear();
    }

    fn begin(&mut self, key: (IpAddr, IpAddr, u32, u8), at: Timestamp) -> usize {
        if !DATAGRAMS.allows(self.open.len() + 1) {
            self.open.pop_front();
            self.incomplete += 1;
        }
        self.open.push_back(Partial { key, started: at, pieces: Vec::new(), total: None });
        self.open.len() - 1
    }

    fn expire(&mut self, now: Timestamp) {
        while self.open.front().is_some_and(|oldest| now.since(oldest.started) > TIMEOUT_NANOS) {
            self.open.pop_front();
            self.incomplete += 1;
        }
    }
}

impl Partial {
    /// Keeps a fragment. `false` when it contradicts what is there.
    fn add(&mut self, offset: usize, bytes: &[u8], more: bool) -> bool {
        let end = offset.saturating_add(bytes.len());
        if !more && self.total.replace(end).is_some_and(|before| before != end) {
            return false;
        }
        if !PIECES.allows(self.pieces.len() + 1) {
            return false;
        }
        let overlaps =
            self.pieces.iter().any(|piece| piece.offset < end && offset < piece.offset + piece.bytes.len());
        let repeats = self.pieces.iter().any(|piece| piece.offset == offset && piece.bytes == bytes);
        if !repeats {
            self.pieces.push(Piece { offset, bytes: bytes.to_vec() });
        }
        repeats || !overlaps
    }

    /// The datagram, when no byte is missing. Earlier pieces win.
    fn whole(&self) -> Option<Vec<u8>> {
        let total = self.total?;
        let held: usize = self.pieces.iter().map(|piece| piece.bytes.len()).sum();
        if held < total {
            return None;
        }
        let mut order: Vec<usize> = (0..self.pieces.len()).collect();
        order.sort_by_key(|index| self.pieces.get(*index).map(|piece| (piece.offset, *index)));
        let mut datagram = Vec::with_capacity(total);
        for index in order {
            let piece = self.pieces.get(index)?;
            if piece.offset > datagram.len() {
                return None;
            }
            let known = datagram.len() - piece.offset;
            datagram.extend_from_slice(piece.bytes.get(known..).unwrap_or_default());
        }
        datagram.truncate(total);
        (datagram.len() == total).then_some(datagram)
    }
}
