//! One hub, a few sensors and the line between them, event by event.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use model::{SensorId, Timestamp};
use relay::message::{BATCHES, ENROL, EnrolRequest, Issued, RENEW, RenewRequest};
use relay::{Applicant, ClientError, Errand, Heard, HubAnswer, Limits, Question, Token};
use rustls::pki_types::CertificateDer;

use super::BEGIN_S;
use super::checks::May;
use super::dice::Dice;
use super::place::{Image, Place, root};
use super::sensor::{Breaks, Sensor, backoff};
use crate::authority::Signed;
use crate::tests::support::Hand;

pub(super) const SECOND: u64 = 1_000_000_000;

/// What the line does, in percent of messages.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Line {
    pub(super) is_cut: bool,
    pub(super) lost: u64,
    pub(super) answer_lost: u64,
    pub(super) slow: u64,
    pub(super) doubled: u64,
    /// The hub breaks off at a message.
    pub(super) hub_breaks: u64,
    /// A sensor breaks off while it keeps a batch.
    pub(super) sensor_breaks: u64,
}

#[derive(Debug)]
enum Event {
    Capture(usize),
    Wake { sensor: usize, wake: u64, is_quiet: bool },
    Arrive(u64),
    Answer { question: u64, answer: Option<(StatusCode, Bytes)> },
    SensorUp { sensor: usize, life: u64 },
    HubUp,
}

/// A request on its way.
struct Sent {
    sensor: usize,
    life: u64,
    question: Question,
    certificate: CertificateDer<'static>,
}

/// What the hub has to have of a sensor.
#[derive(Debug, Clone, Default)]
pub(super) struct Counted {
    pub(super) sequence: u64,
    pub(super) batches: BTreeSet<u64>,
    pub(super) lost: u64,
    pub(super) frames: u64,
    pub(super) dropped: u64,
}

/// Somebody who is logged in, who mistyped a password, and who has a token since the hub started.
pub(super) struct Gate {
    pub(super) begun: u64,
    pub(super) used: u64,
    pub(super) session: Option<HeaderMap>,
    pub(super) token: store::TokenHash,
}

/// What happened.
#[derive(Debug, Clone, Default)]
pub(super) struct Totals {
    seeds: u64,
    pub(super) events: u64,
    pub(super) batches: u64,
    pub(super) given_up: u64,
    pub(super) repeated: u64,
    pub(super) missing_again: u64,
    pub(super) hub_breaks: u64,
    pub(super) sensor_breaks: u64,
    pub(super) renewals: u64,
    pub(super) refused: u64,
    pub(super) jumps: u64,
    pub(super) silences: u64,
    pub(super) partition_h: u64,
}

impl Totals {
    pub(super) const fn all(&mut self) -> [&mut u64; 13] {
        let Self { seeds, events, batches, given_up, repeated, missing_again, hub_breaks, .. } = self;
        [
            seeds,
            events,
            batches,
            given_up,
            repeated,
            missing_again,
            hub_breaks,
            &mut self.sensor_breaks,
            &mut self.renewals,
            &mut self.refused,
            &mut self.jumps,
            &mut self.silences,
            &mut self.partition_h,
        ]
    }
}

pub(super) struct Site {
    pub(super) dice: Dice,
    clock: Arc<Hand>,
    /// Nanoseconds since the beginning; no clock shows them.
    pub(super) now: u64,
    pub(super) hub_skew: i64,
    pub(super) hub: Option<Place>,
    /// What it begins with when it is up again.
    image: Option<Image>,
    pub(super) saved: Option<(Image, Vec<Counted>)>,
    pub(super) sensors: Vec<Sensor>,
    pub(super) line: Line,
    events: BTreeMap<(u64, u64), Event>,
    order: u64,
    sent: BTreeMap<u64, Sent>,
    pub(super) counted: Vec<Counted>,
    /// Batches up to this one may be lost because the hub was set back.
    pub(super) set_back: Vec<u64>,
    /// When each was heard since the hub runs.
    pub(super) heard: Vec<Option<u64>>,
    pub(super) gate: Option<Gate>,
    hub_certificate: Option<Signed>,
    frames: u64,
    pub(super) totals: Totals,
}

