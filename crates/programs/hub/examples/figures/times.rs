//! How long the same thing took, many times.

use std::time::{Duration, Instant};

use anyhow::Result;

/// Repetitions of each question.
const RUNS: u32 = 60;

/// Times of one question.
#[derive(Debug)]
pub(crate) struct Times {
    pub(crate) what: &'static str,
    pub(crate) aim_ms: f64,
    sorted: Vec<Duration>,
}

impl Times {
    /// Does something many times, each with its number.
    pub(crate) fn of(
        what: &'static str,
        aim_ms: f64,
        mut ask: impl FnMut(u32) -> Result<()>,
    ) -> Result<Self> {
        let mut sorted = Vec::new();
        for run in 0..RUNS {
            let begun = Instant::now();
            ask(run)?;
            sorted.push(begun.elapsed());
        }
        sorted.sort_unstable();
        Ok(Self { what, aim_ms, sorted })
    }

    /// As [`Times::of`], for what waits.
    pub(crate) async fn of_waiting(
        what: &'static str,
        mut ask: impl AsyncFnMut(u32) -> Result<()>,
    ) -> Result<Self> {
        let mut sorted = Vec::new();
        for run in 0..RUNS {
            let begun = Instant::now();
            ask(run).await?;
            sorted.push(begun.elapsed());
        }
        sorted.sort_unstable();
        Ok(Self { what, aim_ms: 0.0, sorted })
    }

    pub(crate) fn p95_ms(&self) -> f64 {
        self.at(95)
    }

    pub(crate) fn median_ms(&self) -> f64 {
        self.at(50)
    }

    fn at(&self, percent: usize) -> f64 {
        let place = self.sorted.len().saturating_sub(1) * percent / 100;
        self.sorted.get(place).copied().unwrap_or_default().as_secs_f64() * 1e3
    }
}
