//! The hub's own authority: it signs the certificates of sensors, and the one that the hub shows them.
//!
//! `ca.pem` and `ca.key` lie in the data folder. Nobody else trusts it, and it is good for nothing else.

use std::fs;
use std::path::Path;
use std::time::Duration;

use model::{SensorId, Timestamp};
use rcgen::{
    BasicConstraints, CertificateParams, CertificateSigningRequestParams, DnType, ExtendedKeyUsagePurpose,
    IsCa, Issuer, KeyPair, KeyUsagePurpose, SerialNumber, date_time_ymd,
};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use sha2::{Digest as _, Sha256};

use crate::Error;
use crate::files::write_secret;
use crate::world::World;

/// Years of 365 days that the authority is valid.
const AUTHORITY_DAYS: u64 = 10 * 365;
/// Days of a sensor's certificate, and of the one that the hub shows to sensors.
const LEAF_DAYS: u64 = 90;
/// The life of a certificate is counted from so much earlier: the clock of a sensor may be slow.
const SLACK_NS: u64 = NS_PER_DAY;
const NS_PER_DAY: u64 = 86_400 * 1_000_000_000;

/// Signs certificates.
#[derive(Debug)]
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
}

/// A certificate with its time.
#[derive(Debug)]
pub(crate) struct Signed {
    pub(crate) certificate: CertificateDer<'static>,
    pub(crate) begins: Timestamp,
    pub(crate) ends: Timestamp,
}

impl Authority {
    /// The authority of this data folder, made at the first time.
    pub(crate) fn open(world: &World, data: &Path) -> Result<Self, Error> {
        let (certificate, key) = (data.join("ca.pem"), data.join("ca.key"));
        if !certificate.exists() {
            make(world, &certificate, &key)?;
        }
        let certificate =
            CertificateDer::from_pem_file(&certificate).map_err(|error| unreadable(&certificate, &error))?;
        let text = fs::read_to_string(&key).map_err(|source| Error::file(&key, source))?;
        let pair = KeyPair::from_pem(&text).map_err(|error| unreadable(&key, &error))?;
        let issuer = Issuer::from_ca_cert_der(&certificate, pair)?;
        Ok(Self { issuer, certificate })
    }

    /// Its own certificate.
    pub(crate) fn certificate(&self) -> &CertificateDer<'static> {
        &self.certificate
    }

    /// What tokens name it by.
    pub(crate) fn sha256(&self) -> [u8; 32] {
        Sha256::digest(&self.certificate).into()
    }

    /// A certificate for a sensor. Of its request (PEM) only the key is taken, whose possession the request proves.
    pub(crate) fn sign_sensor(
        &self,
        world: &World,
        sensor: &SensorId,
        request: &str,
    ) -> Result<Signed, Error> {
        let request = CertificateSigningRequestParams::from_pem(request)?;
        let mut params = leaf(world, sensor.as_str(), ExtendedKeyUsagePurpose::ClientAuth)?;
        let (begins, ends) = validity(&mut params, world.now(), LEAF_DAYS);
        let signed = params.signed_by(&request.public_key, &self.issuer)?;
        Ok(Signed { certificate: signed.der().clone(), begins, ends })
    }

    /// A fresh certificate for the hub itself, and its key.
    pub(crate) fn sign_hub(&self, world: &World) -> Result<(Signed, PrivateKeyDer<'static>), Error> {
        let mut params = leaf(world, "Bedrail hub", ExtendedKeyUsagePurpose::ServerAuth)?;
        params.subject_alt_names =
            CertificateParams::new(vec![relay::message::HUB_NAME.to_owned()])?.subject_alt_names;
        let (begins, ends) = validity(&mut params, world.now(), LEAF_DAYS);
        let pair = KeyPair::generate()?;
        let signed = params.signed_by(&pair, &self.issuer)?;
        let key = PrivateKeyDer::Pkcs8(pair.serialize_der().into());
        Ok((Signed { certificate: signed.der().clone(), begins, ends }, key))
    }
}

impl Signed {
    /// Whether two thirds of its time are over, or it was signed while the clock was fast.
    pub(crate) fn is_to_be_renewed(&self, now: Timestamp) -> bool {
        let life = self.ends.since(self.begins);
        now < self.begins || now.since(self.begins) >= life / 3 * 2
    }
}

fn make(world: &World, certificate: &Path, key: &Path) -> Result<(), Error> {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "Bedrail hub, authority for sensors");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.serial_number = Some(serial(world)?);
    validity(&mut params, world.now(), AUTHORITY_DAYS);
    let pair = KeyPair::generate()?;
    let signed = params.self_signed(&pair)?;
    // The key first: a certificate without its key would stay for ever.
    write_secret(key, pair.serialize_pem().as_bytes())?;
    write_secret(certificate, signed.pem().as_bytes())
}

fn leaf(world: &World, name: &str, usage: ExtendedKeyUsagePurpose) -> Result<CertificateParams, Error> {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![usage];
    params.use_authority_key_identifier_extension = true;
    params.serial_number = Some(serial(world)?);
    Ok(params)
}

/// A serial number that nobody can foresee (RFC 5280, 4.1.2.2: positive, at most 20 octets).
fn serial(world: &World) -> Result<SerialNumber, Error> {
    let [first, rest @ ..]: [u8; 16] = world.bytes()?;
    let mut bytes = vec![first & 0x7f | 0x40];
    bytes.extend(rest);
    Ok(SerialNumber::from(bytes))
}

/// Sets from when to when it is valid, in whole seconds.
fn validity(params: &mut CertificateParams, now: Timestamp, days: u64) -> (Timestamp, Timestamp) {
    let seconds = |nanos: u64| nanos / 1_000_000_000;
    let begins = seconds(now.nanos().saturating_sub(SLACK_NS));
    let ends = seconds(now.nanos().saturating_add(days * NS_PER_DAY));
    // Whose clock is slow trusts it too, and one that was signed while the hub's clock was fast is of use when it is right.
    params.not_before = date_time_ymd(1970, 1, 1);
    params.not_after = date_time_ymd(1970, 1, 1) + Duration::from_secs(ends);
    (Timestamp::from_nanos(begins * 1_000_000_000), Timestamp::from_nanos(ends * 1_000_000_000))
}

fn unreadable(path: &Path, error: &dyn std::error::Error) -> Error {
    Error::file(path, std::io::Error::new(std::io::ErrorKind::InvalidData, error.to_string()))
}
