//! Whether sensors are heard.

use std::collections::HashMap;
use std::sync::Mutex;

use model::{SensorId, Timestamp};
use store::{EnrolledSensor, SensorRow};

use crate::api::sensor_view as view;
use crate::world::Moment;

/// A sensor that sent nothing for so long is silent.
const SILENT_NS: u64 = 90 * 1_000_000_000;
/// Packets older than this when they arrive come from a recording.
const REPLAY_NS: u64 = 10 * 60 * 1_000_000_000;
/// Share of frames lost from which a sensor has a blind spot.
const DROPPED_SHARE: f64 = 0.001;
/// Reports that wait at a sensor from which on what is shown of it is late: a minute of them.
const LATE_BATCHES: u64 = 30;

/// When each sensor was heard last, since the hub runs.
#[derive(Debug, Default)]
pub(crate) struct Arrivals(Mutex<HashMap<SensorId, Arrival>>);

#[derive(Debug, Clone, Copy)]
struct Arrival {
    at: Moment,
    until: Timestamp,
    /// What a sensor on another machine says of its spool.
    backlog: Option<view::SensorBacklog>,
}

impl Arrivals {
    /// A batch came at `at` with packets up to `until`.
    pub(crate) fn note(&self, sensor: &SensorId, at: Moment, until: Timestamp) {
        self.put(sensor, Arrival { at, until, backlog: None });
    }

    /// The same of a sensor on another machine, which says what waits there.
    pub(crate) fn note_remote(
        &self,
        sensor: &SensorId,
        at: Moment,
        until: Timestamp,
        backlog: view::SensorBacklog,
    ) {
        self.put(sensor, Arrival { at, until, backlog: Some(backlog) });
    }

    fn put(&self, sensor: &SensorId, arrival: Arrival) {
        if let Ok(mut arrivals) = self.0.lock() {
            arrivals.insert(sensor.clone(), arrival);
        }
    }

    /// A sensor as people see it.
    pub(crate) fn view(
        &self,
        row: &SensorRow,
        enrolled: Option<&EnrolledSensor>,
        now: Moment,
    ) -> view::Sensor {
        let arrival = self.0.lock().ok().and_then(|arrivals| arrivals.get(&row.id).copied());
        let state = state(row, arrival, enrolled, now);
        let dropped_share = share(row.dropped, row.frames);
        let backlog = arrival.and_then(|arrival| arrival.backlog);
        let own_name = || row.id.as_str().trim_start_matches(SensorId::PREFIX).to_owned();
        view::Sensor {
            id: row.id.to_string(),
            name: enrolled.map_or_else(own_name, |enrolled| enrolled.name.clone()),
            state,
            last_seen: (row.until.nanos() > 0).then(|| row.until.to_string()),
            last_heard: arrival.map(|arrival| arrival.at.wall.to_string()),
            frames: row.frames,
            dropped: row.dropped,
            dropped_share,
            lost_batches: row.lost_batches,
            blind_spots: blind_spots(row, state, backlog),
            backlog,
            enrolment: enrolled.map(enrolment),
        }
    }
}

fn state(
    row: &SensorRow,
    arrival: Option<Arrival>,
    enrolled: Option<&EnrolledSensor>,
    now: Moment,
) -> view::SensorState {
    match arrival {
        _ if enrolled.is_some_and(|enrolled| enrolled.revoked.is_some()) => view::SensorState::Revoked,
        Some(Arrival { at, .. }) if now.steady.since(at.steady) > SILENT_NS => view::SensorState::Silent,
        Some(Arrival { at, until, .. }) if at.wall.since(until) > REPLAY_NS && enrolled.is_none() => {
            view::SensorState::Replay
        }
        Some(_) => view::SensorState::Connected,
        None if row.sequence == 0 && enrolled.is_some() => view::SensorState::Waiting,
        None => view::SensorState::Silent,
    }
}

fn enrolment(known: &EnrolledSensor) -> view::SensorEnrolment {
    let revoked = known.revoked.as_ref().map(|revoked| view::SensorRevocation {
        at: revoked.at.to_string(),
        by: revoked.by.clone(),
        why: revoked.why.clone(),
    });
    view::SensorEnrolment {
        enrolled_at: known.enrolled.to_string(),
        enrolled_by: known.enrolled_by.clone(),
        certificate_ends: known.certificate_ends.to_string(),
        revoked,
    }
}

