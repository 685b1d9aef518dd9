//! `bedrail sensor list`: the sensors of a hub.

use std::io::{BufWriter, stdout};

use serde_json::Value;

use crate::cli::ListFormat;
use crate::client::Client;
use crate::exit::{Done, Outcome};
use crate::report::records::{Kind, Printer};

/// Lists them.
pub(super) fn run(format: ListFormat) -> Outcome {
    let client = Client::logged_in()?;
    let mut printer = Printer::new(Kind::Sensors, format, BufWriter::new(stdout().lock()));
    let mut answer = client.get("/api/v1/sensors", &[])?.body;
    if let Some(Value::Array(sensors)) = answer.get_mut("items").map(Value::take) {
        sensors.into_iter().try_for_each(|sensor| printer.take(sensor))?;
    }
    printer.finish()?;
    Ok(Done::Whole)
}
