//! What the parsers have to say about the bytes they were given.

use std::fmt::{self, Write as _};
use std::net::IpAddr;

use model::{Field, MacAddr, Subject, Weakness};
use wire::Limit;

/// A list that parsers write to and `flow` drains after each packet. Its memory is reused: in the steady state noting
/// a fact allocates nothing.
#[derive(Debug, Default)]
pub struct Notes {
    text: String,
    facts: Vec<Span>,
    bindings: Vec<Binding>,
    anomalies: Vec<AnomalyNote>,
    weaknesses: Vec<WeaknessNote>,
    refinement: Option<&'static str>,
    encrypted: bool,
    patient_data: bool,
}

/// One statement of a message: `subject`'s `field` is `value`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fact<'a> {
    /// Whom it is about.
    pub subject: Subject,
    /// Which field says so.
    pub field: Field,
    /// Printable text without control characters, at most [`Notes::VALUE`] bytes, never empty.
    pub value: &'a str,
}

/// A station on this link said which network address belongs to which link-layer address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Binding {
    /// Link-layer address.
    pub mac: MacAddr,
    /// Network address.
    pub ip: IpAddr,
    /// Field that says so.
    pub field: Field,
}

/// A deviation from a standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct AnomalyNote {
    /// Protocol name.
    pub protocol: &'static str,
    /// Stable snake_case name.
    pub name: &'static str,
}

/// A weakness seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WeaknessNote {
    /// Whose weakness it is.
    pub subject: Subject,
    /// What is weak.
    pub weakness: Weakness,
    /// Field that shows it.
    pub field: Field,
}

/// A place in notes.
#[derive(Debug, Clone, Copy)]
pub struct Mark {
    text: usize,
    facts: usize,
    bindings: usize,
    anomalies: usize,
    weaknesses: usize,
}

#[derive(Debug, Clone, Copy)]
struct Span {
    subject: Subject,
    field: Field,
    start: usize,
    end: usize,
}

impl Notes {
    /// Longest value that is kept, in bytes; the rest is cut at a character boundary.
    pub const VALUE: Limit = Limit::new("observed_value", 512, "no name, version or banner of use is longer");

    /// Empty notes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes that `subject`'s `field` is `value`. Text is trimmed, control characters become spaces, empty values
    /// are left out.
    pub fn fact(&mut self, subject: Subject, field: Field, value: &str) {
        let start = self.text.len();
        push_printable(&mut self.text, value);
        self.close(subject, field, start);
    }

    /// Like [`Notes::fact`] for bytes that should be text: UTF-8 where it is valid, else each byte as Latin-1.
    pub fn fact_bytes(&mut self, subject: Subject, field: Field, value: &[u8]) {
        let start = self.text.len();
        match std::str::from_utf8(value) {
            Ok(text) => push_printable(&mut self.text, text),
            Err(_) => push_latin1(&mut self.text, value),
        }
        self.close(subject, field, start);
    }

    /// Like [`Notes::fact`] for anything that can be displayed.
    pub fn fact_display(&mut self, subject: Subject, field: Field, value: impl fmt::Display) {
        let start = self.text.len();
        // Writing to a `String` cannot fail.
        if write!(Printable(&mut self.text), "{value}").is_err() {
            self.text.truncate(start);
        }
        self.close(subject, field, start);
    }

    /// Notes that `ip` belongs to `mac` on this link.
    pub fn binding(&mut self, mac: MacAddr, ip: IpAddr, field: Field) {
        if mac.is_station() && !ip.is_unspecified() && !ip.is_multicast() {
            self.bindings.push(Binding { mac, ip, field });
        }
    }

    /// Notes a deviation of `protocol` by its stable `name`.
    pub fn anomaly(&mut self, protocol: &'static str, name: &'static str) {
        self.anomalies.push(AnomalyNote { protocol, name });
    }

    /// Notes a weakness of `subject` that `field` shows.
    pub fn weakness(&mut self, subject: Subject, weakness: Weakness, field: Field) {
        self.weaknesses.push(WeaknessNote { subject, weakness, field });
    }

