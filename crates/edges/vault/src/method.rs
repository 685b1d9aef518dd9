//! The ways to open a seal, side by side. Each comes to a key of its own, which wraps the root key.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use crate::aead::{self, Algorithm, NONCE, TAG};
use crate::bytes::Bytes;
use crate::error::{Error, Result};
use crate::passphrase::{Cost, Passphrase, PassphraseWay};
use crate::secret::Secret;
use crate::share::{Share, SharesWay};
use crate::token::{TokenAccess, TokenWay};

/// Methods of one seal: each passphrase costs a try.
pub(crate) const METHODS_MAX: usize = 8;
const LABEL: &[u8] = b"bedrail seal 1";

/// The number of a method in its seal; none is given twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MethodId(pub u32);

/// What a method needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MethodKind {
    /// A passphrase.
    Passphrase,
    /// Some of several shares.
    Shares {
        /// How many are needed.
        threshold: u8,
        /// How many were given out.
        count: u8,
        /// The name of the set, which its shares carry.
        set: [u8; 4],
    },
    /// A token with PKCS#11.
    Token {
        /// Its label.
        label: String,
    },
}

/// A method, as it may be shown to everybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MethodSummary {
    /// Its number.
    pub id: MethodId,
    /// What it needs.
    pub kind: MethodKind,
}

