//! Programs of others that tests compare with: where they are, or what is missing.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context, Result, bail};

/// Whether a missing program fails a test instead of being reported: `BEDRAIL_REQUIRE_TOOLS` is set.
fn is_required() -> bool {
    std::env::var_os("BEDRAIL_REQUIRE_TOOLS").is_some()
}

/// The path of a program. `None`, after a word on standard error, where it is missing and that is tolerable.
///
/// # Errors
/// When it is missing where `BEDRAIL_REQUIRE_TOOLS` is set.
pub fn find(program: &str) -> Result<Option<PathBuf>> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.venv/bin");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(own).chain(std::env::split_paths(&path));
    let found = folders.map(|folder| folder.join(program)).find(|path| path.is_file());
    if found.is_none() {
        absent(&format!("`{program}`"))?;
    }
    Ok(found)
}

/// Python with these modules, as [`find`].
///
/// # Errors
/// When something is missing where `BEDRAIL_REQUIRE_TOOLS` is set.
pub fn python(modules: &str) -> Result<Option<PathBuf>> {
    let Some(python) = find("python3")? else { return Ok(None) };
    if Command::new(&python).args(["-c", &format!("import {modules}")]).output()?.status.success() {
        return Ok(Some(python));
    }
    absent(&format!("python with `{modules}`"))?;
    Ok(None)
}

/// Says that something is missing, or fails.
///
/// # Errors
/// When `BEDRAIL_REQUIRE_TOOLS` is set.
pub fn absent(what: &str) -> Result<()> {
    skip(&format!("{what} is missing; `make install` gets it"))
}

/// Says why a test does not run, or fails.
///
/// # Errors
/// When `BEDRAIL_REQUIRE_TOOLS` is set.
pub fn skip(why: &str) -> Result<()> {
    if is_required() {
        bail!("{why}");
    }
    tell(&format!("skipped: {why}"));
    Ok(())
}

#[expect(clippy::print_stderr, reason = "a test that does not run says so")]
fn tell(text: &str) {
    eprintln!("{text}");
}

/// Runs a program to its end and gives back what it printed.
///
/// # Errors
/// When it cannot be started or does not succeed.
pub fn run(program: &Path, arguments: &[&str]) -> Result<String> {
    let name = program.display();
    let output =
        Command::new(program).args(arguments).output().with_context(|| format!("cannot run `{name}`"))?;
    text_of(&name.to_string(), &output)
}

fn text_of(name: &str, output: &Output) -> Result<String> {
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    bail!("`{name}` ended with {}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim())
}
