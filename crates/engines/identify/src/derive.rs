//! From the facts about one device to its identity: rules are weighed, the best values win, rivals are shown.

use std::collections::BTreeMap;
use std::sync::Arc;

use hashbrown::HashMap;
use model::{Attribute, AttributeName, ClinicalClass, Confidence, DeviceType, Evidence, Field, FrameNumber};

use crate::confidence::{against, specialise, support};
use crate::fact::Fact;
use crate::maker::Makers;
use crate::rule::{Condition, Rule};
use crate::rules::RuleSet;

/// Values by attribute, best first.
pub type Attributes = BTreeMap<AttributeName, Vec<Attribute<String>>>;

/// Rules and tables in use, with what they said about values that came before.
pub struct Deriver<'k> {
    rules: &'k RuleSet,
    makers: &'k Makers,
    /// Field and value to the rules that match, with what they set. Fleets repeat themselves.
    remembered: HashMap<Field, HashMap<String, Matches>>,
    /// How many values are remembered.
    values: usize,
}

/// Rules that match a value, by place, with what they set.
type Matches = Vec<(usize, Vec<Setting>)>;

/// What a rule sets.
type Setting = (AttributeName, String, Confidence);

/// A rule that matched a value but says nothing, because another condition was not met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmet {
    /// Rule.
    pub rule: Arc<str>,
    /// Frame of the value that matched.
    pub frame: FrameNumber,
    /// Its field.
    pub field: Field,
    /// What the field says.
    pub seen: String,
    /// Field of the condition.
    pub condition: String,
    /// A value that the condition matches.
    pub example: String,
    /// Whether the device said what it must not have said; else it did not say what it must.
    pub excluded: bool,
}

/// A statement under its comparable form, with its spellings and reasons.
#[derive(Debug, Default)]
struct Claimed {
    spelling: String,
    evidence: Vec<Evidence>,
}

impl<'k> Deriver<'k> {
    /// With these rules and this table of manufacturers.
    #[must_use]
    pub fn new(rules: &'k RuleSet, makers: &'k Makers) -> Self {
        Self { rules, makers, remembered: HashMap::new(), values: 0 }
    }

