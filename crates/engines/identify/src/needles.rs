//! Which rules can be about a value at all: one pass over it finds the texts that the rules need.
//!
//! Of some hundred rules that read a field, a value passes one or two. Nearly every test needs some text to be in the
//! value; all these texts make one automaton for each field, so the rest is never asked and its pattern never built.

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Hir, HirKind};

/// The texts that the rules of one field need.
#[derive(Debug)]
pub(crate) struct Needles {
    automaton: Option<AhoCorasick>,
    /// The rule of each pattern, as a place in the list of rules of the field.
    owners: Vec<usize>,
    /// Rules that need no text.
    always: Vec<usize>,
}

impl Needles {
    /// The texts of each rule of a field, in order; `None` for a rule that has to be asked every time.
    pub(crate) fn new(rules: impl Iterator<Item = Option<Vec<String>>>) -> Self {
        let (mut texts, mut owners, mut always) = (Vec::new(), Vec::new(), Vec::new());
        for (place, needles) in rules.enumerate() {
            match needles {
                Some(needles) => {
                    owners.extend(needles.iter().map(|_| place));
                    texts.extend(needles);
                }
                None => always.push(place),
            }
        }
        let built = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::NoncontiguousNFA))
            .ascii_case_insensitive(true)
            .build(&texts);
        match built {
            Ok(automaton) => Self { automaton: Some(automaton), owners, always },
            // Too many texts for an automaton: every rule is asked.
            Err(_) => {
                always.extend(owners);
                always.sort_unstable();
                always.dedup();
                Self { automaton: None, owners: Vec::new(), always }
            }
        }
    }

    /// Places of the rules that can be about `value`, in order.
    pub(crate) fn candidates(&self, value: &str) -> Vec<usize> {
        let mut found = self.always.clone();
        if let Some(automaton) = &self.automaton {
            let hits = automaton.find_overlapping_iter(value);
            found.extend(hits.filter_map(|hit| self.owners.get(hit.pattern().as_usize())));
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// Texts of which every match of a pattern contains one; `None` when the pattern names none.
pub(crate) fn of_pattern(pattern: &str) -> Option<Vec<String>> {
    let hir = ParserBuilder::new().build().parse(pattern).ok()?;
    let all = required(&hir)?.into_iter().map(String::from_utf8);
    all.map(|needle| needle.ok().filter(|needle| needle.len() >= NEEDLE_MIN)).collect()
}

/// The longest texts of which one is in every match.
fn required(hir: &Hir) -> Option<Vec<Vec<u8>>> {
    match hir.kind() {
        HirKind::Literal(literal) => Some(vec![literal.0.to_vec()]),
        HirKind::Capture(capture) => required(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => required(&repetition.sub),
        HirKind::Concat(parts) => {
            let shortest = |all: &Vec<Vec<u8>>| all.iter().map(Vec::len).min();
            parts.iter().filter_map(required).max_by_key(shortest)
        }
        HirKind::Alternation(parts) => {
            let all: Option<Vec<Vec<Vec<u8>>>> = parts.iter().map(required).collect();
            all.map(|all| all.concat())
        }
        HirKind::Empty | HirKind::Class(_) | HirKind::Look(_) | HirKind::Repetition(_) => None,
    }
}

/// A shorter text is in too many values to sort out any.
const NEEDLE_MIN: usize = 2;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_every_match_contains_is_found() {
        let of = |pattern| of_pattern(pattern).unwrap_or_default();
        assert_eq!(of("^Philips ([A-Z]+) mon"), ["Philips "]);
        assert_eq!(of("^(?:alaris|plum) [0-9]+"), ["alaris", "plum"]);
        assert_eq!(of("^v?([0-9.]+)$"), [""; 0]);
        assert_eq!(of("(?:abc)?[0-9]+|xyz"), [""; 0]);
        assert_eq!(of("(?:abc)+"), ["abc"]);
    }

    #[test]
    fn a_rule_is_a_candidate_when_one_of_its_texts_is_there_in_either_case() {
        let all = [Some(vec!["siemens".to_owned(), "sie".to_owned()]), None, Some(vec!["ge".to_owned()])];
        let needles = Needles::new(all.into_iter());
        assert_eq!(needles.candidates("SIEMENS GE"), [0, 1, 2]);
        assert_eq!(needles.candidates("sie"), [0, 1]);
        assert_eq!(needles.candidates(""), [1]);
    }
}
