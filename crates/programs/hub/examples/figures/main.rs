//! Figures of a hub: what it takes in a second, and how long lists, searches and pages take over many devices, beside
//! the same data in plain PostgreSQL asked by hand-written SQL, in one run.
//!
//! `cargo xtask bench hub` builds and runs it; `figures [devices]`, and `figures beside BEDRAIL CAPTURE` for a hub with a
//! sensor in the same process. What it makes goes to a temporary folder.
#![allow(clippy::print_stdout, reason = "a measurement")]

mod ask;
mod fill;
mod postgres;
mod process;
mod times;

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;
use tempfile::TempDir;

/// Devices, unless another number is given.
const DEVICES: u32 = 100_000;
/// What the hub is to keep to.
const INGEST_MIN: f64 = 20_000.0;
/// A million an hour.
const CONVERSATIONS_MIN: f64 = 1_000_000.0 / 3_600.0;
const START_MAX_MS: f64 = 3_000.0;
const MEMORY_MAX_MIB: f64 = 2_048.0;
/// Devices of a hub that has a sensor beside it, and what both keep to.
const DEVICES_BESIDE: u32 = 10_000;
const MEMORY_BESIDE_MAX_MIB: f64 = 1_024.0;
/// Devices that the sensor adds, of the synthetic hospital's.
const HEARD: u64 = 250;
/// For so long at least, and so long at most, it is asked again and again while the sensor hears.
const BESIDE_MIN: Duration = Duration::from_secs(60);
const BESIDE_MAX: Duration = Duration::from_secs(600);

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["serve", folder] => process::serve(folder.as_ref()),
        [] => measure(DEVICES),
        [devices] => measure(devices.parse()?),
        ["beside", bedrail, capture] => measure_beside(bedrail.as_ref(), capture.as_ref()),
        _ => anyhow::bail!("figures [devices], or figures beside BEDRAIL CAPTURE"),
    }
}

/// The memory of a hub and the sensor in its process.
fn measure_beside(bedrail: &Path, capture: &Path) -> Result<()> {
    let folder = TempDir::new()?;
    let data = folder.path().join("data");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let filled = runtime.block_on(fill::fill(&data, DEVICES_BESIDE))?;
    drop(runtime);
    let mut hub = process::Hub::start_beside_sensor(bedrail, &data, capture)?;
    let mut client = ask::Client::log_in(&hub.url, &filled.name, &filled.password)?;
    hub.ready(&mut client)?;
    let begun = Instant::now();
    let mut devices = 0;
    while begun.elapsed() < BESIDE_MIN || devices < u64::from(DEVICES_BESIDE) + HEARD {
        ask::all(&mut client, DEVICES_BESIDE)?;
        devices = client.total("/api/v1/devices?limit=1")?;
        anyhow::ensure!(begun.elapsed() < BESIDE_MAX, "the sensor brought {devices} devices only");
    }
    let batches = client.metric("bedrail_batches_total")?;
    println!("{devices} devices, {batches} batches of the sensor beside the hub");
    aim_at_most("peak memory of the hub and its sensor, MiB", hub.peak_mib()?, MEMORY_BESIDE_MAX_MIB);
    hub.stop()
}

fn measure(devices: u32) -> Result<()> {
    let folder = TempDir::new()?;
    let data = folder.path().join("data");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let filled = runtime.block_on(fill::fill(&data, devices))?;
    let (said, talked) = (&filled.observations, &filled.conversations);
    println!("{devices} devices, {} observations, {} conversations of one hour", said.count, talked.count);
    aim_at_least("observations ingested a second, encrypted", said.per_second(), INGEST_MIN);
    aim_at_least("conversations ingested a second, encrypted", talked.per_second(), CONVERSATIONS_MIN);
    println!("       from the first batch to every device in the list: {:.1} s", filled.listed.as_secs_f64());
    println!("       files: {} MiB", process::size(&data)? >> 20);

    let mut hub = process::Hub::start(&data)?;
    aim_at_most("ms until a hub answers after its start", hub.started.as_secs_f64() * 1e3, START_MAX_MS);
    let mut client = ask::Client::log_in(&hub.url, &filled.name, &filled.password)?;
    let asked = ask::all(&mut client, devices)?;
    let ready = hub.ready(&mut client)?;
    println!("       until it has derived everything anew: {:.1} s", ready.as_secs_f64());
    let busy = ask::all(&mut client, devices)?;
    println!("\nwhile it derives its first picture / afterwards:");
    for (first, then) in asked.iter().zip(&busy) {
        println!("       {:<28} p95 {:>7.1} ms / {:>7.1} ms", first.what, first.p95_ms(), then.p95_ms());
    }
    for times in &busy {
        aim_at_most(&format!("{}, p95 in ms", times.what), times.p95_ms(), times.aim_ms);
    }
    aim_at_most("peak memory of the hub, MiB", hub.peak_mib()?, MEMORY_MAX_MIB);
    hub.stop()?;

    println!();
    let compared = runtime.block_on(postgres::compare(&data, devices))?;
    for pair in &compared {
        let [own, other] = [pair.own.median_ms(), pair.by_hand.median_ms()];
        println!("       {:<28} store {own:>7.2} ms, PostgreSQL by hand {other:>7.2} ms", pair.own.what);
        aim_at_most(&format!("{}, ratio to PostgreSQL by hand", pair.own.what), own / other, 1.5);
    }
    Ok(())
}

fn aim_at_most(what: &str, value: f64, aim: f64) {
    println!("{} {what}: {value:.1} (aim: at most {aim})", if value <= aim { "met   " } else { "missed" });
}

fn aim_at_least(what: &str, value: f64, aim: f64) {
    println!("{} {what}: {value:.0} (aim: at least {aim})", if value >= aim { "met   " } else { "missed" });
}
