//! `bedrail sensor`: captures on this machine for a hub on another one, and lists the sensors of a hub.

mod confine;
mod list;
mod manage;
mod run;

use std::fs::{self, DirBuilder};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context as _;
use model::Timestamp;
use relay::{Identity, Spool, Status, Token};
use serde::Serialize;

use crate::cli::{SensorCommand, SensorEnrolArgs, SensorStatusArgs};
use crate::exit::{Done, Outcome, Refusal};

/// Bytes of a token and of what may stand around it.
const TOKEN_MAX: u64 = 4_096;

pub(crate) fn run(command: &SensorCommand) -> Outcome {
    match command {
        SensorCommand::List { format } => list::run(*format),
        SensorCommand::Enrol(args) => enrol(args),
        SensorCommand::Run(args) => run::run(args),
        SensorCommand::Status(args) => status(args),
        SensorCommand::Token(args) => manage::token(args),
        SensorCommand::Tokens { format } => list::tokens(*format),
        SensorCommand::Cancel(args) => manage::cancel(args),
        SensorCommand::Revoke(args) => manage::revoke(args),
    }
}

/// Asks the hub for a certificate and makes an empty spool.
fn enrol(args: &SensorEnrolArgs) -> Outcome {
    let token = token(args.token_file.as_deref())?;
    DirBuilder::new().recursive(true).mode(0o700).create(&args.data)?;
    if let Ok(known) = Identity::read(&args.data) {
        let folder = args.data.display();
        let text = format!("`{folder}` is the folder of {} already; take another one", known.sensor);
        return Err(Refusal::Usage(text).into());
    }
    let identity =
        runtime()?.block_on(relay::enrol(&args.hub, &token)).context("cannot enrol this sensor")?;
    // The spool first: a sensor with a certificate and without a spool has to ask where to go on.
    let spool = args.data.join(SPOOL);
    if !Spool::exists(&spool)? {
        Spool::create(&spool)?;
    }
    identity.write(&args.data)?;
    let Identity { sensor, name, hub, ends_s, .. } = &identity;
    let ends = Timestamp::from_nanos(ends_s.saturating_mul(1_000_000_000));
    writeln!(
        io::stdout(),
        "{sensor} ({name}) is enrolled at {hub}; its certificate ends {ends} and is renewed by itself"
    )?;
    Ok(Done::Whole)
}

fn token(file: Option<&Path>) -> anyhow::Result<Token> {
    let mut text = String::new();
    match file {
        Some(path) => fs::File::open(path)
            .and_then(|file| file.take(TOKEN_MAX).read_to_string(&mut text))
            .with_context(|| format!("cannot read `{}`", path.display()))?,
        None => io::stdin().lock().take(TOKEN_MAX).read_to_string(&mut text)?,
    };
    text.parse().map_err(|error: relay::TokenError| Refusal::Usage(error.to_string()).into())
}

/// What is printed of a sensor.
#[derive(Serialize)]
struct Report<'a> {
    sensor: &'a str,
    name: &'a str,
    hub: String,
    certificate_ends: String,
    /// `null` when it never ran.
    status: Option<&'a Status>,
}

fn status(args: &SensorStatusArgs) -> Outcome {
    let identity = Identity::read(&args.data).map_err(|error| match error {
        relay::IdentityError::Missing { .. } => Refusal::NotFound(error.to_string()).into(),
        other => anyhow::Error::new(other),
    })?;
    let status = Status::read(&args.data)?;
    let report = Report {
        sensor: &identity.sensor,
        name: &identity.name,
        hub: identity.hub.to_string(),
        certificate_ends: Timestamp::from_nanos(identity.ends_s.saturating_mul(1_000_000_000)).to_string(),
        status: status.as_ref(),
    };
    let mut out = io::stdout().lock();
    if args.json {
        serde_json::to_writer_pretty(&mut out, &report)?;
        writeln!(out)?;
    } else {
        write_report(&mut out, &report)?;
    }
    Ok(Done::Whole)
}

fn write_report(out: &mut impl io::Write, report: &Report<'_>) -> io::Result<()> {
    writeln!(out, "sensor       {} ({})", report.sensor, report.name)?;
    writeln!(out, "hub          {}", report.hub)?;
    writeln!(out, "certificate  ends {}", report.certificate_ends)?;
    let Some(status) = report.status else { return writeln!(out, "line         never ran") };
    let line = match status.line {
        relay::Line::Unknown => "nothing was sent yet",
        relay::Line::Connected => "connected",
        relay::Line::Away => "the hub is away",
    };
    writeln!(out, "line         {line} since {}", status.since)?;
    if let Some(error) = status.error.as_ref().filter(|_| status.line == relay::Line::Away) {
        writeln!(out, "             {error}")?;
    }
    writeln!(out, "last batch   {}", status.last_batch)?;
    writeln!(out, "waiting      {} batches, {} bytes", status.waiting.batches, status.waiting.bytes)?;
    let waiting = status.waiting;
    writeln!(out, "given up     {} batches, {} frames", waiting.given_up_batches, waiting.given_up_frames)?;
    writeln!(out, "as of        {}", status.at)
}

/// Folder of the spool within that of the sensor.
const SPOOL: &str = "spool";

fn runtime() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_nanos(u64::try_from(since.as_nanos()).unwrap_or(u64::MAX))
}
