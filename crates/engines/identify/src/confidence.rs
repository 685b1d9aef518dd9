//! How reasons become a confidence. `docs/identity.md` explains it with an example.
//!
//! 1. A reason has a weight: how often a statement of this kind is right when it stands alone.
//! 2. Reasons from one source (the protocol of the field) are not independent: only the strongest of a source counts.
//! 3. Sources are taken as independent: support = 1 - product of (1 - weight), the noisy-or.
//! 4. A rival (a value that excludes this one) takes away half of what it is supported by:
//!    confidence = support x (1 - rival / 2), with the strongest rival.
//! 5. A special device type is helped by what speaks for its general one ([`specialise`]).
//! 6. Nothing that is read from packets is certain: the ceiling is [`CEILING`].

use std::collections::BTreeMap;

use model::{Confidence, Evidence};

/// No confidence is above this; every station on the wire can lie.
pub const CEILING: f64 = 0.99;

/// Share of a rival's support that is lost.
const RIVAL_SHARE: f64 = 0.5;

/// How far the reasons alone carry a value.
#[must_use]
pub fn support(evidence: &[Evidence]) -> Confidence {
    let mut strongest: BTreeMap<&str, f64> = BTreeMap::new();
    for reason in evidence {
        let weight = strongest.entry(source_of(reason)).or_default();
        *weight = weight.max(reason.weight.get());
    }
    let doubt: f64 = strongest.values().map(|weight| 1.0 - weight).product();
    Confidence::new((1.0 - doubt).min(CEILING))
}

/// What is left of `support` beside the strongest value that excludes it.
#[must_use]
pub fn against(support: Confidence, rival: Confidence) -> Confidence {
    Confidence::new(support.get() * (1.0 - RIVAL_SHARE * rival.get()))
}

/// What a special type is supported by when `general` speaks for a more general one of it.
///
/// Half of the other explanations of what speaks for the special type are taken to lie outside the general one:
/// own / (own + (1 - own) x (1 - general / 2)). It grows with both, and without own support it stays 0.
#[must_use]
pub fn specialise(own: Confidence, general: Confidence) -> Confidence {
    let others = (1.0 - own.get()) * (1.0 - OUTSIDE_SHARE * general.get());
    let whole = own.get() + others;
    Confidence::new(if whole > 0.0 { (own.get() / whole).min(CEILING) } else { 0.0 })
}

/// Share of the other explanations that lies outside the general type.
const OUTSIDE_SHARE: f64 = 0.5;

/// The source of a reason: the protocol of its field. The name of a server that a device calls is one source, whether it
/// is looked up, asked for in TLS or read in the certificate: one act makes all three. Multicast DNS is DNS,
/// and a certificate is one statement.
fn source_of(reason: &Evidence) -> &str {
    let field = reason.field.name();
    if CALLED_NAMES.contains(&field) {
        return "called name";
    }
    match field.split('.').next().unwrap_or_default() {
        "mdns" => "dns",
        "x509af" | "x509ce" => "x509",
        protocol => protocol,
    }
}

/// Fields that hold the name of a server that the device calls.
const CALLED_NAMES: &[&str] = &["dns.qry.name", "tls.asked_name", "dtls.asked_name", "x509ce.dNSName"];

#[cfg(test)]
mod tests {
    use model::Field;
    use proptest::prelude::*;

    use super::*;

    const FIELDS: [&str; 7] = [
        "dhcp.option.hostname",
        "dhcp.option.vendor_class_id",
        "dns.qry.name",
        "eth.addr",
        "tls.asked_name",
        "x509af.subject",
        "x509ce.GeneralName",
    ];

    fn reason(field: usize, weight: f64) -> Evidence {
        Evidence {
            frame: 1,
            field: Field::new(FIELDS[field % FIELDS.len()]),
            seen: "".into(),
            rule: "test".into(),
            weight: Confidence::new(weight),
        }
    }

