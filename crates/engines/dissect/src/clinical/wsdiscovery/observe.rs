//! What announcements say about their sender.

use model::{Field, Subject};

use super::message::Element;
use crate::Notes;

const TYPE: Field = Field::new("wsdiscovery.type");
const SCOPE: Field = Field::new("wsdiscovery.scope");
const ADDRESSES: Field = Field::new("wsdiscovery.xaddrs");
const ENDPOINT: Field = Field::new("wsdiscovery.endpoint");

pub(super) const FIELDS: &[Field] = &[TYPE, SCOPE, ADDRESSES, ENDPOINT];

/// Scopes that say what and where a device is (IEEE 11073-20701, 9.4; ONVIF Core Specification, 7.3.2.2). Others may
/// name people.
const SCOPES: [&[u8]; 6] = [
    b"sdc.ctxt.loc:",
    b"sdc.mds.pkp:",
    b"sdc.cdc.type:",
    b"onvif://www.onvif.org/name/",
    b"onvif://www.onvif.org/hardware/",
    b"onvif://www.onvif.org/location/",
];

pub(super) fn element(element: &Element<'_>, notes: &mut Notes) {
    let words = element.text.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    match element.name {
        b"Types" => {
            for kind in words.filter_map(|word| word.rsplit(|byte| *byte == b':').next()) {
                notes.fact_bytes(Subject::Sender, TYPE, kind);
            }
        }
        b"Scopes" => {
            for scope in words.filter(|word| SCOPES.iter().any(|known| word.starts_with(known))) {
                notes.fact_bytes(Subject::Sender, SCOPE, scope);
            }
        }
        b"XAddrs" => notes.fact_bytes(Subject::Sender, ADDRESSES, element.text),
        b"Address" => notes.fact_bytes(Subject::Sender, ENDPOINT, element.text),
        _ => {}
    }
}
