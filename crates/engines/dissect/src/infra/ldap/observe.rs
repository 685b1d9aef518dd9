//! What LDAP says about stations.

use model::{Field, Subject, Weakness};
use wire::{Limit, Reader, Result};

use super::anomaly::LdapAnomaly;
use super::message::{
    Authentication, BindRequest, BindResponse, attribute, attributes, conditions, equality,
};
use super::netlogon;
use crate::Notes;
use crate::infra::ber::{Tag, expect};
use crate::infra::fields::joined;
use crate::infra::text::is_one_of;
use crate::infra::{gss, ntlm};

const MECHANISM: Field = Field::new("ldap.mechanism");
const NAME: Field = Field::new("ldap.name");
const SIMPLE: Field = Field::new("ldap.simple");
const CREDENTIALS: Field = Field::new("ldap.credentials");
const RESULT: Field = Field::new("ldap.resultCode");
const ASSERTION: Field = Field::new("ldap.assertionValue");
const DNS_HOST_NAME: Field = Field::new("ldap.root.dnsHostName");
const SERVER_NAME: Field = Field::new("ldap.root.serverName");
const SERVICE_NAME: Field = Field::new("ldap.root.ldapServiceName");
const NAMING_CONTEXT: Field = Field::new("ldap.root.defaultNamingContext");
const VENDOR_NAME: Field = Field::new("ldap.root.vendorName");
const VENDOR_VERSION: Field = Field::new("ldap.root.vendorVersion");
const OBJECT_CLASS: Field = Field::new("ldap.root.objectClass");
const DOMAIN_LEVEL: Field = Field::new("ldap.root.domainFunctionality");
const FOREST_LEVEL: Field = Field::new("ldap.root.forestFunctionality");
const CONTROLLER_LEVEL: Field = Field::new("ldap.root.domainControllerFunctionality");
const MECHANISMS: Field = Field::new("ldap.root.supportedSASLMechanisms");
const FLAGS: Field = Field::new("mscldap.netlogon.flags");
const FOREST: Field = Field::new("mscldap.forest");
const DOMAIN: Field = Field::new("mscldap.domain");
const HOST: Field = Field::new("mscldap.hostname");
const NETBIOS_DOMAIN: Field = Field::new("mscldap.nb_domain");
const NETBIOS_HOST: Field = Field::new("mscldap.nb_hostname");
const SITE: Field = Field::new("mscldap.sitename");
const CLIENT_SITE: Field = Field::new("mscldap.clientsitename");

const OWN: &[Field] = &[
    MECHANISM,
    ASSERTION,
    DNS_HOST_NAME,
    SERVER_NAME,
    SERVICE_NAME,
    NAMING_CONTEXT,
    VENDOR_NAME,
    VENDOR_VERSION,
    OBJECT_CLASS,
    DOMAIN_LEVEL,
    FOREST_LEVEL,
    CONTROLLER_LEVEL,
    MECHANISMS,
    FLAGS,
    FOREST,
    DOMAIN,
    HOST,
    NETBIOS_DOMAIN,
    NETBIOS_HOST,
    SITE,
    CLIENT_SITE,
];

const COUNT: usize = OWN.len() + gss::FIELDS.len() + ntlm::FIELDS.len();

pub(super) static FIELDS: [Field; COUNT] = joined(&[OWN, gss::FIELDS, ntlm::FIELDS]);

/// Attributes of a root DSE that are kept.
const ROOT: &[(&[u8], Field)] = &[
    (b"dnsHostName", DNS_HOST_NAME),
    (b"serverName", SERVER_NAME),
    (b"ldapServiceName", SERVICE_NAME),
    (b"defaultNamingContext", NAMING_CONTEXT),
    (b"vendorName", VENDOR_NAME),
    (b"vendorVersion", VENDOR_VERSION),
    (b"objectClass", OBJECT_CLASS),
    (b"domainFunctionality", DOMAIN_LEVEL),
    (b"forestFunctionality", FOREST_LEVEL),
    (b"domainControllerFunctionality", CONTROLLER_LEVEL),
    (b"supportedSASLMechanisms", MECHANISMS),
];

/// Attributes of a root DSE, values of one of them, conditions of a filter.
const ENTRIES: Limit =
    Limit::new(LdapAnomaly::TooManyEntries.name(), 128, "a root DSE has two dozen attributes");

/// Mechanisms of SASL whose credentials can be read (RFC 4616, RFC 7628).
const IN_CLEAR: &[&[u8]] = &[b"PLAIN", b"LOGIN", b"XOAUTH2", b"OAUTHBEARER"];

