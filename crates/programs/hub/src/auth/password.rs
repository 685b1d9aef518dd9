//! Passwords: kept as Argon2id with the parameters that OWASP names.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::world::{NoChance, World};

/// 19 MiB, 2 passes, 1 lane: "Password Storage Cheat Sheet", OWASP.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// A password cannot be hashed.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum PasswordError {
    /// No salt.
    #[error(transparent)]
    Chance(#[from] NoChance),
    /// The hash function refuses.
    #[error("cannot hash a password: {0}")]
    Hash(String),
}

/// The hash of a password, with its salt and parameters, as text. Takes tens of milliseconds.
pub(crate) fn hash(world: &World, password: &str) -> Result<String, PasswordError> {
    let salt: [u8; 16] = world.bytes()?;
    hasher()?
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map(|hash| hash.to_string())
        .map_err(|error| PasswordError::Hash(error.to_string()))
}

/// Whether `password` is the one of `hash`. Takes tens of milliseconds.
pub(crate) fn verify(hash: &str, password: &str) -> bool {
    let Ok(hash) = PasswordHash::new(hash) else { return false };
    hasher().is_ok_and(|hasher| hasher.verify_password(password.as_bytes(), &hash).is_ok())
}

/// A password nobody guesses: 120 bits.
pub(crate) fn random(world: &World) -> Result<String, NoChance> {
    Ok(URL_SAFE_NO_PAD.encode(world.bytes::<15>()?))
}

fn hasher() -> Result<Argon2<'static>, PasswordError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None)
        .map_err(|error| PasswordError::Hash(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_kept_as_argon2id_with_the_parameters_of_owasp() {
        let kept = hash(&World::system(), "correct horse").expect("a hash");
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert!(verify(&kept, "correct horse"));
        assert!(!verify(&kept, "correct horse "));
        assert!(!verify("not a hash", "correct horse"));
    }

    #[test]
    fn two_hashes_of_one_password_differ() {
        let world = World::system();
        assert_ne!(hash(&world, "same").expect("a hash"), hash(&world, "same").expect("a hash"));
        assert_ne!(random(&world).expect("one"), random(&world).expect("another"));
    }
}
