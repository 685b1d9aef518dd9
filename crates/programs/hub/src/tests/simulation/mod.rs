//! The hub and its sensors, simulated from a seed: spool, courier, codec, the hub's service for sensors and its store
//! are those of the product; clock, line and disk are not.
//!
//! `BEDRAIL_SIM_SEEDS=N` runs so many seeds, `BEDRAIL_SIM_FROM=N` begins with another one. A failing seed prints how to
//! run it alone.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "what a run comes to, and which seed failed")]

mod checks;
mod dice;
mod fold;
mod phases;
mod place;
mod sensor;
mod site;

use place::Image;
use site::Site;

/// Where every simulation begins: 2026-01-01.
const BEGIN_S: u64 = 1_767_225_600;
/// Seeds are spread over so many tests, which run side by side.
const PARTS: u64 = 4;

/// Says which seed it was when somebody panics.
struct Named(u64);

impl Drop for Named {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let seed = self.0;
            let filter = "package(hub) & test(simulation)";
            eprintln!(
                "seed {seed} failed; alone: BEDRAIL_SIM_FROM={seed} BEDRAIL_SIM_SEEDS=1 cargo nextest run --workspace -E '{filter}'"
            );
        }
    }
}

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().expect("a number"))
}

/// Every fourth seed.
fn run(part: u64) {
    let (from, seeds) = (number("BEDRAIL_SIM_FROM", 0), number("BEDRAIL_SIM_SEEDS", 1_000));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let template = runtime.block_on(Image::fresh());
    let mut totals = site::Totals::default();
    for seed in (from..from + seeds).filter(|seed| seed % PARTS == part) {
        let _named = Named(seed);
        runtime.block_on(async { totals.add(&Site::run(seed, &template).await) });
    }
    println!("simulated: {totals:?}");
    assert!(seeds < 1_000 || totals.shows_everything(), "the seeds are to reach every fault: {totals:?}");
}

#[test]
fn whatever_happens_each_batch_counts_once_first_quarter() {
    run(0);
}

#[test]
fn whatever_happens_each_batch_counts_once_second_quarter() {
    run(1);
}

#[test]
fn whatever_happens_each_batch_counts_once_third_quarter() {
    run(2);
}

#[test]
fn whatever_happens_each_batch_counts_once_fourth_quarter() {
    run(3);
}
