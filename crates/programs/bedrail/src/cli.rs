//! The command line, as data.

mod client;
mod inventory;
mod upkeep;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

pub(crate) use client::{
    ApproveArgs, AuditCommand, AuditListArgs, AuditVerifyArgs, ChangesArgs, DeviceCommand, ListArgs,
    ListFormat, LoginArgs, SetArgs, ShowArgs,
};
pub(crate) use inventory::{
    AdjustmentsArgs, ExportArgs, ExportFormat, ImportArgs, MergeArgs, SensorCancelArgs, SensorRevokeArgs,
    SensorTokenArgs, SplitArgs, UndoArgs,
};
pub(crate) use upkeep::{BackupArgs, BundleArgs, DoctorArgs, RestoreArgs, SupportCommand};

/// Security for hospitals' networked medical devices: finds out what is on the network by listening.
#[derive(Debug, Parser)]
#[command(name = "bedrail", version, propagate_version = true, arg_required_else_help = true)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Say which devices are in captures or on an interface, what each one is, and why.
    Inspect(InspectArgs),
    /// Show every attribute of one device with its evidence and the rules that were weighed.
    Explain(ExplainArgs),
    /// Keep the inventory and show it in a browser, with a sensor in the same process.
    Hub(HubArgs),
    /// Log in to a hub; the commands below then talk to it.
    Login(LoginArgs),
    /// End the login.
    Logout,
    /// List, show, approve and describe the devices of a hub.
    #[command(subcommand)]
    Device(DeviceCommand),
    /// See who did what on a hub, and verify that its audit log is as it was written.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Write everything that a hub keeps into one encrypted file.
    Backup(BackupArgs),
    /// Put a backup into a new data folder.
    Restore(RestoreArgs),
    /// Look whether everything that a hub needs is in order.
    Doctor(DoctorArgs),
    /// Help others to help: what is known about a fault, without addresses and names.
    #[command(subcommand)]
    Support(SupportCommand),
    /// List the sensors of a hub; listen on another machine than the hub's, and send it what is seen.
    #[command(subcommand)]
    Sensor(SensorCommand),
    /// List the protocols that are read, with what is taken from each.
    Protocols(ProtocolsArgs),
    /// List or check fingerprint rules.
    #[command(subcommand)]
    Rule(RuleCommand),
    /// Measure identification against captures labelled with the real devices.
    Evaluate(EvaluateArgs),
    /// Print a completion script for a shell.
    Completions {
        /// Shell.
        shell: Shell,
    },
    /// Write the manual pages into a folder.
    Man {
        /// Folder; made if it is not there.
        folder: PathBuf,
    },
}

/// `bedrail inspect`.
#[derive(Debug, Args)]
#[command(
    group = ArgGroup::new("input").required(true).args(["paths", "interface"]),
    group = ArgGroup::new("format").args(["json", "jsonl", "csv"]),
    after_help = "Examples:\n  bedrail inspect ward.pcapng\n  bedrail inspect -i eth1 --duration 600 --html ward.html\n  \
                  zcat big.pcap.gz | bedrail inspect - --json\n  bedrail inspect captures/ --filter 'class=life_sustaining'"
)]
pub(crate) struct InspectArgs {
    /// Capture files (pcap, pcapng, plain or gzip or zstd), folders of them, or `-` for standard input.
    pub(crate) paths: Vec<PathBuf>,
    /// Listen on this interface until interrupted; nothing is ever sent.
    #[arg(short, long, value_name = "IFACE")]
    pub(crate) interface: Option<String>,
    /// Stop listening after this time.
    #[arg(long, value_name = "SECONDS", requires = "interface")]
    pub(crate) duration: Option<u64>,
    /// Read only packets that pass this capture filter (the common part of tcpdump's language).
    #[arg(long, value_name = "EXPRESSION")]
    pub(crate) bpf: Option<String>,
    /// Show only devices that pass, such as `type=infusion_pump and weakness=smb1`.
    #[arg(long, value_name = "EXPRESSION")]
    pub(crate) filter: Option<String>,
    /// Print one JSON document (docs/schema/inspect.schema.json).
    #[arg(long)]
    pub(crate) json: bool,
    /// Print one JSON line per device, conversation, and one of counters.
    #[arg(long)]
    pub(crate) jsonl: bool,
    /// Print the device table as CSV.
    #[arg(long)]
    pub(crate) csv: bool,
    /// Write a page with devices, evidence and a picture of who talks to whom; one file, no network needed.
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) work: WorkArgs,
}

