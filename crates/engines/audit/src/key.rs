//! Keys that sign checkpoints: Ed25519 (RFC 8032) of aws-lc.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};

use crate::hex::{hex, unhex_array};
use crate::record::Hash;

/// Names a key: the first half of the SHA-256 of its public part.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub [u8; 16]);

/// An Ed25519 signature.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature(pub [u8; 64]);

/// Signs; whoever holds the key, in a file or in hardware.
pub trait Signer {
    /// Which key it signs with.
    fn id(&self) -> KeyId;

    /// Signs a message.
    ///
    /// # Errors
    /// When the key cannot be used.
    fn sign(&self, message: &[u8]) -> Result<Signature, KeyError>;
}

/// Public keys that are trusted.
pub trait Keys {
    /// Whether the key of this name signed the message.
    ///
    /// # Errors
    /// When there is no such key, or the signature is not its own.
    fn verify(&self, key: KeyId, message: &[u8], signature: &Signature) -> Result<(), Unverified>;
}

/// Why a signature says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unverified {
    /// The key is not one of those that are trusted.
    UnknownKey,
    /// The key did not sign this.
    Wrong,
}

/// Why a key cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is no Ed25519 key; write a public one as `{FORM}` and 64 hexadecimal digits")]
pub struct KeyError;

/// A key in memory. It is not printed.
pub struct SigningKey {
    pair: Ed25519KeyPair,
    public: PublicKey,
}

/// The public part of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(pub [u8; 32]);

/// How a public key begins in a file.
const FORM: &str = "bedrail-audit-ed25519";

impl SigningKey {
    /// From its seed: 32 bytes that nobody can guess (RFC 8032, 5.1.5).
    ///
    /// # Errors
    /// When the library refuses it.
    pub fn from_seed(seed: &[u8; 32]) -> Result<Self, KeyError> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| KeyError)?;
        let public = pair.public_key().as_ref().try_into().map_err(|_| KeyError)?;
        Ok(Self { pair, public: PublicKey(public) })
    }

    /// Its public part.
    #[must_use]
    pub const fn public(&self) -> PublicKey {
        self.public
    }
}

impl Signer for SigningKey {
    fn id(&self) -> KeyId {
        self.public.id()
    }

    fn sign(&self, message: &[u8]) -> Result<Signature, KeyError> {
        let signature = self.pair.try_sign(message).map_err(|_| KeyError)?;
        signature.as_ref().try_into().map(Signature).map_err(|_| KeyError)
    }
}

impl PublicKey {
    /// Its name.
    #[must_use]
    pub fn id(&self) -> KeyId {
        let Hash([id @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _]) = Hash::of(&self.0);
        KeyId(id)
    }
}

impl Keys for [PublicKey] {
    fn verify(&self, key: KeyId, message: &[u8], signature: &Signature) -> Result<(), Unverified> {
        let key = self.iter().find(|known| known.id() == key).ok_or(Unverified::UnknownKey)?;
        UnparsedPublicKey::new(&ED25519, key.0).verify(message, &signature.0).map_err(|_| Unverified::Wrong)
    }
}

impl Keys for &[PublicKey] {
    fn verify(&self, key: KeyId, message: &[u8], signature: &Signature) -> Result<(), Unverified> {
        <[PublicKey]>::verify(self, key, message, signature)
    }
}

impl Keys for Vec<PublicKey> {
    fn verify(&self, key: KeyId, message: &[u8], signature: &Signature) -> Result<(), Unverified> {
        self.as_slice().verify(key, message, signature)
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{FORM} {}", hex(&self.0))
    }
}

impl FromStr for PublicKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.trim().strip_prefix(FORM).and_then(|rest| rest.strip_prefix(' '));
        digits.and_then(unhex_array).map(Self).ok_or(KeyError)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({})", hex(&self.0))
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8032, 7.1, test 2.
    #[test]
    fn signs_as_the_standard_says() {
        let seed =
            unhex_array("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb").expect("a seed");
        let key = SigningKey::from_seed(&seed).expect("a key");
        let public = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
        assert_eq!(hex(&key.public().0), public);
        let signature = key.sign(&[0x72]).expect("signed");
        let expected = "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
                        085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";
        assert_eq!(hex(&signature.0), expected);
        let keys = vec![key.public()];
        assert_eq!(keys.verify(key.id(), &[0x72], &signature), Ok(()));
        assert_eq!(keys.verify(key.id(), &[0x73], &signature), Err(Unverified::Wrong));
        assert_eq!(keys.verify(KeyId([0; 16]), &[0x72], &signature), Err(Unverified::UnknownKey));
    }

    #[test]
    fn a_public_key_reads_back_and_a_secret_one_is_not_printed() {
        let key = SigningKey::from_seed(&[7; 32]).expect("a key");
        let text = key.public().to_string();
        assert_eq!(format!("{text}\n").parse(), Ok(key.public()));
        for wrong in ["", "bedrail-audit-ed25519", "bedrail-audit-ed25519 07", "ssh-ed25519 AAAA"] {
            assert_eq!(wrong.parse::<PublicKey>(), Err(KeyError), "{wrong}");
        }
        assert!(!format!("{key:?}").contains(&hex(&[7; 4])));
    }
}
