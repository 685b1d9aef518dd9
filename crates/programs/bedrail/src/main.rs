//! The one binary: wiring only.

mod cli;
mod commands;
mod exit;
mod filter;
mod inspection;
mod nearest;
mod pipeline;
mod progress;
mod report;
#[cfg(test)]
mod tests;

use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, Command};

/// Flows, facts and the report are millions of small pieces; the system's allocator takes a fifth of the time for them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome = match &cli.command {
        Command::Inspect(args) => commands::inspect::run(args),
        Command::Explain(args) => commands::explain::run(args),
        Command::Hub(args) => commands::hub::run(args),
        Command::Sensor(command) => commands::sensor::run(command),
        Command::Protocols(args) => commands::protocols::run(args),
        Command::Rule(command) => commands::rule::run(command),
        Command::Evaluate(args) => commands::evaluate::run(args),
        Command::Completions { shell } => commands::manual::completions(*shell),
        Command::Man { folder } => commands::manual::pages(folder),
    };
    exit::report(outcome)
}
