//! What can be stated about a device, and what counts when several say something.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use model::{
    AttributeName, ClinicalClass, DeviceType, MaintenanceWindow, ManufacturerPermission, NetworkLossEffect,
    ReactionTime, StatementSource, Timestamp,
};
use store::{Asserted, Listing};

use crate::api::view::Difference;
use crate::api::view::Saying;
use crate::derive::Document;

/// Bytes of a stated value.
pub(crate) const VALUE_MAX: usize = 500;
/// What a permission is called: this and the word of the permission. The value is the document that says so.
pub(crate) const PERMISSION: &str = "permission_";
/// Clinical attributes beside the permissions.
const CLINICAL: &[&str] = &[
    "clinical_class",
    "network_loss_effect",
    "reaction_time",
    "maintenance_window",
    "clinical_owner",
    "biomed_owner",
];

/// Why something cannot be stated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum StatementError {
    /// No such attribute.
    #[error("nothing can be stated about `{name}`; it is one of {known}")]
    Attribute {
        /// The word.
        name: String,
        /// What there is.
        known: String,
    },
    /// Empty or too long.
    #[error("it has 1 to {VALUE_MAX} bytes; `null` takes it back")]
    Length,
    /// Not of the vocabulary.
    #[error("`{value}` is not one of {known}")]
    Word {
        /// The word.
        value: String,
        /// What there is.
        known: String,
    },
    /// Not of its form.
    #[error(transparent)]
    MaintenanceWindow(#[from] model::MaintenanceWindowError),
}

/// What can be stated, and the words that it may be; none is any text.
static STATED: LazyLock<BTreeMap<String, Vec<&'static str>>> = LazyLock::new(|| {
    let derived = AttributeName::ALL.iter().map(|name| (name.name().to_owned(), Vec::new()));
    let free = ["name"].into_iter().chain(CLINICAL.iter().copied());
    let free = free.map(|name| (name.to_owned(), Vec::new()));
    let permissions = ManufacturerPermission::ALL.iter().map(|word| format!("{PERMISSION}{word}"));
    let worded = [
        ("device_type", DeviceType::ALL.iter().map(|kind| kind.name()).collect()),
        ("clinical_class", ClinicalClass::ALL.iter().map(|class| class.name()).collect()),
        ("network_loss_effect", NetworkLossEffect::ALL.iter().map(|effect| effect.name()).collect()),
        ("reaction_time", ReactionTime::ALL.iter().map(|time| time.name()).collect()),
    ];
    let worded = worded.into_iter().map(|(name, words): (&str, Vec<&str>)| (name.to_owned(), words));
    derived.chain(free).chain(permissions.map(|name| (name, Vec::new()))).chain(worded).collect()
});

/// Refuses what is not of the vocabulary.
pub(crate) fn check(attribute: &str, value: Option<&str>) -> Result<(), StatementError> {
    let Some(words) = STATED.get(attribute) else {
        let known = STATED.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        return Err(StatementError::Attribute { name: attribute.to_owned(), known });
    };
    let Some(value) = value else { return Ok(()) };
    if value.trim().is_empty() || value.len() > VALUE_MAX {
        return Err(StatementError::Length);
    }
    if !words.is_empty() && !words.contains(&value) {
        return Err(StatementError::Word { value: value.to_owned(), known: words.join(", ") });
    }
    if attribute == "maintenance_window" {
        value.parse::<MaintenanceWindow>()?;
    }
    Ok(())
}

/// Whether an attribute is about what a device means for a patient, so that a model can have a default for it.
pub(crate) fn is_clinical(attribute: &str) -> bool {
    CLINICAL.contains(&attribute) || attribute.starts_with(PERMISSION)
}

/// Attributes that lists show and people can state.
pub(crate) const LISTED: [&str; 10] = [
    "name",
    "hostname",
    "ae_title",
    "manufacturer",
    "model",
    "device_type",
    "clinical_class",
    "os",
    "serial",
    "location",
];

/// Every attribute that can be stated.
pub(crate) fn attributes() -> impl Iterator<Item = &'static str> {
    STATED.keys().map(String::as_str)
}

/// What counts of several statements about one attribute.
pub(crate) fn best<'s>(stated: &'s [Asserted], attribute: &str) -> Option<&'s Asserted> {
    let of_it = stated.iter().filter(|said| said.attribute == attribute);
    of_it.max_by_key(|said| rank(said.source.clone(), said.at))
}

/// The highest counts: a person's statement before an import's, the later import before the earlier.
pub(crate) type Rank = (bool, Timestamp, StatementSource);

/// How much a statement counts.
pub(crate) fn rank(source: StatementSource, at: Timestamp) -> Rank {
    (source == StatementSource::Person, at, source)
}

/// What lists show of a device: of each attribute what is `said`, else what is derived. The class of its model counts
/// before a derived one.
pub(crate) fn listed(
    listing: Listing,
    document: &Document,
    said: impl Fn(&str) -> Option<String>,
    class_of_model: impl FnOnce(&str, &str) -> Option<ClinicalClass>,
) -> Listing {
    let known = |attribute: &str| said(attribute).or_else(|| document.best(attribute).map(str::to_owned));
    let (manufacturer, model) = (known("manufacturer"), known("model"));
    let inherited = || class_of_model(manufacturer.as_deref()?, model.as_deref()?);
    let class = said("clinical_class").and_then(|word| word.parse().ok()).or_else(inherited);
    Listing {
        name: known("name").or_else(|| known("hostname")).or_else(|| known("ae_title")),
        device_type: known("device_type").and_then(|word| word.parse().ok()),
        clinical_class: class.unwrap_or_else(|| document.class()),
        os: known("os"),
        serial: known("serial"),
        location: known("location"),
        manufacturer,
        model,
        ..listing
    }
}

