//! What a disk may hold after the power went.
//!
//! A program is run under `strace`, which notes what it asks of the disk. A state is a moment of that run, and for each
//! sector, length and name that was not synced by then one of the versions that it had since: the kernel and the disk
//! write in any order. What was synced is there. What the program said by then (lines on its standard output) is what
//! it had promised.

mod faults;
mod image;
mod small;
mod sweep;
mod trace;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

pub use faults::{Fault, Faults, Kind, Ran, Tally};
pub use image::Image;
pub use small::run_on_small_disk;
pub use sweep::{Outcome, Sweep};

use crate::tools;
use trace::Step;

/// What a program asked of the disk, in order.
#[derive(Debug, Clone)]
pub struct Recording {
    steps: Vec<Step>,
    text: String,
}

/// The calls that are recorded. One that the reader of the record does not know fails the recording.
const CALLS: &str = "trace=pwrite64,write,writev,pwritev,pwritev2,fsync,fdatasync,sync_file_range,ftruncate,truncate,\
    fallocate,copy_file_range,rename,renameat,renameat2,link,linkat,unlink,unlinkat,rmdir,openat,creat,mkdir,mkdirat,lseek";
/// Bytes of one write that are recorded, many more than anything writes at once.
const WRITE_MAX: &str = "16777216";
/// What the first line of a record that is kept begins with; the folder follows.
const HEAD: &str = "root ";

impl Recording {
    /// Runs a program that writes into `folder`, which is empty. `None` where `strace` is missing and that is tolerable.
    ///
    /// # Errors
    /// When it fails, or asks for something that is not understood.
    pub fn of(folder: &Path, program: &Command) -> Result<Option<Self>> {
        let Some(strace) = tools::find("strace")? else { return Ok(None) };
        let kept = tempfile::NamedTempFile::new()?;
        let mut command = Command::new(strace);
        command
            .args(["-f", "--seccomp-bpf", "-y", "-xx", "-s", WRITE_MAX, "-e", CALLS, "-o"])
            .arg(kept.path());
        run(traced(&mut command, program))?;
        let text = format!("{HEAD}{}\n{}", folder.display(), fs::read_to_string(kept.path())?);
        Self::read(text).map(Some)
    }

    /// Reads a record that was kept.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn load(file: &Path) -> Result<Self> {
        Self::read(fs::read_to_string(file).with_context(|| format!("cannot read `{}`", file.display()))?)
    }

    fn read(text: String) -> Result<Self> {
        let (head, calls) = text.split_once('\n').context("an empty record")?;
        let root = head.strip_prefix(HEAD).context("a record begins with its folder")?;
        let steps = trace::steps(Path::new(root), calls)?;
        Ok(Self { steps, text })
    }

    /// Keeps the record, so that [`load`](Self::load) gives the same states again.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep(&self, file: &Path) -> Result<()> {
        fs::write(file, &self.text).with_context(|| format!("cannot write `{}`", file.display()))
    }

    /// The same run on a disk that says it wrote files and did not.
    #[must_use]
    pub fn without_file_syncs(&self) -> Self {
        self.without(|step| matches!(step, Step::SyncFile { .. }))
    }

    /// The same run on a disk that says it wrote names and did not.
    #[must_use]
    pub fn without_folder_syncs(&self) -> Self {
        self.without(|step| matches!(step, Step::SyncFolder { .. }))
    }

    fn without(&self, goes: impl Fn(&Step) -> bool) -> Self {
        let steps = self.steps.iter().filter(|step| !goes(step)).cloned().collect();
        Self { steps, text: self.text.clone() }
    }

    /// How many steps there are, and how many of them sync.
    #[must_use]
    pub fn size(&self) -> (usize, usize) {
        let syncs = |step: &&Step| matches!(step, Step::SyncFile { .. } | Step::SyncFolder { .. });
        (self.steps.len(), self.steps.iter().filter(syncs).count())
    }

    /// The state of the disk that belongs to a seed.
    #[must_use]
    pub fn image(&self, seed: u64) -> Image {
        image::of(&self.steps, seed)
    }
}

/// `command` followed by the program, with its arguments and environment.
fn traced<'c>(command: &'c mut Command, program: &Command) -> &'c mut Command {
    let set = program.get_envs().filter_map(|(name, value)| Some((name, value?)));
    command.arg(program.get_program()).args(program.get_args()).envs(set)
}

fn run(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("cannot run {command:?}"))?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        let program = command.get_program().display();
        bail!("what `{program}` ran ended with {}:\n{said}\n{}", output.status, errors.trim());
    }
    Ok(said)
}

/// A folder in memory where there is one, for states that are only looked at.
///
/// # Errors
/// When none can be made.
pub fn scratch() -> Result<tempfile::TempDir> {
    let memory = PathBuf::from("/dev/shm");
    let made = if memory.is_dir() { tempfile::TempDir::new_in(memory) } else { tempfile::TempDir::new() };
    made.context("no folder for states of a disk")
}
