//! Many states of a disk, one after the other.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use tempfile::TempDir;

use super::{Image, Recording};

/// Which states are looked at.
#[derive(Debug, Clone)]
pub struct Sweep {
    /// How many.
    pub states: u64,
    /// The seed of the first; each next one has the next number.
    pub seed: u64,
    /// A record that was kept, instead of a new one.
    pub record: Option<PathBuf>,
}

/// What was found.
#[derive(Debug)]
pub struct Outcome {
    /// How many states were looked at.
    pub states: u64,
    /// How many of them differ from each other.
    pub distinct: usize,
    /// What is wrong with which state.
    pub violations: Vec<String>,
    /// The longest that one took, the program's start and every check together.
    pub longest: Duration,
    /// How long all of them took.
    pub duration: Duration,
    seeds: Vec<u64>,
}

impl Sweep {
    /// `states` from seed 1, unless `BEDRAIL_POWER_STATES`, `BEDRAIL_POWER_SEED` and `BEDRAIL_POWER_RECORD` say else.
    ///
    /// # Errors
    /// When they say what is no number.
    pub fn from_environment(states: u64) -> Result<Self> {
        let number = |name: &str, otherwise: u64| match std::env::var(name) {
            Ok(text) => text.parse().with_context(|| format!("{name} is a number")),
            Err(_) => Ok(otherwise),
        };
        Ok(Self {
            states: number("BEDRAIL_POWER_STATES", states)?,
            seed: number("BEDRAIL_POWER_SEED", 1)?,
            record: std::env::var_os("BEDRAIL_POWER_RECORD").map(PathBuf::from),
        })
    }

    /// The record to look at: of a program that is run in `folder`, or the one that was kept.
    ///
    /// # Errors
    /// See [`Recording::of`].
    pub fn recording(&self, folder: &Path, program: &Command) -> Result<Option<Recording>> {
        match &self.record {
            Some(file) => Recording::load(file).map(Some),
            None => Recording::of(folder, program),
        }
    }

    /// Hands every state to `check`, in a folder of its own.
    ///
    /// # Errors
    /// When a state cannot be made.
    pub fn run(
        &self,
        recording: &Recording,
        mut check: impl FnMut(&Image, &Path) -> std::result::Result<(), String>,
    ) -> Result<Outcome> {
        let scratch = super::scratch()?;
        let begin = Instant::now();
        let (mut prints, mut violations, mut seeds) = (BTreeSet::new(), Vec::new(), Vec::new());
        let mut longest = Duration::ZERO;
        for seed in (self.seed..).take(usize::try_from(self.states)?) {
            let image = recording.image(seed);
            prints.insert(image.fingerprint());
            let folder = TempDir::new_in(scratch.path())?;
            image.write(folder.path())?;
            let start = Instant::now();
            if let Err(what) = check(&image, folder.path()) {
                violations.push(format!("{what}\n    {image}"));
                seeds.push(seed);
            }
            longest = longest.max(start.elapsed());
        }
        let duration = begin.elapsed();
        Ok(Outcome { states: self.states, distinct: prints.len(), violations, longest, duration, seeds })
    }
}

impl Outcome {
    /// How to look at the first wrong state alone, of a record that is kept for it; `None` when nothing is wrong.
    ///
    /// # Errors
    /// When the record cannot be kept.
    pub fn complaint(&self, recording: &Recording, name: &str) -> Result<Option<String>> {
        let Some(first) = self.seeds.first() else { return Ok(None) };
        let file = std::env::temp_dir().join(format!("bedrail-{name}-{first}.strace"));
        recording.keep(&file)?;
        let shown: Vec<&str> = self.violations.iter().take(10).map(String::as_str).collect();
        Ok(Some(format!(
            "{} of {} states are wrong:\n  {}\nthe first alone: BEDRAIL_POWER_RECORD={} BEDRAIL_POWER_SEED={first} \
             BEDRAIL_POWER_STATES=1",
            self.violations.len(),
            self.states,
            shown.join("\n  "),
            file.display(),
        )))
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { states, distinct, violations, longest, duration, .. } = self;
        let (seconds, wrong) = (duration.as_secs_f64(), violations.len());
        write!(
            f,
            "{states} states, {distinct} different, {wrong} wrong, {seconds:.1} s, longest {} ms",
            longest.as_millis()
        )
    }
}
