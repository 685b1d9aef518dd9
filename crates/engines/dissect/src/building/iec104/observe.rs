//! What IEC 60870-5-104 frames say about stations.

use model::{Field, Subject, Weakness};

use crate::Notes;

const ROLE: Field = Field::new("iec60870_104.role");
const TYPE: Field = Field::new("iec60870_asdu.typeid");

pub(super) const FIELDS: &[Field] = &[ROLE, TYPE];

/// The sender is the controlled station, its partner controls.
pub(super) fn controlled(notes: &mut Notes) {
    notes.fact(Subject::Sender, ROLE, "controlled station");
    notes.fact(Subject::Receiver, ROLE, "controlling station");
}

/// The station did what anybody told it to.
pub(super) fn obeyed(notes: &mut Notes) {
    controlled(notes);
    notes.weakness(Subject::Sender, Weakness::UnauthenticatedControl, TYPE);
}