/// Where what is observed and what is stated, or two statements, are at odds. What nobody says contradicts nothing.
pub(crate) fn differences(document: &Document, stated: &[Asserted]) -> Vec<Difference> {
    let mut attributes: Vec<&str> = stated.iter().map(|said| said.attribute.as_str()).collect();
    attributes.dedup();
    attributes.into_iter().filter_map(|attribute| difference(document, stated, attribute)).collect()
}

fn difference(document: &Document, stated: &[Asserted], attribute: &str) -> Option<Difference> {
    let mut observed = observed(document, attribute);
    if let Some(name) = document.name().filter(|_| attribute == "name") {
        observed.push(Saying { source: "observed name".to_owned(), value: name.to_owned() });
    }
    let sayings: Vec<Saying> = stated
        .iter()
        .filter(|said| said.attribute == attribute)
        .map(|said| Saying { source: said.source.to_string(), value: said.value.clone() })
        .collect();
    let agrees = |value: &str, other: &str| value.to_lowercase() == other.to_lowercase();
    let is_observed =
        |said: &Saying| observed.is_empty() || observed.iter().any(|seen| agrees(&seen.value, &said.value));
    let is_one = sayings.windows(2).all(|pair| match pair {
        [one, other] => agrees(&one.value, &other.value),
        _ => true,
    });
    if is_one && sayings.iter().all(is_observed) {
        return None;
    }
    observed.truncate(1);
    Some(Difference {
        attribute: attribute.to_owned(),
        observed: observed.first().map(|seen| seen.value.clone()),
        asserted: best(stated, attribute).map(|said| said.value.clone()),
        says: observed.into_iter().chain(sayings).collect(),
    })
}

/// What the wire says about an attribute, best first, each with the field and frame that say so.
fn observed(document: &Document, attribute: &str) -> Vec<Saying> {
    let values = document.attributes.get(attribute).map(Vec::as_slice).unwrap_or_default();
    // What follows from no evidence is no observation.
    let known = values.iter().filter(|value| !value.evidence.is_empty());
    let saying = |value: &crate::api::view::AttributeValue| Saying {
        source: value.evidence.first().map_or_else(
            || "derived".to_owned(),
            |reason| format!("{} in frame {}", reason.field, reason.frame),
        ),
        value: value.value.clone(),
    };
    known.map(saying).collect()
}

#[cfg(test)]
mod tests {
    use model::{Actor, Timestamp};

    use super::*;
    use crate::api::view::{AttributeValue, Evidence};

    fn said(attribute: &str, source: &str, value: &str, at: u64) -> Asserted {
        Asserted {
            attribute: attribute.to_owned(),
            value: value.to_owned(),
            source: source.parse().expect("a source"),
            actor: Actor::Person("ines".to_owned()),
            at: Timestamp::from_nanos(at),
            why: String::new(),
        }
    }

    fn seen(attribute: &str, value: &str) -> Document {
        let evidence = Evidence {
            frame: 12,
            field: "lldp.location".to_owned(),
            seen: value.to_owned(),
            rule: "location".to_owned(),
            weight: 0.9,
            sensor: None,
        };
        let value = AttributeValue { value: value.to_owned(), confidence: 0.9, evidence: vec![evidence] };
        Document { attributes: [(attribute.to_owned(), vec![value])].into(), ..Document::default() }
    }

    #[test]
    fn only_what_is_in_the_vocabulary_can_be_stated() {
        for (attribute, value) in [
            ("location", Some("room 4")),
            ("location", None),
            ("reaction_time", Some("minutes")),
            ("permission_patch_ok", Some("MDS2 of 2025-03, page 4")),
            ("maintenance_window", Some("sun 02:00-04:00")),
        ] {
            assert_eq!(check(attribute, value), Ok(()), "{attribute}");
        }
        for (attribute, value) in [
            ("reaction_time", "soon"),
            ("device_type", "spaceship"),
            ("colour", "red"),
            ("location", " "),
            ("permission_fly", "x"),
            ("maintenance_window", "at night"),
        ] {
            assert!(check(attribute, Some(value)).is_err(), "{attribute}");
        }
    }

    #[test]
    fn a_person_counts_before_an_import_and_a_late_import_before_an_early_one() {
        let all = [said("location", "import cmms", "4", 9), said("location", "person", "9", 1)];
        assert_eq!(best(&all, "location").map(|said| said.value.as_str()), Some("9"));
        let all = [said("location", "import a", "4", 9), said("location", "import b", "9", 1)];
        assert_eq!(best(&all, "location").map(|said| said.value.as_str()), Some("4"));
        assert_eq!(best(&all, "name"), None);
    }

    #[test]
    fn what_two_say_differently_is_a_difference_with_both_sources() {
        let document = seen("location", "room 9");
        let stated = [said("location", "import cmms", "room 4", 1)];
        let found = differences(&document, &stated);
        assert_eq!(found.len(), 1);
        let says: Vec<_> = found[0].says.iter().map(|s| (s.source.as_str(), s.value.as_str())).collect();
        assert_eq!(says, [("lldp.location in frame 12", "room 9"), ("import cmms", "room 4")]);
        let agreed = [said("location", "import cmms", "Room 9", 1)];
        assert_eq!(differences(&document, &agreed), []);
        let both = [said("serial", "import cmms", "1", 1), said("serial", "person", "2", 1)];
        let found = differences(&Document::default(), &both);
        assert_eq!(
            (found.len(), found[0].observed.as_deref(), found[0].asserted.as_deref()),
            (1, None, Some("2"))
        );
    }
}
