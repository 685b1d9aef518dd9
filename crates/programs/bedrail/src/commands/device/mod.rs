//! `bedrail device`: the inventory of a hub.

mod adjust;
mod approve;
mod exchange;
mod show;
mod state;

use std::io::{BufWriter, stdout};

use anyhow::anyhow;
use indicatif::ProgressBar;
use model::MacAddr;
use serde_json::Value;

use super::ask::tell;
use crate::cli::{ChangesArgs, DeviceCommand, ListArgs};
use crate::client::Client;
use crate::exit::{Done, Outcome, Refusal};
use crate::nearest::suggestion;
use crate::progress;
use crate::report::records::{Kind, Printer, text};

/// Where devices are.
const DEVICES: &str = "/api/v1/devices";
/// Devices that are looked at to find the one that is meant.
const LOOKED_AT_MAX: usize = 500;

/// Does it.
pub(crate) fn run(command: &DeviceCommand) -> Outcome {
    let client = Client::logged_in()?;
    match command {
        DeviceCommand::List(args) => list(&client, args),
        DeviceCommand::Show(args) => show::run(&client, args),
        DeviceCommand::Approve(args) => approve::run(&client, args),
        DeviceCommand::Set(args) => state::run(&client, args),
        DeviceCommand::Changes(args) => changes(&client, args),
        DeviceCommand::Merge(args) => adjust::merge(&client, args),
        DeviceCommand::Split(args) => adjust::split(&client, args),
        DeviceCommand::Adjustments(args) => adjust::list(&client, args),
        DeviceCommand::Undo(args) => adjust::undo(&client, args),
        DeviceCommand::Import(args) => exchange::import(&client, args),
        DeviceCommand::Export(args) => exchange::export(&client, args),
    }
}

fn list(client: &Client, args: &ListArgs) -> Outcome {
    let asked = [("filter", &args.filter), ("q", &args.search), ("sort", &args.sort)];
    let query: Vec<(&str, &str)> =
        asked.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?))).collect();
    let mut printer = Printer::new(Kind::Devices, args.format, BufWriter::new(stdout().lock()));
    let (shown, total) = each(client, DEVICES, &query, args.limit, |device| printer.take(device))?;
    printer.finish()?;
    if !(args.format.json || args.format.jsonl || args.format.csv) {
        let of_all = if total > shown { format!(" of {total}") } else { String::new() };
        tell(&format!("{}{of_all}", devices(shown)));
    }
    Ok(Done::Whole)
}

fn changes(client: &Client, args: &ChangesArgs) -> Outcome {
    let path = match &args.device {
        Some(wanted) => format!("{}/changes", path(&chosen(client, wanted)?)),
        None => "/api/v1/changes".to_owned(),
    };
    let most = (!args.all).then_some(args.limit);
    let mut printer = Printer::new(Kind::Changes, args.format, BufWriter::new(stdout().lock()));
    each(client, &path, &[], most, |change| printer.take(change))?;
    printer.finish()?;
    Ok(Done::Whole)
}

/// Goes through a list with progress; says how many entries came and how many there are.
fn each(
    client: &Client,
    path: &str,
    query: &[(&str, &str)],
    most: Option<usize>,
    mut take: impl FnMut(Value) -> anyhow::Result<()>,
) -> anyhow::Result<(u64, u64)> {
    let bar: ProgressBar = progress::count();
    let (mut count, mut all) = (0, 0);
    client.pages(path, query, most, |entry, total| {
        count += 1;
        all = total.unwrap_or(count);
        bar.set_length(all);
        bar.set_position(count);
        take(entry)
    })?;
    bar.finish_and_clear();
    Ok((count, all))
}

/// Where a device is.
fn path(id: &str) -> String {
    format!("{DEVICES}/{id}")
}

/// `1 device`, `2 devices`.
fn devices(count: u64) -> String {
    format!("{count} device{}", if count == 1 { "" } else { "s" })
}

/// The id of the one device that `wanted` names: by id, name, address or serial number.
fn chosen(client: &Client, wanted: &str) -> anyhow::Result<String> {
    let is_id =
        wanted.starts_with("dev_") && wanted.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b));
    if is_id {
        return Ok(wanted.to_owned());
    }
    let canonical = canonical(wanted);
    let (mut exact, mut near) = (Vec::new(), Vec::new());
    client.pages(DEVICES, &[("q", &canonical)], Some(LOOKED_AT_MAX), |device, _| {
        let id = text(&device, "id").unwrap_or_default().to_owned();
        if is_called(&device, &canonical) {
            exact.push(id);
        } else {
            near.extend(text(&device, "name").map(str::to_owned));
        }
        Ok(())
    })?;
    match exact.as_slice() {
        [only] => Ok(only.clone()),
        [] => Err(anyhow!(Refusal::NotFound(format!(
            "the hub knows no device `{wanted}`{}; `bedrail device list` lists them",
            suggestion(wanted, near.iter().map(String::as_str))
        )))),
        several => {
            let told = format!("`{wanted}` means several devices: {}; name one by id", several.join(", "));
            Err(anyhow!(Refusal::Usage(told)))
        }
    }
}

/// An address as the hub writes it.
fn canonical(wanted: &str) -> String {
    let mac = wanted.parse::<MacAddr>().map(|mac| mac.to_string()).ok();
    let ip = || wanted.parse::<std::net::IpAddr>().map(|ip| ip.to_string()).ok();
    mac.or_else(ip).unwrap_or_else(|| wanted.to_owned())
}

fn is_called(device: &Value, wanted: &str) -> bool {
    let is_it = |value: &Value| value.as_str().is_some_and(|text| text.eq_ignore_ascii_case(wanted));
    let is_in = |field: &str| match device.get(field) {
        Some(Value::Array(all)) => all.iter().any(is_it),
        Some(one) => is_it(one),
        None => false,
    };
    ["id", "name", "serial", "ips", "macs"].into_iter().any(is_in)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_called_by_each_of_its_names_and_by_no_part_of_one() {
        let device = serde_json::json!({
            "id": "dev_1", "name": "CT-4", "serial": null, "ips": ["10.0.0.1", "fe80::1"], "macs": ["00:00:5e:00:53:01"]
        });
        for wanted in ["ct-4", "10.0.0.1", "FE80:0:0::1", "00-00-5E-00-53-01"] {
            assert!(is_called(&device, &canonical(wanted)), "{wanted}");
        }
        for wanted in ["ct", "10.0.0.10", "", "null"] {
            assert!(!is_called(&device, &canonical(wanted)), "{wanted}");
        }
    }
}