impl Site {
    /// Runs one seed; panics when something is not as it must be.
    pub(super) async fn run(seed: u64, template: &Image) -> Totals {
        let mut site = Self::new(seed, template).await;
        site.phases().await;
        site.heal().await;
        site.check_all().await;
        let shown = site.sensors.iter().map(|sensor| (sensor.taken.len() as u64, sensor.given_up));
        for (batches, given_up) in shown {
            site.totals.batches += batches;
            site.totals.given_up += given_up;
        }
        site.totals.seeds = 1;
        site.totals
    }

    async fn new(seed: u64, template: &Image) -> Self {
        let mut dice = Dice::new(seed);
        let clock = Arc::new(Hand::at(BEGIN_S));
        let hub = Place::open(template.again(), &clock, dice.next()).await;
        let mut site = Self {
            dice,
            clock,
            now: 0,
            hub_skew: 0,
            hub: Some(hub),
            image: None,
            saved: None,
            sensors: Vec::new(),
            line: Line::default(),
            events: BTreeMap::new(),
            order: 0,
            sent: BTreeMap::new(),
            counted: Vec::new(),
            set_back: Vec::new(),
            heard: Vec::new(),
            gate: None,
            hub_certificate: None,
            frames: 1,
            totals: Totals::default(),
        };
        site.open_gate().await;
        let limits = if site.dice.percent(15) {
            Limits { bytes: site.dice.within(2_500, 5_000), ..Limits::DEFAULT }
        } else {
            Limits::DEFAULT
        };
        for _ in 0..site.dice.within(1, 4) {
            site.enrol(limits).await;
        }
        site
    }

    async fn enrol(&mut self, limits: Limits) {
        let number = self.sensors.len();
        let (id, secret): (SensorId, _) =
            (format!("sen_{number}").parse().expect("an id"), [number as u8 + 1; 32]);
        let hub = self.hub.as_ref().expect("a hub");
        let made = hub.app.world.steady();
        let enrolment = store::Enrolment {
            hash: store::TokenHash(Token::hash(&secret)),
            sensor: id.clone(),
            name: format!("Ward {number}"),
            made_by: "admin".to_owned(),
            created: made,
            expires: Timestamp::from_nanos(made.nanos() + 3_600 * SECOND),
        };
        hub.app.store.put_enrolment(enrolment, crate::tests::support::decision()).await.expect("kept");
        let applicant = Applicant::new().expect("a key");
        let secret = secret.iter().map(|byte| format!("{byte:02x}")).collect();
        let ask = EnrolRequest { secret, request: applicant.request().expect("a request") };
        let body = serde_json::to_vec(&ask).expect("JSON");
        let answer = hub.ask(ENROL, "application/json", body, None).await;
        let issued: Issued = answer.json().expect("a certificate");
        let identity = applicant.become_sensor("https://hub:8444".parse().expect("an address"), issued);
        let longest = self.dice.within(600, 3_600);
        self.sensors.push(Sensor::new(id, identity, limits, backoff(longest), &root()));
        self.counted.push(Counted::default());
        self.set_back.push(0);
        self.heard.push(None);
        self.wake_after(number, 0, false);
    }

    /// The time that a clock shows which is off by so much.
    fn shown(&self, skew: i64) -> Timestamp {
        let true_time = BEGIN_S * SECOND + self.now;
        Timestamp::from_nanos(true_time.saturating_add_signed(skew))
    }

    pub(super) fn set_time(&mut self, now: u64) {
        self.now = now;
        self.clock.set(Duration::from_nanos(now), self.shown(self.hub_skew));
    }

    fn after(&mut self, wait: u64, event: Event) {
        self.order += 1;
        self.events.insert((self.now + wait, self.order), event);
    }

    pub(super) fn capture_after(&mut self, wait: u64, sensor: usize) {
        self.after(wait, Event::Capture(sensor));
    }

