//! Whose certificate is trusted: the system's authorities, one that is named, or exactly one certificate.

use std::io::{self, ErrorKind};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::Context;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, ClientConnection, DigitallySignedStruct, RootCertStore, SignatureScheme,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Failure, Hub};

/// Whose certificate a hub has to show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Trust {
    /// One of an authority that this machine trusts.
    System,
    /// One of these authorities, in PEM.
    Authority(String),
    /// Exactly the one with this SHA-256 fingerprint, whatever name it carries: `AB:CD:..`.
    Fingerprint(String),
}

/// Longest wait for a certificate to look at.
const LOOK_MAX: Duration = Duration::from_secs(10);

impl Trust {
    /// How TLS is done with it.
    pub(super) fn config(&self) -> anyhow::Result<ClientConfig> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()?;
        let config = match self {
            Self::System => builder.with_root_certificates(system()).with_no_client_auth(),
            Self::Authority(pem) => builder.with_root_certificates(authorities(pem)?).with_no_client_auth(),
            Self::Fingerprint(wanted) => builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(Pinned::new(wanted.clone(), provider)))
                .with_no_client_auth(),
        };
        Ok(config)
    }
}

/// What the system trusts. One that cannot be read is not trusted.
fn system() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots
}

fn authorities(pem: &str) -> anyhow::Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
        roots.add(certificate.context("`--ca` holds a certificate that cannot be read")?)?;
    }
    anyhow::ensure!(!roots.is_empty(), "`--ca` holds no certificate in PEM");
    Ok(roots)
}

/// The fingerprint of the first certificate in a file.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn fingerprint(path: &Path) -> anyhow::Result<String> {
    let pem = std::fs::read(path).with_context(|| format!("cannot read `{}`", path.display()))?;
    let certificate = CertificateDer::from_pem_slice(&pem)
        .with_context(|| format!("`{}` holds no certificate in PEM", path.display()))?;
    Ok(digest(&certificate))
}

/// The fingerprint of the certificate that a hub shows now; nothing is sent to it but the beginning of a handshake.
///
/// # Errors
/// When it cannot be reached, or does not speak TLS.
pub(crate) fn presented(hub: &Hub) -> anyhow::Result<String> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    // No certificate has this fingerprint, so that the handshake ends as soon as the certificate is seen.
    let verifier = Arc::new(Pinned::new(String::new(), Arc::clone(&provider)));
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(verifier.clone())
        .with_no_client_auth();
    let (host, port) = hub.host_and_port();
    let mut connection = ClientConnection::new(Arc::new(config), ServerName::try_from(host.to_owned())?)?;
    let ended = connect(host, port).and_then(|mut stream| connection.complete_io(&mut stream));
    let seen = verifier.seen.lock().ok().and_then(|seen| seen.clone());
    match (seen, ended) {
        (Some(seen), _) => Ok(seen),
        (None, Err(error)) => {
            Err(Failure::Unreachable { hub: hub.to_string(), source: Box::new(error) }.into())
        }
        (None, Ok(_)) => {
            Err(Failure::Strange { hub: hub.to_string(), what: "no certificate".to_owned() }.into())
        }
    }
}

fn connect(host: &str, port: u16) -> io::Result<TcpStream> {
    let mut last = io::Error::from(ErrorKind::NotFound);
    for address in (host, port).to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, LOOK_MAX) {
            Ok(stream) => {
                stream.set_read_timeout(Some(LOOK_MAX))?;
                stream.set_write_timeout(Some(LOOK_MAX))?;
                return Ok(stream);
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn digest(certificate: &CertificateDer<'_>) -> String {
    Sha256::digest(certificate).iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":")
}

/// Trusts one certificate and notes which one was shown.
#[derive(Debug)]
struct Pinned {
    wanted: String,
    provider: Arc<CryptoProvider>,
    seen: Mutex<Option<String>>,
}

impl Pinned {
    fn new(wanted: String, provider: Arc<CryptoProvider>) -> Self {
        Self { wanted, provider, seen: Mutex::default() }
    }
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let shown = digest(end_entity);
        let is_wanted = shown == self.wanted;
        if let Ok(mut seen) = self.seen.lock() {
            *seen = Some(shown);
        }
        if is_wanted {
            return Ok(ServerCertVerified::assertion());
        }
        Err(CertificateError::ApplicationVerificationFailure.into())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(
            message,
            certificate,
            signature,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(
            message,
            certificate,
            signature,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
