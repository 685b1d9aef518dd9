//! What has to hold, during a run and after it.

use relay::Token;

use super::fold::Fold;
use super::site::{Gate, SECOND, Site, Totals};
use crate::api::sensor_view::SensorState;

/// What may have come to the hub's count of a sensor since it was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum May {
    /// Nothing.
    Stay,
    /// A batch.
    Take,
    /// A batch, or only the gap before it: the power went meanwhile.
    Break,
}

impl Site {
    /// The hub counted what it counted before, and one batch more at most.
    pub(super) async fn account(&mut self, number: usize, may: May) {
        let (Some(hub), sensor) = (&self.hub, &self.sensors[number]) else { return };
        let row = hub.row(&sensor.id).await;
        let counted = &mut self.counted[number];
        assert!(row.sequence >= counted.sequence, "{}: the hub forgot a batch", sensor.id);
        if row.sequence > counted.sequence {
            assert!(may != May::Stay, "{}: nothing of it may be taken", sensor.id);
            let place = usize::try_from(row.sequence - 1).expect("few batches");
            let batch = sensor.taken.get(place).expect("the spool had it");
            let grown = row.sequence - counted.sequence;
            counted.sequence = row.sequence;
            // A gap is accepted before the batch behind it is taken, and the power may go between the two.
            if may == May::Break && row.lost_batches == counted.lost + grown {
                counted.lost += grown;
            } else {
                counted.lost += grown - 1;
                counted.batches.insert(row.sequence);
                counted.frames += batch.frames;
                counted.dropped += batch.dropped;
            }
        }
        let has = (row.frames, row.dropped, row.lost_batches);
        assert_eq!(has, (counted.frames, counted.dropped, counted.lost), "{}: counted once", sensor.id);
    }

    /// A sensor forgets nothing that the hub does not have.
    pub(super) fn is_not_ahead(&self, number: usize) {
        let acknowledged = self.sensors[number].spool.as_ref().map_or(0, relay::Spool::acknowledged);
        let has = self.counted[number].sequence.max(self.set_back[number]);
        assert!(acknowledged <= has, "batch {acknowledged} is acknowledged, and the hub has {has}");
    }

    /// Somebody comes just after the start of the hub.
    pub(super) async fn open_gate(&mut self) {
        self.gate = None;
        if !self.dice.percent(35) {
            return;
        }
        let Some(hub) = &self.hub else { return };
        hub.fail_to_log_in(20);
        let session = Some(hub.log_in().await);
        let (secret, made) = ([0xee; 32], hub.app.world.steady());
        let token = store::TokenHash(Token::hash(&secret));
        let enrolment = store::Enrolment {
            hash: token,
            sensor: "sen_guest".parse().expect("an id"),
            name: "Guest".to_owned(),
            made_by: "admin".to_owned(),
            created: made,
            expires: model::Timestamp::from_nanos(made.nanos() + 3_600 * SECOND),
        };
        // Of an earlier start of the hub there may be one.
        if hub.app.store.put_enrolment(enrolment, crate::tests::support::decision()).await.is_ok() {
            self.gate = Some(Gate { begun: self.now, used: self.now, session, token });
        }
    }

    /// Silence is shown, and what ends ends in time, whatever the clocks show.
    pub(super) async fn probe(&mut self) {
        let Some(hub) = &self.hub else { return };
        for (number, sensor) in self.sensors.iter().enumerate() {
            let row = hub.row(&sensor.id).await;
            let enrolled = hub.app.store.enrolled_sensor(&sensor.id).await.expect("read");
            let view = hub.app.arrivals.view(&row, enrolled.as_ref(), hub.app.world.moment());
            let due = match self.heard[number] {
                _ if sensor.is_revoked => SensorState::Revoked,
                Some(heard) if self.now - heard > 90 * SECOND => SensorState::Silent,
                Some(_) => SensorState::Connected,
                None if row.sequence == 0 => SensorState::Waiting,
                None => SensorState::Silent,
            };
            assert_eq!(view.state, due, "{} was heard at {:?}", sensor.id, self.heard[number]);
            self.totals.silences += u64::from(due == SensorState::Silent);
            assert!(due == SensorState::Connected || !view.blind_spots.is_empty(), "{}", sensor.id);
        }
        let Some(gate) = &mut self.gate else { return };
        let passed = self.now - gate.begun;
        assert_eq!(hub.wait_s(), 900_u64.saturating_sub(passed / SECOND), "to the next try");
        let token = hub.app.store.enrolment(gate.token, hub.app.world.steady()).await.expect("read");
        assert_eq!(token.is_some(), passed < 3_600 * SECOND, "a token {} s old", passed / SECOND);
        if let Some(session) = &gate.session {
            let is_due = self.now - gate.used <= 1_800 * SECOND && passed < 12 * 3_600 * SECOND;
            assert_eq!(hub.is_logged_in(session).await, is_due, "a session {} s old", passed / SECOND);
            gate.used = self.now;
            if !is_due {
                gate.session = None;
            }
        }
    }

    /// Nothing is lost, nothing counts twice, and the store holds what all batches say.
    pub(super) async fn check_all(&mut self) {
        if self.dice.percent(20)
            && let Some(hub) = self.hub.take()
        {
            let image = hub.image();
            self.hub_down(image);
            self.hub_up().await;
        }
        let mut fold = Fold::default();
        for number in 0..self.sensors.len() {
            self.account(number, May::Stay).await;
            let (sensor, counted) = (&self.sensors[number], &self.counted[number]);
            let missing = (1..).zip(&sensor.taken).map(|(sequence, _): (u64, _)| sequence);
            let missing: Vec<u64> = missing.filter(|sequence| !counted.batches.contains(sequence)).collect();
            let unexplained =
                missing.iter().filter(|sequence| **sequence > self.set_back[number]).count() as u64;
            assert!(
                sensor.is_revoked || unexplained <= sensor.given_up,
                "{}: {missing:?} are lost, and {} were given up",
                sensor.id,
                sensor.given_up
            );
            let missing = if sensor.is_revoked { Vec::new() } else { missing };
            for sequence in &counted.batches {
                fold.add(&sensor.taken[usize::try_from(sequence - 1).expect("few batches")]);
            }
            self.sensors[number].has_none_of(&missing);
        }
        let hub = self.hub.as_ref().expect("it is up");
        assert_eq!(hub.app.store.evidence().await.expect("read"), fold.evidence());
        assert_eq!(hub.app.store.conversation_totals().await.expect("read"), fold.totals());
    }
}

impl Totals {
    pub(super) fn add(&mut self, more: &Self) {
        let mut all = self.all();
        for (sum, more) in all.iter_mut().zip(more.clone().all()) {
            **sum += *more;
        }
    }

    /// Whether every kind of fault happened.
    pub(super) fn shows_everything(&self) -> bool {
        self.clone().all().iter().all(|count| **count > 0)
    }
}
