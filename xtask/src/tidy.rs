//! The bar of the house as numbers: printed, and held.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use ignore::WalkBuilder;

use crate::source::{self, Figures};
use crate::{layers, parsers};

const FILE_LINES_MAX: usize = 800;
const FILE_LINES_P90_MAX: usize = 500;
const FUNCTION_LINES_MAX: usize = 70;
const FUNCTION_LINES_P90_MAX: usize = 30;
const DOCUMENTED_MIN: f64 = 0.95;

/// Checks everything and prints the figures.
pub(crate) fn run(root: &Path) -> Result<()> {
    let files = sources(root)?;
    let (mut faults, chain) = layers::check(root)?;
    let (missing, parsers) = parsers::check(root)?;
    faults.extend(missing);
    for file in &files {
        faults.extend(file_faults(file));
    }
    let figures = Summary::of(&files);
    faults.extend(figures.faults());
    figures.print(files.len(), &parsers, chain);
    if faults.is_empty() {
        return Ok(());
    }
    for fault in &faults {
        eprintln!("{fault}");
    }
    bail!("{} things are not tidy", faults.len())
}

fn sources(root: &Path) -> Result<Vec<Figures>> {
    let mut all = Vec::new();
    for folder in ["crates", "testkit", "xtask", "fuzz"] {
        for entry in WalkBuilder::new(root.join(folder)).build().filter_map(Result::ok) {
            let path = entry.path();
            if path.extension().is_some_and(|extension| extension == "rs") {
                all.push(source::read(root, path)?);
            }
        }
    }
    all.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(all)
}

fn is_test_file(path: &Path) -> bool {
    path.ends_with("tests.rs") || path.components().any(|part| part.as_os_str() == "tests")
}

fn in_any(path: &Path, folders: &[&str]) -> bool {
    folders.iter().any(|folder| path.starts_with(folder))
}

fn is_on_lower_floors(path: &Path) -> bool {
    in_any(path, &["crates/ground", "crates/engines"])
}

fn file_faults(file: &Figures) -> Vec<String> {
    let path = file.path.display();
    let mut faults = Vec::new();
    if !file.has_head {
        faults.push(format!("{path}: does not open with //!"));
    }
    if is_test_file(&file.path) {
        return faults;
    }
    if file.lines > FILE_LINES_MAX {
        faults.push(format!("{path}: {} lines, at most {FILE_LINES_MAX}", file.lines));
    }
    for (name, lines) in file.functions.iter().filter(|(_, lines)| *lines > FUNCTION_LINES_MAX) {
        faults.push(format!("{path}: `{name}` has {lines} lines, at most {FUNCTION_LINES_MAX}"));
    }
    let mut at = |lines: &[usize], what: &str| {
        faults.extend(lines.iter().map(|line| format!("{path}:{line}: {what}")));
    };
    if in_any(&file.path, &["crates/ground/wire", "crates/engines/dissect", "crates/engines/flow"]) {
        at(&file.indexing, "indexing");
        at(&file.casts, "`as`");
    }
    if is_on_lower_floors(&file.path) {
        at(&file.unwraps, "unwrap or expect");
    }
    if !in_any(&file.path, &["crates/edges/capture"]) {
        at(&file.unsafes, "unsafe outside `capture`");
    }
    faults
}

/// Figures over all files.
struct Summary {
    file_p90: usize,
    file_max: (usize, PathBuf),
    function_p90: usize,
    function_max: (usize, String),
    documented: f64,
    documented_lower: f64,
    undocumented_lower: Vec<String>,
    unwraps: usize,
    unsafes: usize,
}

impl Summary {
    fn of(files: &[Figures]) -> Self {
        let code: Vec<&Figures> = files.iter().filter(|file| !is_test_file(&file.path)).collect();
        let functions: Vec<(usize, String)> = code
            .iter()
            .flat_map(|file| {
                file.functions
                    .iter()
                    .map(|(name, lines)| (*lines, format!("{name} in {}", file.path.display())))
            })
            .collect();
        let lower: Vec<&Figures> =
            code.iter().copied().filter(|file| is_on_lower_floors(&file.path)).collect();
        let bare = lower.iter().flat_map(|file| {
            file.undocumented
                .iter()
                .map(|name| format!("{}: public `{name}` is not documented", file.path.display()))
        });
        Self {
            file_p90: p90(code.iter().map(|file| file.lines).collect()),
            file_max: code.iter().map(|file| (file.lines, file.path.clone())).max().unwrap_or_default(),
            function_p90: p90(functions.iter().map(|(lines, _)| *lines).collect()),
            function_max: functions.into_iter().max().unwrap_or_default(),
            documented: share(&code),
            documented_lower: share(&lower),
            undocumented_lower: bare.collect(),
            unwraps: code.iter().map(|file| file.unwraps.len()).sum(),
            unsafes: code.iter().map(|file| file.unsafes.len()).sum(),
        }
    }

    fn faults(&self) -> Vec<String> {
        let mut faults = self.undocumented_lower.clone();
        if self.file_p90 > FILE_LINES_P90_MAX {
            faults.push(format!(
                "90 % of the files should have at most {FILE_LINES_P90_MAX} lines, not {}",
                self.file_p90
            ));
        }
        if self.function_p90 > FUNCTION_LINES_P90_MAX {
            faults.push(format!(
                "90 % of the functions should have at most {FUNCTION_LINES_P90_MAX} lines, not {}",
                self.function_p90
            ));
        }
        if self.documented < DOCUMENTED_MIN {
            faults.push(format!("{:.1} % of the public items are documented", self.documented * 100.0));
        }
        faults
    }

    fn print(&self, files: usize, parsers: &parsers::Count, chain: usize) {
        println!("files                      {files}");
        println!(
            "parsers                    {}, each with a fuzz target, {} of them with seeds",
            parsers.parsers, parsers.seeded
        );
        println!(
            "file lines                 p90 {} (max {FILE_LINES_P90_MAX}), longest {} (max {FILE_LINES_MAX}): {}",
            self.file_p90,
            self.file_max.0,
            self.file_max.1.display()
        );
        println!(
            "function lines             p90 {} (max {FUNCTION_LINES_P90_MAX}), longest {} (max {FUNCTION_LINES_MAX}): {}",
            self.function_p90, self.function_max.0, self.function_max.1
        );
        println!(
            "documented public items    {:.1} % (min 95 %), lower two floors {:.1} % (min 100 %)",
            self.documented * 100.0,
            self.documented_lower * 100.0
        );
        println!("unwrap and expect          {} outside tests (0 on the lower two floors)", self.unwraps);
        println!("unsafe blocks              {} (all in capture)", self.unsafes);
        println!("longest chain of crates    {chain} (max 6)");
    }
}

fn share(files: &[&Figures]) -> f64 {
    let sum = |count: fn(&Figures) -> usize| -> u32 {
        files.iter().map(|file| u32::try_from(count(file)).unwrap_or(u32::MAX)).sum()
    };
    let public = sum(|file| file.public);
    if public == 0 { 1.0 } else { f64::from(sum(|file| file.documented)) / f64::from(public) }
}

fn p90(mut numbers: Vec<usize>) -> usize {
    numbers.sort_unstable();
    let place = numbers.len().saturating_sub(1) * 9 / 10;
    numbers.get(place).copied().unwrap_or_default()
}
