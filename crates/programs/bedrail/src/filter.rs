//! The filter language: `type=infusion_pump and not (class=non_clinical or external=yes)`.
//!
//! A comparison is a field, an operator (`=`, `!=`, `~` contains, `!~`, `<`, `<=`, `>`, `>=`) and a word or a quoted
//! text. Comparisons are joined by `and`, `or`, `not` and parentheses. Letters match in either case. A field with
//! several values passes when one of them does; `unknown` is the value of what is not known.

use std::fmt;

use model::{AttributeName, ClinicalClass, DeviceType, Identity, Weakness};

use crate::nearest::suggestion;

/// A filter that was understood.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Filter {
    /// All of them.
    And(Vec<Filter>),
    /// One of them.
    Or(Vec<Filter>),
    /// Not it.
    Not(Box<Filter>),
    /// A comparison.
    Is(Comparison),
}

/// A field compared with a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Comparison {
    field: FilterField,
    operator: Operator,
    value: String,
}

/// A field of a device that can be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FilterField {
    Id,
    Mac,
    Ip,
    Class,
    External,
    Randomised,
    Weakness,
    Confidence,
    Attribute(AttributeName),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Contains,
    ContainsNot,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

/// Where a filter is wrong, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FilterError {
    /// Character, counted from 1.
    pub(crate) column: usize,
    /// What is wrong.
    pub(crate) what: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(String),
    Quoted(String),
    Operator(Operator),
    Open,
    Close,
}

/// Names that people would write, beside the attributes' own.
const FIELDS: &[(&str, FilterField)] = &[
    ("id", FilterField::Id),
    ("mac", FilterField::Mac),
    ("ip", FilterField::Ip),
    ("class", FilterField::Class),
    ("clinical_class", FilterField::Class),
    ("external", FilterField::External),
    ("randomised_mac", FilterField::Randomised),
    ("weakness", FilterField::Weakness),
    ("confidence", FilterField::Confidence),
    ("type", FilterField::Attribute(AttributeName::DeviceType)),
    ("name", FilterField::Attribute(AttributeName::Hostname)),
    ("vendor", FilterField::Attribute(AttributeName::Manufacturer)),
    ("software", FilterField::Attribute(AttributeName::SoftwareVersion)),
    ("firmware", FilterField::Attribute(AttributeName::FirmwareVersion)),
    ("service", FilterField::Attribute(AttributeName::ServiceOffered)),
    ("uses", FilterField::Attribute(AttributeName::ServiceUsed)),
];

const OPERATORS: &[(&str, Operator)] = &[
    ("!=", Operator::NotEqual),
    ("!~", Operator::ContainsNot),
    ("<=", Operator::AtMost),
    (">=", Operator::AtLeast),
    ("=", Operator::Equal),
    ("~", Operator::Contains),
    ("<", Operator::Less),
    (">", Operator::Greater),
];

/// Vocabularies up to this size are told whole.
const LISTED_MAX: usize = 8;
/// Parentheses may nest this deep.
const DEPTH_MAX: usize = 32;

impl Filter {
    /// Reads a filter.
    ///
    /// # Errors
    /// The first place that cannot be understood.
    pub(crate) fn parse(text: &str) -> Result<Self, FilterError> {
        let tokens = tokens(text)?;
        let mut parser = Parser { tokens: &tokens, next: 0, end: text.chars().count() + 1 };
        let filter = parser.alternatives(0)?;
        match parser.peek() {
            None => Ok(filter),
            Some(_) => Err(parser.fault("expected `and`, `or` or the end")),
        }
    }

    /// Whether a device passes; `weaknesses` are the names of those it showed.
    #[must_use]
    pub(crate) fn passes(&self, device: &Identity, weaknesses: &[&str]) -> bool {
        match self {
            Self::And(all) => all.iter().all(|filter| filter.passes(device, weaknesses)),
            Self::Or(all) => all.iter().any(|filter| filter.passes(device, weaknesses)),
            Self::Not(filter) => !filter.passes(device, weaknesses),
            Self::Is(comparison) => comparison.passes(device, weaknesses),
        }
    }
}

