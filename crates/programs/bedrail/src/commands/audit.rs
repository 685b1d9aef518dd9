//! `bedrail audit`: who did what on a hub, and whether its log is as it was written.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write as _, stdout};
use std::path::Path;

use anyhow::{Context as _, anyhow};
use audit::{Item, PublicKey, Reader, Verified, Verifier};

use crate::cli::{AuditCommand, AuditListArgs, AuditVerifyArgs};
use crate::client::Client;
use crate::commands::ask::tell;
use crate::exit::{Done, Outcome, Refusal};
use crate::report::records::{Kind, Printer, text};

const LOG: &str = "/api/v1/audit-log";
/// Bytes of a file that are read at once.
const PIECE: usize = 64 << 10;

/// Runs it.
pub(crate) fn run(command: &AuditCommand) -> Outcome {
    match command {
        AuditCommand::List(args) => list(args),
        AuditCommand::Export => export(),
        AuditCommand::Verify(args) => verify(args),
    }
}

fn list(args: &AuditListArgs) -> Outcome {
    let client = Client::logged_in()?;
    let given = [
        ("who", &args.who),
        ("act", &args.act),
        ("subject", &args.subject),
        ("outcome", &args.outcome),
        ("from", &args.since),
        ("to", &args.until),
        ("text", &args.text),
    ];
    let query: Vec<(&str, &str)> =
        given.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?))).collect();
    let most = (!args.all).then_some(args.limit);
    let mut printer = Printer::new(Kind::AuditRecords, args.format, BufWriter::new(stdout().lock()));
    client.pages(LOG, &query, most, |record, _| printer.take(record))?;
    printer.finish()?;
    Ok(Done::Whole)
}

fn export() -> Outcome {
    Client::logged_in()?.fetch(&format!("{LOG}/export"), &[], |content, _| {
        io::copy(content, &mut stdout().lock()).context("the export broke off")?;
        Ok(Done::Whole)
    })
}

fn verify(args: &AuditVerifyArgs) -> Outcome {
    match (&args.file, &args.key) {
        (Some(file), Some(key)) => verify_file(file, key),
        (Some(_), None) | (None, Some(_)) => {
            let told = "an export is verified with its key: name both a file and `--key`";
            Err(anyhow!(Refusal::Usage(told.to_owned())))
        }
        (None, None) => verify_at_hub(),
    }
}

/// The hub reads its own log.
fn verify_at_hub() -> Outcome {
    let found = Client::logged_in()?.get(&format!("{LOG}/verification"), &[])?.body;
    let number = |name: &str| found.get(name).and_then(serde_json::Value::as_u64).unwrap_or_default();
    if let Some(fault) = found.get("fault").and_then(|fault| text(fault, "detail")) {
        writeln!(stdout(), "{fault}")?;
        return Ok(Done::Faults);
    }
    told(number("records"), number("checkpoints"), number("signed"))
}

fn told(records: u64, checkpoints: u64, signed: u64) -> Outcome {
    writeln!(
        stdout(),
        "{records} records are as they were written; signed up to record {signed}, by {checkpoints} checkpoints"
    )?;
    Ok(Done::Whole)
}

/// Without the hub: an export, with the public key that signed it.
fn verify_file(path: &Path, key: &Path) -> Outcome {
    let keys = keys(key)?;
    let mut file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    let (mut reader, mut verifier) = (Reader::new(), Verifier::new(&keys));
    let mut piece = vec![0; PIECE];
    loop {
        let length = file.read(&mut piece).with_context(|| format!("cannot read {}", path.display()))?;
        if length == 0 {
            break;
        }
        reader.handle_bytes(piece.get(..length).unwrap_or_default());
        while let Some(item) = reader.poll().with_context(|| path.display().to_string())? {
            let read = match item {
                Item::Record(record) => verifier.record(&record),
                Item::Checkpoint(checkpoint) => verifier.checkpoint(&checkpoint),
            };
            if let Err(fault) = read {
                return faulty(&fault);
            }
        }
    }
    reader.finish().with_context(|| path.display().to_string())?;
    match verifier.finish() {
        Ok(Verified { records, checkpoints, signed, .. }) => told(records, checkpoints, signed),
        Err(fault) => faulty(&fault),
    }
}

fn faulty(fault: &audit::Fault) -> Outcome {
    writeln!(stdout(), "{fault}")?;
    tell("what is before that record is as it was written");
    Ok(Done::Faults)
}

/// Public keys, one a line: a hub that was restored has another one.
fn keys(path: &Path) -> anyhow::Result<Vec<PublicKey>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let key = |(number, line): (usize, &str)| {
        line.parse::<PublicKey>().with_context(|| format!("{}, line {}", path.display(), number + 1))
    };
    lines.map(key).collect()
}
