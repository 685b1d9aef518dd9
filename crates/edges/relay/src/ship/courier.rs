//! What a sensor does next to get rid of what waits. It decides from what it is told, with time and chance as
//! arguments, and does nothing itself: no clock, no network.

use std::time::Duration;

use hyper::StatusCode;
use model::Timestamp;

use super::Backoff;
use crate::client::HubAnswer;
use crate::message::{Acknowledged, BATCHES, Expected, Known, SHIPMENT_TYPE, STATE, Shipment, StateReport};
use crate::{ClientError, Identity, Notice, Spool, SpoolError, Waiting};

/// Decides what is asked of the hub, and what its answers mean for the spool.
#[derive(Debug)]
pub struct Courier {
    backoff: Backoff,
    asked: Asked,
    /// Nothing came to be sent for [`SIGN_OF_LIFE`].
    is_quiet: bool,
    renewal_tried: Option<Timestamp>,
}

/// What comes next.
#[derive(Debug)]
pub enum Errand {
    /// The certificate is due: [`crate::message::RENEW`], then [`Courier::renewal_tried`].
    Renew,
    /// Ask this of the hub, then [`Courier::read`].
    Ask(Question),
    /// Nothing is to be sent: wait for something, and say [`Courier::was_quiet`] if nothing came for so long.
    Wait(Duration),
}

/// A request to the hub.
#[derive(Debug)]
pub struct Question {
    /// Where to.
    pub path: &'static str,
    /// Content type of the body.
    pub kind: &'static str,
    /// What is sent.
    pub body: Vec<u8>,
}

/// What came of it.
#[derive(Debug)]
pub enum Heard {
    /// The hub is there.
    There(Verdict),
    /// It is not, or not now.
    Away {
        /// How long to leave it alone.
        wait: Duration,
        /// What is wrong.
        error: ClientError,
    },
}

/// What the hub's answer means for the spool.
#[derive(Debug)]
pub enum Verdict {
    /// It has every batch up to this one.
    Taken(u64),
    /// It lacks this one, which it may have had.
    Missing(u64),
    /// It can never take this one.
    Never {
        /// Which one.
        sequence: u64,
        /// Why.
        error: ClientError,
    },
}

/// What the next answer is about.
#[derive(Debug, Clone, Copy)]
enum Asked {
    Batch {
        sequence: u64,
        gone_from: u64,
    },
    /// The hub said before that it has every batch up to this one.
    State {
        acknowledged: u64,
    },
}

/// When nothing is to be sent, the hub still hears from the sensor this often: 90 s of silence are a blind spot.
const SIGN_OF_LIFE: Duration = Duration::from_secs(20);
/// After a certificate was or could not be renewed; there is a month left.
const RENEW_AGAIN_NS: u64 = 10 * 60 * 1_000_000_000;

impl Courier {
    /// One that asked nothing yet.
    #[must_use]
    pub const fn new(backoff: Backoff) -> Self {
        Self { backoff, asked: Asked::State { acknowledged: 0 }, is_quiet: false, renewal_tried: None }
    }

    /// What comes next for this spool and this identity, and what happened to the spool.
    ///
    /// # Errors
    /// When the spool cannot be read.
    pub fn next(
        &mut self,
        spool: &mut Spool,
        identity: &Identity,
        now: Timestamp,
    ) -> Result<(Errand, Vec<Notice>), SpoolError> {
        if identity.is_to_be_renewed(now.nanos() / 1_000_000_000) && self.may_renew(now) {
            return Ok((Errand::Renew, Vec::new()));
        }
        let (waiting, notices) = spool.oldest()?;
        let report = spool.backlog().into();
        let question = match waiting {
            Some(waiting) => self.batch(report, &waiting),
            None if self.is_quiet => self.state(&report, spool.acknowledged()),
            None => return Ok((Errand::Wait(SIGN_OF_LIFE), notices)),
        };
        self.is_quiet = false;
        Ok((Errand::Ask(question), notices))
    }

    /// Nothing came for as long as [`Errand::Wait`] said.
    pub const fn was_quiet(&mut self) {
        self.is_quiet = true;
    }

    /// The spool could not be read: how long to leave it alone.
    pub fn failed(&mut self, share: u8) -> Duration {
        self.backoff.next_wait(share)
    }

    /// A renewal was tried, whatever came of it.
    pub const fn renewal_tried(&mut self, now: Timestamp) {
        self.renewal_tried = Some(now);
    }

    /// A clock that was set back must not put the next try off.
    fn may_renew(&self, now: Timestamp) -> bool {
        self.renewal_tried.is_none_or(|tried| now < tried || now.since(tried) >= RENEW_AGAIN_NS)
    }

    fn batch(&mut self, state: StateReport, waiting: &Waiting) -> Question {
        let Waiting { sequence, gone_from, bytes } = waiting;
        self.asked = Asked::Batch { sequence: *sequence, gone_from: *gone_from };
        // What cannot be written is sent empty, and the hub refuses it.
        let body = Shipment { state, gone_from: *gone_from, batch: bytes }.encode().unwrap_or_default();
        Question { path: BATCHES, kind: SHIPMENT_TYPE, body }
    }

    fn state(&mut self, report: &StateReport, acknowledged: u64) -> Question {
        self.asked = Asked::State { acknowledged };
        let body = serde_json::to_vec(report).unwrap_or_default();
        Question { path: STATE, kind: "application/json", body }
    }

    /// What an answer, or that there was none, means. `share` of 255 spreads how long a failure is waited for.
    pub fn read(&mut self, answer: Result<HubAnswer, ClientError>, share: u8) -> Heard {
        let verdict = answer.and_then(|answer| match self.asked {
            Asked::Batch { sequence, gone_from } => of_batch(&answer, sequence, gone_from),
            Asked::State { acknowledged } => of_state(&answer, acknowledged),
        });
        match verdict {
            Ok(verdict) => {
                self.backoff.reset();
                Heard::There(verdict)
            }
            Err(error) => Heard::Away { wait: self.backoff.next_wait(share), error },
        }
    }
}

