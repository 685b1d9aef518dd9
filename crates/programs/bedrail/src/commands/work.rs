//! What several commands do alike: load the knowledge, open the captures, run the pipeline.

use std::collections::BTreeSet;
use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::AtomicBool;

use anyhow::{Context, anyhow};
use capture::Source;
use identify::{Knowledge, fact};
use model::Field;

use crate::cli::WorkArgs;
use crate::exit::Refusal;
use crate::pipeline::{self, Options};

/// What is known beforehand, with the rule files of the command line.
pub(crate) fn knowledge(args: &WorkArgs) -> anyhow::Result<Knowledge> {
    let mut knowledge = Knowledge::builtin().map_err(|faults| anyhow!(list(&faults)))?;
    let fields = known_fields();
    for path in &args.rules {
        let text = fs::read_to_string(path)
            .with_context(|| format!("cannot read the rules `{}`", path.display()))?;
        let name = path.display().to_string();
        let added = knowledge.rules.add(&name, &text, &fields);
        added.map_err(|faults| Refusal::Usage(format!("the rules cannot be used:\n{}", list(&faults))))?;
    }
    Ok(knowledge)
}

/// Every field that a rule can read.
pub(crate) fn known_fields() -> BTreeSet<Field> {
    fact::known_fields(dissect::protocols().into_iter().flat_map(|protocol| protocol.fields.iter().copied()))
}

/// Faults, one in a line.
pub(crate) fn list(faults: &[identify::Fault]) -> String {
    faults.iter().map(|fault| format!("  {fault}")).collect::<Vec<_>>().join("\n")
}

/// Runs the pipeline over `source`.
pub(crate) fn report(
    source: &mut (dyn Source + Send),
    args: &WorkArgs,
    stop: &AtomicBool,
) -> Result<flow::Report, capture::Error> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let threads = args.threads.map_or(cores, usize::from);
    // What comes after the lanes runs on as many; in a test of several inspections the first one decides.
    let _ = rayon::ThreadPoolBuilder::new().num_threads(threads).build_global();
    let flows = usize::try_from(args.flows).unwrap_or(usize::MAX);
    pipeline::run(source, Options { threads, flows, seed: seed() }, stop)
}

/// Seed of the hash tables: another one in every run, so that no sender can choose stations that collide. No result
/// depends on it.
pub(crate) fn seed() -> u64 {
    RandomState::new().hash_one(())
}