/// What a new method is made of.
#[derive(Debug)]
pub enum NewMethod<'a> {
    /// This passphrase, and what a try costs.
    Passphrase(&'a Passphrase, Cost),
    /// Shares that are made.
    Shares {
        /// How many are needed.
        threshold: u8,
        /// How many are made.
        count: u8,
    },
    /// A new key in this token.
    Token(&'a TokenAccess),
}

/// What opens a seal.
#[derive(Debug, Clone, Copy)]
pub enum Unlock<'a> {
    /// A passphrase.
    Passphrase(&'a Passphrase),
    /// Shares, in any order.
    Shares(&'a [Share]),
    /// A token.
    Token(&'a TokenAccess),
}

/// A method as the seal holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Method {
    pub(crate) id: MethodId,
    way: Way,
    wrapped: Wrapped,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Way {
    Passphrase(PassphraseWay),
    Shares(SharesWay),
    Token(TokenWay),
}

/// The root key under the key of a method.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wrapped {
    nonce: Bytes<NONCE>,
    sealed: Bytes<{ 32 + TAG }>,
}

/// Whose root key: the vault and the version.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RootName {
    pub(crate) vault: [u8; 16],
    pub(crate) version: u32,
}

impl Method {
    /// A method, its key, and the shares that are to be given out.
    pub(crate) fn new(
        id: MethodId,
        new: &NewMethod<'_>,
        root: &Secret,
        name: RootName,
    ) -> Result<(Self, Secret, Vec<Share>)> {
        let (way, key, shares) = match new {
            NewMethod::Passphrase(passphrase, cost) => {
                let way = PassphraseWay::new(*cost)?;
                let key = way.key(passphrase)?;
                (Way::Passphrase(way), key, Vec::new())
            }
            NewMethod::Shares { threshold, count } => {
                let key = Secret::random()?;
                let (way, shares) = SharesWay::new(*threshold, *count, &key, &name.vault)?;
                (Way::Shares(way), key, shares)
            }
            NewMethod::Token(access) => {
                let key = Secret::random()?;
                (Way::Token(TokenWay::new(access, &key, &name.vault)?), key, Vec::new())
            }
        };
        let wrapped = Wrapped::new(id, &key, root, name)?;
        Ok((Self { id, way, wrapped }, key, shares))
    }

    /// The same method around another root key.
    pub(crate) fn rewrapped(&self, key: &Secret, root: &Secret, name: RootName) -> Result<Self> {
        let wrapped = Wrapped::new(self.id, key, root, name)?;
        Ok(Self { id: self.id, way: self.way.clone(), wrapped })
    }

    pub(crate) fn summary(&self) -> MethodSummary {
        let kind = match &self.way {
            Way::Passphrase(_) => MethodKind::Passphrase,
            Way::Shares(way) => MethodKind::Shares {
                threshold: way.threshold,
                count: u8::try_from(way.checks.len()).unwrap_or(u8::MAX),
                set: way.set.0,
            },
            Way::Token(way) => MethodKind::Token { label: way.label.clone() },
        };
        MethodSummary { id: self.id, kind }
    }

    /// Why what a file says cannot be.
    pub(crate) fn fault(&self) -> Option<String> {
        match &self.way {
            Way::Passphrase(way) => way.cost.check().err().map(|error| error.to_string()),
            Way::Shares(way) => (!way.is_sound()).then(|| format!("{way} are not possible")),
            Way::Token(way) => (!way.is_sound()).then(|| "what a token holds is not that long".to_owned()),
        }
    }
}

impl Wrapped {
    fn new(id: MethodId, key: &Secret, root: &Secret, name: RootName) -> Result<Self> {
        let nonce = Bytes::random()?;
        // The text is wiped by becoming the ciphertext; on the way it lies in memory of its own.
        let mut text = Secret::<32>::zeroed();
        text.expose_mut().copy_from_slice(root.expose());
        let tag = aead::seal(
            Algorithm::Aes256GcmSiv,
            key.expose(),
            nonce.0,
            &associated(id, name),
            text.expose_mut(),
        )?;
        let mut sealed = [0; 32 + TAG];
        let (front, back) = sealed.split_at_mut(32);
        front.copy_from_slice(text.expose());
        back.copy_from_slice(&tag);
        Ok(Self { nonce, sealed: Bytes(sealed) })
    }

    fn open(&self, id: MethodId, key: &Secret, name: RootName) -> Option<Secret> {
        let mut text = Secret::<{ 32 + TAG }>::zeroed();
        text.expose_mut().copy_from_slice(&self.sealed.0);
        let associated = associated(id, name);
        let opened =
            aead::open(Algorithm::Aes256GcmSiv, key.expose(), self.nonce.0, &associated, text.expose_mut())?;
        let mut root = Secret::zeroed();
        root.expose_mut().copy_from_slice(opened.first_chunk::<32>()?);
        Some(root)
    }
}

/// Opens one of the methods: which one, and the root key.
pub(crate) fn open(methods: &[Method], unlock: Unlock<'_>, name: RootName) -> Result<(MethodId, Secret)> {
    match unlock {
        Unlock::Passphrase(passphrase) => by_passphrase(methods, passphrase, name),
        Unlock::Shares(shares) => by_shares(methods, shares, name),
        Unlock::Token(access) => by_token(methods, access, name),
    }
}

fn by_passphrase(methods: &[Method], passphrase: &Passphrase, name: RootName) -> Result<(MethodId, Secret)> {
    let mut failed = Error::NoSuchMethod("a passphrase");
    for method in methods {
        let Way::Passphrase(way) = &method.way else { continue };
        if let Some(root) = method.wrapped.open(method.id, &way.key(passphrase)?, name) {
            return Ok((method.id, root));
        }
        failed = Error::WrongPassphrase;
    }
    Err(failed)
}

fn by_shares(methods: &[Method], shares: &[Share], name: RootName) -> Result<(MethodId, Secret)> {
    let sets = methods.iter().filter_map(|method| match &method.way {
        Way::Shares(way) => Some((method, way)),
        Way::Passphrase(_) | Way::Token(_) => None,
    });
    // While shares are given out anew there are two sets: the one that most of these are of is meant.
    let meant = sets.min_by_key(|(_, way)| Reverse(way.known(shares)));
    let (method, way) = meant.ok_or(Error::NoSuchMethod("shares"))?;
    let key = way.key(shares, &name.vault)?;
    let root = method.wrapped.open(method.id, &key, name).ok_or(Error::Crypto("unwrapping the root key"))?;
    Ok((method.id, root))
}

fn by_token(methods: &[Method], access: &TokenAccess, name: RootName) -> Result<(MethodId, Secret)> {
    let mut failed = Error::NoSuchMethod("this token");
    for method in methods {
        let Way::Token(way) = &method.way else { continue };
        if way.label != access.label {
            continue;
        }
        match way.key(access, &name.vault) {
            Ok(key) => {
                let root = method.wrapped.open(method.id, &key, name);
                return Ok((method.id, root.ok_or(Error::Crypto("unwrapping the root key"))?));
            }
            Err(error) => failed = error,
        }
    }
    Err(failed)
}

fn associated(id: MethodId, name: RootName) -> Vec<u8> {
    [LABEL, &name.vault, &name.version.to_be_bytes(), &id.0.to_be_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_root_key_comes_out_for_its_own_method_vault_and_version_only() -> Result<()> {
        let (key, root, id) = (Secret::random()?, Secret::random()?, MethodId(2));
        let name = RootName { vault: [1; 16], version: 3 };
        let wrapped = Wrapped::new(id, &key, &root, name)?;
        let opened = |id, key: &Secret, name| wrapped.open(id, key, name).map(|root| *root.expose());
        assert_eq!(opened(id, &key, name), Some(*root.expose()));
        assert_eq!(opened(MethodId(3), &key, name), None);
        assert_eq!(opened(id, &key, RootName { version: 2, ..name }), None);
        assert_eq!(opened(id, &key, RootName { vault: [2; 16], ..name }), None);
        assert_eq!(opened(id, &Secret::random()?, name), None);
        Ok(())
    }

    #[test]
    fn shares_are_tried_on_the_set_that_most_of_them_are_of() -> Result<()> {
        let (root, name) = (Secret::random()?, RootName { vault: [1; 16], version: 1 });
        let new = NewMethod::Shares { threshold: 2, count: 3 };
        let (first, _, mut old) = Method::new(MethodId(1), &new, &root, name)?;
        let (second, _, fresh) = Method::new(MethodId(2), &new, &root, name)?;
        let methods = [first, second];
        assert_eq!(open(&methods, Unlock::Shares(&old), name)?.0, MethodId(1));
        assert_eq!(open(&methods, Unlock::Shares(&fresh), name)?.0, MethodId(2));
        old.truncate(1);
        old.extend(fresh);
        let text = open(&methods, Unlock::Shares(&old), name).err().map(|error| error.to_string());
        assert!(text.is_some_and(|text| text.contains("share 1 is of set") && !text.contains("share 2")));
        Ok(())
    }
}
