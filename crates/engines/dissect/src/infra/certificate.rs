//! What an X.509 certificate (RFC 5280) says about the station that presents it. Shared by TLS and DTLS.
//!
//! Read: subject, issuer, subject alternative names, serial number, validity, key, signature algorithm. Not checked:
//! signatures and chains.

use std::fmt::{self, Write as _};

use model::{Field, Subject, Timestamp, Weakness};
use wire::{Limit, Reader};
use x509_parser::certificate::{TbsCertificate, Validity, X509Certificate, X509CertificateParser};
use x509_parser::extensions::{GeneralName, SubjectAlternativeName};
use x509_parser::nom::Parser as _;
use x509_parser::oid_registry::OID_X509_EXT_SUBJECT_ALT_NAME;
use x509_parser::prelude::FromDer as _;
use x509_parser::public_key::PublicKey;
use x509_parser::time::ASN1Time;

use super::fingerprint::push_hex_byte;
use crate::Notes;

const SUBJECT: Field = Field::new("x509af.subject");
const ISSUER: Field = Field::new("x509af.issuer");
const DNS_NAME: Field = Field::new("x509ce.dNSName");
const IPV4: Field = Field::new("x509ce.IPAddress.ipv4");
const IPV6: Field = Field::new("x509ce.IPAddress.ipv6");
const OTHER_NAME: Field = Field::new("x509ce.GeneralName");
const SERIAL_NUMBER: Field = Field::new("x509af.serialNumber");
const NOT_BEFORE: Field = Field::new("x509af.notBefore");
const NOT_AFTER: Field = Field::new("x509af.notAfter");
const KEY: Field = Field::new("x509af.subjectPublicKeyInfo_element");
const SIGNATURE_ALGORITHM: Field = Field::new("x509af.algorithm.id");

/// Every field that [`observe`] notes.
pub(super) const FIELDS: [Field; 11] = [
    SUBJECT,
    ISSUER,
    DNS_NAME,
    IPV4,
    IPV6,
    OTHER_NAME,
    SERIAL_NUMBER,
    NOT_BEFORE,
    NOT_AFTER,
    KEY,
    SIGNATURE_ALGORITHM,
];

/// Subject alternative names beyond this many are left out.
pub(super) const NAMES: Limit = Limit::new(
    "certificate_names",
    16,
    "equipment has a handful; a content network's hundreds identify nobody",
);

/// A certificate that could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Malformed;

/// Notes what the certificate in `der` says about its sender, who presents it at `at`.
///
/// # Errors
/// When it is not a certificate in DER; nothing was noted then.
pub(super) fn observe(der: &[u8], at: Timestamp, notes: &mut Notes) -> Result<(), Malformed> {
    let mut parser = X509CertificateParser::new().with_deep_parse_extensions(false);
    let (_, certificate) = parser.parse(der).map_err(|_| Malformed)?;
    let tbs = &certificate.tbs_certificate;
    notes.fact_display(Subject::Sender, SUBJECT, &tbs.subject);
    notes.fact_display(Subject::Sender, ISSUER, &tbs.issuer);
    names(tbs, notes);
    notes.fact_display(Subject::Sender, SERIAL_NUMBER, Octets(tbs.raw_serial()));
    validity(&tbs.validity, at, notes);
    key(tbs, notes);
    signature(&certificate, notes);
    if tbs.subject.as_raw() == tbs.issuer.as_raw() {
        notes.weakness(Subject::Sender, Weakness::SelfSignedCertificate, ISSUER);
    }
    Ok(())
}

fn names(tbs: &TbsCertificate<'_>, notes: &mut Notes) {
    let Some(extension) =
        tbs.extensions().iter().find(|extension| extension.oid == OID_X509_EXT_SUBJECT_ALT_NAME)
    else {
        return;
    };
    let Ok((_, names)) = SubjectAlternativeName::from_der(extension.value) else { return };
    for name in names.general_names.iter().take(NAMES.max) {
        match name {
            GeneralName::DNSName(name) => notes.fact(Subject::Sender, DNS_NAME, name),
            GeneralName::RFC822Name(name) | GeneralName::URI(name) => {
                notes.fact(Subject::Sender, OTHER_NAME, name);
            }
            GeneralName::IPAddress(octets) => address(octets, notes),
            GeneralName::DirectoryName(name) => notes.fact_display(Subject::Sender, OTHER_NAME, name),
            GeneralName::OtherName(..)
            | GeneralName::X400Address(_)
            | GeneralName::EDIPartyName(_)
            | GeneralName::RegisteredID(_)
            | GeneralName::Invalid(..) => {}
        }
    }
}

