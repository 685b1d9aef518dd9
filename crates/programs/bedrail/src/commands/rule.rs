//! `bedrail rule`: lists and checks fingerprint rules.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::{Context, anyhow};
use identify::{Rule, RuleSet};
use serde::Serialize;

use super::work;
use crate::cli::RuleCommand;
use crate::exit::{Done, Outcome};

#[derive(Debug, Serialize)]
struct Row<'r> {
    id: &'r str,
    fields: &'r [String],
    sets: Vec<&'static str>,
    source: &'r str,
}

/// Runs the command.
pub(crate) fn run(command: &RuleCommand) -> Outcome {
    match command {
        RuleCommand::List { json } => list(*json),
        RuleCommand::Check { files } => check(files),
    }
}

fn list(json: bool) -> Outcome {
    let rules = builtin()?;
    let rows = rules.iter().map(row);
    let mut out = io::stdout().lock();
    if json {
        serde_json::to_writer_pretty(&mut out, &rows.collect::<Vec<_>>())?;
        writeln!(out)?;
        return Ok(Done::Whole);
    }
    for row in rows {
        writeln!(out, "{:<44} {:<40} {}", row.id, row.fields.join(" "), row.sets.join(" "))?;
    }
    writeln!(out, "{} rules", rules.len())?;
    Ok(Done::Whole)
}

fn row(rule: &Rule) -> Row<'_> {
    let sets = rule.sets.iter().map(|(name, _, _)| name.name()).collect();
    Row { id: &rule.id, fields: &rule.fields, sets, source: &rule.source }
}

fn check(files: &[PathBuf]) -> Outcome {
    let fields = work::known_fields();
    let mut out = io::stdout().lock();
    if files.is_empty() {
        let rules = builtin()?;
        let faults = rules.faults(&fields);
        if !faults.is_empty() {
            return Err(anyhow!("{} faults in the built-in rules:\n{}", faults.len(), work::list(&faults)));
        }
        writeln!(out, "{} built-in rules, every example holds", rules.len())?;
    }
    let mut rules = RuleSet::default();
    let mut broken = Vec::new();
    for path in files {
        let name = path.display().to_string();
        let text = fs::read_to_string(path).with_context(|| format!("cannot read `{name}`"))?;
        match rules.add(&name, &text, &fields) {
            Ok(count) => writeln!(out, "{name}: {count} rules, every example holds")?,
            Err(faults) => broken.extend(faults),
        }
    }
    if broken.is_empty() {
        Ok(Done::Whole)
    } else {
        Err(anyhow!("{} faults:\n{}", broken.len(), work::list(&broken)))
    }
}

fn builtin() -> anyhow::Result<RuleSet> {
    RuleSet::builtin().map_err(|faults| anyhow!(work::list(&faults)))
}
