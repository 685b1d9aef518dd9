//! A batch as bytes: a version, then a zstd frame of what postcard writes.
//!
//! Names of fields, protocols and weaknesses are words in a table of the batch, so that neither side depends on the
//! numbers of the other. Whoever decodes says which words there are. Both sizes are limited before anything is
//! allocated for them; the same batch always gives the same bytes.

mod packed;

use std::collections::BTreeSet;
use std::io::Read as _;

use model::Batch;

use packed::Packed;

/// Words that this version knows.
#[derive(Debug, Clone)]
pub struct Vocabulary {
    fields: BTreeSet<&'static str>,
    protocols: BTreeSet<&'static str>,
}

/// Why a batch is not encoded or decoded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodecError {
    /// More than [`PLAIN_MAX`] or [`ENCODED_MAX`].
    #[error("a batch has more than {limit} bytes")]
    TooLarge {
        /// How many there may be.
        limit: usize,
    },
    /// Written by a version that this one does not know.
    #[error("batches of form {0} are not known here; update the hub")]
    Version(u8),
    /// A word that this version does not know.
    #[error("there is no {kind} `{name}` here; the sensor is newer than the hub, so update the hub")]
    UnknownName {
        /// `field`, `protocol` or `weakness`.
        kind: &'static str,
        /// The word.
        name: String,
    },
    /// No batch at all.
    #[error("these bytes are no batch: {0}")]
    Malformed(&'static str),
}

/// Bytes of an encoded batch: a busy minute of a large site is a tenth of it.
pub const ENCODED_MAX: usize = 16 << 20;
/// Bytes of a batch before it is compressed: a quarter of a million conversations fit. What a batch takes in memory while
/// it is read is at most some thirty times that.
pub const PLAIN_MAX: usize = 24 << 20;
/// The form that is written.
const VERSION: u8 = 1;
/// zstd's own default: batches are words and numbers, and a higher level gains little.
const LEVEL: i32 = 3;
/// 8 MiB of memory for the window: what the level above uses at most.
const WINDOW_LOG_MAX: u32 = 23;

impl Vocabulary {
    /// The fields and protocols of this version; weaknesses are those of `model`.
    pub fn new(
        fields: impl IntoIterator<Item = &'static str>,
        protocols: impl IntoIterator<Item = &'static str>,
    ) -> Self {
        Self { fields: fields.into_iter().collect(), protocols: protocols.into_iter().collect() }
    }
}

impl CodecError {
    /// Whether a newer version could read it: then it is worth keeping.
    #[must_use]
    pub const fn is_newer(&self) -> bool {
        matches!(self, Self::Version(_) | Self::UnknownName { .. })
    }
}

/// The bytes of a batch.
///
/// # Errors
/// [`CodecError::TooLarge`].
pub fn encode(batch: &Batch) -> Result<Vec<u8>, CodecError> {
    let plain =
        postcard::to_stdvec(&Packed::of(batch)).map_err(|_| CodecError::Malformed("it cannot be written"))?;
    if plain.len() > PLAIN_MAX {
        return Err(CodecError::TooLarge { limit: PLAIN_MAX });
    }
    let packed =
        zstd::bulk::compress(&plain, LEVEL).map_err(|_| CodecError::Malformed("it cannot be compressed"))?;
    if packed.len() >= ENCODED_MAX {
        return Err(CodecError::TooLarge { limit: ENCODED_MAX });
    }
    let mut bytes = Vec::with_capacity(packed.len() + 1);
    bytes.push(VERSION);
    bytes.extend(packed);
    Ok(bytes)
}

/// The batch of these bytes, which may come from anybody.
///
/// # Errors
/// Any [`CodecError`].
pub fn decode(bytes: &[u8], vocabulary: &Vocabulary) -> Result<Batch, CodecError> {
    if bytes.len() > ENCODED_MAX {
        return Err(CodecError::TooLarge { limit: ENCODED_MAX });
    }
    let packed = match bytes {
        [VERSION, packed @ ..] => packed,
        [version, ..] => return Err(CodecError::Version(*version)),
        [] => return Err(CodecError::Malformed("there are none")),
    };
    let plain = decompress(packed)?;
    let (packed, rest) = postcard::take_from_bytes::<Packed<'_>>(&plain)
        .map_err(|_| CodecError::Malformed("they do not have its form"))?;
    if !rest.is_empty() {
        return Err(CodecError::Malformed("something follows it"));
    }
    packed.unpack(vocabulary)
}

fn decompress(packed: &[u8]) -> Result<Vec<u8>, CodecError> {
    let malformed = |_| CodecError::Malformed("they are not compressed as they should be");
    let mut decoder = zstd::stream::read::Decoder::with_buffer(packed).map_err(malformed)?;
    decoder.window_log_max(WINDOW_LOG_MAX).map_err(malformed)?;
    let mut decoder = decoder.single_frame();
    let mut plain = Vec::new();
    let limit = u64::try_from(PLAIN_MAX).unwrap_or(u64::MAX);
    decoder.by_ref().take(limit.saturating_add(1)).read_to_end(&mut plain).map_err(malformed)?;
    if plain.len() > PLAIN_MAX {
        return Err(CodecError::TooLarge { limit: PLAIN_MAX });
    }
    if !decoder.finish().is_empty() {
        return Err(CodecError::Malformed("something follows it"));
    }
    Ok(plain)
}

#[cfg(test)]
mod tests;
