//! Sends what waits, for as long as the sensor runs: oldest first, again and again until the hub has it.

mod backoff;
mod courier;
mod status;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use model::Timestamp;
use tokio::sync::{Notify, watch};
use tokio::time::timeout;

use crate::message::{RENEW, RenewRequest};
use crate::{Applicant, Client, ClientError, Identity, IdentityError, Notice, Spool, SpoolError};

pub use backoff::Backoff;
pub use courier::{Courier, Errand, Heard, Question, Verdict};
pub use status::{Line, Status};

/// A spool that one thread fills and another empties.
#[derive(Debug)]
pub struct SharedSpool {
    spool: Mutex<Spool>,
    filled: Notify,
}

/// What shipping needs.
#[derive(Debug)]
pub struct Shipping {
    /// What is to be sent.
    pub spool: Arc<SharedSpool>,
    /// Who sends. It is renewed in `folder`.
    pub identity: Identity,
    /// Folder of the sensor.
    pub folder: PathBuf,
    /// How long to wait after a failure.
    pub backoff: Backoff,
    /// The clock.
    pub now: fn() -> Timestamp,
    /// Ends it when it turns true.
    pub stop: watch::Receiver<bool>,
}

/// Why nothing can be sent any more.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ShipError {
    /// The spool fails.
    #[error("the spool fails")]
    Spool(#[from] SpoolError),
    /// The sensor's certificate is of no use.
    #[error("the sensor cannot show who it is")]
    Identity(#[from] IdentityError),
    /// It cannot be used for a connection.
    #[error(transparent)]
    Client(#[from] ClientError),
}

impl SharedSpool {
    /// Shares a spool.
    #[must_use]
    pub fn new(spool: Spool) -> Arc<Self> {
        Arc::new(Self { spool: Mutex::new(spool), filled: Notify::new() })
    }

    /// Does something with the spool. Nothing in it is half done when somebody panics: what counts is on the disk.
    pub fn with<T>(&self, work: impl FnOnce(&mut Spool) -> T) -> T {
        work(&mut self.spool.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// There is something new to be sent.
    pub fn filled(&self) {
        self.filled.notify_one();
    }
}

/// Ships until it is told to stop. While the hub is away everything waits.
///
/// # Errors
/// When it cannot go on by itself: the spool is not the one that the hub knows. A disk that fails is tried again.
pub async fn ship(shipping: Shipping) -> Result<(), ShipError> {
    let client = Client::new(&shipping.identity)?;
    let Shipping { spool, identity, folder, backoff, now, stop } = shipping;
    let (status, courier) = (status::Keeper::new(&folder), Courier::new(backoff));
    let mut shipper = Shipper { spool, identity, folder, courier, now, stop, client, status };
    while !shipper.is_stopped() {
        shipper.step().await?;
    }
    shipper.status.is_last();
    shipper.tell_status();
    Ok(())
}

/// Does what the courier says.
struct Shipper {
    spool: Arc<SharedSpool>,
    identity: Identity,
    folder: PathBuf,
    courier: Courier,
    now: fn() -> Timestamp,
    stop: watch::Receiver<bool>,
    client: Client,
    status: status::Keeper,
}

impl Shipper {
    fn is_stopped(&self) -> bool {
        *self.stop.borrow()
    }

    async fn step(&mut self) -> Result<(), ShipError> {
        let now = (self.now)();
        let next = self.spool.with(|spool| self.courier.next(spool, &self.identity, now));
        let (errand, notices) = match next {
            Err(error) if error.is_of_disk() => {
                tracing::error!(error = chain(&error), "cannot read what waits to be sent; trying again");
                let wait = self.courier.failed(chance());
                self.pause(wait).await;
                return Ok(());
            }
            next => next?,
        };
        notices.into_iter().for_each(tell);
        match errand {
            Errand::Renew => self.renew().await,
            Errand::Wait(longest) => {
                if !self.wait(longest).await {
                    self.courier.was_quiet();
                }
                Ok(())
            }
            Errand::Ask(question) => self.ask(question).await,
        }
    }

    /// Waits until there is something to send, for a while. Says whether there may be.
    async fn wait(&mut self, longest: Duration) -> bool {
        let mut stop = self.stop.clone();
        tokio::select! {
            filled = timeout(longest, self.spool.filled.notified()) => filled.is_ok(),
            // Who sends it lives as long as the sensor; if not, it stops too.
            _ = stop.wait_for(|stop| *stop) => true,
        }
    }

    async fn ask(&mut self, Question { path, kind, body }: Question) -> Result<(), ShipError> {
        let answer = self.client.post(path, kind, body).await;
        match self.courier.read(answer, chance()) {
            Heard::There(verdict) => {
                // Said before anything else can fail: the hub is there.
                self.found();
                say(&verdict);
                match self.spool.with(|spool| verdict.settle(spool)) {
                    Err(error) if error.is_of_disk() => tracing::warn!(
                        error = chain(&error),
                        "cannot write down what the hub has; after a start it is sent again"
                    ),
                    settled => settled?,
                }
            }
            Heard::Away { wait, error } => self.lost(&error, wait).await,
        }
        self.tell_status();
        Ok(())
    }

    fn found(&mut self) {
        if self.status.found((self.now)()) {
            tracing::info!(hub = %self.identity.hub, "the hub is there");
        }
    }

    async fn lost(&mut self, error: &ClientError, wait: Duration) {
        let text = chain(error);
        if self.status.lost((self.now)(), &text) {
            tracing::warn!(hub = %self.identity.hub, error = text, "the hub is away; what is captured waits in the spool");
        } else {
            tracing::debug!(error = text, wait_ms = wait.as_millis(), "the hub is still away");
        }
        self.tell_status();
        self.pause(wait).await;
    }

    /// Ends early when the sensor stops.
    async fn pause(&self, wait: Duration) {
        let mut stop = self.stop.clone();
        drop(timeout(wait, stop.wait_for(|stop| *stop)).await);
    }

    fn tell_status(&mut self) {
        let (backlog, last) = self.spool.with(|spool| (spool.backlog(), spool.last()));
        if let Err(error) = self.status.write(backlog, last, (self.now)()) {
            tracing::warn!(%error, "cannot write the status of the sensor");
        }
    }

    async fn renew(&mut self) -> Result<(), ShipError> {
        self.courier.renewal_tried((self.now)());
        let applicant = Applicant::new()?;
        let ask = RenewRequest { request: applicant.request()? };
        match self.client.ask(RENEW, &ask).await {
            Ok(issued) => {
                let Some(identity) = self.identity.renewed(applicant, issued) else {
                    tracing::warn!("the hub's clock is behind; the certificate is kept, and renewed later");
                    return Ok(());
                };
                // Kept before it is used: the old one stays valid until then.
                if let Err(error) = identity.write(&self.folder) {
                    tracing::warn!(
                        error = chain(&error),
                        "cannot keep the renewed certificate; trying again in 10 min"
                    );
                    return Ok(());
                }
                self.client = Client::new(&identity)?;
                self.identity = identity;
                tracing::info!(ends_s = self.identity.ends_s, "the certificate is renewed");
            }
            Err(error) => {
                tracing::warn!(error = chain(&error), "cannot renew the certificate; trying again in 10 min");
            }
        }
        Ok(())
    }
}

/// Says what is not as it should be.
fn say(verdict: &Verdict) {
    match verdict {
        Verdict::Taken(_) => {}
        Verdict::Missing(expected) => tracing::warn!(
            expected,
            "the hub lacks batches that it had; they are sent again as far as they are here"
        ),
        Verdict::Never { sequence, error } => tracing::error!(
            sequence,
            error = chain(error),
            "the hub can never take this batch; it is given up"
        ),
    }
}

/// By how much of 255 a wait is spread. Without chance it is the longest.
#[must_use]
pub fn chance() -> u8 {
    let mut byte = [0];
    getrandom::fill(&mut byte).map_or(u8::MAX, |()| byte[0])
}

/// Says what happened to the spool.
pub fn tell(notice: Notice) {
    match notice {
        Notice::Torn { bytes } => tracing::info!(bytes, "a crash left a batch half written; it was cut off"),
        Notice::Damaged { batches } => {
            tracing::error!(batches, "the disk does not give back what was written; batches are lost");
        }
        Notice::GivenUp { batches, frames, because } => {
            tracing::error!(batches, frames, ?because, "the spool is full; the oldest batches are lost");
        }
    }
}

/// An error and what is beneath it.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut beneath = error.source();
    while let Some(source) = beneath {
        text.push_str(": ");
        text.push_str(&source.to_string());
        beneath = source.source();
    }
    text
}
