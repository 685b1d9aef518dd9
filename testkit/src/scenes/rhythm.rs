//! The rhythm of a day: who does what how often, by day and by night (`data/rhythm.tsv`).

use anyhow::{Context, Result};

use super::{Act, bedside, building, imaging, laboratory, network, office, outside};
use crate::device::Device;
use crate::hospital::Making;
use crate::random::Random;

/// A row of the table.
struct Habit {
    row: String,
    act: Act,
    /// Minutes from one time to the next; 0 is never.
    by_day: u64,
    by_night: u64,
}

const TABLE: &str = include_str!("../../data/rhythm.tsv");
const MINUTE_MS: u64 = 60_000;
/// The tape begins at seven in the morning.
const DAY_ENDS_MS: u64 = 12 * 60 * MINUTE_MS;
const NIGHT_ENDS_MS: u64 = 24 * 60 * MINUTE_MS;
/// What is done rarely is done within an hour first, so that a morning shows everything.
const FIRST_MS: u64 = 60 * MINUTE_MS;

pub(crate) fn play(making: &mut Making) -> Result<()> {
    let devices = making.devices.0.clone();
    for habit in habits()? {
        let own = devices.iter().enumerate().filter(|(_, device)| habit.is_of(device));
        for (place, device) in own {
            let came_up = network::comes_up_at(place);
            follow(making, &habit, device, came_up)?;
        }
    }
    Ok(())
}

/// One device follows one habit for a day.
fn follow(making: &mut Making, habit: &Habit, device: &Device, came_up: u64) -> Result<()> {
    let first = FIRST_MS.min(habit.by_day.max(1) * MINUTE_MS);
    let mut at = came_up + making.tape.random.within(20_000..first.max(30_000));
    let mut turn = 0;
    while at < NIGHT_ENDS_MS {
        let every = habit.every(at);
        if every == 0 {
            let next = if at < DAY_ENDS_MS { DAY_ENDS_MS } else { NIGHT_ENDS_MS };
            at = next + making.tape.random.within(0..FIRST_MS);
            continue;
        }
        making.tape.at(at);
        (habit.act)(making, device, turn)?;
        turn += 1;
        at += around(every * MINUTE_MS, &mut making.tape.random);
    }
    Ok(())
}

/// A span of about this length: nobody comes at the stroke of the clock.
fn around(span_ms: u64, random: &mut Random) -> u64 {
    random.within(span_ms * 3 / 4..span_ms * 5 / 4)
}

impl Habit {
    fn is_of(&self, device: &Device) -> bool {
        self.row == "*" || self.row == device.row
    }

    const fn every(&self, at: u64) -> u64 {
        if at < DAY_ENDS_MS { self.by_day } else { self.by_night }
    }
}

fn habits() -> Result<Vec<Habit>> {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| habit(line).with_context(|| format!("data/rhythm.tsv: `{line}`"))).collect()
}

fn habit(line: &str) -> Result<Habit> {
    let mut columns = line.split('\t');
    let mut column = |name: &str| columns.next().with_context(|| format!("no column `{name}`"));
    Ok(Habit {
        row: column("row")?.to_owned(),
        act: act(column("act")?)?,
        by_day: column("day")?.parse()?,
        by_night: column("night")?.parse()?,
    })
}

fn act(name: &str) -> Result<Act> {
    Ok(match name {
        "names" => network::names,
        "arp" => network::arp,
        "neighbours" => network::neighbours,
        "polled" => network::polled,
        "administered" => network::administered,
        "admissions" => bedside::admissions,
        "orders" => bedside::orders,
        "infusing" => bedside::infusing,
        "infusions" => bedside::infusions,
        "waves" => bedside::waves,
        "vital_signs" => bedside::vital_signs,
        "reports" => bedside::reports,
        "study" => imaging::study,
        "query" => imaging::query,
        "archive" => imaging::archive_page,
        "printing_film" => imaging::film,
        "results" => laboratory::results,
        "astm" => laboratory::astm,
        "poct" => laboratory::poct,
        "logon" => office::log_on,
        "portal" => office::portal,
        "printing" => office::printing,
        "announced" => office::announced,
        "browses" => office::browses,
        "registers" => office::registers,
        "looked_at" => building::looked_at,
        "watched" => building::watched,
        "bacnet" => building::bacnet,
        "service" => outside::service,
        "updates" => outside::updates,
        other => anyhow::bail!("nobody does `{other}`"),
    })
}
