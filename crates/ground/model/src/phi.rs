//! Patient data that had to be touched.

use std::fmt;

/// Wraps protected health information (45 CFR 160.103). It cannot be printed, logged or serialized; code that must
/// look at it does so inside [`Phi::inspect`], and the result is its own responsibility.
#[derive(Clone, Copy)]
pub struct Phi<T>(T);

impl<T> Phi<T> {
    /// Wraps `value`.
    #[must_use]
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// Lets `look` see the value; only what `look` returns leaves.
    pub fn inspect<R>(&self, look: impl FnOnce(&T) -> R) -> R {
        look(&self.0)
    }
}

impl<T> fmt::Debug for Phi<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Phi(withheld)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_withholds_the_value() {
        let name = Phi::new("DOE^JANE");
        assert_eq!(format!("{name:?}"), "Phi(withheld)");
        assert_eq!(name.inspect(|value| value.len()), 8);
    }
}
