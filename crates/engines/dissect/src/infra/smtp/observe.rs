//! What an SMTP session says about stations.

use model::{Field, Subject, Weakness};

use crate::Notes;
use crate::infra::text::{Reply, contains};

const RESPONSE: Field = Field::new("smtp.rsp.parameter");
const NAME: Field = Field::new("smtp.req.parameter");
const AUTHENTICATION: Field = Field::new("smtp.auth.password");

pub(super) const FIELDS: &[Field] = &[RESPONSE, NAME, AUTHENTICATION];

/// A greeting, an answer to EHLO (no other 250 has several lines), or a line of help that names a version.
pub(super) fn reply(reply: &Reply<'_>, inner: bool, notes: &mut Notes) {
    let keep = match reply.code {
        220 => true,
        250 => reply.more || inner,
        214 => contains(reply.text, b"version"),
        _ => false,
    };
    if keep {
        notes.fact_bytes(Subject::Sender, RESPONSE, reply.text);
    }
}

/// How a client calls itself.
pub(super) fn hello(name: &[u8], notes: &mut Notes) {
    notes.fact_bytes(Subject::Sender, NAME, name);
}

/// What the client sent to prove who it is; the weakness is the server's, which accepts it.
pub(super) fn authentication(shown: Option<Weakness>, notes: &mut Notes) {
    if let Some(weakness) = shown {
        notes.weakness(Subject::Receiver, weakness, AUTHENTICATION);
    }
}
