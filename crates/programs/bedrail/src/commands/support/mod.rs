//! `bedrail support bundle`: what is known about a fault, in one file, without addresses, names and identities.
//!
//! Nothing gets in unless it is known to name nobody: numbers, words of this program, names of its own files. What is
//! taken out is not looked for by patterns; what is let in is.

mod log;

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;

use anyhow::Context;
use serde_json::{Value, json};

use super::ask::{new_file, tell};
use super::doctor;
use crate::cli::{BundleArgs, DoctorArgs};
use crate::client::Client;
use crate::exit::{Done, Outcome};
use crate::report::records::text;

/// Bytes of a log that are read: its beginning is left out of a longer one by who pipes it.
const LOG_MAX: u64 = 64 * 1024 * 1024;
/// How hard zstd tries.
const LEVEL: i32 = 9;
/// Settings by the environment.
const VARIABLES: &[&str] =
    &["BEDRAIL_LOG", "BEDRAIL_LOG_FORMAT", "BEDRAIL_STORE_URL", "NO_COLOR", "XDG_CONFIG_HOME"];
/// Files and folders of the data folder; what else lies there is only counted.
const FILES: &[&str] = &[
    "bedrail.db",
    "bedrail.db-wal",
    "bedrail.db-shm",
    "store.key",
    "tls",
    "tls/hub.crt",
    "tls/hub.key",
    "tls/own",
    "backups",
    "lock",
    "first-login",
];
/// What is in the file, for whoever opens it.
const README: &str = "What `bedrail support bundle` wrote. Read it before you send it.\n\n\
    versions.json       of the program, the hub and the kernel\n\
    doctor.json         what `bedrail doctor` found: which check, how it ended, its figure\n\
    metrics.txt         figures of the hub, where somebody was logged in as admin\n\
    configuration.json  which settings are made, and sizes and permissions of the hub's own files\n\
    log.jsonl           of each log line its time, level, place in the program, message and numbers\n\n\
    There are no addresses, host names, accounts, device names, paths or identities in it.\n";

/// Writes the file.
pub(crate) fn bundle(args: &BundleArgs) -> Outcome {
    let client = Client::logged_in().ok();
    let parts = [
        ("README.txt", README.to_owned()),
        ("versions.json", pretty(&versions(client.as_ref()))?),
        ("doctor.json", pretty(&findings(args))?),
        ("metrics.txt", metrics(client.as_ref())),
        ("configuration.json", pretty(&configuration(args))?),
        ("log.jsonl", lines(args.log.as_deref())?),
    ];
    new_file(&args.to, |file| pack(file, &parts))?;
    tell(&format!("wrote {}; look into it before you send it", args.to.display()));
    Ok(Done::Whole)
}

fn pack(file: &mut File, parts: &[(&str, String)]) -> anyhow::Result<()> {
    let mut archive = tar::Builder::new(zstd::Encoder::new(file, LEVEL)?);
    for (name, content) in parts {
        let mut header = tar::Header::new_gnu();
        header.set_size(u64::try_from(content.len())?);
        header.set_mode(0o600);
        archive.append_data(&mut header, format!("bedrail-support/{name}"), content.as_bytes())?;
    }
    archive.into_inner()?.finish()?.flush()?;
    Ok(())
}

fn pretty(value: &Value) -> anyhow::Result<String> {
    Ok(serde_json::to_string_pretty(value)? + "\n")
}

fn versions(client: Option<&Client>) -> Value {
    let about = client.and_then(|client| client.get("/api/v1/about", &[]).ok()).map(|answer| answer.body);
    let of_hub = |field: &str| about.as_ref().and_then(|about| text(about, field)).map(log::version);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").ok();
    json!({
        "bedrail": env!("CARGO_PKG_VERSION"),
        "hub": of_hub("version"),
        "kernel": kernel.map(|release| log::version(release.trim())),
        "processors": std::thread::available_parallelism().map_or(0, std::num::NonZero::get),
        "architecture": std::env::consts::ARCH,
    })
}

/// What the doctor says, without its words: they hold paths and addresses.
fn findings(args: &BundleArgs) -> Value {
    let BundleArgs { data, listen, interface, .. } = args;
    let args = DoctorArgs { data: data.clone(), listen: *listen, interface: interface.clone(), json: true };
    let findings = doctor::examine(&args);
    let shown = findings
        .iter()
        .map(|finding| json!({ "check": finding.check, "state": finding.state, "figure": finding.figure }));
    Value::Array(shown.collect())
}

/// Figures without labels that could name somebody: the class of a status is the only label let in.
fn metrics(client: Option<&Client>) -> String {
    let Some(client) = client else { return "# nobody was logged in\n".to_owned() };
    let Ok(all) = client.text("/metrics") else { return "# the hub did not give them\n".to_owned() };
    let is_known =
        |line: &&str| line.starts_with("bedrail_") && (!line.contains('{') || line.contains("{class=\""));
    all.lines().filter(is_known).map(|line| format!("{line}\n")).collect()
}

fn configuration(args: &BundleArgs) -> Value {
    let settings =
        VARIABLES.iter().map(|name| ((*name).to_owned(), Value::from(std::env::var_os(name).is_some())));
    let data = doctor::data_folder(args.data.as_deref());
    json!({
        "set": settings.collect::<serde_json::Map<_, _>>(),
        "listens_beyond_this_machine": !args.listen.ip().is_loopback(),
        "has_interface": args.interface.is_some(),
        "files": data.as_deref().map(files),
    })
}

/// Sizes and permissions of what belongs into a data folder.
fn files(data: &Path) -> Value {
    use std::os::unix::fs::PermissionsExt as _;
    let known = FILES.iter().filter_map(|name| {
        let found = fs::metadata(data.join(name)).ok()?;
        let mode = format!("{:o}", found.permissions().mode() & 0o7777);
        Some(json!({ "name": name, "bytes": found.len(), "mode": mode }))
    });
    let all = fs::read_dir(data).map_or(0, Iterator::count);
    json!({ "known": known.collect::<Vec<_>>(), "entries": all })
}

fn lines(path: Option<&Path>) -> anyhow::Result<String> {
    let Some(path) = path else { return Ok(String::new()) };
    let mut bytes = Vec::new();
    let cannot = || format!("cannot read the log `{}`", path.display());
    if path == Path::new("-") {
        io::stdin().lock().take(LOG_MAX).read_to_end(&mut bytes).with_context(cannot)?;
    } else {
        let file = File::open(path).with_context(cannot)?;
        file.take(LOG_MAX).read_to_end(&mut bytes).with_context(cannot)?;
    }
    Ok(String::from_utf8_lossy(&bytes).lines().filter_map(log::kept).map(|line| line + "\n").collect())
}
