//! `cargo xtask bench [packets|hub]`: the whole program against others on the same input in one run.
//!
//! `packets` counts CPU seconds beside ndpiReader and tshark; `hub` runs the example `figures` of the hub, beside
//! PostgreSQL. Without a word, both.
//!
//! Two traces are made once and kept under `target/bench`: one of the corpus, repeated with rewritten addresses, and
//! one of half a million short flows. Every program is a process of its own; the best of several runs counts.

mod measure;
mod short_flows;
mod trace;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use measure::{Cost, cost};

/// Folder of the corpus when `BEDRAIL_CORPUS` names no other, beside the project.
const CORPUS: &str = "../shared/corpus";
const SHORT_FLOWS: u64 = 500_000;

/// What the issue of the first release asks for.
const RATIO_MIN: f64 = 3.0;
const SHORT_RATIO_MIN: f64 = 5.0;
const SPEED_UP_MIN: f64 = 1.7;
const PEAK_MAX_MIB: f64 = 300.0;
const BYTES_PER_FLOW_MAX: f64 = 800.0;

/// Measures what is asked for, prints the tables and says which aims are met.
pub(crate) fn run(root: &Path, what: Option<&str>) -> Result<()> {
    if let Some(unknown) = what.filter(|what| !["packets", "hub"].contains(what)) {
        bail!("`{unknown}` is no benchmark; it is packets or hub");
    }
    build(root)?;
    if what != Some("hub") {
        packets(root)?;
    }
    if what != Some("packets") {
        println!();
        hub(root)?;
    }
    Ok(())
}

fn hub(root: &Path) -> Result<()> {
    let release = root.join("target/release");
    let figures = release.join("examples/figures");
    finish(&mut Command::new(&figures))?;
    println!();
    let folder = root.join("target/bench");
    std::fs::create_dir_all(&folder)?;
    let capture = folder.join("hospital.pcapng");
    let hospital = ["hospital", "--seed", "1", "--out"];
    finish(Command::new(release.join("testkit")).args(hospital).arg(&capture))?;
    finish(Command::new(&figures).arg("beside").arg(release.join("bedrail")).arg(&capture))
}

fn finish(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot run {command:?}"))?;
    if status.success() { Ok(()) } else { bail!("{command:?} broke off") }
}

/// Makes the traces and measures the way from packets to devices.
fn packets(root: &Path) -> Result<()> {
    let folder = root.join("target/bench");
    std::fs::create_dir_all(&folder)?;
    let bedrail = root.join("target/release/bedrail");
    let corpus = std::env::var_os("BEDRAIL_CORPUS").map_or_else(|| root.join(CORPUS), PathBuf::from);
    let mixed = trace::mixed(&corpus, &folder)?;
    let short = short_flows::write(SHORT_FLOWS, &folder)?;
    println!("mixed trace        {}", mixed.describe());
    println!("short flows        {}", short.describe());
    println!();
    let mut aims = Aims::default();
    let wide = compare(&bedrail, &mixed, &mut aims, RATIO_MIN)?;
    two_threads(&bedrail, &mixed, wide, &mut aims)?;
    aims.at_most("peak memory on the mixed trace, MiB", wide.peak_mib(), PEAK_MAX_MIB);
    tshark(&bedrail, &folder)?;
    let narrow = compare(&bedrail, &short, &mut aims, SHORT_RATIO_MIN)?;
    let flows = measure::to_f64(SHORT_FLOWS);
    aims.at_most("peak bytes for each short flow", narrow.peak_bytes() / flows, BYTES_PER_FLOW_MAX);
    println!("an idle flow takes {} bytes of its table", flow::Lane::bytes_per_flow());
    aims.print()
}

fn build(root: &Path) -> Result<()> {
    let status = Command::new(env!("CARGO"))
        .args(["build", "--release", "--locked", "--workspace"])
        .args(["--bin", "bedrail", "--bin", "testkit", "--example", "figures"])
        .current_dir(root)
        .status()
        .context("cannot build bedrail")?;
    if status.success() { Ok(()) } else { bail!("bedrail does not build") }
}

/// Reading the file, `bedrail inspect --json` with one thread, and `ndpiReader -q`.
fn compare(bedrail: &Path, trace: &trace::Trace, aims: &mut Aims, ratio_min: f64) -> Result<Cost> {
    let path = trace.path.display().to_string();
    let read = cost("cat", &[&path])?;
    row(&format!("{}: reading the file (cat)", trace.name), trace, read);
    let own = cost(bedrail, &["inspect", "--json", "--quiet", "--threads", "1", &path])?;
    row(&format!("{}: bedrail inspect --json", trace.name), trace, own);
    let ndpi = cost("ndpiReader", &["-q", "-i", &path])?;
    row(&format!("{}: ndpiReader -q", trace.name), trace, ndpi);
    let name = format!("packets per CPU second against ndpiReader, {}", trace.name);
    aims.at_least(&name, ndpi.cpu() / own.cpu(), ratio_min);
    Ok(own)
}

fn two_threads(bedrail: &Path, trace: &trace::Trace, one: Cost, aims: &mut Aims) -> Result<()> {
    let path = trace.path.display().to_string();
    let two = cost(bedrail, &["inspect", "--json", "--quiet", "--threads", "2", &path])?;
    row(&format!("{}: bedrail with two threads", trace.name), trace, two);
    aims.at_least("elapsed time, one thread against two", one.elapsed / two.elapsed, SPEED_UP_MIN);
    Ok(())
}

/// tshark is measured on a slice: on the whole trace it takes minutes and gigabytes.
fn tshark(bedrail: &Path, folder: &Path) -> Result<()> {
    let slice = trace::slice(folder)?;
    let path = slice.path.display().to_string();
    let own = cost(bedrail, &["inspect", "--json", "--quiet", "--threads", "1", &path])?;
    row("slice: bedrail inspect --json", &slice, own);
    let shark = cost("tshark", &["-r", &path, "-q", "-z", "io,phs"])?;
    row("slice: tshark -z io,phs", &slice, shark);
    println!("packets per CPU second against tshark, slice: {:.1} x", shark.cpu() / own.cpu());
    Ok(())
}

fn row(what: &str, trace: &trace::Trace, cost: Cost) {
    let micros = cost.cpu() * 1e6 / measure::to_f64(trace.packets);
    println!(
        "{what:<48} {:>7.2} CPU s  {:>7.2} s elapsed  {micros:>7.3} us/packet  {:>7.1} MiB peak",
        cost.cpu(),
        cost.elapsed,
        cost.peak_mib()
    );
}

/// What was aimed at and what was reached.
#[derive(Default)]
struct Aims {
    lines: Vec<(String, bool)>,
}

impl Aims {
    fn at_least(&mut self, what: &str, value: f64, aim: f64) {
        self.lines.push((format!("{what}: {value:.2} (aim: at least {aim})"), value >= aim));
    }

    fn at_most(&mut self, what: &str, value: f64, aim: f64) {
        self.lines.push((format!("{what}: {value:.1} (aim: at most {aim})"), value <= aim));
    }

    /// Benchmarks report; what is missed is said, not asserted.
    fn print(&self) -> Result<()> {
        println!();
        for (line, met) in &self.lines {
            println!("{} {line}", if *met { "met   " } else { "missed" });
        }
        Ok(())
    }
}
