//! Manufacturers: one name for each, whatever a registry, a banner or a data set calls it.

use serde::Deserialize;
use std::collections::HashMap;

/// A manufacturer as `data/makers.toml` lists it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// Name as sold.
    name: String,
    /// Beginnings of the names that it goes by, as words without company forms.
    known_as: Vec<String>,
    /// Whether it makes modules, boards or network adapters for others, so that its name on an address does not
    /// name the maker of the device.
    #[serde(default)]
    supplier: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    maker: Vec<Entry>,
}

/// The table of manufacturers.
#[derive(Debug, Clone)]
pub struct Makers {
    entries: Vec<Entry>,
    by_words: HashMap<String, usize>,
    longest: usize,
}

/// What a name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Maker {
    /// The name as sold; the given one without its company form when it is not in the table.
    pub name: String,
    /// Whether it is in the table.
    pub known: bool,
    /// Whether it supplies parts to the makers of devices.
    pub supplier: bool,
}

impl Makers {
    /// The table from TOML text.
    ///
    /// # Errors
    /// When the text is no such table, or a name is claimed twice.
    pub fn parse(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
        let mut by_words = HashMap::new();
        for (index, entry) in file.maker.iter().enumerate() {
            for name in &entry.known_as {
                if let Some(other) = by_words.insert(words_of(name).join(" "), index) {
                    let other = file.maker.get(other).map_or("", |entry| entry.name.as_str());
                    return Err(format!("`{name}` is claimed by `{other}` and by `{}`", entry.name));
                }
            }
        }
        let longest = by_words.keys().map(|words| words.split(' ').count()).max().unwrap_or(0);
        Ok(Self { entries: file.maker, by_words, longest })
    }

    /// The manufacturer that `name` means: the table's longest beginning wins.
    #[must_use]
    pub fn canonical(&self, name: &str) -> Maker {
        let words = words_of(name);
        for count in (1..=self.longest.min(words.len())).rev() {
            let key = words.get(..count).unwrap_or_default().join(" ");
            if let Some(entry) = self.by_words.get(&key).and_then(|index| self.entries.get(*index)) {
                return Maker { name: entry.name.clone(), known: true, supplier: entry.supplier };
            }
        }
        Maker { name: without_company_form(name), known: false, supplier: false }
    }
}

/// Lower-case words of a name without company forms.
fn words_of(name: &str) -> Vec<String> {
    name.split(|c: char| !c.is_alphanumeric() && c != '&' && c != '+')
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .filter(|word| !COMPANY_FORMS.contains(&word.as_str()))
        .collect()
}

/// The name as written, without the company forms at its end.
fn without_company_form(name: &str) -> String {
    let mut rest = name.trim();
    loop {
        let shorter = rest.trim_end_matches([' ', ',', '.', '(', ')']);
        let (head, last) = shorter.rsplit_once([' ', ',']).unwrap_or(("", shorter));
        let bare: String = last.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
        if head.is_empty() || !COMPANY_FORMS.contains(&bare.as_str()) {
            return shorter.to_owned();
        }
        rest = head;
    }
}

/// Words that say what kind of company, not which.
const COMPANY_FORMS: &[&str] = &[
    "ab",
    "ag",
    "as",
    "asa",
    "bv",
    "co",
    "company",
    "corp",
    "corporation",
    "gmbh",
    "group",
    "holding",
    "holdings",
    "inc",
    "incorporated",
    "international",
    "intl",
    "kg",
    "kgaa",
    "limited",
    "llc",
    "lp",
    "ltd",
    "nv",
    "oy",
    "oyj",
    "plc",
    "pte",
    "pty",
    "pvt",
    "sa",
    "sarl",
    "sas",
    "se",
    "spa",
    "srl",
    "the",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn makers() -> Makers {
        Makers::parse(
            r#"
            [[maker]]
            name = "Cisco"
            known_as = ["cisco"]
            [[maker]]
            name = "Linksys"
            known_as = ["cisco linksys", "linksys"]
            [[maker]]
            name = "Espressif"
            known_as = ["espressif"]
            supplier = true
            "#,
        )
        .unwrap()
    }

    #[test]
    fn the_longest_beginning_wins() {
        assert_eq!(makers().canonical("CISCO SYSTEMS, INC.").name, "Cisco");
        assert_eq!(makers().canonical("Cisco-Linksys, LLC").name, "Linksys");
        assert!(makers().canonical("Espressif Inc.").supplier);
    }

    #[test]
    fn an_unknown_name_loses_its_company_form_only() {
        let maker = makers().canonical("Fictional Devices Co., Ltd.");
        assert_eq!((maker.name.as_str(), maker.known), ("Fictional Devices", false));
        assert_eq!(makers().canonical("Ltd").name, "Ltd");
    }

    #[test]
    fn a_name_claimed_twice_is_refused() {
        let text = "[[maker]]\nname='A'\nknown_as=['x']\n[[maker]]\nname='B'\nknown_as=['X Inc']";
        assert!(Makers::parse(text).unwrap_err().contains("claimed"));
    }
}
