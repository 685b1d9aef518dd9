//! A fingerprint rule: what a field must say, and what follows. `docs/rules.md` describes the format.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use model::{AttributeName, Confidence, DeviceType};
use regex::bytes::{Regex, RegexBuilder};
use serde::Deserialize;

use crate::needles;

/// A rule that was read and understood.
#[derive(Debug)]
pub struct Rule {
    /// Unique name.
    pub id: Arc<str>,
    /// Where the fact that it states is published.
    pub source: String,
    /// Fields that it reads.
    pub fields: Vec<String>,
    /// What the field must say.
    pub test: Test,
    /// What the value must not contain.
    pub except: Vec<String>,
    /// What else the same device must have said.
    pub and: Vec<Condition>,
    /// What the same device must not have said.
    pub unless: Vec<Condition>,
    /// What follows, with its weight.
    pub sets: Vec<(AttributeName, Template, Confidence)>,
    /// Values that must match.
    pub matches: Vec<String>,
    /// Values that must not.
    pub misses: Vec<String>,
}

/// A further condition of a rule.
#[derive(Debug)]
pub struct Condition {
    /// Field that it reads.
    pub field: String,
    /// What the field must say.
    pub test: Test,
    /// A value that must match.
    pub example: String,
}

/// What a value must be; ASCII letters match in either case.
#[derive(Debug)]
pub enum Test {
    /// One of these.
    Is(Vec<String>),
    /// Begins with one of these.
    Prefix(Vec<String>),
    /// Ends with one of these.
    Suffix(Vec<String>),
    /// Contains one of these.
    Contains(Vec<String>),
    /// Is one of these domain names or below one.
    Domain(Vec<String>),
    /// Matches the regular expression, built when it is first needed.
    Regex(Box<LazyRegex>),
}

/// A regular expression that is built when it is first needed.
#[derive(Debug)]
pub struct LazyRegex {
    text: String,
    built: OnceLock<Option<Regex>>,
}

/// Text with `$0` for the whole value and `$1` to `$9` for the groups of a regular expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template(String);

/// Groups of a match; the first is the whole value.
pub type Groups<'v> = Vec<&'v str>;

/// A rule as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Written {
    id: String,
    source: Option<String>,
    field: Option<String>,
    #[serde(default)]
    fields: Vec<String>,
    is: Option<OneOrMany>,
    prefix: Option<OneOrMany>,
    suffix: Option<OneOrMany>,
    contains: Option<OneOrMany>,
    domain: Option<OneOrMany>,
    regex: Option<String>,
    except: Option<OneOrMany>,
    #[serde(default)]
    and: Vec<WrittenCondition>,
    #[serde(default)]
    unless: Vec<WrittenCondition>,
    sets: BTreeMap<String, String>,
    weight: f64,
    #[serde(default)]
    weights: BTreeMap<String, f64>,
    matches: Vec<String>,
    misses: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenCondition {
    field: String,
    is: Option<OneOrMany>,
    prefix: Option<OneOrMany>,
    suffix: Option<OneOrMany>,
    contains: Option<OneOrMany>,
    domain: Option<OneOrMany>,
    regex: Option<String>,
    example: String,
}

