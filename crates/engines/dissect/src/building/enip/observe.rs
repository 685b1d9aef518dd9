//! What EtherNet/IP messages say about stations.

use model::{Field, Subject, Weakness};

use super::message::Identity;
use crate::Notes;

const VENDOR: Field = Field::new("enip.lir.vendor");
const DEVICE_TYPE: Field = Field::new("enip.lir.devtype");
const PRODUCT_CODE: Field = Field::new("enip.lir.prodcode");
const REVISION: Field = Field::new("enip.lir.revision");
const SERIAL: Field = Field::new("enip.lir.serial");
const NAME: Field = Field::new("enip.lir.name");
const SERVICE: Field = Field::new("cip.service");

pub(super) const FIELDS: &[Field] = &[VENDOR, DEVICE_TYPE, PRODUCT_CODE, REVISION, SERIAL, NAME, SERVICE];

pub(super) fn identity(identity: &Identity<'_>, notes: &mut Notes) {
    notes.fact_display(Subject::Sender, VENDOR, identity.vendor);
    notes.fact_display(Subject::Sender, DEVICE_TYPE, identity.device_type);
    notes.fact_display(Subject::Sender, PRODUCT_CODE, identity.product_code);
    notes.fact_display(Subject::Sender, REVISION, identity.revision);
    if identity.serial != 0 {
        notes.fact_display(Subject::Sender, SERIAL, format_args!("{:08x}", identity.serial));
    }
    notes.fact_bytes(Subject::Sender, NAME, identity.name);
}

/// The station did what anybody told it to.
pub(super) fn obeyed(notes: &mut Notes) {
    notes.weakness(Subject::Sender, Weakness::UnauthenticatedControl, SERVICE);
}
