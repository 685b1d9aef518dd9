//! One state of a disk.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::hash::{Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::trace::Step;
use crate::random::Random;

/// What a disk holds after the power went, and what the program had said by then.
#[derive(Debug, Clone)]
pub struct Image {
    seed: u64,
    moment: usize,
    steps: usize,
    way: Way,
    /// Bytes of files, and folders.
    entries: BTreeMap<PathBuf, Option<Vec<u8>>>,
    said: Vec<String>,
}

/// How much of what was not synced is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kept {
    Nothing,
    Everything,
    /// What was asked for before a moment.
    Until(usize),
    /// Each sector, length and name in one of its versions; so many of a hundred are in their newest.
    Any(u64),
}

#[derive(Debug, Clone, Copy)]
struct Way {
    kept: Kept,
    /// Bytes that the disk writes whole or not at all.
    sector: usize,
    /// Whether names are kept in the order in which they were given, as by a file system with a journal.
    names_in_order: bool,
    /// Whether what was never written shows what lay there before, instead of zeros.
    stale: bool,
}

#[derive(Debug, Default)]
struct File {
    durable: Vec<u8>,
    pending: Vec<(Change, usize)>,
}

#[derive(Debug, Clone)]
enum Change {
    Write { at: usize, bytes: Vec<u8> },
    Resize { length: usize },
}

#[derive(Debug, Clone)]
enum Naming {
    Add(PathBuf, Option<usize>),
    Move(PathBuf, PathBuf),
    Remove(PathBuf),
}

/// Files and names at a moment: what is durable, and what came after with the end of its call.
#[derive(Debug, Default)]
struct Disk {
    files: BTreeMap<usize, File>,
    names: BTreeMap<PathBuf, Option<usize>>,
    namings: Vec<(Naming, usize)>,
    said: Vec<String>,
}

pub(super) fn of(steps: &[Step], seed: u64) -> Image {
    let mut random = Random::new(seed);
    let moment = moment(steps, &mut random);
    let mut disk = Disk::default();
    for step in steps.iter().take(moment) {
        disk.take(step);
    }
    let way = Way::new(&mut random, &disk);
    let names = disk.names(way, &mut random);
    let mut entries = BTreeMap::new();
    for (path, file) in &names {
        let is_reached =
            path.parent().is_none_or(|folder| folder == Path::new("") || names.get(folder) == Some(&None));
        if is_reached {
            let bytes = file
                .map(|file| disk.files.get(&file).map_or_else(Vec::new, |file| file.image(way, &mut random)));
            entries.insert(path.clone(), bytes);
        }
    }
    Image { seed, moment, steps: steps.len(), way, entries, said: disk.said }
}

/// After which step the power goes: anywhere, around what makes a difference, or when most is not synced yet.
fn moment(steps: &[Step], random: &mut Random) -> usize {
    let places = |is_one: fn(&Step) -> bool| {
        let found = steps.iter().enumerate().filter(move |(_, step)| is_one(step));
        found.map(|(place, _)| place).collect::<Vec<_>>()
    };
    let kind = random.within(0..4);
    let places = match kind {
        0 => (0..=steps.len()).collect(),
        1 => places(|step| !matches!(step, Step::Write { .. })),
        _ => places(|step| matches!(step, Step::SyncFile { .. } | Step::SyncFolder { .. })),
    };
    let place = usize::try_from(random.within(0..places.len() as u64)).unwrap_or_default();
    // Just before it, or when it is done.
    let after = usize::from(kind == 1 && random.within(0..2) == 0);
    places.get(place).map_or(steps.len(), |place| place + after)
}

/// The changes that concern each sector.
type Sectors = BTreeMap<usize, BTreeSet<usize>>;

impl Way {
    fn new(random: &mut Random, disk: &Disk) -> Self {
        let ends = || disk.files.values().flat_map(|file| &file.pending).map(|(_, end)| *end);
        let ends: Vec<usize> = ends().chain(disk.namings.iter().map(|(_, end)| *end)).collect();
        let place = usize::try_from(random.within(0..ends.len() as u64)).unwrap_or_default();
        let kept = match random.within(0..16) {
            0 => Kept::Nothing,
            1 => Kept::Everything,
            2..=4 => ends.get(place).map_or(Kept::Nothing, |end| Kept::Until(*end)),
            _ => Kept::Any(
                [0, 3, 25, 50, 75, 97]
                    .get(usize::try_from(random.within(0..6)).unwrap_or(0))
                    .copied()
                    .unwrap_or(50),
            ),
        };
        let sector = if random.within(0..2) == 0 { 512 } else { 4096 };
        Self { kept, sector, names_in_order: random.within(0..2) == 0, stale: random.within(0..8) == 0 }
    }

