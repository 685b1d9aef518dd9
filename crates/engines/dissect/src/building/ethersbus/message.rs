//! Telegrams of Ether-S-Bus, as far as they are read.

use wire::Reader;

use crate::building::synchrophasor::crc;

/// Length, version, type, sequence, attribute, check word.
const SHORTEST: usize = 11;
const LAST_ATTRIBUTE: u8 = 2;

/// What a telegram is.
pub(super) enum Telegram<'a> {
    Request,
    Answer(&'a [u8]),
    /// Acknowledge or refusal.
    Acknowledge {
        code: u16,
    },
}

/// Type and firmware that a controller gives.
pub(super) struct Version<'a> {
    pub(super) kind: &'a [u8],
    pub(super) firmware: &'a [u8],
}

/// Reads a telegram; an error when it is none.
pub(super) fn read(payload: &[u8]) -> wire::Result<Telegram<'_>> {
    let foreign = wire::Error::Trailing { left: payload.len() };
    let (covered, check) = payload.split_last_chunk::<2>().ok_or(foreign)?;
    let mut reader = Reader::closed(covered);
    let length = usize::try_from(reader.u32_be()?).unwrap_or(usize::MAX);
    let [version, kind] = reader.array()?;
    reader.skip(2)?;
    let attribute = reader.u8()?;
    let fits = length == payload.len()
        && length >= SHORTEST
        && version <= 1
        && kind <= 1
        && attribute <= LAST_ATTRIBUTE
        && crc(covered, 0) == u16::from_be_bytes(*check);
    match attribute {
        _ if !fits => Err(foreign),
        0 => Ok(Telegram::Request),
        1 => Ok(Telegram::Answer(reader.rest())),
        _ => Ok(Telegram::Acknowledge { code: reader.u16_be()? }),
    }
}

/// The answer to `read program version`: five characters of type, three of firmware, zero. No other answer is so.
pub(super) fn version(answer: &[u8]) -> Option<Version<'_>> {
    let (kind, rest) = answer.split_at_checked(5)?;
    let (firmware, end) = rest.split_at_checked(3)?;
    let is_version = end == [0]
        && kind.first() == Some(&b'D')
        && kind.iter().all(u8::is_ascii_alphanumeric)
        && firmware.iter().all(|byte| byte.is_ascii_graphic());
    is_version.then_some(Version { kind, firmware })
}
