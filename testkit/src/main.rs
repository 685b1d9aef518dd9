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
    /// Stations whose names, models and titles are markup and scripts, for tests of what shows them.
    Hostile {
        /// Write the capture here, as pcapng.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

fn main() -> Result<()> {
    match Cli::parse().command {
        Command::Hospital { seed, out, truth } => {
            let hospital = Hospital::new(seed)?;
            hospital.write(create(&out)?).with_context(|| failed(&out))?;
            if let Some(truth) = truth {
                let capture = out.file_name().map(|name| name.to_string_lossy().into_owned());
                let table = create(&truth)?;
                hospital.write_truth(&capture.unwrap_or_default(), table).with_context(|| failed(&truth))?;
            }
        }
        Command::Hostile { out } => {
            Hospital::hostile(1)?.write(create(&out)?).with_context(|| failed(&out))?;
        }
    }
    Ok(())
}

fn failed(path: &Path) -> String {
    format!("cannot write `{}`", path.display())
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
