//! `bedrail evaluate`: how often manufacturer and type of labelled devices are right, and how often they are wrong
//! with confidence.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use anyhow::Context;
use identify::{Knowledge, Makers};
use model::{AttributeName, Identity};
use serde::{Deserialize, Serialize};

use super::inspect::inspect_paths;
use super::work;
use crate::cli::EvaluateArgs;
use crate::exit::{Done, Outcome};
use crate::inspection::Inspection;
use crate::progress;

/// From this confidence on, being wrong does harm.
const CONFIDENT: f64 = 0.8;

/// A labelled device.
#[derive(Debug, Deserialize)]
struct Label {
    capture: String,
    address: String,
    #[serde(default)]
    ip: String,
    #[serde(default)]
    manufacturer: String,
    #[serde(default)]
    device_type: String,
    identifiable: String,
    #[serde(default)]
    note: String,
}

/// How an attribute came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Verdict {
    Right,
    Wrong,
    ConfidentlyWrong,
    Missing,
    NotLabelled,
}

/// A row of the result.
#[derive(Debug, Serialize)]
struct Row {
    capture: String,
    address: String,
    identifiable: bool,
    found: bool,
    manufacturer: Checked,
    device_type: Checked,
}

#[derive(Debug, Serialize)]
struct Checked {
    label: String,
    found: Option<String>,
    confidence: f64,
    verdict: Verdict,
}

/// The figures.
#[derive(Debug, Serialize)]
pub(crate) struct Figures {
    /// Labelled devices.
    pub(crate) rows: usize,
    /// Those that can be identified from the traffic.
    pub(crate) identifiable: usize,
    /// Those of them that are right in manufacturer and type.
    pub(crate) right: usize,
    /// The same as a share.
    pub(crate) share: f64,
    /// Attributes that are wrong with a confidence that does harm.
    pub(crate) confidently_wrong: usize,
}

#[derive(Debug, Serialize)]
struct Evaluation {
    figures: Figures,
    rows: Vec<Row>,
}

/// Measures and prints.
pub(crate) fn run(args: &EvaluateArgs) -> Outcome {
    let labels = read(&args.labels)?;
    let knowledge = work::knowledge(&args.work)?;
    let rows = check_all(&labels, args, &knowledge)?;
    let evaluation = Evaluation { figures: figures(&rows), rows };
    let mut out = io::stdout().lock();
    if args.json {
        serde_json::to_writer_pretty(&mut out, &evaluation)?;
        writeln!(out)?;
    } else {
        print(&evaluation, args.all, &mut out)?;
    }
    Ok(Done::Whole)
}

/// The figures alone.
#[cfg(test)]
pub(crate) fn measure(args: &EvaluateArgs) -> anyhow::Result<Figures> {
    let rows = check_all(&read(&args.labels)?, args, &work::knowledge(&args.work)?)?;
    Ok(figures(&rows))
}

fn read(path: &Path) -> anyhow::Result<Vec<Label>> {
    let reader = csv::ReaderBuilder::new().delimiter(b'\t').quoting(false).flexible(true).from_path(path);
    let mut reader = reader.with_context(|| format!("cannot read the labels `{}`", path.display()))?;
    let rows = reader.deserialize().collect::<Result<Vec<Label>, _>>();
    rows.with_context(|| format!("`{}` is no table of labels", path.display()))
}

