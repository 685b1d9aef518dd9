//! What an FTP control connection says about stations.

use model::{Field, Subject, Weakness};

use super::message::Topic;
use crate::Notes;
use crate::infra::text::contains;

const RESPONSE: Field = Field::new("ftp.response.arg");
const COMMAND: Field = Field::new("ftp.request.command");
const CLIENT: Field = Field::new("ftp.request.arg");

pub(super) const FIELDS: &[Field] = &[RESPONSE, COMMAND, CLIENT];

/// A line of a reply. Of a status only what names software is kept: the rest tells who is logged in.
pub(super) fn reply(topic: Topic, text: &[u8], notes: &mut Notes) {
    let keep = match topic {
        Topic::Greeting | Topic::System | Topic::Features => true,
        Topic::Status => names_software(text),
        Topic::Other => false,
    };
    if keep {
        notes.fact_bytes(Subject::Sender, RESPONSE, text);
    }
}

fn names_software(text: &[u8]) -> bool {
    let names = [b"ftp".as_slice(), b"version", b"firmware"];
    let tells_who = [b"user".as_slice(), b"logged", b"connected"];
    names.iter().any(|name| contains(text, name)) && !tells_who.iter().any(|name| contains(text, name))
}

pub(super) fn user(anonymous: bool, notes: &mut Notes) {
    notes.fact(Subject::Sender, COMMAND, "USER");
    if !anonymous {
        notes.weakness(Subject::Receiver, Weakness::CleartextUserName, COMMAND);
    }
}

/// The password of an anonymous user is no secret.
pub(super) fn password(anonymous: bool, notes: &mut Notes) {
    notes.fact(Subject::Sender, COMMAND, "PASS");
    if !anonymous {
        notes.weakness(Subject::Receiver, Weakness::CleartextCredentials, COMMAND);
    }
}

/// A server let in whoever asked.
pub(super) fn anonymous_access(notes: &mut Notes) {
    notes.weakness(Subject::Sender, Weakness::AnonymousAccess, RESPONSE);
}

pub(super) fn client(software: &[u8], notes: &mut Notes) {
    notes.fact_bytes(Subject::Sender, CLIENT, software);
}
