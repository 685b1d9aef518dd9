//! What an RFB handshake says about stations.

use model::{Field, Subject, Weakness};

use super::message::SecurityType;
use crate::Notes;

const SERVER_VERSION: Field = Field::new("vnc.server_proto_ver");
const CLIENT_VERSION: Field = Field::new("vnc.client_proto_ver");
const SECURITY_TYPE: Field = Field::new("vnc.client_security_type");
const DESKTOP_NAME: Field = Field::new("vnc.desktop_name");

pub(super) const FIELDS: &[Field] = &[SERVER_VERSION, CLIENT_VERSION, SECURITY_TYPE, DESKTOP_NAME];

pub(super) fn server_version(version: &[u8], notes: &mut Notes) {
    notes.fact_bytes(Subject::Sender, SERVER_VERSION, version);
}

pub(super) fn client_version(version: &[u8], notes: &mut Notes) {
    notes.fact_bytes(Subject::Sender, CLIENT_VERSION, version);
}

/// The client settled on a security type; the weakness is the server's, which allows it.
pub(super) fn chosen(security: SecurityType, notes: &mut Notes) {
    notes.fact_display(Subject::Receiver, SECURITY_TYPE, security.0);
    if security == SecurityType::NONE {
        notes.weakness(Subject::Receiver, Weakness::NoAuthentication, SECURITY_TYPE);
    }
    if security.is_encrypted() {
        notes.encrypted();
    } else {
        notes.weakness(Subject::Receiver, Weakness::CleartextManagement, SECURITY_TYPE);
    }
}

pub(super) fn desktop_name(name: &[u8], notes: &mut Notes) {
    notes.fact_bytes(Subject::Sender, DESKTOP_NAME, name);
}
