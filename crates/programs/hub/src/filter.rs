//! The filter language: `class=support and not (zone=vlan-12 or name~"ward 3")`.
//!
//! A comparison is a word, an operator (`=`, `!=`, `~` contains, `!~`; `<` and `>=` for times) and a value, which may
//! stand in quotes. Comparisons are joined by `and`, `or`, `not` and parentheses; `and` binds closer than `or`.
//! Capitals do not count; `unknown` is the value of what is not known.

use std::fmt;
use std::str::FromStr;

use model::Zone;
use store::{AddressField, Condition, Filter, Label, Matching, Order, SeenField, TextField};

/// Where a filter is wrong, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("character {column}: {what}")]
pub(crate) struct FilterError {
    /// Character, counted from 1.
    pub(crate) column: usize,
    /// What is wrong, and what would be right.
    pub(crate) what: String,
}

/// Words of the language.
const WORDS: &[&str] = &[
    "class",
    "external",
    "first_seen",
    "ip",
    "label",
    "last_seen",
    "lifecycle",
    "location",
    "mac",
    "manufacturer",
    "model",
    "name",
    "os",
    "quarantined",
    "serial",
    "type",
    "unknown",
    "weakness",
    "zone",
];
/// The longer ones first, so that none hides another.
const OPERATORS: &[(&str, Operator)] = &[
    ("!=", Operator::NotEqual),
    ("!~", Operator::ContainsNot),
    (">=", Operator::From),
    ("=", Operator::Equal),
    ("~", Operator::Contains),
    ("<", Operator::Before),
];
/// Parentheses may nest this deep.
const DEPTH_MAX: usize = 32;
/// Comparisons in one filter.
const COMPARISONS_MAX: usize = 50;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Contains,
    ContainsNot,
    Before,
    From,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(String),
    Quoted(String),
    Operator(Operator),
    Open,
    Close,
}

/// Tokens with their places, and the next one.
struct Parser {
    tokens: Vec<(usize, Token)>,
    next: usize,
    end: usize,
    comparisons: usize,
}

/// Reads a filter; nothing but spaces is everything.
///
/// # Errors
/// The first place that cannot be understood.
pub(crate) fn parse(text: &str) -> Result<Filter, FilterError> {
    let tokens = tokens(text)?;
    if tokens.is_empty() {
        return Ok(Filter::All(Vec::new()));
    }
    let mut parser = Parser { tokens, next: 0, end: text.chars().count() + 1, comparisons: 0 };
    let filter = parser.alternatives(0)?;
    match parser.peek() {
        None => Ok(filter),
        Some(_) => Err(parser.fault("expected `and`, `or` or the end")),
    }
}

impl Parser {
    fn alternatives(&mut self, depth: usize) -> Result<Filter, FilterError> {
        let mut all = vec![self.conjunction(depth)?];
        while self.take_word("or") {
            all.push(self.conjunction(depth)?);
        }
        Ok(one_or(all, Filter::Any))
    }

    fn conjunction(&mut self, depth: usize) -> Result<Filter, FilterError> {
        let mut all = vec![self.term(depth)?];
        while self.take_word("and") {
            all.push(self.term(depth)?);
        }
        Ok(one_or(all, Filter::All))
    }

    fn term(&mut self, depth: usize) -> Result<Filter, FilterError> {
        if depth > DEPTH_MAX {
            return Err(self.fault(format!("nested deeper than {DEPTH_MAX}")));
        }
        if self.take_word("not") {
            return Ok(Filter::Not(Box::new(self.term(depth + 1)?)));
        }
        if self.peek() != Some(&Token::Open) {
            return self.comparison();
        }
        self.next += 1;
        let inner = self.alternatives(depth + 1)?;
        if self.peek() != Some(&Token::Close) {
            return Err(self.fault("expected `)`"));
        }
        self.next += 1;
        Ok(inner)
    }

