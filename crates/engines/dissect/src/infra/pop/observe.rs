//! What a POP3 session says about stations.

use model::{Field, Subject, Weakness};

use crate::Notes;

const GREETING: Field = Field::new("pop.response.description");
const IMPLEMENTATION: Field = Field::new("pop.response.data");
const COMMAND: Field = Field::new("pop.request.command");

pub(super) const FIELDS: &[Field] = &[GREETING, IMPLEMENTATION, COMMAND];

pub(super) fn greeting(text: &[u8], notes: &mut Notes) {
    notes.fact_bytes(Subject::Sender, GREETING, text);
}

/// `IMPLEMENTATION` and what follows it (RFC 2449, 6.9).
pub(super) fn implementation(line: &[u8], notes: &mut Notes) {
    notes.fact_bytes(Subject::Sender, IMPLEMENTATION, line);
}

pub(super) fn user(notes: &mut Notes) {
    notes.weakness(Subject::Receiver, Weakness::CleartextUserName, COMMAND);
}

pub(super) fn password(notes: &mut Notes) {
    notes.weakness(Subject::Receiver, Weakness::CleartextCredentials, COMMAND);
}

/// What a mechanism shows.
pub(super) fn authentication(shown: Option<Weakness>, notes: &mut Notes) {
    if let Some(weakness) = shown {
        notes.weakness(Subject::Receiver, weakness, COMMAND);
    }
}
