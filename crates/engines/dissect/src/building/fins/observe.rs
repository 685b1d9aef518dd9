//! What FINS answers say about the controller.

use model::{Field, Subject, Weakness};

use super::message::Controller;
use crate::Notes;

const COMMAND: Field = Field::new("omron.command");
const MODEL: Field = Field::new("omron.controller.model");
const VERSION: Field = Field::new("omron.controller.version");

pub(super) const FIELDS: &[Field] = &[COMMAND, MODEL, VERSION];

pub(super) fn controller(controller: &Controller<'_>, notes: &mut Notes) {
    notes.fact_bytes(Subject::Sender, MODEL, controller.model);
    notes.fact_bytes(Subject::Sender, VERSION, controller.version);
}

/// The controller did what anybody told it to.
pub(super) fn obeyed(notes: &mut Notes) {
    notes.weakness(Subject::Sender, Weakness::UnauthenticatedControl, COMMAND);
}
