//! Commands that talk to a hub.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand};

use super::inventory::{AdjustmentsArgs, ExportArgs, ImportArgs, MergeArgs, SplitArgs, UndoArgs};

/// `bedrail login`.
#[derive(Debug, Args)]
#[command(
    group = ArgGroup::new("trust").args(["ca", "fingerprint"]),
    after_help = "The password is asked for without showing it, or is the first line of standard input. A certificate that no \
                  authority of this machine vouches for is shown and asked about; it is never trusted silently.\n\nExamples:\n  \
                  bedrail login https://hub.example.org:8443\n  bedrail login https://127.0.0.1:8443 --fingerprint AB:CD:.. < password.txt"
)]
pub(crate) struct LoginArgs {
    /// Address of the hub, such as `https://hub.example.org:8443`.
    pub(crate) hub: String,
    /// Name of the account.
    #[arg(long, value_name = "NAME", default_value = "admin")]
    pub(crate) user: String,
    /// Trust certificates of the authorities in this PEM file.
    #[arg(long, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    /// Trust exactly the certificate with this SHA-256 fingerprint: the hub prints it when it starts.
    #[arg(long, value_name = "SHA256")]
    pub(crate) fingerprint: Option<String>,
}

/// How a list is printed; without any of these as a table.
#[derive(Debug, Clone, Copy, Args)]
#[group(multiple = false)]
pub(crate) struct ListFormat {
    /// Print one JSON document: `{"items": [..]}`.
    #[arg(long)]
    pub(crate) json: bool,
    /// Print one JSON line per entry.
    #[arg(long)]
    pub(crate) jsonl: bool,
    /// Print CSV.
    #[arg(long)]
    pub(crate) csv: bool,
}

/// `bedrail device`.
#[derive(Debug, Subcommand)]
pub(crate) enum DeviceCommand {
    /// List devices.
    List(ListArgs),
    /// Show everything about one device, with its evidence.
    Show(ShowArgs),
    /// Approve devices that were discovered.
    Approve(ApproveArgs),
    /// State something about a device, or take it back.
    Set(SetArgs),
    /// List what was changed, when, by whom and why.
    Changes(ChangesArgs),
    /// Say that two devices are one.
    Merge(MergeArgs),
    /// Say that a network address of a device is another device.
    Split(SplitArgs),
    /// List merges and splits, the latest first.
    Adjustments(AdjustmentsArgs),
    /// Take a merge or a split back.
    Undo(UndoArgs),
    /// State what a CSV file says about devices.
    Import(ImportArgs),
    /// Write devices as CSV or as FHIR.
    Export(ExportArgs),
}

/// `bedrail device list`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  bedrail device list --filter 'class=life_sustaining and weakness=smb1'\n  \
                        bedrail device list --sort name --csv > devices.csv\n  bedrail device list --search 'ct room' --jsonl"
)]
pub(crate) struct ListArgs {
    /// Only devices that pass, such as `class=support and name~"ward 3"`.
    #[arg(long, value_name = "EXPRESSION")]
    pub(crate) filter: Option<String>,
    /// Only devices with all these words in a name, an address, the serial number, the model or the manufacturer.
    #[arg(long, value_name = "WORDS")]
    pub(crate) search: Option<String>,
    /// Column to sort by; `-` before it turns the order round.
    #[arg(long, value_name = "COLUMN", allow_hyphen_values = true)]
    pub(crate) sort: Option<String>,
    /// Most devices to list; all unless given.
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<usize>,
    #[command(flatten)]
    pub(crate) format: ListFormat,
}

/// `bedrail device show`.
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// Id, name, network or link-layer address, or serial number.
    pub(crate) device: String,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `bedrail device approve`.
#[derive(Debug, Args)]
#[command(
    group = ArgGroup::new("which").required(true).args(["devices", "filter"]),
    after_help = "Examples:\n  bedrail device approve 10.2.7.31 --why 'delivered with order 4711'\n  \
                  bedrail device approve --filter 'type=infusion_pump' --why 'ward 3 was inventoried' --dry-run"
)]
pub(crate) struct ApproveArgs {
    /// Ids, names, addresses or serial numbers.
    pub(crate) devices: Vec<String>,
    /// All discovered devices that pass.
    #[arg(long, value_name = "EXPRESSION")]
    pub(crate) filter: Option<String>,
    /// Why; it is kept with the change.
    #[arg(long, value_name = "TEXT")]
    pub(crate) why: String,
    /// List what would be approved and change nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `bedrail device set`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  bedrail device set 10.2.7.31 location='Ward 3, room 4' --why 'walked there'\n  \
                        bedrail device set dev_01.. location= --why 'it moved'"
)]
pub(crate) struct SetArgs {
    /// Id, name, network or link-layer address, or serial number.
    pub(crate) device: String,
    /// What is stated; nothing after `=` takes the statement back.
    #[arg(value_name = "FIELD=VALUE", required = true)]
    pub(crate) values: Vec<String>,
    /// Why; it is kept with the change.
    #[arg(long, value_name = "TEXT")]
    pub(crate) why: String,
    /// Say what would be stated and change nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// `bedrail audit`.
#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// List records of the audit log, the latest first.
    List(AuditListArgs),
    /// Write the whole log to standard output as JSON Lines; it verifies elsewhere.
    Export,
    /// Verify every hash, the chain and every signature: of the hub's own log, or of an export.
    Verify(AuditVerifyArgs),
}

/// `bedrail audit list`.
#[derive(Debug, Args)]
pub(crate) struct AuditListArgs {
    /// Only of this account or sensor.
    #[arg(long, value_name = "NAME")]
    pub(crate) who: Option<String>,
    /// Only this act, such as `role_set`.
    #[arg(long, value_name = "WORD")]
    pub(crate) act: Option<String>,
    /// Only what was done to this: an id or a name.
    #[arg(long, value_name = "ID")]
    pub(crate) subject: Option<String>,
    /// Only what ended so: `done`, `refused` or `failed`.
    #[arg(long, value_name = "WORD")]
    pub(crate) outcome: Option<String>,
    /// Not before this time (RFC 3339).
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<String>,
    /// Before this time (RFC 3339).
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<String>,
    /// Only records that hold this text.
    #[arg(long, value_name = "TEXT")]
    pub(crate) text: Option<String>,
    /// Most records to list.
    #[arg(long, value_name = "N", default_value_t = 100, conflicts_with = "all")]
    pub(crate) limit: usize,
    /// List every record there is.
    #[arg(long)]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) format: ListFormat,
}

/// `bedrail audit verify`.
#[derive(Debug, Args)]
#[command(after_help = "Exit code 6 says that something is wrong; the first bad record is named.\n\n\
                        Examples:\n  bedrail audit verify\n  bedrail audit verify audit-log.jsonl --key audit.pub")]
pub(crate) struct AuditVerifyArgs {
    /// An export, verified on this machine; without it the hub verifies its own log.
    pub(crate) file: Option<PathBuf>,
    /// File with the public key that signed it (`audit.pub` of the hub), several one a line.
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
}

/// `bedrail device changes`.
#[derive(Debug, Args)]
pub(crate) struct ChangesArgs {
    /// Only those of this device: id, name, address or serial number.
    pub(crate) device: Option<String>,
    /// Most changes to list, the latest first.
    #[arg(long, value_name = "N", default_value_t = 100, conflicts_with = "all")]
    pub(crate) limit: usize,
    /// List every change there is.
    #[arg(long)]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) format: ListFormat,
}
