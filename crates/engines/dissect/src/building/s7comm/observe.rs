//! What S7comm messages say about the controller.

use model::{Field, Subject, Weakness};
use wire::Reader;

use super::message::{ListKind, Record, Version};
use crate::Notes;

const FUNCTION: Field = Field::new("s7comm.param.func");
const ORDER_NUMBER: Field = Field::new("s7comm.szl.xy11.0001.anz");
const FIRMWARE: Field = Field::new("s7comm.szl.xy11.0001.ausbe");
const SYSTEM_NAME: Field = Field::new("s7comm.szl.001c.0001.name");
const MODULE_NAME: Field = Field::new("s7comm.szl.001c.0002.name");
const PLANT: Field = Field::new("s7comm.szl.001c.0003.tag");
const COPYRIGHT: Field = Field::new("s7comm.szl.001c.0004.copyright");
const SERIAL: Field = Field::new("s7comm.szl.001c.0005.serialn");
const MODULE_TYPE: Field = Field::new("s7comm.szl.001c.0007.cputypname");
const PLUS_ORDER_NUMBER: Field = Field::new("s7comm-plus.order_number");
const PLUS_FIRMWARE: Field = Field::new("s7comm-plus.firmware");

pub(super) const FIELDS: &[Field] = &[
    FUNCTION,
    ORDER_NUMBER,
    FIRMWARE,
    SYSTEM_NAME,
    MODULE_NAME,
    PLANT,
    COPYRIGHT,
    SERIAL,
    MODULE_TYPE,
    PLUS_ORDER_NUMBER,
    PLUS_FIRMWARE,
];

/// Records of the module identification.
const MODULE: u16 = 1;
const BASIC_FIRMWARE: u16 = 7;
/// Length of an order number.
const ORDER_NUMBER_LENGTH: usize = 20;

/// A record of one of the two lists that identify the station.
pub(super) fn record(kind: ListKind, record: Record<'_>, notes: &mut Notes) {
    match kind {
        // A record that is too short for its list says nothing.
        ListKind::MODULE => drop(module(record.index, record.body, notes)),
        ListKind::COMPONENT => component(record.index, record.body, notes),
        _ => {}
    }
}

fn module(index: u16, mut body: Reader<'_>, notes: &mut Notes) -> wire::Result<()> {
    let order_number = body.take(ORDER_NUMBER_LENGTH)?;
    body.skip(2)?;
    match index {
        MODULE => notes.fact_bytes(Subject::Sender, ORDER_NUMBER, order_number),
        BASIC_FIRMWARE => notes.fact_display(Subject::Sender, FIRMWARE, Version(body.array()?)),
        _ => {}
    }
    Ok(())
}

fn component(index: u16, mut body: Reader<'_>, notes: &mut Notes) {
    let field = match index {
        1 => SYSTEM_NAME,
        2 => MODULE_NAME,
        3 => PLANT,
        4 => COPYRIGHT,
        5 => SERIAL,
        7 => MODULE_TYPE,
        _ => return,
    };
    let text = body.rest();
    let end = text.iter().position(|byte| *byte == 0).unwrap_or(text.len());
    notes.fact_bytes(Subject::Sender, field, text.get(..end).unwrap_or_default());
}

pub(super) fn order_number(order: &[u8], version: Option<&[u8]>, notes: &mut Notes) {
    notes.fact_bytes(Subject::Sender, PLUS_ORDER_NUMBER, order);
    if let Some(version) = version {
        notes.fact_bytes(Subject::Sender, PLUS_FIRMWARE, version);
    }
}

/// The controller did what anybody told it to.
pub(super) fn obeyed(notes: &mut Notes) {
    notes.weakness(Subject::Sender, Weakness::UnauthenticatedControl, FUNCTION);
}
