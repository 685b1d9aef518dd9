//! The file that a vault is sealed in. The crate's documentation has its form.

use serde::{Deserialize, Serialize};

use crate::aead::{self, Algorithm, NONCE, TAG};
use crate::body::{self, BODY_MAX, MethodKey};
use crate::bytes::{Blob, Bytes};
use crate::error::{Error, Result};
use crate::keyring::Keyring;
use crate::method::{METHODS_MAX, Method, MethodId, MethodSummary, RootName};
use crate::secret::Secret;

/// Bytes of the largest file: the largest body in digits, and methods with all their shares.
pub(crate) const FILE_MAX: usize = 256 << 10;

const FORMAT: u32 = 1;

/// A seal as it lies on the disk. Nothing in it is secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealFile {
    format: u32,
    vault: Bytes<16>,
    root: u32,
    methods: Vec<Method>,
    body: Body,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    nonce: Bytes<NONCE>,
    sealed: Blob,
}

/// Why a file is no seal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Malformed(pub String);

/// Everything before the body: what the body is bound to.
#[derive(Serialize)]
struct Head<'a> {
    format: u32,
    vault: Bytes<16>,
    root: u32,
    methods: &'a [Method],
}

/// What is looked at first: a newer format has keys that this version does not know.
#[derive(Deserialize)]
struct Peek {
    format: u32,
}

impl SealFile {
    /// Reads a file.
    ///
    /// # Errors
    /// Everything that is not a seal of this format, or says what cannot be or costs too much.
    pub fn decode(bytes: &[u8]) -> std::result::Result<Self, Malformed> {
        if bytes.len() > FILE_MAX {
            return Err(Malformed(format!("it has more than {FILE_MAX} bytes")));
        }
        let no_json = |error: serde_json::Error| Malformed(error.to_string());
        let Peek { format } = serde_json::from_slice(bytes).map_err(no_json)?;
        if format != FORMAT {
            return Err(Malformed(format!("its format is {format}, and {FORMAT} is read")));
        }
        let file: Self = serde_json::from_slice(bytes).map_err(no_json)?;
        match file.fault() {
            Some(why) => Err(Malformed(why)),
            None => Ok(file),
        }
    }

    /// Its bytes.
    ///
    /// # Errors
    /// [`Error::Crypto`] when it cannot be written as JSON.
    pub fn encode(&self) -> Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec_pretty(self).map_err(|_| Error::Crypto("writing the seal"))?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Seals keys.
    pub(crate) fn seal(
        name: RootName,
        root: &Secret,
        methods: Vec<Method>,
        ring: &Keyring,
        keys: &[MethodKey],
    ) -> Result<Self> {
        let mut plain = body::encode(ring, keys).ok_or(Error::Crypto("writing the keyring"))?;
        let head = head(name, &methods)?;
        let nonce = Bytes::random()?;
        let tag = aead::seal(Algorithm::Aes256GcmSiv, root.expose(), nonce.0, &head, plain.as_mut())?;
        let mut sealed = plain.as_mut().to_vec();
        sealed.extend(tag);
        let body = Body { nonce, sealed: Blob(sealed) };
        Ok(Self { format: FORMAT, vault: Bytes(name.vault), root: name.version, methods, body })
    }

    /// What is sealed, or `None` when it was changed.
    pub(crate) fn open(&self, root: &Secret) -> Option<(Keyring, Vec<MethodKey>)> {
        let head = head(self.name(), &self.methods).ok()?;
        let mut sealed = Secret::<{ BODY_MAX + TAG }>::zeroed();
        let place = sealed.expose_mut().get_mut(..self.body.sealed.0.len())?;
        place.copy_from_slice(&self.body.sealed.0);
        let opened = aead::open(Algorithm::Aes256GcmSiv, root.expose(), self.body.nonce.0, &head, place)?;
        let (ring, keys) = body::decode(opened)?;
        let ids = self.methods.iter().map(|method| method.id);
        ids.eq(keys.iter().map(|(id, _)| *id)).then_some((ring, keys))
    }

    pub(crate) fn name(&self) -> RootName {
        RootName { vault: self.vault.0, version: self.root }
    }

    pub(crate) fn methods(&self) -> &[Method] {
        &self.methods
    }

    /// What opens it.
    #[must_use]
    pub fn summary(&self) -> Vec<MethodSummary> {
        self.methods.iter().map(Method::summary).collect()
    }

    fn fault(&self) -> Option<String> {
        let ids: Vec<MethodId> = self.methods.iter().map(|method| method.id).collect();
        if !(1..=METHODS_MAX).contains(&ids.len()) {
            return Some(format!("it has {} methods; 1 to {METHODS_MAX} are possible", ids.len()));
        }
        if !ids.is_sorted_by(|one, other| one < other) {
            return Some("the numbers of its methods do not ascend".to_owned());
        }
        if self.root == 0 {
            return Some("its root key has no version".to_owned());
        }
        if !(TAG..=BODY_MAX + TAG).contains(&self.body.sealed.0.len()) {
            return Some(format!("its body has {} bytes", self.body.sealed.0.len()));
        }
        self.methods.iter().find_map(Method::fault)
    }
}

fn head(name: RootName, methods: &[Method]) -> Result<Vec<u8>> {
    let head = Head { format: FORMAT, vault: Bytes(name.vault), root: name.version, methods };
    serde_json::to_vec(&head).map_err(|_| Error::Crypto("writing the seal"))
}
