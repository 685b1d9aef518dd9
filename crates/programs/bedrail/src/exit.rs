//! Exit codes and how failures are told.

use std::fmt;
use std::io::{self, Write};
use std::process::ExitCode;

use crate::client::Failure;

/// How a command ended well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Done {
    /// Everything was done.
    Whole,
    /// Some input could not be read; what could be is in the output.
    Partial,
    /// What was looked for has faults; they are in the output.
    Faults,
    /// The user stopped it; what was seen until then is in the output.
    Interrupted,
}

/// Why a command cannot do what was asked.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The command line makes no sense.
    Usage(String),
    /// What was named is not there.
    NotFound(String),
    /// This is not allowed.
    NotPermitted(String),
}

/// Outcome of a command.
pub(crate) type Outcome = anyhow::Result<Done>;

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(what) | Self::NotFound(what) | Self::NotPermitted(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for Refusal {}

/// Tells what went wrong and gives the exit code.
pub(crate) fn report(outcome: Outcome) -> ExitCode {
    match outcome {
        Ok(Done::Whole) => ExitCode::SUCCESS,
        Ok(Done::Faults) => ExitCode::from(6),
        Ok(Done::Partial) => ExitCode::from(7),
        Ok(Done::Interrupted) => ExitCode::from(130),
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // Standard error may be closed; there is nobody left to tell.
            let _ = writeln!(io::stderr(), "bedrail: {error:#}");
            ExitCode::from(code(&error))
        }
    }
}

fn code(error: &anyhow::Error) -> u8 {
    match error.downcast_ref::<Refusal>() {
        Some(Refusal::Usage(_)) => 2,
        Some(Refusal::NotFound(_)) => 3,
        Some(Refusal::NotPermitted(_)) => 4,
        None => match (error.downcast_ref::<Failure>(), kind(error)) {
            (Some(failure), _) => failure.code(),
            (None, Some(io::ErrorKind::NotFound)) => 3,
            (None, Some(io::ErrorKind::PermissionDenied)) => 4,
            (None, _) => 1,
        },
    }
}

fn kind(error: &anyhow::Error) -> Option<io::ErrorKind> {
    error.chain().find_map(|cause| {
        let plain = cause.downcast_ref::<io::Error>().map(io::Error::kind);
        plain
            .or_else(|| cause.downcast_ref::<serde_json::Error>()?.io_error_kind())
            .or_else(|| csv_kind(cause))
    })
}

fn csv_kind(cause: &(dyn std::error::Error + 'static)) -> Option<io::ErrorKind> {
    match cause.downcast_ref::<csv::Error>()?.kind() {
        csv::ErrorKind::Io(error) => Some(error.kind()),
        _ => None,
    }
}

/// Whether the reader of our output went away (`bedrail inspect ... | head`), which is no failure.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    kind(error) == Some(io::ErrorKind::BrokenPipe)
}
