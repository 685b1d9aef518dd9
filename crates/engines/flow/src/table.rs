//! The flow table of a lane: bounded, one hash look-up a packet, swept by packet time.

use ahash::RandomState;
use model::Timestamp;

use crate::Transport;
use crate::chunks::Chunks;
use crate::flow_state::Flow;
use crate::hash_index::HashIndex;
use crate::key::Key;

/// Flows of a lane.
pub(crate) struct Table {
    hasher: RandomState,
    slots: Chunks<Option<Flow>>,
    free: Vec<u32>,
    index: HashIndex,
    hand: usize,
    /// Slots that the sweep may look at.
    credit: usize,
    limit: usize,
}

/// Index of a slot.
pub(crate) type Slot = u32;

/// How many slots are compared when one has to make room.
const EVICTION_SAMPLE: usize = 8;

/// Slots that one sweep looks at: neighbours, so that memory is read in a row.
const SWEEP: usize = 16;

const SECOND: u64 = 1_000_000_000;

impl Table {
    pub(crate) fn new(seed: u64, limit: usize) -> Self {
        Self {
            hasher: RandomState::with_seeds(seed, !seed, seed.rotate_left(23), seed.rotate_left(41)),
            slots: Chunks::new(),
            free: Vec::new(),
            index: HashIndex::new(),
            hand: 0,
            credit: 0,
            limit: limit.max(1),
        }
    }

    pub(crate) fn find(&self, key: &Key) -> Option<Slot> {
        let hash = self.hasher.hash_one(key);
        self.index.find(hash, |slot| self.get(slot).is_some_and(|flow| flow.key == *key))
    }

    pub(crate) fn get(&self, slot: Slot) -> Option<&Flow> {
        self.slots.get(usize::try_from(slot).ok()?)?.as_ref()
    }

    pub(crate) fn get_mut(&mut self, slot: Slot) -> Option<&mut Flow> {
        self.slots.get_mut(usize::try_from(slot).ok()?)?.as_mut()
    }

    /// Whether one has to make room before the next is inserted.
    pub(crate) fn is_full(&self) -> bool {
        self.index.len() >= self.limit
    }

    pub(crate) fn insert(&mut self, flow: Flow) -> Slot {
        let hash = self.hasher.hash_one(flow.key);
        let slot = if let Some(slot) = self.free.pop() {
            if let Some(place) = usize::try_from(slot).ok().and_then(|place| self.slots.get_mut(place)) {
                *place = Some(flow);
            }
            slot
        } else {
            self.slots.push(Some(flow));
            u32::try_from(self.slots.len() - 1).unwrap_or(u32::MAX)
        };
        self.index.insert(hash, slot);
        slot
    }

    pub(crate) fn remove(&mut self, slot: Slot) -> Option<Flow> {
        let flow = self.slots.get_mut(usize::try_from(slot).ok()?)?.take()?;
        let hash = self.hasher.hash_one(flow.key);
        self.index.remove(hash, slot);
        self.free.push(slot);
        Some(flow)
    }

    /// Grants the sweep one more slot. It looks at several that lie together at a time.
    pub(crate) const fn tick(&mut self) {
        self.credit += 1;
    }

    /// The next flow of the sweep that has been silent for long; `None` when the sweep rests.
    pub(crate) fn sweep(&mut self, now: Timestamp) -> Option<Flow> {
        if self.credit < SWEEP {
            return None;
        }
        while self.credit < 2 * SWEEP && !self.slots.is_empty() {
            self.credit += 1;
            self.hand = (self.hand + 1) % self.slots.len();
            let Some(flow) = self.slots.get(self.hand).and_then(Option::as_ref) else { continue };
            // Either way: what lies in the future belongs to a capture before the clock went back.
            if now.since(flow.last_seen).max(flow.last_seen.since(now)) > patience(flow) {
                return self.remove(u32::try_from(self.hand).ok()?);
            }
        }
        self.credit = 0;
        None
    }

    /// Takes the flow that was silent longest among the next few of the sweep.
    pub(crate) fn evict(&mut self) -> Option<Flow> {
        let mut oldest: Option<(Timestamp, usize)> = None;
        let mut seen = 0;
        for _ in 0..self.slots.len() {
            self.hand = (self.hand + 1) % self.slots.len();
            if let Some(flow) = self.slots.get(self.hand).and_then(Option::as_ref) {
                seen += 1;
                if oldest.is_none_or(|(last, _)| flow.last_seen < last) {
                    oldest = Some((flow.last_seen, self.hand));
                }
                if seen == EVICTION_SAMPLE {
                    break;
                }
            }
        }
        self.remove(u32::try_from(oldest?.1).ok()?)
    }

    /// Every flow.
    pub(crate) fn flows_mut(&mut self) -> impl Iterator<Item = &mut Flow> {
        self.slots.iter_mut().flatten()
    }

    /// Takes every flow that is left.
    pub(crate) fn drain(&mut self) -> impl Iterator<Item = Flow> + use<> {
        self.index.clear();
        self.free.clear();
        std::mem::replace(&mut self.slots, Chunks::new()).into_entries().flatten()
    }

    /// Bytes of memory that a flow takes in the table, without what a parser holds while it reads.
    pub(crate) const fn bytes_per_flow() -> usize {
        size_of::<Option<Flow>>() + HashIndex::BYTES
    }
}

/// How long a flow may be silent, in nanoseconds of packet time.
const fn patience(flow: &Flow) -> u64 {
    match flow.key.transport() {
        // After goodbye only stragglers come. A day-long association that polls every few minutes stays one flow.
        Transport::TCP if flow.is_closed() => 10 * SECOND,
        Transport::TCP => 900 * SECOND,
        Transport::UDP => 180 * SECOND,
        Transport(_) => 60 * SECOND,
    }
}