impl Comparison {
    fn passes(&self, device: &Identity, weaknesses: &[&str]) -> bool {
        let values = self.field.values(device, weaknesses);
        let any = |test: &dyn Fn(&str) -> bool| values.iter().any(|value| test(value));
        let wanted = self.value.to_lowercase();
        let holds = |value: &str| value.to_lowercase().contains(&wanted);
        match self.operator {
            Operator::Equal => {
                any(&|value| value.eq_ignore_ascii_case(&wanted) || value.to_lowercase() == wanted)
            }
            Operator::NotEqual => !any(&|value| value.to_lowercase() == wanted),
            Operator::Contains => any(&holds),
            Operator::ContainsNot => !any(&holds),
            Operator::Less => any(&|value| self.order(value).is_some_and(std::cmp::Ordering::is_lt)),
            Operator::AtMost => any(&|value| self.order(value).is_some_and(std::cmp::Ordering::is_le)),
            Operator::Greater => any(&|value| self.order(value).is_some_and(std::cmp::Ordering::is_gt)),
            Operator::AtLeast => any(&|value| self.order(value).is_some_and(std::cmp::Ordering::is_ge)),
        }
    }

    /// Numbers by size, versions part by part.
    fn order(&self, value: &str) -> Option<std::cmp::Ordering> {
        let parts =
            |text: &str| -> Option<Vec<u64>> { text.split('.').map(|part| part.parse().ok()).collect() };
        match (value.parse::<f64>(), self.value.parse::<f64>()) {
            (Ok(value), Ok(wanted)) => value.partial_cmp(&wanted),
            _ => Some(parts(value)?.cmp(&parts(&self.value)?)),
        }
    }
}

impl FilterField {
    fn named(name: &str) -> Option<Self> {
        let listed =
            FIELDS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, field)| *field);
        listed.or_else(|| name.to_lowercase().parse().ok().map(Self::Attribute))
    }

    /// Refuses a value that no device can have, so that a mistyped word does not look like an empty ward.
    fn check(self, value: &str) -> Result<(), String> {
        let (what, known): (&str, Vec<&str>) = match self {
            Self::Class => ("clinical class", ClinicalClass::ALL.iter().map(|class| class.name()).collect()),
            Self::Weakness => ("weakness", Weakness::ALL.iter().map(|weakness| weakness.name()).collect()),
            Self::Attribute(AttributeName::DeviceType) => {
                let kinds = DeviceType::ALL.iter().map(|kind| kind.name());
                ("device type", kinds.chain(["unknown"]).collect())
            }
            Self::External | Self::Randomised => ("answer to this", vec!["yes", "no"]),
            Self::Id | Self::Mac | Self::Ip | Self::Confidence | Self::Attribute(_) => return Ok(()),
        };
        if known.iter().any(|known| known.eq_ignore_ascii_case(value)) {
            return Ok(());
        }
        let near = suggestion(value, known.iter().copied());
        let all = if known.len() <= LISTED_MAX { format!("; there are {}", known.join(", ")) } else { near };
        Err(format!("`{value}` is no {what}{all}"))
    }

    fn values(self, device: &Identity, weaknesses: &[&str]) -> Vec<String> {
        let yes_no = |is: bool| vec![if is { "yes" } else { "no" }.to_owned()];
        match self {
            Self::Id => vec![device.id.clone()],
            Self::Mac => device.macs.iter().map(ToString::to_string).collect(),
            Self::Ip => device.ips.iter().map(ToString::to_string).collect(),
            Self::Class => vec![device.clinical_class.value.name().to_owned()],
            Self::External => yes_no(device.external),
            Self::Randomised => yes_no(device.randomised_mac),
            Self::Weakness => weaknesses.iter().map(ToString::to_string).collect(),
            Self::Confidence => {
                let best = device.best(AttributeName::DeviceType);
                vec![best.map_or(0.0, |best| best.confidence.get()).to_string()]
            }
            Self::Attribute(name) => attribute_values(device, name),
        }
    }
}

fn attribute_values(device: &Identity, name: AttributeName) -> Vec<String> {
    let all = device.all(name);
    let shown = if name.is_many() { all } else { all.get(..1).unwrap_or_default() };
    if shown.is_empty() {
        return vec!["unknown".to_owned()];
    }
    shown.iter().map(|value| value.value.clone()).collect()
}

struct Parser<'t> {
    tokens: &'t [(usize, Token)],
    next: usize,
    end: usize,
}

