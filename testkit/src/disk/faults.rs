//! A disk whose N-th call fails, for every N.
//!
//! `strace` makes the calls fail, and only those about the files that are named: what the loader, the test harness and
//! the standard output do goes on. N is counted for each thread.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::str::FromStr;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::random::Random;
use crate::tools;

/// A call and its error: `("pwrite64", "EIO")`.
pub type Kind = (&'static str, &'static str);

/// Calls that fail from one on. As text: `pwrite64:EIO:7`, and `pwrite64:EIO:7+` when all after it fail too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The system call: `pwrite64`.
    pub call: String,
    /// The error: `EIO`.
    pub error: String,
    /// The first of these calls that fails, from 1, counted for each thread.
    pub first: u64,
    /// Whether all after it fail too.
    pub sticky: bool,
}

/// A program that ran with a [`Fault`] and ended well.
#[derive(Debug, Clone)]
pub struct Ran {
    /// What it printed.
    pub said: String,
    /// How often the thread that did so most often made the call.
    pub calls: u64,
    /// How many calls failed.
    pub failed: u64,
}

/// Which faults are tried.
#[derive(Debug, Clone)]
pub enum Faults {
    /// Every one, until the call is no longer reached.
    All,
    /// So many from a seed.
    Some {
        /// How many.
        runs: u64,
        /// The seed.
        seed: u64,
    },
    /// One alone.
    One(Fault),
}

/// What was found.
#[derive(Debug, Default)]
pub struct Tally {
    /// Programs that ran.
    pub runs: u64,
    /// Calls that failed.
    pub failed: u64,
    /// What is wrong with which fault.
    pub violations: Vec<String>,
    /// How long all of it took.
    pub duration: Duration,
}

/// More than any program here calls; strace counts to 65535.
const NEVER: u64 = 65_535;
/// A call that is reached more often than this is not looked at to its end.
const CALLS_MAX: u64 = 20_000;

impl Fault {
    /// Runs a program of whose calls about these files one fails. `None` where `strace` is missing and that is tolerable.
    ///
    /// # Errors
    /// When it does not end well.
    pub fn run(&self, files: &[PathBuf], program: &Command) -> Result<Option<Ran>> {
        let Some(strace) = tools::find("strace")? else { return Ok(None) };
        let kept = tempfile::NamedTempFile::new()?;
        let Self { call, error, first, sticky } = self;
        let more = if *sticky { "+" } else { "" };
        let mut command = Command::new(strace);
        command.args([
            "-f",
            "--seccomp-bpf",
            "-q",
            "-e",
            "signal=none",
            "-s",
            "0",
            "-e",
            &format!("trace={call}"),
        ]);
        command.args(["-e", &format!("inject={call}:error={error}:when={first}{more}")]);
        files.iter().for_each(|file| {
            command.arg("-P").arg(file);
        });
        command.arg("-o").arg(kept.path());
        let said = super::run(super::traced(&mut command, program))?;
        let (calls, failed) = count(&fs::read_to_string(kept.path())?, call);
        Ok(Some(Ran { said, calls, failed }))
    }
}

/// How often the busiest thread made the call, and how many calls failed.
fn count(trace: &str, call: &str) -> (u64, u64) {
    let mut threads: BTreeMap<&str, u64> = BTreeMap::new();
    let mut failed = 0;
    for line in trace.lines() {
        let Some((thread, rest)) = line.split_once(' ') else { continue };
        if rest.trim_start().strip_prefix(call).is_some_and(|rest| rest.starts_with('(')) {
            *threads.entry(thread).or_default() += 1;
        }
        failed += u64::from(line.ends_with("(INJECTED)"));
    }
    (threads.into_values().max().unwrap_or(0), failed)
}

