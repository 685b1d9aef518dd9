//! Generated files: the address registries and the protocol coverage table.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// Where Debian's `ieee-data` puts the registries; `BEDRAIL_IEEE_DATA` names another place.
const IEEE_DATA: &str = "/usr/share/ieee-data";
const REGISTRIES: &[&str] = &["oui.csv", "mam.csv", "oui36.csv", "iab.csv"];
const OUI_TABLE: &str = "crates/engines/identify/data/oui.tsv";
const COVERAGE: &str = "docs/protocols.md";

/// Writes every generated file.
pub(crate) fn write(root: &Path) -> Result<()> {
    fs::write(root.join(COVERAGE), coverage(root)?).context(COVERAGE)?;
    println!("{COVERAGE}");
    let folder = registries();
    fs::write(root.join(OUI_TABLE), oui_table(&folder)?).context(OUI_TABLE)?;
    println!("{OUI_TABLE} from {}", folder.display());
    Ok(())
}

/// Fails when a generated file is not what its source says. The registries' table is checked where the registries
/// lie in the edition that it was made from; elsewhere the run says that it was not.
pub(crate) fn check(root: &Path) -> Result<()> {
    let mut stale = Vec::new();
    if fs::read_to_string(root.join(COVERAGE)).unwrap_or_default() != coverage(root)? {
        stale.push(COVERAGE);
    }
    let committed = fs::read_to_string(root.join(OUI_TABLE)).context(OUI_TABLE)?;
    let folder = registries();
    match edition(&folder) {
        Ok(edition) if committed.lines().next().is_some_and(|head| head.contains(&edition)) => {
            if committed != oui_table(&folder)? {
                stale.push(OUI_TABLE);
            }
        }
        Ok(edition) => println!("{OUI_TABLE} was made from another edition than {edition}; not compared"),
        Err(_) => println!("{OUI_TABLE}: no registries in {}; not compared", folder.display()),
    }
    if stale.is_empty() { Ok(()) } else { bail!("run `make gen`: {} changed", stale.join(" and ")) }
}

fn registries() -> PathBuf {
    std::env::var_os("BEDRAIL_IEEE_DATA").map_or_else(|| PathBuf::from(IEEE_DATA), PathBuf::from)
}

fn coverage(root: &Path) -> Result<String> {
    let output = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--locked", "-p", "bedrail", "--", "protocols", "--format", "markdown"])
        .current_dir(root)
        .output()
        .context("cannot run bedrail")?;
    if !output.status.success() {
        bail!("bedrail protocols failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// How many assignments each registry has: changes with every edition.
fn edition(folder: &Path) -> Result<String> {
    let counts: Result<Vec<String>> = REGISTRIES
        .iter()
        .map(|name| Ok(fs::read_to_string(folder.join(name))?.lines().count().to_string()))
        .collect();
    Ok(format!("edition {}", counts?.join("/")))
}

fn oui_table(folder: &Path) -> Result<String> {
    let mut organisations: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for name in REGISTRIES {
        let path = folder.join(name);
        let mut reader =
            csv::Reader::from_path(&path).with_context(|| format!("cannot read {}", path.display()))?;
        for record in reader.records() {
            let record = record?;
            let (Some(prefix), Some(organisation)) = (record.get(1), record.get(2)) else { continue };
            let organisation = organisation.split_whitespace().collect::<Vec<_>>().join(" ");
            organisations.entry(organisation).or_default().push(prefix.to_uppercase());
        }
    }
    let mut text = format!(
        "# IEEE MA-L, MA-M, MA-S and IAB assignments (public listings of the IEEE Registration Authority), as packaged by Debian's ieee-data; {}. Made by `make gen`; do not edit.\n",
        edition(folder)?
    );
    for (organisation, mut prefixes) in organisations {
        prefixes.sort();
        prefixes.dedup();
        text.push_str(&format!("{organisation}\t{}\n", prefixes.join(" ")));
    }
    Ok(text)
}
