//! Work whose acknowledgements are said aloud, and whether a store keeps what was said. For stores whose disk or
//! process goes away.

use std::io::Write as _;

use model::{Batch, Lifecycle};
use store::{ChangeQuery, DeviceUpdate, Error, Store};

use super::{batch, decision, device_id, observation, sensor, update};

/// Sensors that report at the same time.
pub(crate) const NAMES: [&str; 3] = ["a", "b", "c"];
/// Observations of each batch: enough that some rounds fill the log.
const OBSERVATIONS: u64 = 12;

/// What a store said that it has: numbers up to which everything is there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Promised {
    pub(crate) batches: [u64; NAMES.len()],
    pub(crate) pairs: u64,
    pub(crate) approved: u64,
}

impl Promised {
    /// Reads lines that [`say`] wrote; the test harness writes into the same output.
    pub(crate) fn of<'l>(lines: impl Iterator<Item = &'l str>) -> Self {
        let mut promised = Self::default();
        for line in lines {
            let Some((_, words)) = line.split_once("ack ") else { continue };
            let Some((what, number)) = words.split_once(' ') else { continue };
            let Ok(number) = number.parse() else { continue };
            let place = match what {
                "pair" => &mut promised.pairs,
                "approved" => &mut promised.approved,
                name => &mut promised.batches[NAMES.iter().position(|it| *it == name).unwrap()],
            };
            *place = number;
        }
        promised
    }
}

pub(crate) fn say(line: &str) {
    let mut out = std::io::stdout();
    out.write_all(format!("{line}\n").as_bytes()).unwrap();
    out.flush().unwrap();
}

/// A batch whose parts are all found out when one is missing.
pub(crate) fn telling_batch(name: &str, sequence: u64) -> Batch {
    let mut batch = batch(name, sequence);
    batch
        .observations
        .extend((0..OBSERVATIONS).map(|part| observation(2, &value(name, sequence, part), sequence)));
    batch
}

fn value(name: &str, sequence: u64, part: u64) -> String {
    format!("{name} {sequence} {part}")
}

/// Two devices that are written at once.
pub(crate) fn pair(number: u64) -> [DeviceUpdate; 2] {
    let second = u8::try_from(2 * number).unwrap();
    [update(second - 1), update(second)]
}

/// Rounds `from..=to`: a batch of each sensor, all at once; two devices; one of them approved.
pub(crate) async fn work(store: &Store, from: u64, to: u64) {
    for round in from..=to {
        let batches = NAMES.map(|name| async move {
            store.ingest(&telling_batch(name, round)).await.unwrap();
            say(&format!("ack {name} {round}"));
        });
        futures_util::future::join_all(batches).await;
        act(store, round).await.unwrap();
    }
}

async fn act(store: &Store, round: u64) -> store::Result<()> {
    store.put_devices(&pair(round), Vec::new()).await?;
    say(&format!("ack pair {round}"));
    approve(store, round).await?;
    say(&format!("ack approved {round}"));
    Ok(())
}

pub(crate) async fn approve(store: &Store, number: u64) -> store::Result<()> {
    let device = pair(number)[0].id.clone();
    store.set_lifecycle(vec![device], Lifecycle::Approved, decision("it is ours")).await.map(drop)
}

/// What is wrong with a store that promised this: it may hold one more of each, and that whole.
pub(crate) async fn check(store: &Store, promised: &Promised) -> Result<Promised, String> {
    let text = |error: Error| format!("{error:?}");
    let mut found = Promised::default();
    let rows = store.sensors().await.map_err(text)?;
    for (place, name) in NAMES.iter().enumerate() {
        let row = rows.iter().find(|row| row.id == sensor(name));
        found.batches[place] = row.map_or(0, |row| row.sequence);
    }
    (found.pairs, found.approved) = devices(store, promised).await?;
    let numbers =
        |promised: &Promised| [&promised.batches[..], &[promised.pairs, promised.approved]].concat();
    let is_kept = |(found, promised): (u64, u64)| found == promised || found == promised + 1;
    if !numbers(&found).into_iter().zip(numbers(promised)).all(is_kept) {
        return Err(format!("{promised:?} was acknowledged, and {found:?} is there"));
    }
    let evidence = store.evidence().await.map_err(text)?;
    let mut values: Vec<String> = evidence.observations.iter().map(|seen| seen.value.clone()).collect();
    values.retain(|value| value != "MODALITY_7");
    values.sort();
    let batches =
        NAMES.iter().zip(found.batches).flat_map(|(name, last)| (1..=last).map(move |number| (name, number)));
    let mut expected: Vec<String> = batches
        .flat_map(|(name, number)| (0..OBSERVATIONS).map(move |part| value(name, number, part)))
        .collect();
    expected.sort();
    let seen =
        evidence.observations.iter().find(|seen| seen.value == "MODALITY_7").map_or(0, |seen| seen.count);
    let flows = store.conversation_totals().await.map_err(text)?.first().map_or(0, |total| total.flows);
    let whole: u64 = found.batches.iter().sum();
    if values != expected || seen != whole || flows != whole {
        return Err(format!(
            "{found:?}: {} values, {seen} times seen, {flows} flows: a batch is half there",
            values.len()
        ));
    }
    Ok(found)
}

/// Up to which number pairs of devices are there, and approved with their record.
async fn devices(store: &Store, promised: &Promised) -> Result<(u64, u64), String> {
    let text = |error: Error| format!("{error:?}");
    let (mut pairs, mut approved) = (0, 0);
    for number in 1..=promised.pairs.max(promised.approved) + 1 {
        let [first, second] = pair(number);
        let stored = store.device(&first.id).await.map_err(text)?;
        let other = store.device(&second.id).await.map_err(text)?;
        if stored.is_some() != other.is_some() {
            return Err(format!("pair {number} is half there"));
        }
        let Some(stored) = stored else { continue };
        if stored.identity != first.identity || stored.anchors != first.anchors || pairs + 1 != number {
            return Err(format!("pair {number} is not what was written"));
        }
        pairs = number;
        let query = ChangeQuery {
            device: Some(device_id(&format!("{:03}", 2 * number - 1))),
            ..ChangeQuery::default()
        };
        let records = store.changes(query).await.map_err(text)?.items;
        let is_recorded = records.iter().any(|change| change.what == "lifecycle");
        let is_approved = stored.row.lifecycle == Lifecycle::Approved;
        if is_recorded != is_approved {
            return Err(format!("device {number}: approved {is_approved}, recorded {is_recorded}"));
        }
        if is_approved {
            approved = number;
        }
    }
    Ok((pairs, approved))
}
