//! TLS of the listener for sensors.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::server::{ClientHello, ResolvesServerCert, WebPkiClientVerifier};
use rustls::sign::CertifiedKey;
use rustls::version::TLS13;
use rustls::{RootCertStore, ServerConfig};

use crate::Error;
use crate::app::App;
use crate::authority::{Authority, Signed};

/// TLS 1.3 with certificates of the authority on both sides. Who has none yet may come and ask for one.
pub(super) fn config(app: &App, authority: &Authority) -> Result<Arc<ServerConfig>, Error> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(authority.certificate().clone())?;
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
        .allow_unauthenticated()
        .build()
        .map_err(|error| rustls::Error::General(error.to_string()))?;
    let own = Own { app: app.clone(), provider: Arc::clone(&provider), held: Mutex::default() };
    // The first one is made here, so that a failure ends the start.
    own.certificate()?;
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13])?
        .with_client_cert_verifier(verifier)
        .with_cert_resolver(Arc::new(own));
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// The hub's certificate for sensors: in memory only, made anew after two thirds of its life.
struct Own {
    app: App,
    provider: Arc<CryptoProvider>,
    held: Mutex<Option<(Signed, Arc<CertifiedKey>)>>,
}

impl Own {
    fn certificate(&self) -> Result<Arc<CertifiedKey>, Error> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((signed, key)) = held.as_ref()
            && !signed.is_to_be_renewed(self.app.world.now())
        {
            return Ok(Arc::clone(key));
        }
        let authority = self.app.authority.as_ref().ok_or(rustls::Error::NoCertificatesPresented)?;
        let (signed, private) = authority.sign_hub(&self.app.world)?;
        // With the authority behind it: who enrols finds it there and compares it with the token.
        let chain = vec![signed.certificate.clone(), authority.certificate().clone()];
        let key = Arc::new(CertifiedKey::from_der(chain, private, &self.provider)?);
        *held = Some((signed, Arc::clone(&key)));
        Ok(key)
    }
}

impl ResolvesServerCert for Own {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.certificate()
            .inspect_err(
                |error| tracing::error!(%error, "cannot make a certificate for the listener for sensors"),
            )
            .ok()
    }
}

impl fmt::Debug for Own {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Own(..)")
    }
}