impl Faults {
    /// `runs` from seed 1, unless `BEDRAIL_FAULTS` says `all`, how many, or which one alone, and `BEDRAIL_FAULTS_SEED`
    /// another seed.
    ///
    /// # Errors
    /// When they say something else.
    pub fn from_environment(runs: u64) -> Result<Self> {
        let text = |name: &str| std::env::var(name).ok();
        let seed = match text("BEDRAIL_FAULTS_SEED") {
            Some(seed) => seed.parse().context("BEDRAIL_FAULTS_SEED is a number")?,
            None => 1,
        };
        match text("BEDRAIL_FAULTS") {
            None => Ok(Self::Some { runs, seed }),
            Some(all) if all == "all" => Ok(Self::All),
            Some(one) if one.contains(':') => one.parse().map(Self::One),
            Some(count) => {
                Ok(Self::Some { runs: count.parse().context("BEDRAIL_FAULTS is a number")?, seed })
            }
        }
    }

    /// Lets `attempt` run a program with each fault; it says what is wrong by an error. `None` where a program is
    /// missing and that is tolerable.
    ///
    /// # Errors
    /// When the program does not run without a fault either.
    pub fn sweep(
        &self,
        kinds: &[Kind],
        mut attempt: impl FnMut(&Fault) -> Result<Option<Ran>>,
    ) -> Result<Option<Tally>> {
        let mut sweep = Sweep { tally: Tally::default(), attempt: &mut attempt };
        let begin = Instant::now();
        let done = match self {
            Self::All => sweep.all(kinds)?,
            Self::Some { runs, seed } => sweep.some(kinds, *runs, *seed)?,
            Self::One(fault) => sweep.run(fault).map(drop),
        };
        sweep.tally.duration = begin.elapsed();
        Ok(done.map(|()| sweep.tally))
    }
}

struct Sweep<'a> {
    tally: Tally,
    attempt: &'a mut dyn FnMut(&Fault) -> Result<Option<Ran>>,
}

impl Sweep<'_> {
    fn all(&mut self, kinds: &[Kind]) -> Result<Option<()>> {
        for (kind, sticky) in both(kinds) {
            let Some(calls) = self.calls(kind)? else { return Ok(None) };
            for first in 1..=CALLS_MAX {
                let Some(failed) = self.run(&fault(kind, first, sticky)) else { return Ok(None) };
                // What fails may lead to more of these calls than there are without a fault.
                if failed == Some(0) && first > calls {
                    break;
                }
            }
        }
        Ok(Some(()))
    }

    fn some(&mut self, kinds: &[Kind], runs: u64, seed: u64) -> Result<Option<()>> {
        let mut random = Random::new(seed);
        let kinds = both(kinds);
        let each = runs.div_ceil(u64::try_from(kinds.len())?.max(1));
        let mut known = BTreeMap::new();
        for (kind, sticky) in kinds {
            let calls = match known.get(kind.0) {
                Some(calls) => *calls,
                None => {
                    let Some(calls) = self.calls(kind)? else { return Ok(None) };
                    known.insert(kind.0, calls);
                    calls
                }
            };
            for _ in 0..each {
                let first = random.within(1..calls + 1);
                if self.run(&fault(kind, first, sticky)).is_none() {
                    return Ok(None);
                }
            }
        }
        Ok(Some(()))
    }

    /// How often the call is made when none fails.
    fn calls(&mut self, kind: Kind) -> Result<Option<u64>> {
        let never = fault(kind, NEVER, false);
        let Some(ran) = (self.attempt)(&never).with_context(|| format!("without a fault, {never}"))? else {
            return Ok(None);
        };
        if ran.calls == 0 || ran.calls > CALLS_MAX {
            bail!("`{}` is called {} times", kind.0, ran.calls);
        }
        Ok(Some(ran.calls))
    }

    /// Runs one. How many calls failed, unless something was wrong.
    fn run(&mut self, fault: &Fault) -> Option<Option<u64>> {
        self.tally.runs += 1;
        match (self.attempt)(fault) {
            Ok(ran) => {
                let failed = ran?.failed;
                self.tally.failed += failed;
                Some(Some(failed))
            }
            Err(error) => {
                self.tally.violations.push(format!("{fault}: {error:#}"));
                Some(None)
            }
        }
    }
}

