//! What an IMAP session says about stations.

use model::{Field, Subject, Weakness};

use super::message::parameters;
use crate::Notes;
use crate::infra::text::is_one_of;

const LINE: Field = Field::new("imap.line");
const PASSWORD: Field = Field::new("imap.request.password");
const ID_NAME: Field = Field::new("imap.id_name");
const ID_VERSION: Field = Field::new("imap.id_version");
const ID_VENDOR: Field = Field::new("imap.id_vendor");
const ID_OS: Field = Field::new("imap.id_os");
const ID_OS_VERSION: Field = Field::new("imap.id_os_version");

pub(super) const FIELDS: &[Field] = &[LINE, PASSWORD, ID_NAME, ID_VERSION, ID_VENDOR, ID_OS, ID_OS_VERSION];

/// Parameters of ID that describe software (RFC 2971, 3.3); the rest can name people.
const PARAMETERS: &[(&[u8], Field)] = &[
    (b"NAME", ID_NAME),
    (b"VERSION", ID_VERSION),
    (b"VENDOR", ID_VENDOR),
    (b"OS", ID_OS),
    (b"OS-VERSION", ID_OS_VERSION),
];

/// The greeting or the capabilities.
pub(super) fn server_line(line: &[u8], notes: &mut Notes) {
    notes.fact_bytes(Subject::Sender, LINE, line);
}

/// The parameters of ID.
pub(super) fn software(list: &[u8], notes: &mut Notes) {
    // RFC 2971, 3.3: at most 30 pairs.
    for (name, value) in parameters(list).take(30) {
        if let Some((_, field)) = PARAMETERS.iter().find(|(known, _)| is_one_of(name, &[known])) {
            notes.fact_bytes(Subject::Sender, *field, value);
        }
    }
}

/// LOGIN shows user name and password.
pub(super) fn login(notes: &mut Notes) {
    notes.weakness(Subject::Receiver, Weakness::CleartextUserName, PASSWORD);
    notes.weakness(Subject::Receiver, Weakness::CleartextCredentials, PASSWORD);
}

/// What a mechanism shows.
pub(super) fn authentication(shown: Option<Weakness>, notes: &mut Notes) {
    if let Some(weakness) = shown {
        notes.weakness(Subject::Receiver, weakness, PASSWORD);
    }
}
