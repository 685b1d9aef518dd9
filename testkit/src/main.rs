//! `testkit`: makes captures for tests and the demo.

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use testkit::Hospital;

/// Makes captures for tests and the demo.
#[derive(Debug, Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// A synthetic hospital.
    Hospital {
        /// The same seed gives the same bytes.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Write the capture here, as pcapng.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Write what is true about the devices here, as `bedrail evaluate` reads it.
        #[arg(long, value_name = "FILE")]
        truth: Option<PathBuf>,
    },
}

fn main() -> Result<()> {
    let Command::Hospital { seed, out, truth } = Cli::parse().command;
    let hospital = Hospital::new(seed)?;
    let failed = |path: &Path| format!("cannot write `{}`", path.display());
    hospital.write(create(&out)?).with_context(|| failed(&out))?;
    if let Some(truth) = truth {
        let capture = out.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        hospital.write_truth(&capture, create(&truth)?).with_context(|| failed(&truth))?;
    }
    Ok(())
}

/// A new file; its folder is made if it is missing.
fn create(path: &Path) -> Result<BufWriter<File>> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)
            .with_context(|| format!("cannot make the folder `{}`", folder.display()))?;
    }
    let file = File::create(path).with_context(|| format!("cannot create `{}`", path.display()))?;
    Ok(BufWriter::new(file))
}
