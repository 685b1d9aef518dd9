//! A hub in a process of its own, so that its start and its memory are its own.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use tokio::sync::mpsc;

use crate::ask::Client;
use crate::fill::options;

/// How many times faster than it happened the sensor beside a hub hears its capture.
const SPEED: &str = "60";

/// Runs a hub in `folder`, says where, and ends when standard input does.
pub(crate) fn serve(folder: &Path) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let (_batches, receiver) = mpsc::channel(1);
    let (over, ends) = tokio::sync::oneshot::channel::<()>();
    std::thread::spawn(move || {
        // Whatever ends standard input ends the hub.
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        drop(over);
    });
    let started = |news: hub::Started| println!("{}", news.url);
    runtime.block_on(hub::run(options(folder), receiver, started, async { drop(ends.await) }))?;
    Ok(())
}

/// A hub that runs.
pub(crate) struct Hub {
    child: Child,
    pub(crate) url: String,
    begun: Instant,
    /// From the start of the process until it answered.
    pub(crate) started: Duration,
}

impl Hub {
    /// This program as a hub in `data`.
    pub(crate) fn start(data: &Path) -> Result<Self> {
        Self::spawn(Command::new(std::env::current_exe()?).arg("serve").arg(data))
    }

    /// `bedrail hub` in `data`, whose sensor hears `capture` over and over.
    pub(crate) fn start_beside_sensor(bedrail: &Path, data: &Path, capture: &Path) -> Result<Self> {
        let mut command = Command::new(bedrail);
        command.args(["hub", "--listen", "127.0.0.1:0", "--insecure-http", "--speed", SPEED, "--repeat"]);
        Self::spawn(command.arg("--data").arg(data).arg("--replay").arg(capture).stderr(Stdio::null()))
    }

    /// The first line that it prints ends with its URL.
    fn spawn(command: &mut Command) -> Result<Self> {
        let begun = Instant::now();
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("its output")?).read_line(&mut line)?;
        let url = line.split_whitespace().next_back().context("a URL")?.trim_end_matches('/').to_owned();
        Client::probe(&url, "/livez")?;
        Ok(Self { child, url, begun, started: begun.elapsed() })
    }

    /// Waits until it has derived everything; from the start of the process.
    pub(crate) fn ready(&mut self, client: &mut Client) -> Result<Duration> {
        while client.metric("bedrail_derivations_total")? < 1.0 {
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(self.begun.elapsed())
    }

    /// The largest resident set so far.
    pub(crate) fn peak_mib(&self) -> Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("VmHWM")?;
        let kib: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
        Ok(kib / 1_024.0)
    }

    /// Ends it as it is.
    pub(crate) fn stop(mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

/// Bytes of the files in a folder.
pub(crate) fn size(folder: &Path) -> Result<u64> {
    let mut sum = 0;
    for entry in std::fs::read_dir(folder)? {
        sum += entry?.metadata()?.len();
    }
    Ok(sum)
}
