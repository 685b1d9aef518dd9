//! What NTP packets say about stations.

use std::net::Ipv4Addr;

use model::{Field, Subject};

use super::message::{Start, Time};
use crate::Notes;

const VERSION: Field = Field::new("ntp.flags.vn");
const STRATUM: Field = Field::new("ntp.stratum");
const REFERENCE: Field = Field::new("ntp.refid");
const SYSTEM: Field = Field::new("ntp.control.system");
const PROCESSOR: Field = Field::new("ntp.control.processor");
const SOFTWARE: Field = Field::new("ntp.control.version");

pub(super) const FIELDS: &[Field] = &[VERSION, STRATUM, REFERENCE, SYSTEM, PROCESSOR, SOFTWARE];

pub(super) fn version(start: Start, notes: &mut Notes) {
    notes.fact_display(Subject::Sender, VERSION, start.version);
}

/// A server: how far it is from the clock, and which clock or server it follows.
pub(super) fn time(time: &Time, notes: &mut Notes) {
    notes.fact_display(Subject::Sender, STRATUM, time.stratum);
    match time.stratum {
        0 | 1 => notes.fact_bytes(Subject::Sender, REFERENCE, &time.reference),
        _ => notes.fact_display(Subject::Sender, REFERENCE, Ipv4Addr::from(time.reference)),
    }
}

/// Variables as `name="value"`, with commas between.
pub(super) fn variables(data: &[u8], notes: &mut Notes) {
    for part in data.split(|byte| *byte == b',') {
        let Some(equals) = part.iter().position(|byte| *byte == b'=') else { continue };
        let Some((name, value)) = part.split_at_checked(equals) else { continue };
        let field = match name.trim_ascii() {
            b"system" => SYSTEM,
            b"processor" => PROCESSOR,
            b"version" => SOFTWARE,
            _ => continue,
        };
        let value = value.get(1..).unwrap_or_default();
        let value = value.strip_prefix(b"\"").unwrap_or(value);
        notes.fact_bytes(Subject::Sender, field, value.strip_suffix(b"\"").unwrap_or(value));
    }
}