    fn comparison(&mut self) -> Result<Filter, FilterError> {
        self.comparisons += 1;
        if self.comparisons > COMPARISONS_MAX {
            return Err(self.fault(format!("more than {COMPARISONS_MAX} comparisons")));
        }
        let Some(Token::Word(word)) = self.peek().cloned() else {
            return Err(self.fault("expected a comparison such as `class=support`"));
        };
        let word = word.to_lowercase();
        if !WORDS.contains(&word.as_str()) {
            return Err(self.fault(format!("unknown word `{word}`; known are {}", WORDS.join(", "))));
        }
        self.next += 1;
        let Some(Token::Operator(operator)) = self.peek().cloned() else {
            return Err(self.fault(format!("expected an operator such as `=` after `{word}`")));
        };
        let at = self.next;
        self.next += 1;
        let value = match self.peek().cloned() {
            Some(Token::Word(value) | Token::Quoted(value)) => value,
            Some(Token::Operator(_) | Token::Open | Token::Close) | None => {
                return Err(self.fault(format!("expected a value for `{word}`")));
            }
        };
        let condition = condition(&word, operator, &value).map_err(|wrong| match wrong {
            Wrong::Operator(what) => self.fault_at(at, what),
            Wrong::Value(what) => self.fault(what),
        })?;
        self.next += 1;
        let is_no = word == "unknown" && flag(&value.to_lowercase()).is_ok_and(|is| !is);
        let is_turned = matches!(operator, Operator::NotEqual | Operator::ContainsNot) != is_no;
        let filter = Filter::Is(condition);
        Ok(if is_turned { Filter::Not(Box::new(filter)) } else { filter })
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next).map(|(_, token)| token)
    }

    fn take_word(&mut self, word: &str) -> bool {
        let is_it = matches!(self.peek(), Some(Token::Word(found)) if found.eq_ignore_ascii_case(word));
        self.next += usize::from(is_it);
        is_it
    }

    fn fault(&self, what: impl Into<String>) -> FilterError {
        self.fault_at(self.next, what)
    }

    fn fault_at(&self, token: usize, what: impl Into<String>) -> FilterError {
        let column = self.tokens.get(token).map_or(self.end, |(column, _)| *column);
        FilterError { column, what: what.into() }
    }
}

/// What is wrong with a comparison.
enum Wrong {
    Operator(String),
    Value(String),
}

fn condition(word: &str, operator: Operator, value: &str) -> Result<Condition, Wrong> {
    if let Some(field) = TextField::ALL.iter().copied().find(|field| field.name() == word) {
        return Ok(Condition::Text(field, matching(word, operator)?, value.to_owned()));
    }
    match word {
        "ip" | "mac" => {
            let field = if word == "ip" { AddressField::Ip } else { AddressField::Mac };
            let matching = matching(word, operator)?;
            Ok(Condition::Address(field, matching, address(field, matching, value)?))
        }
        "first_seen" => Ok(Condition::Seen(SeenField::First, order(word, operator)?, parsed(value)?)),
        "last_seen" => Ok(Condition::Seen(SeenField::Last, order(word, operator)?, parsed(value)?)),
        _ => {
            if !matches!(operator, Operator::Equal | Operator::NotEqual) {
                return Err(Wrong::Operator(format!("`{word}` is only compared by `=` and `!=`")));
            }
            choice(word, &value.to_lowercase())
        }
    }
}

/// Words of a vocabulary.
fn choice(word: &str, value: &str) -> Result<Condition, Wrong> {
    match word {
        "lifecycle" => parsed(value).map(Condition::Lifecycle),
        "class" => parsed(value).map(Condition::Class),
        "type" if value == "unknown" => Ok(Condition::Type(None)),
        "type" => parsed(value).map(|kind| Condition::Type(Some(kind))),
        "weakness" => parsed(value).map(Condition::Weakness),
        "zone" => parsed::<Zone>(value).map(Condition::Zone),
        "label" => Label::new(value).map(Condition::Label).map_err(|error| Wrong::Value(error.to_string())),
        "external" => flag(value).map(Condition::External),
        "quarantined" => flag(value).map(Condition::Quarantined),
        // Whether the type is unknown, as the parameter of this name; `no` turns it round.
        "unknown" => flag(value).map(|_| Condition::Type(None)),
        _ => Err(Wrong::Value(format!("nothing is compared with `{word}`"))),
    }
}

