//! The one fuzz binary: `BEDRAIL_FUZZ_TARGET` says which target runs, or else the name of the file, so that hard links
//! named by target work too. With `BEDRAIL_FUZZ_LIST` it prints names and longest inputs and ends.
#![no_main]

use std::env;
use std::path::Path;
use std::process::exit;
use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use peak_alloc::PeakAlloc;
use targets::{Target, all};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

static CHOSEN: OnceLock<Target> = OnceLock::new();

/// A run may take so much memory beside a multiple of its input.
const MEMORY_MAX: usize = 64 << 20;
const MEMORY_PER_BYTE: usize = 20;

fuzz_target!(init: choose(), |input: &[u8]| {
    let Some(target) = CHOSEN.get() else { return };
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    (target.run)(input);
    let taken = MEMORY.peak_usage().saturating_sub(before);
    let allowed = MEMORY_MAX + MEMORY_PER_BYTE * input.len();
    assert!(taken <= allowed, "{taken} bytes of memory for {} bytes of input", input.len());
});

fn choose() {
    if env::var_os("BEDRAIL_FUZZ_LIST").is_some() {
        for target in all() {
            println!("{} {}", target.name, target.max_len);
        }
        exit(0);
    }
    let own_name = env::args().next().unwrap_or_default();
    let own_name = Path::new(&own_name).file_name().unwrap_or_default().to_string_lossy().into_owned();
    let name = env::var("BEDRAIL_FUZZ_TARGET").unwrap_or(own_name);
    match all().into_iter().find(|target| target.name == name) {
        Some(target) => {
            let _ = CHOSEN.set(target);
        }
        None => {
            eprintln!("there is no fuzz target `{name}`; BEDRAIL_FUZZ_LIST=1 lists them");
            exit(2);
        }
    }
}
