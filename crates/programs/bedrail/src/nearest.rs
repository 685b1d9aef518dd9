//! What a user may have meant: known names near a word that is none of them.

/// At most `most` of `known` that are like `wanted`, nearest first.
#[must_use]
pub(crate) fn nearest<'k>(wanted: &str, known: impl Iterator<Item = &'k str>, most: usize) -> Vec<&'k str> {
    let wanted = wanted.to_lowercase();
    let bound = (wanted.chars().count() / 4).max(2);
    let mut near: Vec<(usize, &str)> = known
        .filter_map(|name| {
            let lower = name.to_lowercase();
            let is_part = wanted.len() >= PART_MIN && (lower.contains(&wanted) || wanted.contains(&lower));
            let far = if is_part { 1 } else { distance(&wanted, &lower) };
            (far <= bound).then_some((far, name))
        })
        .collect();
    near.sort_unstable();
    near.dedup();
    near.into_iter().take(most).map(|(_, name)| name).collect()
}

/// `; did you mean ...?` for the nearest of `known`, nothing when none is near.
#[must_use]
pub(crate) fn suggestion<'k>(wanted: &str, known: impl Iterator<Item = &'k str>) -> String {
    let near: Vec<String> = nearest(wanted, known, 3).iter().map(|name| format!("`{name}`")).collect();
    if near.is_empty() { String::new() } else { format!("; did you mean {}?", near.join(" or ")) }
}

/// How many characters have to be put in, taken out or replaced (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (line, from) in (1..).zip(a.chars()) {
        let mut left = line;
        let mut corner = line - 1;
        for (above, to) in row.iter_mut().skip(1).zip(&b) {
            let least = (corner + usize::from(from != *to)).min(left + 1).min(*above + 1);
            corner = std::mem::replace(above, least);
            left = least;
        }
        if let Some(first) = row.first_mut() {
            *first = line;
        }
    }
    row.last().copied().unwrap_or_default()
}

/// A shorter word is part of too many names.
const PART_MIN: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_the_changes_between_two_words() {
        for (a, b, far) in [("kitten", "sitting", 3), ("", "abc", 3), ("pump", "pump", 0), ("ab", "ba", 2)] {
            assert_eq!(distance(a, b), far, "{a} {b}");
        }
    }

    #[test]
    fn names_what_is_near_and_not_what_is_far() {
        let known = ["infusion_pump", "insulin_pump", "printer"];
        assert_eq!(nearest("infusionpump", known.into_iter(), 3), ["infusion_pump"]);
        assert_eq!(nearest("10.0.0.12", ["10.0.0.126", "192.168.1.4"].into_iter(), 3), ["10.0.0.126"]);
        assert!(suggestion("xyz", known.into_iter()).is_empty());
    }
}
