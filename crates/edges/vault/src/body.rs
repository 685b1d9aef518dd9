//! What the root key seals: the keyring and the keys of the methods, as bytes.

use std::sync::Arc;

use model::Timestamp;

use crate::aead::Algorithm;
use crate::keyring::{KEYS_MAX, Key, Keyring, Purpose};
use crate::method::{METHODS_MAX, MethodId};
use crate::secret::Secret;

/// Bytes of the largest body: format, count, keys, count, methods.
pub(crate) const BODY_MAX: usize = 1 + 2 + KEYS_MAX * KEY_LEN + 1 + METHODS_MAX * METHOD_LEN;

const FORMAT: u8 = 1;
/// Purpose, version, algorithm, time, key.
const KEY_LEN: usize = 1 + 4 + 1 + 8 + 32;
/// Id, key.
const METHOD_LEN: usize = 4 + 32;

/// The key of a method.
pub(crate) type MethodKey = (MethodId, Arc<Secret>);

/// Bytes that lie in memory of their own.
#[derive(Debug)]
pub(crate) struct Plain {
    bytes: Secret<BODY_MAX>,
    length: usize,
}

impl Plain {
    /// Nothing, to be appended to.
    fn empty() -> Self {
        Self { bytes: Secret::zeroed(), length: 0 }
    }

    pub(crate) fn as_mut(&mut self) -> &mut [u8] {
        self.bytes.expose_mut().get_mut(..self.length).unwrap_or_default()
    }

    fn append(&mut self, bytes: &[u8]) -> Option<()> {
        let end = self.length.checked_add(bytes.len())?;
        self.bytes.expose_mut().get_mut(self.length..end)?.copy_from_slice(bytes);
        self.length = end;
        Some(())
    }
}

/// Writes a body. `None` when it is larger than bodies are, which the limits of its parts rule out.
pub(crate) fn encode(ring: &Keyring, methods: &[MethodKey]) -> Option<Plain> {
    let mut plain = Plain::empty();
    plain.append(&[FORMAT])?;
    plain.append(&u16::try_from(ring.keys().len()).ok()?.to_be_bytes())?;
    for key in ring.keys() {
        plain.append(&[key.purpose.code()])?;
        plain.append(&key.version.to_be_bytes())?;
        plain.append(&[key.algorithm.code()])?;
        plain.append(&key.created.nanos().to_be_bytes())?;
        plain.append(key.secret.expose())?;
    }
    plain.append(&[u8::try_from(methods.len()).ok()?])?;
    for (id, key) in methods {
        plain.append(&id.0.to_be_bytes())?;
        plain.append(key.expose())?;
    }
    Some(plain)
}

/// Reads a body, or `None` when these bytes are none.
pub(crate) fn decode(bytes: &[u8]) -> Option<(Keyring, Vec<MethodKey>)> {
    let (&[format, c0, c1], mut rest) = bytes.split_first_chunk::<3>()?;
    if format != FORMAT {
        return None;
    }
    let count = usize::from(u16::from_be_bytes([c0, c1]));
    if count > KEYS_MAX {
        return None;
    }
    let mut keys = Vec::with_capacity(count);
    for _ in 0..count {
        keys.push(key(&mut rest)?);
    }
    let [count] = *take::<1>(&mut rest)?;
    let mut methods = Vec::new();
    for _ in 0..count {
        let id = MethodId(u32::from_be_bytes(*take::<4>(&mut rest)?));
        methods.push((id, secret(&mut rest)?));
    }
    let ring = Keyring::of(keys)?;
    (rest.is_empty() && methods.len() <= METHODS_MAX).then_some((ring, methods))
}

fn key(rest: &mut &[u8]) -> Option<Key> {
    let purpose = Purpose::of(u8::from_be_bytes(*take(rest)?))?;
    let version = u32::from_be_bytes(*take::<4>(rest)?);
    let algorithm = Algorithm::of(u8::from_be_bytes(*take(rest)?))?;
    let created = Timestamp::from_nanos(u64::from_be_bytes(*take::<8>(rest)?));
    let secret = secret(rest)?;
    (version > 0).then_some(Key { purpose, version, algorithm, created, secret })
}

fn secret(rest: &mut &[u8]) -> Option<Arc<Secret>> {
    let bytes = take::<32>(rest)?;
    let mut secret = Secret::zeroed();
    secret.expose_mut().copy_from_slice(bytes);
    Some(Arc::new(secret))
}

fn take<'a, const N: usize>(rest: &mut &'a [u8]) -> Option<&'a [u8; N]> {
    let (first, others) = rest.split_first_chunk::<N>()?;
    *rest = others;
    Some(first)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn full() -> Plain {
        let mut ring = Keyring::default();
        let at = Timestamp::from_nanos(5);
        for purpose in [Purpose::Store, Purpose::Totp, Purpose::Totp] {
            ring.add(purpose, Algorithm::Aes256Gcm, Secret::random().expect("random"), at).expect("added");
        }
        let method = (MethodId(7), Arc::new(Secret::random().expect("random")));
        encode(&ring, &[method]).expect("encoded")
    }

    #[test]
    fn round_trips_and_refuses_every_truncation() {
        let mut plain = full();
        let bytes = plain.as_mut().to_vec();
        let (ring, methods) = decode(&bytes).expect("decoded");
        assert_eq!((ring.keys().len(), methods.len()), (3, 1));
        assert_eq!(encode(&ring, &methods).expect("encoded").as_mut(), bytes);
        for length in 0..bytes.len() {
            assert!(decode(&bytes[..length]).is_none(), "{length} bytes");
        }
        assert!(decode(&[&bytes[..], &[0]].concat()).is_none());
    }

    #[test]
    fn holds_the_largest_keyring() {
        let mut ring = Keyring::default();
        for _ in 0..KEYS_MAX {
            let key = Secret::zeroed();
            ring.add(Purpose::Audit, Algorithm::Aes256GcmSiv, key, Timestamp::default()).expect("added");
        }
        let methods: Vec<MethodKey> =
            (1..=METHODS_MAX as u32).map(|id| (MethodId(id), Arc::new(Secret::zeroed()))).collect();
        assert_eq!(encode(&ring, &methods).map(|plain| plain.length), Some(BODY_MAX));
    }

    proptest! {
        #[test]
        fn any_bytes_are_refused_or_encode_to_themselves(at in 0usize..200, value: u8, cut in 0usize..200) {
            let mut bytes = full().as_mut().to_vec();
            let length = bytes.len();
            bytes[at % length] = value;
            bytes.truncate(length.saturating_sub(cut % 3));
            if let Some((ring, methods)) = decode(&bytes) {
                let mut again = encode(&ring, &methods).expect("encoded");
                prop_assert_eq!(again.as_mut(), bytes);
            }
        }
    }
}
