//! `bedrail device merge`, `split` and `undo`: which addresses are one device, said by a person.

use std::io::{BufWriter, Write as _, stdout};

use serde_json::{Value, json};

use super::{chosen, each, path};
use crate::cli::{AdjustmentsArgs, MergeArgs, SplitArgs, UndoArgs};
use crate::client::Client;
use crate::commands::ask::tell;
use crate::exit::{Done, Outcome, Refusal};
use crate::report::records::{Kind, Printer, text};

/// Says that two devices are one.
pub(super) fn merge(client: &Client, args: &MergeArgs) -> Outcome {
    let (device, other) = (chosen(client, &args.device)?, chosen(client, &args.other)?);
    if device == other {
        let told = format!("`{}` and `{}` are the same device already: {device}", args.device, args.other);
        return Err(Refusal::Usage(told).into());
    }
    if args.dry_run {
        let told = format!("{} would be a part of {}", shown(client, &other)?, shown(client, &device)?);
        return dry(&told);
    }
    let body = json!({ "other": other, "why": args.why });
    let made = client.post(&format!("{}/merge", path(&device)), &body)?.body;
    report(&made, args.json, &format!("{other} is a part of {device} now"))
}

/// Says that one device is two.
pub(super) fn split(client: &Client, args: &SplitArgs) -> Outcome {
    let device = chosen(client, &args.device)?;
    if args.dry_run {
        let told = format!("{} would be another device than {}", args.address, shown(client, &device)?);
        return dry(&told);
    }
    let body = json!({ "anchor": format!("ip:{}", args.address), "why": args.why });
    let made = client.post(&format!("{}/split", path(&device)), &body)?.body;
    let part = text(&made, "part").unwrap_or_default();
    report(&made, args.json, &format!("{} is {part} now", args.address))
}

/// Lists what was merged and split.
pub(super) fn list(client: &Client, args: &AdjustmentsArgs) -> Outcome {
    let device = args.device.as_deref().map(|wanted| chosen(client, wanted)).transpose()?;
    let mut query: Vec<(&str, &str)> = device.as_deref().map(|id| ("device", id)).into_iter().collect();
    if !args.all {
        query.push(("active", "true"));
    }
    let mut printer = Printer::new(Kind::Adjustments, args.format, BufWriter::new(stdout().lock()));
    each(client, "/api/v1/adjustments", &query, None, |made| printer.take(made))?;
    printer.finish()?;
    Ok(Done::Whole)
}

/// Takes a merge or a split back.
pub(super) fn undo(client: &Client, args: &UndoArgs) -> Outcome {
    let whole = args.adjustment.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b));
    if !whole || args.adjustment.is_empty() {
        let told = format!("`{}` is no id of a merge or split, such as `adj_..`", args.adjustment);
        return Err(Refusal::Usage(told).into());
    }
    let address = format!("/api/v1/adjustments/{}/undo", args.adjustment);
    let made = client.post(&address, &json!({ "why": args.why }))?.body;
    report(&made, args.json, &format!("{} is taken back", args.adjustment))
}

fn report(made: &Value, as_json: bool, told: &str) -> Outcome {
    let mut out = stdout().lock();
    if as_json {
        serde_json::to_writer_pretty(&mut out, made)?;
        writeln!(out)?;
    } else {
        writeln!(out, "{}", text(made, "id").unwrap_or_default())?;
    }
    tell(told);
    Ok(Done::Whole)
}

fn dry(told: &str) -> Outcome {
    tell(&format!("{told}; nothing was changed"));
    Ok(Done::Whole)
}

/// A device as a person knows it.
fn shown(client: &Client, id: &str) -> anyhow::Result<String> {
    let device = client.get(&path(id), &[])?.body;
    let name = text(&device, "name").map_or(String::new(), |name| format!(" ({name})"));
    Ok(format!("{id}{name}"))
}
