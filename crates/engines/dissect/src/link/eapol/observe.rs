//! What EAPOL and EAP say about stations.

use model::{Field, MacAddr, Subject, Weakness};
use wire::Reader;

use super::anomaly::EapolAnomaly;
use super::message::{ATTRIBUTES, Code, Eap, Method, SetupAttribute};
use super::session::note;
use crate::Notes;
use crate::display::{Hex, Listed, printable};

const KEY_TYPE: Field = Field::new("eapol.keydes.type");
const METHOD: Field = Field::new("eap.type");
const DESIRED_METHODS: Field = Field::new("eap.desired_type");
const IDENTITY: Field = Field::new("eap.identity");
const OS_VERSION: Field = Field::new("wps.os_version");
const DEVICE_TYPE: Field = Field::new("wps.primary_device_type");

/// Attributes of Wi-Fi Protected Setup that are text about the equipment (table 28).
const SETUP_TEXTS: &[(u16, Field)] = &[
    (0x1011, Field::new("wps.device_name")),
    (0x1021, Field::new("wps.manufacturer")),
    (0x1023, Field::new("wps.model_name")),
    (0x1024, Field::new("wps.model_number")),
    (0x1042, Field::new("wps.serial_number")),
];

pub(super) const FIELDS: &[Field] = &[
    KEY_TYPE,
    METHOD,
    DESIRED_METHODS,
    IDENTITY,
    OS_VERSION,
    DEVICE_TYPE,
    Field::new("wps.device_name"),
    Field::new("wps.manufacturer"),
    Field::new("wps.model_name"),
    Field::new("wps.model_number"),
    Field::new("wps.serial_number"),
];

/// What an EAPOL-Key packet shows: descriptor type 1 is dynamic WEP, 254 is WPA, 2 is WPA2 and later.
pub(super) fn key(body: &mut Reader<'_>, notes: &mut Notes) {
    if let Ok(kind) = body.u8() {
        notes.fact_display(Subject::Sender, KEY_TYPE, kind);
    }
}

/// What an EAP packet says: a response about the `peer`, a request about who sends it.
pub(super) fn eap(peer: Subject, eap: Eap<'_>, notes: &mut Notes) {
    let Some(method) = eap.method else { return };
    let subject = if eap.code == Code::RESPONSE { peer } else { Subject::Sender };
    let data = eap.data.as_slice();
    match (eap.code, method) {
        (Code::RESPONSE, Method::IDENTITY) => identity(subject, data, notes),
        (_request, Method::IDENTITY) => {
            // A hint of the network (RFC 4284) follows a zero; what comes before is for a person to read.
            let hint = data.splitn(2, |&byte| byte == 0).nth(1).unwrap_or_default();
            notes.fact_bytes(subject, IDENTITY, hint);
        }
        (Code::RESPONSE, Method::NAK) => notes.fact_display(subject, DESIRED_METHODS, Listed(data, ',')),
        (Code::RESPONSE, Method(number)) => {
            notes.fact_display(subject, METHOD, number);
            if method.is_weak() {
                notes.weakness(subject, Weakness::WeakEap, METHOD);
            }
            if method.is_clear() {
                notes.weakness(subject, Weakness::CleartextCredentials, METHOD);
            }
        }
        (_request, Method(number)) => notes.fact_display(subject, METHOD, number),
    }
    if let Some(attributes) = eap.setup_attributes() {
        setup(subject, attributes, notes);
    }
}

/// A machine's name is kept. Of a person's name only that it is readable. Anonymous names say nothing.
fn identity(subject: Subject, data: &[u8], notes: &mut Notes) {
    let Some(name) = printable(data) else { return };
    if is_machine(name) {
        notes.fact(subject, IDENTITY, name);
    } else if !is_anonymous(name) {
        notes.weakness(subject, Weakness::CleartextUserName, IDENTITY);
    }
}

/// Whether a name is that of a machine: a Kerberos host name, or a link-layer address.
pub(crate) fn is_machine(name: &str) -> bool {
    name.starts_with("host/") || name.parse::<MacAddr>().is_ok()
}

/// Whether a name leaves out who it is (RFC 7542, 2.4).
pub(crate) fn is_anonymous(name: &str) -> bool {
    let user = name.split('@').next().unwrap_or_default();
    user.is_empty() || user.eq_ignore_ascii_case("anonymous")
}

/// What a station tells about itself before the exchange is encrypted.
fn setup(subject: Subject, mut attributes: Reader<'_>, notes: &mut Notes) {
    const OS_VERSION_ATTRIBUTE: u16 = 0x102D;
    const PRIMARY_DEVICE_TYPE: u16 = 0x1054;
    for _attribute in 0..ATTRIBUTES.max {
        let Ok(attribute) = SetupAttribute::read(&mut attributes) else { return };
        match attribute.kind {
            OS_VERSION_ATTRIBUTE => {
                if let Ok(version) = Reader::closed(attribute.value).u32_be() {
                    notes.fact_display(subject, OS_VERSION, format_args!("0x{version:08x}"));
                }
            }
            PRIMARY_DEVICE_TYPE => notes.fact_display(subject, DEVICE_TYPE, Hex(attribute.value)),
            kind => {
                if let Some((_, field)) = SETUP_TEXTS.iter().find(|(known, _)| *known == kind) {
                    notes.fact_bytes(subject, *field, attribute.value);
                }
            }
        }
    }
    if !attributes.is_empty() {
        note(EapolAnomaly::TooManyAttributes, notes);
    }
}
