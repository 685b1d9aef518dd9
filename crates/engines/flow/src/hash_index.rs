//! Places of entries by their hash.

use hashbrown::HashTable;

/// A hash table of places in a list. It keeps a half of each hash beside the place, so that neither growing nor
/// passing over a neighbour touches an entry.
#[derive(Debug)]
pub(crate) struct HashIndex {
    table: HashTable<Held>,
}

#[derive(Debug, Clone, Copy)]
struct Held {
    hash: u32,
    place: u32,
}

impl HashIndex {
    /// Bytes that an entry takes: eight and one of control, at a load between 7/16 and 7/8.
    pub(crate) const BYTES: usize = 16;

    pub(crate) const fn new() -> Self {
        Self { table: HashTable::new() }
    }

    pub(crate) fn len(&self) -> usize {
        self.table.len()
    }

    pub(crate) fn clear(&mut self) {
        self.table.clear();
    }

    /// The place that is kept under `hash` and that `is_it` accepts.
    pub(crate) fn find(&self, hash: u64, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        let half = half(hash);
        let same = |held: &Held| held.hash == half && is_it(held.place);
        self.table.find(spread(half), same).map(|held| held.place)
    }

    pub(crate) fn insert(&mut self, hash: u64, place: u32) {
        let held = Held { hash: half(hash), place };
        self.table.insert_unique(spread(held.hash), held, |held| spread(held.hash));
    }

    pub(crate) fn remove(&mut self, hash: u64, place: u32) {
        if let Ok(entry) = self.table.find_entry(spread(half(hash)), |held| held.place == place) {
            entry.remove();
        }
    }
}

fn half(hash: u64) -> u32 {
    u32::try_from(hash >> 32).unwrap_or_default()
}

/// The table takes its bucket from the low bits and its mark from the highest seven.
fn spread(half: u32) -> u64 {
    u64::from(half) << 32 | u64::from(half)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_put_in_and_not_what_was_taken_out() {
        let mut index = HashIndex::new();
        let hash = |place: u32| u64::from(place).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        for place in 0..10_000 {
            index.insert(hash(place), place);
        }
        index.remove(hash(17), 17);
        assert_eq!(index.len(), 9_999);
        assert_eq!(index.find(hash(17), |place| place == 17), None);
        assert_eq!(index.find(hash(18), |place| place == 18), Some(18));
    }
}
