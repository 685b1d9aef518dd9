//! What a site lives through: a few phases of trouble, each of its own kind.

use super::site::{Line, SECOND, Site};

const HOUR: u64 = 3_600 * SECOND;
const DAY: u64 = 24 * HOUR;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Calm,
    Lossy,
    Partition,
    HubBreaks,
    SensorsBreak,
    Clocks,
    /// The sensors are switched off for a while.
    Asleep,
    /// The hub is set back to a backup.
    SetBack,
    Revoked,
}

impl Site {
    pub(super) async fn phases(&mut self) {
        let kinds = [
            Phase::Calm,
            Phase::Lossy,
            Phase::Lossy,
            Phase::Partition,
            Phase::HubBreaks,
            Phase::HubBreaks,
            Phase::SensorsBreak,
            Phase::SensorsBreak,
            Phase::Clocks,
            Phase::Clocks,
            Phase::Asleep,
            Phase::SetBack,
            Phase::Revoked,
        ];
        // Two thirds of a certificate's life are 60 days; nobody renews in time who sleeps for more than 89.
        let mut long_sleeps = 1;
        for _ in 0..self.dice.within(2, 6) {
            let phase = self.dice.pick(&kinds);
            self.phase(phase, &mut long_sleeps).await;
            self.probe().await;
        }
    }

    async fn phase(&mut self, phase: Phase, long_sleeps: &mut u64) {
        let gentle = Line { lost: 5, answer_lost: 5, slow: 5, doubled: 5, ..Line::default() };
        self.line = match phase {
            Phase::Calm | Phase::Asleep | Phase::SetBack | Phase::Revoked => Line::default(),
            Phase::Lossy => Line { lost: 20, answer_lost: 20, slow: 20, doubled: 20, ..Line::default() },
            Phase::Partition => Line { is_cut: true, ..Line::default() },
            Phase::HubBreaks => Line { hub_breaks: 25, ..gentle },
            Phase::SensorsBreak => Line { sensor_breaks: 30, ..gentle },
            Phase::Clocks => gentle,
        };
        match phase {
            Phase::Partition => {
                let hours = self.dice.pick(&[1, 3, 12, 24, 72]);
                self.totals.partition_h += hours;
                self.work(hours * HOUR / 6).await;
                self.silence().await;
                self.line = gentle;
                self.work(5 * SECOND).await;
            }
            Phase::Clocks => {
                for _ in 0..2 {
                    self.jump();
                    self.work(10 * SECOND).await;
                    self.silence().await;
                }
                if self.dice.percent(50) {
                    self.set_clocks_right();
                }
            }
            Phase::Asleep => self.sleep(long_sleeps).await,
            Phase::SetBack => self.set_back().await,
            Phase::Revoked => self.revoke().await,
            Phase::Calm | Phase::Lossy | Phase::HubBreaks | Phase::SensorsBreak => {
                let pause = self.dice.within(2, 20) * SECOND;
                self.work(pause).await;
            }
        }
    }

    /// Every sensor captures a few batches, so far from each other at most.
    async fn work(&mut self, pause: u64) {
        let batches = self.dice.within(2, 8);
        for number in 0..self.sensors.len() {
            let mut at = 0;
            for _ in 0..batches {
                at += self.dice.within(pause / 2, pause + 1);
                self.capture_after(at, number);
            }
        }
        let end = self.now + pause * batches;
        let middle = self.now + self.dice.within(0, pause * batches);
        self.run_until(middle).await;
        self.probe().await;
        self.run_until(end).await;
    }

    /// A minute and a half in which, perhaps, nothing is heard.
    async fn silence(&mut self) {
        if self.dice.percent(50) {
            let is_cut = std::mem::replace(&mut self.line.is_cut, true);
            // What is on its way is gone, and the last that was heard was heard by now.
            self.run_until(self.now + 90 * SECOND + 1).await;
            self.probe().await;
            self.line.is_cut = is_cut;
        }
    }

    fn jump(&mut self) {
        self.totals.jumps += 1;
        let most = self.dice.pick(&[60 * SECOND, HOUR, 20 * DAY, 10 * 365 * DAY]);
        let size = i64::try_from(self.dice.within(1, most)).expect("less than a century");
        let skew = if self.dice.percent(50) { size } else { -size };
        let who = self.dice.within(0, self.sensors.len() as u64 + 1);
        match self.sensors.get_mut(usize::try_from(who).expect("few sensors")) {
            Some(sensor) => sensor.skew = skew,
            None => self.hub_skew = skew,
        }
        self.set_time(self.now);
    }

    fn set_clocks_right(&mut self) {
        self.hub_skew = 0;
        self.sensors.iter_mut().for_each(|sensor| sensor.skew = 0);
        self.set_time(self.now);
    }

    /// Afterwards there is time to renew certificates.
    async fn sleep(&mut self, long_sleeps: &mut u64) {
        let is_long = *long_sleeps > 0 && self.dice.percent(60);
        let days = if is_long { self.dice.within(50, 70) } else { 1 };
        *long_sleeps -= u64::from(is_long);
        for number in 0..self.sensors.len() {
            self.sensors[number].stop();
        }
        self.run_until(self.now + days * DAY).await;
        self.probe().await;
        self.set_clocks_right();
        self.hub_up().await;
        for number in 0..self.sensors.len() {
            if self.sensors[number].spool.is_none() {
                self.sensor_up(number);
            }
        }
        self.work(10 * SECOND).await;
        self.run_until(self.now + 120 * SECOND).await;
    }

    /// To what was saved, or else saves it.
    async fn set_back(&mut self) {
        self.work(5 * SECOND).await;
        let is_any_revoked = self.sensors.iter().any(|sensor| sensor.is_revoked);
        match (self.saved.take(), self.hub.take()) {
            (Some((image, counted)), Some(hub)) if !is_any_revoked => {
                drop(hub);
                for (bound, counted) in self.set_back.iter_mut().zip(&self.counted) {
                    *bound = (*bound).max(counted.sequence);
                }
                self.counted = counted;
                self.hub_down(image);
            }
            (_, Some(hub)) => {
                self.saved = Some((hub.image(), self.counted.clone()));
                self.hub = Some(hub);
            }
            (saved, None) => self.saved = saved,
        }
        self.work(5 * SECOND).await;
        self.saved_soon();
    }

    /// A later phase may go back to here.
    fn saved_soon(&mut self) {
        if let Some(hub) = self.hub.as_ref().filter(|_| self.saved.is_none()) {
            self.saved = Some((hub.image(), self.counted.clone()));
        }
    }

    /// One of several is shut out.
    async fn revoke(&mut self) {
        if self.sensors.len() > 1
            && let Some(hub) = &self.hub
        {
            let sensor = self.sensors.last_mut().expect("several");
            let decision = crate::tests::support::decision();
            let revoked = hub.app.store.revoke_sensor(sensor.id.clone(), decision).await;
            assert!(revoked.expect("written").is_some(), "it was enrolled");
            sensor.is_revoked = true;
        }
        self.work(5 * SECOND).await;
    }
}
