//! Signs the audit log: at 1,000 records or 60 s, and when the hub stops.
//!
//! `audit.key` in the data folder is the seed of the key, `audit.pub` its public part, with which anybody verifies.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use audit::{SigningKey, is_due};
use tokio::time::interval;

use crate::Error;
use crate::app::App;
use crate::files::write_secret;
use crate::world::World;

/// The seed.
const KEY: &str = "audit.key";
/// The public part.
const PUBLIC: &str = "audit.pub";
/// How often it is looked whether something is to be signed.
const LOOK: Duration = Duration::from_secs(1);

/// The key of the audit log, made at the first start.
pub(crate) fn key(world: &World, data: &Path) -> Result<Arc<SigningKey>, Error> {
    let path = data.join(KEY);
    let invalid = |why: &str| Error::file(&path, io::Error::new(io::ErrorKind::InvalidData, why.to_owned()));
    let seed: [u8; 32] = match fs::read(&path) {
        Ok(bytes) => bytes.try_into().map_err(|_| invalid("it is not a key of 32 bytes"))?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let seed = world.bytes()?;
            write_secret(&path, &seed)?;
            seed
        }
        Err(error) => return Err(Error::file(&path, error)),
    };
    let key = SigningKey::from_seed(&seed).map_err(|error| invalid(&error.to_string()))?;
    write_secret(&data.join(PUBLIC), format!("{}\n", key.public()).as_bytes())?;
    Ok(Arc::new(key))
}

/// Signs what is due, until the hub stops.
pub(crate) async fn run(app: App, key: Arc<SigningKey>) {
    let mut ticks = interval(LOOK);
    loop {
        ticks.tick().await;
        if let Err(error) = sign_due(&app, &key).await {
            tracing::error!(%error, "cannot sign the audit log");
        }
    }
}

/// Signs what is due.
pub(crate) async fn sign_due(app: &App, key: &Arc<SigningKey>) -> store::Result<()> {
    loop {
        let state = app.store.audit_state().await?;
        let (unsigned, now) = (state.head.number.saturating_sub(state.signed), app.world.now());
        if !state.unsigned_since.is_some_and(|first| is_due(unsigned, first, now)) {
            return Ok(());
        }
        app.store.sign_audit(now, Arc::<SigningKey>::clone(key)).await?;
    }
}

/// Signs everything that is not signed.
pub(crate) async fn sign_all(app: &App, key: &Arc<SigningKey>) -> store::Result<()> {
    while app.store.sign_audit(app.world.now(), Arc::<SigningKey>::clone(key)).await?.is_some() {}
    Ok(())
}
