//! What HTTP messages say about stations.

use std::fmt::{self, Write as _};

use model::{Field, Subject, Weakness};

use super::message::HeaderName;
use super::xml::elements;
use crate::Notes;
use crate::infra::fields::joined;
use crate::infra::text::{contains, starts_with};
use crate::infra::{gss, ntlm};

const HOST: Field = Field::new("http.host");
const USER_AGENT: Field = Field::new("http.user_agent");
const SERVER: Field = Field::new("http.server");
const POWERED_BY: Field = Field::new("http.x_powered_by");
const AUTHENTICATE: Field = Field::new("http.www_authenticate");
const AUTHORIZATION: Field = Field::new("http.authorization");
const TITLE: Field = Field::new("http.title");
const LOGIN_FORM: Field = Field::new("http.login_form");
const SERVICE: Field = Field::new("http.service");
const UPGRADE: Field = Field::new("http.upgrade");
const UPNP_DEVICE_TYPE: Field = Field::new("upnp.device_type");
const UPNP_FRIENDLY_NAME: Field = Field::new("upnp.friendly_name");
const UPNP_MANUFACTURER: Field = Field::new("upnp.manufacturer");
const UPNP_MODEL_NAME: Field = Field::new("upnp.model_name");
const UPNP_MODEL_NUMBER: Field = Field::new("upnp.model_number");
const UPNP_MODEL_DESCRIPTION: Field = Field::new("upnp.model_description");
const UPNP_SERIAL_NUMBER: Field = Field::new("upnp.serial_number");
const UPNP_UDN: Field = Field::new("upnp.udn");
const DPWS_MANUFACTURER: Field = Field::new("dpws.manufacturer");
const DPWS_MODEL_NAME: Field = Field::new("dpws.model_name");
const DPWS_MODEL_NUMBER: Field = Field::new("dpws.model_number");
const DPWS_FRIENDLY_NAME: Field = Field::new("dpws.friendly_name");
const DPWS_FIRMWARE_VERSION: Field = Field::new("dpws.firmware_version");
const DPWS_SERIAL_NUMBER: Field = Field::new("dpws.serial_number");
const ONVIF_HARDWARE_ID: Field = Field::new("onvif.hardware_id");

const OWN: &[Field] = &[
    HOST,
    USER_AGENT,
    SERVER,
    POWERED_BY,
    AUTHENTICATE,
    AUTHORIZATION,
    TITLE,
    LOGIN_FORM,
    SERVICE,
    UPGRADE,
    UPNP_DEVICE_TYPE,
    UPNP_FRIENDLY_NAME,
    UPNP_MANUFACTURER,
    UPNP_MODEL_NAME,
    UPNP_MODEL_NUMBER,
    UPNP_MODEL_DESCRIPTION,
    UPNP_SERIAL_NUMBER,
    UPNP_UDN,
    DPWS_MANUFACTURER,
    DPWS_MODEL_NAME,
    DPWS_MODEL_NUMBER,
    DPWS_FRIENDLY_NAME,
    DPWS_FIRMWARE_VERSION,
    DPWS_SERIAL_NUMBER,
    ONVIF_HARDWARE_ID,
];

const COUNT: usize = OWN.len() + gss::FIELDS.len() + ntlm::FIELDS.len();

pub(super) static FIELDS: [Field; COUNT] = joined(&[OWN, gss::FIELDS, ntlm::FIELDS]);