    /// Everything that the rules say about a device with these facts.
    pub fn attributes(&mut self, facts: &[Fact<'_>]) -> Attributes {
        let mut claims: BTreeMap<AttributeName, BTreeMap<String, Claimed>> = BTreeMap::new();
        let rules = self.rules;
        for fact in facts {
            let mut seen: Option<Arc<str>> = None;
            for (place, settings) in self.settings(fact) {
                let Some(rule) = rules.at(*place) else { continue };
                if broken_condition(rule, facts).is_some() {
                    continue;
                }
                for (name, value, weight) in settings {
                    let reason = Evidence {
                        frame: fact.frame,
                        field: fact.shown,
                        seen: Arc::clone(seen.get_or_insert_with(|| Arc::from(&*fact.seen))),
                        rule: Arc::clone(&rule.id),
                        weight: *weight,
                    };
                    let claimed =
                        claims.entry(*name).or_default().entry(comparable(*name, value)).or_default();
                    claimed.add(value, reason);
                }
            }
        }
        claims.into_iter().map(|(name, values)| (name, settle(name, values))).collect()
    }

    fn settings(&mut self, fact: &Fact<'_>) -> &[(usize, Vec<Setting>)] {
        if self.values > REMEMBERED_MAX {
            self.remembered.clear();
            self.values = 0;
        }
        let (rules, makers) = (self.rules, self.makers);
        let values = &mut self.values;
        self.remembered.entry(fact.field).or_default().entry_ref(&*fact.value).or_insert_with(|| {
            *values += 1;
            let matching = rules.candidates(fact.field.name(), &fact.value).filter_map(|(place, rule)| {
                let groups = rule.groups(&fact.value)?;
                let filled = rule.sets.iter().filter_map(|(name, template, weight)| {
                    Some((*name, canonical(*name, template.fill(&groups)?, makers)?, *weight))
                });
                let settings: Vec<Setting> = filled.collect();
                (!settings.is_empty()).then_some((place, settings))
            });
            matching.collect()
        })
    }
}

/// The first condition of `rule` that these facts do not meet, and whether it excludes.
fn broken_condition<'r>(rule: &'r Rule, facts: &[Fact<'_>]) -> Option<(&'r Condition, bool)> {
    let says = |condition: &Condition| {
        facts.iter().any(|fact| fact.field.name() == condition.field && condition.test.passes(&fact.value))
    };
    let missing = rule.and.iter().find(|condition| !says(condition)).map(|condition| (condition, false));
    missing
        .or_else(|| rule.unless.iter().find(|condition| says(condition)).map(|condition| (condition, true)))
}

/// The rules that a fact matches but whose other conditions these facts do not meet, each once.
pub(crate) fn unmet(rules: &RuleSet, facts: &[Fact<'_>]) -> Vec<Unmet> {
    let mut found: Vec<Unmet> = Vec::new();
    for fact in facts {
        for (_, rule) in
            rules.candidates(fact.field.name(), &fact.value).filter(|(_, rule)| rule.passes(&fact.value))
        {
            let known = found.iter().any(|unmet| unmet.rule == rule.id);
            let Some((condition, excluded)) = broken_condition(rule, facts).filter(|_| !known) else {
                continue;
            };
            found.push(Unmet {
                rule: Arc::clone(&rule.id),
                frame: fact.frame,
                field: fact.shown,
                seen: fact.seen.clone().into_owned(),
                condition: condition.field.clone(),
                example: condition.example.clone(),
                excluded,
            });
        }
    }
    found.sort_by(|a, b| (a.frame, a.field, &a.rule).cmp(&(b.frame, b.field, &b.rule)));
    found
}

impl Claimed {
    fn add(&mut self, value: &str, reason: Evidence) {
        if self.spelling.is_empty() {
            value.clone_into(&mut self.spelling);
        }
        let same = |held: &Evidence| {
            held.rule == reason.rule && held.field == reason.field && held.seen == reason.seen
        };
        match self.evidence.iter_mut().find(|held| same(held)) {
            Some(held) => held.frame = held.frame.min(reason.frame),
            None => self.evidence.push(reason),
        }
    }
}

/// The value in its one spelling; `None` when it is none.
fn canonical(name: AttributeName, value: String, makers: &Makers) -> Option<String> {
    match name {
        AttributeName::Manufacturer => {
            Some(makers.canonical(&value)).filter(|maker| !maker.supplier).map(|maker| maker.name)
        }
        AttributeName::DeviceType => value.parse::<DeviceType>().ok().map(|kind| kind.name().to_owned()),
        AttributeName::Hostname => Some(value.trim_end_matches('.').to_owned()),
        AttributeName::Model
        | AttributeName::Os
        | AttributeName::OsVersion
        | AttributeName::SoftwareVersion
        | AttributeName::FirmwareVersion
        | AttributeName::Serial
        | AttributeName::Udi
        | AttributeName::Role
        | AttributeName::AeTitle
        | AttributeName::Hl7Application
        | AttributeName::ServiceOffered
        | AttributeName::ServiceUsed
        | AttributeName::Location
        | AttributeName::Institution => Some(value),
    }
}

/// What two spellings of one value have in common.
fn comparable(name: AttributeName, value: &str) -> String {
    match name {
        AttributeName::AeTitle | AttributeName::Hl7Application | AttributeName::Serial => value.to_owned(),
        AttributeName::Manufacturer
        | AttributeName::Model
        | AttributeName::DeviceType
        | AttributeName::Os
        | AttributeName::OsVersion
        | AttributeName::SoftwareVersion
        | AttributeName::FirmwareVersion
        | AttributeName::Udi
        | AttributeName::Hostname
        | AttributeName::Role
        | AttributeName::ServiceOffered
        | AttributeName::ServiceUsed
        | AttributeName::Location
        | AttributeName::Institution => value.to_lowercase(),
    }
}

/// Whether `a` and `b` can both be true of one device.
pub(crate) fn compatible(name: AttributeName, a: &str, b: &str) -> bool {
    match name {
        AttributeName::DeviceType => match (a.parse::<DeviceType>(), b.parse::<DeviceType>()) {
            (Ok(a), Ok(b)) => a.is_a(b) || b.is_a(a),
            _ => false,
        },
        AttributeName::Model
        | AttributeName::Os
        | AttributeName::OsVersion
        | AttributeName::FirmwareVersion
        | AttributeName::Location
        | AttributeName::Institution => is_spelled_within(a, b) || is_spelled_within(b, a),
        AttributeName::Manufacturer | AttributeName::Serial | AttributeName::Udi => a.eq_ignore_ascii_case(b),
        AttributeName::SoftwareVersion
        | AttributeName::Hostname
        | AttributeName::Role
        | AttributeName::AeTitle
        | AttributeName::Hl7Application
        | AttributeName::ServiceOffered
        | AttributeName::ServiceUsed => true,
    }
}

fn is_spelled_within(short: &str, long: &str) -> bool {
    let letters =
        |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    letters(long).contains(&letters(short))
}

/// Weighs the values of one attribute against each other, best first.
fn settle(name: AttributeName, values: BTreeMap<String, Claimed>) -> Vec<Attribute<String>> {
    let mut supported: Vec<Attribute<String>> = values
        .into_values()
        .map(|claimed| Attribute {
            value: claimed.spelling,
            confidence: support(&claimed.evidence),
            evidence: claimed.evidence,
        })
        .collect();
    if name == AttributeName::DeviceType {
        lend_between_kinds(&mut supported);
    }
    let weighed: Vec<Confidence> = supported
        .iter()
        .map(|value| {
            let rivals = supported.iter().filter(|other| !compatible(name, &value.value, &other.value));
            let strongest = rivals.map(|rival| rival.confidence.get()).fold(0.0, f64::max);
            against(value.confidence, Confidence::new(strongest))
        })
        .collect();
    for (value, confidence) in supported.iter_mut().zip(weighed) {
        value.confidence = confidence;
        value.evidence.sort_by(|a, b| {
            b.weight
                .get()
                .total_cmp(&a.weight.get())
                .then_with(|| (a.frame, a.field, &a.rule).cmp(&(b.frame, b.field, &b.rule)))
        });
        keep_few_of_a_rule(&mut value.evidence);
        value.evidence.truncate(EVIDENCE_MAX);
    }
    supported.sort_by(|a, b| {
        b.confidence.get().total_cmp(&a.confidence.get()).then_with(|| a.value.cmp(&b.value))
    });
    if name == AttributeName::DeviceType {
        prefer_special(&mut supported);
    }
    supported
}

/// Keeps the first reasons of each rule: the twentieth service that bears the same name says nothing new.
fn keep_few_of_a_rule(evidence: &mut Vec<Evidence>) {
    let mut counts: BTreeMap<Arc<str>, usize> = BTreeMap::new();
    evidence.retain(|reason| {
        let count = counts.entry(Arc::clone(&reason.rule)).or_default();
        *count += 1;
        *count <= OF_A_RULE_MAX
    });
}

/// A special type is its general ones too: what speaks for a scanner speaks for an imaging modality, and what speaks
/// for an imaging modality excludes other explanations of what speaks for a scanner (see [`specialise`]).
fn lend_between_kinds(values: &mut [Attribute<String>]) {
    let kinds: Vec<Option<DeviceType>> = values.iter().map(|value| value.value.parse().ok()).collect();
    let is_special = |special: usize, general: usize| match (kinds.get(special), kinds.get(general)) {
        (Some(Some(special)), Some(Some(general))) => special != general && special.is_a(*general),
        _ => false,
    };
    let lent: Vec<Confidence> = (0..values.len())
        .map(|place| {
            let reasons = |is_lender: &dyn Fn(usize) -> bool| -> Vec<Evidence> {
                let lenders = values.iter().enumerate().filter(|(other, _)| is_lender(*other));
                lenders.flat_map(|(_, value)| value.evidence.iter().cloned()).collect()
            };
            let own = support(&reasons(&|other| other == place || is_special(other, place)));
            let general = support(&reasons(&|other| is_special(place, other)));
            specialise(own, general)
        })
        .collect();
    for (value, confidence) in values.iter_mut().zip(lent) {
        value.confidence = confidence;
    }
}

/// Puts a special type before its general one unless it is much weaker, and a still more special one before that.
fn prefer_special(values: &mut Vec<Attribute<String>>) {
    let Some(best) = values.first() else { return };
    let enough = best.confidence.get() * SPECIAL_SHARE;
    while let Some(place) = special(values, enough) {
        let value = values.remove(place);
        values.insert(0, value);
    }
}

/// The first type that is a special one of the type in front and is sure enough.
fn special(values: &[Attribute<String>], enough: f64) -> Option<usize> {
    let general = values.first()?.value.parse::<DeviceType>().ok()?;
    values.iter().position(|value| {
        value.value.parse::<DeviceType>().is_ok_and(|kind| kind != general && kind.is_a(general))
            && value.confidence.get() >= enough
    })
}

/// The values of single-valued attributes that exclude the best one and come close to it.
pub(crate) fn contradictions(attributes: &Attributes) -> Vec<(AttributeName, String, String)> {
    let mut found = Vec::new();
    for (name, values) in attributes.iter().filter(|(name, _)| !name.is_many()) {
        let Some(best) = values.first() else { continue };
        let close = best.confidence.get() * CLOSE_SHARE;
        let rivals = values
            .iter()
            .skip(1)
            .filter(|value| value.confidence.get() >= close && !compatible(*name, &best.value, &value.value));
        found.extend(rivals.map(|rival| (*name, best.value.clone(), rival.value.clone())));
    }
    found
}

/// The clinical class that follows from the device type; unknown where that is unknown.
pub(crate) fn clinical_class(attributes: &Attributes) -> Attribute<ClinicalClass> {
    let best = attributes.get(&AttributeName::DeviceType).and_then(|values| values.first());
    let kind = best.and_then(|best| Some((best, best.value.parse::<DeviceType>().ok()?)));
    match kind {
        Some((best, kind)) => Attribute {
            value: kind.clinical_class(),
            confidence: best.confidence,
            evidence: best.evidence.clone(),
        },
        None => Attribute {
            value: ClinicalClass::Unknown,
            confidence: Confidence::new(0.0),
            evidence: Vec::new(),
        },
    }
}

/// A special type is shown instead of its general one from this share of its confidence.
const SPECIAL_SHARE: f64 = 0.6;
/// A rival is shown as a contradiction from this share of the best value's confidence.
const CLOSE_SHARE: f64 = 0.5;
/// Reasons kept of one rule for one value.
const OF_A_RULE_MAX: usize = 3;
/// Reasons kept for one value: more say nothing new.
const EVIDENCE_MAX: usize = 16;
/// Values whose rules are remembered before the memory is emptied.
const REMEMBERED_MAX: usize = 65_536;
