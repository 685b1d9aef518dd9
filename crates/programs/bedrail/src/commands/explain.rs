//! `bedrail explain`: one device, every attribute, and why.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::slice;

use anyhow::anyhow;
use identify::{Knowledge, Unmet};
use model::{Attribute, AttributeName, Evidence, Identity};
use serde::Serialize;

use super::inspect::inspect_paths;
use super::work;
use crate::cli::ExplainArgs;
use crate::exit::{Outcome, Refusal};
use crate::inspection::Inspection;
use crate::nearest::suggestion;
use crate::report::document::{Device, Value};

#[derive(Debug, Serialize)]
struct Explanation<'a> {
    device: Device<'a>,
    /// Every value that was weighed, by attribute, best first.
    weighed: Vec<Weighed<'a>>,
    /// Rules that matched a value but whose other conditions were not met.
    not_met: Vec<NotMet>,
    /// Facts that no rule reads.
    not_read_by_rules: Vec<Unread<'a>>,
}

#[derive(Debug, Serialize)]
struct Weighed<'a> {
    attribute: &'static str,
    values: Vec<Value<'a>>,
}

#[derive(Debug, Serialize)]
struct NotMet {
    rule: String,
    frame: u64,
    field: &'static str,
    value: String,
    /// Field that was missing, or that said what it must not.
    condition: String,
    /// A value that the condition matches.
    example: String,
    excluded: bool,
}

#[derive(Debug, Serialize)]
struct Unread<'a> {
    frame: u64,
    field: &'a str,
    value: &'a str,
    count: u64,
}

/// Explains the device.
pub(crate) fn run(args: &ExplainArgs) -> Outcome {
    let knowledge = work::knowledge(&args.work)?;
    let (inspection, done) = inspect_paths(slice::from_ref(&args.path), None, &args.work, &knowledge)?;
    let device = chosen(&inspection, &args.device)?;
    let mut out = io::stdout().lock();
    if args.json {
        serde_json::to_writer_pretty(&mut out, &explanation(&inspection, device, &knowledge))?;
        writeln!(out)?;
    } else {
        out.write_all(text(&inspection, device, &knowledge).as_bytes())?;
    }
    Ok(done)
}

/// The one device that `wanted` names.
fn chosen<'i>(inspection: &'i Inspection, wanted: &str) -> anyhow::Result<&'i Identity> {
    match inspection.inventory.find(wanted).as_slice() {
        [only] => Ok(only),
        [] => Err(anyhow!(Refusal::NotFound(format!(
            "no device `{wanted}` in this capture{}; `bedrail inspect` lists them",
            suggestion(wanted, names(inspection).iter().map(String::as_str))
        )))),
        several => {
            let ids: Vec<&str> = several.iter().map(|device| device.id.as_str()).collect();
            Err(anyhow!(Refusal::Usage(format!(
                "`{wanted}` means several devices: {}; name one by id",
                ids.join(", ")
            ))))
        }
    }
}

/// Everything that a device can be named by.
fn names(inspection: &Inspection) -> Vec<String> {
    let named = [AttributeName::Hostname, AttributeName::AeTitle, AttributeName::Serial];
    let mut names = Vec::new();
    for device in &inspection.inventory.devices {
        names.push(device.id.clone());
        names.extend(device.ips.iter().map(ToString::to_string));
        names.extend(device.macs.iter().map(ToString::to_string));
        names.extend(named.iter().flat_map(|name| device.all(*name).iter().map(|value| value.value.clone())));
    }
    names
}

fn explanation<'a>(
    inspection: &'a Inspection,
    device: &'a Identity,
    knowledge: &Knowledge,
) -> Explanation<'a> {
    let weaknesses = inspection.weaknesses();
    let shown = weaknesses.get(device.id.as_str()).map_or(&[][..], Vec::as_slice);
    let weighed = device.attributes.iter().map(|(name, values)| Weighed {
        attribute: name.name(),
        values: values.iter().map(Value::new).collect(),
    });
    Explanation {
        device: Device::new(device, shown),
        weighed: weighed.collect(),
        not_met: inspection.unmet(device, knowledge).into_iter().map(NotMet::from).collect(),
        not_read_by_rules: unread(inspection, device, knowledge),
    }
}

impl From<Unmet> for NotMet {
    fn from(unmet: Unmet) -> Self {
        let Unmet { rule, frame, field, seen, condition, example, excluded } = unmet;
        Self {
            rule: rule.to_string(),
            frame,
            field: field.shown(),
            value: seen,
            condition,
            example,
            excluded,
        }
    }
}

