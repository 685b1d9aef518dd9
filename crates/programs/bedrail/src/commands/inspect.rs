//! `bedrail inspect`: captures or an interface to devices.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use anyhow::Context;
use capture::{Block, Counters, Files, Filter as PacketFilter, LiveOptions, LiveSource, Progress, Source};
use identify::Knowledge;
use indicatif::ProgressBar;

use super::work;
use crate::cli::{InspectArgs, WorkArgs};
use crate::exit::{Done, Outcome, Refusal};
use crate::filter::Filter;
use crate::inspection::Inspection;
use crate::progress;
use crate::report::document::Document;
use crate::report::grid::Layout;
use crate::report::{csv, json, jsonl, page, table};

/// Inspects and prints.
pub(crate) fn run(args: &InspectArgs) -> Outcome {
    let filter = args.filter.as_deref().map(device_filter).transpose()?;
    let packets = args.bpf.as_deref().map(packet_filter).transpose()?;
    let knowledge = work::knowledge(&args.work)?;
    let (inspection, done) = match &args.interface {
        Some(interface) => listen(interface, args, packets, &knowledge)?,
        None => inspect_paths(&args.paths, packets, &args.work, &knowledge)?,
    };
    let document = Document::new(&inspection, filter.as_ref());
    if let Some(path) = &args.html {
        write_page(&document, path)?;
    }
    print(&document, args)?;
    // The process ends here; taking a million entries apart first would only cost time.
    std::mem::forget(document);
    std::mem::forget(inspection);
    Ok(done)
}

fn device_filter(text: &str) -> Result<Filter, Refusal> {
    Filter::parse(text).map_err(|error| Refusal::Usage(format!("{error}{}", pointer(text, error.column))))
}

fn packet_filter(text: &str) -> Result<PacketFilter, Refusal> {
    let told = |error: capture::FilterError| format!("--bpf: {error}{}", pointer(text, error.column));
    PacketFilter::parse(text).map_err(|error| Refusal::Usage(told(error)))
}

/// The expression with a mark below the character at `column`, counted from 1.
fn pointer(text: &str, column: usize) -> String {
    let blank = " ".repeat(column.saturating_sub(1));
    if text.contains(char::is_control) { String::new() } else { format!("\n  {text}\n  {blank}^") }
}

/// Reads capture files and derives the devices.
pub(crate) fn inspect_paths(
    paths: &[PathBuf],
    filter: Option<PacketFilter>,
    args: &WorkArgs,
    knowledge: &Knowledge,
) -> anyhow::Result<(Inspection, Done)> {
    let mut files = Files::open(paths)?;
    if let Some(filter) = filter {
        files.set_filter(filter);
    }
    let stop = interruptible();
    let bar = progress::bar(files.total_bytes(), args.quiet);
    let mut watched = Watched { source: &mut files, bar: &bar, until: None };
    let report = work::report(&mut watched, args, &stop)?;
    bar.finish_and_clear();
    let counters = files.counters();
    let mut inspection = Inspection::new(report, knowledge);
    inspection.inputs = paths.iter().map(|path| path.display().to_string()).collect();
    inspection.lost_before_capture = counters.lost;
    inspection.notices = files.notices().iter().map(ToString::to_string).collect();
    let done = match (stop.load(Ordering::Relaxed), inspection.notices.is_empty()) {
        (true, _) => Done::Interrupted,
        (false, false) => Done::Partial,
        (false, true) => Done::Whole,
    };
    Ok((inspection, done))
}

