//! What a Fox hello says about stations.

use model::{Field, Subject, Weakness};

use crate::Notes;

const VERSION: Field = Field::new("fox.version");
const HOST_NAME: Field = Field::new("fox.hostName");
const APP_NAME: Field = Field::new("fox.app.name");
const APP_VERSION: Field = Field::new("fox.app.version");
const VM_NAME: Field = Field::new("fox.vm.name");
const VM_VERSION: Field = Field::new("fox.vm.version");
const OS_NAME: Field = Field::new("fox.os.name");
const OS_VERSION: Field = Field::new("fox.os.version");
const STATION_NAME: Field = Field::new("fox.station.name");
const HOST_ID: Field = Field::new("fox.hostId");
const BRAND_ID: Field = Field::new("fox.brandId");

pub(super) const FIELDS: &[Field] = &[
    VERSION,
    HOST_NAME,
    APP_NAME,
    APP_VERSION,
    VM_NAME,
    VM_VERSION,
    OS_NAME,
    OS_VERSION,
    STATION_NAME,
    HOST_ID,
    BRAND_ID,
];

pub(super) fn property(name: &[u8], value: &[u8], notes: &mut Notes) {
    let field = match name {
        b"fox.version" => VERSION,
        b"hostName" => HOST_NAME,
        b"app.name" => APP_NAME,
        b"app.version" => APP_VERSION,
        b"vm.name" => VM_NAME,
        b"vm.version" => VM_VERSION,
        b"os.name" => OS_NAME,
        b"os.version" => OS_VERSION,
        b"station.name" => STATION_NAME,
        b"hostId" => HOST_ID,
        b"brandId" => BRAND_ID,
        _ => return,
    };
    notes.fact_bytes(Subject::Sender, field, value);
}

/// The station is managed in the clear.
pub(super) fn cleartext(notes: &mut Notes) {
    notes.weakness(Subject::Sender, Weakness::CleartextManagement, VERSION);
}