    fn wake_after(&mut self, sensor: usize, wait: u64, is_quiet: bool) {
        self.sensors[sensor].wake += 1;
        self.sensors[sensor].is_idle = is_quiet;
        let wake = self.sensors[sensor].wake;
        self.after(wait, Event::Wake { sensor, wake, is_quiet });
    }

    pub(super) async fn run_until(&mut self, end: u64) {
        while self.events.first_key_value().is_some_and(|((at, _), _)| *at <= end) {
            self.one_event().await;
        }
        self.set_time(end);
    }

    pub(super) async fn one_event(&mut self) {
        let Some(((at, _), event)) = self.events.pop_first() else { return };
        self.set_time(at);
        self.totals.events += 1;
        match event {
            Event::Capture(sensor) => self.capture(sensor),
            Event::Wake { sensor, wake, is_quiet } => self.wake(sensor, wake, is_quiet),
            Event::Arrive(question) => self.arrive(question).await,
            Event::Answer { question, answer } => self.answer(question, answer),
            Event::SensorUp { sensor, life } => {
                if self.sensors[sensor].life == life {
                    self.sensor_up(sensor);
                }
            }
            Event::HubUp => self.hub_up().await,
        }
    }

    fn capture(&mut self, number: usize) {
        let breaks = match self.dice.percent(self.line.sensor_breaks) {
            true => self.dice.pick(&[Breaks::After, Breaks::Torn, Breaks::Torn]),
            false => Breaks::No,
        };
        let now = self.shown(self.sensors[number].skew);
        let sensor = &mut self.sensors[number];
        if sensor.spool.is_none() {
            return;
        }
        if self.dice.percent(20) {
            sensor.remember_state();
        }
        sensor.capture(&mut self.dice, self.frames, now, breaks);
        self.frames += 8;
        if sensor.spool.is_none() {
            self.sensor_down(number);
        } else if sensor.is_idle {
            self.wake_after(number, 0, false);
        }
    }

    /// It is down already, and comes up in a while.
    pub(super) fn sensor_down(&mut self, number: usize) {
        self.totals.sensor_breaks += 1;
        if self.dice.percent(40) {
            let dice = &mut self.dice;
            self.sensors[number].lose_state(dice);
        }
        let (life, wait) = (self.sensors[number].life, self.dice.within(1, 60) * SECOND);
        self.after(wait, Event::SensorUp { sensor: number, life });
    }

    pub(super) fn sensor_up(&mut self, number: usize) {
        self.sensors[number].start();
        self.wake_after(number, 0, false);
    }

    fn wake(&mut self, number: usize, wake: u64, is_quiet: bool) {
        let now = self.shown(self.sensors[number].skew);
        let sensor = &mut self.sensors[number];
        let Some(spool) = sensor.spool.as_mut().filter(|_| sensor.wake == wake) else { return };
        sensor.is_idle = false;
        if is_quiet {
            sensor.courier.was_quiet();
        }
        let (errand, notices) =
            sensor.courier.next(spool, &sensor.identity, now).expect("a spool that reads");
        assert_eq!(notices, [], "nothing damages this disk");
        match errand {
            Errand::Wait(longest) => {
                let longest = u64::try_from(longest.as_nanos()).expect("a short time");
                self.wake_after(number, longest, true);
            }
            Errand::Ask(question) => self.send(number, question),
            Errand::Renew => {
                sensor.courier.renewal_tried(now);
                let applicant = Applicant::new().expect("a key");
                let ask = RenewRequest { request: applicant.request().expect("a request") };
                let body = serde_json::to_vec(&ask).expect("JSON");
                sensor.applicant = Some(applicant);
                self.send(number, Question { path: RENEW, kind: "application/json", body });
            }
        }
    }

