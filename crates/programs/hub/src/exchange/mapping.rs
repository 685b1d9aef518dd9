//! How the columns of another system, such as a CMMS, become what is stated here.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::statements;

/// Columns and words of another system. Checked before a row is read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mapping {
    /// Between cells; a comma unless it is given.
    #[serde(default = "comma")]
    pub(crate) separator: String,
    /// By their column: what it is here. `id`, `serial`, `mac` and `ip` find the device; others are attributes.
    pub(crate) columns: BTreeMap<String, String>,
    /// By attribute here: their words and ours.
    #[serde(default)]
    pub(crate) values: BTreeMap<String, BTreeMap<String, String>>,
}

/// What finds a device, in the order in which it is tried.
pub(crate) const KEYS: [&str; 4] = ["id", "serial", "mac", "ip"];

/// What is wrong with a mapping, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub(crate) struct MappingError {
    /// JSON pointer into the mapping.
    pub(crate) pointer: String,
    /// What is wrong, and what would be right.
    pub(crate) what: String,
}

fn comma() -> String {
    ",".to_owned()
}

impl Mapping {
    /// Columns that are called as they are here.
    pub(crate) fn own<'h>(header: impl IntoIterator<Item = &'h str>) -> Self {
        let lists = |column: &str| match column {
            "ips" => "ip".to_owned(),
            "macs" => "mac".to_owned(),
            other => other.to_owned(),
        };
        let known = header.into_iter().map(|column| (column.to_owned(), lists(column)));
        let columns = known.filter(|(_, target)| is_target(target)).collect();
        Self { separator: comma(), columns, values: BTreeMap::new() }
    }

    /// From TOML.
    ///
    /// # Errors
    /// The first place that is wrong.
    pub(crate) fn from_toml(text: &str) -> Result<Self, MappingError> {
        let wrong = |error: toml::de::Error| {
            let line =
                error.span().map(|span| text.get(..span.start).unwrap_or_default().matches('\n').count() + 1);
            let line = line.map(|line| format!("line {line}: ")).unwrap_or_default();
            MappingError { pointer: String::new(), what: format!("{line}{}", error.message()) }
        };
        let mapping: Self = toml::from_str(text).map_err(wrong)?;
        mapping.check()?;
        Ok(mapping)
    }

    /// Refuses what cannot be meant.
    pub(crate) fn check(&self) -> Result<(), MappingError> {
        let error = |pointer: String, what: String| Err(MappingError { pointer, what });
        if self.separator.len() != 1 || ["\"", "\n", "\r"].contains(&self.separator.as_str()) {
            return error(
                "/separator".to_owned(),
                "it is one character such as `,`, `;` or a tab".to_owned(),
            );
        }
        let mut used: BTreeMap<&str, &str> = BTreeMap::new();
        for (column, target) in &self.columns {
            let pointer = format!("/columns/{}", escaped(column));
            if !is_target(target) {
                let known: Vec<&str> = KEYS.into_iter().chain(statements::attributes()).collect();
                return error(
                    pointer,
                    format!("`{target}` is nothing here; it is one of {}", known.join(", ")),
                );
            }
            if let Some(other) = used.insert(target, column) {
                return error(pointer, format!("`{target}` comes from `{other}` already"));
            }
        }
        if !KEYS.iter().any(|key| used.contains_key(key)) {
            let what = format!("no column finds the device: map one to {}", KEYS.join(", "));
            return error("/columns".to_owned(), what);
        }
        for (attribute, words) in &self.values {
            for (theirs, ours) in words {
                let pointer = format!("/values/{}/{}", escaped(attribute), escaped(theirs));
                if let Err(refusal) = statements::check(attribute, Some(ours)) {
                    return error(pointer, refusal.to_string());
                }
            }
        }
        Ok(())
    }

    /// Our word for theirs; capitals of theirs do not count.
    pub(crate) fn word<'m>(&'m self, attribute: &str, theirs: &'m str) -> &'m str {
        let words = self.values.get(attribute);
        let ours = words.and_then(|words| words.iter().find(|(word, _)| word.eq_ignore_ascii_case(theirs)));
        ours.map_or(theirs, |(_, ours)| ours)
    }
}

fn is_target(target: &str) -> bool {
    KEYS.contains(&target) || statements::check(target, None).is_ok()
}

fn escaped(step: &str) -> String {
    step.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Files that people begin with.
    const EXAMPLES: [(&str, &str); 2] = [
        ("snipe-it", include_str!("../../../../../docs/cmms/snipe-it.toml")),
        ("glpi", include_str!("../../../../../docs/cmms/glpi.toml")),
    ];

    #[test]
    fn the_examples_are_right() {
        for (name, text) in EXAMPLES {
            let mapping = Mapping::from_toml(text).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(mapping.columns.values().any(|target| target == "serial"), "{name}");
        }
    }

    #[test]
    fn what_cannot_be_meant_is_named() {
        let of = |text: &str| Mapping::from_toml(text).expect_err(text);
        for (text, pointer, part) in [
            ("[columns]\nA = \"colour\"", "/columns/A", "`colour` is nothing here"),
            ("[columns]\nA = \"serial\"\nB = \"serial\"", "/columns/B", "comes from `A`"),
            ("[columns]\nA = \"location\"", "/columns", "finds the device"),
            ("separator = \"ab\"\n[columns]\nA = \"serial\"", "/separator", "one character"),
            (
                "[columns]\nA = \"serial\"\n[values.clinical_class]\nHigh = \"big\"",
                "/values/clinical_class/High",
                "`big`",
            ),
            ("[columns]\nA = 1", "", "line 2"),
            ("[colums]\nA = \"serial\"", "", "line 1"),
        ] {
            let error = of(text);
            assert_eq!(error.pointer, pointer, "{text}");
            assert!(error.what.contains(part), "{text}: {error}");
        }
    }
}