impl Parser<'_> {
    fn alternatives(&mut self, depth: usize) -> Result<Filter, FilterError> {
        let mut all = vec![self.conjunction(depth)?];
        while self.take_word("or") {
            all.push(self.conjunction(depth)?);
        }
        Ok(one_or(all, Filter::Or))
    }

    fn conjunction(&mut self, depth: usize) -> Result<Filter, FilterError> {
        let mut all = vec![self.term(depth)?];
        while self.take_word("and") {
            all.push(self.term(depth)?);
        }
        Ok(one_or(all, Filter::And))
    }

    fn term(&mut self, depth: usize) -> Result<Filter, FilterError> {
        if depth > DEPTH_MAX {
            return Err(self.fault("parentheses are nested too deep"));
        }
        if self.take_word("not") {
            return Ok(Filter::Not(Box::new(self.term(depth + 1)?)));
        }
        if self.peek() == Some(&Token::Open) {
            self.next += 1;
            let inner = self.alternatives(depth + 1)?;
            if self.peek() != Some(&Token::Close) {
                return Err(self.fault("expected `)`"));
            }
            self.next += 1;
            return Ok(inner);
        }
        self.comparison()
    }

    fn comparison(&mut self) -> Result<Filter, FilterError> {
        let Some(Token::Word(name)) = self.peek().cloned() else {
            return Err(self.fault("expected a field"));
        };
        let Some(field) = FilterField::named(&name) else {
            return Err(self.fault(&unknown_field(&name)));
        };
        self.next += 1;
        let Some(Token::Operator(operator)) = self.peek().cloned() else {
            return Err(self.fault(&format!("expected an operator such as `=` after `{name}`")));
        };
        self.next += 1;
        let value = match self.peek().cloned() {
            Some(Token::Word(value) | Token::Quoted(value)) => value,
            Some(Token::Operator(_) | Token::Open | Token::Close) | None => {
                return Err(self.fault(&format!("expected a value for `{name}`")));
            }
        };
        if matches!(operator, Operator::Equal | Operator::NotEqual) {
            field.check(&value).map_err(|what| self.fault(&what))?;
        }
        self.next += 1;
        Ok(Filter::Is(Comparison { field, operator, value }))
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next).map(|(_, token)| token)
    }

    fn take_word(&mut self, word: &str) -> bool {
        let is_it = matches!(self.peek(), Some(Token::Word(found)) if found.eq_ignore_ascii_case(word));
        self.next += usize::from(is_it);
        is_it
    }

    fn fault(&self, what: &str) -> FilterError {
        let column = self.tokens.get(self.next).map_or(self.end, |(column, _)| *column);
        FilterError { column, what: what.to_owned() }
    }
}

fn unknown_field(name: &str) -> String {
    let short = FIELDS.iter().map(|(name, _)| *name);
    let attributes = AttributeName::ALL.iter().map(|attribute| attribute.name());
    let mut known: Vec<&str> = short.chain(attributes).collect();
    known.sort_unstable();
    known.dedup();
    let near = suggestion(name, known.iter().copied());
    format!("`{name}` is no field{near}; there are {}", known.join(", "))
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
    let chars: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(c) = chars.get(at).copied() {
        let column = at + 1;
        let pair: String = chars.get(at..chars.len().min(at + 2)).unwrap_or_default().iter().collect();
        let operator = OPERATORS.iter().find(|(name, _)| pair.starts_with(name));
        let (token, length) = if c.is_whitespace() {
            (None, 1)
        } else if c == '(' || c == ')' {
            (Some(if c == '(' { Token::Open } else { Token::Close }), 1)
        } else if c == '"' || c == '\'' {
            let inner: String = chars.iter().skip(at + 1).take_while(|next| **next != c).collect();
            let length = inner.chars().count() + 2;
            if at + length > chars.len() {
                return Err(FilterError { column, what: format!("the quote {c} is not closed") });
            }
            (Some(Token::Quoted(inner)), length)
        } else if let Some((name, operator)) = operator {
            (Some(Token::Operator(*operator)), name.len())
        } else {
            let word: String = chars.iter().skip(at).take_while(|next| is_word(**next)).collect();
            if word.is_empty() {
                return Err(FilterError { column, what: format!("`{c}` means nothing here") });
            }
            let length = word.chars().count();
            (Some(Token::Word(word)), length)
        };
        tokens.extend(token.map(|token| (column, token)));
        at += length;
    }
    Ok(tokens)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || "_-.:/*%+@#".contains(c)
}

impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "filter, character {}: {}", self.column, self.what)
    }
}

impl std::error::Error for FilterError {}

#[cfg(test)]
mod tests;
