//! What a GOOSE frame says about its publisher.

use model::{Field, Subject};

use super::message::Publication;
use crate::Notes;

const CONTROL_BLOCK: Field = Field::new("goose.gocbRef");
const DATA_SET: Field = Field::new("goose.datSet");
const ID: Field = Field::new("goose.goID");

pub(super) const FIELDS: &[Field] = &[CONTROL_BLOCK, DATA_SET, ID];

pub(super) fn publication(said: &Publication<'_>, notes: &mut Notes) {
    notes.fact_bytes(Subject::Sender, CONTROL_BLOCK, said.control_block);
    notes.fact_bytes(Subject::Sender, DATA_SET, said.data_set);
    notes.fact_bytes(Subject::Sender, ID, said.id);
}
