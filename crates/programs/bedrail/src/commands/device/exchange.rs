//! `bedrail device import` and `export`: the inventory as files of other systems.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write as _, stdin, stdout};
use std::path::Path;

use anyhow::{Context as _, anyhow};
use serde_json::{Value, json};

use super::{DEVICES, devices};
use crate::cli::{ExportArgs, ExportFormat, ImportArgs};
use crate::client::Client;
use crate::commands::ask::tell;
use crate::exit::{Done, Outcome, Refusal};
use crate::report::grid::harmless;
use crate::report::records::{text, words};

/// Bytes of a file: a little less than what the hub takes as a body.
const FILE_MAX: u64 = 15 << 20;
/// Mistakes and changes that are told one by one.
const TOLD_MAX: usize = 20;

/// States what a file says, or says what would change.
pub(super) fn import(client: &Client, args: &ImportArgs) -> Outcome {
    let csv = read(&args.file)?;
    let mapping = args.mapping.as_deref().map(read).transpose()?;
    let body = json!({
        "name": args.source, "csv": csv, "mapping_toml": mapping, "dry_run": args.dry_run, "why": args.why
    });
    let result = client.post(&format!("{DEVICES}/import"), &body)?.body;
    if args.json {
        let mut out = stdout().lock();
        serde_json::to_writer_pretty(&mut out, &result)?;
        writeln!(out)?;
    } else {
        tell(&told(&result));
    }
    let count = |field: &str| result.get(field).and_then(Value::as_u64).unwrap_or_default();
    Ok(if count("errors_total") == 0 { Done::Whole } else { Done::Partial })
}

fn read(path: &Path) -> anyhow::Result<String> {
    let (mut text, is_stdin) = (String::new(), path == Path::new("-"));
    let cannot = || format!("cannot read `{}`", path.display());
    let read = |source: &mut dyn Read, text: &mut String| source.take(FILE_MAX + 1).read_to_string(text);
    let length = if is_stdin {
        read(&mut stdin().lock(), &mut text)
    } else {
        match File::open(path) {
            Ok(mut file) => read(&mut file, &mut text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(anyhow!(Refusal::NotFound(format!("there is no file `{}`", path.display()))));
            }
            Err(error) => Err(error),
        }
    };
    if u64::try_from(length.with_context(cannot)?)? > FILE_MAX {
        let told =
            format!("`{}` is larger than {} MiB; cut it into several files", path.display(), FILE_MAX >> 20);
        return Err(Refusal::Usage(told).into());
    }
    Ok(text)
}

fn told(result: &Value) -> String {
    let count = |field: &str| result.get(field).and_then(Value::as_u64).unwrap_or_default();
    let list = |field: &str| result.get(field).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let mut lines: Vec<String> = Vec::new();
    for change in list("changes").iter().take(TOLD_MAX) {
        let field =
            |name: &str| text(change, name).map_or_else(|| "nothing".to_owned(), |v| format!("`{v}`"));
        let device = text(change, "device").unwrap_or_default();
        let what = text(change, "attribute").unwrap_or_default();
        lines.push(format!("{device} {what}: {} -> {}", field("before"), field("after")));
    }
    for error in list("errors").iter().take(TOLD_MAX) {
        let column = text(error, "column").map_or(String::new(), |column| format!(", column `{column}`"));
        let (line, detail) = (words(error.get("line")), text(error, "detail").unwrap_or_default());
        lines.push(format!("line {line}{column}: {detail}"));
    }
    let named = list("changes").len().min(TOLD_MAX) + list("errors").len().min(TOLD_MAX);
    let all = count("changes_total") + count("errors_total");
    let rest = all.saturating_sub(u64::try_from(named).unwrap_or(u64::MAX));
    if rest > 0 {
        lines.push(format!(".. and {rest} more; `--json` names up to 1,000 of each"));
    }
    if !list("ignored_columns").is_empty() {
        lines.push(format!("columns that were not looked at: {}", words(result.get("ignored_columns"))));
    }
    let (rows, matched, wrong) = (count("rows"), count("matched"), count("errors_total"));
    let is_dry = result.get("dry_run") == Some(&Value::Bool(true));
    let changed = devices(count("devices_changed"));
    let done = if is_dry { "would change; nothing was changed" } else { "changed" };
    lines.push(format!("{rows} rows, {matched} taken, {wrong} with a mistake; {changed} {done}"));
    harmless(&lines.join("\n"))
}

/// Writes devices to standard output.
pub(super) fn export(client: &Client, args: &ExportArgs) -> Outcome {
    let query: Vec<(&str, &str)> =
        args.filter.as_deref().map(|filter| ("filter", filter)).into_iter().collect();
    match args.format {
        ExportFormat::Csv => client.fetch(&format!("{DEVICES}/export"), &query, |content, _| {
            io::copy(content, &mut stdout().lock()).context("the export broke off")?;
            Ok(Done::Whole)
        }),
        ExportFormat::Fhir => fhir(client, &query),
    }
}

/// All pages as one bundle.
fn fhir(client: &Client, query: &[(&str, &str)]) -> Outcome {
    let first = [query, &[("limit", "500")]].concat();
    let mut bundle = client.get(&format!("{DEVICES}/fhir"), &first)?.body;
    let mut next = next_page(&bundle);
    while let Some(address) = next {
        let mut page = client.get(&address, &[])?.body;
        next = next_page(&page);
        let more = page.get_mut("entry").map(Value::take);
        let (Some(Value::Array(held)), Some(Value::Array(mut more))) = (bundle.get_mut("entry"), more) else {
            break;
        };
        held.append(&mut more);
    }
    // It is whole now, and where it came from is nobody else's business.
    if let Some(bundle) = bundle.as_object_mut() {
        bundle.remove("link");
    }
    let mut out = BufWriter::new(stdout().lock());
    serde_json::to_writer_pretty(&mut out, &bundle)?;
    writeln!(out)?;
    out.flush()?;
    Ok(Done::Whole)
}

fn next_page(bundle: &Value) -> Option<String> {
    let links = bundle.get("link")?.as_array()?;
    let next = links.iter().find(|link| text(link, "relation") == Some("next"))?;
    text(next, "url").map(str::to_owned)
}
