//! `bedrail sensor run`: one thread captures into the spool, another one empties it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use capture::{LiveOptions, LiveSource, Replay, ReplayOptions, Source};
use model::{Batch, SensorId};
use relay::message::{Known, STATE, StateReport};
use relay::{Backoff, Client, Identity, Limits, SharedSpool, ShipError, Shipping, Spool, tell};
use sensor::Sensor;
use tokio::sync::watch;

use super::super::hub::{FLOWS, INTERVAL, LOOK, log};
use super::super::inspect::interruptible;
use super::super::work;
use super::{SPOOL, confine, now, runtime};
use crate::cli::SensorRunArgs;
use crate::exit::{Done, Outcome};

/// Waits after failures: from the first to the longest.
const BACKOFF: Backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(60));

/// Runs until interrupted, or until the captures are over and the hub has everything.
pub(super) fn run(args: &SensorRunArgs) -> Outcome {
    log();
    // The interface needs a privilege, and nothing after it does. No other thread may run before that.
    let source = source(args)?;
    confine::confine()?;
    let stop = interruptible();
    let identity = Identity::read(&args.data)?;
    let id: SensorId = identity.sensor.parse()?;
    let Some(spool) = open(args, &identity, &stop)? else { return Ok(Done::Interrupted) };
    let options = sensor::Options { interval: INTERVAL, flows: FLOWS, seed: work::seed() };
    let sensor = Sensor::new(id, spool.last(), options).after_frames(spool.frames());
    tracing::info!(sensor = identity.sensor, hub = %identity.hub, waiting = spool.backlog().batches, "the sensor begins");
    let spool = SharedSpool::new(spool);
    let (stop_shipping, stopped) = watch::channel(false);
    let shipping = Shipping {
        spool: Arc::clone(&spool),
        identity,
        folder: args.data.clone(),
        backoff: BACKOFF,
        now,
        stop: stopped,
    };
    let ship = ship(shipping, Arc::clone(&stop))?;
    let captured = listen(source, sensor, &spool, &stop);
    if captured.is_ok() {
        wait_until_sent(&spool, &stop);
    }
    stop_shipping.send_replace(true);
    let shipped = ship.join().map_err(|_| anyhow!("the thread that sends broke off"))?;
    captured?;
    shipped?;
    tracing::info!(waiting = spool.with(|spool| spool.backlog()).batches, "the sensor ends");
    Ok(Done::Whole)
}

fn source(args: &SensorRunArgs) -> anyhow::Result<Box<dyn Source>> {
    if let Some(interface) = &args.interface {
        return Ok(Box::new(LiveSource::open(interface, LiveOptions::default())?));
    }
    let options = ReplayOptions { speed: args.speed, repeat: args.repeat };
    Ok(Box::new(Replay::open(args.replay.clone(), options)?))
}

/// The spool. Where there is none any more, the hub says where to go on; `None` when that was interrupted.
fn open(args: &SensorRunArgs, identity: &Identity, stop: &AtomicBool) -> anyhow::Result<Option<Spool>> {
    let folder = args.data.join(SPOOL);
    if !Spool::exists(&folder)? && !begin_again(&folder, identity, stop)? {
        return Ok(None);
    }
    let limits = Limits { bytes: u64::from(args.spool) << 20, ..Limits::DEFAULT };
    let (spool, notices) = Spool::open(&folder, limits)?;
    notices.into_iter().for_each(tell);
    Ok(Some(spool))
}

/// Asks the hub what it has of this sensor until it answers. Numbers that it has must not be given again.
fn begin_again(folder: &Path, identity: &Identity, stop: &AtomicBool) -> anyhow::Result<bool> {
    tracing::warn!("the spool is gone; asking the hub where to go on");
    let runtime = runtime()?;
    let mut client = Client::new(identity)?;
    let mut backoff = BACKOFF;
    while !stop.load(Ordering::Relaxed) {
        match runtime.block_on(client.ask::<Known>(STATE, &StateReport::default())) {
            Ok(Known { acknowledged, frames }) => {
                Spool::create_after(folder, acknowledged, frames)?;
                return Ok(true);
            }
            Err(error) => {
                tracing::warn!(error = format!("{:#}", anyhow::Error::new(error)), "cannot ask the hub")
            }
        }
        let mut left = backoff.next_wait(relay::chance());
        while !left.is_zero() && !stop.load(Ordering::Relaxed) {
            let pause = left.min(LOOK);
            thread::sleep(pause);
            left -= pause;
        }
    }
    Ok(false)
}

/// Starts the thread that sends. When it cannot go on, the sensor ends: what it captures would never arrive.
fn ship(
    shipping: Shipping,
    stop: Arc<AtomicBool>,
) -> anyhow::Result<thread::JoinHandle<Result<(), ShipError>>> {
    let runtime = runtime()?;
    let run = move || {
        let shipped = runtime.block_on(relay::ship(shipping));
        if shipped.is_err() {
            stop.store(true, Ordering::Relaxed);
        }
        shipped
    };
    thread::Builder::new().name("ship".to_owned()).spawn(run).context("cannot start the thread that sends")
}

/// Captures until the source ends or `stop` is set. The last batch is in the spool when this returns.
fn listen(
    mut source: Box<dyn Source>,
    mut sensor: Sensor,
    spool: &SharedSpool,
    stop: &AtomicBool,
) -> anyhow::Result<()> {
    let take = |batch: Batch| {
        keep(&batch, spool);
        true
    };
    Ok(sensor::run(source.as_mut(), &mut sensor, stop, take)?)
}

/// A batch that cannot be kept is counted as lost and told; the sensor goes on.
fn keep(batch: &Batch, spool: &SharedSpool) {
    let kept = match relay::encode(batch) {
        Ok(bytes) => spool
            .with(|spool| spool.append(batch.sequence, batch.frames, &bytes, now()))
            .map_err(anyhow::Error::new),
        Err(error) => {
            spool.with(|spool| spool.skip(batch.sequence, batch.frames));
            Err(anyhow::Error::new(error))
        }
    };
    match kept {
        Ok(notices) => notices.into_iter().for_each(tell),
        Err(error) => {
            let (sequence, frames) = (batch.sequence, batch.frames);
            tracing::error!(
                sequence,
                frames,
                error = format!("{error:#}"),
                "cannot keep a batch; it is lost"
            );
        }
    }
    spool.filled();
}

/// After a replay: the hub gets everything, unless somebody does not want to wait.
fn wait_until_sent(spool: &SharedSpool, stop: &AtomicBool) {
    while !stop.load(Ordering::Relaxed) && spool.with(|spool| spool.backlog()).batches > 0 {
        thread::sleep(LOOK);
    }
}
