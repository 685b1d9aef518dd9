//! What the hub has and what is lost, in a small file beside the segments.
//!
//! It may be older than what happened: a batch that is sent again is counted once by the hub.

use std::fs;
use std::io;
use std::path::Path;

use super::{SpoolError, file};

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct State {
    pub(super) acknowledged: u64,
    pub(super) given_up_batches: u64,
    pub(super) given_up_frames: u64,
}

impl State {
    /// A file that is missing or damaged says that nothing was acknowledged.
    pub(super) fn read(folder: &Path) -> Result<Self, SpoolError> {
        let path = folder.join("state");
        match fs::read(&path) {
            Ok(bytes) => Ok(Self::parse(&bytes).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(source) => Err(SpoolError::File { path, source }),
        }
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let (numbers, rest) = bytes.split_at_checked(24)?;
        if rest != crc32fast::hash(numbers).to_le_bytes() {
            return None;
        }
        let (numbers, []) = numbers.as_chunks::<8>() else { return None };
        let [acknowledged, given_up_batches, given_up_frames] = numbers else { return None };
        Some(Self {
            acknowledged: u64::from_le_bytes(*acknowledged),
            given_up_batches: u64::from_le_bytes(*given_up_batches),
            given_up_frames: u64::from_le_bytes(*given_up_frames),
        })
    }

    pub(super) fn write(self, folder: &Path) -> Result<(), SpoolError> {
        let numbers = [self.acknowledged, self.given_up_batches, self.given_up_frames].map(u64::to_le_bytes);
        let mut bytes = numbers.as_flattened().to_vec();
        bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
        file::write_whole(&folder.join("state"), &bytes, false)
    }

    pub(super) fn give_up(&mut self, batches: u64, frames: u64) {
        self.given_up_batches = self.given_up_batches.saturating_add(batches);
        self.given_up_frames = self.given_up_frames.saturating_add(frames);
    }
}
