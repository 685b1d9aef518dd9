//! Which devices a request asks for: parameters, and the filter language `word = value and word ~ value`.

use model::DeviceType;
use store::{DeviceQuery, Sort};

use crate::extract::Parameters;
use crate::problem::{Answer, Problem};

/// Parameters that choose devices.
const CHOICE: &[&str] = &["filter", "q", "lifecycle", "class", "type", "manufacturer", "unknown"];
/// Parameters of pages.
pub(super) const PAGE: &[&str] = &["cursor", "limit"];
/// Words of the language.
const WORDS: &str = "class, external, ip, lifecycle, mac, manufacturer, model, name, quarantined, serial, type, unknown, weakness";
/// What lists are sorted by.
const SORTS: &str =
    "clinical_class, device_type, first_seen, last_seen, lifecycle, location, manufacturer, name, os, serial";
/// Entries of a page unless the request says otherwise, and at most.
const LIMIT: u32 = 50;
const LIMIT_MAX: u32 = 500;
/// Conditions in one filter, and characters of it or of a search.
const CONDITIONS_MAX: usize = 20;
const TEXT_MAX: usize = 1000;

/// One condition.
#[derive(Debug, PartialEq, Eq)]
struct Condition<'a> {
    word: &'a str,
    operator: &'a str,
    value: &'a str,
}

/// The devices that a list asks for.
pub(super) fn list(parameters: Parameters) -> Answer<DeviceQuery> {
    let names = [CHOICE, PAGE, &["sort"]].concat();
    let parameters = parameters.only(&names)?;
    let mut query = choice(&parameters)?;
    (query.sort, query.descending) = sort(parameters.one("sort")?.unwrap_or("-last_seen"))?;
    query.cursor = parameters.parsed("cursor")?;
    query.limit = limit(&parameters)?;
    Ok(query)
}

/// The devices that facets are counted of.
pub(super) fn facets(parameters: Parameters) -> Answer<DeviceQuery> {
    choice(&parameters.only(CHOICE)?)
}

/// Entries that a page shall have.
pub(super) fn limit(parameters: &Parameters) -> Answer<u32> {
    match parameters.parsed::<u32>("limit")? {
        Some(limit @ 1..=LIMIT_MAX) => Ok(limit),
        Some(_) => Err(Problem::invalid("/limit", format!("it is between 1 and {LIMIT_MAX}"))),
        None => Ok(LIMIT),
    }
}

fn choice(parameters: &Parameters) -> Answer<DeviceQuery> {
    let (device_type, untyped) = types(parameters)?;
    let unknown = parameters.one("unknown")?.map(|value| flag("/unknown", value)).transpose()?;
    let mut query = DeviceQuery {
        lifecycle: parameters.all_parsed("lifecycle")?,
        clinical_class: parameters.all_parsed("class")?,
        device_type,
        manufacturer: parameters.all("manufacturer").map(str::to_owned).collect(),
        unknown: unknown.or(untyped),
        search: short("/q", parameters.one("q")?.unwrap_or_default())?.to_owned(),
        ..DeviceQuery::default()
    };
    for condition in parse(short("/filter", parameters.one("filter")?.unwrap_or_default())?)? {
        condition.narrow(&mut query)?;
    }
    Ok(query)
}

/// Types, or `unknown` alone: those without one.
fn types(parameters: &Parameters) -> Answer<(Vec<DeviceType>, Option<bool>)> {
    let words: Vec<&str> = parameters.all("type").collect();
    match words.as_slice() {
        ["unknown"] => Ok((Vec::new(), Some(true))),
        words if words.contains(&"unknown") => {
            Err(Problem::invalid("/type", "`unknown` stands alone, not beside other types"))
        }
        _ => Ok((parameters.all_parsed("type")?, None)),
    }
}

fn short<'a>(pointer: &'static str, text: &'a str) -> Answer<&'a str> {
    let refuse = || Problem::invalid(pointer, format!("it is longer than {TEXT_MAX} bytes"));
    (text.len() <= TEXT_MAX).then_some(text).ok_or_else(refuse)
}

fn flag(pointer: &'static str, value: &str) -> Answer<bool> {
    match value {
        "true" | "yes" => Ok(true),
        "false" | "no" => Ok(false),
        _ => Err(Problem::invalid(pointer, format!("`{value}` is neither `true` nor `false`"))),
    }
}

fn sort(text: &str) -> Answer<(Sort, bool)> {
    let (column, descending) = text.strip_prefix('-').map_or((text, false), |column| (column, true));
    let sort = match column {
        "last_seen" => Sort::LastSeen,
        "first_seen" => Sort::FirstSeen,
        "name" => Sort::Name,
        "manufacturer" => Sort::Manufacturer,
        "device_type" => Sort::DeviceType,
        "clinical_class" => Sort::ClinicalClass,
        "os" => Sort::Os,
        "serial" => Sort::Serial,
        "location" => Sort::Location,
        "lifecycle" => Sort::Lifecycle,
        _ => {
            let detail =
                format!("there is no sorting by `{column}`; there are {SORTS}, and `-` turns it round");
            return Err(Problem::invalid("/sort", detail));
        }
    };
    Ok((sort, descending))
}