/// Elements of a description (UPnP Device Architecture 2.0, 2.3; DPWS 1.1, 5; ONVIF Core, 8.3) and where they go.
const ELEMENTS: &[(&[u8], Field)] = &[
    (b"deviceType", UPNP_DEVICE_TYPE),
    (b"friendlyName", UPNP_FRIENDLY_NAME),
    (b"manufacturer", UPNP_MANUFACTURER),
    (b"modelName", UPNP_MODEL_NAME),
    (b"modelNumber", UPNP_MODEL_NUMBER),
    (b"modelDescription", UPNP_MODEL_DESCRIPTION),
    (b"serialNumber", UPNP_SERIAL_NUMBER),
    (b"UDN", UPNP_UDN),
    (b"Manufacturer", DPWS_MANUFACTURER),
    (b"ModelName", DPWS_MODEL_NAME),
    (b"Model", DPWS_MODEL_NAME),
    (b"ModelNumber", DPWS_MODEL_NUMBER),
    (b"FriendlyName", DPWS_FRIENDLY_NAME),
    (b"FirmwareVersion", DPWS_FIRMWARE_VERSION),
    (b"SerialNumber", DPWS_SERIAL_NUMBER),
    (b"HardwareId", ONVIF_HARDWARE_ID),
];

/// Paths and content types that say what is spoken on top of HTTP.
const SERVICES: &[(&str, &str)] = &[
    ("/dicom-web", "dicomweb"),
    ("/dicomweb", "dicomweb"),
    ("/wado", "dicomweb"),
    ("/qido-rs", "dicomweb"),
    ("/stow-rs", "dicomweb"),
    ("/fhir", "fhir"),
    ("/onvif/", "onvif"),
    ("/wsman", "wsman"),
    ("/redfish/", "redfish"),
];

/// A header field of a request or of an answer.
pub(super) fn header(is_request: bool, name: HeaderName, value: &[u8], notes: &mut Notes) {
    match name {
        HeaderName::UserAgent if is_request => notes.fact_bytes(Subject::Sender, USER_AGENT, value),
        HeaderName::Host if is_request => notes.fact_bytes(Subject::Receiver, HOST, value),
        HeaderName::Server if !is_request => notes.fact_bytes(Subject::Sender, SERVER, value),
        HeaderName::XPoweredBy if !is_request => notes.fact_bytes(Subject::Sender, POWERED_BY, value),
        HeaderName::WwwAuthenticate if !is_request => {
            challenge(value, notes);
            gss::observe_base64(token(value), notes);
        }
        HeaderName::Authorization | HeaderName::ProxyAuthorization if is_request => {
            credentials(value, notes);
            gss::observe_base64(token(value), notes);
        }
        HeaderName::UserAgent
        | HeaderName::Host
        | HeaderName::Server
        | HeaderName::XPoweredBy
        | HeaderName::WwwAuthenticate
        | HeaderName::Authorization
        | HeaderName::ProxyAuthorization
        | HeaderName::ContentEncoding
        | HeaderName::ContentLength
        | HeaderName::ContentType
        | HeaderName::TransferEncoding
        | HeaderName::Upgrade => {}
    }
}

/// Scheme and realm of a challenge (RFC 9110, 11.6.1); nonces and tokens are of no use.
fn challenge(value: &[u8], notes: &mut Notes) {
    let scheme = value.split(|byte| matches!(byte, b' ' | b',')).next().unwrap_or_default();
    match parameter(value, b"realm=") {
        Some(realm) => notes.fact_display(
            Subject::Sender,
            AUTHENTICATE,
            format_args!("{} {}", Text(scheme), Text(realm)),
        ),
        None => notes.fact_bytes(Subject::Sender, AUTHENTICATE, scheme),
    }
}

/// What follows the scheme `NTLM` or `Negotiate` (RFC 4559, 4); empty with other schemes.
fn token(value: &[u8]) -> &[u8] {
    let scheme = if starts_with(value, b"ntlm ") {
        5
    } else if starts_with(value, b"negotiate ") {
        10
    } else {
        value.len()
    };
    value.get(scheme..).unwrap_or_default()
}

/// The parameter of this name (in lower case, with `=`), its name included, its value quoted or not.
fn parameter<'a>(value: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let start = value.windows(name.len()).position(|part| part.eq_ignore_ascii_case(name))?;
    let all = value.get(start..)?;
    let rest = all.get(name.len()..)?;
    let length = match rest.strip_prefix(b"\"") {
        Some(quoted) => quoted.iter().position(|byte| *byte == b'"')? + 2,
        None => rest.iter().position(|byte| matches!(byte, b' ' | b',')).unwrap_or(rest.len()),
    };
    all.get(..name.len() + length)
}

