//! A list that grows without moving what is in it.
//!
//! Ledgers and flow tables grow to hundreds of thousands of entries. A vector that doubles copies them all each time
//! and touches twice the memory; this one adds a chunk.

/// Entries in chunks of [`CHUNK`].
#[derive(Debug)]
pub(crate) struct Chunks<T> {
    chunks: Vec<Vec<T>>,
    length: usize,
}

/// Entries of a chunk: some tens of kibibytes, so that an almost empty list costs little.
const CHUNK: usize = 128;

impl<T> Chunks<T> {
    pub(crate) const fn new() -> Self {
        Self { chunks: Vec::new(), length: 0 }
    }

    pub(crate) const fn len(&self) -> usize {
        self.length
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Adds an entry at the end; its index is the length before.
    pub(crate) fn push(&mut self, entry: T) {
        match self.chunks.last_mut() {
            Some(last) if last.len() < CHUNK => last.push(entry),
            Some(_) | None => {
                let mut chunk = Vec::with_capacity(CHUNK);
                chunk.push(entry);
                self.chunks.push(chunk);
            }
        }
        self.length += 1;
    }

    pub(crate) fn get(&self, index: usize) -> Option<&T> {
        self.chunks.get(index / CHUNK)?.get(index % CHUNK)
    }

    pub(crate) fn get_mut(&mut self, index: usize) -> Option<&mut T> {
        self.chunks.get_mut(index / CHUNK)?.get_mut(index % CHUNK)
    }

    /// The entries in order, to be changed.
    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.chunks.iter_mut().flatten()
    }

    /// The entries in order; each chunk is freed when it is through.
    pub(crate) fn into_entries(self) -> impl Iterator<Item = T> {
        self.chunks.into_iter().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_keep_their_place_and_order() {
        let mut list = Chunks::new();
        assert!(list.is_empty());
        for number in 0..3 * CHUNK + 1 {
            list.push(number);
        }
        assert_eq!(list.len(), 3 * CHUNK + 1);
        assert_eq!(list.get(CHUNK), Some(&CHUNK));
        assert_eq!(list.get(3 * CHUNK + 1), None);
        if let Some(entry) = list.get_mut(2 * CHUNK) {
            *entry = 7;
        }
        let expected = (0..3 * CHUNK + 1).map(|number| if number == 2 * CHUNK { 7 } else { number });
        assert!(list.into_entries().eq(expected));
    }
}