fn blind_spots(
    row: &SensorRow,
    state: view::SensorState,
    backlog: Option<view::SensorBacklog>,
) -> Vec<String> {
    let dropped_share = share(row.dropped, row.frames);
    let unheard = match state {
        view::SensorState::Silent => Some("nothing is heard from this sensor".to_owned()),
        view::SensorState::Waiting => Some("this sensor was enrolled and was never heard".to_owned()),
        view::SensorState::Revoked => Some("this sensor is revoked, and nothing of it is taken".to_owned()),
        view::SensorState::Connected | view::SensorState::Replay => None,
    };
    let late = backlog.filter(|backlog| backlog.batches > LATE_BATCHES);
    let late = late.map(|backlog| format!("{} reports still wait at this sensor", backlog.batches));
    let lost =
        (row.lost_batches > 0).then(|| format!("{} reports of this sensor are lost", row.lost_batches));
    let dropped = (dropped_share > DROPPED_SHARE)
        .then(|| format!("{:.1} % of the frames could not be read", dropped_share * 100.0));
    [unheard, late, lost, dropped].into_iter().flatten().collect()
}

/// `part` of the whole; of nothing it is 0.
pub(crate) fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { to_float(part) / to_float(whole) }
}

/// Exact up to 2^53, which is more than anybody counts.
const fn to_float(number: u64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nobody sets the clock.
    fn moment(seconds: u64) -> Moment {
        let at = Timestamp::from_nanos(seconds * 1_000_000_000);
        Moment { wall: at, steady: at }
    }

    fn row() -> SensorRow {
        SensorRow {
            id: "sen_ward".parse().expect("an id"),
            sequence: 3,
            until: Timestamp::from_nanos(5_000_000_000),
            frames: 1_000,
            dropped: 10,
            lost_batches: 2,
        }
    }

    #[test]
    fn a_sensor_that_nobody_heard_is_a_blind_spot() {
        let seconds = |seconds: u64| Timestamp::from_nanos(seconds * 1_000_000_000);
        let arrivals = Arrivals::default();
        assert_eq!(arrivals.view(&row(), None, moment(10)).state, view::SensorState::Silent);
        arrivals.note(&row().id, moment(10), seconds(8));
        let view = arrivals.view(&row(), None, moment(90));
        assert_eq!((view.state, view.name.as_str()), (view::SensorState::Connected, "ward"));
        assert_eq!(view.blind_spots.len(), 2, "lost reports and frames");
        assert_eq!(arrivals.view(&row(), None, moment(101)).state, view::SensorState::Silent);
        arrivals.note(&row().id, moment(2_000), seconds(8));
        assert_eq!(arrivals.view(&row(), None, moment(2_001)).state, view::SensorState::Replay);
    }

    #[test]
    fn a_clock_that_is_set_hides_no_silence_and_makes_none() {
        let arrivals = Arrivals::default();
        arrivals.note(&row().id, moment(1_000), Timestamp::from_nanos(999_000_000_000));
        for wall in [0, 1_000_000_000] {
            let state =
                |steady| arrivals.view(&row(), None, Moment { wall: moment(wall).wall, ..steady }).state;
            assert_eq!(state(moment(1_090)), view::SensorState::Connected);
            assert_eq!(state(moment(1_091)), view::SensorState::Silent);
        }
    }

    #[test]
    fn a_sensor_on_another_machine_waits_is_late_and_is_revoked() {
        let seconds = |seconds: u64| Timestamp::from_nanos(seconds * 1_000_000_000);
        let mut known = EnrolledSensor {
            sensor: row().id,
            name: "Ward 3".to_owned(),
            enrolled: seconds(1),
            enrolled_by: "ines".to_owned(),
            certificate_ends: seconds(9_000),
            revoked: None,
        };
        let arrivals = Arrivals::default();
        let fresh = SensorRow { sequence: 0, lost_batches: 0, dropped: 0, ..row() };
        let view = arrivals.view(&fresh, Some(&known), moment(10));
        assert_eq!((view.state, view.name.as_str()), (view::SensorState::Waiting, "Ward 3"));
        let mut backlog = view::SensorBacklog { batches: 30, ..view::SensorBacklog::default() };
        arrivals.note_remote(&fresh.id, moment(10), seconds(9), backlog);
        assert_eq!(arrivals.view(&fresh, Some(&known), moment(10)).blind_spots, [""; 0]);
        backlog.batches = 31;
        arrivals.note_remote(&fresh.id, moment(10_000), seconds(9), backlog);
        let view = arrivals.view(&fresh, Some(&known), moment(10_000));
        assert_eq!((view.state, view.blind_spots.len()), (view::SensorState::Connected, 1), "it catches up");
        known.revoked =
            Some(store::Revocation { at: seconds(1), by: "ines".to_owned(), why: "gone".to_owned() });
        let view = arrivals.view(&fresh, Some(&known), moment(10_000));
        assert_eq!(view.state, view::SensorState::Revoked);
        assert_eq!(view.enrolment.and_then(|enrolment| enrolment.revoked).expect("revoked").why, "gone");
    }
}
