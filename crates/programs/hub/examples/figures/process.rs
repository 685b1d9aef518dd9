//! A hub in a process of its own, so that its start and its memory are its own.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use tokio::sync::mpsc;

use crate::ask::Client;
use crate::fill::options;

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
    pub(crate) fn start(data: &Path) -> Result<Self> {
        let begun = Instant::now();
        let mut child = Command::new(std::env::current_exe()?)
            .arg("serve")
            .arg(data)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut url = String::new();
        BufReader::new(child.stdout.take().context("its output")?).read_line(&mut url)?;
        let url = url.trim().to_owned();
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

    pub(crate) fn stop(mut self) -> Result<()> {
        drop(self.child.stdin.take());
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