    fn send(&mut self, number: usize, question: Question) {
        self.order += 1;
        let id = self.order;
        let sensor = &mut self.sensors[number];
        sensor.asked = Some(id);
        let certificate = sensor.certificate();
        let is_trusted = self.is_trusted(number, &certificate);
        self.sent.insert(id, Sent { sensor: number, life: self.sensors[number].life, question, certificate });
        let silence = Event::Answer { question: id, answer: None };
        if self.line.is_cut || self.hub.is_none() || !is_trusted {
            let wait = self.dice.pick(&[1_000_000, 10 * SECOND]);
            return self.after(wait, silence);
        }
        if self.dice.percent(self.line.lost) {
            let wait = self.dice.pick(&[2_000_000, 30 * SECOND]);
            return self.after(wait, silence);
        }
        let slow = if self.dice.percent(self.line.slow) { 90 * SECOND } else { 50_000_000 };
        let delay = self.dice.within(1_000_000, slow);
        self.after(delay, Event::Arrive(id));
        if self.dice.percent(self.line.doubled) {
            let again = delay + self.dice.within(0, 60 * SECOND);
            self.after(again, Event::Arrive(id));
        }
        self.after(30 * SECOND, silence);
    }

    /// Whether TLS would let both talk: each one's certificate by the other one's clock.
    fn is_trusted(&mut self, number: usize, certificate: &CertificateDer<'_>) -> bool {
        let Some(hub) = &self.hub else { return false };
        let (hub_now, sensor_now) = (self.shown(self.hub_skew), self.shown(self.sensors[number].skew));
        if self.hub_certificate.as_ref().is_none_or(|own| own.is_to_be_renewed(hub_now)) {
            let authority = hub.app.authority.as_ref().expect("an authority");
            self.hub_certificate = Some(authority.sign_hub(&hub.app.world).expect("signed").0);
        }
        let own = &self.hub_certificate.as_ref().expect("just made").certificate;
        is_valid(own, sensor_now) && is_valid(certificate, hub_now)
    }

    async fn arrive(&mut self, id: u64) {
        let Some(Sent { sensor, question, certificate, .. }) = self.sent.get(&id) else { return };
        let (number, path) = (*sensor, question.path);
        let (kind, body, certificate) = (question.kind, question.body.clone(), certificate.clone());
        if self.line.is_cut {
            return;
        }
        let Some(hub) = &self.hub else {
            return self.after(1_000_000, Event::Answer { question: id, answer: None });
        };
        let breaks = self.dice.percent(self.line.hub_breaks);
        let how = breaks.then(|| self.dice.within(0, 4));
        if how == Some(0) {
            let image = hub.image();
            return self.hub_down(image);
        }
        let log = hub.log();
        let answer = hub.ask(path, kind, body, Some(certificate)).await;
        if how == Some(1) {
            return self.break_in_the_middle(number, log).await;
        }
        self.look_at(number, path, &answer).await;
        match (how, self.hub.take()) {
            (Some(2), Some(hub)) => {
                let image = hub.image();
                self.hub_down(image);
            }
            (Some(_), Some(hub)) => {
                let image = hub.close().await;
                self.hub_down(image);
            }
            (_, hub) => self.hub = hub,
        }
        if !self.dice.percent(self.line.answer_lost) && how.is_none_or(|how| how == 3) {
            let delay = if self.dice.percent(self.line.slow) { 40 * SECOND } else { 5_000_000 };
            let (delay, body) = (self.dice.within(0, delay), answer.body());
            self.after(delay, Event::Answer { question: id, answer: Some((answer.status, body)) });
        }
    }

    /// The power goes while the hub writes: the end of its log is not on the disk.
    async fn break_in_the_middle(&mut self, number: usize, begin: u64) {
        let Some(hub) = self.hub.take() else { return };
        let image = hub.image();
        let end = hub.log();
        drop(hub);
        if end > begin {
            image.cut_log(self.dice.within(begin, end + 1));
        }
        self.hub_down(image);
        self.hub_up().await;
        // Either it has it or not; nobody was told.
        let may = if self.sensors[number].is_revoked { May::Stay } else { May::Break };
        self.account(number, may).await;
    }

