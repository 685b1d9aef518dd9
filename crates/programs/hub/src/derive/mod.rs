//! From what the sensors saw to the inventory: derived anew, compared with what is stored, and written down with a
//! record of every change.

mod adjusted;
mod expected;
mod found;
mod ledger;
mod said;

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use identify::Knowledge;
use tokio::time::{Instant, sleep};

use crate::app::App;
use crate::events::{DeviceEvent, Event};
use crate::picture;
use crate::problem::chain;

use expected::Expected;
pub(crate) use found::{Document, Knowing, find};
pub(crate) use ledger::{Ledger, Taken};

/// Between two derivations at least.
const PAUSE: Duration = Duration::from_secs(2);
/// After a derivation there is a pause so many times as long: requests and sensors have the rest.
const PAUSE_FACTOR: u32 = 4;
/// After one that failed.
const PAUSE_FAILED: Duration = Duration::from_secs(10);
/// More news than this at once is only "look at everything".
const EVENTS_MAX: usize = 200;

/// Why there is no derivation.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DeriveError {
    /// The store.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// No ids.
    #[error(transparent)]
    Chance(#[from] crate::world::NoChance),
    /// A document cannot be written or read.
    #[error("cannot write down what was derived")]
    Document(#[from] serde_json::Error),
    /// An id that is none.
    #[error(transparent)]
    Id(#[from] model::IdError),
    /// A bug in the derivation.
    #[error("the derivation did not end")]
    Broken(#[from] tokio::task::JoinError),
}

/// Derives whenever something was ingested, and once at the start, until the hub stops.
pub(crate) async fn run(app: App, knowledge: Arc<Knowledge>) {
    let work = async {
        let mut ledger = None;
        loop {
            let begun = Instant::now();
            let derived = derive(&app, &knowledge, &mut ledger).await;
            app.metrics.derivations.add(1);
            app.metrics.derivation_ms.add(u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX));
            let waited = match derived {
                Ok(()) => wait(&app, &mut ledger, PAUSE.max(begun.elapsed() * PAUSE_FACTOR)).await,
                Err(error) => Err(error),
            };
            if let Err(error) = waited {
                tracing::error!(error = %chain(&error), "derivation failed");
                // What was written is unknown: read it again.
                ledger = None;
                sleep(PAUSE_FAILED).await;
            }
        }
    };
    tokio::select! {
        () = work => {}
        () = app.stopped() => {}
    }
}

/// Until it is time to derive again: a pause at least, and then until something was ingested. What people state
/// meanwhile shows in lists soon.
async fn wait(app: &App, ledger: &mut Option<Ledger>, pause: Duration) -> Result<(), DeriveError> {
    let due = async {
        sleep(pause).await;
        app.grown.notified().await;
    };
    let mut due = pin!(due);
    loop {
        tokio::select! {
            () = &mut due => return Ok(()),
            () = app.stated.notified() => {}
        }
        let begun = Instant::now();
        relist(app, ledger).await?;
        sleep(begun.elapsed() * PAUSE_FACTOR).await;
    }
}

/// Lets lists show what people state, without a derivation.
pub(crate) async fn relist(app: &App, ledger: &mut Option<Ledger>) -> Result<(), DeriveError> {
    let Some(held) = ledger else { return Ok(()) };
    let shown = held.relist(&app.store).await?;
    if shown.is_empty() {
        return Ok(());
    }
    let zones = picture::zones(held.places());
    app.picture.send_modify(|picture| {
        if let Some(picture) = picture {
            Arc::make_mut(picture).map.zones = zones;
        }
    });
    tell(app, shown.into_iter().map(|id| (id, DeviceEvent::Changed)).collect());
    Ok(())
}

/// Derives once.
pub(crate) async fn derive(
    app: &App,
    knowledge: &Arc<Knowledge>,
    ledger: &mut Option<Ledger>,
) -> Result<(), DeriveError> {
    let adjustments = app.store.active_adjustments().await?;
    if ledger.as_ref().is_some_and(|held| !held.adjusted().is(&adjustments)) {
        *ledger = None;
    }
    relist(app, ledger).await?;
    let held = match ledger {
        Some(held) => held,
        None => ledger.insert(Ledger::read(&app.store, adjustments).await?),
    };
    let adjustments = held.adjustments();
    let expected = Expected::new(app.store.open_change_windows(app.world.now()).await?);
    let evidence = app.store.evidence().await?;
    let conversations = app.store.conversation_totals().await?;
    let sensors = app.store.sensors().await?;
    let sensor = match sensors.as_slice() {
        [only] => Some(only.id.to_string()),
        [] | [_, _, ..] => None,
    };
    let knowledge = Arc::clone(knowledge);
    let (findings, mut picture) = tokio::task::spawn_blocking(move || {
        let knowing = Knowing { knowledge: &knowledge, adjustments: &adjustments, sensor: sensor.as_deref() };
        find(evidence, conversations, knowing)
    })
    .await?;
    let Taken { news, again } = held.take(&app.store, &app.world, findings, &expected).await?;
    if again {
        app.grown.notify_one();
    }
    if news.iter().any(|(_, kind)| *kind == DeviceEvent::Merged) {
        // What was stated about the one is stated about the other now.
        app.stated.notify_one();
    }
    picture.map.zones = picture::zones(held.places());
    app.picture.send_replace(Some(Arc::new(picture)));
    tell(app, news);
    Ok(())
}

fn tell(app: &App, news: Vec<(model::DeviceId, DeviceEvent)>) {
    if news.len() <= EVENTS_MAX {
        for (id, kind) in news {
            app.events.tell(Event::Device(id, kind));
        }
    }
    app.events.tell(Event::Summary);
}
