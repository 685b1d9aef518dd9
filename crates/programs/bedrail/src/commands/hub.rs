//! `bedrail hub`: the inventory in a browser, with a sensor in the same process.

use std::fs::{OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use capture::{LiveOptions, LiveSource, Replay, ReplayOptions, Source};
use hub::{FirstLogin, MetricsToken, Options, Retention, Started, World};
use model::{Batch, SensorId};
use sensor::Sensor;
use tokio::sync::mpsc;

use super::inspect::interruptible;
use super::work;
use crate::cli::HubArgs;
use crate::exit::{Done, Outcome};

/// Batches that wait for the store; then the sensor waits.
const BATCHES: usize = 64;
/// From batch to batch of the sensor.
pub(super) const INTERVAL: Duration = Duration::from_secs(2);
/// Most flows of the sensor at once.
pub(super) const FLOWS: usize = 262_144;
/// How soon an interruption is noticed.
pub(super) const LOOK: Duration = Duration::from_millis(200);

/// Runs until interrupted.
pub(crate) fn run(args: &HubArgs) -> Outcome {
    log();
    let stop = interruptible();
    let source = source(args)?;
    let options = Options {
        data: args.data.clone(),
        listen: args.listen,
        sensors: args.sensors,
        insecure_http: args.insecure_http,
        store_url: std::env::var("BEDRAIL_STORE_URL").ok(),
        world: World::system(),
        retention: Retention { conversation_hours: args.keep_hours },
        metrics_token: args.metrics_token.as_deref().map(MetricsToken::from_file).transpose()?,
    };
    let (sender, receiver) = mpsc::channel(BATCHES);
    let started = |started: Started| {
        announce(&started, args);
        if let Some((name, source)) = source {
            listen(&name, source, &started, sender, Arc::clone(&stop));
        }
    };
    let shutdown = {
        let stop = Arc::clone(&stop);
        async move {
            while !stop.load(Ordering::Relaxed) {
                tokio::time::sleep(LOOK).await;
            }
        }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(hub::run(options, receiver, started, shutdown))?;
    Ok(Done::Whole)
}

/// What the sensor listens to, if anything, and its name.
fn source(args: &HubArgs) -> anyhow::Result<Option<(String, Box<dyn Source + Send>)>> {
    if let Some(interface) = &args.sensor {
        let live = LiveSource::open(interface, LiveOptions::default())?;
        return Ok(Some((interface.clone(), Box::new(live))));
    }
    if args.replay.is_empty() {
        return Ok(None);
    }
    let options = ReplayOptions { speed: args.speed, repeat: args.repeat };
    let replay = Replay::open(args.replay.clone(), options)?;
    Ok(Some(("replay".to_owned(), Box::new(replay))))
}

/// Starts the sensor on a thread of its own. It goes on where its last batch ended.
fn listen(
    name: &str,
    mut source: Box<dyn Source + Send>,
    started: &Started,
    sender: mpsc::Sender<Batch>,
    stop: Arc<AtomicBool>,
) {
    let Ok(id) = sensor_id(name) else {
        return tracing::error!("the interface has a name that makes no id of a sensor");
    };
    let told = started.sensors.iter().find(|(known, _)| *known == id).map_or(0, |(_, sequence)| *sequence);
    let options = sensor::Options { interval: INTERVAL, flows: FLOWS, seed: work::seed() };
    let run = move || {
        let mut sensor = Sensor::new(id, told, options);
        let take = |batch| sender.blocking_send(batch).is_ok();
        if let Err(error) = sensor::run(source.as_mut(), &mut sensor, &stop, take) {
            tracing::error!(%error, "the sensor ended");
        }
    };
    if let Err(error) = thread::Builder::new().name("sensor".to_owned()).spawn(run) {
        tracing::error!(%error, "the sensor cannot start");
    }
}

/// The id of the sensor of this process: what in the name is no small letter or digit becomes a hyphen.
fn sensor_id(name: &str) -> Result<SensorId, model::IdError> {
    let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' };
    SensorId::new(format!("{}{}", SensorId::PREFIX, name.chars().map(plain).collect::<String>()))
}

/// Says where to go. The first password is shown here and nowhere else.
fn announce(started: &Started, args: &HubArgs) {
    let mut text = format!("Open {}\n", started.url);
    if let Some(fingerprint) = &started.fingerprint {
        text += &format!("Its certificate has the SHA-256 fingerprint {fingerprint}\n");
    }
    if let Some(address) = started.sensor_listener {
        text += &format!("Sensors on other machines reach it at https://{address}\n");
    }
    text += &match (&started.first_login, &args.first_login) {
        (Some(login), Some(path)) => match write_login(login, path) {
            Ok(()) => format!("The first login is in {}\n", path.display()),
            Err(error) => {
                tracing::error!(%error, "cannot write the first login into its file; it is printed instead");
                in_words(login)
            }
        },
        (Some(login), None) => in_words(login),
        (None, _) => format!("Accounts are those in {}\n", args.data.display()),
    };
    // Standard output may be closed; the hub runs all the same.
    let _ = io::stdout().write_all(text.as_bytes());
}

fn in_words(login: &FirstLogin) -> String {
    format!("Log in as {} with the password {}\n", login.name, login.password)
}

/// Two lines, name and password, that only the user of the hub reads.
fn write_login(login: &FirstLogin, path: &Path) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.set_permissions(Permissions::from_mode(0o600))?;
    writeln!(file, "{}\n{}", login.name, login.password)
}

/// Structured lines on standard error; `BEDRAIL_LOG` says how much, `BEDRAIL_LOG_FORMAT` in which form.
pub(super) fn log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("BEDRAIL_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    let is_json = std::env::var_os("BEDRAIL_LOG_FORMAT").is_some_and(|format| format == "json");
    // Only a test that runs several hubs has one already.
    let _ = if is_json { lines.json().flatten_event(true).try_init() } else { lines.try_init() };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interface_names_its_sensor() {
        assert_eq!(sensor_id("br0.12").map(|id| id.to_string()), Ok("sen_br0-12".to_owned()));
        assert!(sensor_id("").is_err());
    }
}
