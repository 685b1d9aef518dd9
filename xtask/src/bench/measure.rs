//! What a process costs, as GNU time tells it.

use std::ffi::OsStr;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, anyhow, bail};

/// Runs of each process; the cheapest counts, since what disturbs only adds.
const RUNS: usize = 3;

/// CPU and elapsed seconds, and the largest resident set.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    pub(crate) user: f64,
    pub(crate) system: f64,
    pub(crate) elapsed: f64,
    pub(crate) peak_kib: f64,
}

impl Cost {
    /// Seconds of CPU, user and system.
    pub(crate) fn cpu(self) -> f64 {
        self.user + self.system
    }

    pub(crate) fn peak_mib(self) -> f64 {
        self.peak_kib / 1_024.0
    }

    pub(crate) fn peak_bytes(self) -> f64 {
        self.peak_kib * 1_024.0
    }
}

/// The cheapest of some runs of a program; what it prints goes nowhere.
pub(crate) fn cost(program: impl AsRef<OsStr>, arguments: &[&str]) -> Result<Cost> {
    let program = program.as_ref();
    let mut best: Option<Cost> = None;
    for _ in 0..RUNS {
        let run = run(program, arguments)?;
        if best.is_none_or(|held| run.cpu() < held.cpu()) {
            let elapsed = best.map_or(run.elapsed, |held| held.elapsed.min(run.elapsed));
            best = Some(Cost { elapsed, ..run });
        } else if let Some(held) = &mut best {
            held.elapsed = held.elapsed.min(run.elapsed);
        }
    }
    best.context("nothing was run")
}

fn run(program: &OsStr, arguments: &[&str]) -> Result<Cost> {
    let name = program.to_string_lossy().into_owned();
    let output = Command::new("/usr/bin/time")
        .args(["--quiet", "--format", "bedrail-bench %U %S %e %M"])
        .arg(program)
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .output()
        .context("GNU time is needed: `make install` brings it")?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        bail!("`{name}` failed: {}", said.trim());
    }
    let line = said.lines().rev().find_map(|line| line.strip_prefix("bedrail-bench "));
    let numbers: Vec<f64> = line
        .ok_or_else(|| anyhow!("GNU time said nothing of `{name}`"))?
        .split(' ')
        .map(str::parse)
        .collect::<Result<_, _>>()?;
    match numbers.as_slice() {
        [user, system, elapsed, peak_kib] => {
            Ok(Cost { user: *user, system: *system, elapsed: *elapsed, peak_kib: *peak_kib })
        }
        _ => bail!("GNU time said something else of `{name}`: {said}"),
    }
}

/// A count as a number to divide by; counts here are far below 2^53.
pub(crate) fn to_f64(count: u64) -> f64 {
    let high = u32::try_from(count >> 32).unwrap_or(u32::MAX);
    let low = u32::try_from(count & u64::from(u32::MAX)).unwrap_or(u32::MAX);
    f64::from(high) * 4_294_967_296.0 + f64::from(low)
}
