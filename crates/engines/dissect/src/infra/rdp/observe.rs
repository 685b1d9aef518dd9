//! What a connection sequence says about stations.

use model::{Field, Subject, Weakness};

use super::message::{ClientCore, Cookie, Security};
use crate::Notes;
use crate::infra::utf16::Utf16;

const COOKIE: Field = Field::new("rdp.rt_cookie");
const REQUESTED: Field = Field::new("rdp.negReq.requestedProtocols");
const SELECTED: Field = Field::new("rdp.negReq.selectedProtocol");
const FAILURE: Field = Field::new("rdp.negFailure.failureCode");
const NEGOTIATION_TYPE: Field = Field::new("rdp.neg_type");
const VERSION: Field = Field::new("rdp.version.major");
const CLIENT_NAME: Field = Field::new("rdp.client.name");
const CLIENT_BUILD: Field = Field::new("rdp.client.build");
const PRODUCT_ID: Field = Field::new("rdp.client.digProductId");
const KEYBOARD_LAYOUT: Field = Field::new("rdp.keyboardLayout");
const ENCRYPTION_METHOD: Field = Field::new("rdp.encryptionMethod");

pub(super) const FIELDS: &[Field] = &[
    COOKIE,
    REQUESTED,
    SELECTED,
    FAILURE,
    VERSION,
    CLIENT_NAME,
    CLIENT_BUILD,
    PRODUCT_ID,
    KEYBOARD_LAYOUT,
    ENCRYPTION_METHOD,
];

/// A user's name is said to be there and not kept: clients send it unasked.
pub(super) fn cookie(cookie: Cookie<'_>, notes: &mut Notes) {
    match cookie {
        Cookie::None => {}
        Cookie::User => {
            notes.fact(Subject::Sender, COOKIE, "Cookie: mstshash");
            notes.weakness(Subject::Sender, Weakness::CleartextUserName, COOKIE);
        }
        Cookie::Token(token) => notes.fact_bytes(Subject::Receiver, COOKIE, token),
    }
}

pub(super) fn requested(security: Security, notes: &mut Notes) {
    notes.fact_display(Subject::Sender, REQUESTED, format_args!("{:#010x}", security.0));
}

/// The server's choice; without network level authentication everybody reaches its logon screen.
pub(super) fn selected(security: Security, notes: &mut Notes) {
    notes.fact_display(Subject::Sender, SELECTED, format_args!("{:#010x}", security.0));
    if !security.authenticates_first() {
        notes.weakness(Subject::Sender, Weakness::WeakRdp, SELECTED);
    }
}

/// The server does not negotiate, which leaves RDP's own security.
pub(super) fn not_negotiated(notes: &mut Notes) {
    notes.weakness(Subject::Sender, Weakness::WeakRdp, NEGOTIATION_TYPE);
}

pub(super) fn failed(code: u32, notes: &mut Notes) {
    notes.fact_display(Subject::Sender, FAILURE, code);
}

pub(super) fn client(core: &ClientCore<'_>, notes: &mut Notes) {
    notes.fact_display(Subject::Sender, VERSION, core.version);
    notes.fact_display(Subject::Sender, CLIENT_NAME, Utf16(core.name));
    notes.fact_display(Subject::Sender, CLIENT_BUILD, core.build);
    notes.fact_display(Subject::Sender, KEYBOARD_LAYOUT, core.keyboard_layout);
    if let Some(product_id) = core.product_id {
        notes.fact_display(Subject::Sender, PRODUCT_ID, Utf16(product_id));
    }
}

pub(super) fn server_version(version: u16, notes: &mut Notes) {
    notes.fact_display(Subject::Sender, VERSION, version);
}

/// The method that the server chose for RDP's own encryption, in the clear: `is_noted` when that was known before.
pub(super) fn encryption(method: u32, is_noted: bool, notes: &mut Notes) {
    notes.fact_display(Subject::Sender, ENCRYPTION_METHOD, format_args!("{method:#010x}"));
    if !is_noted {
        notes.weakness(Subject::Sender, Weakness::WeakRdp, ENCRYPTION_METHOD);
    }
    if method != 0 {
        notes.encrypted();
    }
}