    async fn look_at(&mut self, number: usize, path: &str, answer: &HubAnswer) {
        let sequence = self.counted[number].sequence;
        let takes = path == BATCHES && !self.sensors[number].is_revoked;
        self.account(number, if takes { May::Take } else { May::Stay }).await;
        match (path, answer.status) {
            (RENEW, StatusCode::OK) => self.totals.renewals += 1,
            (_, StatusCode::OK) => {
                self.heard[number] = Some(self.now);
                if path == BATCHES && self.counted[number].sequence == sequence {
                    self.totals.repeated += 1;
                }
            }
            (_, StatusCode::CONFLICT) => self.totals.missing_again += 1,
            (_, StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED) => self.totals.refused += 1,
            (_, status) => panic!("{path}: {status}"),
        }
    }

    pub(super) fn hub_down(&mut self, image: Image) {
        self.totals.hub_breaks += 1;
        (self.hub, self.image, self.gate) = (None, Some(image), None);
        let wait = self.dice.within(1, 120) * SECOND;
        self.after(wait, Event::HubUp);
    }

    /// Up again, unless it is.
    pub(super) async fn hub_up(&mut self) {
        let Some(image) = self.image.take() else { return };
        let chance = self.dice.next();
        self.hub = Some(Place::open(image, &self.clock, chance).await);
        self.hub_certificate = None;
        self.heard.fill(None);
        self.open_gate().await;
    }

    fn answer(&mut self, id: u64, answer: Option<(StatusCode, Bytes)>) {
        let Some(Sent { sensor: number, life, .. }) = self.sent.get(&id) else { return };
        let (number, life) = (*number, *life);
        let sensor = &mut self.sensors[number];
        if sensor.asked != Some(id) || sensor.life != life {
            return;
        }
        sensor.asked = None;
        let silence = ClientError::Slow { after: Duration::from_secs(30) };
        let answer = answer.map(|(status, body)| HubAnswer::new(status, body)).ok_or(silence);
        if let Some(applicant) = sensor.applicant.take() {
            if let Some(issued) = answer.ok().and_then(|answer| answer.json::<Issued>().ok()) {
                sensor.renew(applicant, issued);
            }
            return self.wake_after(number, 0, false);
        }
        let share = u8::try_from(self.dice.within(0, 256)).expect("a byte");
        match sensor.courier.read(answer, share) {
            Heard::There(verdict) => {
                let spool = sensor.spool.as_mut().expect("it is up");
                verdict.settle(spool).expect("a spool that writes");
                self.is_not_ahead(number);
                self.wake_after(number, 0, false);
            }
            Heard::Away { wait, .. } => {
                let wait = u64::try_from(wait.as_nanos()).expect("a short time");
                self.wake_after(number, wait, false);
            }
        }
    }

    /// Everything is well again, and everybody has time.
    async fn heal(&mut self) {
        self.line = Line::default();
        self.hub_skew = 0;
        self.set_time(self.now);
        self.hub_up().await;
        for number in 0..self.sensors.len() {
            self.sensors[number].skew = 0;
            if self.sensors[number].spool.is_none() {
                self.sensor_up(number);
            }
        }
        self.drain().await;
        // A hub that was set back is found out by the next sign of life.
        self.run_until(self.now + 120 * SECOND).await;
        self.drain().await;
    }

    /// Until nothing waits.
    async fn drain(&mut self) {
        let begun = self.totals.events;
        while self.sensors.iter().any(|sensor| !sensor.is_revoked && sensor.waiting() > 0) {
            assert!(!self.events.is_empty(), "nobody does anything: {:?}", self.waiting());
            self.one_event().await;
            assert!(self.totals.events - begun < 20_000, "what waits does not arrive: {:?}", self.waiting());
        }
    }

    fn waiting(&self) -> Vec<u64> {
        self.sensors.iter().map(Sensor::waiting).collect()
    }
}

fn is_valid(certificate: &CertificateDer<'_>, at: Timestamp) -> bool {
    let (_, certificate) = x509_parser::parse_x509_certificate(certificate).expect("a certificate");
    let at = i64::try_from(at.nanos() / SECOND).expect("before 2554");
    let validity = certificate.validity();
    (validity.not_before.timestamp()..=validity.not_after.timestamp()).contains(&at)
}