fn unread<'a>(inspection: &'a Inspection, device: &Identity, knowledge: &Knowledge) -> Vec<Unread<'a>> {
    let all = inspection.observations_of(device).into_iter();
    let unread = all.filter(|observation| !knowledge.rules.reads(observation.field.name()));
    unread
        .map(|observation| Unread {
            frame: observation.frame,
            field: observation.field.shown(),
            value: &observation.value,
            count: observation.count,
        })
        .collect()
}

/// Writing into a string cannot fail, so results of `write!` are dropped here.
fn text(inspection: &Inspection, device: &Identity, knowledge: &Knowledge) -> String {
    let mut text = String::new();
    head(device, knowledge, &mut text);
    for name in AttributeName::ALL {
        for (rank, value) in device.all(*name).iter().enumerate() {
            attribute(*name, value, rank, knowledge, &mut text);
        }
    }
    let class = &device.clinical_class;
    let _ = writeln!(text, "\nclinical class: {} (follows from the device type)", class.value.name());
    for (name, better, other) in &device.contradictions {
        let _ = writeln!(text, "contradiction: {name} is `{better}` or `{other}`");
    }
    let weaknesses = inspection.weaknesses();
    for sighting in weaknesses.get(device.id.as_str()).map_or(&[][..], Vec::as_slice) {
        let (name, frame, count) = (sighting.weakness.name(), sighting.frame, sighting.count);
        let _ = writeln!(text, "weakness: {name}, frame {frame} {} ({count} times)", sighting.field.shown());
    }
    not_met(&inspection.unmet(device, knowledge), &mut text);
    let unread = unread(inspection, device, knowledge);
    if !unread.is_empty() {
        text.push_str("\nSeen, but read by no rule:\n");
        for fact in unread {
            let _ = writeln!(text, "  frame {:<8} {} = `{}`", fact.frame, fact.field, fact.value);
        }
    }
    text
}

fn not_met(all: &[Unmet], text: &mut String) {
    if all.is_empty() {
        return;
    }
    text.push_str("\nWeighed, but a condition was not met:\n");
    for Unmet { rule, frame, field, seen, condition, example, excluded } in all {
        let how = if *excluded { "does not hold beside" } else { "also needs" };
        let _ = writeln!(text, "  frame {frame:<8} {} = `{seen}`", field.shown());
        let _ = writeln!(text, "  {:<14} rule {rule} {how} `{condition}` like `{example}`", "");
    }
}

fn head(device: &Identity, knowledge: &Knowledge, text: &mut String) {
    let _ = writeln!(text, "{}", device.id);
    for mac in &device.macs {
        let organisation = knowledge.oui.organisation(*mac);
        let whose = match (organisation, mac.is_local()) {
            (Some(organisation), _) => organisation,
            (None, true) => "made by software or randomised",
            (None, false) => "not in the registry",
        };
        let _ = writeln!(text, "  {mac}  ({whose})");
    }
    for ip in &device.ips {
        let _ = writeln!(text, "  {ip}{}", if device.external { "  (outside)" } else { "" });
    }
    let _ = writeln!(
        text,
        "  seen from frame {} on, {} to {}",
        device.first_frame, device.first_seen, device.last_seen
    );
}

fn attribute(
    name: AttributeName,
    value: &Attribute<String>,
    rank: usize,
    knowledge: &Knowledge,
    text: &mut String,
) {
    let beaten = if rank > 0 && !name.is_many() { " (beaten)" } else { "" };
    let _ = writeln!(text, "\n{name}: {}  {:.0} %{beaten}", value.value, value.confidence.get() * 100.0);
    for reason in &value.evidence {
        let Evidence { frame, field, seen, rule, weight } = reason;
        let _ = writeln!(text, "  frame {frame:<8} {} = `{seen}`", field.shown());
        let source = knowledge.rules.find(rule).map_or("", |rule| rule.source.as_str());
        let _ = writeln!(text, "  {:<14} rule {rule}, weight {weight}; {source}", "");
    }
}

#[cfg(test)]
mod tests {
    use identify::fact;

    use super::*;

    #[test]
    fn derived_fields_are_known_to_rules() {
        assert!(fact::DERIVED_FIELDS.iter().all(|field| work::known_fields().contains(field)));
    }
}
