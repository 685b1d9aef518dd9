//! Many frames in one buffer.

use std::fmt;

use model::Timestamp;

/// Link type of a frame: the LINKTYPE numbers of pcap (draft-ietf-opsawg-pcaplinktype).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinkType(u16);

/// A frame as it was captured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    /// Number over the whole input, from 1.
    pub number: u64,
    /// When it was captured.
    pub at: Timestamp,
    /// What its first bytes are.
    pub link: LinkType,
    /// Bytes on the wire; more than `bytes` holds when the capture cut it short.
    pub original_len: u32,
    /// Bytes captured.
    pub bytes: &'a [u8],
}

/// A buffer with frames in it, to be used again and again.
#[derive(Debug, Default)]
pub struct Block {
    pub(crate) data: Vec<u8>,
    pub(crate) entries: Vec<Entry>,
}

/// Where a frame lies in the buffer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    pub(crate) number: u64,
    pub(crate) at: Timestamp,
    pub(crate) link: LinkType,
    pub(crate) original_len: u32,
    pub(crate) start: usize,
    pub(crate) len: usize,
}

impl LinkType {
    /// Ethernet.
    pub const ETHERNET: Self = Self(1);
    /// BSD loopback.
    pub const NULL: Self = Self(0);
    /// Raw IP.
    pub const RAW: Self = Self(101);
    /// Linux cooked capture.
    pub const LINUX_SLL: Self = Self(113);

    /// A link type by number.
    #[must_use]
    pub const fn new(number: u16) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn number(self) -> u16 {
        self.0
    }
}

impl fmt::Display for LinkType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "link type {}", self.0)
    }
}

impl Block {
    /// An empty block.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many frames.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The frame at `index`, from 0.
    #[must_use]
    pub fn frame(&self, index: usize) -> Option<Frame<'_>> {
        self.entries.get(index).and_then(|entry| self.view(entry))
    }

    /// The frames in order.
    pub fn frames(&self) -> impl Iterator<Item = Frame<'_>> {
        self.entries.iter().filter_map(|entry| self.view(entry))
    }

    pub(crate) fn clear(&mut self) {
        self.data.clear();
        self.entries.clear();
    }

    /// Adds a copy of a frame.
    pub(crate) fn push(
        &mut self,
        number: u64,
        at: Timestamp,
        link: LinkType,
        original_len: u32,
        parts: [&[u8]; 3],
    ) {
        let start = self.data.len();
        for part in parts {
            self.data.extend_from_slice(part);
        }
        let len = self.data.len() - start;
        self.entries.push(Entry { number, at, link, original_len, start, len });
    }

    /// Adds a copy of one of these frames to another block, with what `entry` says about it.
    pub(crate) fn copy_to(&self, entry: Entry, other: &mut Self) {
        let bytes = self.data.get(entry.start..entry.start + entry.len).unwrap_or_default();
        other.push(entry.number, entry.at, entry.link, entry.original_len, [bytes, &[], &[]]);
    }

    fn view(&self, entry: &Entry) -> Option<Frame<'_>> {
        Some(Frame {
            number: entry.number,
            at: entry.at,
            link: entry.link,
            original_len: entry.original_len,
            bytes: self.data.get(entry.start..entry.start + entry.len)?,
        })
    }
}