/// Exactly one of these is there.
struct WrittenTest {
    is: Option<OneOrMany>,
    prefix: Option<OneOrMany>,
    suffix: Option<OneOrMany>,
    contains: Option<OneOrMany>,
    domain: Option<OneOrMany>,
    regex: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl Test {
    /// The groups of `value` if it passes; the whole value is the first.
    #[must_use]
    pub fn groups<'v>(&self, value: &'v str) -> Option<Groups<'v>> {
        match self {
            Self::Is(all) => all.iter().any(|wanted| value.eq_ignore_ascii_case(wanted)).then(|| vec![value]),
            Self::Prefix(all) => all.iter().any(|wanted| starts(value, wanted)).then(|| vec![value]),
            Self::Suffix(all) => all.iter().any(|wanted| ends(value, wanted)).then(|| vec![value]),
            Self::Contains(all) => all.iter().any(|wanted| contains(value, wanted)).then(|| vec![value]),
            Self::Domain(all) => all.iter().any(|wanted| is_below(value, wanted)).then(|| vec![value]),
            Self::Regex(regex) => {
                let found = regex.get()?.captures(value.as_bytes())?;
                let mut groups = vec![value];
                let text = |part: regex::bytes::Match<'_>| value.get(part.range()).unwrap_or_default();
                groups.extend(found.iter().skip(1).map(|group| group.map_or("", text)));
                Some(groups)
            }
        }
    }

    /// Whether `value` passes.
    #[must_use]
    pub fn passes(&self, value: &str) -> bool {
        match self {
            Self::Regex(regex) => regex.get().is_some_and(|regex| regex.is_match(value.as_bytes())),
            Self::Is(_) | Self::Prefix(_) | Self::Suffix(_) | Self::Contains(_) | Self::Domain(_) => {
                self.groups(value).is_some()
            }
        }
    }

    /// Texts of which every value that passes contains one, in either case; `None` when there are none such.
    pub(crate) fn needles(&self) -> Option<Vec<String>> {
        let all = match self {
            Self::Is(all)
            | Self::Prefix(all)
            | Self::Suffix(all)
            | Self::Contains(all)
            | Self::Domain(all) => all.clone(),
            Self::Regex(regex) => needles::of_pattern(&regex.text)?,
        };
        (!all.is_empty() && all.iter().all(|needle| !needle.is_empty())).then_some(all)
    }

    /// What is wrong with the pattern.
    fn fault(&self) -> Option<String> {
        match self {
            Self::Regex(regex) => regex.build().err().map(|error| format!("its `regex` is none: {error}")),
            Self::Is(_) | Self::Prefix(_) | Self::Suffix(_) | Self::Contains(_) | Self::Domain(_) => None,
        }
    }

    fn has_groups(&self) -> usize {
        match self {
            Self::Regex(regex) => regex.get().map_or(0, |regex| regex.captures_len() - 1),
            Self::Is(_) | Self::Prefix(_) | Self::Suffix(_) | Self::Contains(_) | Self::Domain(_) => 0,
        }
    }
}

impl LazyRegex {
    fn new(text: String) -> Self {
        Self { text, built: OnceLock::new() }
    }

    /// Over bytes, which takes a tenth of the time to build; letters beyond ASCII in classes need more.
    fn build(&self) -> Result<Regex, regex::Error> {
        let mut builder = RegexBuilder::new(&self.text);
        builder.case_insensitive(true).size_limit(REGEX_BYTES);
        builder.unicode(false).build().or_else(|_| builder.unicode(true).build())
    }

    fn get(&self) -> Option<&Regex> {
        self.built.get_or_init(|| self.build().ok()).as_ref()
    }
}

