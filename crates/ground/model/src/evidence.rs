//! Why a statement is made, and how sure it is.

use std::fmt;
use std::sync::Arc;

use crate::{Field, FrameNumber};

/// How sure a derived value is: 0 to 1. How it is computed is said in `identify`.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Confidence(f64);

/// One reason for a derived value: a field of one packet and the rule that read it.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// Frame in the capture, counted from 1 as Wireshark counts.
    pub frame: FrameNumber,
    /// Protocol field, under its Wireshark display filter name where there is one.
    pub field: Field,
    /// What the field said, shortened. Never patient data, never a credential.
    pub seen: Arc<str>,
    /// Id of the fingerprint rule or of the built-in derivation.
    pub rule: Arc<str>,
    /// How much this reason alone is worth.
    pub weight: Confidence,
}

/// A derived value with its reasons.
#[derive(Debug, Clone, PartialEq)]
pub struct Attribute<T> {
    /// The value.
    pub value: T,
    /// How sure it is.
    pub confidence: Confidence,
    /// The reasons, strongest first.
    pub evidence: Vec<Evidence>,
}

impl Confidence {
    /// Certain. Nothing that comes from a packet reaches it.
    pub const MAX: Self = Self(1.0);

    /// `value` clamped into 0 to 1; not-a-number becomes 0.
    #[must_use]
    pub const fn new(value: f64) -> Self {
        if value.is_nan() { Self(0.0) } else { Self(value.clamp(0.0, 1.0)) }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> f64 {
        self.0
    }
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn confidence_stays_between_0_and_1() {
        assert_eq!(Confidence::new(7.0), Confidence::MAX);
        assert_eq!(Confidence::new(-1.0).get(), 0.0);
        assert_eq!(Confidence::new(f64::NAN).get(), 0.0);
    }
}
