//! What synchrophasor frames say about stations.

use model::{Field, Subject};

use crate::Notes;

const FRAME_TYPE: Field = Field::new("synphasor.frtype");
const ID_CODE: Field = Field::new("synphasor.idcode_stream_source");
const UNITS: Field = Field::new("synphasor.conf.numpmu");
const STATION: Field = Field::new("synphasor.station_name");
const COMMAND: Field = Field::new("synphasor.command");

pub(super) const FIELDS: &[Field] = &[FRAME_TYPE, ID_CODE, UNITS, STATION, COMMAND];

/// The sender measures.
pub(super) fn data(id_code: u16, notes: &mut Notes) {
    notes.fact(Subject::Sender, FRAME_TYPE, "0");
    notes.fact_display(Subject::Sender, ID_CODE, id_code);
}

/// The sender measures with so many units, its own or those it gathers from.
pub(super) fn configuration(id_code: u16, units: u16, notes: &mut Notes) {
    notes.fact_display(Subject::Sender, ID_CODE, id_code);
    notes.fact_display(Subject::Sender, UNITS, units);
}

pub(super) fn station(name: &[u8], notes: &mut Notes) {
    notes.fact_bytes(Subject::Sender, STATION, name);
}

/// The receiver is told to send: it measures.
pub(super) fn command(notes: &mut Notes) {
    notes.fact(Subject::Receiver, COMMAND, "received");
}