impl Verdict {
    /// Does to the spool what the hub said.
    ///
    /// # Errors
    /// When the spool is not the one that the hub knows, or cannot be written.
    pub fn settle(self, spool: &mut Spool) -> Result<(), SpoolError> {
        match self {
            Self::Taken(sequence) => return spool.acknowledge(sequence),
            Self::Missing(expected) => spool.rewind(expected),
            Self::Never { sequence, .. } => spool.give_up(sequence),
        }
        Ok(())
    }
}

/// A hub that was set back says so here, too: a sensor that hears nothing sends no batch that it could refuse.
fn of_state(answer: &HubAnswer, said_before: u64) -> Result<Verdict, ClientError> {
    if !answer.status.is_success() {
        return Err(answer.refusal());
    }
    let Known { acknowledged, .. } = answer.json()?;
    match acknowledged < said_before {
        true => Ok(Verdict::Missing(acknowledged.saturating_add(1))),
        false => Ok(Verdict::Taken(acknowledged)),
    }
}

fn of_batch(answer: &HubAnswer, sequence: u64, gone_from: u64) -> Result<Verdict, ClientError> {
    match answer.status {
        StatusCode::OK => answer.json().map(|Acknowledged { acknowledged }| Verdict::Taken(acknowledged)),
        StatusCode::CONFLICT => match answer.json()? {
            // It would ask for the same again and again.
            Expected { expected } if expected >= gone_from => Err(answer.refusal()),
            Expected { expected } => Ok(Verdict::Missing(expected)),
        },
        StatusCode::BAD_REQUEST | StatusCode::PAYLOAD_TOO_LARGE | StatusCode::UNPROCESSABLE_ENTITY => {
            Ok(Verdict::Never { sequence, error: answer.refusal() })
        }
        // A revoked sensor goes on: somebody may have erred, and what it saw is here then.
        _ => Err(answer.refusal()),
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;
    use crate::message::Issued;
    use crate::{Applicant, Limits};

    const DAY_S: u64 = 86_400;
    /// 2026-01-01, when the certificate of 90 days begins.
    const BEGIN_S: u64 = 1_767_225_600;

    fn identity() -> Identity {
        let issued = Issued {
            sensor: "sen_ward".to_owned(),
            name: "Ward".to_owned(),
            certificate: String::new(),
            authority: String::new(),
            begins_s: BEGIN_S,
            ends_s: BEGIN_S + 90 * DAY_S,
        };
        let applicant = Applicant::new().expect("a key");
        applicant.become_sensor("https://hub:8444".parse().expect("an address"), issued)
    }

    #[test]
    fn a_quiet_sensor_sends_again_what_a_hub_that_was_set_back_lacks() {
        let folder = TempDir::new().expect("a folder");
        Spool::create(folder.path()).expect("created");
        let mut spool = Spool::open(folder.path(), Limits::DEFAULT).expect("opened").0;
        let now = Timestamp::from_nanos(BEGIN_S * 1_000_000_000);
        for sequence in 1..=3 {
            spool.append(sequence, 1, b"batch", now).expect("kept");
        }
        spool.acknowledge(3).expect("written");
        let mut courier = Courier::new(Backoff::new(Duration::from_secs(1), Duration::from_secs(60)));
        let mut hears = |acknowledged: u64| {
            courier.was_quiet();
            let errand = courier.next(&mut spool, &identity(), now).expect("a spool that reads").0;
            assert!(matches!(errand, Errand::Ask(Question { path: STATE, .. })), "{errand:?}");
            let known = serde_json::json!({ "acknowledged": acknowledged, "frames": 0 });
            let answer = HubAnswer::new(StatusCode::OK, known.to_string().into());
            let Heard::There(verdict) = courier.read(Ok(answer), 0) else { panic!("it is there") };
            verdict.settle(&mut spool).expect("settled");
            let waiting = spool.oldest().expect("a spool that reads").0.map(|waiting| waiting.sequence);
            spool.acknowledge(3).expect("written");
            waiting
        };
        assert_eq!(hears(3), None);
        assert_eq!(hears(1), Some(2), "it has one batch of three");
        assert_eq!(hears(0), Some(1));
    }

    #[test]
    fn a_renewal_that_failed_is_tried_again_after_ten_minutes_and_at_once_when_the_clock_was_set_back() {
        let folder = TempDir::new().expect("a folder");
        Spool::create(folder.path()).expect("created");
        let mut spool = Spool::open(folder.path(), Limits::DEFAULT).expect("opened").0;
        let identity = identity();
        let at = |seconds: u64| Timestamp::from_nanos((BEGIN_S + seconds) * 1_000_000_000);
        let mut courier = Courier::new(Backoff::new(Duration::from_secs(1), Duration::from_secs(60)));
        let mut renews = |seconds| {
            let (errand, _) = courier.next(&mut spool, &identity, at(seconds)).expect("a spool that reads");
            let is_due = matches!(errand, Errand::Renew);
            if is_due {
                courier.renewal_tried(at(seconds));
            }
            is_due
        };
        assert!(!renews(60 * DAY_S - 1), "two thirds of its life are not over");
        assert!(renews(80 * DAY_S));
        assert!(!renews(80 * DAY_S + 599), "it was just tried");
        assert!(renews(80 * DAY_S + 600));
        assert!(renews(70 * DAY_S), "the clock was ahead");
        assert!(!renews(70 * DAY_S + 599));
        assert!(renews(70 * DAY_S + 600));
    }
}
