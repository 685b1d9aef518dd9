//! Frames from capture files and live interfaces, in blocks, at the speed of the disk or the ring.
//!
//! A [`Source`] fills a [`Block`] with many frames at once; nothing is allocated or copied per frame. Files are read
//! by [`Files`], interfaces by [`LiveSource`], which never transmits. This is the only crate that may use `unsafe`, and
//! it does so in `live::ring` alone.

mod block;
mod error;
mod file;
mod files;
mod filter;
mod live;
mod replay;
mod write;

pub use block::{Block, Frame, LinkType};
pub use error::{Error, Notice};
pub use file::FileSource;
pub use files::Files;
pub use filter::{Filter, FilterError, Program};
pub use live::{LiveOptions, LiveSource};
pub use replay::{Replay, ReplayOptions};
pub use write::{PcapWriter, PcapngWriter};

/// Where frames come from.
pub trait Source {
    /// Replaces the contents of `block` by the next frames.
    ///
    /// # Errors
    /// When the source cannot be read. What was read before remains valid.
    fn read(&mut self, block: &mut Block) -> Result<Progress, Error>;

    /// What was read so far.
    fn counters(&self) -> Counters;
}

/// What a call of [`Source::read`] came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// There may be frames in the block.
    Packets,
    /// Nothing for now; ask again.
    Idle,
    /// Nothing more.
    End,
}

/// What was read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Frames handed over.
    pub frames: u64,
    /// Bytes read from the source, headers and compression included.
    pub bytes_read: u64,
    /// Frames that the source itself reports as lost.
    pub lost: u64,
    /// Frames that a filter kept out.
    pub filtered: u64,
}
