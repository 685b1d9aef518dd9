//! `bedrail sensor list` and `tokens`: the sensors of a hub, and those that may come.

use std::io::{BufWriter, stdout};

use serde_json::Value;

use crate::cli::ListFormat;
use crate::client::Client;
use crate::exit::{Done, Outcome};
use crate::report::records::{Kind, Printer};

/// Lists them.
pub(super) fn run(format: ListFormat) -> Outcome {
    list("/api/v1/sensors", Kind::Sensors, format)
}

/// Lists the tokens that no sensor used yet.
pub(super) fn tokens(format: ListFormat) -> Outcome {
    list("/api/v1/sensors/enrolments", Kind::Tokens, format)
}

fn list(path: &str, kind: Kind, format: ListFormat) -> Outcome {
    let client = Client::logged_in()?;
    let mut printer = Printer::new(kind, format, BufWriter::new(stdout().lock()));
    let mut answer = client.get(path, &[])?.body;
    if let Some(Value::Array(sensors)) = answer.get_mut("items").map(Value::take) {
        sensors.into_iter().try_for_each(|sensor| printer.take(sensor))?;
    }
    printer.finish()?;
    Ok(Done::Whole)
}
