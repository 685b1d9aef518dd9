//! What a sensor is enrolled with: a secret that serves once, and how to know the right hub.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest as _, Sha256};

/// A token of the hub. It is not printed by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    /// 256 random bits; the hub keeps their hash.
    pub secret: [u8; 32],
    /// SHA-256 of the hub's own authority (its certificate in DER): the sensor sends nothing to a hub without it.
    pub authority: [u8; 32],
}

/// A text that is no token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "this is no enrolment token; it looks like `{PREFIX}.<64 digits>.<64 digits>` and the hub shows it once"
)]
pub struct TokenError;

/// What every token begins with: people and scanners for secrets know it by that.
const PREFIX: &str = "bedrail-enrol-1";

impl Token {
    /// The text that people carry from the hub to the sensor. It is a secret.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{PREFIX}.{}.{}", hex(&self.secret), hex(&self.authority))
    }

    /// The secret of its 64 hexadecimal digits, as it is sent.
    #[must_use]
    pub fn secret(digits: &str) -> Option<[u8; 32]> {
        unhex(digits)
    }

    /// What the hub keeps of the secret.
    #[must_use]
    pub fn hash(secret: &[u8; 32]) -> [u8; 32] {
        Sha256::digest(secret).into()
    }
}

impl FromStr for Token {
    type Err = TokenError;

    /// Space around it does not matter: it is read from a file or a terminal.
    fn from_str(text: &str) -> Result<Self, TokenError> {
        let mut parts = text.trim().split('.');
        let parsed = (|| {
            let is_ours = parts.next()? == PREFIX;
            let (secret, authority) = (unhex(parts.next()?)?, unhex(parts.next()?)?);
            (is_ours && parts.next().is_none()).then_some(Self { secret, authority })
        })();
        parsed.ok_or(TokenError)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").field("authority", &hex(&self.authority)).finish_non_exhaustive()
    }
}

/// Bytes as small hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// 32 bytes of 64 hexadecimal digits.
pub(crate) fn unhex(text: &str) -> Option<[u8; 32]> {
    let digits: Vec<u8> =
        text.chars().map(|digit| digit.to_digit(16)?.try_into().ok()).collect::<Option<_>>()?;
    let mut bytes = [0; 32];
    let (pairs, []) = digits.as_chunks::<2>() else { return None };
    if pairs.len() != bytes.len() {
        return None;
    }
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = high << 4 | low;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trips_through_its_text_and_is_not_printed() {
        let token = Token { secret: [0xa7; 32], authority: [0x0b; 32] };
        let text = token.text();
        assert_eq!(text.parse(), Ok(token.clone()));
        assert_eq!(format!(" {text}\n").parse(), Ok(token.clone()));
        assert!(!format!("{token:?}").contains("a7a7"));
    }

    #[test]
    fn refuses_what_is_no_token() {
        let text = Token { secret: [1; 32], authority: [2; 32] }.text();
        let other = text.replace("enrol-1", "enrol-2");
        let (longer, more) = (format!("{text}0"), format!("{text}.00"));
        let shorter = text.strip_suffix('2').expect("a digit");
        let wrong = ["", "bedrail-enrol-1", shorter, &longer, &more, &other];
        for text in wrong {
            assert_eq!(text.parse::<Token>(), Err(TokenError), "{text}");
        }
    }
}
