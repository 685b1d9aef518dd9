//! Commands that keep a hub in order.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `bedrail backup`.
#[derive(Debug, Args)]
#[command(
    after_help = "Without `--data` the hub of `bedrail login` makes the backup while it runs; with `--data` it must not run. Who can \
                        open it is said by recipients, or by a passphrase that is asked for (or the first line of standard input). \
                        The file holds the database, its key and the certificates: whoever opens it has everything.\n\nExamples:\n  \
                        bedrail backup hub-2026-01-31.age --recipient age1..\n  bedrail backup hub.age --data /var/lib/bedrail"
)]
pub(crate) struct BackupArgs {
    /// File to write; it must not be there.
    pub(crate) to: PathBuf,
    /// age recipient (`age1..`) who can open it; several may be named.
    #[arg(long = "recipient", value_name = "AGE1")]
    pub(crate) recipients: Vec<String>,
    /// Back up a hub that does not run, from its data folder.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) data: Option<PathBuf>,
}

/// `bedrail restore`.
#[derive(Debug, Args)]
pub(crate) struct RestoreArgs {
    /// Backup to restore.
    pub(crate) from: PathBuf,
    /// Folder to restore into; it must be empty or not there.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) data: PathBuf,
    /// File with the age identity that opens it; without, a passphrase is asked for (or the first line of standard input).
    #[arg(long, value_name = "FILE")]
    pub(crate) identity: Option<PathBuf>,
}

/// `bedrail doctor`.
#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    /// Data folder of the hub; /var/lib/bedrail if that is there.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) data: Option<PathBuf>,
    /// Where the hub listens.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8443")]
    pub(crate) listen: SocketAddr,
    /// Interface that a sensor listens on; it is opened for a moment, and nothing is sent.
    #[arg(short, long, value_name = "IFACE")]
    pub(crate) interface: Option<String>,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `bedrail support`.
#[derive(Debug, Subcommand)]
pub(crate) enum SupportCommand {
    /// Write versions, the doctor's findings, figures and log lines into one file, without addresses, names and identities.
    Bundle(BundleArgs),
}

/// `bedrail support bundle`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  bedrail support bundle support.tar.zst\n  \
                        journalctl -u bedrail-hub -o cat -n 5000 | bedrail support bundle support.tar.zst --log -")]
pub(crate) struct BundleArgs {
    /// File to write (tar, zstd); it must not be there.
    pub(crate) to: PathBuf,
    /// Data folder of the hub; /var/lib/bedrail if that is there.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) data: Option<PathBuf>,
    /// Where the hub listens.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8443")]
    pub(crate) listen: SocketAddr,
    /// Interface that a sensor listens on.
    #[arg(short, long, value_name = "IFACE")]
    pub(crate) interface: Option<String>,
    /// Log of the hub, or `-` for standard input; of each line what cannot name anybody is kept.
    #[arg(long, value_name = "FILE")]
    pub(crate) log: Option<PathBuf>,
}
