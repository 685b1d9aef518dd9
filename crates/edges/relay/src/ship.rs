//! Sends what waits, for as long as the sensor runs: oldest first, again and again until the hub has it.

mod backoff;
mod status;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hyper::StatusCode;
use model::Timestamp;
use tokio::sync::{Notify, watch};
use tokio::time::timeout;

use crate::client::HubAnswer;
use crate::message::{
    Acknowledged, BATCHES, Expected, Known, RENEW, RenewRequest, SHIPMENT_TYPE, STATE, Shipment, StateReport,
};
use crate::{Applicant, Client, ClientError, Identity, IdentityError, Notice, Spool, SpoolError, Waiting};

pub use backoff::Backoff;
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

/// What came of a batch.
enum Outcome {
    Taken(u64),
    Missing(u64),
    Never(ClientError),
    Later(ClientError),
}

/// When nothing is to be sent, the hub still hears from the sensor this often: 90 s of silence are a blind spot.
const SIGN_OF_LIFE: Duration = Duration::from_secs(20);
/// After a certificate could not be renewed; there is a month left.
const RENEW_AGAIN_S: u64 = 10 * 60;

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
/// When it cannot go on by itself: the spool cannot be read, or is not the one that the hub knows.
pub async fn ship(shipping: Shipping) -> Result<(), ShipError> {
    let client = Client::new(&shipping.identity)?;
    let Shipping { spool, identity, folder, backoff, now, stop } = shipping;
    let status = status::Keeper::new(&folder);
    let mut shipper =
        Shipper { spool, identity, folder, backoff, now, stop, client, status, renew_after_s: 0 };
    while !shipper.is_stopped() {
        shipper.renew_if_due().await?;
        shipper.step().await?;
    }
    shipper.status.is_last();
    shipper.tell_status();
    Ok(())
}

struct Shipper {
    spool: Arc<SharedSpool>,
    identity: Identity,
    folder: PathBuf,
    backoff: Backoff,
    now: fn() -> Timestamp,
    stop: watch::Receiver<bool>,
    client: Client,
    status: status::Keeper,
    renew_after_s: u64,
}

impl Shipper {
    fn is_stopped(&self) -> bool {
        *self.stop.borrow()
    }

    fn now_s(&self) -> u64 {
        (self.now)().nanos() / 1_000_000_000
    }

    /// Sends the oldest batch, or waits for one.
    async fn step(&mut self) -> Result<(), ShipError> {
        let (waiting, notices) = self.spool.with(Spool::oldest)?;
        notices.into_iter().for_each(tell);
        let outcome = match &waiting {
            Some(waiting) => self.send(waiting).await,
            None => match self.wait().await {
                true => return Ok(()),
                false => self.sign_of_life().await,
            },
        };
        match outcome {
            Outcome::Taken(sequence) => {
                // Said before anything else can fail: the hub is there.
                self.found();
                self.spool.with(|spool| spool.acknowledge(sequence))?;
            }
            Outcome::Missing(expected) => {
                self.found();
                tracing::warn!(
                    expected,
                    "the hub lacks batches that it had; they are sent again as far as they are here"
                );
                self.spool.with(|spool| spool.rewind(expected));
            }
            Outcome::Never(error) => {
                self.found();
                if let Some(Waiting { sequence, .. }) = waiting {
                    tracing::error!(
                        sequence,
                        error = chain(&error),
                        "the hub can never take this batch; it is given up"
                    );
                    self.spool.with(|spool| spool.give_up(sequence));
                }
            }
            Outcome::Later(error) => self.lost(&error).await,
        }
        self.tell_status();
        Ok(())
    }

    /// Waits until there is something to send, for a while. Says whether there may be.
    async fn wait(&mut self) -> bool {
        let mut stop = self.stop.clone();
        tokio::select! {
            filled = timeout(SIGN_OF_LIFE, self.spool.filled.notified()) => filled.is_ok(),
            // Who sends it lives as long as the sensor; if not, it stops too.
            _ = stop.wait_for(|stop| *stop) => true,
        }
    }

