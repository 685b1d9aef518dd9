//! Several inputs one after the other: files, folders with capture files in them, standard input.

use std::collections::{BTreeSet, VecDeque};
use std::fs::{self, File};
use std::io;
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
    found_in_folder: BTreeSet<PathBuf>,
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
            found_in_folder: BTreeSet::new(),
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
            self.found_in_folder.insert(file.clone());
            self.waiting.push_back(file);
        }
        Ok(())
    }

    fn count(&mut self, bytes: u64) {
        self.total_bytes = self.total_bytes.map(|total| total.saturating_add(bytes));
    }

    /// Opens the next file. `None` when there is no more.
    fn next(&mut self) -> Result<Option<&mut FileSource>, Error> {
        while self.current.is_none() {
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
                    let what = Oddity::Unreadable(error.to_string());
                    self.notices.push(Notice { path, offset: 0, what });
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
            self.done.lost = self.done.lost.saturating_add(counters.lost);
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
            lost: self.done.lost.saturating_add(current.lost),
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

/// By what is inside, so that other compressed files are not taken for captures.
fn begins_like_a_capture(path: &Path) -> bool {
    File::open(path).is_ok_and(FileSource::is_capture)
}

/// Folders nest less deep than this; links can make circles.
const DEPTH_MAX: usize = 32;

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;
    use crate::{LinkType, PcapWriter};
    use model::Timestamp;

    fn capture() -> Vec<u8> {
        let mut writer = PcapWriter::new(Vec::new(), LinkType::ETHERNET).unwrap();
        writer.write(Timestamp::from_nanos(1), 3, b"abc").unwrap();
        writer.finish().unwrap()
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        io::Write::write_all(&mut gzip, bytes).unwrap();
        gzip.finish().unwrap()
    }

    #[test]
    fn folder_gives_its_captures_and_passes_over_the_rest() {
        let folder = std::env::temp_dir().join(format!("bedrail-files-{}", std::process::id()));
        fs::create_dir_all(folder.join("below")).unwrap();
        for (name, bytes) in [
            ("a.pcap", capture()),
            ("below/b.pcap.gz", gzip(&capture())),
            ("log.gz", gzip(b"no capture at all, but long enough")),
            ("short.gz", vec![0x1f, 0x8b, 8]),
            ("empty", Vec::new()),
            ("notes.txt", b"notes".to_vec()),
        ] {
            fs::write(folder.join(name), bytes).unwrap();
        }
        let mut files = Files::open(std::slice::from_ref(&folder)).unwrap();
        let mut block = Block::new();
        let mut numbers = Vec::new();
        while files.read(&mut block).unwrap() != Progress::End {
            numbers.extend(block.frames().map(|frame| frame.number));
        }
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(numbers, [1, 2]);
        assert_eq!(files.notices(), []);
        assert_eq!(files.counters().frames, 2);
    }
}
