//! Batches of sensors into the store, each exactly once. Nothing is dropped: while the store cannot write, batches
//! wait, and so does who sends them.

use std::time::Duration;

use model::Batch;
use tokio::sync::mpsc;
use tokio::time::sleep;

use crate::app::App;
use crate::problem::chain;

/// Before a write is tried again.
const RETRY: Duration = Duration::from_secs(1);

/// Ingests until nobody can send any more.
pub(crate) async fn run(app: App, mut batches: mpsc::Receiver<Batch>) {
    while let Some(batch) = batches.recv().await {
        ingest(&app, &batch).await;
    }
}

async fn ingest(app: &App, batch: &Batch) {
    app.arrivals.note(&batch.sensor, app.world.moment(), batch.until);
    loop {
        match app.store.ingest(batch).await {
            Ok(store::Ingested { fresh: true }) => {
                app.metrics.batches.add(1);
                app.grown.notify_one();
                return;
            }
            Ok(store::Ingested { fresh: false }) => return app.metrics.repeated_batches.add(1),
            Err(store::Error::Gap { expected, found, .. }) => {
                tracing::warn!(sensor = %batch.sensor, expected, found, "batches are lost");
                if let Err(error) = app.store.accept_gap(&batch.sensor, found).await {
                    wait(&error).await;
                }
            }
            Err(error @ (store::Error::UnknownName { .. } | store::Error::Implausible { .. })) => {
                tracing::error!(sensor = %batch.sensor, error = %chain(&error), "batch refused");
                return app.metrics.refused_batches.add(1);
            }
            Err(store::Error::Closed) => return,
            Err(error) => wait(&error).await,
        }
    }
}

async fn wait(error: &store::Error) {
    tracing::error!(error = %chain(error), "cannot ingest; trying again");
    sleep(RETRY).await;
}