fn address(octets: &[u8], notes: &mut Notes) {
    let mut reader = Reader::closed(octets);
    match octets.len() {
        4 => {
            if let Ok(octets) = reader.array::<4>() {
                notes.fact_display(Subject::Sender, IPV4, std::net::Ipv4Addr::from(octets));
            }
        }
        16 => {
            if let Ok(octets) = reader.array::<16>() {
                notes.fact_display(Subject::Sender, IPV6, std::net::Ipv6Addr::from(octets));
            }
        }
        _ => {}
    }
}

fn validity(validity: &Validity, at: Timestamp, notes: &mut Notes) {
    notes.fact_display(Subject::Sender, NOT_BEFORE, Moment(validity.not_before));
    notes.fact_display(Subject::Sender, NOT_AFTER, Moment(validity.not_after));
    let now = i64::try_from(at.nanos() / NANOS_PER_SECOND).unwrap_or(i64::MAX);
    if now < validity.not_before.timestamp() {
        notes.weakness(Subject::Sender, Weakness::CertificateNotValid, NOT_BEFORE);
    } else if now > validity.not_after.timestamp() {
        notes.weakness(Subject::Sender, Weakness::CertificateNotValid, NOT_AFTER);
    }
}

fn key(tbs: &TbsCertificate<'_>, notes: &mut Notes) {
    let Ok(key) = tbs.public_key().parsed() else { return };
    let bits = key.key_size();
    let (name, enough) = match key {
        PublicKey::RSA(_) => ("rsa", 2_048),
        PublicKey::EC(_) => ("ec", 224),
        PublicKey::DSA(_) => ("dsa", 2_048),
        PublicKey::GostR3410(_) | PublicKey::GostR3410_2012(_) | PublicKey::Unknown(_) => {
            notes.fact_display(Subject::Sender, KEY, &tbs.public_key().algorithm.algorithm);
            return;
        }
    };
    notes.fact_display(Subject::Sender, KEY, format_args!("{name} {bits}"));
    if bits < enough {
        notes.weakness(Subject::Sender, Weakness::WeakKey, KEY);
    }
}

fn signature(certificate: &X509Certificate<'_>, notes: &mut Notes) {
    let algorithm = &certificate.signature_algorithm.algorithm;
    notes.fact_display(Subject::Sender, SIGNATURE_ALGORITHM, algorithm);
    if WEAK_SIGNATURES.contains(&algorithm.as_bytes()) {
        notes.weakness(Subject::Sender, Weakness::WeakSignature, SIGNATURE_ALGORITHM);
    }
}

/// Signature algorithms with MD2, MD4, MD5 or SHA-1, as encoded object identifiers (RFC 3279, 2.2; OIW).
const WEAK_SIGNATURES: &[&[u8]] = &[
    b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x02", // md2WithRSAEncryption
    b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x03", // md4WithRSAEncryption
    b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x04", // md5WithRSAEncryption
    b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05", // sha1WithRSAEncryption
    b"\x2b\x0e\x03\x02\x1d",                 // sha1WithRSASignature
    b"\x2a\x86\x48\xce\x38\x04\x03",         // id-dsa-with-sha1
    b"\x2a\x86\x48\xce\x3d\x04\x01",         // ecdsa-with-SHA1
];

const NANOS_PER_SECOND: u64 = 1_000_000_000;

/// Octets as hexadecimal digits without separators.
struct Octets<'a>(&'a [u8]);

impl fmt::Display for Octets<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|&byte| push_hex_byte(f, byte))
    }
}

/// RFC 3339 in UTC, whole seconds.
struct Moment(ASN1Time);

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moment = self.0.to_datetime();
        let (hour, minute, second) = moment.to_hms();
        write!(f, "{:04}-{:02}-{:02}", moment.year(), u8::from(moment.month()), moment.day())?;
        f.write_char('T')?;
        write!(f, "{hour:02}:{minute:02}:{second:02}Z")
    }
}
