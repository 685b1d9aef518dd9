//! What DNP3 frames say about stations.

use model::{Field, Subject, Weakness};

use super::message::Attribute;
use crate::Notes;

const ROLE: Field = Field::new("dnp3.role");
const FUNCTION: Field = Field::new("dnp3.al.func");
const SOFTWARE: Field = Field::new("dnp3.attribute.software_version");
const HARDWARE: Field = Field::new("dnp3.attribute.hardware_version");
const LOCATION: Field = Field::new("dnp3.attribute.location");
const SERIAL: Field = Field::new("dnp3.attribute.serial_number");
const MODEL: Field = Field::new("dnp3.attribute.product_name");
const MAKER: Field = Field::new("dnp3.attribute.manufacturer");

pub(super) const FIELDS: &[Field] = &[ROLE, FUNCTION, SOFTWARE, HARDWARE, LOCATION, SERIAL, MODEL, MAKER];

pub(super) fn role(is_from_master: bool, notes: &mut Notes) {
    let (sender, receiver) = if is_from_master { ("master", "outstation") } else { ("outstation", "master") };
    notes.fact(Subject::Sender, ROLE, sender);
    notes.fact(Subject::Receiver, ROLE, receiver);
}

/// A device attribute of the outstation.
pub(super) fn attribute(attribute: &Attribute<'_>, notes: &mut Notes) {
    let field = match attribute.variation {
        242 => SOFTWARE,
        243 => HARDWARE,
        245 => LOCATION,
        248 => SERIAL,
        250 => MODEL,
        252 => MAKER,
        _ => return,
    };
    notes.fact_bytes(Subject::Sender, field, attribute.value);
}

/// The outstation did what anybody told it to.
pub(super) fn obeyed(notes: &mut Notes) {
    notes.weakness(Subject::Sender, Weakness::UnauthenticatedControl, FUNCTION);
}
