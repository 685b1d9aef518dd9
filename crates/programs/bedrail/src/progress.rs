//! Progress on standard error, only when that is a terminal.

use std::io::{IsTerminal, stderr};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// A bar for `total` bytes, a spinner when the total is unknown, nothing when nobody looks.
#[must_use]
pub(crate) fn bar(total: Option<u64>, quiet: bool) -> ProgressBar {
    if quiet || !stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let template = match total {
        Some(_) => "{bar:30} {percent}%  {bytes}/{total_bytes}  {bytes_per_sec}  {eta} left  {msg}",
        None => "{spinner} {bytes}  {bytes_per_sec}  {elapsed}  {msg}",
    };
    let bar = total.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
    // The templates are constant and valid; a broken one would fall back to the default style.
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// A bar that counts entries of a list.
#[must_use]
pub(crate) fn count() -> ProgressBar {
    shown(ProgressBar::new(0), "{bar:30} {pos}/{len}")
}

/// A spinner while something else works.
#[must_use]
pub(crate) fn waiting(what: &'static str) -> ProgressBar {
    let bar = shown(ProgressBar::new_spinner(), "{spinner} {msg}  {elapsed}");
    bar.set_message(what);
    bar
}

fn shown(bar: ProgressBar, template: &str) -> ProgressBar {
    if !stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    // The templates are constant and valid; a broken one would fall back to the default style.
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}
