//! Every parser brings its kit: the same six files, and tests by truncation, chunking and noise.

use std::fs;
use std::path::Path;

use anyhow::Result;

const FILES: &[&str] = &["mod.rs", "message.rs", "session.rs", "anomaly.rs", "observe.rs", "tests.rs"];
const GROUPS: &[&str] = &["link", "infra", "clinical", "building"];

/// The lists that the fuzz targets are made from: who is registered is fuzzed.
const FUZZED: &[&str] = &["dissect::streams()", "dissect::datagrams()"];

/// How many parsers there are.
#[derive(Debug, Default)]
pub(crate) struct Count {
    /// All of them; each is registered, and so has a fuzz target.
    pub(crate) parsers: usize,
    /// Those whose target starts from committed inputs; the others start from nothing.
    pub(crate) seeded: usize,
}

/// What is missing, and the number of parsers.
pub(crate) fn check(root: &Path) -> Result<(Vec<String>, Count)> {
    let source = root.join("crates/engines/dissect/src");
    let mut faults = Vec::new();
    let mut count = Count::default();
    let targets = fs::read_to_string(root.join("fuzz/src/lib.rs"))?;
    for list in FUZZED.iter().filter(|list| !targets.contains(**list)) {
        faults.push(format!("parsers: the fuzz targets are not made from `{list}`"));
    }
    for group in GROUPS {
        let registered = fs::read_to_string(source.join(group).join("mod.rs"))?;
        for entry in fs::read_dir(source.join(group))? {
            let folder = entry?.path();
            if !folder.is_dir() {
                continue;
            }
            count.parsers += 1;
            count.seeded += usize::from(is_seeded(root, &folder));
            let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
            check_parser(&folder, &format!("{group}/{name}"), &mut faults)?;
            if !registered.contains(&format!("{name}::")) {
                faults.push(format!("parsers: `{group}/{name}` is not in the group's list"));
            }
        }
    }
    Ok((faults, count))
}

fn check_parser(folder: &Path, name: &str, faults: &mut Vec<String>) -> Result<()> {
    for file in FILES {
        if !folder.join(file).is_file() {
            faults.push(format!("parsers: `{name}` has no {file}"));
        }
    }
    let tests = fs::read_to_string(folder.join("tests.rs")).unwrap_or_default();
    if !tests.contains("_kit!") {
        faults.push(format!("parsers: `{name}` is not swept by the kit (truncation, chunking, noise)"));
    }
    if !tests.contains("#[test]") {
        faults.push(format!("parsers: `{name}` has no test of its own"));
    }
    Ok(())
}

/// Whether a target of the parser has committed inputs.
fn is_seeded(root: &Path, folder: &Path) -> bool {
    let source = fs::read_to_string(folder.join("mod.rs")).unwrap_or_default();
    let names = source.split("name: \"").skip(1).filter_map(|rest| rest.split('"').next());
    names
        .flat_map(|name| [format!("stream-{name}"), format!("datagram-{name}")])
        .filter_map(|target| fs::read_dir(root.join("fuzz/seeds").join(target)).ok())
        .any(|mut seeds| seeds.next().is_some())
}