fn matching(word: &str, operator: Operator) -> Result<Matching, Wrong> {
    match operator {
        Operator::Equal | Operator::NotEqual => Ok(Matching::Equal),
        Operator::Contains | Operator::ContainsNot => Ok(Matching::Contains),
        Operator::Before | Operator::From => {
            Err(Wrong::Operator(format!("`{word}` is compared by `=`, `!=`, `~` and `!~`")))
        }
    }
}

fn order(word: &str, operator: Operator) -> Result<Order, Wrong> {
    match operator {
        Operator::Before => Ok(Order::Before),
        Operator::From => Ok(Order::From),
        Operator::Equal | Operator::NotEqual | Operator::Contains | Operator::ContainsNot => {
            Err(Wrong::Operator(format!("`{word}` is compared by `<` and `>=`")))
        }
    }
}

/// A whole address as addresses are written; a part of one as it is given.
fn address(field: AddressField, matching: Matching, value: &str) -> Result<String, Wrong> {
    if matching == Matching::Contains {
        return Ok(value.to_lowercase());
    }
    match field {
        AddressField::Ip => parsed::<std::net::IpAddr>(value).map(|ip| ip.to_string()),
        AddressField::Mac => parsed::<model::MacAddr>(value).map(|mac| mac.to_string()),
    }
}

fn flag(value: &str) -> Result<bool, Wrong> {
    match value {
        "true" | "yes" => Ok(true),
        "false" | "no" => Ok(false),
        _ => Err(Wrong::Value(format!("`{value}` is neither `yes` nor `no`"))),
    }
}

fn parsed<T: FromStr<Err: fmt::Display>>(value: &str) -> Result<T, Wrong> {
    value.parse().map_err(|error: T::Err| Wrong::Value(error.to_string()))
}

fn one_or(mut all: Vec<Filter>, join: fn(Vec<Filter>) -> Filter) -> Filter {
    match (all.len(), all.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            all.extend(last);
            join(all)
        }
    }
}

fn tokens(text: &str) -> Result<Vec<(usize, Token)>, FilterError> {
    let mut tokens = Vec::new();
    let mut rest = text;
    let mut column = 1;
    while let Some(first) = rest.chars().next() {
        let (token, length) = token(first, rest).map_err(|what| FilterError { column, what })?;
        tokens.extend(token.map(|token| (column, token)));
        column += length;
        let bytes = rest.char_indices().nth(length).map_or(rest.len(), |(place, _)| place);
        rest = rest.get(bytes..).unwrap_or_default();
    }
    Ok(tokens)
}