/// Conditions with `and` between them.
fn parse(text: &str) -> Answer<Vec<Condition<'_>>> {
    let mut conditions = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        if !conditions.is_empty() {
            rest = word(rest)
                .filter(|(word, _)| word.eq_ignore_ascii_case("and"))
                .map(|(_, rest)| rest)
                .ok_or_else(|| expected("`and`", rest))?;
        }
        let (condition, after) = condition(rest)?;
        conditions.push(condition);
        rest = after;
        if conditions.len() > CONDITIONS_MAX {
            let detail = format!("it has more than {CONDITIONS_MAX} conditions");
            return Err(Problem::invalid("/filter", detail));
        }
    }
    Ok(conditions)
}

fn condition(text: &str) -> Answer<(Condition<'_>, &str)> {
    let (word, rest) = word(text).ok_or_else(|| expected("a condition such as `class=support`", text))?;
    let operators = ["!=", "=", "~"];
    let found = operators.iter().find_map(|operator| Some((*operator, rest.strip_prefix(operator)?)));
    let (operator, rest) = found.ok_or_else(|| expected("`=` or `~`", rest))?;
    let rest = rest.trim_start();
    let quoted = rest.strip_prefix('"').and_then(|rest| rest.split_once('"'));
    let (value, rest) = match quoted {
        Some(quoted) => quoted,
        None if rest.starts_with('"') => return Err(expected("a closing `\"`", "")),
        None => rest.split_once(char::is_whitespace).unwrap_or((rest, "")),
    };
    if value.is_empty() {
        return Err(expected("a value", rest));
    }
    Ok((Condition { word, operator, value }, rest.trim_start()))
}

/// A word and what comes after it and spaces.
fn word(text: &str) -> Option<(&str, &str)> {
    let end =
        text.find(|symbol: char| !(symbol.is_ascii_alphabetic() || symbol == '_')).unwrap_or(text.len());
    let (word, rest) = text.split_at_checked(end)?;
    (!word.is_empty()).then(|| (word, rest.trim_start()))
}

fn expected(what: &str, at: &str) -> Problem {
    let at: String = at.chars().take(20).collect();
    let place = if at.is_empty() { "at the end".to_owned() } else { format!("at `{at}`") };
    Problem::invalid("/filter", format!("expected {what} {place}"))
}

impl Condition<'_> {
    fn narrow(&self, query: &mut DeviceQuery) -> Answer<()> {
        let Self { word, operator, value } = *self;
        match (word, operator) {
            ("lifecycle", "=") => query.lifecycle = vec![parsed(value)?],
            ("class", "=") => query.clinical_class = vec![parsed(value)?],
            ("type", "=") => query.device_type = vec![parsed(value)?],
            ("manufacturer", "=") => query.manufacturer = vec![value.to_owned()],
            ("weakness", "=") => query.weakness = vec![parsed(value)?],
            ("external", "=") => query.external = Some(flag("/filter", value)?),
            ("quarantined", "=") => query.quarantined = Some(flag("/filter", value)?),
            ("unknown", "=") => query.unknown = Some(flag("/filter", value)?),
            ("name" | "ip" | "mac" | "serial" | "model" | "manufacturer", "~") => {
                query.search.push(' ');
                query.search.push_str(value);
            }
            ("lifecycle" | "class" | "type" | "external" | "quarantined" | "unknown" | "weakness", _) => {
                let detail = format!("`{word}` is only compared by `=`, not by `{operator}`");
                return Err(Problem::invalid("/filter", detail));
            }
            ("name" | "ip" | "mac" | "serial" | "model" | "manufacturer", _) => {
                let detail = format!("`{word}` is only compared by `~`, not by `{operator}`");
                return Err(Problem::invalid("/filter", detail));
            }
            _ => {
                let detail = format!("unknown word `{word}`; known are {WORDS}");
                return Err(Problem::invalid("/filter", detail));
            }
        }
        Ok(())
    }
}

fn parsed<T: std::str::FromStr<Err: std::fmt::Display>>(value: &str) -> Answer<T> {
    value.parse().map_err(|error: T::Err| Problem::invalid("/filter", error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_joined_by_and() {
        let parsed = parse(r#"class = support and name~"ward 3" and external=no"#).expect("a filter");
        let words: Vec<_> = parsed.iter().map(|c| (c.word, c.operator, c.value)).collect();
        assert_eq!(words, [("class", "=", "support"), ("name", "~", "ward 3"), ("external", "=", "no")]);
        assert!(parse("  ").expect("nothing").is_empty());
    }

    #[test]
    fn what_is_not_understood_is_named() {
        for text in
            ["class", "class=", "= support", "class=support or x=y", "name~\"open", "class=support and"]
        {
            assert!(parse(text).is_err(), "{text}");
        }
        for text in ["zone=icu", "class~support", "class=nothing", "external=maybe", "name!=x"] {
            let conditions = parse(text).expect("a filter");
            assert!(conditions[0].narrow(&mut DeviceQuery::default()).is_err(), "{text}");
        }
    }
}
