//! How the sensor is, in a file that `bedrail sensor status` reads.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use model::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Backlog;
use crate::message::StateReport;

/// How a sensor is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// The line to the hub.
    pub line: Line,
    /// Since when it is so (RFC 3339).
    pub since: String,
    /// What was wrong last.
    pub error: Option<String>,
    /// Number of the last batch that was captured.
    pub last_batch: u64,
    /// What waits.
    pub waiting: StateReport,
    /// When this was written (RFC 3339).
    pub at: String,
}

/// The line to the hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// Nothing was sent yet.
    Unknown,
    /// The last message was answered.
    Connected,
    /// It was not.
    Away,
}

/// Name of the file in the sensor's folder.
const FILE: &str = "status.json";
/// It is written at most this often while nothing but numbers changes.
const PAUSE_NS: u64 = 1_000_000_000;

impl Status {
    /// Reads it; `None` when the sensor never ran.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(folder: &Path) -> io::Result<Option<Self>> {
        match fs::read(folder.join(FILE)) {
            Ok(text) => Ok(Some(serde_json::from_slice(&text)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Keeps the status.
#[derive(Debug)]
pub(super) struct Keeper {
    path: PathBuf,
    line: Line,
    since: Timestamp,
    error: Option<String>,
    written: Option<Timestamp>,
}

impl Keeper {
    pub(super) fn new(folder: &Path) -> Self {
        let (line, since) = (Line::Unknown, Timestamp::default());
        Self { path: folder.join(FILE), line, since, error: None, written: None }
    }

    /// The hub answered. Says whether that is new.
    pub(super) fn found(&mut self, now: Timestamp) -> bool {
        self.turn(Line::Connected, now)
    }

    /// It did not. Says whether that is new.
    pub(super) fn lost(&mut self, now: Timestamp, error: &str) -> bool {
        self.error = Some(error.to_owned());
        self.turn(Line::Away, now)
    }

    fn turn(&mut self, line: Line, now: Timestamp) -> bool {
        let is_new = self.line != line;
        if is_new {
            (self.line, self.since, self.written) = (line, now, None);
        }
        is_new
    }

    /// What is written next is the last, and is not left out.
    pub(super) fn is_last(&mut self) {
        self.written = None;
    }

    pub(super) fn write(&mut self, backlog: Backlog, last_batch: u64, now: Timestamp) -> io::Result<()> {
        if self.written.is_some_and(|written| now.since(written) < PAUSE_NS && now >= written) {
            return Ok(());
        }
        let status = Status {
            line: self.line,
            since: self.since.to_string(),
            error: self.error.clone(),
            last_batch,
            waiting: backlog.into(),
            at: now.to_string(),
        };
        let fresh = self.path.with_extension("new");
        fs::write(&fresh, serde_json::to_vec_pretty(&status)?)?;
        fs::rename(&fresh, &self.path)?;
        self.written = Some(now);
        Ok(())
    }
}
