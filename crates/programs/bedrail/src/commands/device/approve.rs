//! `bedrail device approve`.

use std::io::{BufWriter, Write as _, stdout};

use serde_json::{Value, json};

use super::{DEVICES, chosen, devices, each, path};
use crate::cli::{ApproveArgs, ListFormat};
use crate::client::Client;
use crate::commands::ask::tell;
use crate::exit::{Done, Outcome};
use crate::report::records::{Kind, Printer, text};

/// Devices that the hub takes in one act.
const ACT: usize = 500;

/// Approves, or says what would be approved.
pub(super) fn run(client: &Client, args: &ApproveArgs) -> Outcome {
    let meant = meant(client, args)?;
    if args.dry_run {
        return dry_run(meant, args);
    }
    if meant.is_empty() {
        tell("no discovered device passes the filter; nothing was changed");
        return Ok(Done::Whole);
    }
    let ids: Vec<&str> = meant.iter().filter_map(|device| text(device, "id")).collect();
    let (mut done, mut refused) = (Vec::new(), Vec::new());
    for ids in ids.chunks(ACT) {
        let body = json!({ "ids": ids, "to": "approved", "why": args.why });
        let mut answer = client.post("/api/v1/devices/lifecycle", &body)?.body;
        let mut list = |field: &str| match answer.get_mut(field).map(Value::take) {
            Some(Value::Array(all)) => all,
            _ => Vec::new(),
        };
        done.append(&mut list("done"));
        refused.append(&mut list("refused"));
    }
    if args.json {
        let mut out = stdout().lock();
        serde_json::to_writer_pretty(&mut out, &json!({ "done": done, "refused": refused }))?;
        writeln!(out)?;
    }
    for device in &refused {
        let (id, reason) =
            (text(device, "id").unwrap_or_default(), text(device, "reason").unwrap_or_default());
        tell(&format!("{id}: {reason}"));
    }
    let count = u64::try_from(done.len())?;
    tell(&format!("approved {}", devices(count)));
    anyhow::ensure!(count > 0, "none of them was approved");
    Ok(if refused.is_empty() { Done::Whole } else { Done::Partial })
}

/// The devices that are named, or all discovered ones that pass the filter.
fn meant(client: &Client, args: &ApproveArgs) -> anyhow::Result<Vec<Value>> {
    let mut meant = Vec::new();
    if let Some(filter) = &args.filter {
        let query = [("filter", filter.as_str()), ("lifecycle", "discovered"), ("sort", "name")];
        each(client, DEVICES, &query, None, |device| {
            meant.push(device);
            Ok(())
        })?;
        return Ok(meant);
    }
    for wanted in &args.devices {
        let id = chosen(client, wanted)?;
        meant.push(client.get(&path(&id), &[])?.body);
    }
    Ok(meant)
}

fn dry_run(meant: Vec<Value>, args: &ApproveArgs) -> Outcome {
    let count = u64::try_from(meant.len())?;
    let format = ListFormat { json: args.json, jsonl: false, csv: false };
    let mut printer = Printer::new(Kind::Devices, format, BufWriter::new(stdout().lock()));
    for device in meant {
        printer.take(device)?;
    }
    printer.finish()?;
    tell(&format!("{} would be approved; nothing was changed", devices(count)));
    Ok(Done::Whole)
}
