//! Whether sensors are heard.

use std::collections::HashMap;
use std::sync::Mutex;

use model::{SensorId, Timestamp};
use store::SensorRow;

use crate::api::view;

/// A sensor that sent nothing for so long is silent.
const SILENT_NS: u64 = 90 * 1_000_000_000;
/// Packets older than this when they arrive come from a recording.
const REPLAY_NS: u64 = 10 * 60 * 1_000_000_000;
/// Share of frames lost from which a sensor has a blind spot.
const DROPPED_SHARE: f64 = 0.001;

/// When each sensor was heard last, since the hub runs.
#[derive(Debug, Default)]
pub(crate) struct Arrivals(Mutex<HashMap<SensorId, Arrival>>);

#[derive(Debug, Clone, Copy)]
struct Arrival {
    at: Timestamp,
    until: Timestamp,
}

impl Arrivals {
    /// A batch came at `at` with packets up to `until`.
    pub(crate) fn note(&self, sensor: &SensorId, at: Timestamp, until: Timestamp) {
        if let Ok(mut arrivals) = self.0.lock() {
            arrivals.insert(sensor.clone(), Arrival { at, until });
        }
    }

    /// A sensor as people see it.
    pub(crate) fn view(&self, row: &SensorRow, now: Timestamp) -> view::Sensor {
        let arrival = self.0.lock().ok().and_then(|arrivals| arrivals.get(&row.id).copied());
        let state = match arrival {
            Some(Arrival { at, .. }) if now.since(at) > SILENT_NS => view::SensorState::Silent,
            Some(Arrival { at, until }) if at.since(until) > REPLAY_NS => view::SensorState::Replay,
            Some(_) => view::SensorState::Connected,
            None => view::SensorState::Silent,
        };
        let dropped_share = share(row.dropped, row.frames);
        view::Sensor {
            id: row.id.to_string(),
            name: row.id.as_str().trim_start_matches(SensorId::PREFIX).to_owned(),
            state,
            last_seen: (row.until.nanos() > 0).then(|| row.until.to_string()),
            frames: row.frames,
            dropped: row.dropped,
            dropped_share,
            blind_spots: blind_spots(row, state, dropped_share),
        }
    }
}

fn blind_spots(row: &SensorRow, state: view::SensorState, dropped_share: f64) -> Vec<String> {
    let silent = (state == view::SensorState::Silent).then(|| "nothing is heard from this sensor".to_owned());
    let lost =
        (row.lost_batches > 0).then(|| format!("{} reports of this sensor are lost", row.lost_batches));
    let dropped = (dropped_share > DROPPED_SHARE)
        .then(|| format!("{:.1} % of the frames could not be read", dropped_share * 100.0));
    [silent, lost, dropped].into_iter().flatten().collect()
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
        assert_eq!(arrivals.view(&row(), seconds(10)).state, view::SensorState::Silent);
        arrivals.note(&row().id, seconds(10), seconds(8));
        let view = arrivals.view(&row(), seconds(90));
        assert_eq!((view.state, view.name.as_str()), (view::SensorState::Connected, "ward"));
        assert_eq!(view.blind_spots.len(), 2, "lost reports and frames");
        assert_eq!(arrivals.view(&row(), seconds(101)).state, view::SensorState::Silent);
        arrivals.note(&row().id, seconds(2_000), seconds(8));
        assert_eq!(arrivals.view(&row(), seconds(2_001)).state, view::SensorState::Replay);
    }
}