/// Listens on an interface until interrupted or the time is over, and derives the devices.
fn listen(
    interface: &str,
    args: &InspectArgs,
    filter: Option<PacketFilter>,
    knowledge: &Knowledge,
) -> anyhow::Result<(Inspection, Done)> {
    let stop = interruptible();
    let mut live = LiveSource::open(interface, LiveOptions { filter, ..LiveOptions::default() })?;
    if !args.work.quiet {
        let until = args.duration.map_or("Ctrl-C ends it".to_owned(), |seconds| format!("for {seconds} s"));
        // Standard error may be closed; listening goes on.
        let _ = writeln!(io::stderr(), "listening on {interface}, {until}; nothing is sent");
    }
    let bar = progress::bar(None, args.work.quiet);
    let until = args.duration.and_then(|seconds| Instant::now().checked_add(Duration::from_secs(seconds)));
    let mut watched = Watched { source: &mut live, bar: &bar, until };
    let report = work::report(&mut watched, &args.work, &stop)?;
    bar.finish_and_clear();
    let mut inspection = Inspection::new(report, knowledge);
    inspection.inputs = vec![interface.to_owned()];
    inspection.lost_before_capture = live.counters().lost;
    // Without a duration an interruption is how listening ends; with one it came too early.
    let cut = args.duration.is_some() && stop.load(Ordering::Relaxed);
    Ok((inspection, if cut { Done::Interrupted } else { Done::Whole }))
}

/// A source that shows its progress and ends in time.
struct Watched<'s, S> {
    source: &'s mut S,
    bar: &'s ProgressBar,
    until: Option<Instant>,
}

impl<S: Source> Source for Watched<'_, S> {
    fn read(&mut self, block: &mut Block) -> Result<Progress, capture::Error> {
        if self.until.is_some_and(|until| Instant::now() >= until) {
            return Ok(Progress::End);
        }
        let progress = self.source.read(block)?;
        let counters = self.source.counters();
        self.bar.set_position(counters.bytes_read);
        if self.bar.length().is_none() || counters.frames % MESSAGE_EVERY < 1_024 {
            self.bar.set_message(format!("{} frames", counters.frames));
        }
        Ok(progress)
    }

    fn counters(&self) -> Counters {
        self.source.counters()
    }
}

/// Set when the user interrupts; the command then ends with what it has. A second interruption ends it at once.
pub(crate) fn interruptible() -> Arc<AtomicBool> {
    static STOP: OnceLock<Arc<AtomicBool>> = OnceLock::new();
    let stop = STOP.get_or_init(|| {
        let stop = Arc::new(AtomicBool::new(false));
        let handler = Arc::clone(&stop);
        // Without a handler an interruption ends the process at once, as everywhere.
        let _ = ctrlc::set_handler(move || {
            if handler.swap(true, Ordering::Relaxed) {
                std::process::exit(130);
            }
        });
        stop
    });
    Arc::clone(stop)
}

fn print(document: &Document<'_>, args: &InspectArgs) -> anyhow::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    if args.json || args.jsonl || args.csv {
        tell(document.counters.input_notices);
    }
    if args.json {
        json::write(document, &mut out)?;
    } else if args.jsonl {
        jsonl::write(document, &mut out)?;
    } else if args.csv {
        csv::write(document, &mut out)?;
    } else {
        out.write_all(table::render(document, Layout::of_stdout()).as_bytes())?;
        if let Some(path) = &args.html {
            writeln!(out, "{:<23}{}", "Page:", path.display())?;
        }
    }
    out.flush()?;
    Ok(())
}

/// Notices go with the table; where the output is for programs, people find them here.
fn tell(notices: &[String]) {
    for notice in notices {
        // Standard error may be closed; there is nobody left to tell.
        let _ = writeln!(io::stderr(), "bedrail: {notice}");
    }
}

fn write_page(document: &Document<'_>, path: &Path) -> anyhow::Result<()> {
    let write = || -> io::Result<()> {
        let mut file = File::create(path)?;
        file.write_all(page::render(document).as_bytes())?;
        file.sync_all()
    };
    write().with_context(|| format!("cannot write the page `{}`", path.display()))
}

/// The frame count is shown again after about this many frames.
const MESSAGE_EVERY: u64 = 65_536;
