//! The set of fingerprint rules: loaded as a whole or refused with every fault named.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::OnceLock;

use model::Field;
use serde::Deserialize;

use crate::needles::Needles;
use crate::rule::{Rule, Written};

/// The built-in rule files, by name.
const BUILTIN: &[(&str, &str)] = &[
    ("building", include_str!("../rules/building.toml")),
    ("clinical", include_str!("../rules/clinical.toml")),
    ("computing", include_str!("../rules/computing.toml")),
    ("consumer", include_str!("../rules/consumer.toml")),
    ("generic", include_str!("../rules/generic.toml")),
    ("hardware", include_str!("../rules/hardware.toml")),
    ("network", include_str!("../rules/network.toml")),
];

/// Rules, found by the field that they read.
#[derive(Debug, Default)]
pub struct RuleSet {
    rules: Vec<Rule>,
    by_field: BTreeMap<String, FieldRules>,
}

/// The rules that read a field.
#[derive(Debug, Default)]
struct FieldRules {
    places: Vec<usize>,
    /// What they look for, put together when the first value comes.
    needles: OnceLock<Needles>,
}

/// Something wrong with a rule file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// File.
    pub file: String,
    /// Rule, if the fault is in one.
    pub rule: Option<String>,
    /// What is wrong.
    pub what: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    source: Option<String>,
    #[serde(default)]
    rule: Vec<Written>,
}

impl RuleSet {
    /// The rules that Bedrail ships. Their examples are checked by this crate's tests, not at every start.
    ///
    /// # Errors
    /// When a file that was built in is broken, which its tests exclude.
    pub fn builtin() -> Result<Self, Vec<Fault>> {
        let mut set = Self::default();
        let mut faults = Vec::new();
        for (name, text) in BUILTIN {
            set.read(&format!("{name}.toml"), text, &mut faults);
        }
        if faults.is_empty() { Ok(set) } else { Err(faults) }
    }

    /// Adds the rules of a file after checking every example; adds nothing if anything is wrong.
    ///
    /// # Errors
    /// Every fault of the file.
    pub fn add(
        &mut self,
        file: &str,
        text: &str,
        known_fields: &BTreeSet<Field>,
    ) -> Result<usize, Vec<Fault>> {
        let before = self.rules.len();
        let mut faults = Vec::new();
        self.read(file, text, &mut faults);
        let added = self.rules.get(before..).unwrap_or_default();
        faults.extend(added.iter().flat_map(|rule| check(file, rule, known_fields)));
        if faults.is_empty() {
            return Ok(added.len());
        }
        self.rules.truncate(before);
        for rules in self.by_field.values_mut() {
            rules.places.retain(|index| *index < before);
            rules.needles.take();
        }
        Err(faults)
    }

    /// Everything wrong with the rules, examples included.
    #[must_use]
    pub fn faults(&self, known_fields: &BTreeSet<Field>) -> Vec<Fault> {
        self.rules.iter().flat_map(|rule| check("rules", rule, known_fields)).collect()
    }

    /// The rules, in the order of their files.
    pub fn iter(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter()
    }

    /// How many rules.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// The rule of this id.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| *rule.id == *id)
    }

    /// Whether any rule reads `field`.
    #[must_use]
    pub fn reads(&self, field: &str) -> bool {
        self.by_field.contains_key(field)
            || self.rules.iter().any(|rule| rule.and.iter().any(|condition| condition.field == field))
    }

    /// The rules that read `field` and can be about `value`, with their place.
    pub(crate) fn candidates(&self, field: &str, value: &str) -> impl Iterator<Item = (usize, &Rule)> {
        let reading = self.by_field.get(field);
        let found = reading.map(|reading| {
            let needles = || Needles::new(reading.places.iter().map(|place| self.needles(*place)));
            (reading, reading.needles.get_or_init(needles).candidates(value))
        });
        found.into_iter().flat_map(|(reading, candidates)| {
            candidates.into_iter().filter_map(|candidate| {
                let place = *reading.places.get(candidate)?;
                Some((place, self.rules.get(place)?))
            })
        })
    }

    fn needles(&self, place: usize) -> Option<Vec<String>> {
        self.rules.get(place).and_then(|rule| rule.test.needles())
    }

    pub(crate) fn at(&self, place: usize) -> Option<&Rule> {
        self.rules.get(place)
    }

    fn read(&mut self, name: &str, text: &str, faults: &mut Vec<Fault>) {
        let fault = |rule: Option<&str>, what: String| Fault {
            file: name.to_owned(),
            rule: rule.map(str::to_owned),
            what,
        };
        let file: File = match toml::from_str(text) {
            Ok(file) => file,
            Err(error) => return faults.push(fault(None, error.to_string())),
        };
        for written in file.rule {
            let id = written.id().to_owned();
            if self.rules.iter().any(|rule| *rule.id == *id) {
                faults.push(fault(Some(&id), "has an id that another rule has".to_owned()));
                continue;
            }
            match written.understand(file.source.as_deref()) {
                Ok(rule) => self.push(rule),
                Err(all) => faults.extend(all.into_iter().map(|what| fault(Some(&id), what))),
            }
        }
    }

    fn push(&mut self, rule: Rule) {
        for field in &rule.fields {
            let reading = self.by_field.entry(field.clone()).or_default();
            reading.places.push(self.rules.len());
            reading.needles.take();
        }
        self.rules.push(rule);
    }
}

fn check(file: &str, rule: &Rule, known_fields: &BTreeSet<Field>) -> Vec<Fault> {
    let conditions = rule.and.iter().chain(&rule.unless).map(|condition| &condition.field);
    let fields = rule.fields.iter().chain(conditions);
    let unknown = fields.filter(|field| !known_fields.iter().any(|known| known.name() == field.as_str()));
    let mut all: Vec<String> =
        unknown.map(|field| format!("reads `{field}`, which no parser and no derivation gives")).collect();
    all.extend(rule.broken_examples());
    all.into_iter()
        .map(|what| Fault { file: file.to_owned(), rule: Some(rule.id.to_string()), what })
        .collect()
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.rule {
            Some(rule) => write!(f, "{}: rule `{rule}` {}", self.file, self.what),
            None => write!(f, "{}: {}", self.file, self.what),
        }
    }
}