fn both(kinds: &[Kind]) -> Vec<(Kind, bool)> {
    kinds.iter().flat_map(|kind| [(*kind, false), (*kind, true)]).collect()
}

fn fault((call, error): Kind, first: u64, sticky: bool) -> Fault {
    Fault { call: call.to_owned(), error: error.to_owned(), first, sticky }
}

impl Tally {
    /// What is wrong, and how to look at the first alone; `None` when nothing is.
    #[must_use]
    pub fn complaint(&self) -> Option<String> {
        let first = self.violations.first()?.split(": ").next().unwrap_or_default();
        let shown: Vec<&str> = self.violations.iter().take(10).map(String::as_str).collect();
        Some(format!(
            "{} of {} are wrong:\n  {}\nthe first alone: BEDRAIL_FAULTS={first}",
            self.violations.len(),
            self.runs,
            shown.join("\n  "),
        ))
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { runs, failed, violations, duration } = self;
        let (wrong, seconds) = (violations.len(), duration.as_secs_f64());
        write!(f, "{runs} runs, {failed} calls failed, {wrong} wrong, {seconds:.1} s")
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { call, error, first, sticky } = self;
        write!(f, "{call}:{error}:{first}{}", if *sticky { "+" } else { "" })
    }
}

impl FromStr for Fault {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        let parts: Vec<&str> = text.split(':').collect();
        let [call, error, first] = parts.as_slice() else { bail!("a fault is `call:error:first`: `{text}`") };
        let (first, sticky) = first.strip_suffix('+').map_or((*first, false), |first| (first, true));
        let first = first.parse().with_context(|| format!("`{first}` is no number"))?;
        Ok(Self { call: (*call).to_owned(), error: (*error).to_owned(), first, sticky })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_fault_reads_back_from_its_text() {
        for text in ["pwrite64:EIO:7", "openat:ENOSPC:12+"] {
            assert_eq!(text.parse::<Fault>().unwrap().to_string(), text);
        }
        for strange in ["pwrite64", "pwrite64:EIO:x", "a:b:1:2"] {
            assert!(strange.parse::<Fault>().is_err(), "{strange}");
        }
    }

    #[test]
    fn calls_are_counted_for_each_thread() {
        let trace = "7 write(3, \"\"..., 2) = 2\n8 write(3, \"\"..., 2) = -1 EIO (Input/output error) (INJECTED)\n\
                     8 writev(3, 0, 2) = 2\n8 write(3, \"\"..., 2) = 2\n8 +++ exited with 0 +++\n";
        assert_eq!(count(trace, "write"), (2, 1));
    }

    #[test]
    fn all_are_tried_until_the_call_is_no_longer_reached() {
        let mut tried = Vec::new();
        let attempt = |fault: &Fault| {
            tried.push(fault.to_string());
            let failed = u64::from(fault.first <= 2);
            anyhow::ensure!(fault.to_string() != "fsync:EIO:2+", "it is wrong");
            Ok(Some(Ran { said: String::new(), calls: 2, failed }))
        };
        let tally = Faults::All.sweep(&[("fsync", "EIO")], attempt).unwrap().unwrap();
        let never = "fsync:EIO:65535";
        let once = ["fsync:EIO:1", "fsync:EIO:2", "fsync:EIO:3"];
        let sticky = ["fsync:EIO:1+", "fsync:EIO:2+", "fsync:EIO:3+"];
        assert_eq!(tried, [&[never][..], &once, &[never], &sticky].concat());
        assert_eq!((tally.runs, tally.failed), (6, 3));
        assert_eq!(tally.violations, ["fsync:EIO:2+: it is wrong"]);
    }
}
