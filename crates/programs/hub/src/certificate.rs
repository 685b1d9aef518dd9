//! The certificate of the hub, signed by itself until somebody puts a better one in its place.

use std::fs;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::Timestamp;
use rcgen::{CertificateParams, DnType, KeyPair, SanType, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use sha2::{Digest, Sha256};

use crate::Error;
use crate::files::{folder, write_secret};
use crate::world::World;

/// Days that a certificate is valid: what browsers take at most.
const DAYS: u64 = 397;
/// It is made anew at a start after two thirds of that.
const RENEWED_AFTER_S: u64 = DAYS * 86_400 * 2 / 3;
const NS_PER_DAY: u64 = 86_400 * 1_000_000_000;

/// What TLS is done with, and the fingerprint (SHA-256) that people can compare.
pub(crate) fn config(
    world: &World,
    data: &Path,
    listen: IpAddr,
) -> Result<(Arc<ServerConfig>, String), Error> {
    let place = data.join("tls");
    folder(&place)?;
    let (certificate, key) = (place.join("hub.crt"), place.join("hub.key"));
    if is_to_be_made(&certificate, world.now()) || !key.exists() {
        make(world, listen, &certificate, &key)?;
    }
    let unreadable = |path: &PathBuf, error: rustls::pki_types::pem::Error| {
        Error::file(path, std::io::Error::new(std::io::ErrorKind::InvalidData, error.to_string()))
    };
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(&certificate)
        .and_then(Iterator::collect)
        .map_err(|error| unreadable(&certificate, error))?;
    let private = PrivateKeyDer::from_pem_file(&key).map_err(|error| unreadable(&key, error))?;
    let fingerprint = chain.first().map(|own| fingerprint(own)).unwrap_or_default();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, private)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok((Arc::new(config), fingerprint))
}

/// Whether there is none, or it is our own and old. One that somebody put there stays.
fn is_to_be_made(path: &Path, now: Timestamp) -> bool {
    let Ok(made) = fs::metadata(path).and_then(|metadata| metadata.modified()) else { return true };
    let made = made.duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_secs();
    let is_own = path.with_file_name("own").exists();
    is_own && now.nanos() / 1_000_000_000 > made.saturating_add(RENEWED_AFTER_S)
}

fn make(world: &World, listen: IpAddr, certificate: &Path, key: &Path) -> Result<(), Error> {
    let now = world.now();
    let mut params = CertificateParams::new(names())?;
    let addresses = [IpAddr::from([127, 0, 0, 1]), IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1]), listen];
    let own = addresses.into_iter().filter(|address| !address.is_unspecified());
    params.subject_alt_names.extend(own.map(SanType::IpAddress));
    params.distinguished_name.push(DnType::CommonName, "Bedrail hub");
    let (year, month, day) = date(Timestamp::from_nanos(now.nanos().saturating_sub(NS_PER_DAY)));
    params.not_before = date_time_ymd(year, month, day);
    let (year, month, day) = date(Timestamp::from_nanos(now.nanos().saturating_add(DAYS * NS_PER_DAY)));
    params.not_after = date_time_ymd(year, month, day);
    let pair = KeyPair::generate()?;
    let signed = params.self_signed(&pair)?;
    write_secret(key, pair.serialize_pem().as_bytes())?;
    write_secret(certificate, signed.pem().as_bytes())?;
    write_secret(
        &certificate.with_file_name("own"),
        b"made by bedrail; remove this file to keep the certificate\n",
    )
}

/// Names under which the hub is likely called.
fn names() -> Vec<String> {
    let host = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default().trim().to_lowercase();
    let is_name = |host: &String| {
        !host.is_empty()
            && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.')
    };
    let mut names = vec!["localhost".to_owned()];
    names.extend(Some(host).filter(is_name));
    names.dedup();
    names
}

/// Year, month and day of a time.
fn date(at: Timestamp) -> (i32, u8, u8) {
    let text = at.to_string();
    let mut parts = text.split(['-', 'T']);
    let year = parts.next().and_then(|part| part.parse().ok()).unwrap_or(1970);
    let month = parts.next().and_then(|part| part.parse().ok()).unwrap_or(1);
    let day = parts.next().and_then(|part| part.parse().ok()).unwrap_or(1);
    (year, month, day)
}

fn fingerprint(certificate: &CertificateDer<'_>) -> String {
    let digest = Sha256::digest(certificate);
    digest.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":")
}