    prop_compose! {
        fn reasons()(all in prop::collection::vec((0usize..5, 0.0f64..1.0), 0..8)) -> Vec<Evidence> {
            all.into_iter().map(|(field, weight)| reason(field, weight)).collect()
        }
    }

    proptest! {
        #[test]
        fn confidence_stays_between_nothing_and_the_ceiling(all in reasons(), rival in 0.0f64..1.0) {
            let left = against(support(&all), Confidence::new(rival)).get();
            prop_assert!((0.0..=CEILING).contains(&left));
        }

        #[test]
        fn another_reason_never_weakens(mut all in reasons(), field in 0usize..5, weight in 0.0f64..1.0) {
            let before = support(&all).get();
            all.push(reason(field, weight));
            prop_assert!(support(&all).get() >= before - 1e-12);
        }

        #[test]
        fn the_order_of_reasons_does_not_matter(all in reasons()) {
            let mut turned = all.clone();
            turned.reverse();
            prop_assert!((support(&all).get() - support(&turned).get()).abs() < 1e-12);
        }

        #[test]
        fn nothing_is_certain(all in reasons()) {
            prop_assert!(support(&all).get() <= CEILING);
        }

        #[test]
        fn a_stronger_rival_never_helps(own in 0.0f64..1.0, rival in 0.0f64..1.0, more in 0.0f64..1.0) {
            let own = Confidence::new(own);
            let weak = against(own, Confidence::new(rival));
            let strong = against(own, Confidence::new((rival + more).min(1.0)));
            prop_assert!(strong.get() <= weak.get() + 1e-12);
            prop_assert!(weak.get() <= own.get());
        }
    }

    proptest! {
        #[test]
        fn a_general_type_never_weakens_a_special_one(own in 0.0f64..1.0, general in 0.0f64..1.0, more in 0.0f64..1.0) {
            let alone = Confidence::new(own.min(CEILING));
            let some = specialise(alone, Confidence::new(general));
            let much = specialise(alone, Confidence::new((general + more).min(1.0)));
            prop_assert!(some.get() >= alone.get() - 1e-12 && much.get() >= some.get() - 1e-12);
            prop_assert!(much.get() <= CEILING);
        }
    }

    #[test]
    fn a_general_type_alone_makes_no_special_one() {
        assert!(specialise(Confidence::new(0.0), Confidence::new(0.9)).get() < 1e-12);
        assert!((specialise(Confidence::new(0.6), Confidence::new(0.8)).get() - 0.714).abs() < 0.001);
    }

    #[test]
    fn two_fields_of_one_protocol_count_once() {
        assert!((support(&[reason(0, 0.6), reason(1, 0.5)]).get() - 0.6).abs() < 1e-12);
    }

    #[test]
    fn a_certificate_counts_once() {
        assert!((support(&[reason(5, 0.6), reason(6, 0.5)]).get() - 0.6).abs() < 1e-12);
    }

    #[test]
    fn a_name_looked_up_and_then_called_counts_once() {
        assert!((support(&[reason(2, 0.6), reason(4, 0.5)]).get() - 0.6).abs() < 1e-12);
    }

    #[test]
    fn the_example_in_the_documentation_is_true() {
        let maker = support(&[reason(3, 0.65), reason(2, 0.8), reason(2, 0.75), reason(0, 0.8)]);
        assert!((maker.get() - 0.986).abs() < 1e-12, "{maker}");
        let kind = support(&[reason(2, 0.8), reason(0, 0.8)]);
        let rival = support(&[reason(3, 0.2)]);
        assert!((against(kind, rival).get() - 0.864).abs() < 1e-12);
        assert!((against(rival, kind).get() - 0.104).abs() < 1e-12);
    }

    #[test]
    fn two_protocols_add_up() {
        assert!((support(&[reason(0, 0.6), reason(2, 0.5)]).get() - 0.8).abs() < 1e-12);
    }
}
