//! What is asked of a person, or read from standard input where there is none.

use std::fs::{self, File};
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context;
use console::Term;

use crate::exit::Refusal;

/// Bytes of a secret on standard input.
const SECRET_MAX: u64 = 4096;

/// Whether somebody can be asked.
pub(crate) fn is_somebody_there() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Tells something to whoever runs the command; standard output is for data.
pub(crate) fn tell(text: &str) {
    // Standard error may be closed; there is nobody left to tell.
    let _ = writeln!(io::stderr(), "{text}");
}

/// A secret that is not shown while it is typed; without a terminal the first line of standard input.
///
/// # Errors
/// When there is none.
pub(crate) fn secret(what: &str) -> anyhow::Result<String> {
    let text = if is_somebody_there() {
        let terminal = Term::stderr();
        terminal.write_str(&format!("{what}: "))?;
        terminal.read_secure_line()?
    } else {
        let mut line = String::new();
        let mut input = io::Read::take(io::stdin().lock(), SECRET_MAX);
        input.read_line(&mut line).with_context(|| format!("cannot read the {what} from standard input"))?;
        line.trim_end_matches(['\r', '\n']).to_owned()
    };
    if text.is_empty() {
        let told = format!("no {what}: type it, or give it as the first line of standard input");
        anyhow::bail!(Refusal::Usage(told));
    }
    Ok(text)
}

/// A new secret: where it is typed it is typed twice.
///
/// # Errors
/// When there is none, or the two are not the same.
pub(crate) fn new_secret(what: &str) -> anyhow::Result<String> {
    let first = secret(what)?;
    if is_somebody_there() && secret(&format!("{what} again"))? != first {
        anyhow::bail!(Refusal::Usage(format!("the {what} was not the same twice")));
    }
    Ok(first)
}

/// A question that is answered with the word `yes` or else with no.
///
/// # Errors
/// When the terminal goes away.
pub(crate) fn agrees(question: &str) -> anyhow::Result<bool> {
    let terminal = Term::stderr();
    terminal.write_str(&format!("{question} (yes/no) "))?;
    Ok(terminal.read_line()?.trim() == "yes")
}

/// Writes a new file that only this user reads; it appears under its name when it is whole.
///
/// # Errors
/// When there is one already, or it cannot be written.
pub(crate) fn new_file<T>(
    path: &Path,
    write: impl FnOnce(&mut File) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    use std::os::unix::fs::OpenOptionsExt as _;
    is_new(path)?;
    let part = PathBuf::from(format!("{}.part", path.display()));
    let cannot = || format!("cannot write `{}`", path.display());
    let mut options = fs::OpenOptions::new();
    let mut file =
        options.write(true).create(true).truncate(true).mode(0o600).open(&part).with_context(cannot)?;
    let written = write(&mut file).and_then(|written| {
        file.sync_all().with_context(cannot)?;
        fs::rename(&part, path).with_context(cannot)?;
        Ok(written)
    });
    if written.is_err() {
        // What is told is why it was not written.
        let _ = fs::remove_file(&part);
    }
    written
}

/// Refuses to overwrite.
///
/// # Errors
/// When there is something.
pub(crate) fn is_new(path: &Path) -> anyhow::Result<()> {
    anyhow::ensure!(!path.exists(), "`{}` exists already and is not overwritten", path.display());
    Ok(())
}