impl Template {
    /// The text with the groups filled in; `None` when a group is empty or nothing is left.
    #[must_use]
    pub fn fill(&self, groups: &[&str]) -> Option<String> {
        let mut text = String::new();
        let mut rest = self.0.chars();
        while let Some(c) = rest.next() {
            if c != '$' {
                text.push(c);
                continue;
            }
            let group = rest
                .next()
                .and_then(|digit| digit.to_digit(10))
                .and_then(|digit| usize::try_from(digit).ok());
            let value = groups.get(group?)?.trim();
            if value.is_empty() {
                return None;
            }
            text.push_str(value);
        }
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    fn highest_group(&self) -> usize {
        let mut chars = self.0.chars();
        let mut highest = 0;
        while let Some(c) = chars.next() {
            if c == '$' {
                let group = chars.next().and_then(|digit| digit.to_digit(10));
                highest =
                    highest.max(group.and_then(|group| usize::try_from(group).ok()).unwrap_or(usize::MAX));
            }
        }
        highest
    }

    fn is_literal(&self) -> bool {
        !self.0.contains('$')
    }
}

impl Written {
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// The rule that is meant, or everything that is wrong with it.
    pub(crate) fn understand(self, default_source: Option<&str>) -> Result<Rule, Vec<String>> {
        let mut faults = Vec::new();
        let mut fields = self.fields;
        fields.extend(self.field);
        if fields.is_empty() {
            faults.push("names no `field`".to_owned());
        }
        let source = self.source.or_else(|| default_source.map(str::to_owned)).unwrap_or_default();
        if source.trim().is_empty() {
            faults.push("names no `source`".to_owned());
        }
        let written = WrittenTest {
            is: self.is,
            prefix: self.prefix,
            suffix: self.suffix,
            contains: self.contains,
            domain: self.domain,
            regex: self.regex,
        };
        let test = written.understand().unwrap_or_else(|fault| {
            faults.push(fault);
            Test::Is(Vec::new())
        });
        let mut conditions = |written: Vec<WrittenCondition>| -> Vec<Condition> {
            let understood = written.into_iter().map(WrittenCondition::understand);
            understood.filter_map(|one| one.map_err(|fault| faults.push(fault)).ok()).collect()
        };
        let (and, unless) = (conditions(self.and), conditions(self.unless));
        let mut sets = Vec::new();
        for (name, value) in self.sets {
            let weight = self.weights.get(&name).copied().unwrap_or(self.weight);
            match understand_set(&name, value, weight) {
                Ok(set) => sets.push(set),
                Err(fault) => faults.push(fault),
            }
        }
        for name in self.weights.keys() {
            if !sets.iter().any(|(set, _, _)| set.name() == name) {
                faults.push(format!("weighs `{name}`, which it does not set"));
            }
        }
        if sets.is_empty() {
            faults.push("sets nothing".to_owned());
        }
        let rule = Rule {
            id: self.id.into(),
            source,
            fields,
            test,
            except: self.except.map(OneOrMany::into_vec).unwrap_or_default(),
            and,
            unless,
            sets,
            matches: self.matches,
            misses: self.misses,
        };
        faults.extend(rule.missing_examples());
        if faults.is_empty() { Ok(rule) } else { Err(faults) }
    }
}

fn understand_set(
    name: &str,
    value: String,
    weight: f64,
) -> Result<(AttributeName, Template, Confidence), String> {
    let attribute: AttributeName =
        name.parse().map_err(|error: model::UnknownAttribute| error.to_string())?;
    let template = Template(value);
    if !(weight > 0.0 && weight < 1.0) {
        return Err(format!("gives `{name}` the weight {weight}, which is not between 0 and 1"));
    }
    if attribute == AttributeName::DeviceType && template.is_literal() {
        template.0.parse::<DeviceType>().map_err(|error| error.to_string())?;
    }
    Ok((attribute, template, Confidence::new(weight)))
}

impl WrittenCondition {
    fn understand(self) -> Result<Condition, String> {
        let Self { field, example, is, prefix, suffix, contains, domain, regex } = self;
        let test = WrittenTest { is, prefix, suffix, contains, domain, regex }.understand()?;
        Ok(Condition { field, test, example })
    }
}

impl WrittenTest {
    fn understand(self) -> Result<Test, String> {
        let Self { is, prefix, suffix, contains, domain, regex } = self;
        match (is, prefix, suffix, contains, domain, regex) {
            (Some(all), None, None, None, None, None) => Ok(Test::Is(all.into_vec())),
            (None, Some(all), None, None, None, None) => Ok(Test::Prefix(all.into_vec())),
            (None, None, Some(all), None, None, None) => Ok(Test::Suffix(all.into_vec())),
            (None, None, None, Some(all), None, None) => Ok(Test::Contains(all.into_vec())),
            (None, None, None, None, Some(all), None) => Ok(Test::Domain(all.into_vec())),
            (None, None, None, None, None, Some(text)) => Ok(Test::Regex(Box::new(LazyRegex::new(text)))),
            _ => {
                Err("needs exactly one of `is`, `prefix`, `suffix`, `contains`, `domain`, `regex`".to_owned())
            }
        }
    }
}

impl OneOrMany {
    fn into_vec(self) -> Vec<String> {
        match self {
            Self::One(one) => vec![one],
            Self::Many(all) => all,
        }
    }
}

impl Rule {
    /// The groups of `value` if the rule is about it.
    #[must_use]
    pub fn groups<'v>(&self, value: &'v str) -> Option<Groups<'v>> {
        let excepted = self.except.iter().any(|unwanted| contains(value, unwanted));
        if excepted { None } else { self.test.groups(value) }
    }

    /// Whether the rule is about `value`.
    #[must_use]
    pub fn passes(&self, value: &str) -> bool {
        self.test.passes(value) && !self.except.iter().any(|unwanted| contains(value, unwanted))
    }

    fn missing_examples(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if self.matches.is_empty() {
            faults.push("has no example in `matches`".to_owned());
        }
        if self.misses.is_empty() {
            faults.push("has no example in `misses`".to_owned());
        }
        faults
    }

    /// Patterns that cannot be built and examples that the rule does not keep. Built-in rules are not asked at every
    /// start: building hundreds of patterns takes longer than reading a small capture.
    #[must_use]
    pub fn broken_examples(&self) -> Vec<String> {
        let conditions = self.and.iter().chain(&self.unless).map(|condition| &condition.test);
        let mut faults: Vec<String> =
            std::iter::once(&self.test).chain(conditions).filter_map(Test::fault).collect();
        if !faults.is_empty() {
            return faults;
        }
        let groups = self.test.has_groups();
        let beyond = self.sets.iter().filter(|(_, template, _)| template.highest_group() > groups);
        faults.extend(
            beyond.map(|(_, template, _)| format!("`{}` names a group that its pattern has not", template.0)),
        );
        let fails = self.matches.iter().filter(|value| !self.passes(value));
        faults.extend(fails.map(|value| format!("does not match its example `{value}`")));
        let hits = self.misses.iter().filter(|value| self.passes(value));
        faults.extend(hits.map(|value| format!("matches `{value}`, which it lists in `misses`")));
        for condition in self.and.iter().chain(&self.unless) {
            if !condition.test.passes(&condition.example) {
                faults.push(format!(
                    "its condition on `{}` does not match `{}`",
                    condition.field, condition.example
                ));
            }
        }
        for (name, template, _) in &self.sets {
            let filled = self.matches.iter().filter_map(|value| template.fill(&self.groups(value)?));
            let values: Vec<String> = filled.collect();
            if values.is_empty() {
                faults.push(format!("sets no `{name}` from any of its examples"));
            }
            if *name == AttributeName::DeviceType {
                let wrong = values.iter().filter(|value| value.parse::<DeviceType>().is_err());
                faults.extend(wrong.map(|value| format!("`{value}` is no device type")));
            }
        }
        faults
    }
}

fn starts(value: &str, wanted: &str) -> bool {
    value.as_bytes().get(..wanted.len()).is_some_and(|head| head.eq_ignore_ascii_case(wanted.as_bytes()))
}

fn ends(value: &str, wanted: &str) -> bool {
    let Some(from) = value.len().checked_sub(wanted.len()) else { return false };
    value.as_bytes().get(from..).is_some_and(|tail| tail.eq_ignore_ascii_case(wanted.as_bytes()))
}

/// Whether `value` is the domain name `wanted` or ends with it after a dot.
fn is_below(value: &str, wanted: &str) -> bool {
    let value = value.strip_suffix('.').unwrap_or(value);
    let Some(from) = value.len().checked_sub(wanted.len()) else { return false };
    ends(value, wanted) && from.checked_sub(1).is_none_or(|dot| value.as_bytes().get(dot) == Some(&b'.'))
}

fn contains(value: &str, wanted: &str) -> bool {
    wanted.is_empty()
        || value.as_bytes().windows(wanted.len()).any(|part| part.eq_ignore_ascii_case(wanted.as_bytes()))
}

/// A rule whose compiled pattern is larger is refused: rules may come from outside.
const REGEX_BYTES: usize = 1 << 20;
