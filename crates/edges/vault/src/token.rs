//! A token with PKCS#11: it decrypts the key of the method with an AES key that never leaves it.
//!
//! Which module is loaded is said by whoever starts the hub, never by the seal: a module is code, and who can write a
//! file must not choose it.

use std::path::PathBuf;

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error as TokenError, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::mechanism::aead::GcmParams;
use cryptoki::object::{Attribute, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::types::RawAuthPin;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::aead::NONCE;
use crate::bytes::{Blob, Bytes};
use crate::error::{Error, Result};
use crate::passphrase::Passphrase;
use crate::secret::Secret;

/// Bits of a tag.
const TAG_BITS: u64 = 128;
/// What the key is called on the token, for people.
const KEY_LABEL: &[u8] = b"bedrail seal";
/// Letters of a token's label (`CK_TOKEN_INFO.label`).
const LABEL_MAX: usize = 32;
/// Bytes of what a token encrypts: 32 bytes with a tag, and what a module may add.
const SEALED_MAX: usize = 256;

/// How to get at a token.
#[derive(Debug)]
pub struct TokenAccess {
    /// The vendor's PKCS#11 module.
    pub module: PathBuf,
    /// The label of the token.
    pub label: String,
    /// The PIN of its user.
    pub pin: Passphrase,
}

/// How a token comes to the key of its method.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TokenWay {
    pub(crate) label: String,
    /// `CKA_ID` of the AES key.
    pub(crate) key: Bytes<16>,
    pub(crate) nonce: Bytes<NONCE>,
    pub(crate) sealed: Blob,
}

impl TokenWay {
    /// Makes an AES key in the token and encrypts the key of the method with it.
    pub(crate) fn new(access: &TokenAccess, secret: &Secret, vault: &[u8; 16]) -> Result<Self> {
        let open = Open::new(access, true)?;
        let (id, nonce) = (Bytes::<16>::random()?, Bytes::<NONCE>::random()?);
        let key = open.generate(&id.0)?;
        let mut iv = nonce.0;
        let mechanism =
            Mechanism::AesGcm(open.done("encrypt", GcmParams::new(&mut iv, vault, TAG_BITS.into()))?);
        let sealed = open.done("encrypt", open.session.encrypt(&mechanism, key, secret.expose()))?;
        let way = Self { label: access.label.clone(), key: id, nonce, sealed: Blob(sealed) };
        // Some modules choose a nonce of their own and keep it to themselves.
        let opened = way.key_in(&open, vault)?;
        if opened.expose() != secret.expose() || !way.is_sound() {
            return Err(open.failed("decrypt", "what it encrypted comes out otherwise"));
        }
        Ok(way)
    }

    /// Whether what a file says is possible.
    pub(crate) fn is_sound(&self) -> bool {
        self.label.len() <= LABEL_MAX && self.sealed.0.len() <= SEALED_MAX
    }

    /// The key of the method.
    pub(crate) fn key(&self, access: &TokenAccess, vault: &[u8; 16]) -> Result<Secret> {
        self.key_in(&Open::new(access, false)?, vault)
    }

    fn key_in(&self, open: &Open, vault: &[u8; 16]) -> Result<Secret> {
        let key = open.find(&self.key.0)?;
        let mut iv = self.nonce.0;
        let mechanism =
            Mechanism::AesGcm(open.done("decrypt", GcmParams::new(&mut iv, vault, TAG_BITS.into()))?);
        let opened = open.done("decrypt", open.session.decrypt(&mechanism, key, &self.sealed.0))?;
        let opened = Zeroizing::new(opened);
        let bytes: &[u8; 32] =
            opened.as_slice().try_into().map_err(|_| open.failed("decrypt", "what comes out is no key"))?;
        let mut secret = Secret::zeroed();
        secret.expose_mut().copy_from_slice(bytes);
        Ok(secret)
    }
}

/// A session with a token, logged in. The module stays loaded as long.
struct Open {
    session: Session,
    label: String,
    _module: Pkcs11,
}

impl Open {
    fn new(access: &TokenAccess, writes: bool) -> Result<Self> {
        let label = &access.label;
        let failed = |act, why: String| Error::Token { label: label.clone(), act, why };
        let done = |act| move |error: TokenError| failed(act, said(&error));
        let module = Pkcs11::new(&access.module)
            .map_err(|error| failed("be reached", format!("`{}`: {error}", access.module.display())))?;
        match module.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
            Ok(()) | Err(TokenError::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
            Err(error) => return Err(failed("be reached", said(&error))),
        }
        let slots = module.get_slots_with_initialized_token().map_err(done("be listed"))?;
        let named = |slot: &cryptoki::slot::Slot| {
            module.get_token_info(*slot).is_ok_and(|token| token.label().trim_end() == label)
        };
        let slot = match slots.into_iter().filter(named).collect::<Vec<_>>().as_slice() {
            [slot] => *slot,
            [] => return Err(failed("be found", "no token has this label".to_owned())),
            [_, _, ..] => return Err(failed("be found", "several tokens have this label".to_owned())),
        };
        let session = if writes { module.open_rw_session(slot) } else { module.open_ro_session(slot) };
        let session = session.map_err(done("open a session"))?;
        let pin = RawAuthPin::new(Box::new(access.pin.expose().to_vec()));
        session.login_with_raw(UserType::User, &pin).map_err(done("be logged in to"))?;
        Ok(Self { session, label: label.clone(), _module: module })
    }

    /// An AES key of 256 bits that cannot be taken out.
    fn generate(&self, id: &[u8]) -> Result<ObjectHandle> {
        let template = [
            Attribute::Class(ObjectClass::SECRET_KEY),
            Attribute::KeyType(KeyType::AES),
            Attribute::ValueLen(32.into()),
            Attribute::Id(id.to_vec()),
            Attribute::Label(KEY_LABEL.to_vec()),
            Attribute::Token(true),
            Attribute::Private(true),
            Attribute::Sensitive(true),
            Attribute::Extractable(false),
            Attribute::Encrypt(true),
            Attribute::Decrypt(true),
        ];
        self.done("make a key", self.session.generate_key(&Mechanism::AesKeyGen, &template))
    }

    fn find(&self, id: &[u8]) -> Result<ObjectHandle> {
        let template = [Attribute::Class(ObjectClass::SECRET_KEY), Attribute::Id(id.to_vec())];
        let found = self.done("be searched", self.session.find_objects(&template))?;
        match found.as_slice() {
            [key] => Ok(*key),
            [] => Err(self.failed("decrypt", "the key of this seal is not in it")),
            [_, _, ..] => Err(self.failed("decrypt", "several of its keys have the id of this seal")),
        }
    }

    fn done<T>(&self, act: &'static str, result: std::result::Result<T, TokenError>) -> Result<T> {
        result.map_err(|error| self.failed(act, &said(&error)))
    }

    fn failed(&self, act: &'static str, why: &str) -> Error {
        Error::Token { label: self.label.clone(), act, why: why.to_owned() }
    }
}

/// The words for what people can do something about.
fn said(error: &TokenError) -> String {
    match error {
        TokenError::Pkcs11(RvError::PinIncorrect, _) => "the PIN is wrong".to_owned(),
        TokenError::Pkcs11(RvError::PinLocked, _) => "the PIN was wrong too often and is locked".to_owned(),
        TokenError::Pkcs11(RvError::MechanismInvalid, _) => "it does not do AES-GCM".to_owned(),
        other => other.to_string(),
    }
}
