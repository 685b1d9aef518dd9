//! Commands that say which addresses are one device, and that carry the inventory out of a hub and into it.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::client::ListFormat;

/// `bedrail device merge`.
#[derive(Debug, Args)]
#[command(
    after_help = "The merged device is hidden, not lost: `bedrail device undo` gives everything back.\n\n\
                  Example:\n  bedrail device merge 10.2.7.31 10.2.7.131 --why 'one CT with two cards'"
)]
pub(crate) struct MergeArgs {
    /// The device that stays: id, name, network or link-layer address, or serial number.
    pub(crate) device: String,
    /// The device that is the same one.
    pub(crate) other: String,
    /// Why; it is kept with the change.
    #[arg(long, value_name = "TEXT")]
    pub(crate) why: String,
    /// Say what would be merged and change nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `bedrail device split`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  bedrail device split gateway-3 --address 10.2.7.40 --why 'a pump behind the gateway'"
)]
pub(crate) struct SplitArgs {
    /// The device that is two: id, name, network or link-layer address, or serial number.
    pub(crate) device: String,
    /// Its network address that is another device.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) address: std::net::IpAddr,
    /// Why; it is kept with the change.
    #[arg(long, value_name = "TEXT")]
    pub(crate) why: String,
    /// Say what would be split and change nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `bedrail device adjustments`.
#[derive(Debug, Args)]
pub(crate) struct AdjustmentsArgs {
    /// Only those of this device: id, name, address or serial number.
    pub(crate) device: Option<String>,
    /// Those that were taken back, too.
    #[arg(long)]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) format: ListFormat,
}

/// `bedrail device undo`.
#[derive(Debug, Args)]
pub(crate) struct UndoArgs {
    /// Id of the merge or split: `bedrail device adjustments` lists them.
    pub(crate) adjustment: String,
    /// Why; it is kept with the change.
    #[arg(long, value_name = "TEXT")]
    pub(crate) why: String,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `bedrail device import`.
#[derive(Debug, Args)]
#[command(
    after_help = "What a file says stands beside what is observed and never replaces it. Rows with a mistake are named and left \
                  out; the exit code is then 7.\n\nExamples:\n  bedrail device import cmms.csv --source cmms --mapping cmms.toml \
                  --why 'export of November' --dry-run\n  bedrail device export | bedrail device import - --source sheet --why 'checked'"
)]
pub(crate) struct ImportArgs {
    /// A CSV file with a header, or `-` for standard input.
    pub(crate) file: PathBuf,
    /// Name of the system or the list that it comes from; its statements carry it.
    #[arg(long, value_name = "NAME")]
    pub(crate) source: String,
    /// What its columns are here, in TOML; without it they are called as `bedrail device export` calls them.
    #[arg(long, value_name = "FILE")]
    pub(crate) mapping: Option<PathBuf>,
    /// Why; it is kept with each change.
    #[arg(long, value_name = "TEXT")]
    pub(crate) why: String,
    /// Say what would change and change nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `bedrail device export`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  bedrail device export > devices.csv\n  \
                  bedrail device export --filter 'class=life_sustaining' --format fhir > devices.json")]
pub(crate) struct ExportArgs {
    /// Only devices that pass, such as `class=support and name~"ward 3"`.
    #[arg(long, value_name = "EXPRESSION")]
    pub(crate) filter: Option<String>,
    /// What is written to standard output.
    #[arg(long, value_name = "FORMAT", default_value = "csv")]
    pub(crate) format: ExportFormat,
}

/// How devices are written for another system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    /// CSV that `bedrail device import` reads again.
    Csv,
    /// One FHIR R4 `Bundle` of `Device` resources.
    Fhir,
}

/// `bedrail sensor token`.
#[derive(Debug, Args)]
#[command(after_help = "The token is a secret: it serves once, for an hour.\n\n\
                  Example:\n  bedrail sensor token 'ward 3' > token")]
pub(crate) struct SensorTokenArgs {
    /// What the sensor is called.
    pub(crate) name: String,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `bedrail sensor cancel`.
#[derive(Debug, Args)]
pub(crate) struct SensorCancelArgs {
    /// Id that the sensor would have, as `bedrail sensor tokens` lists it.
    pub(crate) sensor: model::SensorId,
    /// Say whose token would be taken back and change nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// `bedrail sensor revoke`.
#[derive(Debug, Args)]
pub(crate) struct SensorRevokeArgs {
    /// Id or name of the sensor.
    pub(crate) sensor: String,
    /// Why; it is kept with the change.
    #[arg(long, value_name = "TEXT")]
    pub(crate) why: String,
    /// Say which sensor would be shut out and change nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
}
