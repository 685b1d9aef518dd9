//! `bedrail device show`: everything about one device, and why.
//!
//! Writing into a string cannot fail, so results of `write!` are dropped in this file.

use std::fmt::Write as _;
use std::io::{Write as _, stdout};

use serde_json::Value;

use super::{chosen, path};
use crate::cli::ShowArgs;
use crate::client::Client;
use crate::exit::{Done, Outcome};
use crate::report::grid::harmless;
use crate::report::records::{moment, text, words};

/// Shows it.
pub(super) fn run(client: &Client, args: &ShowArgs) -> Outcome {
    let device = client.get(&path(&chosen(client, &args.device)?), &[])?.body;
    let mut out = stdout().lock();
    if args.json {
        serde_json::to_writer_pretty(&mut out, &device)?;
        writeln!(out)?;
    } else {
        out.write_all(harmless(&in_words(&device)).as_bytes())?;
    }
    Ok(Done::Whole)
}

fn in_words(device: &Value) -> String {
    let mut out = String::new();
    head(device, &mut out);
    clinical(device, &mut out);
    stated(device, &mut out);
    for (name, values) in device.get("attributes").and_then(Value::as_object).into_iter().flatten() {
        for value in values.as_array().into_iter().flatten() {
            attribute(name, value, &mut out);
        }
    }
    faults(device, &mut out);
    out
}

fn head(device: &Value, out: &mut String) {
    let field = |name: &str| text(device, name).unwrap_or("unknown");
    let name = text(device, "name").map_or(String::new(), |name| format!("  {name}"));
    let _ = writeln!(out, "{}{name}", field("id"));
    for address in ["macs", "ips"].into_iter().flat_map(|all| list(device, all)) {
        let _ = writeln!(out, "  {}", words(Some(address)));
    }
    let (first, last) = (moment(text(device, "first_seen")), moment(text(device, "last_seen")));
    let _ = writeln!(out, "  seen from {first} to {last}");
    let quarantined =
        if device.get("quarantined") == Some(&Value::Bool(true)) { ", quarantined" } else { "" };
    let _ = writeln!(out, "  {}{quarantined}, type {}", field("lifecycle"), field("device_type"));
}

/// What it means for a patient; unknown is shown, because it is the most dangerous value.
fn clinical(device: &Value, out: &mut String) {
    let Some(clinical) = device.get("clinical") else { return };
    let field = |name: &str| text(clinical, name).unwrap_or("unknown");
    let _ = writeln!(out, "\nclinical class: {}", field("class"));
    let _ = writeln!(out, "  when the network is cut: {}", field("network_loss_effect"));
    let _ = writeln!(out, "  reaction time: {}", field("reaction_time"));
    let _ = writeln!(out, "  patient: {}", field("patient_state"));
    let _ = writeln!(out, "  owner: {}", field("owner"));
}

fn stated(device: &Value, out: &mut String) {
    for one in list(device, "asserted") {
        let field = |name: &str| text(one, name).unwrap_or_default();
        let _ = writeln!(out, "\nstated {}: {}", field("attribute"), field("value"));
        let _ = writeln!(out, "  by {}, {}: {}", field("by"), moment(text(one, "at")), field("why"));
    }
    for one in list(device, "differences") {
        let field = |name: &str| text(one, name).unwrap_or("unknown");
        let _ = writeln!(
            out,
            "difference: {} is `{}` as observed and `{}` as stated",
            field("attribute"),
            field("observed"),
            field("asserted")
        );
    }
}

fn attribute(name: &str, value: &Value, out: &mut String) {
    let percent = value.get("confidence").and_then(Value::as_f64).unwrap_or_default() * 100.0;
    let _ = writeln!(out, "\n{name}: {}  {percent:.0} %", text(value, "value").unwrap_or_default());
    for reason in list(value, "evidence") {
        let field = |name: &str| words(reason.get(name));
        let sensor = text(reason, "sensor").map_or(String::new(), |sensor| format!(" of {sensor}"));
        let _ =
            writeln!(out, "  frame {:<8} {} = `{}`{sensor}", field("frame"), field("field"), field("seen"));
        let _ = writeln!(out, "  {:<14} rule {}, weight {}", "", field("rule"), field("weight"));
    }
}

fn faults(device: &Value, out: &mut String) {
    for one in list(device, "contradictions") {
        let values = words(one.get("values")).replace("; ", "` or `");
        let _ = writeln!(out, "\ncontradiction: {} is `{values}`", words(one.get("attribute")));
    }
    for one in list(device, "weaknesses_detail") {
        let field = |name: &str| words(one.get(name));
        let (what, frame) = (field("weakness"), field("frame"));
        let _ =
            writeln!(out, "\nweakness: {what}, frame {frame} {} ({} times)", field("field"), field("count"));
    }
}

fn list<'v>(value: &'v Value, field: &str) -> &'v [Value] {
    value.get(field).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}
