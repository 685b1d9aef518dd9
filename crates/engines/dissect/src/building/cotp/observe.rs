//! What a transport connection says about stations.

use model::{Field, Subject};

use super::message::Selectors;
use crate::Notes;
use crate::display::printable;

const CALLED: Field = Field::new("cotp.dst-tsap");
const CALLER: Field = Field::new("cotp.caller");

pub(super) const FIELDS: &[Field] = &[CALLED, CALLER];

/// Selectors that are text name the service of the called station and the kind of the calling one.
pub(super) fn selectors(selectors: &Selectors<'_>, from_caller: bool, notes: &mut Notes) {
    let Some(called) = selectors.called.and_then(printable) else { return };
    let (caller, answerer) =
        if from_caller { (Subject::Sender, Subject::Receiver) } else { (Subject::Receiver, Subject::Sender) };
    notes.fact(answerer, CALLED, called);
    notes.fact(caller, CALLER, called);
}
