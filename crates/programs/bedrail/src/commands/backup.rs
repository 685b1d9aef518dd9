//! `bedrail backup` and `bedrail restore`.

use std::fs;
use std::io;
use std::path::Path;
use std::thread;
use std::time::Duration;

use anyhow::Context;
use hub::World;
use hub::backup::{self, Opener, Protection};
use serde_json::{Value, json};

use super::ask::{is_new, new_file, new_secret, secret, tell};
use crate::cli::{BackupArgs, RestoreArgs};
use crate::client::Client;
use crate::exit::{Done, Outcome, Refusal};
use crate::progress;
use crate::report::records::text;

/// How often the hub is asked whether it is done.
const LOOK: Duration = Duration::from_millis(300);
const PASSPHRASE: &str = "passphrase of the backup";

/// Makes a backup, through the hub that runs or from the folder of one that does not.
pub(crate) fn make(args: &BackupArgs) -> Outcome {
    is_new(&args.to)?;
    let bytes = match &args.data {
        Some(data) => from_folder(args, data)?,
        None => through_hub(args)?,
    };
    tell(&format!("wrote {} ({bytes} bytes); only who can open it can restore it", args.to.display()));
    Ok(Done::Whole)
}

fn from_folder(args: &BackupArgs, data: &Path) -> anyhow::Result<u64> {
    let protection = if args.recipients.is_empty() {
        Protection::passphrase(new_secret(PASSPHRASE)?)
    } else {
        Protection::recipients(&args.recipients)
    };
    let protection = protection.map_err(|error| Refusal::Usage(error.to_string()))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let made = runtime.block_on(backup::make_from(data, &args.to, &protection, &World::system()))?;
    Ok(made.bytes)
}

fn through_hub(args: &BackupArgs) -> anyhow::Result<u64> {
    let client = Client::logged_in()?;
    let body = if args.recipients.is_empty() {
        json!({ "passphrase": new_secret(PASSPHRASE)? })
    } else {
        json!({ "recipients": args.recipients })
    };
    let begun = client.post("/api/v1/backups", &body)?.body;
    let id = made(&client, text(&begun, "id").unwrap_or_default())?;
    let path = format!("/api/v1/backups/{id}");
    let bytes = client.fetch(&path, &[], |content, length| {
        let bar = progress::bar(length, false);
        let copied = new_file(&args.to, |file| Ok(io::copy(&mut bar.wrap_read(content), file)?))?;
        bar.finish_and_clear();
        Ok(copied)
    })?;
    // The hub keeps no copy of what was fetched whole: its disk is not the place for backups.
    client.delete(&path)?;
    Ok(bytes)
}

/// Waits until the operation ended; gives the id of what it made.
fn made(client: &Client, operation: &str) -> anyhow::Result<String> {
    let bar = progress::waiting("the hub makes the backup");
    loop {
        let now = client.get(&format!("/api/v1/operations/{operation}"), &[])?.body;
        match (text(&now, "state"), text(&now, "made")) {
            (Some("running"), _) => thread::sleep(LOOK),
            (Some("done"), Some(made)) => {
                bar.finish_and_clear();
                return Ok(made.to_owned());
            }
            _ => {
                let why = now.get("problem").and_then(Value::as_str).unwrap_or("it does not say why");
                anyhow::bail!("the hub could not make the backup: {why}");
            }
        }
    }
}

/// Restores a backup into an empty folder.
pub(crate) fn restore(args: &RestoreArgs) -> Outcome {
    let opener = match &args.identity {
        Some(path) => {
            let text = read(path)?;
            Opener::identities(&text).with_context(|| format!("cannot use `{}`", path.display()))?
        }
        None => Opener::passphrase(secret(PASSPHRASE)?),
    };
    let restored = backup::restore(&args.from, &args.data, &opener)?;
    let data = args.data.display();
    tell(&format!(
        "restored {} files of version {}, made {}; start the hub with `bedrail hub --data {data}`",
        restored.files, restored.version, restored.created
    ));
    Ok(Done::Whole)
}

fn read(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))
}
