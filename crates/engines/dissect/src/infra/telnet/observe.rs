//! What a Telnet session says about stations.

use model::{Field, Subject, Weakness};

use super::message::Negotiation;
use crate::Notes;
use crate::display::Listed;

const DATA: Field = Field::new("telnet.data");
const TERMINAL_TYPE: Field = Field::new("telnet.string_subopt.value");
const NEGOTIATION: Field = Field::new("telnet.negotiation");

pub(super) const FIELDS: &[Field] = &[DATA, TERMINAL_TYPE, NEGOTIATION];

/// The options that a side negotiates first, in its order: implementations differ in it.
pub(super) fn negotiation(first: &[Negotiation], notes: &mut Notes) {
    notes.fact_display(Subject::Sender, NEGOTIATION, Listed(first, ','));
}

pub(super) fn terminal_type(name: &[u8], notes: &mut Notes) {
    notes.fact_bytes(Subject::Sender, TERMINAL_TYPE, name);
}

/// A line that a server writes before anybody types.
pub(super) fn banner(line: &[u8], notes: &mut Notes) {
    notes.fact_bytes(Subject::Sender, DATA, line);
}

/// A server asks for a user name or a password.
pub(super) fn prompt(notes: &mut Notes) {
    notes.weakness(Subject::Sender, Weakness::CleartextManagement, DATA);
}

/// A user name was typed.
pub(super) fn user_name(notes: &mut Notes) {
    notes.weakness(Subject::Receiver, Weakness::CleartextUserName, DATA);
}

/// A password was typed.
pub(super) fn password(notes: &mut Notes) {
    notes.weakness(Subject::Receiver, Weakness::CleartextCredentials, DATA);
}