    /// How many of `ends` happened, which are in order.
    fn version(self, ends: &[usize], random: &mut Random) -> usize {
        match self.kept {
            Kept::Nothing => 0,
            Kept::Everything => ends.len(),
            Kept::Until(moment) => ends.iter().filter(|end| **end <= moment).count(),
            Kept::Any(newest) if random.within(0..100) < newest => ends.len(),
            Kept::Any(_) => usize::try_from(random.within(0..ends.len() as u64 + 1)).unwrap_or_default(),
        }
    }
}

impl Disk {
    fn take(&mut self, step: &Step) {
        match step {
            Step::Make { path, file, end, .. } => self.namings.push((Naming::Add(path.clone(), *file), *end)),
            Step::Rename { from, to, end } => {
                self.namings.push((Naming::Move(from.clone(), to.clone()), *end))
            }
            Step::Remove { path, end } => self.namings.push((Naming::Remove(path.clone()), *end)),
            Step::Write { file, at, bytes, end } => {
                self.change(*file, Change::Write { at: *at, bytes: bytes.clone() }, *end);
            }
            Step::Resize { file, length, end } => {
                self.change(*file, Change::Resize { length: *length }, *end)
            }
            Step::SyncFile { file, begin } => self.files.entry(*file).or_default().sync(*begin),
            Step::SyncFolder { folder, begin } => self.sync_names(folder, *begin),
            Step::Said(line) => self.said.push(line.clone()),
        }
    }

    fn change(&mut self, file: usize, change: Change, end: usize) {
        self.files.entry(file).or_default().pending.push((change, end));
    }

    fn sync_names(&mut self, folder: &Path, begin: usize) {
        for (naming, end) in std::mem::take(&mut self.namings) {
            if naming.folder() == Some(folder) && end < begin {
                naming.apply(&mut self.names);
            } else {
                self.namings.push((naming, end));
            }
        }
    }

    fn names(&self, way: Way, random: &mut Random) -> BTreeMap<PathBuf, Option<usize>> {
        let mut names = self.names.clone();
        let ends: Vec<usize> = self.namings.iter().map(|(_, end)| *end).collect();
        let kept = way.version(&ends, random);
        // A file that was moved twice is where its last move that is there put it, whatever became of the first.
        let mut last: BTreeMap<&Path, Option<usize>> =
            self.names.iter().map(|(path, file)| (path.as_path(), *file)).collect();
        for (place, (naming, end)) in self.namings.iter().enumerate() {
            let is_kept = match way.kept {
                Kept::Any(_) if !way.names_in_order => way.version(&[*end], random) == 1,
                Kept::Nothing | Kept::Everything | Kept::Until(_) | Kept::Any(_) => place < kept,
            };
            let file = naming.follow(&mut last);
            if is_kept {
                naming.put(file, &mut names);
            }
        }
        names
    }
}

impl Naming {
    fn folder(&self) -> Option<&Path> {
        match self {
            Self::Add(path, _) | Self::Move(_, path) | Self::Remove(path) => path.parent(),
        }
    }

    fn apply(&self, names: &mut BTreeMap<PathBuf, Option<usize>>) {
        let file = match self {
            Self::Add(_, file) => *file,
            Self::Move(from, _) => names.get(from).copied().flatten(),
            Self::Remove(_) => None,
        };
        self.put(file, names);
    }

    /// What it gives a name to, by what the program saw.
    fn follow<'n>(&'n self, seen: &mut BTreeMap<&'n Path, Option<usize>>) -> Option<usize> {
        match self {
            Self::Add(path, file) => {
                seen.insert(path, *file);
                *file
            }
            Self::Move(from, to) => {
                let file = seen.remove(from.as_path()).flatten();
                seen.insert(to, file);
                file
            }
            Self::Remove(path) => seen.remove(path.as_path()).flatten(),
        }
    }

    fn put(&self, file: Option<usize>, names: &mut BTreeMap<PathBuf, Option<usize>>) {
        match self {
            Self::Add(path, _) => drop(names.insert(path.clone(), file)),
            Self::Move(from, to) => {
                names.remove(from);
                names.insert(to.clone(), file);
            }
            Self::Remove(path) => drop(names.remove(path)),
        }
    }
}

