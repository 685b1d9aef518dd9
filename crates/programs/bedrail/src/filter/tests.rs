//! Tests of the filter language: examples, any text, and any expression against what it means.

use std::collections::BTreeMap;

use model::{Attribute, ClinicalClass, Confidence, Timestamp};
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

/// A pump that shows SMB 1.
fn device() -> Identity {
    let value = |text: &str| {
        vec![Attribute { value: text.to_owned(), confidence: Confidence::new(0.9), evidence: Vec::new() }]
    };
    Identity {
        id: "dev_00005e005301".to_owned(),
        macs: vec!["00:00:5e:00:53:01".parse().unwrap()],
        ips: vec!["10.0.0.7".parse().unwrap()],
        randomised_mac: false,
        external: false,
        attributes: BTreeMap::from([
            (AttributeName::Manufacturer, value("B. Braun")),
            (AttributeName::DeviceType, value("infusion_pump")),
            (AttributeName::FirmwareVersion, value("3.10.2")),
        ]),
        clinical_class: Attribute {
            value: ClinicalClass::Therapeutic,
            confidence: Confidence::new(0.9),
            evidence: Vec::new(),
        },
        contradictions: Vec::new(),
        first_frame: 1,
        first_seen: Timestamp::from_nanos(0),
        last_seen: Timestamp::from_nanos(0),
    }
}

fn passes(text: &str) -> bool {
    Filter::parse(text).unwrap().passes(&device(), &["smb1"])
}

#[test]
fn compares_words_texts_and_versions() {
    assert!(passes("type=infusion_pump and vendor=\"b. braun\""));
    assert!(passes("firmware<3.9.0 or firmware>=3.10.0"));
    assert!(passes("ip~10.0. and weakness=smb1 and not external=yes"));
    assert!(passes("model=unknown and confidence>0.8"));
    assert!(!passes("not (type=infusion_pump or type=ventilator)"));
    assert!(!passes("class!=therapeutic"));
}

#[test]
fn and_binds_closer_than_or() {
    assert!(passes("type=infusion_pump or type=ventilator and vendor=nobody"));
}

#[test]
fn refuses_a_value_that_no_device_can_have_and_says_which_is_near() {
    let error = Filter::parse("class=therapeutic and type=infusionpump").unwrap_err();
    assert_eq!(error.column, 28);
    assert!(error.what.contains("did you mean `infusion_pump`?"), "{}", error.what);
    assert!(Filter::parse("class=deadly").unwrap_err().what.contains("life_sustaining"));
    assert!(Filter::parse("type=unknown or external=no or type~pump").is_ok());
}

#[test]
fn names_the_place_of_a_mistake() {
    assert_eq!(Filter::parse("type=").unwrap_err().column, 6);
    assert_eq!(Filter::parse("colour=red").unwrap_err().column, 1);
    assert_eq!(Filter::parse("type=pacs type=ventilator").unwrap_err().column, 11);
    assert_eq!(Filter::parse("name='x").unwrap_err().column, 6);
    assert!(Filter::parse(&"(".repeat(500)).is_err());
    assert!(Filter::parse("").is_err());
}

/// Comparisons, and whether the device passes them.
const LEAVES: [(&str, bool); 12] = [
    ("type=infusion_pump", true),
    ("TYPE != infusion_pump", false),
    ("vendor=\"b. braun\"", true),
    ("vendor~'AUN'", true),
    ("manufacturer!~aun", false),
    ("firmware>3.9", true),
    ("firmware<=3.10.1", false),
    ("confidence>=0.9", true),
    ("weakness=smb1", true),
    ("external=yes", false),
    ("model=unknown", true),
    ("ip~\"10.0.0.8\"", false),
];

/// An expression with its meaning and how closely it binds: 0 is `or`, 1 is `and`, 2 everything else.
#[derive(Debug, Clone)]
struct Expression {
    text: String,
    passes: bool,
    binds: u8,
}

impl Expression {
    /// With parentheses where it would be torn apart.
    fn within(&self, binds: u8) -> String {
        if self.binds < binds { format!("({})", self.text) } else { self.text.clone() }
    }

    fn joined(parts: &[Self], word: &str, binds: u8) -> Self {
        let passes = if binds == 0 {
            parts.iter().any(|part| part.passes)
        } else {
            parts.iter().all(|part| part.passes)
        };
        let texts: Vec<String> = parts.iter().map(|part| part.within(binds)).collect();
        Self { text: texts.join(word), passes, binds }
    }
}

fn expression() -> impl Strategy<Value = Expression> {
    let leaf =
        select(&LEAVES[..]).prop_map(|(text, passes)| Expression { text: text.to_owned(), passes, binds: 2 });
    leaf.prop_recursive(6, 24, 3, |inner| {
        let some = prop::collection::vec(inner.clone(), 2..4);
        prop_oneof![
            some.clone().prop_map(|parts| Expression::joined(&parts, " and ", 1)),
            some.prop_map(|parts| Expression::joined(&parts, " OR ", 0)),
            inner.clone().prop_map(|part| Expression {
                text: format!("not {}", part.within(2)),
                passes: !part.passes,
                binds: 2,
            }),
            inner.prop_map(|part| Expression { text: format!("( {} )", part.text), binds: 2, ..part }),
        ]
    })
}

/// Pieces that a filter is made of, and characters that mean nothing in one.
fn piece() -> impl Strategy<Value = String> {
    const KNOWN: &[&str] = &[
        "and",
        "or",
        "not",
        "(",
        ")",
        "=",
        "!=",
        "~",
        "!~",
        "<",
        "<=",
        ">",
        ">=",
        "\"",
        "'",
        " ",
        "type",
        "vendor",
        "mac",
        "class",
        "confidence",
        "firmware",
        "infusion_pump",
        "yes",
        "3.10",
        "1e999",
        "NaN",
        "-0",
        ".",
        "é",
        "ß",
        "İ",
        "\u{0}",
    ];
    prop_oneof![8 => select(KNOWN).prop_map(str::to_owned), 1 => any::<char>().prop_map(String::from)]
}

/// Any text is a filter or a fault with its place, and a filter and its opposite never both pass.
fn check(text: &str) {
    match Filter::parse(text) {
        Ok(filter) => {
            let passes = filter.passes(&device(), &["smb1"]);
            assert_ne!(Filter::Not(Box::new(filter)).passes(&device(), &["smb1"]), passes);
            assert_eq!(
                Filter::parse(&format!(" ( {text} ) ")).map(|same| same.passes(&device(), &["smb1"])),
                Ok(passes)
            );
        }
        Err(error) => {
            assert!((1..=text.chars().count() + 1).contains(&error.column), "{error}");
            assert!(!error.what.is_empty());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(50_000))]

    #[test]
    fn any_pieces_are_a_filter_or_a_fault_with_its_place(pieces in prop::collection::vec(piece(), 0..24)) {
        check(&pieces.concat());
        check(&pieces.join(" "));
    }

    #[test]
    fn expressions_mean_what_their_parts_mean(expression in expression()) {
        let filter = Filter::parse(&expression.text);
        let passes = filter.map(|filter| filter.passes(&device(), &["smb1"]));
        prop_assert_eq!(passes, Ok(expression.passes), "{}", expression.text);
    }
}