    async fn send(&mut self, waiting: &Waiting) -> Outcome {
        let shipment = Shipment { state: self.report(), gone_from: waiting.gone_from, batch: &waiting.bytes };
        let body = match shipment.encode() {
            Ok(body) => body,
            Err(_) => return Outcome::Never(ClientError::Answer),
        };
        match self.client.post(BATCHES, SHIPMENT_TYPE, body).await {
            Ok(answer) => outcome(&answer, waiting),
            Err(error) => Outcome::Later(error),
        }
    }

    async fn sign_of_life(&mut self) -> Outcome {
        let report = self.report();
        match self.client.ask::<Known>(STATE, &report).await {
            Ok(Known { acknowledged, .. }) => Outcome::Taken(acknowledged),
            Err(error) => Outcome::Later(error),
        }
    }

    fn report(&self) -> StateReport {
        self.spool.with(|spool| spool.backlog()).into()
    }

    fn found(&mut self) {
        self.backoff.reset();
        if self.status.found((self.now)()) {
            tracing::info!(hub = %self.identity.hub, "the hub is there");
        }
    }

    async fn lost(&mut self, error: &ClientError) {
        let wait = self.backoff.next_wait();
        let text = chain(error);
        if self.status.lost((self.now)(), &text) {
            tracing::warn!(hub = %self.identity.hub, error = text, "the hub is away; what is captured waits in the spool");
        } else {
            tracing::debug!(error = text, wait_ms = wait.as_millis(), "the hub is still away");
        }
        self.tell_status();
        let mut stop = self.stop.clone();
        // Ends early when the sensor stops.
        drop(timeout(wait, stop.wait_for(|stop| *stop)).await);
    }

    fn tell_status(&mut self) {
        let (backlog, last) = self.spool.with(|spool| (spool.backlog(), spool.last()));
        if let Err(error) = self.status.write(backlog, last, (self.now)()) {
            tracing::warn!(%error, "cannot write the status of the sensor");
        }
    }

    async fn renew_if_due(&mut self) -> Result<(), ShipError> {
        let now_s = self.now_s();
        if !self.identity.is_to_be_renewed(now_s) || now_s < self.renew_after_s {
            return Ok(());
        }
        let applicant = Applicant::new()?;
        let ask = RenewRequest { request: applicant.request()? };
        match self.client.ask(RENEW, &ask).await {
            Ok(issued) => {
                let identity = self.identity.renewed(applicant, issued);
                // Kept before it is used: the old one stays valid until then.
                identity.write(&self.folder)?;
                self.client = Client::new(&identity)?;
                self.identity = identity;
                tracing::info!(ends_s = self.identity.ends_s, "the certificate is renewed");
            }
            Err(error) => {
                self.renew_after_s = now_s.saturating_add(RENEW_AGAIN_S);
                tracing::warn!(error = chain(&error), "cannot renew the certificate; trying again in 10 min");
            }
        }
        Ok(())
    }
}

/// What the hub's answer means for a batch.
fn outcome(answer: &HubAnswer, waiting: &Waiting) -> Outcome {
    match answer.status {
        StatusCode::OK => match answer.json() {
            Ok(Acknowledged { acknowledged }) => Outcome::Taken(acknowledged),
            Err(error) => Outcome::Later(error),
        },
        StatusCode::CONFLICT => match answer.json() {
            // It would ask for the same again and again.
            Ok(Expected { expected }) if expected >= waiting.gone_from => Outcome::Later(answer.refusal()),
            Ok(Expected { expected }) => Outcome::Missing(expected),
            Err(error) => Outcome::Later(error),
        },
        StatusCode::BAD_REQUEST | StatusCode::PAYLOAD_TOO_LARGE | StatusCode::UNPROCESSABLE_ENTITY => {
            Outcome::Never(answer.refusal())
        }
        // A revoked sensor goes on: somebody may have erred, and what it saw is here then.
        _ => Outcome::Later(answer.refusal()),
    }
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