/// The token at the beginning, none for a space, and how many characters it takes.
fn token(first: char, rest: &str) -> Result<(Option<Token>, usize), String> {
    match first {
        _ if first.is_whitespace() => return Ok((None, 1)),
        '(' => return Ok((Some(Token::Open), 1)),
        ')' => return Ok((Some(Token::Close), 1)),
        '"' | '\'' => {
            let inner: String = rest.chars().skip(1).take_while(|next| *next != first).collect();
            let length = inner.chars().count() + 2;
            let is_closed = rest.chars().nth(length - 1) == Some(first);
            return is_closed
                .then_some((Some(Token::Quoted(inner)), length))
                .ok_or_else(|| format!("the quote {first} is not closed"));
        }
        _ => {}
    }
    if let Some((name, operator)) = OPERATORS.iter().find(|(name, _)| rest.starts_with(name)) {
        return Ok((Some(Token::Operator(*operator)), name.len()));
    }
    let word: String = rest.chars().take_while(|next| is_word(*next)).collect();
    let length = word.chars().count();
    if length == 0 {
        Err(format!("`{first}` means nothing here"))
    } else {
        Ok((Some(Token::Word(word)), length))
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || "_-.:/*%+@#".contains(c)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{Just, Strategy, any, prop_assert_eq, prop_oneof, proptest};

    use super::*;

    fn text(filter: &str) -> String {
        parse(filter).unwrap_or_else(|error| panic!("{filter}: {error}")).to_string()
    }

    #[test]
    fn and_binds_closer_than_or_and_not_closest() {
        for (given, read) in [
            ("", "()"),
            ("class=support", "class=support"),
            (r#"class = Support and name~"ward 3""#, r#"(class=support and name~"ward 3")"#),
            (
                "type=unknown or external=no and quarantined=yes",
                "(type=unknown or (external=no and quarantined=yes))",
            ),
            ("not (zone=vlan-12 OR zone=10.0.1.0/24)", "not (zone=vlan-12 or zone=10.0.1.0/24)"),
            ("unknown=no", "not type=unknown"),
            ("unknown!=no", "type=unknown"),
            ("name!=x and ip=10.0.0.1", r#"(not name="x" and ip="10.0.0.1")"#),
            ("mac=00-09-FB-00-00-01", r#"mac="00:09:fb:00:00:01""#),
            ("first_seen>=2026-01-01T00:00:00Z", "first_seen>=2026-01-01T00:00:00.000000Z"),
        ] {
            assert_eq!(text(given), read, "{given}");
        }
    }

    #[test]
    fn what_is_not_understood_is_named_with_its_place() {
        for (given, column, part) in [
            ("class", 6, "operator"),
            ("class=", 7, "a value"),
            ("= support", 1, "comparison"),
            ("class=support or colour=red", 18, "unknown word `colour`"),
            ("name~\"open", 6, "not closed"),
            ("class=support and", 18, "comparison"),
            ("zone=icu", 6, "no zone"),
            ("class~support", 6, "only compared by `=`"),
            ("class=nothing", 7, "nothing"),
            ("external=maybe", 10, "neither"),
            ("(class=support", 15, "`)`"),
            ("class=support)", 14, "the end"),
            ("class=support name=x", 15, "the end"),
            ("name;x", 5, "means nothing"),
            ("\u{e9}=1 ", 1, "unknown word"),
            ("last_seen=now", 10, "`<`"),
            ("last_seen<now", 11, "now"),
        ] {
            let error = parse(given).expect_err(given);
            assert_eq!(error.column, column, "{given}: {error}");
            assert!(error.to_string().contains(part), "{given}: {error}");
        }
        let deep = format!("{}class=support{}", "(".repeat(40), ")".repeat(40));
        assert!(parse(&deep).expect_err("deep").what.contains("nested"));
        let long = vec!["external=no"; 60].join(" or ");
        assert!(parse(&long).expect_err("long").what.contains("comparisons"));
    }

    fn conditions() -> impl Strategy<Value = Filter> {
        let condition = prop_oneof![
            Just(Condition::Class(model::ClinicalClass::Unknown)),
            Just(Condition::Type(None)),
            Just(Condition::Zone(Zone::Outside)),
            any::<bool>().prop_map(Condition::External),
            "[a-zA-Z0-9 ()=~!'\u{e9}\u{df}]{1,12}".prop_map(|value| Condition::Text(
                TextField::Name,
                Matching::Contains,
                value
            )),
            any::<u64>().prop_map(|nanos| {
                let at = model::Timestamp::from_nanos(nanos / 1_000 * 1_000);
                Condition::Seen(SeenField::Last, Order::Before, at)
            }),
        ];
        condition.prop_map(Filter::Is)
    }

    fn filters() -> impl Strategy<Value = Filter> {
        conditions().prop_recursive(3, 24, 3, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 2..4).prop_map(Filter::All),
                proptest::collection::vec(inner.clone(), 2..4).prop_map(Filter::Any),
                inner.prop_map(|filter| Filter::Not(Box::new(filter))),
            ]
        })
    }

    proptest! {
        #[test]
        fn every_filter_reads_back(filter in filters()) {
            prop_assert_eq!(parse(&filter.to_string()), Ok(filter));
        }

        #[test]
        fn no_text_makes_it_crash(noise in ".{0,60}") {
            if let Err(error) = parse(&noise) {
                proptest::prop_assert!(error.column <= noise.chars().count() + 1);
            }
        }
    }
}
