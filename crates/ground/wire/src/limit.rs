//! Named limits on everything that a sender can grow.

/// A bound with its name and reason. Reaching it is an anomaly, never a panic and never a silent cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Stable snake_case name, shown when the limit is reached.
    pub name: &'static str,
    /// Largest count or length that is accepted.
    pub max: usize,
    /// Why it is this number.
    pub why: &'static str,
}

impl Limit {
    /// A limit of `max`, with its reason.
    #[must_use]
    pub const fn new(name: &'static str, max: usize, why: &'static str) -> Self {
        Self { name, max, why }
    }

    /// Whether `count` is still allowed.
    #[must_use]
    pub const fn allows(&self, count: usize) -> bool {
        count <= self.max
    }
}
