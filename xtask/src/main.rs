//! What the project does to itself: `cargo xtask tidy | gen | gen-check | bench [packets|hub]`.

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
    let mut words = std::env::args().skip(1);
    match run(words.next().as_deref(), words.next().as_deref()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Option<&str>, of: Option<&str>) -> Result<()> {
    let root = root()?;
    match task {
        Some("tidy") => tidy::run(root),
        Some("gen") => generate::write(root),
        Some("gen-check") => generate::check(root),
        Some("bench") => bench::run(root, of),
        Some(other) => bail!("there is no task `{other}`; there are tidy, gen, gen-check and bench"),
        None => bail!("name a task: tidy, gen, gen-check or bench"),
    }
}

/// The folder of the workspace.
fn root() -> Result<&'static Path> {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask lies in the workspace")
}
