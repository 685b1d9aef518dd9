//! The floors of the house: a crate depends only on floors beneath it, and engines do not know each other.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use cargo_metadata::{DependencyKind, MetadataCommand, Package};

/// Engines that may know another one.
const ENGINES_THAT_MAY: &[(&str, &str)] = &[("flow", "dissect"), ("render", "policy")];
/// Longest chain of crates of ours.
const CHAIN_MAX: usize = 6;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Floor {
    Ground,
    Engines,
    Edges,
    Programs,
    Beside,
}

/// What breaks the rules, and the longest chain.
pub(crate) fn check(root: &Path) -> Result<(Vec<String>, usize)> {
    let metadata = MetadataCommand::new().manifest_path(root.join("Cargo.toml")).no_deps().exec()?;
    let packages: BTreeMap<&str, &Package> =
        metadata.packages.iter().map(|package| (package.name.as_str(), package)).collect();
    let mut faults = Vec::new();
    for package in packages.values() {
        for dependency in ours(package, &packages) {
            if !may(package, packages.get(dependency).copied()) {
                faults.push(format!("layers: `{}` must not depend on `{dependency}`", package.name));
            }
        }
    }
    let longest = packages.keys().map(|name| chain(name, &packages, 0)).max().unwrap_or(0);
    if longest > CHAIN_MAX {
        faults.push(format!(
            "layers: the longest chain of crates is {longest}, at most {CHAIN_MAX} is allowed"
        ));
    }
    Ok((faults, longest))
}

/// Crates of ours that a crate is built from; those of its tests are free.
fn ours<'p>(package: &'p Package, packages: &BTreeMap<&str, &Package>) -> Vec<&'p str> {
    let normal = package.dependencies.iter().filter(|dependency| dependency.kind == DependencyKind::Normal);
    normal.map(|dependency| dependency.name.as_str()).filter(|name| packages.contains_key(name)).collect()
}

fn floor(package: &Package) -> Floor {
    let path = package.manifest_path.as_str();
    let floors = [
        ("/crates/ground/", Floor::Ground),
        ("/crates/engines/", Floor::Engines),
        ("/crates/edges/", Floor::Edges),
        ("/crates/programs/", Floor::Programs),
    ];
    floors.into_iter().find(|(folder, _)| path.contains(folder)).map_or(Floor::Beside, |(_, floor)| floor)
}

fn may(package: &Package, dependency: Option<&Package>) -> bool {
    let Some(dependency) = dependency else { return true };
    let pair = (package.name.as_str(), dependency.name.as_str());
    match (floor(package), floor(dependency)) {
        (Floor::Beside, _) => true,
        (_, Floor::Beside) => false,
        (Floor::Ground, Floor::Ground) => true,
        (Floor::Engines, Floor::Engines) => ENGINES_THAT_MAY.contains(&pair),
        // The one binary wires the programs together.
        (Floor::Programs, Floor::Programs) => package.name == "bedrail",
        (above, below) => above > below,
    }
}

fn chain(name: &str, packages: &BTreeMap<&str, &Package>, depth: usize) -> usize {
    let Some(package) = packages.get(name).filter(|_| depth < 32) else { return 0 };
    1 + ours(package, packages).into_iter().map(|name| chain(name, packages, depth + 1)).max().unwrap_or(0)
}
