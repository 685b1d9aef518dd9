//! Reassembly of IPv4 and IPv6 fragments, bounded in memory and time.
//!
//! The first copy of a byte wins where fragments overlap; overlap is an anomaly (RFC 5722 forbids it in IPv6), as is a
//! second end. What never completes is counted.

use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;

use dissect::Carrier;
use model::Timestamp;
use wire::Limit;

use crate::decode::{Fragment, Headers};
use crate::report::Tally;

const DATAGRAMS: Limit =
    Limit::new("fragmented_datagrams", 256, "open at once per lane; the oldest makes room");
const PIECES: Limit =
    Limit::new("fragments_of_a_datagram", 128, "64 KiB in pieces of an Ethernet frame are 45");
const HELD: Limit =
    Limit::new("fragment_bytes", 2 << 20, "32 MiB in all lanes; 32 datagrams of the largest size in each");
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
    /// Limits reached, by name.
    pub(crate) limits: BTreeMap<&'static str, u64>,
    /// Bytes that wait.
    held: usize,
}

#[derive(Debug)]
struct Partial {
    key: (IpAddr, IpAddr, u32, u8),
    started: Timestamp,
    /// In order of offset, without overlap.
    pieces: Vec<Piece>,
    total: Option<usize>,
}

/// What became of a fragment.
enum Added {
    /// It was kept, as far as it is new.
    Kept,
    /// It contradicts what is there.
    Contradicts,
    /// There are too many pieces.
    TooMany,
}

#[derive(Debug)]
struct Piece {
    offset: usize,
    bytes: Vec<u8>,
}

impl Fragments {
    /// Adds what was counted since the last time.
    pub(crate) fn tell(&mut self, tally: &mut Tally) {
        tally.reassembled += std::mem::take(&mut self.reassembled);
        tally.incomplete_datagrams += std::mem::take(&mut self.incomplete);
        tally.fragment_anomalies += std::mem::take(&mut self.anomalies);
        for (name, count) in std::mem::take(&mut self.limits) {
            *tally.limits.entry(name).or_default() += count;
        }
    }

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
        let before = partial.held();
        let added = partial.add(offset, bytes, fragment.more);
        self.held = self.held.saturating_sub(before).saturating_add(partial.held());
        let datagram = partial.whole();
        match added {
            Added::Kept => {}
            Added::Contradicts => self.anomalies += 1,
            Added::TooMany => self.limit(&PIECES),
        }
        if datagram.is_some() {
            self.close(position);
            self.reassembled += 1;
        }
        while !HELD.allows(self.held) {
            self.limit(&HELD);
            self.give_up_oldest();
        }
        datagram
    }

    /// Gives up what is left at the end of the capture.
    pub(crate) fn finish(&mut self) {
        self.incomplete += u64::try_from(self.open.len()).unwrap_or(u64::MAX);
        self.open.clear();
    }

    fn begin(&mut self, key: (IpAddr, IpAddr, u32, u8), at: Timestamp) -> usize {
        if !DATAGRAMS.allows(self.open.len() + 1) {
            self.limit(&DATAGRAMS);
            self.give_up_oldest();
        }
        self.open.push_back(Partial { key, started: at, pieces: Vec::new(), total: None });
        self.open.len() - 1
    }

    fn expire(&mut self, now: Timestamp) {
        while self
            .open
            .front()
            .is_some_and(|oldest| now.since(oldest.started).max(oldest.started.since(now)) > TIMEOUT_NANOS)
        {
            self.give_up_oldest();
        }
    }

    fn give_up_oldest(&mut self) {
        self.close(0);
        self.incomplete += 1;
    }

    fn close(&mut self, position: usize) {
        let held = self.open.remove(position).map_or(0, |partial| partial.held());
        self.held = self.held.saturating_sub(held);
    }

    fn limit(&mut self, limit: &Limit) {
        *self.limits.entry(limit.name).or_default() += 1;
    }
}

impl Partial {
    fn held(&self) -> usize {
        self.pieces.iter().map(|piece| piece.bytes.len()).sum()
    }

    /// Keeps what is new of a fragment.
    fn add(&mut self, offset: usize, bytes: &[u8], more: bool) -> Added {
        let end = offset.saturating_add(bytes.len());
        if !more && *self.total.get_or_insert(end) != end {
            return Added::Contradicts;
        }
        let mut contradicts = self.total.is_some_and(|total| end > total);
        let (mut at, mut rest) = (offset, bytes);
        let mut index = self.pieces.partition_point(|piece| piece.end() <= offset);
        while !rest.is_empty() {
            if !PIECES.allows(self.pieces.len() + 1) {
                return Added::TooMany;
            }
            let Some(piece) = self.pieces.get(index).filter(|piece| piece.offset < end) else {
                self.pieces.insert(index, Piece { offset: at, bytes: rest.to_vec() });
                break;
            };
            let free = piece.offset.saturating_sub(at);
            let (fresh, tail) = rest.split_at_checked(free).unwrap_or((rest, &[]));
            let known = piece.bytes.get(at.saturating_sub(piece.offset)..).unwrap_or_default();
            let (again, tail) = tail.split_at_checked(known.len()).unwrap_or((tail, &[]));
            // A fragment sent twice is no contradiction.
            contradicts |= !known.starts_with(again) || piece.offset != offset || piece.end() != end;
            let fresh_at = at;
            at += fresh.len() + again.len();
            rest = tail;
            if !fresh.is_empty() {
                self.pieces.insert(index, Piece { offset: fresh_at, bytes: fresh.to_vec() });
                index += 1;
            }
            index += 1;
        }
        if contradicts { Added::Contradicts } else { Added::Kept }
    }

    /// The datagram, when no byte is missing.
    fn whole(&self) -> Option<Vec<u8>> {
        let total = self.total?;
        if self.held() < total {
            return None;
        }
        let mut datagram = Vec::with_capacity(total);
        for piece in &self.pieces {
            if piece.offset != datagram.len() {
                break;
            }
            datagram.extend_from_slice(&piece.bytes);
        }
        datagram.truncate(total);
        (datagram.len() == total).then_some(datagram)
    }
}

impl Piece {
    fn end(&self) -> usize {
        self.offset.saturating_add(self.bytes.len())
    }
}
