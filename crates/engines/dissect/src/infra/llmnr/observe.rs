//! What an LLMNR message says about stations: a responder answers for its own names only (RFC 4795, 2.3).

use model::{Field, Subject};

use crate::Notes;
use crate::infra::dns::message::{Entry, Fault, Message, Section};
use crate::infra::dns::observe::{OWNER, POINTER, QUERY_NAME, is_noteworthy, is_station, reverse};

pub(super) const FIELDS: &[Field] = &[QUERY_NAME, OWNER, POINTER];

/// Notes what `message` says; the fault that ended it early, if one did.
pub(super) fn observe(message: &Message<'_>, notes: &mut Notes) -> Option<Fault> {
    let is_response = message.header.flags.is_response();
    let mut entries = message.entries();
    let mut named = false;
    for entry in &mut entries {
        match entry {
            Entry::Question(question) if !is_response => {
                if !question.name.ends_with(&["arpa"]) && is_noteworthy(&question.name) {
                    notes.fact_display(Subject::Sender, QUERY_NAME, question.name);
                }
            }
            Entry::Record(Section::Answer, record) if is_response => match record.address() {
                Some(address) if is_station(address) && !named && is_noteworthy(&record.owner) => {
                    notes.fact_display(Subject::Sender, OWNER, record.owner);
                    notes.fact_display(Subject::Ip(address), OWNER, record.owner);
                    named = true;
                }
                Some(_) => {}
                None => reverse(&record, notes),
            },
            Entry::Question(_) | Entry::Record(..) => {}
        }
    }
    entries.fault()
}
