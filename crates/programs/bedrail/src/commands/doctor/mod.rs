//! `bedrail doctor`: whether everything that a hub needs is in order, and what to do where it is not.

mod folder;
mod machine;
mod service;

use std::io::{BufWriter, Write as _, stdout};
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::cli::DoctorArgs;
use crate::exit::{Done, Outcome};
use crate::report::grid::{Layout, harmless};

/// Where the package keeps the data of a hub.
const DATA: &str = "/var/lib/bedrail";

/// How a thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    /// In order.
    Ok,
    /// It works, but look at it.
    Warning,
    /// It does not work, or is not safe.
    Problem,
}

/// What was found about one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Finding {
    /// What was looked at: a stable name.
    pub(crate) check: &'static str,
    pub(crate) state: State,
    /// In words, with names and paths.
    pub(crate) says: String,
    /// What to do.
    pub(crate) next: Option<String>,
    /// What was measured, with its unit in its name. It names nobody.
    pub(crate) figure: Option<Figure>,
}

/// A measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct Figure {
    pub(crate) name: &'static str,
    pub(crate) value: i64,
}

#[derive(Serialize)]
struct Report<'a> {
    version: &'static str,
    problems: usize,
    warnings: usize,
    findings: &'a [Finding],
}

impl Finding {
    fn ok(check: &'static str, says: impl Into<String>) -> Self {
        Self { check, state: State::Ok, says: says.into(), next: None, figure: None }
    }

    fn warning(check: &'static str, says: impl Into<String>, next: impl Into<String>) -> Self {
        Self { state: State::Warning, next: Some(next.into()), ..Self::ok(check, says) }
    }

    fn problem(check: &'static str, says: impl Into<String>, next: impl Into<String>) -> Self {
        Self { state: State::Problem, next: Some(next.into()), ..Self::ok(check, says) }
    }

    fn measured(self, name: &'static str, value: i64) -> Self {
        Self { figure: Some(Figure { name, value }), ..self }
    }
}

/// Looks and prints. Problems end it with code 6.
pub(crate) fn run(args: &DoctorArgs) -> Outcome {
    let findings = examine(args);
    let count = |state: State| findings.iter().filter(|finding| finding.state == state).count();
    let (problems, warnings) = (count(State::Problem), count(State::Warning));
    let mut out = BufWriter::new(stdout().lock());
    if args.json {
        let version = env!("CARGO_PKG_VERSION");
        let report = Report { version, problems, warnings, findings: &findings };
        serde_json::to_writer_pretty(&mut out, &report)?;
        writeln!(out)?;
    } else {
        let is_styled = Layout::of_stdout().styled;
        for finding in &findings {
            writeln!(out, "{}", line(finding, is_styled))?;
        }
        writeln!(out, "\n{}, {}", counted(problems, "problem"), counted(warnings, "warning"))?;
    }
    out.flush()?;
    Ok(if problems > 0 { Done::Faults } else { Done::Whole })
}

/// Everything that was found, in the order in which it is to be put right.
pub(crate) fn examine(args: &DoctorArgs) -> Vec<Finding> {
    let mut findings = Vec::new();
    let data = data_folder(args.data.as_deref());
    if let Some(data) = &data {
        findings.extend(folder::examine(data));
        findings.extend(data.is_dir().then(|| machine::disk(data)));
    }
    findings.push(machine::clock(data.as_deref()));
    if let Some(interface) = &args.interface {
        findings.extend(machine::interface(interface));
    }
    findings.extend(service::examine(data.as_deref(), args.listen));
    findings
}

/// The folder that is named, or the one of the package.
pub(crate) fn data_folder(named: Option<&Path>) -> Option<PathBuf> {
    named.map(Path::to_owned).or_else(|| Some(PathBuf::from(DATA)).filter(|data| data.is_dir()))
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn line(finding: &Finding, is_styled: bool) -> String {
    let word = match finding.state {
        State::Ok => "ok",
        State::Warning => "warning",
        State::Problem => "problem",
    };
    let word = format!("{word:<8}");
    let style = console::Style::new().force_styling(is_styled);
    let word = match finding.state {
        State::Ok => style.green().apply_to(word),
        State::Warning => style.yellow().bold().apply_to(word),
        State::Problem => style.red().bold().apply_to(word),
    };
    let says = harmless(&format!("{:<12} {}", finding.check, finding.says));
    let next = finding.next.as_ref().map(|next| harmless(&format!("\n{:22}next: {next}", "")));
    format!("{word} {says}{}", next.unwrap_or_default())
}
