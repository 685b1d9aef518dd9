//! Completions and manual pages.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use anyhow::Context;
use clap::CommandFactory;
use clap_complete::Shell;

use crate::cli::Cli;
use crate::exit::{Done, Outcome};

/// Prints a completion script.
pub(crate) fn completions(shell: Shell) -> Outcome {
    // Into memory first: the generator panics when its output goes away.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "bedrail", &mut script);
    io::stdout().write_all(&script)?;
    Ok(Done::Whole)
}

/// Writes `bedrail.1` and a page per command into `folder`.
pub(crate) fn pages(folder: &Path) -> Outcome {
    fs::create_dir_all(folder).with_context(|| format!("cannot make the folder `{}`", folder.display()))?;
    clap_mangen::generate_to(Cli::command(), folder)
        .with_context(|| format!("cannot write manual pages into `{}`", folder.display()))?;
    Ok(Done::Whole)
}
