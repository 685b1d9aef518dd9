//! What OPC UA messages say about the server.

use model::{Field, Subject, Weakness};

use super::message::Endpoint;
use crate::Notes;

const CALLED: Field = Field::new("opcua.transport.endpoint");
const POLICY: Field = Field::new("opcua.security.spu");
const APPLICATION_URI: Field = Field::new("opcua.ApplicationUri");
const PRODUCT_URI: Field = Field::new("opcua.ProductUri");
const APPLICATION_NAME: Field = Field::new("opcua.ApplicationName");
const SECURITY_MODE: Field = Field::new("opcua.MessageSecurityMode");

pub(super) const FIELDS: &[Field] =
    &[CALLED, POLICY, APPLICATION_URI, PRODUCT_URI, APPLICATION_NAME, SECURITY_MODE];

/// The endpoint that a client knows the server by.
pub(super) fn called(endpoint: &[u8], notes: &mut Notes) {
    notes.fact_bytes(Subject::Receiver, CALLED, endpoint);
}

/// The server agreed to this security policy.
pub(super) fn policy(policy: &[u8], is_none: bool, notes: &mut Notes) {
    notes.fact_bytes(Subject::Sender, POLICY, policy);
    if is_none {
        notes.weakness(Subject::Sender, Weakness::CleartextManagement, POLICY);
    } else {
        notes.encrypted();
    }
}

pub(super) fn endpoint(endpoint: &Endpoint<'_>, notes: &mut Notes) {
    notes.fact_bytes(Subject::Sender, APPLICATION_URI, endpoint.application_uri);
    notes.fact_bytes(Subject::Sender, PRODUCT_URI, endpoint.product_uri);
    notes.fact_bytes(Subject::Sender, APPLICATION_NAME, endpoint.name);
    if endpoint.is_unsecured {
        notes.fact(Subject::Sender, SECURITY_MODE, "None");
    }
}
