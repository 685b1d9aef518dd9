//! Every parser brings its kit: the same six files, and tests by truncation, chunking and noise.

use std::fs;
use std::path::Path;

use anyhow::Result;

const FILES: &[&str] = &["mod.rs", "message.rs", "session.rs", "anomaly.rs", "observe.rs", "tests.rs"];
const GROUPS: &[&str] = &["link", "infra", "clinical", "building"];

/// What is missing, and the number of parsers.
pub(crate) fn check(root: &Path) -> Result<(Vec<String>, usize)> {
    let source = root.join("crates/engines/dissect/src");
    let mut faults = Vec::new();
    let mut count = 0;
    for group in GROUPS {
        let registered = fs::read_to_string(source.join(group).join("mod.rs"))?;
        for entry in fs::read_dir(source.join(group))? {
            let folder = entry?.path();
            if !folder.is_dir() {
                continue;
            }
            count += 1;
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
