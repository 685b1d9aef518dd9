//! Several inputs one after the other: files, folders with capture files in them, standard input.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::error::Oddity;
use crate::{Block, Counters, Error, FileSource, Filter, Notice, Progress, Source};

/// Capture files in order, as one source.
pub struct Files {
    waiting: VecDeque<PathBuf>,
    current: Option<FileSource>,
    filter: Option<Filter>,
    total_bytes: Option<u64>,
    done: Counters,
    filtered: u64,
    last_frame: u64,
    notices: Vec<Notice>,
    /// Whether a file that cannot be read is passed over (it was found in a folder) and not an error.
    found_in_folder: Vec<PathBuf>,
}

impl Files {
    /// Opens the paths: files as they are named, folders with every capture below them in the order of names, `-` for
    /// standard input.
    ///
    /// # Errors
    /// When a path does not exist, a folder holds no capture, or the first file is none.
    pub fn open(paths: &[PathBuf]) -> Result<Self, Error> {
        let mut files = Self {
            waiting: VecDeque::new(),
            current: None,
            filter: None,
            total_bytes: Some(0),
            done: Counters::default(),
            filtered: 0,
            last_frame: 0,
            notices: Vec::new(),
            found_in_folder: Vec::new(),
        };
        for path in paths {
            files.add(path)?;
        }
        Ok(files)
    }

    /// Hands over only frames that pass.
    pub fn set_filter(&mut self, filter: Filter) {
        self.filter = Some(filter);
    }

    /// Bytes of all files as they lie on disk; `None` when standard input is among them.
    #[must_use]
    pub const fn total_bytes(&self) -> Option<u64> {
        self.total_bytes
    }

    /// What was odd about the inputs so far.
    #[must_use]
    pub fn notices(&self) -> Vec<Notice> {
        let current = self.current.as_ref().map_or(&[][..], FileSource::notices);
        self.notices.iter().chain(current).cloned().collect()
    }

    fn add(&mut self, path: &Path) -> Result<(), Error> {
        if path == Path::new("-") {
            self.total_bytes = None;
            self.waiting.push_back(path.to_path_buf());
            return Ok(());
        }
        let failed = |source| Error::Read { path: path.to_path_buf(), source };
        let metadata = fs::metadata(path).map_err(failed)?;
        if !metadata.is_dir() {
            self.count(metadata.len());
            self.waiting.push_back(path.to_path_buf());
            return Ok(());
        }
        let mut found = Vec::new();
        captures_below(path, 0, &mut found).map_err(failed)?;
        if found.is_empty() {
            return Err(Error::Nothing { path: path.to_path_buf() });
        }
        found.sort();
        for (file, bytes) in found {
            self.count(bytes);
            self.found_in_folder.push(file.clone());
            self.waiting.push_back(file);
        }
        Ok(())
    }

    fn count(&mut self, bytes: u64) {
        self.total_bytes = self.total_bytes.map(|total| total.saturating_add(bytes));
    }

    /// Opens the next file. `None` when there is no more.
    fn next(&mut self) -> Result<Option<&mut FileSource>, Error> {
        if self.current.is_none() {
            let Some(path) = self.waiting.pop_front() else { return Ok(None) };
            let first = self.last_frame + 1;
            let opened = if path == Path::new("-") {
                FileSource::from_reader(Path::new("standard input"), io::stdin(), first)
            } else {
                FileSource::open(&path, first)
            };
            match opened {
                Ok(source) => self.current = Some(source),
                Err(error) if self.found_in_folder.contains(&path) => {
                    self.notices.push(Notice {
                        path,
                        offset: 0,
                        what: Oddity::Unreadable(error.to_string()),
                    });
                    return self.next();
                }
                Err(error) => return Err(error),
            }
        }
        Ok(self.current.as_mut())
    }

    fn close(&mut self) {
        if let Some(source) = self.current.take() {
            let counters = source.counters();
            self.last_frame = source.last_frame();
            self.done.bytes_read += counters.bytes_read;
            self.done.lost += counters.lost;
            self.notices.extend_from_slice(source.notices());
        }
    }
}

impl Source for Files {
    fn read(&mut self, block: &mut Block) -> Result<Progress, Error> {
        loop {
            let Some(source) = self.next()? else { return Ok(Progress::End) };
            match source.read(block)? {
                Progress::End => self.close(),
                progress => {
                    if let Some(filter) = &self.filter {
                        let before = block.entries.len();
                        let data = &block.data;
                        block.entries.retain(|entry| {
                            let bytes = data.get(entry.start..entry.start + entry.len).unwrap_or_default();
                            filter.passes(entry.link, bytes)
                        });
                        self.filtered += u64::try_from(before - block.entries.len()).unwrap_or(0);
                    }
                    return Ok(progress);
                }
            }
        }
    }

    fn counters(&self) -> Counters {
        let current = self.current.as_ref().map(FileSource::counters).unwrap_or_default();
        Counters {
            frames: current.frames.max(self.last_frame),
            bytes_read: self.done.bytes_read + current.bytes_read,
            lost: self.done.lost + current.lost,
            filtered: self.filtered,
        }
    }
}

/// Capture files in and below `folder`, by their first bytes, with their sizes.
fn captures_below(folder: &Path, depth: usize, found: &mut Vec<(PathBuf, u64)>) -> io::Result<()> {
    if depth > DEPTH_MAX {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let Ok(metadata) = fs::metadata(&path) else { continue };
        if metadata.is_dir() {
            captures_below(&path, depth + 1, found)?;
        } else if metadata.is_file() && begins_like_a_capture(&path) {
            found.push((path, metadata.len()));
        }
    }
    Ok(())
}

fn begins_like_a_capture(path: &Path) -> bool {
    let mut head = Vec::with_capacity(HEAD);
    let read = File::open(path).and_then(|file| file.take(HEAD_U64).read_to_end(&mut head));
    read.is_ok() && FileSource::is_capture(&head)
}

/// Bytes that tell a capture from other files.
const HEAD: usize = 24;
const HEAD_U64: u64 = 24;
/// Folders nest less deep than this; links can make circles.
const DEPTH_MAX: usize = 32;