    /// Notes that from here on the conversation is encrypted.
    pub fn encrypted(&mut self) {
        self.encrypted = true;
    }

    /// Notes that the conversation carried patient data that a listener could read.
    pub fn patient_data(&mut self) {
        self.patient_data = true;
    }

    /// Names the conversation's protocol more precisely (`ipp` for HTTP that carries IPP).
    pub fn refine(&mut self, protocol: &'static str) {
        self.refinement = Some(protocol);
    }

    /// The facts, in the order they were noted.
    pub fn facts(&self) -> impl Iterator<Item = Fact<'_>> {
        self.facts.iter().map(|span| Fact {
            subject: span.subject,
            field: span.field,
            value: self.text.get(span.start..span.end).unwrap_or_default(),
        })
    }

    /// The bindings, in order.
    #[must_use]
    pub fn bindings(&self) -> &[Binding] {
        &self.bindings
    }

    /// The anomalies, in order.
    #[must_use]
    pub fn anomalies(&self) -> &[AnomalyNote] {
        &self.anomalies
    }

    /// The weaknesses, in order.
    #[must_use]
    pub fn weaknesses(&self) -> &[WeaknessNote] {
        &self.weaknesses
    }

    /// The more precise protocol name, if one was noted.
    #[must_use]
    pub const fn refinement(&self) -> Option<&'static str> {
        self.refinement
    }

    /// Whether the conversation became encrypted.
    #[must_use]
    pub const fn is_encrypted(&self) -> bool {
        self.encrypted
    }

    /// Whether readable patient data was carried.
    #[must_use]
    pub const fn has_patient_data(&self) -> bool {
        self.patient_data
    }

    /// Whether nothing was noted.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.facts.is_empty()
            && self.bindings.is_empty()
            && self.anomalies.is_empty()
            && self.weaknesses.is_empty()
            && self.refinement.is_none()
            && !self.encrypted
            && !self.patient_data
    }

    /// Forgets everything and keeps the memory.
    pub fn clear(&mut self) {
        self.text.clear();
        self.facts.clear();
        self.bindings.clear();
        self.anomalies.clear();
        self.weaknesses.clear();
        self.refinement = None;
        self.encrypted = false;
        self.patient_data = false;
    }

    /// Where the notes end now.
    #[must_use]
    pub const fn mark(&self) -> Mark {
        Mark {
            text: self.text.len(),
            facts: self.facts.len(),
            bindings: self.bindings.len(),
            anomalies: self.anomalies.len(),
            weaknesses: self.weaknesses.len(),
        }
    }

    /// Takes out what was noted of stations since `mark`. What was said of the conversation as a whole stays.
    #[must_use]
    pub fn take_since(&mut self, mark: Mark) -> Self {
        let mut taken = Self {
            text: split_text(&mut self.text, mark.text),
            facts: split(&mut self.facts, mark.facts),
            bindings: split(&mut self.bindings, mark.bindings),
            anomalies: split(&mut self.anomalies, mark.anomalies),
            weaknesses: split(&mut self.weaknesses, mark.weaknesses),
            ..Self::default()
        };
        for span in &mut taken.facts {
            span.start = span.start.saturating_sub(mark.text);
            span.end = span.end.saturating_sub(mark.text);
        }
        taken
    }

    /// Moves everything that `other` holds behind what is here.
    pub fn append(&mut self, other: &mut Self) {
        let shift = self.text.len();
        self.text.push_str(&other.text);
        self.facts.extend(other.facts.iter().map(|span| Span {
            start: span.start.saturating_add(shift),
            end: span.end.saturating_add(shift),
            ..*span
        }));
        self.bindings.append(&mut other.bindings);
        self.anomalies.append(&mut other.anomalies);
        self.weaknesses.append(&mut other.weaknesses);
        self.refinement = other.refinement.or(self.refinement);
        self.encrypted |= other.encrypted;
        self.patient_data |= other.patient_data;
        other.clear();
    }

    /// Bytes of heap held.
    #[must_use]
    pub const fn memory(&self) -> usize {
        self.text.capacity()
            + self.facts.capacity() * size_of::<Span>()
            + self.bindings.capacity() * size_of::<Binding>()
            + self.anomalies.capacity() * size_of::<AnomalyNote>()
            + self.weaknesses.capacity() * size_of::<WeaknessNote>()
    }

    fn close(&mut self, subject: Subject, field: Field, start: usize) {
        let written = self.text.get(start..).unwrap_or_default();
        let leading = written.len() - written.trim_start().len();
        let trimmed = written.trim();
        let mut length = trimmed.len().min(Self::VALUE.max);
        while !trimmed.is_char_boundary(length) {
            length -= 1;
        }
        let begin = start + leading;
        let end = begin + length;
        if length == 0 {
            self.text.truncate(start);
        } else {
            self.text.truncate(end);
            self.facts.push(Span { subject, field, start: begin, end });
        }
    }
}