/// A client logs in. Returns whether as nobody, which the server may accept or not.
pub(super) fn bind(request: &BindRequest<'_>, notes: &mut Notes) -> bool {
    let weak = |weakness, field, notes: &mut Notes| notes.weakness(Subject::Receiver, weakness, field);
    match request.authentication {
        // A name without a password is nobody, too (RFC 4513, 5.1.2).
        Authentication::Simple { has_password: false } => return true,
        Authentication::Simple { has_password: true } => {
            weak(Weakness::CleartextCredentials, SIMPLE, notes);
            if request.has_name {
                weak(Weakness::CleartextUserName, NAME, notes);
            }
        }
        Authentication::Sasl { mechanism, credentials } => {
            notes.fact_bytes(Subject::Sender, MECHANISM, mechanism);
            if is_one_of(mechanism, IN_CLEAR) && !credentials.is_empty() {
                weak(Weakness::CleartextCredentials, CREDENTIALS, notes);
            }
            gss::observe(credentials, notes);
            return is_one_of(mechanism, &[b"ANONYMOUS"]);
        }
        Authentication::Sicily(token) => gss::observe(token, notes),
        Authentication::Other => {}
    }
    false
}

/// The server's answer, `was_anonymous` when nobody logged in.
pub(super) fn bound(response: &BindResponse<'_>, was_anonymous: bool, notes: &mut Notes) {
    ntlm::observe(response.matched, notes);
    gss::observe(response.credentials, notes);
    if was_anonymous && response.is_success {
        notes.weakness(Subject::Sender, Weakness::AnonymousAccess, RESULT);
    }
}

/// Who looks for a domain controller names itself (MS-ADTS, 6.3.3.2).
pub(super) fn search(search: &mut Reader<'_>, notes: &mut Notes) -> Result<Option<LdapAnomaly>> {
    let mut conditions = conditions(search)?;
    let mut count = 0;
    while !conditions.is_empty() {
        count += 1;
        if !ENTRIES.allows(count) {
            return Ok(Some(LdapAnomaly::TooManyEntries));
        }
        if let Some((attribute, value)) = equality(&mut conditions)?
            && attribute.eq_ignore_ascii_case(b"Host")
        {
            notes.fact_bytes(Subject::Sender, ASSERTION, value);
        }
    }
    Ok(None)
}

/// What the root DSE says.
pub(super) fn root(entry: &mut Reader<'_>, notes: &mut Notes) -> Result<Option<LdapAnomaly>> {
    let mut attributes = attributes(entry)?;
    let mut count = 0;
    while !attributes.is_empty() {
        count += 1;
        if !ENTRIES.allows(count) {
            return Ok(Some(LdapAnomaly::TooManyEntries));
        }
        let (kind, mut values) = attribute(&mut attributes)?;
        let field = ROOT.iter().find(|(name, _)| kind.eq_ignore_ascii_case(name)).map(|(_, field)| *field);
        if let Some(field) = field {
            if let Some(anomaly) = note_values(&mut values, field, notes)? {
                return Ok(Some(anomaly));
            }
        } else if kind.eq_ignore_ascii_case(b"Netlogon") && !values.is_empty() {
            controller(expect(&mut values, Tag::OCTETS)?.as_slice(), notes)?;
        }
    }
    Ok(None)
}

fn note_values(values: &mut Reader<'_>, field: Field, notes: &mut Notes) -> Result<Option<LdapAnomaly>> {
    let mut count = 0;
    while !values.is_empty() {
        count += 1;
        if !ENTRIES.allows(count) {
            return Ok(Some(LdapAnomaly::TooManyEntries));
        }
        notes.fact_bytes(Subject::Sender, field, expect(values, Tag::OCTETS)?.as_slice());
    }
    Ok(None)
}

/// A domain controller tells who it is, and to which site the client belongs.
fn controller(value: &[u8], notes: &mut Notes) -> Result<()> {
    let Some(response) = netlogon::Response::read(value)? else { return Ok(()) };
    notes.fact_display(Subject::Sender, FLAGS, format_args!("{:#010x}", response.flags));
    for (subject, field, name) in [
        (Subject::Sender, FOREST, response.forest),
        (Subject::Sender, DOMAIN, response.domain),
        (Subject::Sender, HOST, response.host),
        (Subject::Sender, NETBIOS_DOMAIN, response.netbios_domain),
        (Subject::Sender, NETBIOS_HOST, response.netbios_host),
        (Subject::Sender, SITE, response.site),
        (Subject::Receiver, CLIENT_SITE, response.client_site),
    ] {
        if name.text_length().is_some() {
            notes.fact_display(subject, field, name);
        }
    }
    Ok(())
}
