//! A disk that is soon full.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::Result;

use crate::tools;

/// Runs a program of which this folder is a small disk of its own, of `bytes` bytes, which nobody else sees. `None`
/// where that is not allowed and that is tolerable.
///
/// # Errors
/// When it does not end well.
pub fn run_on_small_disk(folder: &Path, bytes: u64, program: &Command) -> Result<Option<String>> {
    let Some(unshare) = tools::find("unshare")? else { return Ok(None) };
    let own = ["--user", "--map-root-user", "--mount"];
    if !Command::new(&unshare).args(own).arg("true").stderr(Stdio::null()).status()?.success() {
        tools::skip("namespaces of users are not allowed here")?;
        return Ok(None);
    }
    let mount = format!("mount -t tmpfs -o size={bytes} tmpfs \"$0\" && exec \"$@\"");
    let mut command = Command::new(unshare);
    command.args(own).args(["sh", "-c", &mount]).arg(folder);
    super::run(super::traced(&mut command, program)).map(Some)
}