/// How captures are worked on.
#[derive(Debug, Args)]
pub(crate) struct WorkArgs {
    /// Threads; the result does not depend on it.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=16))]
    pub(crate) threads: Option<u8>,
    /// Most conversations kept in memory at once.
    #[arg(long, value_name = "N", default_value_t = 262_144, value_parser = clap::value_parser!(u32).range(1_024..))]
    pub(crate) flows: u32,
    /// Further fingerprint rules (see docs/rules.md).
    #[arg(long = "rules", value_name = "FILE")]
    pub(crate) rules: Vec<PathBuf>,
    /// No progress on standard error.
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

/// `bedrail hub`.
#[derive(Debug, Args)]
#[command(
    group = ArgGroup::new("source").args(["sensor", "replay"]),
    after_help = "BEDRAIL_STORE_URL names a PostgreSQL database (postgres://..) instead of the encrypted file in the data folder; \
                  BEDRAIL_LOG says how much is logged, and BEDRAIL_LOG_FORMAT=json as JSON lines.\n\nExamples:\n  bedrail hub --data /var/lib/bedrail --sensor eth1\n  \
                  bedrail hub --data demo/hub --replay ward.pcapng --speed 10 --repeat"
)]
pub(crate) struct HubArgs {
    /// Folder of everything that is kept; made if it is not there.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) data: PathBuf,
    /// Where it listens.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8443")]
    pub(crate) listen: SocketAddr,
    /// Where it listens for sensors on other machines, such as 0.0.0.0:8444; without it, it does not.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) sensors: Option<SocketAddr>,
    /// No encryption; on this machine only.
    #[arg(long)]
    pub(crate) insecure_http: bool,
    /// Keep for so many days who talked with whom in which hour; totals, evidence and changes are kept for ever.
    #[arg(long, value_name = "DAYS", default_value = "90")]
    pub(crate) keep_hours: std::num::NonZeroU16,
    /// Whoever brings the token in this file reads `/metrics` without a login.
    #[arg(long, value_name = "FILE")]
    pub(crate) metrics_token: Option<PathBuf>,
    /// Write the first login into this file, for its owner alone, instead of printing it.
    #[arg(long, value_name = "FILE")]
    pub(crate) first_login: Option<PathBuf>,
    /// Listen on this interface; nothing is ever sent.
    #[arg(long, value_name = "IFACE")]
    pub(crate) sensor: Option<String>,
    /// Play capture files as if they happened now.
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub(crate) replay: Vec<PathBuf>,
    /// How many times faster than they were captured.
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0, requires = "replay", value_parser = speed)]
    pub(crate) speed: f64,
    /// Begin again when they are over.
    #[arg(long, requires = "replay")]
    pub(crate) repeat: bool,
}

/// `bedrail sensor`.
#[derive(Debug, Subcommand)]
pub(crate) enum SensorCommand {
    /// List the sensors of a hub with their health.
    List {
        #[command(flatten)]
        format: ListFormat,
    },
    /// Get this machine's sensor a certificate of its hub, with a token that the hub made.
    Enrol(SensorEnrolArgs),
    /// Listen, keep what is seen on disk, and send it to the hub until it has it.
    Run(SensorRunArgs),
    /// Say how the sensor is.
    Status(SensorStatusArgs),
    /// Have a hub make a token that one sensor is enrolled with.
    Token(SensorTokenArgs),
    /// List the tokens that no sensor used yet.
    Tokens {
        #[command(flatten)]
        format: ListFormat,
    },
    /// Take a token back, before a sensor used it.
    Cancel(SensorCancelArgs),
    /// Shut a sensor out of a hub, for ever.
    Revoke(SensorRevokeArgs),
}

