//! Delimiters, segments, fields.

use model::MacAddr;
use wire::Limit;

/// Start of a block (MLLP).
pub(super) const START_OF_BLOCK: u8 = 0x0b;
/// End of a block, followed by a carriage return.
pub(super) const END_OF_BLOCK: u8 = 0x1c;
/// Segments that start messages, files and batches.
pub(super) const HEADERS: [&[u8]; 3] = [b"MSH", b"FHS", b"BHS"];
/// Longest segment that is read.
pub(super) const SEGMENT: Limit =
    Limit::new("hl7_segment", 32 << 10, "header and device segments are a few hundred bytes");

/// Name of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SegmentName(pub(super) [u8; 3]);

impl SegmentName {
    pub(super) const MSH: Self = Self(*b"MSH");
    pub(super) const SFT: Self = Self(*b"SFT");
    pub(super) const MSA: Self = Self(*b"MSA");
    pub(super) const PRT: Self = Self(*b"PRT");
    pub(super) const OBX: Self = Self(*b"OBX");
    pub(super) const PID: Self = Self(*b"PID");

    /// Whether it is read at all.
    pub(super) fn is_read(self) -> bool {
        [Self::MSH, Self::SFT, Self::MSA, Self::PRT, Self::OBX].contains(&self)
    }

    /// Three capital letters or digits, the first a letter.
    pub(super) const fn is_possible(self) -> bool {
        let [a, b, c] = self.0;
        a.is_ascii_uppercase()
            && (b.is_ascii_uppercase() || b.is_ascii_digit())
            && (c.is_ascii_uppercase() || c.is_ascii_digit())
    }
}

/// The characters between fields, components and repetitions (HL7 v2.9 2.5.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Delimiters {
    pub(super) field: u8,
    component: u8,
    repetition: u8,
}

impl Delimiters {
    /// From what follows the name of the header segment: separator, then two to five encoding characters, then the
    /// separator again. `None` when it is nothing of that kind.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let (field, rest) = bytes.split_first()?;
        let count = rest.iter().position(|byte| byte == field).unwrap_or(rest.len());
        let encoding = rest.get(..count)?;
        let [component, repetition, ..] = *encoding else { return None };
        let all_special = |byte: &u8| byte.is_ascii_punctuation();
        let is_right =
            (2..=5).contains(&count) && field.is_ascii_punctuation() && encoding.iter().all(all_special);
        (is_right && component != repetition).then_some(Self { field: *field, component, repetition })
    }

    /// Field `number` of a segment, from 1; empty when there is none. The header counts its separator as field 1.
    pub(super) fn field(self, segment: &[u8], number: usize) -> &[u8] {
        let is_header = HEADERS.iter().any(|header| segment.starts_with(header));
        let index = if is_header { number.saturating_sub(1) } else { number };
        segment.split(|byte| *byte == self.field).nth(index).unwrap_or_default()
    }

    /// The first component that is not empty: the name in an HD or EI, where it may stand in the second place.
    pub(super) fn name(self, field: &[u8]) -> &[u8] {
        let mut components = self.components(field);
        components.find(|component| !component.is_empty()).unwrap_or_default()
    }

    pub(super) fn components(self, field: &[u8]) -> impl Iterator<Item = &[u8]> {
        field.split(move |byte| *byte == self.component).map(<[u8]>::trim_ascii)
    }

    pub(super) fn repetitions(self, field: &[u8]) -> impl Iterator<Item = &[u8]> {
        field.split(move |byte| *byte == self.repetition)
    }

    /// The address in an entity identifier (EI) whose type is EUI-48, or EUI-64 made of an EUI-48 (IEEE guidelines for
    /// EUI: FF-FE in the middle). The identifier stands right before its type.
    pub(super) fn station(self, identifier: &[u8]) -> Option<MacAddr> {
        let mut before: &[u8] = &[];
        for component in self.components(identifier) {
            let address = match component {
                b"EUI-48" => eui_48(before),
                b"EUI-64" => eui_64(before),
                _ => None,
            };
            if address.is_some() {
                return address;
            }
            before = component;
        }
        None
    }
}

fn eui_48(text: &[u8]) -> Option<MacAddr> {
    let address: MacAddr = std::str::from_utf8(text).ok()?.parse().ok()?;
    address.is_station().then_some(address)
}

fn eui_64(text: &[u8]) -> Option<MacAddr> {
    let digits: Vec<u8> = text.iter().copied().filter(|byte| !matches!(byte, b'-' | b':')).take(17).collect();
    let (maker, rest) = digits.split_at_checked(6)?;
    let (middle, own) = rest.split_at_checked(4)?;
    let is_made_of_48 = middle.eq_ignore_ascii_case(b"FFFE") && own.len() == 6;
    if is_made_of_48 { eui_48(&[maker, own].concat()) } else { None }
}