/// UTF-8, or else Latin-1.
struct Text<'a>(&'a [u8]);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match std::str::from_utf8(self.0) {
            Ok(text) => f.write_str(text),
            Err(_) => self.0.iter().try_for_each(|&byte| f.write_char(char::from(byte))),
        }
    }
}

/// Only the scheme is kept, never what follows it.
fn credentials(value: &[u8], notes: &mut Notes) {
    let scheme = value.split(|byte| *byte == b' ').next().unwrap_or_default();
    let is = |name: &[u8]| scheme.eq_ignore_ascii_case(name);
    let weakness = if is(b"basic") || is(b"bearer") {
        Weakness::CleartextCredentials
    } else if is(b"ntlm") || starts_with(value, b"negotiate tlrm") {
        Weakness::Ntlm
    } else if is(b"digest") {
        Weakness::CleartextUserName
    } else if is(b"negotiate") {
        return notes.fact_bytes(Subject::Sender, AUTHORIZATION, scheme);
    } else {
        // A token without a scheme must not be kept.
        return;
    };
    notes.fact_bytes(Subject::Sender, AUTHORIZATION, scheme);
    notes.weakness(Subject::Receiver, weakness, AUTHORIZATION);
}

/// A request to pass on a connection.
pub(super) fn proxy(notes: &mut Notes) {
    service("proxy", Subject::Receiver, notes);
}

/// The path of a request shows which service is spoken; the path itself is not kept.
pub(super) fn target(target: &str, notes: &mut Notes) {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let path = path.as_bytes();
    login(query.as_bytes(), notes);
    if let Some((_, name)) = SERVICES.iter().find(|(part, _)| contains(path, part.as_bytes())) {
        service(name, Subject::Receiver, notes);
    }
}

/// The content type shows it too; `subject` is who serves.
pub(super) fn content_type(value: &[u8], subject: Subject, notes: &mut Notes) {
    if contains(value, b"application/dicom") {
        service("dicomweb", subject, notes);
    } else if contains(value, b"fhir+") {
        service("fhir", subject, notes);
    } else if starts_with(value, b"application/ipp") {
        notes.refine("ipp");
    }
}

fn service(name: &'static str, subject: Subject, notes: &mut Notes) {
    notes.fact(subject, SERVICE, name);
    if name == "dicomweb" || name == "fhir" {
        notes.patient_data();
        notes.weakness(subject, Weakness::CleartextPatientData, SERVICE);
    }
}

pub(super) fn upgrade(value: &[u8], notes: &mut Notes) {
    notes.fact_bytes(Subject::Sender, UPGRADE, value);
}

/// The title of an entry page.
pub(super) fn page(html: &[u8], notes: &mut Notes) {
    let title = elements(html).find(|element| element.name.eq_ignore_ascii_case(b"title") && !element.closes);
    if let Some(title) = title {
        notes.fact_bytes(
            Subject::Sender,
            TITLE,
            title.text.get(..title.text.len().min(128)).unwrap_or_default(),
        );
    }
}

/// Fields of a form or of a query, or members of a JSON object: one for a password shows a login over the wire.
pub(super) fn login(fields: &[u8], notes: &mut Notes) {
    const NAMES: [&[u8]; 7] =
        [b"password=", b"passwd=", b"pwd=", b"pass=", b"\"password\"", b"\"passwd\"", b"\"pwd\""];
    if NAMES.iter().any(|name| contains(fields, name)) {
        notes.fact(Subject::Receiver, LOGIN_FORM, "password");
        notes.weakness(Subject::Receiver, Weakness::CleartextCredentials, LOGIN_FORM);
    }
}

/// A device description in XML.
pub(super) fn description(xml: &[u8], notes: &mut Notes) {
    for element in elements(xml).filter(|element| !element.closes) {
        if let Some((_, field)) = ELEMENTS.iter().find(|(name, _)| *name == element.name) {
            notes.fact_bytes(Subject::Sender, *field, element.text);
        }
    }
}