fn check_all(labels: &[Label], args: &EvaluateArgs, knowledge: &Knowledge) -> anyhow::Result<Vec<Row>> {
    let mut captures: BTreeMap<&str, Vec<&Label>> = BTreeMap::new();
    for label in labels {
        captures.entry(&label.capture).or_default().push(label);
    }
    let total = u64::try_from(captures.len()).unwrap_or(u64::MAX);
    let bar = progress::bar(Some(total), args.work.quiet);
    let mut rows = Vec::new();
    for (capture, labels) in captures {
        let path = args.captures.join(capture);
        let (inspection, done) = inspect_paths(&[path], None, &args.work, knowledge)?;
        if done == Done::Interrupted {
            anyhow::bail!("interrupted before every capture was read; no figure is given");
        }
        rows.extend(labels.into_iter().map(|label| check(label, &inspection, &knowledge.makers)));
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(rows)
}

fn check(label: &Label, inspection: &Inspection, makers: &Makers) -> Row {
    let device = [&label.address, &label.ip]
        .into_iter()
        .filter(|address| !address.is_empty())
        .find_map(|address| inspection.inventory.find(address).first().copied());
    let accepted: Vec<String> =
        alternatives(label).into_iter().map(|name| makers.canonical(&name).name.to_lowercase()).collect();
    let is_maker = |found: &str| accepted.contains(&makers.canonical(found).name.to_lowercase());
    Row {
        capture: label.capture.clone(),
        address: label.address.clone(),
        identifiable: label.identifiable == "yes",
        found: device.is_some(),
        manufacturer: checked(&label.manufacturer, device, AttributeName::Manufacturer, is_maker),
        device_type: checked(&label.device_type, device, AttributeName::DeviceType, |found| {
            found == label.device_type
        }),
    }
}

/// The manufacturers that a label accepts: its own and those that its note says (`accept ICU Medical or BD`).
fn alternatives(label: &Label) -> Vec<String> {
    let mut all = vec![label.manufacturer.clone()];
    if let Some((_, accepted)) = label.note.split_once("accept ") {
        let until = accepted.find([';', '.', ',']).unwrap_or(accepted.len());
        let accepted = accepted.get(..until).unwrap_or(accepted).trim_end_matches(" as manufacturer");
        all.extend(accepted.split(" or ").map(|name| name.trim().to_owned()));
    }
    all
}

fn checked(
    label: &str,
    device: Option<&Identity>,
    name: AttributeName,
    is_right: impl Fn(&str) -> bool,
) -> Checked {
    let best = device.and_then(|device| device.best(name));
    let confidence = best.map_or(0.0, |best| best.confidence.get());
    let verdict = match best {
        _ if label.is_empty() => Verdict::NotLabelled,
        None => Verdict::Missing,
        Some(best) if is_right(&best.value) => Verdict::Right,
        Some(_) if confidence >= CONFIDENT => Verdict::ConfidentlyWrong,
        Some(_) => Verdict::Wrong,
    };
    Checked { label: label.to_owned(), found: best.map(|best| best.value.clone()), confidence, verdict }
}

impl Row {
    fn is_right(&self) -> bool {
        [&self.manufacturer, &self.device_type]
            .iter()
            .all(|checked| matches!(checked.verdict, Verdict::Right | Verdict::NotLabelled))
    }

    fn confidently_wrong(&self) -> usize {
        let verdicts = [self.manufacturer.verdict, self.device_type.verdict];
        verdicts.iter().filter(|verdict| **verdict == Verdict::ConfidentlyWrong).count()
    }
}

fn figures(rows: &[Row]) -> Figures {
    let identifiable = rows.iter().filter(|row| row.identifiable).count();
    let right = rows.iter().filter(|row| row.identifiable && row.is_right()).count();
    let share = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    Figures {
        rows: rows.len(),
        identifiable,
        right,
        share: if identifiable == 0 { 0.0 } else { share(right) / share(identifiable) },
        confidently_wrong: rows.iter().map(Row::confidently_wrong).sum(),
    }
}

fn print(evaluation: &Evaluation, all: bool, out: &mut dyn Write) -> io::Result<()> {
    for row in &evaluation.rows {
        let shown = all || (row.identifiable && !row.is_right()) || row.confidently_wrong() > 0;
        if !shown {
            continue;
        }
        let mark = if row.is_right() { "right" } else { "WRONG" };
        let seen = if row.found { "" } else { "  device not found" };
        writeln!(out, "{mark}  {}  {}{seen}", row.capture, row.address)?;
        for (name, checked) in [("manufacturer", &row.manufacturer), ("device type", &row.device_type)] {
            let found = checked.found.as_deref().unwrap_or("unknown");
            writeln!(
                out,
                "         {name}: {found} ({:.2}), labelled `{}`",
                checked.confidence, checked.label
            )?;
        }
    }
    let figures = &evaluation.figures;
    writeln!(
        out,
        "{} of {} identifiable devices right in manufacturer and type: {:.1} %; confidently wrong: {}; {} rows",
        figures.right,
        figures.identifiable,
        figures.share * 100.0,
        figures.confidently_wrong,
        figures.rows
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_names_alternatives() {
        let label = |note: &str| Label {
            capture: String::new(),
            address: String::new(),
            ip: String::new(),
            manufacturer: "Symbol".to_owned(),
            device_type: String::new(),
            identifiable: "yes".to_owned(),
            note: note.to_owned(),
        };
        assert_eq!(
            alternatives(&label("OUI is Zebra; accept Zebra or Motorola; sic")),
            ["Symbol", "Zebra", "Motorola"]
        );
        assert_eq!(alternatives(&label("x; accept ASSMANN as manufacturer")), ["Symbol", "ASSMANN"]);
        assert_eq!(alternatives(&label("nothing")), ["Symbol"]);
    }
}