/// The end of `list` from `at` on, which leaves it.
fn split<T>(list: &mut Vec<T>, at: usize) -> Vec<T> {
    list.split_off(at.min(list.len()))
}

fn split_text(text: &mut String, at: usize) -> String {
    if text.is_char_boundary(at) { text.split_off(at) } else { String::new() }
}

/// Passes text on with control characters made spaces.
struct Printable<'a>(&'a mut String);

impl fmt::Write for Printable<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        push_printable(self.0, text);
        Ok(())
    }
}

fn push_printable(text: &mut String, value: &str) {
    if value.bytes().all(|byte| (b' '..0x7f).contains(&byte)) {
        text.push_str(value);
    } else {
        text.extend(value.chars().map(|symbol| if symbol.is_control() { ' ' } else { symbol }));
    }
}

fn push_latin1(text: &mut String, value: &[u8]) {
    text.extend(value.iter().map(|&byte| {
        let symbol = char::from(byte);
        if symbol.is_control() { ' ' } else { symbol }
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELD: Field = Field::new("test.field");

    fn values(notes: &Notes) -> Vec<String> {
        notes.facts().map(|fact| fact.value.to_owned()).collect()
    }

    #[test]
    fn trims_and_leaves_out_empty_values() {
        let mut notes = Notes::new();
        notes.fact(Subject::Sender, FIELD, "  MR-SCANNER\0\0 ");
        notes.fact(Subject::Sender, FIELD, "\0\0");
        notes.fact_bytes(Subject::Sender, FIELD, b"M\xfcnchen");
        notes.fact_display(Subject::Sender, FIELD, 42);
        assert_eq!(values(&notes), ["MR-SCANNER", "München", "42"]);
    }

    #[test]
    fn cuts_long_values_at_a_character_boundary() {
        let mut notes = Notes::new();
        notes.fact(Subject::Sender, FIELD, &"ü".repeat(600));
        notes.fact(Subject::Sender, FIELD, "after");
        assert_eq!(values(&notes), ["ü".repeat(256), "after".to_owned()]);
    }

    #[test]
    fn what_was_noted_since_a_mark_can_be_kept_back() {
        let mut notes = Notes::new();
        notes.fact(Subject::Sender, FIELD, "before");
        let mark = notes.mark();
        notes.fact(Subject::Sender, FIELD, "  kept ü");
        notes.anomaly("test", "odd");
        notes.patient_data();
        let mut kept = notes.take_since(mark);
        assert_eq!((values(&notes), values(&kept)), (vec!["before".to_owned()], vec!["kept ü".to_owned()]));
        assert!(notes.anomalies().is_empty() && notes.has_patient_data());
        notes.fact(Subject::Sender, FIELD, "after");
        notes.append(&mut kept);
        assert_eq!(values(&notes), ["before", "after", "kept ü"]);
        assert_eq!(notes.anomalies().len(), 1);
        assert!(kept.is_empty());
    }

    #[test]
    fn binding_needs_a_station_and_an_address() {
        let mut notes = Notes::new();
        notes.binding(MacAddr::new([0xff; 6]), IpAddr::from([10, 0, 0, 1]), FIELD);
        notes.binding(MacAddr::new([0, 1, 2, 3, 4, 5]), IpAddr::from([0, 0, 0, 0]), FIELD);
        assert!(notes.is_empty());
    }
}
