//! Figures in the text format of Prometheus.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

/// Counters since the start.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    answers: [AtomicU64; 5],
    pub(crate) batches: Counter,
    pub(crate) repeated_batches: Counter,
    pub(crate) refused_batches: Counter,
    pub(crate) derivations: Counter,
    pub(crate) derivation_ms: Counter,
    pub(crate) logins: Counter,
    pub(crate) failed_logins: Counter,
}

/// Something that only grows.
#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Metrics {
    /// An answer was given.
    pub(crate) fn answered(&self, status: u16) {
        let class = usize::from(status / 100).saturating_sub(1);
        if let Some(count) = self.answers.get(class) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// As text.
    pub(crate) fn text(&self, gauges: &[(&str, &str, u64)]) -> String {
        let mut text = String::from(
            "# HELP bedrail_http_responses_total Answers by class of status.\n\
             # TYPE bedrail_http_responses_total counter\n",
        );
        for (class, count) in (1..).zip(&self.answers) {
            let count = count.load(Ordering::Relaxed);
            // Writing into a string cannot fail.
            let _ = writeln!(text, "bedrail_http_responses_total{{class=\"{class}xx\"}} {count}");
        }
        for (name, help, counter) in self.counters() {
            figure(&mut text, name, help, "counter", counter.get());
        }
        for (name, help, value) in gauges {
            figure(&mut text, name, help, "gauge", *value);
        }
        text
    }

    fn counters(&self) -> [(&'static str, &'static str, &Counter); 7] {
        [
            ("bedrail_batches_total", "Batches of sensors that were new.", &self.batches),
            ("bedrail_repeated_batches_total", "Batches that were there already.", &self.repeated_batches),
            ("bedrail_refused_batches_total", "Batches that could not be read.", &self.refused_batches),
            ("bedrail_derivations_total", "Derivations of the inventory.", &self.derivations),
            ("bedrail_derivation_milliseconds_total", "Time spent deriving.", &self.derivation_ms),
            ("bedrail_logins_total", "Logins that succeeded.", &self.logins),
            ("bedrail_failed_logins_total", "Logins that failed.", &self.failed_logins),
        ]
    }
}

fn figure(text: &mut String, name: &str, help: &str, kind: &str, value: u64) {
    // Writing into a string cannot fail.
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}");
}
