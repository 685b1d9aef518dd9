//! The one binary: wiring only.

mod cli;
mod client;
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

use cli::{Cli, Command, SupportCommand};

/// Flows, facts and the report are millions of small pieces; the system's allocator takes a fifth of the time for them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome = match &cli.command {
        Command::Inspect(args) => commands::inspect::run(args),
        Command::Explain(args) => commands::explain::run(args),
        Command::Hub(args) => commands::hub::run(args),
        Command::Login(args) => commands::login::log_in(args),
        Command::Logout => commands::login::log_out(),
        Command::Device(command) => commands::device::run(command),
        Command::Audit(command) => commands::audit::run(command),
        Command::Sensor(command) => commands::sensor::run(command),
        Command::Backup(args) => commands::backup::make(args),
        Command::Restore(args) => commands::backup::restore(args),
        Command::Doctor(args) => commands::doctor::run(args),
        Command::Support(SupportCommand::Bundle(args)) => commands::support::bundle(args),
        Command::Protocols(args) => commands::protocols::run(args),
        Command::Rule(command) => commands::rule::run(command),
        Command::Evaluate(args) => commands::evaluate::run(args),
        Command::Completions { shell } => commands::manual::completions(*shell),
        Command::Man { folder } => commands::manual::pages(folder),
    };
    exit::report(outcome)
}
