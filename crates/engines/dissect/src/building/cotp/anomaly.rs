//! Deviations in the ISO transport.

use crate::anomalies;

anomalies! {
    /// What can be odd about a transport data unit.
    pub(super) CotpAnomaly {
        /// A length that does not fit what holds it.
        Malformed = "malformed",
    }
}
