//! What ASTM messages say about stations.

use model::{Field, Subject, Weakness};

use super::message::Header;
use crate::Notes;

const SENDER: Field = Field::new("astm.sender");
const VERSION: Field = Field::new("astm.version");
const ROLE: Field = Field::new("astm.role");
const PASSWORD: Field = Field::new("astm.password");
const PATIENT: Field = Field::new("astm.patient");

pub(super) const FIELDS: &[Field] = &[SENDER, VERSION, ROLE, PASSWORD, PATIENT];

pub(super) fn header(header: &Header<'_>, notes: &mut Notes) {
    notes.fact_bytes(Subject::Sender, SENDER, header.sender);
    notes.fact_bytes(Subject::Sender, VERSION, header.version);
    if header.has_password {
        notes.weakness(Subject::Sender, Weakness::CleartextCredentials, PASSWORD);
    }
}

/// Who sends results or asks for orders is an instrument; the other end is its host.
pub(super) fn instrument(notes: &mut Notes) {
    notes.fact(Subject::Sender, ROLE, "instrument");
    notes.fact(Subject::Receiver, ROLE, "host");
}

/// A patient went by in the clear.
pub(super) fn patient(notes: &mut Notes) {
    notes.patient_data();
    notes.weakness(Subject::Sender, Weakness::CleartextPatientData, PATIENT);
}