impl File {
    /// What was done before `begin` is durable.
    fn sync(&mut self, begin: usize) {
        for (change, end) in std::mem::take(&mut self.pending) {
            if end < begin {
                match change {
                    Change::Write { at, bytes } => put(&mut self.durable, at, &bytes),
                    Change::Resize { length } => self.durable.resize(length, 0),
                }
            } else {
                self.pending.push((change, end));
            }
        }
    }

    fn image(&self, way: Way, random: &mut Random) -> Vec<u8> {
        let (lengths, sectors) = self.versions(way.sector);
        let ends: Vec<usize> = lengths.iter().map(|(_, end)| *end).collect();
        let version = way.version(&ends, random);
        let length = version.checked_sub(1).and_then(|last| lengths.get(last));
        let length = length.map_or(self.durable.len(), |(length, _)| *length);
        let mut bytes = self.durable.clone();
        // What lies beyond the end is there or not, as the file's length is.
        let whole = lengths.iter().map(|(length, _)| *length).max().unwrap_or_default().max(bytes.len());
        let stale = if way.stale { random.next().to_le_bytes()[0] } else { 0 };
        bytes.resize(whole, stale);
        for (sector, changes) in sectors {
            let ends: Vec<usize> =
                changes.iter().filter_map(|place| self.pending.get(*place)).map(|(_, end)| *end).collect();
            let version = way.version(&ends, random);
            let range = sector * way.sector..(sector + 1) * way.sector;
            for (change, _) in changes.iter().take(version).filter_map(|place| self.pending.get(*place)) {
                change.apply(&mut bytes, &range);
            }
        }
        bytes.truncate(length);
        bytes
    }

    /// Every length that it had since it was synced, and which changes concern each sector.
    fn versions(&self, sector: usize) -> (Vec<(usize, usize)>, Sectors) {
        let mut length = self.durable.len();
        let mut longest = length;
        let mut lengths = Vec::new();
        let mut sectors = Sectors::new();
        for (place, (change, end)) in self.pending.iter().enumerate() {
            let range = match change {
                Change::Write { at, bytes } => *at..*at + bytes.len(),
                Change::Resize { length } => *length..longest.max(*length),
            };
            length = match change {
                Change::Write { .. } => length.max(range.end),
                Change::Resize { length } => *length,
            };
            longest = longest.max(length);
            lengths.push((length, *end));
            for number in range.start / sector..range.end.div_ceil(sector) {
                sectors.entry(number).or_default().insert(place);
            }
        }
        (lengths, sectors)
    }
}

impl Change {
    /// Changes what lies within `range`.
    fn apply(&self, file: &mut [u8], range: &std::ops::Range<usize>) {
        let (at, bytes) = match self {
            Self::Write { at, bytes } => (*at, Some(bytes)),
            Self::Resize { length } => (*length, None),
        };
        let end = bytes.map_or(file.len(), |bytes| at + bytes.len());
        let (from, to) = (range.start.max(at), range.end.min(end).min(file.len()));
        let Some(target) = file.get_mut(from..to) else { return };
        match bytes.and_then(|bytes| bytes.get(from - at..to - at)) {
            Some(source) => target.copy_from_slice(source),
            None => target.fill(0),
        }
    }
}

fn put(file: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    let end = at + bytes.len();
    if file.len() < end {
        file.resize(end, 0);
    }
    if let Some(target) = file.get_mut(at..end) {
        target.copy_from_slice(bytes);
    }
}

impl Image {
    /// Lines that the program had said.
    #[must_use]
    pub fn said(&self) -> &[String] {
        &self.said
    }

    /// Whether what was never written shows what lay there before, as some file systems do, instead of zeros.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.way.stale
    }

    /// A number that is the same for the same files and words.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (&self.entries, &self.said).hash(&mut hasher);
        hasher.finish()
    }

    /// Writes the files into an empty folder.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn write(&self, folder: &Path) -> Result<()> {
        // A folder sorts before what is in it.
        for (path, bytes) in &self.entries {
            match bytes {
                None => fs::create_dir(folder.join(path))?,
                Some(bytes) => fs::write(folder.join(path), bytes)?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, moment, steps, way, entries, said } = self;
        let sizes = entries.iter().map(|(path, bytes)| (path, bytes.as_ref().map(Vec::len)));
        let sizes: Vec<_> = sizes.collect();
        let last = said.last();
        write!(f, "state {seed}, after step {moment} of {steps}, {way:?}: {sizes:?}; last said: {last:?}")
    }
}
