//! Who a sensor is: its certificate and key, and which hub it trusts. One file, so that they never disagree.

use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde::{Deserialize, Serialize};

use crate::HubAddress;
use crate::message::Issued;

/// A sensor that was enrolled. Its key is not printed.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// Its id.
    pub sensor: String,
    /// What people call it.
    pub name: String,
    /// Where its hub is.
    pub hub: HubAddress,
    authority: String,
    certificate: String,
    key: String,
    /// When its certificate begins, in seconds since 1970.
    pub begins_s: u64,
    /// When its certificate ends, in seconds since 1970.
    pub ends_s: u64,
}

/// Why an identity cannot be read, made or kept.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IdentityError {
    /// Its file cannot be used.
    #[error("cannot use `{}`", path.display())]
    File {
        /// Which one.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// No sensor was enrolled here.
    #[error("no sensor is enrolled in `{}`; `bedrail sensor enrol` does it", folder.display())]
    Missing {
        /// Where it should be.
        folder: PathBuf,
    },
    /// The file is none of a sensor.
    #[error("`{}` cannot be read as the identity of a sensor", path.display())]
    Unreadable {
        /// Which one.
        path: PathBuf,
    },
    /// A key or a request cannot be made.
    #[error("cannot make a key")]
    Key(#[from] rcgen::Error),
}

/// A key that waits for its certificate.
pub struct Applicant(KeyPair);

/// Name of the file in the sensor's folder.
const FILE: &str = "identity.json";

impl Applicant {
    /// A fresh key (ECDSA P-256).
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub fn new() -> Result<Self, IdentityError> {
        Ok(Self(KeyPair::generate()?))
    }

    /// The request to sign it, in PEM. The hub decides what the certificate says.
    ///
    /// # Errors
    /// When it cannot be signed.
    pub fn request(&self) -> Result<String, IdentityError> {
        let mut params = CertificateParams::default();
        params.distinguished_name = rcgen::DistinguishedName::new();
        Ok(params.serialize_request(&self.0)?.pem()?)
    }

    /// The sensor that it became.
    #[must_use]
    pub fn become_sensor(self, hub: HubAddress, issued: Issued) -> Identity {
        let Issued { sensor, name, certificate, authority, begins_s, ends_s } = issued;
        Identity { sensor, name, hub, authority, certificate, key: self.0.serialize_pem(), begins_s, ends_s }
    }
}

impl Identity {
    /// Reads it from a sensor's folder.
    ///
    /// # Errors
    /// [`IdentityError::Missing`] when no sensor was enrolled there.
    pub fn read(folder: &Path) -> Result<Self, IdentityError> {
        let path = folder.join(FILE);
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(IdentityError::Missing { folder: folder.to_owned() });
            }
            Err(source) => return Err(IdentityError::File { path, source }),
        };
        serde_json::from_slice(&text).map_err(|_| IdentityError::Unreadable { path })
    }

    /// Keeps it in a sensor's folder, readable for this user only, whole or not at all.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, folder: &Path) -> Result<(), IdentityError> {
        let path = folder.join(FILE);
        let fresh = path.with_extension("new");
        let write = || {
            let text = serde_json::to_vec_pretty(self)?;
            let mut file =
                OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&fresh)?;
            file.write_all(&text)?;
            file.sync_all()?;
            fs::rename(&fresh, &path)?;
            fs::File::open(folder)?.sync_all()
        };
        write().map_err(|source| IdentityError::File { path: path.clone(), source })
    }

    /// Whether two thirds of its certificate's life are over. One that has not begun counts too: the clock of the hub
    /// or of this sensor was or is wrong, and the hub's may see its end before this one does.
    #[must_use]
    pub fn is_to_be_renewed(&self, now_s: u64) -> bool {
        let life_s = self.ends_s.saturating_sub(self.begins_s);
        now_s < self.begins_s || now_s - self.begins_s >= life_s / 3 * 2
    }

    /// The same sensor with its next certificate; `None` when that would end earlier: then the hub's clock is behind, and
    /// what it signs now is worth nothing when it is right again.
    #[must_use]
    pub fn renewed(&self, applicant: Applicant, issued: Issued) -> Option<Self> {
        if issued.ends_s < self.ends_s {
            return None;
        }
        let (certificate, key) = (issued.certificate, applicant.0.serialize_pem());
        let Issued { begins_s, ends_s, .. } = issued;
        Some(Self { certificate, key, begins_s, ends_s, ..self.clone() })
    }

    pub(crate) fn authority(&self) -> Option<CertificateDer<'static>> {
        CertificateDer::from_pem_slice(self.authority.as_bytes()).ok()
    }

    pub(crate) fn certificate(&self) -> Option<CertificateDer<'static>> {
        CertificateDer::from_pem_slice(self.certificate.as_bytes()).ok()
    }

    pub(crate) fn key(&self) -> Option<PrivateKeyDer<'static>> {
        PrivateKeyDer::from_pem_slice(self.key.as_bytes()).ok()
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("sensor", &self.sensor)
            .field("hub", &self.hub)
            .finish_non_exhaustive()
    }
}
