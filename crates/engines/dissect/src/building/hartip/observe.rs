//! What HART-IP answers say about stations.

use model::{Field, Subject, Weakness};

use super::message::Identity;
use crate::Notes;

const MESSAGE_TYPE: Field = Field::new("hart_ip.message_type");
const COMMAND: Field = Field::new("hart_ip.pt.command");
const DEVICE_TYPE: Field = Field::new("hart_ip.pt.rsp.expanded_device_type");
const UNIVERSAL_REVISION: Field = Field::new("hart_ip.pt.rsp.hart_univ_rev");
const DEVICE_REVISION: Field = Field::new("hart_ip.pt.rsp.device_rev");
const SOFTWARE_REVISION: Field = Field::new("hart_ip.pt.rsp.software_rev");
const DEVICE_ID: Field = Field::new("hart_ip.pt.rsp.device_id");
const MANUFACTURER: Field = Field::new("hart_ip.pt.rsp.manufacturer_Id");
const PROFILE: Field = Field::new("hart_ip.pt.rsp.device_profile");
const TAG: Field = Field::new("hart_ip.pt.rsp.tag");

pub(super) const FIELDS: &[Field] = &[
    MESSAGE_TYPE,
    COMMAND,
    DEVICE_TYPE,
    UNIVERSAL_REVISION,
    DEVICE_REVISION,
    SOFTWARE_REVISION,
    DEVICE_ID,
    MANUFACTURER,
    PROFILE,
    TAG,
];

pub(super) fn identity(identity: &Identity, notes: &mut Notes) {
    let mut fact = |field, value: u32| notes.fact_display(Subject::Sender, field, value);
    fact(DEVICE_TYPE, identity.device_type.into());
    fact(UNIVERSAL_REVISION, identity.universal_revision.into());
    fact(DEVICE_REVISION, identity.device_revision.into());
    fact(SOFTWARE_REVISION, identity.software_revision.into());
    fact(DEVICE_ID, identity.device_id);
    // Before revision 7 the high byte of the device type is the manufacturer.
    let (manufacturer, profile) = identity.extended.map_or_else(
        || {
            let [maker, _] = identity.device_type.to_be_bytes();
            (u32::from(maker), None)
        },
        |(maker, profile)| (u32::from(maker), Some(profile)),
    );
    fact(MANUFACTURER, manufacturer);
    if let Some(profile) = profile {
        fact(PROFILE, profile.into());
    }
}

/// The station answers: it is a device or a gateway.
pub(super) fn answers(notes: &mut Notes) {
    notes.fact(Subject::Sender, MESSAGE_TYPE, "1");
}

/// A tag that was never set is all zeros, which packed ASCII reads as `@`.
pub(super) fn tag(tag: &[u8], notes: &mut Notes) {
    let end = tag.iter().position(|byte| *byte == 0).unwrap_or(tag.len());
    let tag = tag.get(..end).unwrap_or_default();
    if tag.iter().any(|symbol| *symbol != b'@') {
        notes.fact_bytes(Subject::Sender, TAG, tag);
    }
}

/// The device did what anybody told it to.
pub(super) fn obeyed(notes: &mut Notes) {
    notes.weakness(Subject::Sender, Weakness::UnauthenticatedControl, COMMAND);
}