/// `bedrail sensor enrol`.
#[derive(Debug, Args)]
#[command(
    after_help = "The token is read from standard input, or from a file; it is a secret and therefore no option.\n\n\
                        Example:\n  bedrail sensor enrol --hub https://hub.example:8444 --data /var/lib/bedrail-sensor < token"
)]
pub(crate) struct SensorEnrolArgs {
    /// Where the hub listens for sensors.
    #[arg(long, value_name = "URL")]
    pub(crate) hub: relay::HubAddress,
    /// Folder of the sensor; made if it is not there.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) data: PathBuf,
    /// Read the token from this file instead of standard input.
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
}

/// `bedrail sensor run`.
#[derive(Debug, Args)]
#[command(
    group = ArgGroup::new("source").required(true).args(["interface", "replay"]),
    after_help = "BEDRAIL_LOG says how much is logged.\n\nExamples:\n  \
                  bedrail sensor run --data /var/lib/bedrail-sensor --interface eth1\n  \
                  bedrail sensor run --data demo/sensor --replay ward.pcapng --speed 10 --repeat"
)]
pub(crate) struct SensorRunArgs {
    /// Folder of the sensor.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) data: PathBuf,
    /// Listen on this interface; nothing is ever sent there.
    #[arg(short, long, value_name = "IFACE")]
    pub(crate) interface: Option<String>,
    /// Play capture files as if they happened now; the sensor ends when they are over and the hub has everything.
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub(crate) replay: Vec<PathBuf>,
    /// How many times faster than they were captured.
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0, requires = "replay", value_parser = speed)]
    pub(crate) speed: f64,
    /// Begin again when they are over.
    #[arg(long, requires = "replay")]
    pub(crate) repeat: bool,
    /// What may wait on disk while the hub is away, for at most 72 hours.
    #[arg(long, value_name = "MIB", default_value_t = 1_024, value_parser = clap::value_parser!(u32).range(16..))]
    pub(crate) spool: u32,
}

/// `bedrail sensor status`.
#[derive(Debug, Args)]
pub(crate) struct SensorStatusArgs {
    /// Folder of the sensor.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) data: PathBuf,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// A factor by which time passes faster.
fn speed(text: &str) -> Result<f64, String> {
    let factor = text.parse::<f64>().ok().filter(|factor| factor.is_finite() && *factor > 0.0);
    factor.ok_or_else(|| "it is a number above 0, such as 10".to_owned())
}

/// `bedrail explain`.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// Capture file or folder, or `-`.
    pub(crate) path: PathBuf,
    /// Device: MAC or network address, host name, AE title, serial number, or id.
    pub(crate) device: String,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) work: WorkArgs,
}

/// `bedrail protocols`.
#[derive(Debug, Args)]
pub(crate) struct ProtocolsArgs {
    /// How to print.
    #[arg(long, value_enum, default_value_t = TableFormat::Table)]
    pub(crate) format: TableFormat,
    /// List the controlled vocabulary of device types instead.
    #[arg(long)]
    pub(crate) device_types: bool,
}

/// How a table is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TableFormat {
    /// For a terminal.
    Table,
    /// For docs/protocols.md.
    Markdown,
    /// For programs.
    Json,
}

/// `bedrail rule`.
#[derive(Debug, Subcommand)]
pub(crate) enum RuleCommand {
    /// List the rules in use.
    List {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Check rule files: form, fields and examples.
    Check {
        /// Rule files; none checks those that are built in.
        files: Vec<PathBuf>,
    },
}

/// `bedrail evaluate`.
#[derive(Debug, Args)]
pub(crate) struct EvaluateArgs {
    /// Tab-separated labels with the columns capture, address, ip, manufacturer, model, device_type, identifiable, note.
    pub(crate) labels: PathBuf,
    /// Folder that the captures of the labels lie in.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) captures: PathBuf,
    /// Print every row, not only those that are wrong.
    #[arg(long)]
    pub(crate) all: bool,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) work: WorkArgs,
}
