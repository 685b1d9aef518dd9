//! What a BPDU says: that its sender is a bridge, and which bridge it takes for the root.

use model::{Field, Subject};

use super::message::{Body, Bpdu};
use crate::Notes;

const VERSION: Field = Field::new("stp.version");
const ROOT: Field = Field::new("stp.root.hw");
const BRIDGE: Field = Field::new("stp.bridge.hw");
const PRIORITY: Field = Field::new("stp.bridge.prio");
const EXTENSION: Field = Field::new("stp.bridge.ext");

pub(super) const FIELDS: &[Field] = &[VERSION, ROOT, BRIDGE, PRIORITY, EXTENSION];

pub(super) fn observe(bpdu: Bpdu, notes: &mut Notes) {
    notes.fact_display(Subject::Sender, VERSION, bpdu.version);
    let Body::Configuration { root, bridge } = bpdu.body else { return };
    notes.fact_display(Subject::Sender, ROOT, root.mac);
    notes.fact_display(Subject::Sender, BRIDGE, bridge.mac);
    notes.fact_display(Subject::Sender, PRIORITY, bridge.priority());
    notes.fact_display(Subject::Sender, EXTENSION, bridge.extension());
}
