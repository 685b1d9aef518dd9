//! What SSDP messages say about their senders.

use model::{Field, Subject};

use super::message::Kind;
use crate::Notes;

const SERVER: Field = Field::new("ssdp.server");
const USER_AGENT: Field = Field::new("ssdp.user_agent");
const TYPE: Field = Field::new("ssdp.type");
const USN: Field = Field::new("ssdp.usn");
const LOCATION: Field = Field::new("ssdp.location");
const SEARCHED: Field = Field::new("ssdp.searched");
const FRIENDLY_NAME: Field = Field::new("ssdp.friendly_name");
const BRIDGE_ID: Field = Field::new("ssdp.hue_bridgeid");
const MODEL: Field = Field::new("ssdp.model");

pub(super) const FIELDS: &[Field] =
    &[SERVER, USER_AGENT, TYPE, USN, LOCATION, SEARCHED, FRIENDLY_NAME, BRIDGE_ID, MODEL];

/// One header field of a message.
pub(super) fn header(kind: Kind, name: &[u8], value: &[u8], notes: &mut Notes) {
    let is = |known: &[u8]| name.eq_ignore_ascii_case(known);
    let field = match kind {
        Kind::Notify | Kind::Answer if is(b"server") => SERVER,
        Kind::Notify if is(b"nt") => TYPE,
        Kind::Answer if is(b"st") => TYPE,
        Kind::Notify | Kind::Answer if is(b"usn") => USN,
        Kind::Notify | Kind::Answer if is(b"location") => LOCATION,
        Kind::Notify | Kind::Answer if is(b"hue-bridgeid") => BRIDGE_ID,
        Kind::Notify | Kind::Answer if is(b"x-modelname") || is(b"x-av-physical-unit-info") => MODEL,
        Kind::Search if is(b"st") => SEARCHED,
        Kind::Search if is(b"user-agent") => USER_AGENT,
        Kind::Search if is(b"cpfn.upnp.org") => FRIENDLY_NAME,
        Kind::Notify | Kind::Answer | Kind::Search => return,
    };
    notes.fact_bytes(Subject::Sender, field, value);
}
