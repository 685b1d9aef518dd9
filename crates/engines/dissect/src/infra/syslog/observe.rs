//! What syslog messages say about their senders. A relay sends messages of others: the host name is then not its own,
//! which shows in it having several.

use model::{Field, Subject};

use super::message::{Head, cisco_facility, event_format, value_of};
use crate::Notes;

const HOST_NAME: Field = Field::new("syslog.hostname");
const PROGRAM: Field = Field::new("syslog.appname");
const ENTERPRISE: Field = Field::new("syslog.enterprise");
const CISCO_FACILITY: Field = Field::new("syslog.cisco_facility");
const MAKER: Field = Field::new("syslog.device_vendor");
const PRODUCT: Field = Field::new("syslog.device_product");
const VERSION: Field = Field::new("syslog.device_version");
const FORTINET_NAME: Field = Field::new("syslog.fortinet_devname");
const FORTINET_SERIAL: Field = Field::new("syslog.fortinet_devid");

pub(super) const FIELDS: &[Field] = &[
    HOST_NAME,
    PROGRAM,
    ENTERPRISE,
    CISCO_FACILITY,
    MAKER,
    PRODUCT,
    VERSION,
    FORTINET_NAME,
    FORTINET_SERIAL,
];

/// The head of a message, and of its text only what is known to name equipment.
pub(super) fn head(head: &Head<'_>, notes: &mut Notes) {
    let mut fact = |field, value: &[u8]| {
        if !value.is_empty() {
            notes.fact_bytes(Subject::Sender, field, value);
        }
    };
    fact(HOST_NAME, head.host);
    fact(PROGRAM, head.program);
    fact(ENTERPRISE, head.enterprise);
    fact(CISCO_FACILITY, cisco_facility(head.text).unwrap_or_default());
    if let Some([maker, product, version]) = event_format(head.text) {
        fact(MAKER, maker);
        fact(PRODUCT, product);
        fact(VERSION, version);
    }
    if let Some(serial) = value_of(head.text, b"devid=").filter(|serial| serial.starts_with(b"F")) {
        fact(FORTINET_SERIAL, serial);
        fact(FORTINET_NAME, value_of(head.text, b"devname=").unwrap_or_default());
    }
}
