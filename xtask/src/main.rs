//! What the project does to itself: `cargo xtask tidy | gen | gen-check | bench`.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a task talks to whoever started it")]

mod bench;
mod generate;
mod layers;
mod parsers;
mod source;
mod tidy;

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

fn main() -> ExitCode {
    let task = std::env::args().nth(1);
    match run(task.as_deref()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Option<&str>) -> Result<()> {
    let root = root()?;
    match task {
        Some("tidy") => tidy::run(root),
        Some("gen") => generate::write(root),
        Some("gen-check") => generate::check(root),
        Some("bench") => bench::run(root),
        Some(other) => bail!("there is no task `{other}`; there are tidy, gen, gen-check and bench"),
        None => bail!("name a task: tidy, gen, gen-check or bench"),
    }
}

/// The folder of the workspace.
fn root() -> Result<&'static Path> {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask lies in the workspace")
}
